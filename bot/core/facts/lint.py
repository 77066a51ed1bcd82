"""Checks on a fact base that has loaded: what must be corrected, and what needs a person's judgement."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterator

from rapidfuzz import fuzz, process

from bot.core.facts.base import FactBase, same_series
from bot.core.facts.dates import parse_date
from bot.core.facts.evidence import fold, mismatched_numbers, numbers
from bot.core.facts.issues import Problem, quote_value
from bot.core.facts.models import DatedEvent, Fact, Figure, Position
from bot.core.text import tokens

SIMILAR = 93  # of 100, of titles with their words sorted: those that differ by a letter
_PRONOUN = re.compile(r"(it|they|he|she|this|these|that|those|its|their|his|her|we|our)\b", re.IGNORECASE)
_UNNAMED = re.compile(
    r"(?:(?:the|some|many|most|several|unnamed) )*"
    r"(?:experts|analysts|observers|commentators|critics|officials|sources|bot|unionstate)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][”\"’'»)]*$|[”\"’»]$")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’")
_HEDGES = re.compile(
    r"\b(about|around|approximately|roughly|some|over|more than|less than|up to|at least|almost|nearly|another)\b"
)
_MAGNITUDES = frozenset({"thousand", "million", "billion", "trillion", "percent", "per", "%"})
_HOLDER_STOP_WORDS = frozenset("the and for not its some many most named reported".split())


def find_problems(base: FactBase, today: datetime.date | None = None) -> list[Problem]:
    """What must be corrected before the facts are used, in file order."""
    today = today or datetime.date.today()
    found = [*mismatched_numbers(base), *_series(base), *_loaded_terms(base)]
    for fact in base.facts:
        found += [*_value(base, fact), *_wording(base, fact), *_time(base, fact, today)]
    return sorted(found)


def find_warnings(base: FactBase) -> list[Problem]:
    """What needs a person's judgement, in file order."""
    return sorted([*base.warnings, *_similar_titles(base), *_shared_asks(base)])


def reviews_due(base: FactBase, today: datetime.date | None = None) -> Iterator[Problem]:
    """Facts that are due for review, the longest overdue first."""
    today = today or datetime.date.today()
    due = [(day, fact.id) for fact in base.facts if (day := fact.overdue_since(today))]
    for day, fact_id in sorted(due):
        fact = base.by_id[fact_id]
        reviewed, since = parse_date(str(fact.last_checked)), parse_date(str(day))
        message = f"last reviewed on {reviewed}; review overdue since {since}"
        yield base.problem(fact, "checked", "review-due", message, "the day of the next review")


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", fold(text).lower())
    return [word for w in text.split() if (word := w.strip(".,;:!?()\"'"))]


def _value(base: FactBase, fact: Fact) -> Iterator[Problem]:
    """The value of a figure, with its unit, stands in the statement; a hedge may differ."""
    if not isinstance(fact, Figure) or not set(numbers(fact.value)) <= set(numbers(fact.statement)):
        return  # `mismatched_numbers` refuses the latter
    value, stated = _words(_HEDGES.sub(" ", fold(fact.value).lower())), _words(fact.statement)
    rest = iter(stated)
    lacking = next((word for word in value if word not in rest), "")
    if value and not lacking:  # "$40" where the statement says "$40 thousand" throughout
        after = {b for a, b in itertools.pairwise(stated) if a == value[-1]}
        lacking = min(after & _MAGNITUDES - set(value), default="") if len(after) == 1 else ""
    if lacking:
        digits = re.sub(r"\D", "", lacking)
        near = next((w for w in stated if digits and re.sub(r"\D", "", w) == digits), "")
        message = f"{quote_value(fact.value)} is not in the statement as it stands"
        expected = f"the value with its unit as in the statement{f': {near} …' if near else ''}"
        yield base.problem(fact, "value", "value-not-stated", message, expected)


def _series(base: FactBase) -> Iterator[Problem]:
    """The members of a series are one quantity at different times: no time twice, more than one member."""
    for name, members in base.by_series.items():
        if len(members) == 1:
            message = f"{quote_value(name)} has one member"
            yield base.problem(members[0], "series", "series", message, "two members or no series")
        for a, b in itertools.pairwise(members):
            if a.when.edtf == b.when.edtf and a.sources == b.sources:
                message, expected = (
                    f"the same time as {a.id} ({a.when})",
                    f"different times in the series {name}",
                )
                yield base.problem(b, "series", "series-time", message, expected)


