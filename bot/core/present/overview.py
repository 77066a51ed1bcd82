"""An overview of a broad word or a name: how much there is, dated facts, and who holds which opinion."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact, Position
from bot.core.present.byline import holder
from bot.core.present.card import headline, lead, time_beside
from bot.core.present.strings import Strings, capitalised
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
    """Whether a broad word was typed, or only the name of an actor with more entries; an id asks for its card."""
    if not isinstance(outcome, Answer) or not isinstance(outcome.fact, Actor):
        return outcome.form == "overview"
    by_id = not outcome.hit.matches and "-" in outcome.query
    return outcome.total > FACTS_SHOWN and not by_id


def overview_of(outcome: Answer | Choices, base: FactBase, text: Strings) -> Overview:
    """An overview of what was found, best first: of the actor that leads, else of the topic that the query names."""
    query, found = outcome.query, outcome.facts
    actor = found[0] if isinstance(found[0], Actor) else None
    more: Iterable[Fact]
    if actor:
        topic = base.topics.get(actor.topic)
        # Almost all facts are about the two countries, so that none names them among its actors.
        more = [f for f in base.facts if actor.id in f.actors] or _with_words(actor.title, base)
        title, intro = actor.title, f"{capitalised(actor.role)}{time_beside(actor)}. "
    else:
        named = (topic for topic in outcome.topics if set(surfaces(query)) & set(surfaces(topic.title)))
        topic = next(named, None)
        more = topic.facts if topic else _with_words(query, base)
        title, intro = topic.title if topic else capitalised(query), ""
    entries = tuple(fact for fact in {f.id: f for f in (*found, *more)}.values() if fact is not actor)
    dated = [fact for fact in entries if not isinstance(fact, Position | Actor)]
    opinions = [fact for fact in entries if isinstance(fact, Position)]
    by_holder = {holder(fact): fact for fact in reversed(opinions)}
    holders = [fact for fact in opinions if by_holder[holder(fact)] is fact]
    count = text("overview_total", count=len(entries))
    if opinions:
        count += f", {text('overview_opinions', count=len(opinions))}"
    return Overview(
        title,
        f"{intro}{count}.",
        tuple((headline(fact), fact) for fact in dated[:FACTS_SHOWN]),
        tuple((f"{lead(fact)} ({fact.when.first.year})", fact) for fact in holders[:HOLDERS_SHOWN]),
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
    return tuple(topics.values())[:count]
