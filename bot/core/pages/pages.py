"""What is on each page of the fact base: a title, and sections of lines, facts or links to other pages."""

import datetime
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.core.facts.base import FactBase, Topic, in_time_order
from bot.core.facts.dates import MONTHS, FactDate, parse_date
from bot.core.facts.issues import Problem
from bot.core.facts.models import KINDS, Actor, DatedEvent, Fact, Source
from bot.core.pages.routes import Address, Route, Years, route_of_words
from bot.core.present.byline import field_name, published
from bot.core.present.replies import counts
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Outcome
from bot.core.text import plain

ROWS = 8  # facts on a page: what a phone shows in about two screens
ENTRIES = 25  # topics or sources on a page: a message of Slack holds 50 blocks

KIND_HEADINGS = {"figure": "Figures", "date": "Events", "actor": "Profiles", "position": "Opinions"}


@dataclass(frozen=True)
class Entry:
    """A topic or source in a list."""

    title: str
    count: int  # of its facts
    lines: tuple[str, ...]
    address: Address


Item: TypeAlias = Fact | Entry
Groups: TypeAlias = Iterable[tuple[str, Sequence[Item]]]  # headings with what stands below; no heading twice


@dataclass(frozen=True)
class Section:
    """Lines and items under one heading, if any; `continued` if its beginning is on an earlier page."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    continued: bool = False

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(item for item in self.items if not isinstance(item, Entry))

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(item for item in self.items if isinstance(item, Entry))


@dataclass(frozen=True)
class Status:
    """What `about` shows of the running program, which passes it in.

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
    words: str,
    base: FactBase,
    ask: Callable[[str], Outcome] | None = None,
    status: Status | None = None,
    *,
    rows: int | None = ROWS,
) -> Page | None:
    """The page that typed words open, or None if they are a question (see `route_of_words`)."""
    route = route_of_words(words, base, ask)
    if route and route.typed:
        return _names(route, base, rows)
    return open_page(route.address, base, status, rows=rows) if route else None


def open_page(
    address: Address, base: FactBase, status: Status | None = None, *, rows: int | None = ROWS
) -> Page | None:
    """The page at an address, or None if its topic or source is no longer in the base.

    `rows` facts a page; None puts everything on one page.
    """
    argument = address.argument
    match address.page:
        case "topics" | "sources":
            return _names(Route(address), base, rows)
        case "topic" if topic := base.topics.get(argument):
            page = Page(address, topic.title, (topic.about,), above=Address("topics"))
            return _paged(page, _by_kind(topic.facts), rows)
        case "source" if source := base.sources.get(argument):
            page = Page(address, source.title, above=Address("sources"))
            if address.number == 1:  # the article in full
                page = replace(page, lines=_about_source(source), links=((text("link"), source.address),))
            return _paged(page, _by_kind(facts_of(base, source)), rows)
        case "actors":
            page = Page(address, text("actors"), (text("actors_about"),))
            return _paged(page, _actors_by_topic(base), rows)
        case "timeline" if years := Years.parse(argument):
            return _timeline(address, years, base, rows)
        case "random" if base.facts:
            return Page(address, text("random"), fact=random.choice(base.facts))
        case "about":
            return _about(address, base, status or Status())
    return None


def facts_of(base: FactBase, source: Source) -> tuple[Fact, ...]:
    """The facts that rest on a source, alone or among others."""
    return tuple(fact for fact in base.facts if source.id in fact.sources)


