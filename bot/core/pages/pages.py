"""What is on each page of the fact base: a title, and sections of facts or of links to other pages."""

import datetime
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeAlias

from bot.core.facts.base import FactBase, in_time_order
from bot.core.facts.dates import MONTHS, FactDate
from bot.core.facts.issues import Problem
from bot.core.facts.models import KINDS, Actor, DatedEvent, Fact, Source
from bot.core.pages.routes import Address, PageName, Years, address_of, ids_named, is_name, question_of_words
from bot.core.present.byline import field_name, published
from bot.core.present.replies import counts
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Outcome
from bot.core.text import plain

ROWS = 8  # facts on a page: what a phone shows in about two screens
ENTRIES = 25  # topics or sources on a page: a message of Slack holds 50 blocks
PROBLEMS = 3  # of a bad edit that `about` shows

KIND_HEADINGS = {"figure": "Figures", "date": "Events", "actor": "Profiles", "position": "Opinions"}


@dataclass(frozen=True)
class Entry:
    """A topic or source in a list; `count` is the number of its facts."""

    title: str
    count: int
    lines: tuple[str, ...]
    address: Address


Item: TypeAlias = Fact | Entry


@dataclass(frozen=True)
class Section:
    """Items under one heading, if any; `continued` if its beginning is on an earlier page."""

    heading: str = ""
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
    changed_at: datetime.datetime | None = None  # when the facts last changed, with its time zone
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
    starts: tuple[tuple[str, Address], ...] = ()  # each heading of the whole list, with the page it begins on

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
    """The page that typed words open, or None if they are a question.

    `topic NAME` and `source NAME` open a page if the name is one; if it is not, and the words are not a question
    with an answer either, they open the list.  Without `ask` nothing is taken for a question.
    """
    address = address_of(words)
    if address and address.page in ("topic", "source"):
        name, ids = address.argument, ids_named(address, base)
        if len(ids) != 1:
            is_question = not ids and bool(ask and ask(question_of_words(words)).status != "none")
            if is_question or not (ids or is_name(name)):
                return None
            return _names(Address("topics" if address.page == "topic" else "sources"), base, rows, name, ids)
        address = replace(address, argument=ids[0])
    return open_page(address, base, status, rows=rows) if address else None


def open_page(
    address: Address, base: FactBase, status: Status | None = None, *, rows: int | None = ROWS
) -> Page | None:
    """The page at an address, or None if the base has lost its topic or source.

    `rows` facts a page; None puts everything on one page.
    """
    argument = address.argument
    match address.page:
        case "topics" | "sources":
            return _names(address, base, rows)
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


def _paged(page: Page, items: Sequence[tuple[str, Item]], rows: int | None) -> Page:
    """The page with those of the items, each given with its heading, that are on it."""
    rows = rows or max(len(items), 1)
    pages = max(1, -(-len(items) // rows))
    here = replace(page.address, number=min(page.address.number, pages))
    offset = (here.number - 1) * rows
    begins: dict[str, int] = {}
    for at, (heading, _) in enumerate(items):
        begins.setdefault(heading, at)
    shown = groupby(items[offset : offset + rows], key=lambda pair: pair[0])
    return replace(
        page,
        address=here,
        sections=tuple(Section(h, tuple(item for _, item in of), begins[h] < offset) for h, of in shown),
        pages=pages,
        total=sum(not isinstance(item, Entry) for _, item in items),
        starts=tuple((h, replace(here, number=at // rows + 1)) for h, at in begins.items()),
    )


def entries_of(name: PageName, base: FactBase, ids: Sequence[str] = ()) -> tuple[Entry, ...]:
    """All topics, or all sources with the oldest first; or those with the ids."""
    if name == "topics":
        topics = [base.topics[topic] for topic in ids or base.topics]
        return tuple(Entry(t.title, len(t.facts), (t.about,), Address("topic", t.id)) for t in topics)
    entries = []
    sources = [base.sources[source] for source in ids or base.sources]
    for source in sorted(sources, key=lambda s: (s.dated.first if s.dated else datetime.date.max, s.id)):
        known = ", ".join(part for part in (source.by, published(source)) if part)
        lines = (source.title, f"{known}. {source.standpoint}.")
        entries.append(Entry(source.short, len(facts_of(base, source)), lines, Address("source", source.id)))
    return tuple(entries)


def _names(
    address: Address, base: FactBase, rows: int | None, typed: str = "", ids: Sequence[str] = ()
) -> Page:
    """All topics or sources, or those that fit a typed name: of these at most ENTRIES."""
    name, fits = address.page, bool(ids or not typed)
    title = text(f"several_{name}" if fits else f"no_{name[:-1]}", name=typed) if typed else text(name)
    entries = entries_of(name, base, ids[:ENTRIES])
    return _paged(Page(address, title, fits=fits), [("", entry) for entry in entries], rows and ENTRIES)


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


def _by_kind(facts: Sequence[Fact]) -> list[tuple[str, Fact]]:
    """Facts by kind: events in time order, actors by name, the rest in the order of the files."""

    def place(fact: Fact) -> tuple[int, Any]:
        within = (fact.when.sort_key, fact.id) if isinstance(fact, DatedEvent) else ()
        return KINDS.index(fact.kind), plain(fact.title) if isinstance(fact, Actor) else within

    return [(KIND_HEADINGS[fact.kind], fact) for fact in sorted(facts, key=place)]


def _actors_by_topic(base: FactBase) -> list[tuple[str, Fact]]:
    """Actors by topic, the topic with the most of them first, by name within."""
    actors = [fact for fact in base.facts if isinstance(fact, Actor)]
    count = Counter(fact.topic for fact in actors)
    actors.sort(key=lambda fact: (-count[fact.topic], fact.topic, plain(fact.title)))
    return [(base.topics[fact.topic].title, fact) for fact in actors]


def _timeline(address: Address, years: Years, base: FactBase, rows: int | None) -> Page:
    """Dated facts by year; a period of several years has its own heading, before the first of these years."""
    page = Page(address, f"{text('timeline')} {years}".strip().replace("-", "–"))
    dated: list[Fact] = [fact for fact in base.facts if isinstance(fact, DatedEvent)]
    facts = [fact for fact in in_time_order(dated) if years.contain(fact.when)]
    if not facts:
        return replace(page, lines=(text("no_dated_facts"),), above=Address("timeline"))
    facts.sort(key=lambda fact: (fact.when.first.year, -fact.when.last.year))
    return _paged(page, [(_span(fact.when), fact) for fact in facts], rows)


def _span(when: FactDate) -> str:
    """The year or years of a date, as a heading."""
    first, last = when.first.year, when.last.year
    if first == last:
        return str(first)
    return f"The {first}s" if first % 10 == 0 and last == first + 9 else f"{first}–{last}"


def _about(address: Address, base: FactBase, status: Status) -> Page:
    topics = text("topic_count", count=len(base.topics))
    lines = [text("about_counts", topics=topics, **counts(base, text))]
    if changed := status.changed_at:
        utc = changed.astimezone(datetime.UTC)
        when = f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"
        lines.append(text("last_changed", when=when, version=base.version))
    if status.version:
        lines.append(text("app_version", name=base.site.name, version=status.version))
    links = ((text("repository"), status.repository_url),) if status.repository_url else ()
    if problems := status.problems:
        hidden = [text("and_more", count=len(problems) - PROBLEMS)] if len(problems) > PROBLEMS else []
        lines += [text("edit_not_live", count=len(problems)), *map(str, problems[:PROBLEMS]), *hidden]
    return Page(address, text("about_title"), tuple(lines), links)
