"""The loaded fact base: facts, topics, sources and vocabulary of one version, with their places in the files."""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.facts.issues import Place, Problem
from bot.core.facts.models import Evidence, Fact, Site, Source, Vocabulary


@dataclass(frozen=True)
class Topic:
    """A file of facts."""

    id: str
    title: str
    about: str
    facts: tuple[Fact, ...]
    checked: str | None = None  # the day on which all of them were last reviewed


@dataclass(frozen=True)
class FactBase:
    """All facts of one version, immutable.

    `version` is a hash of the files' content.  `places` has every fact and source by id; `lines` the lines of all
    fields by file and path; `questions` the questions that should find a fact, by its id; `unanswered` those that no
    fact answers, by the id of the nearest one.
    """

    facts: tuple[Fact, ...]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    vocabulary: Vocabulary
    places: Mapping[str, Place]
    version: str
    lines: Mapping[str, Mapping[tuple[str | int, ...], int]] = field(default_factory=dict, repr=False)
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    unanswered: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    site: Site = field(default_factory=Site)
    warnings: tuple[Problem, ...] = ()  # of the files, found while loading

    def place(self, fact: Fact, *path: str | int) -> Place:
        """The line of a field (`place(fact, "evidence", 0, "quote")`), or of the fact if the field has none."""
        start = self.places[fact.id]
        lines = self.lines.get(start.file, {})
        while path and (fact.id, *path) not in lines:
            path = path[:-1]
        return Place(start.file, lines.get((fact.id, *path), start.line))

    def problem(self, fact: Fact, field: str, code: str, message: str, expected: str = "") -> Problem:
        """A problem in a field of a fact; in `field`, items of lists count from 1, as in `evidence.1.quote`."""
        path = [int(p) - 1 if p.isdecimal() else p for p in field.split(".")]
        return Problem(self.place(fact, *path), f"{fact.id}.{field}", code, message, expected)

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def by_series(self) -> Mapping[str, tuple[Fact, ...]]:
        """The members of each series in time order."""
        members: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.series:
                members.setdefault(fact.series, []).append(fact)
        return {name: in_time_order(facts) for name, facts in members.items()}

    @cached_property
    def by_former_id(self) -> Mapping[str, Fact]:
        return {former: fact for fact in self.facts for former in fact.former_ids}

    @cached_property
    def by_actor(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of the facts that name an actor."""
        actors = {actor for fact in self.facts for actor in fact.actors}
        return {actor: tuple(fact.id for fact in self.facts if actor in fact.actors) for actor in actors}

    def get(self, fact_id: str) -> Fact | None:
        """The fact of this id, or the one that was published under it before."""
        return self.by_id.get(fact_id) or self.by_former_id.get(fact_id)

    def series_of(self, fact: Fact) -> tuple[Fact, ...]:
        """The other members of the fact's series, in time order."""
        if not fact.series:
            return ()
        return tuple(f for f in self.by_series[fact.series] if f.id != fact.id)

    def compared(self, fact: Fact) -> tuple[Fact, ...]:
        """What another article says beside this fact: the facts that it names as `see_also`, series aside, that rest
        on other sources.  Those of the same article are for `related`: a card stays short."""
        named = (self.by_id[i] for i in fact.see_also)
        return tuple(o for o in named if not set(o.sources) & set(fact.sources) and not same_series(o, fact))

    def related(self, fact: Fact, limit: int = 5) -> tuple[Fact, ...]:
        """What a reader of this fact may want next: its series, what it names, what names its actors, then its topic."""
        naming = {i for actor in fact.actors or (fact.id,) for i in self.by_actor.get(actor, ())}
        topic = [other.id for other in self.topics[fact.topic].facts]
        at = topic.index(fact.id)
        ids = (
            *(other.id for other in self.series_of(fact)),
            *fact.see_also,
            *fact.actors,
            *(i for i in self.by_id if i in naming),
            *(topic[i] for i in sorted(range(len(topic)), key=lambda i: abs(i - at))),
        )
        return tuple(self.by_id[i] for i in dict.fromkeys(ids) if i != fact.id)[:limit]

    def link(self, evidence: Evidence) -> str:
        """The address that opens the article at the passage (a text fragment), or the publisher's site where the
        article's own address is unknown: there the passage cannot be found, so none is named."""
        source = self.sources[evidence.source]
        return text_fragment_url(source.url, evidence.quote) if source.url else source.publisher_url


def same_series(a: Fact, b: Fact) -> bool:
    """Whether two facts give the same quantity or state at different times."""
    return bool(a.series) and a.series == b.series


def question_place(base: FactBase, fact_id: str | None) -> Place | None:
    """Where a question that a fact should answer is added: the fact in facts/questions/, or the fact itself if it has
    no questions there; None if the fact does not exist."""
    fact = base.get(fact_id or "")
    if fact is None:
        return None
    file = f"facts/questions/{fact.topic}.yaml"
    line = base.lines.get(file, {}).get((fact.id,))
    return Place(file, line) if line else base.place(fact, "asks")


def in_time_order(facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: (f.when.sort_key, f.id)))


def text_fragment_url(url: str, quote: str) -> str:
    """`url` with `quote` as a text fragment (WICG Scroll to Text Fragment: `-`, `,` and `&` are encoded too)."""
    encoded = urllib.parse.quote(quote, safe="").replace("-", "%2D")
    return f"{url.split('#')[0]}#:~:text={encoded}"
