"""Browsing: the pages of the fact base, what is on each, and which typed words open one.

Belongs here: reading `topics`, `source riac-2019`, `timeline 2015-2019` …, and deciding which facts a page
holds, in what order and under which headings.  Does not belong here: how a page looks (`bot.slack.browse`,
`bot.terminal`), and questions (`answer`): what may be meant as one is left to it.
"""

from __future__ import annotations

import datetime
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast, get_args

from rapidfuzz.distance import OSA

from bot.core.facts.base import FactBase, Topic, in_time_order
from bot.core.facts.dates import FactDate
from bot.core.facts.issues import Problem
from bot.core.facts.models import KINDS, Actor, DatedEvent, Fact, Source
from bot.core.phrasing import KIND_HEADINGS
from bot.core.search.results import Outcome
from bot.core.text import Token, fold, tokens

PageName = Literal["topics", "topic", "sources", "source", "actors", "timeline", "random", "about"]
PAGES: tuple[PageName, ...] = get_args(PageName)

ROWS = 8  # facts on a page: what a phone shows in about two screens
NAME_WORDS = 4  # `topic` and more words than that is a sentence
ALIKE = 0.8  # as alike as `tarde` and `trade`; `east` and `west` are 0.75
ALIKE_LENGTH = 4

HELP_WORDS = frozenset({"help", "помощь", "дапамога"})  # what brings the help when nothing else is said
# What opens a page when nothing else is said.
_ALONE: Mapping[str, PageName] = {
    "topics": "topics", "topic": "topics", "темы": "topics",
    "sources": "sources", "source": "sources", "источники": "sources",
    "actors": "actors",
    "timeline": "timeline", "хронология": "timeline",
    "random": "random", "random fact": "random",
    "about": "about",
}  # fmt: skip
_NAMED = re.compile(r"(?P<page>topics?|sources?) (?P<name>.+)")
_YEAR = r"(?:18|19|20)\d\d"
_YEARS = re.compile(
    rf"(?P<decade>{_YEAR[:-2]})0s"
    rf"|(?P<year>{_YEAR})"
    rf"|(?:from )?(?P<first>{_YEAR}) ?(?:-|to|until|till) ?(?P<last>{_YEAR})"
    rf"|(?P<since>{_YEAR}) ?-|(?:from|since) (?P<since_>{_YEAR})"
    rf"|(?:-|to|until|till) ?(?P<until>{_YEAR})"
)
_DASHES = re.compile("[‐‑‒–—−]")
_END = re.compile(r"[\s?!.…]+$")
# A name does not begin with one of these: `sources of energy`, `topic for the council` are questions.
_SMALL = frozenset(
    "a an the and or of for to in on at by from with about between is are was were и в на о об про".split()
)


# -- addresses --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Years:
    """A stretch of years, both included; an end that is None is open."""

    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        """As an address has it: `2019`, `2015-2019`, `2015-`, `-2015`, or nothing for all years."""
        if self.first == self.last:
            return str(self.first or "")
        return f"{self.first or ''}-{self.last or ''}"

    @classmethod
    def parse(cls, text: str) -> Years | None:
        """Years as an address has them, or as they are typed after `timeline`; None for what are none."""
        match = _YEARS.fullmatch(text)
        if not match:
            return None if text else cls()
        if match["decade"]:
            return cls(int(match["decade"]) * 10, int(match["decade"]) * 10 + 9)
        if match["year"]:
            return cls(int(match["year"]), int(match["year"]))
        if match["first"]:
            return cls(*sorted((int(match["first"]), int(match["last"]))))
        if since := match["since"] or match["since_"]:
            return cls(int(since), None)
        return cls(None, int(match["until"]))

    def holds(self, when: FactDate) -> bool:
        """Whether some day that the date may mean lies in these years."""
        return when.overlaps(
            datetime.date(self.first or datetime.MINYEAR, 1, 1),
            datetime.date(self.last or datetime.MAXYEAR, 12, 31),
        )


@dataclass(frozen=True)
class Address:
    """Which page: what a button carries.  `argument` is a topic's or source's id, or years; `number` counts from 1."""

    page: PageName
    argument: str = ""
    number: int = 1

    def __str__(self) -> str:
        return f"{self.page}:{self.argument}:{self.number}"

    @classmethod
    def parse(cls, text: str) -> Address | None:
        """The address that `str` wrote; None for anything else."""
        match = re.fullmatch(r"([a-z]+):([a-z0-9-]*):([1-9][0-9]{0,3})", text)
        if not match or match[1] not in PAGES:
            return None
        if match[1] == "timeline":
            good = Years.parse(match[2]) is not None
        else:
            good = bool(match[2]) == (match[1] in ("topic", "source"))
        if not good:
            return None
        return cls(cast(PageName, match[1]), match[2], int(match[3]))


