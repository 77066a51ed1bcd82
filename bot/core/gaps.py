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
from rapidfuzz.distance import OSA

from bot.core.search import SearchEngine
from bot.core.search.results import Answer
from bot.core.text import Token, listed, tokens

WORDS_KEPT = 40
LENGTH_KEPT = 300  # characters; a longer text is a message rather than a question
WORD_ALIKE = 0.80  # as `search` has it: one letter in five; Poland is not like Holland
ALIKE = 70  # of 100, for whole questions: below, their words are not worth comparing
COMPARED = 5
GROUPED = 2_000  # the questions asked most, which others are compared with: bounded time for any number

# What may say who somebody is.  A word of a question never needs these.
_PERSONAL = re.compile(
    r"<[@#!][^>]*>|(?<!\w)[@#]\w[\w.-]*|\b[UWCDGT][0-9][A-Z0-9]{6,}\b"  # people and places of Slack
    r"|\S+@\S+\.\S+|\b(?:https?://|www\.)\S+"  # addresses
    r"|\+\d[\d ().-]{7,}\d|\b\d{9,}\b|\(\d{2,4}\)[\d -]{5,}\d"  # telephone numbers
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


def laid_together(gaps: Sequence[Gap], finder: SearchEngine | None = None) -> tuple[GapGroup, ...]:
    """Like questions together, what was asked most first.

    With the facts of the moment, words of conversation do not count, and what is answered by now is marked.
    """
    ignored = frozenset(listed("stop_words")) if finder else frozenset()
    ordered = sorted(gaps, key=lambda gap: (-gap.count, gap.id))
    members: list[list[Gap]] = []
    # By their numbers and dates: 2015 is no typing error of 2019.
    heads: dict[frozenset[str], dict[int, str]] = defaultdict(dict)
    words: dict[int, list[Token]] = {}
    for number, gap in enumerate(ordered):
        said = _said(gap.words, ignored)
        exact = frozenset(token.term for token in said if token.exact)
        key = " ".join(token.surface for token in said)
        near = process.extract(key, heads[exact], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=COMPARED)
        home = next((place for _, _, place in near if _same_words(said, words[place])), None)
        if home is not None:
            members[home].append(gap)
            continue
        if number < GROUPED:
            heads[exact][len(members)], words[len(members)] = key, said
        members.append([gap])
    groups = [GapGroup(tuple(found), _answered(found[0], finder)) for found in members]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.head.id)))


def _said(words: str, ignored: frozenset[str]) -> list[Token]:
    """The words of a question in one order, without those of conversation unless it has no others."""
    found = tokens(words)
    said = [token for token in found if token.surface not in ignored] or found
    return sorted(said, key=lambda token: token.term)


def _same_words(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether each word of one is a word of the other, in another form or with a typing error."""
    left = list(b)
    for token in a:
        same = (o for o in left if o.term == token.term or _typo(o, token))
        if (found := next(same, None)) is None:
            return False
        left.remove(found)
    return not left


def _typo(a: Token, b: Token) -> bool:
    if a.exact or b.exact:
        return False
    return OSA.normalized_similarity(a.surface, b.surface, score_cutoff=WORD_ALIKE) > 0


def _answered(gap: Gap, finder: SearchEngine | None) -> str | None:
    outcome = finder.ask(gap.words) if finder else None
    return outcome.fact.id if isinstance(outcome, Answer) else None
