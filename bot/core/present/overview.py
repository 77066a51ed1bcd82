"""An overview of a broad word or a name: how much there is, dated facts, and who holds which opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact, Position
from bot.core.present.byline import holder
from bot.core.present.card import headline, lead, time_beside
from bot.core.present.strings import Strings

FACTS_SHOWN, HOLDERS_SHOWN = 3, 4


@dataclass(frozen=True)
class Overview:
    """`facts` and `opinions` are the lines that are shown, each with its fact; `entries` is everything, for a menu."""

    title: str
    intro: str
    total: int
    facts: tuple[tuple[str, Fact], ...]
    opinions: tuple[tuple[str, Fact], ...]
    entries: tuple[Fact, ...]
    topic: Topic | None


def overview_of(
    name: str, about: Fact | Topic | None, found: Sequence[Fact], total: int, base: FactBase, text: Strings
) -> Overview:
    """An overview of what was found, best first; `about` is the actor or the topic that the name stands for."""
    if isinstance(about, Actor):
        title, intro = about.title, f"{lead(about)}{time_beside(about)}"
        others: Iterable[Fact] = (fact for fact in found if fact.id != about.id)
    else:
        title, intro, others = about.title if isinstance(about, Topic) else name, "", found
    entries = tuple(dict.fromkeys(others))
    dated = [fact for fact in entries if not isinstance(fact, Position | Actor)]
    holders: dict[str, Fact] = {}
    for fact in entries:
        if isinstance(fact, Position):
            holders.setdefault(holder(fact), fact)
    opinions = sum(isinstance(fact, Position) for fact in entries)
    count = text("overview_total", count=total)
    counts = f"{count}, {text('overview_opinions', count=opinions)}" if opinions else count
    topic = about if isinstance(about, Topic) else base.topics.get(about.topic) if about else None
    return Overview(
        title,
        f"{intro}. {counts}." if intro else f"{counts}.",
        total,
        tuple((_dated_line(fact), fact) for fact in dated[:FACTS_SHOWN]),
        tuple(
            (f"{lead(fact)} ({fact.when.first.year})", fact)
            for fact in list(holders.values())[:HOLDERS_SHOWN]
        ),
        entries,
        topic,
    )


def _dated_line(fact: Fact) -> str:
    return headline(fact)


def news_of(base: FactBase, count: int) -> tuple[Fact, ...]:
    """The latest events and figures that had happened when their article was written, one of each topic."""
    happened = [fact for fact in base.facts if not isinstance(fact, Position | Actor) and not fact.expected]
    happened.sort(key=lambda fact: (-fact.when.last.toordinal(), -fact.when.first.toordinal(), fact.id))
    topics: dict[str, Fact] = {}
    for fact in happened:
        topics.setdefault(fact.topic, fact)
    return tuple(list(topics.values())[:count])
