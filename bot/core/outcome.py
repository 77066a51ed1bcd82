"""The three outcomes of a question: Answer, Choices, NoFact; and what each says of how it came about.

Belongs here: the types that `bot.core.answer` returns and every surface draws.  Does not belong
here: how they are reached (`search`, `answer`) or how they look (`bot.slack`, `bot.terminal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from bot.core.facts.base import Topic
from bot.core.facts.models import Fact
from bot.core.words import tokens

_THANKS = frozenset("thanks thank thx cheers спасибо дзякуй".split())

How: TypeAlias = Literal["same", "name", "synonym", "typo", "related", "joined", "number", "date"]


@dataclass(frozen=True)
class WordMatch:
    """One word of the question, and the word of a fact that it was taken for.

    `similarity` is 1 for the same word and less for a guess; `weight` is how much the word counts
    (rare words count more); `field` is where the fact has it (title, asks, statement …).
    """

    word: str
    matched: str
    how: How
    similarity: float
    weight: float
    field: str


@dataclass(frozen=True)
class Hit:
    """A fact that fits a question; `score` from 0 to 1 is how much of the question it explains."""

    fact: Fact
    score: float
    matches: tuple[WordMatch, ...] = ()
    missing: tuple[str, ...] = ()  # words of the question that the base knows and this fact does not have


@dataclass(frozen=True)
class _Outcome:
    status: ClassVar[str]

    query: str
    hits: tuple[
        Hit, ...
    ]  # best first; Answer has the fact itself first, then the runners-up; NoFact what came nearest
    unknown: tuple[str, ...]  # words of the question that the fact base has never heard of
    topics: tuple[Topic, ...]  # the nearest topics, best first
    reason: str  # why this outcome: a sentence for maintainers

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the person is shown: one for an answer, up to five for choices, none otherwise."""
        return tuple(hit.fact for hit in self.hits)


@dataclass(frozen=True)
class Answer(_Outcome):
    """The bot is sure of `fact`."""

    status: ClassVar[str] = "answer"

    @property
    def hit(self) -> Hit:
        return self.hits[0]

    @property
    def fact(self) -> Fact:
        return self.hits[0].fact


@dataclass(frozen=True)
class Choices(_Outcome):
    """Several facts fit (`fit`), or none does and these come nearest: one to five of them, best first."""

    status: ClassVar[str] = "choices"

    fit: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Words of the question that the base knows and none of these facts has."""
        return tuple(w for w in self.hits[0].missing if all(w in hit.missing for hit in self.hits))


@dataclass(frozen=True)
class NoFact(_Outcome):
    """The fact base has no such fact; `hits` may hold what came nearest, for maintainers, never for the person."""

    status: ClassVar[str] = "none"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return ()

    @property
    def is_talk(self) -> bool:
        """Whether no word of the question says what it is about: a greeting, thanks, a question about the bot."""
        return not self.hits and not self.unknown

    @property
    def is_thanks(self) -> bool:
        """Whether such talk says thanks."""
        return self.is_talk and any(token.surface in _THANKS for token in tokens(self.query))


Outcome: TypeAlias = Answer | Choices | NoFact
