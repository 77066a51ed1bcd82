"""Questions without an answer: what is kept of them, and which of them ask for the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz, process

from bot.core.search.results import Answer, Outcome
from bot.core.text import Token, listed, same_word, tokens

WORDS_KEPT = 40
LENGTH_KEPT = 300  # characters; a longer text is a message rather than a question
ALIKE = 70  # of 100, for whole questions: below, their words are not worth comparing
COMPARED = 5
GROUPED = 2_000  # the questions asked most, which others are compared with: bounded time for any number

# What may say who a person is.  A word of a question never needs these.  Bounded, so that it takes linear time.
_PERSONAL = re.compile(
    r"<[@#!][^<>]{0,200}>|(?<!\w)[@#]\w[\w.-]*|\b[UWCDGT][0-9][A-Z0-9]{6,}\b"  # people and places of Slack
    r"|[^\s@]{1,64}@[^\s@|]{1,255}|\b(?:https?://|www\.)\S+"  # addresses
    r"|\+\d[\d ().-]{7,30}\d|\b\d{9,}\b|\(\d{2,4}\)[\d -]{5,30}\d"  # telephone numbers
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
class Question:
    """A question that the facts did not answer, with how often it was asked; `outcome` is none or choices."""

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

    @cached_property
    def count(self) -> int:
        return sum(question.count for question in self.questions)

    @cached_property
    def first_seen(self) -> date:
        return min(question.first_seen for question in self.questions)

    @cached_property
    def last_seen(self) -> date:
        return max(question.last_seen for question in self.questions)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The words that the facts did not have, each once."""
        return tuple(dict.fromkeys(word for question in self.questions for word in question.unknown))

    @cached_property
    def nearest(self) -> str | None:
        """The id of the fact that came nearest."""
        return next((question.nearest for question in self.questions if question.nearest), None)


def cluster_questions(
    questions: Sequence[Question], ask: Callable[[str], Outcome] | None = None
) -> tuple[QuestionGroup, ...]:
    """Group questions that ask for the same, the most frequent group first; with `ask`, mark what is answered now."""
    ignored = frozenset(listed("stop_words"))
    members: list[list[Question]] = []
    # By their numbers and dates: 2015 is not a typing error of 2019.
    heads: dict[frozenset[str], dict[int, str]] = defaultdict(dict)
    words: dict[int, list[Token]] = {}
    for number, question in enumerate(sorted(questions, key=lambda q: (-q.count, q.id))):
        found = tokens(question.words)
        said = [token for token in found if token.surface not in ignored] or list(found)
        said.sort(key=lambda token: token.term)
        exact = frozenset(token.term for token in said if token.exact)
        key = " ".join(token.surface for token in said)
        near = process.extract(key, heads[exact], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=COMPARED)
        group = next((place for _, _, place in near if _same_words(said, words[place])), None)
        if group is not None:
            members[group].append(question)
            continue
        if number < GROUPED:
            heads[exact][len(members)], words[len(members)] = key, said
        members.append([question])
    groups = [QuestionGroup(tuple(group), _answer(group[0], ask)) for group in members]
    return tuple(sorted(groups, key=lambda group: (-group.count, group.head.id)))


def _same_words(a: Sequence[Token], b: Sequence[Token]) -> bool:
    """Whether each word of one is a word of the other, in another form or with a typing error."""
    left = list(b)
    for token in a:
        if (found := next((other for other in left if same_word(other, token)), None)) is None:
            return False
        left.remove(found)
    return not left


def _answer(question: Question, ask: Callable[[str], Outcome] | None) -> str | None:
    outcome = ask(question.words) if ask else None
    return outcome.fact.id if isinstance(outcome, Answer) else None
