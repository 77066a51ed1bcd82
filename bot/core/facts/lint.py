"""Checks on a fact base that has loaded: what must be corrected, and what needs a person's judgement."""

from __future__ import annotations

import datetime
import itertools
import re
from collections import defaultdict
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
_HOLDER_STOP_WORDS = frozenset(
    {"the", "and", "for", "not", "its", "some", "many", "most", "named", "reported"}
)


def find_problems(base: FactBase, today: datetime.date | None = None) -> list[Problem]:
    """What must be corrected before the facts are used, in file order."""
    today = today or datetime.date.today()
    checks = (mismatched_numbers, _values, _series, _wording)
    found = [problem for check in checks for problem in check(base)]
    return sorted([*found, *_later_than_known(base, today)])


def find_warnings(base: FactBase) -> list[Problem]:
    """What needs a person's judgement, in file order."""
    return sorted([*base.warnings, *_similar(base)])


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


def _values(base: FactBase) -> Iterator[Problem]:
    """The value of a figure, with its unit, stands in the statement; a hedge may differ."""
    for fact in base.facts:
        if not isinstance(fact, Figure) or not set(numbers(fact.value)) <= set(numbers(fact.statement)):
            continue  # the latter is what `mismatched_numbers` refuses
        value = _words(_HEDGES.sub(" ", fold(fact.value).lower()))
        stated = _words(fact.statement)
        rest = iter(stated)
        lacking = next((word for word in value if word not in rest), "")
        if not lacking:
            after = {b for a, b in itertools.pairwise(stated) if a == value[-1]} if value else set()
            unit = after & _MAGNITUDES - set(value)
            lacking = min(unit) if len(after) == 1 and unit else ""
            if not lacking:
                continue
        message = f"{quote_value(fact.value)} is not in the statement as it stands"
        near = next((w for w in stated if any(c.isdigit() for c in w) and _digits(w) == _digits(lacking)), "")
        expected = f"the value with its unit as in the statement{f': {near} …' if near else ''}"
        yield base.problem(fact, "value", "value-not-stated", message, expected)


def _digits(word: str) -> str:
    return re.sub(r"\D", "", word)


def _series(base: FactBase) -> Iterator[Problem]:
    """The members of a series are one quantity at different times: no time twice, more than one member."""
    for name, members in base.by_series.items():
        if len(members) == 1:
            message = f"{quote_value(name)} has one member"
            yield base.problem(members[0], "series", "series", message, "two members or no series")
        for a, b in itertools.pairwise(members):
            if a.when.edtf == b.when.edtf and a.sources == b.sources:
                message = f"the same time as {a.id} ({a.when})"
                yield base.problem(
                    b, "series", "series-time", message, f"different times in the series {name}"
                )


def _wording(base: FactBase) -> Iterator[Problem]:
    terms = {fold(term).casefold(): term for term in base.vocabulary.loaded}
    longest_first = sorted(map(re.escape, terms), key=len, reverse=True)
    is_loaded = re.compile(rf"\b(?:{'|'.join(longest_first)})\b" if terms else r"(?!)", re.IGNORECASE)
    for fact in base.facts:
        if _PRONOUN.match(fact.statement):
            message = f"the statement begins with {quote_value(fact.statement.split()[0])}"
            yield base.problem(
                fact, "statement", "pronoun", message, "a noun, since the statement stands alone"
            )
        if not _SENTENCE_END.search(fact.statement):
            message = f"the statement ends with {quote_value(' '.join(fact.statement.split()[-3:]))}"
            yield base.problem(fact, "statement", "sentence", message, "a whole sentence with its full stop")
        if fact.attribution and _UNNAMED.fullmatch(fact.attribution):
            expected = "a person or body by name, or “many experts, as reported by …”"
            message = f"{quote_value(fact.attribution)} does not name anyone"
            yield base.problem(fact, "attribution", "unnamed-holder", message, expected)
        elif isinstance(fact, Position) and not _names_holder(fact):
            message = f"the statement does not name {quote_value(fact.attribution)}, who holds it"
            yield base.problem(
                fact, "statement", "holder-not-named", message, "“… says that …” with the name"
            )
        for field in ("title", "statement"):
            text = fold(_QUOTED.sub(" ", getattr(fact, field)))
            for found in dict.fromkeys(match.casefold() for match in is_loaded.findall(text)):
                term = terms.get(found, found)
                expected = "the term in quotation marks, or a neutral word"
                yield base.problem(fact, field, "loaded-term", f"{quote_value(term)} takes a side", expected)


def _names_holder(fact: Position) -> bool:
    """Whether the statement has a word of the holder's name."""
    holder = {
        t.term for t in tokens(fact.attribution) if len(t.surface) > 2 and t.surface not in _HOLDER_STOP_WORDS
    }
    return bool(holder & {t.term for t in tokens(fact.statement)})


def _later_than_known(base: FactBase, today: datetime.date) -> Iterator[Problem]:
    """Facts of a time that no cited article could know, unless it was still to come."""
    for fact in base.facts:
        dated = [base.sources[name].dated for name in fact.sources]
        latest = max(date.last if date else today for date in dated)
        if fact.when.end.first > latest and not fact.expected:
            field = "date" if isinstance(fact, DatedEvent) else "as_of"
            message = f"{quote_value(fact.when.edtf)} is later than the articles it rests on"
            expected = "a time that an article could know, or `expected: true` if it was still to come"
            yield base.problem(fact, field, "later-than-sources", message, expected)


def _similar(base: FactBase) -> Iterator[Problem]:
    """Facts of different series that cannot be distinguished by title, or that share an ask."""
    titles = [" ".join(sorted(fact.title.lower().split())) for fact in base.facts]
    for at, b in enumerate(base.facts):
        for _, _, i in process.extract(
            titles[at], titles[:at], scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=None
        ):
            if _distinct(a := base.facts[i], b):
                message = (
                    f"{quote_value(b.title)} is much like the title of {a.id} at {base.place(a, 'title')}"
                )
                yield base.problem(b, "title", "similar-title", message, "titles that differ, or one record")
    asks: dict[tuple[str, ...], list[tuple[Fact, str]]] = defaultdict(list)
    for fact in base.facts:
        for ask in dict.fromkeys(fact.asks):
            asks[tuple(sorted(t.term for t in tokens(ask)))].append((fact, ask))
    for (first, ask_of_first), *others in asks.values():
        place = base.place(first, "asks", first.asks.index(ask_of_first))
        for fact, ask in others:
            if _distinct(first, fact):
                field = f"asks.{fact.asks.index(ask) + 1}"
                message = f"{quote_value(ask)} is an ask of {first.id} at {place} too"
                yield base.problem(fact, field, "shared-ask", message, "an ask that leads to one fact")


def _distinct(a: Fact, b: Fact) -> bool:
    return a.id != b.id and not same_series(a, b)
