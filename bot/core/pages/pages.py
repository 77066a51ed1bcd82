"""What is on each page of the fact base: a title, and sections of lines, facts or links to other pages."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeAlias, TypeVar

from bot.core.facts.base import FactBase, Topic, in_time_order
from bot.core.facts.dates import FactDate, parse_date
from bot.core.facts.issues import Problem
from bot.core.facts.models import KINDS, Actor, DatedEvent, Fact, Source
from bot.core.pages.routes import Address, PageName, Route, Years, route_of_words
from bot.core.present.phrases import (
    KIND_HEADINGS,
    LINK_TO_PUBLISHER,
    capitalised,
    count_of,
    field_name,
    listed,
    moment,
    published,
)
from bot.core.search.results import Outcome
from bot.core.text import plain

ROWS = 8  # facts on a page: what a phone shows in about two screens
ENTRIES = 25  # topics or sources on a page: a message of Slack holds 50 blocks

PAGE_TITLES: Mapping[PageName, str] = {
    "topics": "Topics",
    "sources": "Sources",
    "actors": "Actors",
    "timeline": "Timeline",
    "random": "Random fact",
    "about": "About",
}
ABOUT_TITLE = "About this bot"
ACTORS_ABOUT = "People and organisations named in the articles, with agreements, weapons and places."
LANGUAGES = {"en": "English", "ru": "Russian", "be": "Belarusian"}

Choose: TypeAlias = Callable[[Sequence[Fact]], Fact]
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A topic or source in a list."""

    title: str
    count: int  # of its facts
    lines: tuple[str, ...]
    address: Address


@dataclass(frozen=True)
class Section:
    """Lines, facts or entries under one heading, if any; `continued` if its beginning is on an earlier page."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    entries: tuple[Entry, ...] = ()
    continued: bool = False


@dataclass(frozen=True)
class Status:
    """What `about` says of the running program, which passes it in.

    `problems` are those of the last edit, if that is bad and the facts before it are answered from.
    """

    version: str = ""
    changed_at: datetime.datetime | None = None  # when the facts last changed, with its time zone, if known
    repository_url: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page, of `pages` that the same list has."""

    address: Address  # its number is never beyond the last
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # a label and a web address each
    sections: tuple[Section, ...] = ()
    fact: Fact | None = None  # the page is this fact's card
    fits: bool = True  # False if a name was typed that nothing has
    above: Address | None = None  # the list that it is from
    pages: int = 1
    total: int = 0  # facts on all pages; 0 for lists of something else
    first: int = 1  # which of these the first one here is, counted from 1
    starts: tuple[tuple[str, Address], ...] = ()  # each heading of the whole list, with the page it begins on

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(fact for section in self.sections for fact in section.facts)

    @property
    def previous(self) -> Address | None:
        return replace(self.address, number=self.address.number - 1) if self.address.number > 1 else None

    @property
    def next(self) -> Address | None:
        more = self.address.number < self.pages
        return replace(self.address, number=self.address.number + 1) if more else None


def page_of_words(
    text: str,
    base: FactBase,
    ask: Callable[[str], Outcome] | None = None,
    status: Status | None = None,
    *,
    rows: int | None = ROWS,
    choose: Choose = random.choice,
) -> Page | None:
    """The page that typed words open, or None if they are a question (see `route_of_words`)."""
    route = route_of_words(text, base, ask)
    if route is None:
        return None
    if route.typed:
        return _names(route, base, rows)
    return open_page(route.address, base, status, rows=rows, choose=choose)


def open_page(
    address: Address,
    base: FactBase,
    status: Status | None = None,
    *,
    rows: int | None = ROWS,
    choose: Choose = random.choice,
) -> Page | None:
    """The page at an address, or None if its topic or source is no longer in the base.

    `rows` facts a page; None puts everything on one page.
    """
    match address.page:
        case "topics" | "sources":
            return _names(Route(address), base, rows)
        case "topic":
            topic = base.topics.get(address.argument)
            return _topic(address, topic, rows) if topic else None
        case "source":
            source = base.sources.get(address.argument)
            return _source(address, source, base, rows) if source else None
        case "actors":
            page = Page(address, PAGE_TITLES["actors"], (ACTORS_ABOUT,))
            return _with_facts(page, _actors_by_topic(base), rows)
        case "timeline":
            return _timeline(address, base, rows)
        case "random":
            return Page(address, PAGE_TITLES["random"], fact=choose(base.facts)) if base.facts else None
        case "about":
            return _about(address, base, status or Status())


def facts_of(base: FactBase, source: Source) -> tuple[Fact, ...]:
    """The facts that rest on a source, alone or among others."""
    return tuple(fact for fact in base.facts if source.id in fact.sources)


