"""Similarity of texts by groups of four letters, which tolerates endings, typing errors and another alphabet."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from bot.core.search.postings import Array, Postings
from bot.core.text import is_cyrillic, romanised

SIZE = 4  # letters
KEPT = 500  # words whose similarities are kept


class NGrams:
    """The cosine of TF-IDF vectors over n-grams of letters; `texts` count the words of each text that is searched."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        grams_of = {word: _grams(word) for text in texts for word in text}
        found: dict[str, Counter[int]] = defaultdict(Counter)  # by n-gram: how often each text has it
        for number, text in enumerate(texts):
            for word, times in text.items():
                for gram in grams_of[word]:
                    found[gram][number] += times
        sizes = np.array([len(counts) for counts in found.values()], int)
        terms = np.repeat(np.arange(len(found)), sizes)
        text_of = np.array([number for counts in found.values() for number in counts], int)
        tf = np.array([times for counts in found.values() for times in counts.values()], float)
        idf = np.log((1 + len(texts)) / (1 + sizes)) + 1
        values = np.sqrt(tf) * idf[terms]
        norms = np.sqrt(np.bincount(text_of, values**2, minlength=len(texts)))
        self._count = len(texts)
        self._numbers = {gram: number for number, gram in enumerate(found)}
        self._idf: list[float] = idf.tolist()
        self._postings = Postings.build(len(found), terms, text_of, values * idf[terms] / norms[text_of])
        self._kept: dict[str, tuple[Array, float]] = {}

    def similarity(self, words: Sequence[str]) -> Array:
        """That of some words to each text, from 0 to 1."""
        result, square = np.zeros(self._count, np.float32), 0.0
        for word in words:
            if (found := self._kept.get(word)) is None:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                found = self._kept[word] = self._of_word(word)
            result += found[0]
            square += found[1]
        return result / np.float32(math.sqrt(square) or 1.0)

    def _of_word(self, word: str) -> tuple[Array, float]:
        """What a word adds to the similarity to each text, and to the square of the words' length as a vector."""
        similar, square = np.zeros(self._count, np.float32), 0.0
        for gram in _grams(word):
            if (number := self._numbers.get(gram)) is not None:
                rows, values = self._postings.of(number)
                similar[rows] += values
                square += self._idf[number] ** 2
        return similar, square


def _grams(word: str) -> list[str]:
    spelt = f" {romanised(word) if is_cyrillic(word) else word} "
    return [spelt[i : i + SIZE] for i in range(max(len(spelt) - SIZE + 1, 1))]
