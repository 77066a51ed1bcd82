"""What an unknown word may have been meant for: typing errors, and other alphabets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.search.lexicon import MatchType
from bot.core.text import is_cyrillic, romanised

SHORT_WORD = 4  # shorter words are not guessed at
TYPO_FLOOR = 0.77  # similarity: one letter in five, two in nine
EXCHANGED_FLOOR = 0.75  # two letters exchanged in a word of four (laon)
TOP_MARGIN, MOST = 0.06, 6  # of several guesses, those nearly as good as the best

Guess: TypeAlias = tuple[str, float, MatchType, str]  # term, similarity, how, the base's word


class Speller:
    """Guesses from the words that one base has; `words` maps each to the terms that it stands for."""

    def __init__(self, words: Mapping[str, set[str]]) -> None:
        self._terms = dict(words)
        for word in [w for w in words if is_cyrillic(w)]:
            latin = romanised(word)
            self._terms[latin] = self._terms.get(latin, set()) | words[word]
        # By first letter, which people seldom mistype.
        by_length: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(w for w in self._terms if len(w) >= SHORT_WORD):
            by_length[word[0], len(word)].append(word)
        self._by_length = dict(by_length)

    def __contains__(self, word: str) -> bool:
        return word in self._terms

    def guess(self, word: str) -> list[Guess]:
        """What the word may stand for, the most similar first."""
        if not SHORT_WORD <= len(word) <= 40:
            return []
        best: dict[str, Guess] = {}
        for spelling in {word, romanised(word)} if is_cyrillic(word) else {word}:
            for found, similar in self._near(spelling):
                for term in self._terms[found]:
                    if term not in best or best[term][1] < similar:
                        best[term] = (term, similar, "typo", found)
        top = max((guess[1] for guess in best.values()), default=0.0)
        near = [guess for guess in best.values() if guess[1] >= top - TOP_MARGIN]
        return sorted(near, key=lambda guess: (-guess[1], guess[0]))[:MOST]

    def _near(self, word: str) -> list[tuple[str, float]]:
        slack = 1 if len(word) < 6 else 2
        lengths = range(len(word) - slack, len(word) + slack + 1)
        others = [other for length in lengths for other in self._by_length.get((word[0], length), ())]
        near = process.extract(
            word, others, scorer=OSA.normalized_similarity, score_cutoff=EXCHANGED_FLOOR, limit=12
        )
        return [(o, similar) for o, similar, _ in near if similar >= TYPO_FLOOR or sorted(o) == sorted(word)]
