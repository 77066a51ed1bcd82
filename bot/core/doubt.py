"""Why the best fact is not an answer: one rule after the other.

Belongs here: each reason to doubt, in the order in which they are told, with its thresholds.  Does not belong
here: how a fact is scored (`search`), and what becomes of a doubt (`answer`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from bot.core.facts.base import shown_together
from bot.core.facts.models import DatedEvent, Fact, Figure
from bot.core.outcome import Hit, How, WordMatch
from bot.core.reading import Reading, counted, joined, rank
from bot.core.search import Index, QuestionWord
from bot.core.words import YEAR

ANSWER_FLOOR = 0.50  # an answer explains more than half of the question, counted by weight …
CLEAR_FLOOR, CLEAR_MARGIN = 0.42, 0.12  # … or a little less, where nothing else comes near
ANSWER_MARGIN = 0.001  # … and does so better than the runner-up
UNKNOWN_SHARE = 0.34  # an answer leaves at most a third of the question's weight to words never heard of
SINGLE_WORD_FLOOR = 0.80  # a single word must be half of a title or ask: "day" is not National Unity Day
BROAD_FREQUENCY = 6  # a single word that this many facts have asks for a list
BROAD_NAME_FREQUENCY = 15  # … and so does a name that this many facts have (Lukashenko), his own card first
BROAD_MARGIN = 0.20  # … unless one fact is called by that word and the others only have it
LONG_WORD = 7  # letters: a typing error in so long a word leaves little doubt what was meant

# Doubts which of several facts is meant; at any other doubt, no fact fits and those offered only come nearest.
PART = "one word, which is only a part of what the best fact is called"
BROAD = "one broad word, which many facts have"
ALIKE = "several facts fit alike"
FIT = frozenset({PART, BROAD, ALIKE})

_BESIDE = frozenset({"topic", "section", "source", "note"})  # what places a fact, and is not what it says
_NUMBER = re.compile(
    r"\d|\b(half|third|quarter|double|tenfold|dozens?|two|three|four|five|ten|hundreds?|thousands?|millions?)\b"
)
_MONEY = re.compile(r"[$€£]|\b(dollars?|euros?|roubles?|rubles?|долларов|евро|рублей)\b")
_SHARE = re.compile(r"%|\b(per ?cent|percentage|half|third|quarter|процентов)\b")


@dataclass(frozen=True)
class _Case:
    """A question beside its best fact, as the rules look at them."""

    reading: Reading
    index: Index

    @property
    def best(self) -> Hit:
        return self.reading.hits[0]

    @property
    def words(self) -> tuple[QuestionWord, ...]:
        return self.reading.words

    @cached_property
    def margin(self) -> float:
        """How far the best fact is ahead of the next one that its card does not show or lead to."""
        wanted = self.reading.wanted
        rival = next((h for h in self.reading.hits[1:] if not shown_together(self.best.fact, h.fact)), None)
        return rank(self.best, wanted) - (rank(rival, wanted) if rival else 0.0)

    @cached_property
    def has(self) -> set[str]:
        """The words of the question that the fact has anywhere."""
        return {m.word for m in self.best.matches}

    @cached_property
    def said(self) -> dict[str, WordMatch]:
        """Those of them that are in what the fact says."""
        return {m.word: m for m in self.best.matches if m.field not in _BESIDE}

    @cached_property
    def in_passing(self) -> list[str]:
        """Names of the question that the fact has, and not in what it is called."""
        called = {word for word, match in self.said.items() if match.field != "statement"}
        return [w.token.surface for w in self.words if w.name and w.token.surface in self.has - called]


def doubt(reading: Reading, index: Index) -> str:
    """Why the best fact is not an answer, a sentence for maintainers; empty where it is."""
    case = _Case(reading, index)
    # A question that is a fact's own title or ask wants that fact, whatever its kind.
    rules = RULES if case.best.score >= 1.0 else RULES + RULES_FOR_PARTS
    return next((why for rule in rules if (why := rule(case))), "")


def _explains_too_little(case: _Case) -> str:
    floor = CLEAR_FLOOR if case.margin >= CLEAR_MARGIN else ANSWER_FLOOR
    return (
        f"the best fact explains only {case.best.score:.0%} of the question"
        if case.best.score < floor
        else ""
    )


def _too_much_is_unknown(case: _Case) -> str:
    share = case.reading.unknown_share
    return f"words never heard of carry {share:.0%} of the question" if share > UNKNOWN_SHARE else ""


def _lacks_a_number(case: _Case) -> str:
    """Numbers and dates fit or do not."""
    lacking = [w.token.surface for w in case.words if w.exact and w.token.surface not in case.has]
    return f"the best fact does not fit {', '.join(lacking)}" if lacking else ""


def _lacks_a_name(case: _Case) -> str:
    foreign = [w.token.surface for w in case.words if w.name and w.token.surface not in case.said]
    return f"the best fact does not speak of {', '.join(foreign)}" if foreign else ""


def _lacks_a_property(case: _Case) -> str:
    """A word of like meaning in passing is not enough: a presidency somewhere is not the president."""
    told = {w for w, m in case.said.items() if m.how != "synonym" or m.field != "statement"}
    asked = [w.token.surface for w in case.words if w.token.term in case.index.asked]
    lacking = [word for word in asked if word not in told]
    return (
        f"the question asks for {', '.join(lacking)}, of which the best fact says nothing" if lacking else ""
    )


def _has_one_word_of_several(case: _Case) -> str:
    heavy = {w.token.surface for w in case.words if not w.light}
    first, *others = case.best.matches or (None,)
    if first is None or others or first.how in ("name", "number", "date") or not heavy & {*case.best.missing}:
        return ""
    return f"of the question's words, the best fact has only {first.word}"


def _is_called_by_more(case: _Case) -> str:
    """A single word is the question; misspelt, it is as much less of a title as it differs."""
    if len(case.words) > 1:
        return ""
    long = len(case.words[0].token.surface) >= LONG_WORD
    floor = SINGLE_WORD_FLOOR * (case.best.matches[0].similarity if long else 1.0)
    return PART if case.best.score < floor else ""


def _was_guessed(case: _Case) -> str:
    ways = {_how(match) for match in case.best.matches}
    # An inflected name looks like an error.
    spoken = any(w.name and w.token.surface in case.has for w in case.words)
    if "typo" not in ways or spoken or ways & {"same", "name", "number", "date"}:
        return ""
    return "no word of the question is the best fact's own: all were guessed"


def _is_broad(case: _Case) -> str:
    """Years alone, or one word that many facts share: very many, where it is all that the best fact is called."""
    words, hits = case.words, case.reading.hits
    if all(w.exact for w in words):
        # A month or a day is a question of its own where it is that of one event, or named by one more than by others.
        narrow = len(words) > 1 and any(not YEAR.fullmatch(w.token.surface) for w in words)
        events = [h for h in hits if isinstance(h.fact, DatedEvent) and len(h.matches) == len(words)]
        alone = len(events) == 1 or case.margin >= CLEAR_MARGIN
        return "" if narrow and case.best in events and alone else BROAD
    if len(words) > 1 or case.margin >= BROAD_MARGIN:
        return ""
    limit = BROAD_NAME_FREQUENCY if case.best.score >= 1.0 else BROAD_FREQUENCY
    return BROAD if max(case.index.frequency(a.term) for a in words[0].alternatives) >= limit else ""


def _counts_something_else(case: _Case) -> str:
    """ "How many reactors" counts reactors: the word must be the fact's, and the value no sum of money and no share."""
    asked = counted(case.reading.text)
    if asked is None:
        return ""
    question_word, what = asked
    if what not in {w.token.surface for w in case.words} or _MONEY.search(what) or _SHARE.search(what):
        return ""
    if what not in case.said:
        return f"the question counts {what}, of which the best fact says nothing"
    value = case.best.fact.value.casefold() if isinstance(case.best.fact, Figure) else ""
    # The Russian word also asks "how much of it", which a share answers.
    if _MONEY.search(value) or (question_word != "сколько" and _SHARE.search(value)):
        return f"the question counts {what}, and the best fact gives {value}"
    return ""