# Lists of topics and sources


def topic_entry(topic: Topic) -> Entry:
    return Entry(topic.title, len(topic.facts), (topic.about,), Address("topic", topic.id))


def source_entries(base: FactBase, ids: Iterable[str] = ()) -> tuple[Entry, ...]:
    """All sources, or some of them, the oldest first."""
    chosen = [base.sources[source] for source in ids] or list(base.sources.values())
    chosen.sort(key=lambda s: (s.dated.sort_key if s.dated else (datetime.date.max,) * 2, s.id))
    return tuple(
        Entry(s.short, len(facts_of(base, s)), (s.title, _by_line(s)), Address("source", s.id))
        for s in chosen
    )


def _by_line(source: Source) -> str:
    """Whose it is, when, and what kind of text."""
    when = f", {published(str(source.dated), source.published is None)}" if source.dated else ""
    return f"{source.by}{when}. {source.standpoint}."


def _names(route: Route, base: FactBase, rows: int | None) -> Page:
    """All topics or sources, or those that fit a typed name; a part that does not fit on one page is cut."""
    if route.address.page == "topics":
        entries = tuple(topic_entry(base.topics[i]) for i in route.ids or base.topics)
    else:
        entries = source_entries(base, route.ids)
    what = route.address.page.removesuffix("s")
    if not route.typed:
        title = PAGE_TITLES[route.address.page]
    elif route.fits:
        title = f"More than one {what} fits “{route.typed}”:"
    else:
        title = f"I have no {what} “{route.typed}”. These are there:"
    part = _Part.of(route.address, [("", entries)], rows and ENTRIES)
    sections = tuple(Section(entries=tuple(shown)) for _, shown, _ in part.groups)
    return Page(part.address, title, sections=sections, fits=route.fits, pages=1 if route.ids else part.pages)


# Lists of facts


def _topic(address: Address, topic: Topic, rows: int | None) -> Page:
    page = Page(address, topic.title, (topic.about,), above=Address("topics"))
    return _with_facts(page, _by_kind(topic.facts), rows)


def _source(address: Address, source: Source, base: FactBase, rows: int | None) -> Page:
    """The article in full on its first page, only its title on the others."""
    page = Page(address, source.title, above=Address("sources"))
    if address.number == 1:
        page = replace(page, lines=_source_lines(source), links=(("Link", source.address),))
    return _with_facts(page, _by_kind(facts_of(base, source)), rows)


def _source_lines(source: Source) -> tuple[str, ...]:
    """All that is known of an article, a line each."""
    role = f", {source.author_role}" if source.author_role else ""
    known = {
        "Author": f"{source.author}{role}" if source.author else None,
        "Speaker": source.speaker,
        "Publisher": source.publisher,
        "Published" if source.published else "Reports on an event of": source.dated,
        "Language": LANGUAGES[source.language],
        "Standpoint": source.standpoint,
    }
    lines = [f"{label}: {value}" for label, value in known.items() if value]
    lines += [f"Inferred: {field_name(name)} ({reason})" for name, reason in source.inferred.items()]
    return (*lines, *([] if source.url else [f"{capitalised(LINK_TO_PUBLISHER)}."]))


def _by_kind(facts: Sequence[Fact]) -> list[tuple[str, Sequence[Fact]]]:
    """Facts by kind: events in time order, actors by name, the rest in the order of the files."""
    groups: list[tuple[str, Sequence[Fact]]] = []
    for kind in KINDS:
        members = [fact for fact in facts if fact.kind == kind]
        if kind == "date":
            members = list(in_time_order(members))
        elif kind == "actor":
            members.sort(key=_by_name)
        groups.append((KIND_HEADINGS[kind], members))
    return groups


def _actors_by_topic(base: FactBase) -> list[tuple[str, Sequence[Fact]]]:
    """Actors by topic, the topic with the most of them first, by name within."""
    groups = [
        (topic.title, sorted((f for f in topic.facts if isinstance(f, Actor)), key=_by_name))
        for topic in base.topics.values()
    ]
    return [*sorted(groups, key=lambda group: -len(group[1]))]


def _by_name(fact: Fact) -> tuple[str, str]:
    return (plain(fact.title), fact.id)