def _wording(base: FactBase, fact: Fact) -> Iterator[Problem]:
    words = fact.statement.split()
    if _PRONOUN.match(fact.statement):
        message, expected = (
            f"the statement begins with {quote_value(words[0])}",
            "a noun, since it stands alone",
        )
        yield base.problem(fact, "statement", "pronoun", message, expected)
    if not _SENTENCE_END.search(fact.statement):
        message, expected = (
            f"the statement ends with {quote_value(words[-1])}",
            "a whole sentence with its full stop",
        )
        yield base.problem(fact, "statement", "sentence", message, expected)
    if fact.attribution and _UNNAMED.fullmatch(fact.attribution):
        message = f"{quote_value(fact.attribution)} does not name anyone"
        expected = "a person or body by name, or “many experts, as reported by …”"
        yield base.problem(fact, "attribution", "unnamed-holder", message, expected)
    elif isinstance(fact, Position):
        stated, named = (
            {t.term: t.surface for t in tokens(text)} for text in (fact.statement, fact.attribution)
        )
        if not any(t in stated and len(s) > 2 and s not in _HOLDER_STOP_WORDS for t, s in named.items()):
            message = f"the statement does not name {quote_value(fact.attribution)}, who holds it"
            expected = "“… says that …” with the name"
            yield base.problem(fact, "statement", "holder-not-named", message, expected)


def _loaded_terms(base: FactBase) -> Iterator[Problem]:
    terms = {fold(term).casefold(): term for term in base.vocabulary.loaded}
    longest_first = sorted(map(re.escape, terms), key=len, reverse=True)
    is_loaded = re.compile(rf"\b(?:{'|'.join(longest_first)})\b" if terms else r"(?!)", re.IGNORECASE)
    for fact, field in itertools.product(base.facts, ("title", "statement")):
        text = fold(_QUOTED.sub(" ", getattr(fact, field)))
        for found in {match.casefold() for match in is_loaded.findall(text)}:
            message = f"{quote_value(terms.get(found, found))} takes a side"
            yield base.problem(
                fact, field, "loaded-term", message, "it in quotation marks, or a neutral word"
            )


def _time(base: FactBase, fact: Fact, today: datetime.date) -> Iterator[Problem]:
    """Refuses a time that no cited article could know, unless it was still to come."""
    dates = [base.sources[name].dated for name in fact.sources]
    if fact.when.end.first > max(date.last if date else today for date in dates) and not fact.expected:
        field = "date" if isinstance(fact, DatedEvent) else "as_of"
        message = f"{quote_value(fact.when.edtf)} is later than the articles it rests on"
        expected = "a time that an article could know, or `expected: true` if it was still to come"
        yield base.problem(fact, field, "later-than-sources", message, expected)


def _similar_titles(base: FactBase) -> Iterator[Problem]:
    titles = [" ".join(sorted(fact.title.lower().split())) for fact in base.facts]
    for at, fact in enumerate(base.facts):
        above = titles[:at]
        found = process.extract(titles[at], above, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=None)
        for other in (base.facts[i] for *_, i in found):
            if not same_series(other, fact):
                place = base.place(other, "title")
                message = f"{quote_value(fact.title)} is much like the title of {other.id} at {place}"
                expected = "titles that differ, or one record"
                yield base.problem(fact, "title", "similar-title", message, expected)


def _shared_asks(base: FactBase) -> Iterator[Problem]:
    first: dict[tuple[str, ...], tuple[Fact, int]] = {}
    for fact in base.facts:
        for i, ask in enumerate(fact.asks):
            other, at = first.setdefault(tuple(sorted(t.term for t in tokens(ask))), (fact, i))
            if other.id != fact.id and not same_series(other, fact):
                place = base.place(other, "asks", at)
                message = f"{quote_value(ask)} is an ask of {other.id} at {place} too"
                yield base.problem(
                    fact, f"asks.{i + 1}", "shared-ask", message, "an ask that leads to one fact"
                )
