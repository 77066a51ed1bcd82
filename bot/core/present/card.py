"""What every surface says of a fact: its first line, what stands beside it, who says so, and in which articles."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.models import Actor, DatedEvent, Fact, Figure, Position
from bot.core.present import phrases
from bot.core.present.byline import CREDITS_SHOWN, byline, credits_of, holder
from bot.core.present.phrases import capitalised

OTHERS_SHOWN = 5
COMPARED_SHOWN = 3


# One line about a fact


def first_line(fact: Fact) -> tuple[str, str]:
    """The first line of a card, in two parts: what answers at a glance (a value, a date, a name, a holder), and the rest.

    Nothing is said twice: a title that begins with its value or holder stands alone, its date is left off
    behind the same date, and a role does not repeat the name.
    """
    title = fact.title
    if isinstance(fact, DatedEvent):
        when = str(fact.when)
        return capitalised(when), f" — {_undated(title, when)}"
    if isinstance(fact, Actor):
        return title, f" — {_without_name(fact.role, title)}"
    if isinstance(fact, Figure):
        beginning, joint, names = fact.value, " — ", [fact.value]
    else:
        beginning, joint, names = holder(fact), ": ", _names(holder(fact))
    for name in names:
        begins = title[: len(name)].casefold() == name.casefold()
        if begins and not title[len(name) : len(name) + 1].isalnum():
            return capitalised(title[: len(name)]), title[len(name) :]
    return capitalised(beginning), f"{joint}{title}"


def lead(fact: Fact) -> str:
    """The first line of a card as one text."""
    return "".join(first_line(fact))


def time_beside(fact: Fact) -> str:
    """When it held, in brackets, for a line that does not say it yet; else empty."""
    when = fact.when
    written = {str(when), *([str(when.first.year)] if when.first.year == when.last.year else [])}
    said = any(re.search(rf"\b{re.escape(time)}\b", fact.title) for time in written)
    return "" if said or isinstance(fact, DatedEvent) else f" ({when})"


def headline(fact: Fact) -> str:
    """One line for a list of choices."""
    return f"{lead(fact)}{time_beside(fact)}"


def stands_for(fact: Fact) -> str:
    """What answers the question in a field of its own: the value, the date, the role, or who holds the position."""
    if isinstance(fact, Figure):
        return fact.value
    if isinstance(fact, DatedEvent):
        return str(fact.when)
    return fact.role if isinstance(fact, Actor) else fact.attribution


def _names(name: str) -> list[str]:
    """A holder's name as a title may begin with it: whole, without the article, or one person's last name alone."""
    main = re.split("[,;]", name)[0]
    last = main.split(" ")[-1]
    return [main, main.removeprefix("the "), *([last] if last[:1].isupper() and " and " not in main else [])]


def _undated(title: str, when: str) -> str:
    """A title without the date at its end (`…, October 2015`, `… in 2018`), where that is the end of `when`."""
    words = when.split(" ")
    for tail in (" ".join(words[start:]) for start in range(len(words))):
        for joint in (", ", " in ", " of "):
            if title.endswith(joint + tail):
                return title.removesuffix(joint + tail)
    return title


def _without_name(role: str, title: str) -> str:
    """A role without the name with which it begins (`European Union, Western trade association …`)."""
    name = phrases.BRACKETED.sub("", title)
    rest = role.removeprefix(name).removeprefix(",")
    return rest[1:] if role.startswith(name) and rest.startswith(" ") else role


# What stands beside it


def related_lines(fact: Fact, base: FactBase) -> list[tuple[str, list[str]]]:
    """What stands beside a fact, a heading and lines each: its series in time order, and what other articles say."""
    found: list[tuple[str, list[str]]] = []
    series = base.series_of(fact)
    if series:
        lines = [_at_other_time(other, base) for other in _nearest_in_time(fact, series)]
        found.append((phrases.OTHER_TIMES, _with_rest(lines, len(series))))
    compared = base.compared(fact)
    if compared:
        lines = [_compared(other, base) for other in compared[:COMPARED_SHOWN]]
        found.append((phrases.COMPARE, _with_rest(lines, len(compared))))
    return found


def _at_other_time(fact: Fact, base: FactBase) -> str:
    """A fact of the same series: when, who holds it and what, with its source's short name."""
    if isinstance(fact, DatedEvent):
        said = lead(fact)
    else:
        short = fact.value if isinstance(fact, Figure) else fact.title
        said = f"{capitalised(str(fact.when))}: {lead(fact) if isinstance(fact, Position) else short}"
    return f"{said} ({source_name(fact, base)})"


def _compared(fact: Fact, base: FactBase) -> str:
    """What another article says, which disagrees or completes: in full, with its source's short name."""
    when = time_beside(fact).strip(" ()")
    return f"{lead(fact)} ({f'{when}, ' if when else ''}{source_name(fact, base)})"


def source_name(fact: Fact, base: FactBase) -> str:
    """The short name of the article that a fact's first evidence is from."""
    return base.sources[fact.evidence[0].source].short


def _with_rest(lines: list[str], count: int) -> list[str]:
    """The lines, and one that says how many of `count` are not among them."""
    return [*lines, phrases.and_more(count - len(lines))] if count > len(lines) else lines


def _nearest_in_time(fact: Fact, others: Sequence[Fact]) -> tuple[Fact, ...]:
    """At most OTHERS_SHOWN of the others: those nearest in time, in time order."""
    near = sorted(others, key=lambda other: abs((other.when.first - fact.when.first).days))[:OTHERS_SHOWN]
    return tuple(other for other in others if other in near)


# Where it comes from


@dataclass(frozen=True)
class Article:
    """An article that a fact rests on; `address` opens it at the passage where its own address is known."""

    title: str
    remarks: str  # in brackets, or empty
    address: str


@dataclass(frozen=True)
class Provenance:
    """Who says so, and where: each article once for each voice in it; `hidden` is how many of them are left out."""

    claim: str
    articles: tuple[Article, ...]
    hidden: int


def provenance(fact: Fact, base: FactBase) -> Provenance:
    """The small print.  What was inferred is marked as inferred."""
    credited = credits_of(fact, base)
    articles = []
    for credit in credited[:CREDITS_SHOWN]:
        source, evidence = credit.source, credit.evidence
        remarks = [credit.dated] if credit.dated else []
        if source.inferred:
            remarks.append(phrases.inferred(list(source.inferred)))
        if evidence.section:
            remarks.append(f"“{evidence.section}”")
        if source.url is None:
            remarks.append(phrases.LINK_TO_PUBLISHER)
        bracketed = f" ({'; '.join(remarks)})" if remarks else ""
        articles.append(Article(source.title, bracketed, base.link(evidence)))
    return Provenance(byline(fact, base), tuple(articles), len(credited) - len(articles))


def review(fact: Fact, today: datetime.date) -> str:
    """What the small print says of a fact whose review is overdue; empty if it is not."""
    due = fact.overdue_since(today)
    return f"Due for review since {parse_date(due.isoformat())}" if due else ""
