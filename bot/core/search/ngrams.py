"""Similarity of texts by groups of four letters, which tolerates endings, typing errors and another alphabet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.core.text import is_cyrillic, romanised

SIZE = 4  # letters

Array = npt.NDArray[Any]


class NGrams:
    """The cosine of TF-IDF vectors over n-grams of letters; `texts` count the words of each text that is searched."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        self.count = len(texts)
        self._numbers: dict[str, int] = {}
        word_numbers: dict[str, int] = {}
        grams: list[int] = []  # those of all words, one after the other
        ends = [0]
        for word in (word for text in texts for word in text):
            if word not in word_numbers:
                word_numbers[word] = len(word_numbers)
                grams.extend([self._numbers.setdefault(g, len(self._numbers)) for g in _grams(word)])
                ends.append(len(grams))
        words = np.array([word_numbers[word] for text in texts for word in text], np.int64)
        sizes = np.diff(ends)[words]
        # For each word of each text, the places of its n-grams.
        first = np.array(ends[:-1], np.int64)[words] - (np.cumsum(sizes) - sizes)
        places = np.arange(sizes.sum()) + np.repeat(first, sizes)
        text_of_word = np.repeat(np.arange(self.count), [len(text) for text in texts])
        keys = np.array(grams, np.int64)[places] * self.count + np.repeat(text_of_word, sizes)
        times = np.array([count for text in texts for count in text.values()])
        pairs, at = np.unique(keys, return_inverse=True)
        tf = np.bincount(at, np.repeat(times, sizes))
        gram, text_of = pairs // self.count, (pairs % self.count).astype(np.int32)
        frequency = np.bincount(gram, minlength=len(self._numbers))
        self._idf = np.log((1 + self.count) / (1 + frequency)) + 1
        values = np.sqrt(tf) * self._idf[gram]
        norms = np.sqrt(np.bincount(text_of, values**2, minlength=self.count))
        self._values = (values / norms[text_of]).astype(np.float32)
        self._texts = text_of
        self._starts = np.searchsorted(gram, np.arange(len(self._numbers) + 1))

    def similarity(self, words: Sequence[str]) -> Array:
        """That of some words to each text, from 0 to 1."""
        grams = [
            number for word in words for g in _grams(word) if (number := self._numbers.get(g)) is not None
        ]
        if not grams:
            return np.zeros(self.count)
        known, tf = np.unique(grams, return_counts=True)
        asked = np.sqrt(tf) * self._idf[known]
        spans = [slice(self._starts[g], self._starts[g + 1]) for g in known]
        weights = np.repeat(asked, [s.stop - s.start for s in spans])
        texts = np.concatenate([self._texts[s] for s in spans])
        values = np.concatenate([self._values[s] for s in spans])
        result: Array = np.bincount(texts, values * weights, minlength=self.count) / np.sqrt((asked**2).sum())
        return result


def _grams(word: str) -> list[str]:
    spelt = f" {romanised(word) if is_cyrillic(word) else word} "
    return [spelt[i : i + SIZE] for i in range(max(len(spelt) - SIZE + 1, 1))]