def _has_no_number(case: _Case) -> str:
    if case.reading.wanted != "figure" or _has_number(case.best.fact):
        return ""
    return "the question asks for a number, and the best fact has none"


def _is_of_somebody_else(case: _Case) -> str:
    """Whoever is asked for, or named beside another, is more than a bystander."""
    names = case.in_passing
    if names and (case.reading.wanted == "who" or joined(case.reading.text, names)):
        return f"the best fact is not named by {', '.join(names)}"
    return ""


def _is_no_date(case: _Case) -> str:
    if case.reading.wanted != "date" or case.best.fact.kind == "date":
        return ""
    return "the question asks for a date, and the best fact is none"


def _fits_no_better(case: _Case) -> str:
    return ALIKE if case.margin < ANSWER_MARGIN else ""


RULES: tuple[Callable[[_Case], str], ...] = (
    _explains_too_little,
    _too_much_is_unknown,
    _lacks_a_number,
    _lacks_a_name,
    _lacks_a_property,
    _has_one_word_of_several,
    _is_called_by_more,
    _was_guessed,
    _is_broad,
)
# Of a question that is not the whole title or ask of a fact.
RULES_FOR_PARTS: tuple[Callable[[_Case], str], ...] = (
    _counts_something_else,
    _has_no_number,
    _is_of_somebody_else,
    _is_no_date,
    _fits_no_better,
)


def _how(match: WordMatch) -> How:
    """How a word was matched; an error in a long word counts as the word itself."""
    return "same" if match.how == "typo" and len(match.word) >= LONG_WORD else match.how


def _has_number(fact: Fact) -> bool:
    return isinstance(fact, Figure) or bool(_NUMBER.search(YEAR.sub("", fact.statement)))
