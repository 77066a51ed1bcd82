"""Type-ahead: facts for the beginnings of words, answered from memory while somebody types."""

from __future__ import annotations

import bisect
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact
from bot.core.search.results import Outcome
from bot.core.text import is_cyrillic, plain, romanised, tokens

MOST = 100  # Slack shows no more options
TYPED = 200  # characters that are read
TYPED_WORDS = 12
SHORT_WORD = 4  # shorter beginnings are not guessed at
ALIKE = 0.74  # one letter in four, as a word may be unfinished
GUESSES = 8

# How well a fact fits, best first.
_WHOLE, _TITLE_BEGINS, _ASK_BEGINS, _TITLE, _ASK, _BOTH, _TITLE_GUESSED, _GUESSED = range(8)


@dataclass(frozen=True)
class FactGroup:
    """Facts of one topic, the best first."""

    topic: Topic
    facts: tuple[Fact, ...]


class Autocompleter:
    """Type-ahead over the titles and `asks` of one fact base; safe to use from several threads.

    `ask` finds facts for what is no beginning of any word: a finished question, another spelling.
    """

    def __init__(self, base: FactBase, ask: Callable[[str], Outcome]) -> None:
        self.base, self._ask = base, ask
        self._phrases: list[tuple[str, int, bool]] = []  # folded text, number of the fact, whether a title
        in_titles: defaultdict[str, set[int]] = defaultdict(set)
        in_asks: defaultdict[str, set[int]] = defaultdict(set)
        for number, fact in enumerate(base.facts):
            for text, words in ((fact.title, in_titles), *((ask, in_asks) for ask in fact.asks)):
                self._phrases.append((plain(text), number, text is fact.title))
                for token in tokens(text):
                    for spelling in _spellings(token.surface):
                        words[spelling].add(number)
            for spelling in fact.id.split("-"):
                in_asks[spelling].add(number)
        self._phrases.sort()
        self._in_titles, self._in_asks = dict(in_titles), dict(in_asks)
        self._words = sorted(in_titles.keys() | in_asks.keys())
        self._beginnings: dict[int, list[str]] = {}
        self._lock = threading.Lock()

    def suggest(self, text: str, limit: int = MOST) -> tuple[FactGroup, ...]:
        """The facts that `text` may become a question for, by topic; the topic of the best fact comes first.

        At most `limit` facts in all; none for a text without a letter or digit.  Never raises.
        """
        groups: dict[str, list[Fact]] = {}
        for fact in self.facts(text, limit):
            groups.setdefault(fact.topic, []).append(fact)
        return tuple(FactGroup(self.base.topics[topic], tuple(facts)) for topic, facts in groups.items())

    def facts(self, text: str, limit: int = MOST) -> tuple[Fact, ...]:
        """The same without the groups, best first."""
        typed = [token.surface for token in tokens(text[:TYPED])][:TYPED_WORDS]
        if not typed:
            return ()
        ranks: dict[int, int] = {}

        def add(numbers: set[int], rank: int) -> None:
            for number in numbers:
                ranks[number] = min(rank, ranks.get(number, rank))

        self._add_beginnings(" ".join(typed), add)
        exact = [{word} for word in typed]
        in_title = self._having(exact, self._in_titles)
        add(in_title, _TITLE)
        # A surname finds its bearer before the sentences that begin with it.
        add({n for n in in_title if isinstance(self.base.facts[n], Actor)}, _TITLE_BEGINS)
        add(self._having(exact, self._in_asks), _ASK)
        add(self._having(exact, self._in_titles, self._in_asks), _BOTH)
        if not ranks:
            guessed = [self._guesses(word) for word in typed]
            add(self._having(guessed, self._in_titles), _TITLE_GUESSED)
            add(self._having(guessed, self._in_titles, self._in_asks), _GUESSED)
        facts = self.base.facts

        def order(number: int) -> tuple[int, bool, int, int, int]:
            """Best fit, then names, then short titles, then the latest."""
            fact = facts[number]
            latest = -fact.when.first.toordinal()
            return ranks[number], not isinstance(fact, Actor), len(fact.title), latest, number

        found = [facts[number] for number in sorted(ranks, key=order)[:limit]]
        if not found:
            found = [hit.fact for hit in self._ask(text[:TYPED]).hits][:limit]
        return tuple(found)

    def _add_beginnings(self, typed: str, add: Callable[[set[int], int], None]) -> None:
        """Titles and asks that begin with what is typed, or are it."""
        at = bisect.bisect_left(self._phrases, (typed,))  # a shorter tuple comes first
        while at < len(self._phrases) and self._phrases[at][0].startswith(typed):
            phrase, number, is_title = self._phrases[at]
            whole = phrase == typed
            add({number}, _WHOLE if whole else _TITLE_BEGINS if is_title else _ASK_BEGINS)
            at += 1

    def _having(self, typed: list[set[str]], *places: dict[str, set[int]]) -> set[int]:
        """The facts that have, for each typed word, a word that begins with one of its readings."""
        common: set[int] | None = None
        for readings in typed:
            having: set[int] = set()
            for beginning in readings:
                at = bisect.bisect_left(self._words, beginning)
                while at < len(self._words) and self._words[at].startswith(beginning):
                    for place in places:
                        having |= place.get(self._words[at], set())
                    at += 1
            common = having if common is None else common & having
            if not common:
                return set()
        return common or set()

    def _guesses(self, word: str) -> set[str]:
        """The word, and the beginnings of known words that it may have been meant for."""
        if len(word) < SHORT_WORD or word.isdigit():
            return {word}
        found = {word}
        for spelling in _spellings(word):
            # One letter longer too: a letter may have been left out (`shre`).
            for length in (len(spelling), len(spelling) + 1):
                near = process.extract(
                    spelling,
                    self._beginnings_of(length),
                    scorer=OSA.normalized_similarity,
                    processor=None,
                    score_cutoff=ALIKE,
                    limit=GUESSES,
                )
                found |= {beginning for beginning, _, _ in near}
        return found

    def _beginnings_of(self, length: int) -> list[str]:
        with self._lock:
            if length not in self._beginnings:
                near = (w[:length] for w in self._words if len(w) >= length - 1)
                self._beginnings[length] = list(dict.fromkeys(near))
            return self._beginnings[length]


def _spellings(word: str) -> tuple[str, ...]:
    """A word as written, and a Cyrillic one in Latin letters too."""
    return (word, romanised(word)) if is_cyrillic(word) else (word,)
