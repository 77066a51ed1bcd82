"""What surrounds entries in replies: sentences above and below them, overviews of a word or a name, and the latest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Actor, Fact, Position
from bot.core.present.byline import holder
from bot.core.present.card import headline, lead, time_beside
from bot.core.present.strings import ENGLISH, Strings, capitalised
from bot.core.search.cues import find_cues, main_cue
from bot.core.search.results import Answer, Choices, Outcome
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


def choices_intro(
    count: int, fit: bool, unknown: Sequence[str], missing: Sequence[str], text: Strings
) -> str:
    """That several entries match, or why they are only the closest."""
    if unknown:
        return text("unknown", words=text.quoted(unknown))
    if fit:
        return text("perhaps" if count == 1 else "fit")
    return text("missing", words=text.quoted(missing)) if missing else text("nearest")


def closest_intro(outcome: Choices, text: Strings) -> str:
    """What the closest entry doesn't say."""
    asked = main_cue(find_cues(surfaces(outcome.query))).replace("how_many", "how_much")
    if asked and asked != "what":
        return text(f"closest_{asked}")
    if outcome.missing:
        return text("closest_about", words=text.quoted(outcome.missing[:2]))
    return text("closest")


def explanation(outcome: Outcome, text: Strings = ENGLISH) -> str:
    """Why an outcome is what it is, for maintainers."""
    if (rejection := outcome.rejection) is None:
        return text("why_answered", percent=round(100 * outcome.hits[0].score))
    words = text.quoted([word.replace("_", " ") for word in rejection.words], "and")
    return text(f"why_{rejection.code}", words=words, percent=round(100 * (rejection.value or 0)))


def decline(unknown: Sequence[str], text: Strings) -> str:
    """That the articles don't say; `unknown` are the words that they don't have."""
    return text("none_unknown", words=text.quoted(unknown)) if unknown else text("none")


def counts(base: FactBase, text: Strings) -> dict[str, str]:
    """How much there is: facts and attributed opinions are counted apart."""
    opinions = sum(isinstance(fact, Position) for fact in base.facts)
    return {
        "facts": text("facts", count=len(base.facts) - opinions),
        "opinions": text("attributed_opinions", count=opinions),
        "sources": text("articles", count=len(base.sources)),
    }


def help_intro(base: FactBase, text: Strings) -> str:
    return text("help_intro", **counts(base, text))
