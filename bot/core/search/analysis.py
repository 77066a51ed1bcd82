"""The words of a question that say something, with what each may stand for and what it weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.core.search.index import Index
from bot.core.search.lexicon import NAME, MatchType
from bot.core.text import Token, months_meant

MAX_WORDS = 60  # a longer question is judged by its first words: bounded time for any text
SYNONYM = 0.80  # similarity; below 1, so that the word itself wins a tie
NAME_WEIGHT = 0.5  # the least weight of a name
LOW_WEIGHT = 0.65  # factor for everyday words


class Alternative(NamedTuple):
    """A term of the base that a word of the question may stand for."""

    term: str
    similarity: float
    how: MatchType
    matched: str
    words: int = 1  # of the question that stand for it together


@dataclass(slots=True)
class QuestionWord:
    """One word of a question with what it may stand for, the most similar first; none where it is unknown."""

    token: Token
    at: int  # its place among all words of the question
    low: bool  # whether it is an everyday word
    alternatives: list[Alternative]
    name: str = ""  # the vocabulary's name for whom or what it names
    weight: float = 0.0
    repeated: list[int] = field(default_factory=list)  # the places where it stands again

    @property
    def known(self) -> bool:
        return bool(self.alternatives)

    @property
    def exact(self) -> bool:
        return self.token.exact

    @property
    def text(self) -> str:
        return self.token.surface


def analyse(written: Sequence[Token], index: Index) -> list[QuestionWord]:
    """The content words of a question, each once."""
    lexicon, terms = index.lexicon, index.terms
    kept = lexicon.content(written)
    groups = _groups(written, kept, index)
    beside_year = any(written[i].kind == "year" for i in kept)
    result: dict[str, QuestionWord] = {}
    for i in kept[:MAX_WORDS]:
        token = written[i]
        if token.term in result:
            result[token.term].repeated.append(i)
            continue
        found = groups.get(i, [])
        if token.term in terms:
            found.insert(0, Alternative(token.term, 1.0, "number" if token.exact else "same", token.surface))
        for month in months_meant(token, beside_year):
            if (term := f"month:{month}") in terms and term != token.term:
                found.append(Alternative(term, 1.0, "date", token.surface))
        # A property that no fact has (population) is not guessed to be one that some have (popularity).
        if not found and not token.exact and token.term not in lexicon.attributes:
            found = [Alternative(*guess) for guess in index.speller.guess(token.surface)]
        found.sort(key=lambda a: -a.similarity)
        word = QuestionWord(token, i, token.term in lexicon.low_weight, found)
        word.name = next((a.term for a in found if a.term.startswith(NAME)), "")
        word.weight = _weight(word, index)
        result[token.term] = word
    return list(result.values())


def _groups(written: Sequence[Token], kept: Sequence[int], index: Index) -> dict[int, list[Alternative]]:
    """The vocabulary's groups of each word, by place."""
    found: dict[int, list[Alternative]] = defaultdict(list)
    # Phrases are looked for in the text as written (belt and road), and without its function words (rise in trade).
    everything, content = range(len(written)), set(kept)
    for places in (everything, kept) if len(kept) < len(written) else (everything,):
        for start, stop, group in index.lexicon.groups([written[i].term for i in places]):
            inside = places[start:stop]
            how: MatchType = "name" if group.startswith(NAME) else "synonym"
            alternative = Alternative(
                group, 1.0 if how == "name" else SYNONYM, how, index.lexicon.heads[group],
                len(content.intersection(inside)) or 1,
            )  # fmt: skip
            for i in inside:
                if group in index.terms and all(group != other.term for other in found[i]):
                    found[i].append(alternative)
    return found


def _weight(word: QuestionWord, index: Index) -> float:
    weight = index.unknown_weight
    if word.alternatives:
        # Of the ways to understand the word, the commonest: a rare spelling of a common thing is common.
        least = word.alternatives[0].similarity - 0.1
        weight = min(index.weight(a.term) for a in word.alternatives if a.similarity >= least)
    if word.name:
        weight = max(weight, NAME_WEIGHT)
    return weight * (LOW_WEIGHT if word.low else 1.0)