def _timeline(address: Address, base: FactBase, rows: int | None) -> Page | None:
    """Dated facts in order; years that have none are told which years have."""
    years = Years.parse(address.argument)
    if years is None:
        return None
    dated = [fact for fact in base.facts if isinstance(fact, DatedEvent)]
    members: dict[tuple[int, int], list[Fact]] = {}
    for fact in dated:
        if years.contain(fact.when):
            # What spans years stands under a heading of its own, before the first of these years.
            members.setdefault((fact.when.first.year, -fact.when.last.year), []).append(fact)
    groups = [(_span(facts[0].when), in_time_order(facts)) for _, facts in sorted(members.items())]
    page = Page(address, _timeline_title(years))
    if groups:
        return _with_facts(page, groups, rows)
    if not dated:
        return replace(page, lines=("There are no facts yet.",))
    first, last = min(f.when.first for f in dated).year, max(f.when.last for f in dated).year
    nothing = f"I have no dated facts of that time; mine run from {first} to {last}."
    return replace(page, lines=(nothing,), above=Address("timeline"))


def _timeline_title(years: Years) -> str:
    first, last = years.first, years.last
    if first is None and last is None:
        return PAGE_TITLES["timeline"]
    if first == last:
        return f"Timeline of {first}"
    if last is None:
        return f"Timeline from {first}"
    return f"Timeline until {last}" if first is None else f"Timeline {first}–{last}"


def _span(when: FactDate) -> str:
    """The year or years that a date lies in, as a heading."""
    first, last = when.first.year, when.last.year
    if first == last:
        return str(first)
    if first % 10 == 0 and last == first + 9:
        return f"The {first}s"
    return f"{first}–{last}"


def _with_facts(page: Page, groups: Iterable[tuple[str, Sequence[Fact]]], rows: int | None) -> Page:
    part = _Part.of(page.address, groups, rows)
    return replace(
        page,
        address=part.address,
        sections=tuple(
            Section(heading, facts=tuple(facts), continued=continued)
            for heading, facts, continued in part.groups
        ),
        pages=part.pages,
        total=part.total,
        first=part.first,
        starts=part.starts,
    )


@dataclass(frozen=True)
class _Part(Generic[T]):
    """What of a list with headings is on one of its pages."""

    address: Address
    groups: tuple[tuple[str, Sequence[T], bool], ...]  # heading, items, whether it began on an earlier page
    starts: tuple[tuple[str, Address], ...]
    pages: int
    total: int
    first: int

    @classmethod
    def of(cls, address: Address, groups: Iterable[tuple[str, Sequence[T]]], rows: int | None) -> _Part[T]:
        filled = [(heading, items) for heading, items in groups if items]
        flat = [(number, item) for number, (_, items) in enumerate(filled) for item in items]
        rows = rows or max(len(flat), 1)
        pages = max(1, -(-len(flat) // rows))
        here = replace(address, number=min(max(address.number, 1), pages))
        offset = (here.number - 1) * rows
        shown: dict[int, list[T]] = {}
        for number, item in flat[offset : offset + rows]:
            shown.setdefault(number, []).append(item)
        begins = {number: at for at, (number, _) in reversed(list(enumerate(flat)))}
        starts = [(heading, begins[n] // rows + 1) for n, (heading, _) in enumerate(filled)]
        return cls(
            here,
            tuple((filled[n][0], items, begins[n] < offset) for n, items in shown.items()),
            tuple((heading, replace(address, number=number)) for heading, number in starts),
            pages,
            len(flat),
            offset + 1,
        )


# About


def _about(address: Address, base: FactBase, status: Status) -> Page:
    counts: Counter[str] = Counter(fact.kind for fact in base.facts)
    kinds = [count_of(kind, counts[kind]) for kind in KINDS if counts[kind]]
    where = f"in {count_of('topic', len(base.topics))}, from {count_of('article', len(base.sources))}"
    lines = [
        f"{count_of('fact', len(base.facts))} ({listed(kinds, 'and')}) {where}",
        _last_changed(base, status),
        *([f"{base.site.name} {status.version}"] if status.version else []),
    ]
    links = (("Repository", status.repository_url),) if status.repository_url else ()
    sections = []
    if status.problems:
        count = "a problem" if len(status.problems) == 1 else f"{len(status.problems)} problems"
        heading = f"The last edit of the facts has {count}, so I answer from the facts before it:"
        sections.append(Section(heading, tuple(map(str, status.problems))))
    return Page(address, ABOUT_TITLE, tuple(lines), links, tuple(sections))


def _last_changed(base: FactBase, status: Status) -> str:
    """When the facts last changed, or if that is unknown, when they were last checked."""
    if status.changed_at:
        return f"Facts last changed on {moment(status.changed_at)}, version {base.version}"
    checked = max((fact.last_checked for fact in base.facts if fact.last_checked), default=None)
    if checked:
        return f"Facts last checked on {parse_date(checked.isoformat())}, version {base.version}"
    return f"Version {base.version}"
