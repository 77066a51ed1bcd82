"""What is missing, as the maintainers see it: questions without an answer, facts found unhelpful, reports.

Belongs here: what is kept of a question, and laying like questions together.  Does not belong here:
keeping them (`bot.inbox`), how they look in a terminal or in Slack.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz, process

from bot.core.answer import FactFinder
from bot.core.outcome import Answer
from bot.core.words import fold_words, tokens

WORDS_KEPT = 40
LENGTH_KEPT = 300  # characters; a longer text is a message rather than a question
ALIKE = 88  # of 100: one or two typing errors; Poland is not like Holland
GROUPED = 2_000  # the questions asked most, which others are compared with: bounded time for any number

# What may say who somebody is.  A word of a question never needs these.
_PERSONAL = re.compile(
    r"<[@#!][^>]*>|(?<!\w)[@#]\w[\w.-]*|\S+@\S+\.\S+|\b(?:https?://|www\.)\S+|\+?\d[\d ().-]{7,}\d|\b[UWCDGT][0-9][A-Z0-9]{6,}\b"
)


def kept_words(question: str) -> str:
    """What is kept of a question: its words, folded; no mention, address or telephone number.  May be empty."""
    words: list[str] = []
    length = 0
    for token in tokens(_PERSONAL.sub(" ", question))[:WORDS_KEPT]:
        length += len(token.surface) + 1
        if length > LENGTH_KEPT:
            break
        words.append(token.surface)
    return " ".join(words)


@dataclass(frozen=True)
class Gap:
    """A question that the facts did not answer, as often as it was asked; `outcome` is none or choices."""

    id: int
    words: str
    count: int
    first_seen: date
    last_seen: date
    outcome: str
    unknown: tuple[str, ...] = ()
    nearest: str | None = None


@dataclass(frozen=True)
class GapGroup:
    """Like questions, the one that was asked most first; `answered` is the fact that answers it by now."""

    gaps: tuple[Gap, ...]
    answered: str | None = None

    @property
    def head(self) -> Gap:
        return self.gaps[0]

    @cached_property
    def count(self) -> int:
        return sum(gap.count for gap in self.gaps)

    @cached_property
    def first_seen(self) -> date:
        return min(gap.first_seen for gap in self.gaps)

    @cached_property
    def last_seen(self) -> date:
        return max(gap.last_seen for gap in self.gaps)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The words that the facts did not know, each once."""
        return tuple(dict.fromkeys(word for gap in self.gaps for word in gap.unknown))

    @cached_property
    def nearest(self) -> str | None:
        """The id of the fact that came nearest."""
        return next((gap.nearest for gap in self.gaps if gap.nearest), None)


@dataclass(frozen=True)
class Thumbs:
    """How often a fact was found helpful and unhelpful."""

    fact_id: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class Report:
    """A problem that somebody told of; `version` is that of the fact base in which they saw it."""

    id: int
    fact_id: str
    version: str
    reason: str
    remark: str
    made: date


@dataclass(frozen=True)
class Found:
    """What lies in the inbox."""

    groups: tuple[GapGroup, ...] = ()
    unhelpful: tuple[Thumbs, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.unhelpful or self.reports)


def laid_together(gaps: Sequence[Gap], finder: FactFinder | None = None) -> tuple[GapGroup, ...]:
    """Like questions together, what was asked most first.

    With the facts of the moment, words of conversation do not count, and what is answered by now is marked.
    """
    ignored = frozenset(map(fold_words, finder.base.vocabulary.ignore)) if finder else frozenset()
    ordered = sorted(gaps, key=lambda gap: (-gap.count, gap.id))
    members: list[list[Gap]] = []
    # By their numbers and dates: 2015 is no typing error of 2019.
    heads: dict[frozenset[str], dict[int, str]] = defaultdict(dict)
    for number, gap in enumerate(ordered):
        exact, key = _compared(gap.words, ignored)
        alike = process.extractOne(key, heads[exact], scorer=fuzz.ratio, score_cutoff=ALIKE)
        if alike:
            members[alike[2]].append(gap)
            continue
        if number < GROUPED:
            heads[exact][len(members)] = key
        members.append([gap])
    groups = [GapGroup(tuple(found), _answered(found[0], finder)) for found in members]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.head.id)))


def _compared(words: str, ignored: frozenset[str]) -> tuple[frozenset[str], str]:
    """The numbers and dates of a question, and its other words: without those of conversation, by stem, in one order."""
    found = tokens(words)
    said = [token for token in found if token.surface not in ignored] or found
    exact = frozenset(token.term for token in said if token.exact)
    return exact, " ".join(sorted(token.term for token in said if not token.exact))


def _answered(gap: Gap, finder: FactFinder | None) -> str | None:
    outcome = finder.ask(gap.words) if finder else None
    return outcome.fact.id if isinstance(outcome, Answer) else None
