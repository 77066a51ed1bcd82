"""Type-ahead: facts for the beginnings of words, answered from memory as a person types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact
from bot.core.search.results import Outcome
from bot.core.text import plain, romanised, surfaces

MOST = 100  # Slack shows no more options
TYPED = 200  # characters that are read
SHORT_WORD = 4  # shorter beginnings are not guessed at
ALIKE = 0.74  # one letter in four, as a word may be unfinished
GUESSES = 8


Groups: TypeAlias = tuple[tuple[Topic, tuple[Fact, ...]], ...]  # facts by topic, the best first


class Autocompleter:
    """Type-ahead over the titles and `asks` of one fact base; safe to use from several threads.

    `ask` finds facts for other text: a finished question, another spelling.
    """

    def __init__(self, base: FactBase, ask: Callable[[str], Outcome]) -> None:
        self.base, self._ask = base, ask
        self._texts = [
            (_joined([fact.title]), _joined([*fact.asks, fact.id.replace("-", " ")])) for fact in base.facts
        ]
        self._words = list(
            dict.fromkeys(word for texts in self._texts for text in texts for word in text.split())
        )

    def suggest(self, text: str, limit: int = MOST) -> Groups:
        """The facts that `text` may become a question for, by topic; the topic of the best fact comes first.

        At most `limit` facts in all; none for a text without a letter or digit.  Never raises.
        """
        groups: dict[str, list[Fact]] = {}
        for fact in self.facts(text, limit):
            groups.setdefault(fact.topic, []).append(fact)
        return tuple((self.base.topics[topic], tuple(facts)) for topic, facts in groups.items())

    def facts(self, text: str, limit: int = MOST) -> tuple[Fact, ...]:
        """The same without the groups, best first."""
        typed = surfaces(text[:TYPED])
        if not typed:
            return ()
        found = self._beginning_with([(word,) for word in typed], " ".join(typed))
        found = found or self._beginning_with([self._guesses(word) for word in typed])
        return found[:limit] or tuple(hit.fact for hit in self._ask(text[:TYPED]).hits[:limit])

    def _beginning_with(self, typed: list[tuple[str, ...]], phrase: str = "") -> tuple[Fact, ...]:
        """The facts with a word for each typed one, which may have several readings; best first.

        First those that begin with the whole `phrase`, then names, short titles and the latest.
        """
        ranked = []
        for fact, (title, asks) in zip(self.base.facts, self._texts, strict=True):
            if not _has_all(typed, title + asks):
                continue
            in_title = _has_all(typed, title)
            named = in_title and isinstance(fact, Actor)
            better = (
                f"| {phrase} |" in title + asks,
                f"| {phrase}" in title or named,
                named,  # a surname finds its bearer before the sentences that begin with it
                f"| {phrase}" in asks,
                in_title,
            )
            order = (*(not is_so for is_so in better), len(fact.title), -fact.when.first.toordinal())
            ranked.append((order, fact.id, fact))
        return tuple(fact for _, _, fact in sorted(ranked))

    def _guesses(self, word: str) -> tuple[str, ...]:
        """The word, and the beginnings of known words that it may have been meant for."""
        if len(word) < SHORT_WORD or word.isdigit():
            return (word,)
        most = len(word) + 1  # a letter may have been left out
        near = process.extract(
            romanised(word), self._words, scorer=OSA.normalized_similarity, processor=lambda known: known[:most],
            score_cutoff=ALIKE, limit=GUESSES,
        )  # fmt: skip
        return word, *(known[:most] for known, _, _ in near)


def _has_all(typed: list[tuple[str, ...]], text: str) -> bool:
    return all(any(f" {reading}" in text for reading in readings) for readings in typed)


def _joined(phrases: Iterable[str]) -> str:
    """Phrases as one text to look in: each between bars, Cyrillic ones in Latin letters too."""
    written = [plain(phrase) for phrase in phrases]
    return "| " + " | ".join(dict.fromkeys([*written, *map(romanised, written)])) + " |"
