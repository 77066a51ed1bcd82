"""The constants of the search, in one frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SearchConfig:
    """Similarities and scores run from 0 to 1; weights of words are inverse document frequencies."""

    max_length: int = 4_000  # characters that are read
    max_words: int = 60  # a longer question is judged by its first words: bounded time for any text

    # How much a word counts by where a fact has it.
    naming: float = 1.0
    statement: float = 0.85
    context: float = 0.5

    synonym: float = 0.80  # below 1, so that the word itself wins a tie
    related: float = (
        0.72  # words of one beginning (election, electoral) are often, not always, of one meaning
    )
    typo_floor: float = 0.77  # one letter in five, two in nine
    exchanged_floor: float = 0.75  # two letters exchanged in a word of four (laon)
    first_letter_floor: float = 0.88  # where the first letter differs, which people seldom mistype
    short_word: int = 4  # shorter words are not guessed at

    unknown_frequency: float = 1.5  # assumed document frequency of unknown terms
    weight_cap: float = 5.5  # beyond, rarity says nothing more
    name_weight: float = 0.5  # the least weight of a name
    low_weight: float = 0.65  # factor for everyday words
    passing: float = 0.4  # weight of a word that only statements have, against one of titles and asks

    coverage_share: float = 0.70  # the three shares of the score add up to 1
    phrase_share: float = 0.18
    precision_share: float = 0.12

    bm25_scale: float = 1.8  # times the weight of a word that one fact has
    score_weights: tuple[float, float, float] = (4.3, 8.4, 4.0)  # own text, own text and questions, BM25

    kind_bonus: Mapping[str, float] = field(
        default_factory=lambda: {"year": 1.10, "when": 1.25, "how_much": 1.20, "how_many": 1.20, "who": 1.06}
    )
    series_margin: float = 0.10  # members of a series differ by their dates alone

    clear_margin: float = 0.12
    tie_margin: float = 0.001
    called_so: float = 0.80  # key words that score so by the fact's own text need no further doubt …
    called_so_in_question: float = 0.90  # … and questions that do
    near_tie_margin: float = 0.03
    alike: float = 0.8  # figures to compare score at least this share of the best one
    subject_frequency: int = 40  # a name that so many facts have says too little of what a question is about
    far_margin: float = 0.30  # one fact is nearest by far
    single_word_floor: float = 0.80
    broad_frequency: int = 6  # a single word that this many facts have asks for a list
    broad_name_frequency: int = 15
    broad_margin: float = 0.20
    long_word: int = 7  # letters: a typing error in so long a word leaves little doubt

    choice_floor: float = 0.18
    choice_span: float = 0.55  # choices score at least this share of the best one
    unknown_share_of_choices: float = 0.60
    max_choices: int = 5
    max_hits: int = 8  # more than are shown, so that rivals and later members of a series are among them
    hits_of_dates: int = 300  # a year alone fits many facts alike

    chatty_words: int = 9  # a text of so many words may hold a question among pleasantries …
    whole_floor: float = 0.75  # … unless a fact explains so much of all of it
    clause_words: int = 3


DEFAULT = SearchConfig()
