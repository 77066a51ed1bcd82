"""What stands on a fact's card beside the fact: others like it, who says so, in which articles.

Belongs here: which facts and articles are named, in what order and in which words; every surface draws the
same.  Does not belong here: blocks, wrapping, markup (`bot.slack.blocks`, `bot.terminal`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core import phrasing
from bot.core.byline import CREDITS_SHOWN, byline, credits_of
from bot.core.facts.base import FactBase
from bot.core.facts.models import DatedEvent, Fact, Figure, Position
from bot.core.phrasing import capitalised, lead, time_beside

OTHERS_SHOWN = 5
COMPARED_SHOWN = 3


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


def companions(fact: Fact, base: FactBase) -> list[tuple[str, list[str]]]:
    """What stands beside a fact, a heading and lines each: its series in time order, and what other articles say."""
    found: list[tuple[str, list[str]]] = []
    series = base.series_of(fact)
    if series:
        lines = [_at_other_time(other, base) for other in _nearest_in_time(fact, series)]
        found.append((phrasing.OTHER_TIMES, _with_rest(lines, len(series))))
    compared = base.compared(fact)
    if compared:
        lines = [_compared(other, base) for other in compared[:COMPARED_SHOWN]]
        found.append((phrasing.COMPARE, _with_rest(lines, len(compared))))
    return found


def provenance(fact: Fact, base: FactBase) -> Provenance:
    """The small print.  What was inferred is marked as inferred."""
    credited = credits_of(fact, base)
    articles = []
    for credit in credited[:CREDITS_SHOWN]:
        source, evidence = credit.source, credit.evidence
        remarks = [credit.dated] if credit.dated else []
        if source.inferred:
            remarks.append(phrasing.inferred(list(source.inferred)))
        if evidence.section:
            remarks.append(f"“{evidence.section}”")
        if source.url is None:
            remarks.append(phrasing.LINK_TO_PUBLISHER)
        bracketed = f" ({'; '.join(remarks)})" if remarks else ""
        articles.append(Article(source.title, bracketed, base.link(evidence)))
    return Provenance(byline(fact, base), tuple(articles), len(credited) - len(articles))


def _at_other_time(fact: Fact, base: FactBase) -> str:
    """A fact of the same series: when, who holds it and what, with its source's short name."""
    if isinstance(fact, DatedEvent):
        said = lead(fact)
    else:
        short = fact.value if isinstance(fact, Figure) else fact.title
        said = f"{capitalised(str(fact.when))}: {lead(fact) if isinstance(fact, Position) else short}"
    return f"{said} ({_source_name(fact, base)})"


def _compared(fact: Fact, base: FactBase) -> str:
    """What another article says, which disagrees or completes: in full, with its source's short name."""
    when = time_beside(fact).strip(" ()")
    return f"{lead(fact)} ({f'{when}, ' if when else ''}{_source_name(fact, base)})"


def _source_name(fact: Fact, base: FactBase) -> str:
    return base.sources[fact.evidence[0].source].short


def _with_rest(lines: list[str], count: int) -> list[str]:
    """The lines, and one that tells how many of `count` are not among them."""
    return [*lines, phrasing.and_more(count - len(lines))] if count > len(lines) else lines


def _nearest_in_time(fact: Fact, others: Sequence[Fact]) -> tuple[Fact, ...]:
    """At most OTHERS_SHOWN of the others: those nearest in time, in time order."""
    near = sorted(others, key=lambda other: abs((other.when.first - fact.when.first).days))[:OTHERS_SHOWN]
    return tuple(other for other in others if other in near)