# -- pages ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """Facts under one heading; `begun` where the heading's first facts stand on an earlier page."""

    heading: str
    facts: tuple[Fact, ...]
    begun: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of a list of facts."""

    address: Address  # of this page: its number is never beyond the last
    groups: tuple[Group, ...]
    starts: tuple[tuple[str, Address], ...]  # each heading of the whole list, with the page it begins on
    pages: int
    total: int  # facts on all pages
    first: int = 1  # which of these the first one here is, counted from 1

    @property
    def facts(self) -> tuple[Fact, ...]:
        return tuple(fact for group in self.groups for fact in group.facts)

    @property
    def previous(self) -> Address | None:
        return replace(self.address, number=self.address.number - 1) if self.address.number > 1 else None

    @property
    def next(self) -> Address | None:
        return (
            replace(self.address, number=self.address.number + 1)
            if self.address.number < self.pages
            else None
        )


@dataclass(frozen=True)
class TopicsPage:
    """The topics.  With `asked`, a name was typed: these fit it (`fits`), or none does and these come nearest, or are all."""

    topics: tuple[Topic, ...]
    asked: str = ""
    fits: bool = True


@dataclass(frozen=True)
class TopicPage:
    topic: Topic
    listing: Listing


@dataclass(frozen=True)
class SourcesPage:
    """The articles, each with the number of facts that rest on it.  `asked` and `fits` as for topics."""

    sources: tuple[tuple[Source, int], ...]
    asked: str = ""
    fits: bool = True


@dataclass(frozen=True)
class SourcePage:
    source: Source
    listing: Listing


@dataclass(frozen=True)
class ActorsPage:
    listing: Listing


@dataclass(frozen=True)
class TimelinePage:
    """Dated facts in order; `span` is the first and the last day of all dated facts, None where there are none."""

    years: Years
    listing: Listing
    span: tuple[datetime.date, datetime.date] | None


@dataclass(frozen=True)
class RandomPage:
    fact: Fact


@dataclass(frozen=True)
class Status:
    """What `about` tells of the running program, handed in by whoever runs it.

    `problems` are those of the last edit, where that was bad and the facts before it are answered from.
    """

    version: str = ""
    changed_at: datetime.datetime | None = (
        None  # when the facts last changed, with its time zone, if that is known
    )
    repository_url: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class AboutPage:
    status: Status
    fact_base: str  # the version of the facts
    kinds: tuple[tuple[str, int], ...]  # how many facts of each kind
    topics: int
    sources: int
    checked: datetime.date | None = None  # when a fact was last looked at

    @property
    def facts(self) -> int:
        return sum(count for _, count in self.kinds)


Page: TypeAlias = (
    TopicsPage | TopicPage | SourcesPage | SourcePage | ActorsPage | TimelinePage | RandomPage | AboutPage
)

Choose: TypeAlias = Callable[[Sequence[Fact]], Fact]


def page_of_words(
    text: str,
    base: FactBase,
    ask: Callable[[str], Outcome] | None = None,
    status: Status | None = None,
    *,
    rows: int | None = ROWS,
    choose: Choose = random.choice,
) -> Page | None:
    """The page that typed words open, or None where they are a question.

    `topic NAME` and `source NAME` open a page where the name is one; where it is none and the words are
    no question that finds anything either, the list of topics or sources says so.  `ask` answers
    questions; without it there are none to take the words for.
    """
    words = _END.sub("", _DASHES.sub("-", fold(" ".join(text.split()))))
    if words in _ALONE:
        return open_page(Address(_ALONE[words]), base, status, rows=rows, choose=choose)
    if words.startswith("timeline ") and (years := Years.parse(words.removeprefix("timeline ").strip())):
        return open_page(Address("timeline", str(years)), base, status, rows=rows)
    named = _NAMED.fullmatch(words)
    if not named:
        return None
    page, name = named["page"], named["name"]
    of_topics, plural = page.startswith("topic"), page.endswith("s")
    names = _topic_names(base) if of_topics else _source_names(base)
    # A publisher's name in another's title (a panel that it held) is no name of that article: titles come last.
    found = _fitting(name, names, loosely=not plural)
    if not found and not of_topics:
        names = _source_names(base, titles=True)
        found = _fitting(name, names, loosely=not plural)
    if len(found) == 1:
        return open_page(Address("topic" if of_topics else "source", found[0]), base, status, rows=rows)
    if not found and (plural or not _may_be_name(name)):
        return None
    show = topics_page if of_topics else sources_page
    if found:
        return show(base, found, name)
    if not of_topics and (near := _fitting_but_for_years(name, names)):
        return replace(show(base, near, name), fits=False)
    if ask and ask(question_of_words(text)).status != "none":
        return None
    return replace(show(base, (), name), fits=False)


def question_of_words(text: str) -> str:
    """What is asked by words that open no page: `topic sanctions` asks for sanctions, in which `topic` says nothing."""
    first, _, name = " ".join(text.split()).partition(" ")
    return name if fold(first) == "topic" and name and _may_be_name(fold(name)) else text


def open_page(
    address: Address,
    base: FactBase,
    status: Status | None = None,
    *,
    rows: int | None = ROWS,
    choose: Choose = random.choice,
) -> Page | None:
    """The page at an address, or None where its topic or source is no longer in the base.

    `rows` facts a page; None puts all of them on one.
    """
    if address.page == "topics":
        return topics_page(base)
    if address.page == "topic":
        topic = base.topics.get(address.argument)
        return TopicPage(topic, _listing(address, _by_kind(topic.facts), rows)) if topic else None
    if address.page == "sources":
        return sources_page(base)
    if address.page == "source":
        source = base.sources.get(address.argument)
        return (
            SourcePage(source, _listing(address, _by_kind(facts_of(base, source)), rows)) if source else None
        )
    if address.page == "actors":
        return ActorsPage(_listing(address, _actors(base), rows))
    if address.page == "timeline":
        return _timeline(address, base, rows)
    if address.page == "random":
        return RandomPage(choose(base.facts)) if base.facts else None
    counts: Counter[str] = Counter(fact.kind for fact in base.facts)
    kinds = tuple((kind, counts[kind]) for kind in KINDS)
    checked = max((fact.last_checked for fact in base.facts if fact.last_checked), default=None)
    return AboutPage(status or Status(), base.version, kinds, len(base.topics), len(base.sources), checked)


def facts_of(base: FactBase, source: Source) -> tuple[Fact, ...]:
    """The facts that rest on a source, alone or among others."""
    return tuple(fact for fact in base.facts if source.id in fact.sources)


def newest(base: FactBase, count: int) -> tuple[Fact, ...]:
    """The facts about the latest time: figures and events before positions, one of a topic and of a series at most.

    Actors are left out, whose time is that of the article, and what lay ahead when the latest article was written.
    The order depends on the base alone.
    """
    kinds = ("figure", "date", "position")
    written = max((s.dated.last for s in base.sources.values() if s.dated), default=datetime.date.max)
    facts = [fact for fact in base.facts if not isinstance(fact, Actor) and fact.when.first <= written]
    facts.sort(key=lambda f: (-f.when.first.toordinal(), f.when.last.toordinal(), kinds.index(f.kind), f.id))
    found: dict[str, Fact] = {}
    for fact in facts:
        found.setdefault(fact.topic, fact)
    return tuple(list(found.values())[:count])


# -- what is on them --------------------------------------------------------------------------------


def topics_page(base: FactBase, first: Iterable[str] = (), asked: str = "") -> TopicsPage:
    """All topics, or those that fit what was asked."""
    chosen = tuple(base.topics[topic] for topic in first)
    return TopicsPage(chosen or tuple(base.topics.values()), asked)


def sources_page(base: FactBase, first: Iterable[str] = (), asked: str = "") -> SourcesPage:
    """All sources, or those that fit what was asked, the oldest first."""
    chosen = [base.sources[source] for source in first] or list(base.sources.values())
    chosen.sort(key=lambda s: (s.dated.sort_key if s.dated else (datetime.date.max,) * 2, s.id))
    return SourcesPage(tuple((source, len(facts_of(base, source))) for source in chosen), asked)


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


def _actors(base: FactBase) -> list[tuple[str, Sequence[Fact]]]:
    """Actors by topic, the topic with the most of them first, by name within."""
    groups: list[tuple[str, Sequence[Fact]]] = []
    for topic in base.topics.values():
        groups.append((topic.title, sorted((f for f in topic.facts if isinstance(f, Actor)), key=_by_name)))
    return sorted(groups, key=lambda group: -len(group[1]))


def _by_name(fact: Fact) -> tuple[str, str]:
    return (" ".join(t.surface for t in tokens(fact.title)), fact.id)


def _timeline(address: Address, base: FactBase, rows: int | None) -> TimelinePage | None:
    years = Years.parse(address.argument)
    if years is None:
        return None
    dated = [fact for fact in base.facts if isinstance(fact, DatedEvent)]
    span = (min(f.when.first for f in dated), max(f.when.last for f in dated)) if dated else None
    members: dict[tuple[int, int], list[Fact]] = {}
    for fact in dated:
        if years.holds(fact.when):
            # What spans years stands under a heading of its own, before the first of these years.
            members.setdefault((fact.when.first.year, -fact.when.last.year), []).append(fact)
    groups = [(_stretch(facts[0].when), in_time_order(facts)) for _, facts in sorted(members.items())]
    return TimelinePage(years, _listing(address, groups, rows), span)


def _stretch(when: FactDate) -> str:
    """The year or years that a date lies in, as a heading."""
    first, last = when.first.year, when.last.year
    if first == last:
        return str(first)
    if first % 10 == 0 and last == first + 9:
        return f"The {first}s"
    return f"{first}–{last}"


def _listing(address: Address, groups: Iterable[tuple[str, Sequence[Fact]]], rows: int | None) -> Listing:
    filled = [(heading, facts) for heading, facts in groups if facts]
    flat = [(number, fact) for number, (_, facts) in enumerate(filled) for fact in facts]
    rows = rows or max(len(flat), 1)
    pages = max(1, -(-len(flat) // rows))
    here = replace(address, number=min(max(address.number, 1), pages))
    offset = (here.number - 1) * rows
    shown: dict[int, list[Fact]] = {}
    for number, fact in flat[offset : offset + rows]:
        shown.setdefault(number, []).append(fact)
    begins = {number: at for at, (number, _) in reversed(list(enumerate(flat)))}
    return Listing(
        here,
        tuple(Group(filled[n][0], tuple(facts), begins[n] < offset) for n, facts in shown.items()),
        tuple(
            (heading, replace(address, number=begins[n] // rows + 1)) for n, (heading, _) in enumerate(filled)
        ),
        pages,
        len(flat),
        offset + 1,
    )


# -- names ------------------------------------------------------------------------------------------


def _topic_names(base: FactBase) -> dict[str, tuple[str, ...]]:
    return {topic.id: (topic.id, topic.title) for topic in base.topics.values()}


def _source_names(base: FactBase, *, titles: bool = False) -> dict[str, tuple[str, ...]]:
    names = {}
    for source in base.sources.values():
        dated = (str(source.dated),) if source.dated else ()
        names[source.id] = (source.id, source.short, source.by, *dated, *((source.title,) if titles else ()))
    return names


def _may_be_name(name: str) -> bool:
    words = name.split()
    return len(words) <= NAME_WORDS and words[0] not in _SMALL


def _fitting(name: str, named: Mapping[str, Iterable[str]], *, loosely: bool) -> tuple[str, ...]:
    """The ids whose names fit what was typed: as a whole, else (`loosely`) word by word, else with typing errors."""
    whole = tuple(i for i, names in named.items() if _key(name) in {_key(n) for n in names})
    words = [token for token in tokens(name) if token.surface not in _SMALL]
    if whole or not loosely or not words or not _may_be_name(name.removeprefix("the ")):
        return whole
    vocabulary = {
        i: [t for n in names for t in tokens(n) if t.surface not in _SMALL] for i, names in named.items()
    }
    for fit in (_same_word, _alike):
        found = tuple(i for i, own in vocabulary.items() if all(any(fit(w, o) for o in own) for w in words))
        if found:
            return found
    return ()


def _fitting_but_for_years(name: str, named: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The ids that fit all of the name but its years and numbers: `riac 2020`, where there is one of 2019."""
    words = [token for token in tokens(name) if not token.exact]
    if not words or len(words) == len(tokens(name)):
        return ()
    return _fitting(" ".join(token.surface for token in words), named, loosely=True)


def _key(name: str) -> str:
    return " ".join(token.surface for token in tokens(name) if token.surface != "the")


def _same_word(a: Token, b: Token) -> bool:
    return a.term == b.term


def _alike(a: Token, b: Token) -> bool:
    """The same word but for a typing error; numbers and dates are never guessed."""
    if a.term == b.term:
        return True
    if a.exact or b.exact or min(len(a.surface), len(b.surface)) < ALIKE_LENGTH:
        return False
    return OSA.normalized_similarity(a.surface, b.surface) >= ALIKE
