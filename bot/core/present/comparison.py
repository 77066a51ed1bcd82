"""A comparison of facts as a table: things side by side, or one thing over time."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact, Figure
from bot.core.present.card import stands_for
from bot.core.present.strings import Strings
from bot.core.text import tokens

ROWS_SHOWN = 12
# Figures from which a change can be computed: nothing but a number and its unit.
_EXACT = re.compile(r"([$€£]?)(\d+(?:[.,]\d+)?)(%| (?:thousand|million|billion)| [a-z]+)?")
_BEHIND_NOUN = re.compile(r"\b(?:of|in|on|for|to|with|between)\b|,")


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
    facts = of_one_measure(facts)[:ROWS_SHOWN]
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
    return Table(
        title.strip(), tuple(facts), tuple(rows), over_time, _change(facts, text) if over_time else ""
    )


def of_one_measure(facts: Sequence[Fact]) -> list[Fact]:
    """Those of the facts that give the measure that most of them give; all where no two give the same."""
    counted = Counter(_measure(fact) for fact in facts)
    measure, count = counted.most_common(1)[0]
    return [fact for fact in facts if count == 1 or _measure(fact) == measure]


def _measure(fact: Fact) -> str:
    """What a fact measures: money, or the noun that names it ("share" of "Russia's share of foreign trade")."""
    if isinstance(fact, Figure) and "$" in fact.value:
        return "$"
    named = (fact.answers and fact.answers.measure) or fact.title
    words = _BEHIND_NOUN.split(named)[0].split()
    return " ".join(token.term for word in words if "'s" not in word for token in tokens(word))


def _common(titles: Sequence[str]) -> str:
    """The longest run of two words or more that all titles have; empty where there is none."""
    words = titles[0].split()
    places = [(start, stop) for start in range(len(words)) for stop in range(start + 2, len(words) + 1)]
    places.sort(key=lambda place: place[0] - place[1])
    runs = (" ".join(words[start:stop]).strip(",") for start, stop in places)
    common = next((run for run in runs if all(run in title for title in titles)), "")
    return re.sub(rf" (?:{_BEHIND_NOUN.pattern})$", "", common)


def _change(facts: Sequence[Fact], text: Strings) -> str:
    """The difference between the first and the last value, where both are exact values of the same measure."""
    ends = [fact for fact in (facts[0], facts[-1]) if isinstance(fact, Figure) and "~" not in fact.as_of]
    values = [match.groups(default="") for fact in ends if (match := _EXACT.fullmatch(fact.value))]
    if len(facts) < 2 or len(values) < 2:
        return ""
    (sign, before, unit), (last_sign, after, last_unit) = values
    if (sign, unit) != (last_sign, last_unit):
        return ""
    difference = float(after.replace(",", ".")) - float(before.replace(",", "."))
    change = f"{'−' if difference < 0 else '+'}{sign}{abs(difference):.10g}"
    change += " percentage points" if unit == "%" else unit
    return text("change", first=ends[0].when, last=ends[1].when, change=change)
