"""What surfaces pass on to the maintainers, and what an inbox holds: questions without an answer, grouped, thumbs and
reports; no person and no channel passes through it."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from bot.core.search.results import Answer, Outcome
from bot.core.text import LONGEST_WORD, Token, listed, same_word, tokens

REASONS = ("wrong", "outdated", "unclear", "source moved", "other")
WORDS_KEPT = 40
LENGTH_KEPT = 300  # characters; a longer text is a message rather than a question
ALIKE = 50  # of 100, for two words: below, they aren't worth comparing
COMPARED = 10

# What may say who a person is.  A word of a question never needs these.  Bounded, so that it takes linear time.
_PERSONAL = re.compile(
    r"<[@#!][^<>]{0,200}>|(?<!\w)[@#]\w[\w.-]*|\b[UWCDGT][0-9][A-Z0-9]{6,}\b"  # people and places of Slack
    r"|[^\s@]{1,64}@[^\s@|]{1,255}|\b(?:https?://|www\.)\S+"  # addresses
    r"|\+\d[\d ().-]{7,30}\d|\b\d{9,}\b|\(\d{2,4}\)[\d -]{5,30}\d"  # telephone numbers
)


class Inbox:
    """Where surfaces leave questions and reports for the maintainers; this one, for surfaces without a database, keeps
    nothing.  Implementations must not raise or block."""

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        """A question that got `none`, or `choices`; `nearest` is the id of the fact that came nearest.

        Returns a random id for choices that are kept: the buttons under the choices carry it to `chosen`.
        """

    def chosen(self, offer_id: str) -> None:
        """One of the choices that were offered under this id was chosen, so the question was answered."""

    def thumb(self, fact_id: str, helpful: bool) -> None:
        """A card was marked as helpful or not."""

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        """A problem with a fact, `reason` one of `REASONS`; returns the report's number if it is kept.

        The one call that may block, for two seconds at most.
        """


def kept_words(question: str) -> str:
    """What is kept of a question: its words, folded; no mention, address or telephone number.  May be empty."""
    said = (token.surface for token in tokens(_PERSONAL.sub(" ", question))[:WORDS_KEPT])
    words = " ".join(word for word in said if len(word) < LONGEST_WORD)  # a longer one may be a key
    return words if len(words) <= LENGTH_KEPT else words[: LENGTH_KEPT + 1].rpartition(" ")[0]


@dataclass(frozen=True)
class Question:
    """A question that the facts did not answer, with how often it was asked; `outcome` is none or choices, `nearest` the
    id of the fact that came nearest."""

    id: int
    words: str
    count: int
    first_seen: date
    last_seen: date
    outcome: str
    unknown: tuple[str, ...] = ()
    nearest: str | None = None


@dataclass(frozen=True)
class QuestionGroup:
    """Questions that ask for the same, the most frequent first; `answered` is the fact that answers it now."""

    questions: tuple[Question, ...]
    answered: str | None = None

    @property
    def head(self) -> Question:
        return self.questions[0]

    @property
    def count(self) -> int:
        return sum(question.count for question in self.questions)

    @property
    def first_seen(self) -> date:
        return min(question.first_seen for question in self.questions)

    @property
    def last_seen(self) -> date:
        return max(question.last_seen for question in self.questions)


def cluster_questions(
    questions: Sequence[Question], ask: Callable[[str], Outcome] | None = None
) -> tuple[QuestionGroup, ...]:
    """Group questions that ask for the same, the most frequent group first; with `ask`, mark what is answered now."""
    ignored = frozenset(listed("stop_words"))
    known: dict[str, Token] = {}
    members: dict[frozenset[str], list[Question]] = defaultdict(list)
    for question in sorted(questions, key=lambda q: (-q.count, q.id)):
        words = tokens(question.words)
        said = [token for token in words if token.surface not in ignored] or words
        members[frozenset(_known_as(token, known) for token in said)].append(question)
    groups = []
    for group in members.values():
        outcome = ask(group[0].words) if ask else None
        answered = outcome.fact.id if isinstance(outcome, Answer) else None
        groups.append(QuestionGroup(tuple(group), answered))
    return tuple(sorted(groups, key=lambda group: (-group.count, group.head.id)))


def _known_as(token: Token, known: dict[str, Token]) -> str:
    """The known word that this is in another form or with a typing error; else its own, which is known from now on."""
    if token.term not in known:
        near = process.extract(token.term, list(known), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=COMPARED)
        if like := next((term for term, _, _ in near if same_word(known[term], token)), None):
            return like
        known[token.term] = token
    return token.term


@dataclass(frozen=True)
class Thumbs:
    """How often a fact was marked as helpful and as unhelpful."""

    fact_id: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True)
class Report:
    """A reported problem; `version` is that of the fact base in which it was seen."""

    id: int
    fact_id: str
    version: str
    reason: str
    remark: str
    made: date


@dataclass(frozen=True)
class InboxContents:
    groups: tuple[QuestionGroup, ...] = ()
    unhelpful: tuple[Thumbs, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.groups or self.unhelpful or self.reports)
