"""What an unknown word may have been meant for: typing errors, other alphabets, words of the same beginning."""

from __future__ import annotations

import bisect
import math
import threading
from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.search.config import SearchConfig
from bot.core.search.lexicon import MatchType, letters
from bot.core.text import is_cyrillic, romanised, stem

CACHED = 20_000
TOP_MARGIN, MOST = 0.06, 6  # of several guesses, those nearly as good as the best


class Speller:
    """Guesses from the words that one base has; `words` maps each to the terms that it stands for."""

    def __init__(self, words: Mapping[str, set[str]], config: SearchConfig) -> None:
        self._config = config
        self._terms = dict(words)
        for word in [w for w in words if is_cyrillic(w)]:
            latin = romanised(word)
            self._terms[latin] = self._terms.get(latin, set()) | words[word]
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._terms):
            if len(word) >= config.short_word:
                by_length[len(word)].append(word)
        self._by_length = dict(by_length)
        self._sorted = sorted(w for some in by_length.values() for w in some)
        self._cache: dict[str, tuple[tuple[str, float, MatchType, str], ...]] = {}
        self._lock = threading.Lock()

    def __contains__(self, word: str) -> bool:
        return word in self._terms

    def guess(self, word: str) -> tuple[tuple[str, float, MatchType, str], ...]:
        """(term, similarity, how, the base's word) for what the word may stand for, the most similar first."""
        if (cached := self._cache.get(word)) is not None:
            return cached
        best: dict[str, tuple[str, float, MatchType, str]] = {}
        if self._config.short_word <= len(word) <= 40:
            for spelling in {word, romanised(word)} if is_cyrillic(word) else {word}:
                for found, similar in self._near(spelling):
                    for term in self._terms[found]:
                        if term not in best or best[term][1] < similar:
                            best[term] = (term, similar, "typo", found)
            if not best:
                for found in self._same_beginning(word):
                    for term in self._terms[found]:
                        best.setdefault(term, (term, self._config.related, "related", found))
        top = max((guess[1] for guess in best.values()), default=0.0)
        near = [guess for guess in best.values() if guess[1] >= top - TOP_MARGIN]
        result = tuple(sorted(near, key=lambda guess: (-guess[1], guess[0]))[:MOST])
        with self._lock:
            if len(self._cache) > CACHED:
                self._cache.clear()
            self._cache[word] = result
        return result

    def _near(self, word: str) -> list[tuple[str, float]]:
        config = self._config
        slack = 1 if len(word) < 6 else 2
        found: list[tuple[str, float]] = []
        for length in range(len(word) - slack, len(word) + slack + 1):
            near = process.extract(
                word,
                self._by_length.get(length, ()),
                scorer=OSA.normalized_similarity,
                processor=None,
                score_cutoff=min(config.typo_floor, config.exchanged_floor),
                limit=8,
            )
            for other, similar, _ in near:
                if similar < config.typo_floor and letters(other) != letters(word):
                    continue
                if other[0] == word[0] or similar >= config.first_letter_floor:
                    found.append((other, similar))
        return found

    def _same_beginning(self, word: str) -> list[str]:
        """Words that begin as the word's stem does: at least five letters, and most of the longer one."""
        key = stem(word)
        if len(key) < 5:
            return []
        beginning = key[: max(5, math.ceil(0.6 * len(key)))]
        found: list[str] = []
        for other in self._sorted[bisect.bisect_left(self._sorted, beginning) :]:
            if not other.startswith(beginning) or len(found) == 8:
                break
            if len(other) <= len(key) + 6:
                found.append(other)
        return found
