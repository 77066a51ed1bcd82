"""A comparison of facts as a table: things side by side, or one thing over time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.models import Fact, Figure
from bot.core.present.card import stands_for
from bot.core.present.strings import Strings

ROWS_SHOWN = 12
# Figures from which a change can be computed: nothing but a number and its unit.
_EXACT = re.compile(
    r"(?P<before>[$€£]?)(?P<number>\d+(?:[.,]\d+)?)(?P<unit>%| (?:thousand|million|billion)| [a-z]+)?"
)


@dataclass(frozen=True)
class Row:
    """A line of the table: what it is, its value, when it held, and the article with the address of the passage."""

    what: str
    value: str
    when: str
    source: str
    address: str
    fact: Fact


@dataclass(frozen=True)
class Table:
    """`over_time` where the rows are one series; `change` is the computed difference, or empty."""

    rows: tuple[Row, ...]
    over_time: bool
    change: str

    def lines(self) -> list[str]:
        """The rows as lines of text."""
        return [f"{row.what}: {row.value} ({row.when}, {row.source})" for row in self.rows]


def table_of(facts: Sequence[Fact], base: FactBase, text: Strings) -> Table:
    """The facts side by side, or in time order where all are of one series; at most ROWS_SHOWN of them."""
    facts = facts[:ROWS_SHOWN]
    over_time = len({fact.series for fact in facts}) == 1 and bool(facts[0].series)
    ordered = sorted(facts, key=lambda fact: fact.when.sort_key) if over_time else list(facts)
    rows = []
    for fact in ordered:
        evidence = fact.evidence[0]
        source = base.sources[evidence.source].short
        rows.append(Row(fact.title, stands_for(fact), str(fact.when), source, base.link(evidence), fact))
    return Table(tuple(rows), over_time, _change(ordered, text) if over_time else "")


def _change(facts: Sequence[Fact], text: Strings) -> str:
    """The difference between the first and the last value, where both are exact values of the same measure."""
    first, last = facts[0], facts[-1]
    if len(facts) < 2 or not isinstance(first, Figure) or not isinstance(last, Figure):
        return ""
    before, after = _EXACT.fullmatch(first.value), _EXACT.fullmatch(last.value)
    if not before or not after or any(before[name] != after[name] for name in ("before", "unit")):
        return ""
    if "~" in first.as_of or "~" in last.as_of:
        return ""
    difference = float(after["number"].replace(",", ".")) - float(before["number"].replace(",", "."))
    unit = " percentage points" if before["unit"] == "%" else before["unit"] or ""
    change = f"{difference:+.10g}".replace("-", "−")
    change = f"{change[0]}{before['before']}{change[1:]}{unit}"
    return text("change", first=parse_date(first.as_of), last=parse_date(last.as_of), change=change)