def _paged(page: Page, groups: Groups, rows: int | None) -> Page:
    """The page with those of the items, under their headings, that are on it."""
    flat = [(heading, item) for heading, items in groups for item in items]
    rows = rows or max(len(flat), 1)
    pages = max(1, -(-len(flat) // rows))
    here = replace(page.address, number=min(max(page.address.number, 1), pages))
    offset = (here.number - 1) * rows
    begins = {heading: at for at, (heading, _) in reversed([*enumerate(flat)])}
    shown: dict[str, list[Item]] = {}
    for heading, item in flat[offset : offset + rows]:
        shown.setdefault(heading, []).append(item)
    return replace(
        page,
        address=here,
        sections=tuple(Section(h, (), tuple(items), begins[h] < offset) for h, items in shown.items()),
        pages=pages,
        total=sum(not isinstance(item, Entry) for _, item in flat),
        first=offset + 1,
        starts=tuple((h, replace(here, number=at // rows + 1)) for h, at in reversed(begins.items())),
    )


def topic_entry(topic: Topic) -> Entry:
    return Entry(topic.title, len(topic.facts), (topic.about,), Address("topic", topic.id))


def source_entries(base: FactBase, ids: Iterable[str] = ()) -> tuple[Entry, ...]:
    """All sources, or some of them, the oldest first."""
    chosen = [base.sources[source] for source in ids] or list(base.sources.values())
    chosen.sort(key=lambda s: (s.dated.sort_key if s.dated else (datetime.date.max,) * 2, s.id))
    found = []
    for source in chosen:
        known = ", ".join(part for part in (source.by, published(source)) if part)
        lines = (source.title, f"{known}. {source.standpoint}.")
        found.append(Entry(source.short, len(facts_of(base, source)), lines, Address("source", source.id)))
    return tuple(found)


def _names(route: Route, base: FactBase, rows: int | None) -> Page:
    """All topics or sources, or those that fit a typed name; of these, what does not fit on one page is cut."""
    name = route.address.page
    topics = [topic_entry(base.topics[i]) for i in route.ids or base.topics] if name == "topics" else []
    title = text(name)
    if route.typed:
        title = text(f"several_{name}" if route.fits else f"no_{name[:-1]}", name=route.typed)
    page = Page(route.address, title, fits=route.fits)
    page = _paged(page, [("", topics or source_entries(base, route.ids))], rows and ENTRIES)
    return replace(page, pages=1) if route.ids else page


def _about_source(source: Source) -> tuple[str, ...]:
    """All that is known of an article, a line each."""
    known = {
        "author": ", ".join(part for part in (source.author, source.author_role) if part),
        "speaker": source.speaker,
        "publisher": source.publisher,
        "published" if source.published else "reports_on": source.dated,
        "source_language": text(f"language_{source.language}"),
        "standpoint": source.standpoint,
    }
    lines = [f"{text(key)}: {value}" for key, value in known.items() if value]
    lines += [f"{text('inferred')}: {field_name(n)} ({reason})" for n, reason in source.inferred.items()]
    return (*lines, *([] if source.url else [text("publisher_page", publisher=source.publisher)]))


def _by_kind(facts: Sequence[Fact]) -> list[tuple[str, Sequence[Fact]]]:
    """Facts by kind: events in time order, actors by name, the rest in the order of the files."""
    groups = {kind: [fact for fact in facts if fact.kind == kind] for kind in KINDS}
    groups["date"] = list(in_time_order(groups["date"]))
    groups["actor"].sort(key=_by_name)
    return [(KIND_HEADINGS[kind], members) for kind, members in groups.items()]


def _actors_by_topic(base: FactBase) -> list[tuple[str, Sequence[Fact]]]:
    """Actors by topic, the topic with the most of them first, by name within."""
    groups = [
        (topic.title, [f for f in topic.facts if isinstance(f, Actor)]) for topic in base.topics.values()
    ]
    groups.sort(key=lambda group: -len(group[1]))
    return [(title, sorted(actors, key=_by_name)) for title, actors in groups]


def _by_name(fact: Fact) -> tuple[str, str]:
    return (plain(fact.title), fact.id)


def _timeline(address: Address, years: Years, base: FactBase, rows: int | None) -> Page:
    """Dated facts in order; where the years have none, which years have."""
    dated = [fact for fact in base.facts if isinstance(fact, DatedEvent)]
    members: dict[tuple[int, int], list[Fact]] = {}
    for fact in dated:
        if years.contain(fact.when):
            # A period of several years gets its own heading, before the first of these years.
            members.setdefault((fact.when.first.year, -fact.when.last.year), []).append(fact)
    groups = [(_span(facts[0].when), in_time_order(facts)) for _, facts in sorted(members.items())]
    page = Page(address, _timeline_title(years))
    if groups:
        return _paged(page, groups, rows)
    if not dated:
        return replace(page, lines=(text("no_entries_yet"),))
    first, last = min(f.when.first for f in dated).year, max(f.when.last for f in dated).year
    return replace(page, lines=(text("no_dated_facts", first=first, last=last),), above=Address("timeline"))


def _timeline_title(years: Years) -> str:
    first, last = years.first, years.last
    if first == last:
        return text("timeline_of" if first else "timeline", first=first)
    key = "timeline_until" if first is None else "timeline_from" if last is None else "timeline_range"
    return text(key, first=first, last=last)


def _span(when: FactDate) -> str:
    """The year or years of a date, as a heading."""
    first, last = when.first.year, when.last.year
    if first == last:
        return str(first)
    return f"The {first}s" if first % 10 == 0 and last == first + 9 else f"{first}–{last}"


def _about(address: Address, base: FactBase, status: Status) -> Page:
    topics = text("topic_count", count=len(base.topics))
    lines = [text("about_counts", topics=topics, **counts(base, text)), _last_changed(base, status)]
    if status.version:
        lines.append(text("app_version", name=base.site.name, version=status.version))
    links = ((text("repository"), status.repository_url),) if status.repository_url else ()
    problems = tuple(map(str, status.problems))
    sections = (Section(text("edit_not_live", count=len(problems)), problems),) if problems else ()
    return Page(address, text("about_title"), tuple(lines), links, sections)


def _last_changed(base: FactBase, status: Status) -> str:
    """When the facts last changed, or if that is unknown, when they were last checked."""
    if status.changed_at:
        return text("last_changed", when=_moment(status.changed_at), version=base.version)
    if checked := max((fact.last_checked for fact in base.facts if fact.last_checked), default=None):
        return text("last_checked", when=parse_date(checked.isoformat()), version=base.version)
    return text("facts_version", version=base.version)


def _moment(when: datetime.datetime) -> str:
    """A time of day, the same for readers everywhere: `23 November 2026 at 02:19 UTC`."""
    utc = when.astimezone(datetime.UTC)
    return f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"
