"""The outcomes of a question: an answer, choices, or none; and how they came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from bot.core.facts.base import Topic
from bot.core.facts.models import Fact
from bot.core.search.lexicon import MatchType

Form: TypeAlias = Literal["card", "comparison", "overview", "closest", "list"]
Talk: TypeAlias = Literal["", "talk", "thanks"]
# Why the best fact is not the answer.  Of the first two, several facts fit; of the others, none does.
Code: TypeAlias = Literal[
    "broad", "tie", "unanswered", "direction", "doubt", "unknown", "subject", "no_words", "nothing_near"
]


@dataclass(slots=True)
class WordMatch:
    """One word of the question, and the word of a fact that it was taken for.

    `similarity` is 1 for the same word and less for a guess; `weight` is how much the word counts
    (rare words count more); `field` is where the fact has it (title, asks, statement …).
    """

    word: str
    matched: str
    how: MatchType
    similarity: float
    weight: float
    field: str


@dataclass(slots=True)
class Hit:
    """A fact that fits a question; `score` from 0 to 1 is how much of the question it explains."""

    fact: Fact
    score: float
    matches: tuple[WordMatch, ...] = ()
    missing: tuple[str, ...] = ()  # words of the question that the base knows and this fact does not have
    order: float = 0.0  # what the facts are ordered by
    scores: tuple[float, ...] = ()  # those of scoring.SCORES
    number: int = -1  # the fact's place in the base


@dataclass(frozen=True)
class Rejection:
    """Why the best fact is not the answer: a code, the words of the question that it is about, and a measure."""

    code: Code
    words: tuple[str, ...] = ()
    value: float | None = None

    def __str__(self) -> str:
        parts = [self.code, *self.words, *([f"{self.value:.2f}"] if self.value is not None else [])]
        return " ".join(parts)


@dataclass(frozen=True)
class _Outcome:
    status: ClassVar[Literal["answer", "choices", "none"]]

    query: str
    hits: tuple[Hit, ...]  # best first; of an answer the fact itself, then the runners-up
    unknown: tuple[str, ...] = ()  # words of the question that the base does not have
    topics: tuple[Topic, ...] = ()  # the nearest topics, best first
    rejection: Rejection | None = None  # why the best fact is not the answer
    # See Decision.shares.
    explanation: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)
    dropped: tuple[str, ...] = field(default=(), kw_only=True)  # words that were taken to say nothing

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the person is shown, after which come runners-up where it is an answer."""
        return tuple(hit.fact for hit in self.hits)

    @property
    def reason(self) -> str:
        """Why this outcome, for maintainers."""
        return str(self.rejection) if self.rejection else f"score {self.hits[0].score:.2f}"


@dataclass(frozen=True)
class Answer(_Outcome):
    """One fact answers the question."""

    status = "answer"
    form: Form = "card"
    total: int = 0  # facts that have the one word or name of the question

    @property
    def hit(self) -> Hit:
        return self.hits[0]

    @property
    def fact(self) -> Fact:
        return self.hits[0].fact


@dataclass(frozen=True)
class Choices(_Outcome):
    """Several facts fit (`fit`), or none does and these come nearest: one to five of them, best first."""

    status = "choices"
    form: Form = "list"
    total: int = 0

    @property
    def fit(self) -> bool:
        return self.rejection is not None and self.rejection.code in ("broad", "tie")

    @property
    def missing(self) -> tuple[str, ...]:
        """Words of the question that the base knows but these facts do not contain."""
        return tuple(w for w in self.hits[0].missing if all(w in hit.missing for hit in self.hits))


@dataclass(frozen=True)
class NoAnswer(_Outcome):
    """The base does not answer it; `hits` may hold what came nearest, for maintainers, never for the person.

    `talk` says that the text is not a question for the facts: a greeting, thanks, a call for help.
    """

    status = "none"
    talk: Talk = ""

    @property
    def facts(self) -> tuple[Fact, ...]:
        return ()


Outcome: TypeAlias = Answer | Choices | NoAnswer
