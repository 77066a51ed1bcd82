"""An overview of a broad word or a name: how much there is, dated facts, and who holds which opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact, Position
from bot.core.present.byline import holder
from bot.core.present.card import headline, lead, time_beside
from bot.core.present.phrases import capitalised
from bot.core.present.strings import Strings
from bot.core.search.results import Answer, Choices
from bot.core.text import listed, surfaces, tokens

FACTS_SHOWN, HOLDERS_SHOWN = 3, 4


@dataclass(frozen=True)
class Overview:
    """`facts` and `opinions` are the lines that are shown, each with its fact; `entries` is everything, for a menu."""

    title: str
    intro: str
    facts: tuple[tuple[str, Fact], ...]
    opinions: tuple[tuple[str, Fact], ...]
    entries: tuple[Fact, ...]
    topic: Topic | None


def is_overview(outcome: Answer | Choices) -> bool:
    """Whether a broad word was typed, or only the name of an actor about whom there is more."""
    named = isinstance(outcome, Answer) and isinstance(outcome.fact, Actor) and outcome.total > FACTS_SHOWN
    return named or outcome.form == "overview"


def overview_of(
    query: str, found: Sequence[Fact], topics: Sequence[Topic], base: FactBase, text: Strings
) -> Overview:
    """An overview of what was found, best first: of the actor that leads, else of the topic that the query names."""
    about = found[0] if found and isinstance(found[0], Actor) else None
    named = [topic for topic in topics if about is None and set(surfaces(query)) & set(surfaces(topic.title))]
    more: Iterable[Fact]
    if about:
        more = (fact for fact in base.facts if about.id in fact.actors)
        title, intro = about.title, f"{capitalised(about.role)}{time_beside(about)}"
    else:
        more = named[0].facts if named else _with_words(query, base)
        title, intro = named[0].title if named else capitalised(query), ""
    entries = tuple(fact for fact in {f.id: f for f in (*found, *more)}.values() if fact is not about)
    dated = [fact for fact in entries if not isinstance(fact, Position | Actor)]
    holders: dict[str, Fact] = {}
    for fact in entries:
        if isinstance(fact, Position):
            holders.setdefault(holder(fact), fact)
    opinions = sum(isinstance(fact, Position) for fact in entries)
    count = text("overview_total", count=len(entries))
    counts = f"{count}, {text('overview_opinions', count=opinions)}" if opinions else count
    topic = named[0] if named else base.topics.get(about.topic) if about else None
    return Overview(
        title,
        f"{intro}. {counts}." if intro else f"{counts}.",
        tuple((headline(fact), fact) for fact in dated[:FACTS_SHOWN]),
        tuple(
            (f"{lead(fact)} ({fact.when.first.year})", fact)
            for fact in list(holders.values())[:HOLDERS_SHOWN]
        ),
        entries,
        topic,
    )


def _with_words(query: str, base: FactBase) -> list[Fact]:
    """The facts that have the words of the query in their title or statement."""
    small = {word for entry in listed("stop_words") for word in surfaces(entry)}
    wanted = {token.term for token in tokens(query) if token.surface not in small}
    return [fact for fact in base.facts if wanted and wanted <= _terms(f"{fact.title} {fact.statement}")]


@lru_cache(maxsize=4_000)
def _terms(text: str) -> frozenset[str]:
    return frozenset(token.term for token in tokens(text))


def news_of(base: FactBase, count: int) -> tuple[Fact, ...]:
    """The latest events and figures that had happened when their article was written, one of each topic."""
    happened = [fact for fact in base.facts if not isinstance(fact, Position | Actor) and not fact.expected]
    happened.sort(key=lambda fact: (-fact.when.first.toordinal(), fact.when.last.toordinal(), fact.id))
    topics: dict[str, Fact] = {}
    for fact in happened:
        topics.setdefault(fact.topic, fact)
    return tuple(list(topics.values())[:count])
