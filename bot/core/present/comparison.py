"""A comparison of facts as a table: things side by side, or one thing over time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import stands_for
from bot.core.present.strings import Strings

ROWS_SHOWN = 12
# Figures from which a change can be computed: nothing but a number and its unit.
_EXACT = re.compile(r"([$€£]?)(\d+(?:[.,]\d+)?)(%| (?:thousand|million|billion)| [a-z]+)?")
_LAST_PREPOSITION = re.compile(r" (?:of|in|on|for|to|with|between|,)$")


@dataclass(frozen=True)
class Table:
    """A row for each fact: what, value, when, source and the address of the passage.

    `title` says what is compared; `over_time` where the rows are one series; `change` is the computed difference, or
    empty.
    """

    title: str
    facts: tuple[Fact, ...]
    rows: tuple[dict[str, str], ...]
    over_time: bool
    change: str

    def lines(self) -> list[str]:
        """The rows as lines of text."""
        return ["{what}: {value} ({when}, {source})".format_map(row) for row in self.rows]


def table_of(facts: Sequence[Fact], base: FactBase, text: Strings) -> Table:
    """The facts of one measure side by side, or in time order where all are of one series; at most ROWS_SHOWN."""
    facts = facts[:ROWS_SHOWN]
    over_time = len({fact.series for fact in facts}) == 1 and bool(facts[0].series)
    if over_time:
        facts = sorted(facts, key=lambda fact: fact.when.sort_key)
    rows = (
        {
            "what": fact.title,
            "value": stands_for(fact),
            "when": str(fact.when),
            "source": base.sources[fact.evidence[0].source].short,
            "address": base.link(fact.evidence[0]),
        }
        for fact in facts
    )
    title = f"{text('over_time' if over_time else 'compared')} {_common([fact.title for fact in facts])}"
    change = _change(facts[0], facts[-1], text) if over_time else ""
    return Table(title.strip(), tuple(facts), tuple(rows), over_time, change)


def _common(titles: Sequence[str]) -> str:
    """The longest run of two words or more that all titles have; empty where there is none."""
    words = titles[0].split()
    for length in range(len(words), 1, -1):
        for start in range(len(words) - length + 1):
            run = " ".join(words[start : start + length]).strip(",")
            if all(run in title for title in titles):
                return _LAST_PREPOSITION.sub("", run)
    return ""


def _change(first: Fact, last: Fact, text: Strings) -> str:
    """The difference between two figures, where both are exact values of the same measure."""
    ends = [_EXACT.fullmatch(getattr(fact, "value", "")) for fact in (first, last)]
    (sign, before, unit), (last_sign, after, last_unit) = [
        end.groups("") if end else [""] * 3 for end in ends
    ]
    if not (before and after) or first is last or (sign, unit) != (last_sign, last_unit):
        return ""
    difference = float(after.replace(",", ".")) - float(before.replace(",", "."))
    change = f"{'−' if difference < 0 else '+'}{sign}{abs(difference):.10g}"
    change += " percentage points" if unit == "%" else unit
    return text("change", first=first.when, last=last.when, change=change)
