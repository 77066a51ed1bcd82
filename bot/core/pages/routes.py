"""Which page typed words or a button open."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from bot.core.facts.base import FactBase
from bot.core.facts.dates import FactDate
from bot.core.search.results import Outcome
from bot.core.text import fold, plain, same_word, tokens

PageName = Literal["topics", "topic", "sources", "source", "actors", "timeline", "random", "about"]
PAGES: tuple[PageName, ...] = get_args(PageName)
Found: TypeAlias = tuple[str, ...]

NAME_WORDS = 4  # `topic` and more words than that is a sentence

HELP_WORDS = frozenset({"help", "помощь", "дапамога"})  # these alone show the help
# These alone open a page.
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


@dataclass(frozen=True)
class Years:
    """A range of years, both included; an end that is None is open."""

    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        """As an address has it: `2019`, `2015-2019`, `2015-`, `-2015`, or nothing for all years."""
        if self.first == self.last:
            return str(self.first or "")
        return f"{self.first or ''}-{self.last or ''}"

    @classmethod
    def parse(cls, text: str) -> Years | None:
        """Years as an address has them, or as they are typed after `timeline`; None if the text is not a range of years."""
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

    def contain(self, when: FactDate) -> bool:
        """Whether some day that the date may mean lies in these years."""
        return when.overlaps(
            datetime.date(self.first or datetime.MINYEAR, 1, 1),
            datetime.date(self.last or datetime.MAXYEAR, 12, 31),
        )


@dataclass(frozen=True)
class Address:
    """Which page; buttons carry it.  `argument` is a topic's or source's id, or years; `number` counts from 1."""

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
            valid = Years.parse(match[2]) is not None
        else:
            valid = bool(match[2]) == (match[1] in ("topic", "source"))
        return cls(cast(PageName, match[1]), match[2], int(match[3])) if valid else None


@dataclass(frozen=True)
class Route:
    """The page that words open; with `typed`, a list of those whose name fits it, or if none does (not `fits`) of all."""

    address: Address
    typed: str = ""
    ids: Found = ()
    fits: bool = True


def route_of_words(text: str, base: FactBase, ask: Callable[[str], Outcome] | None = None) -> Route | None:
    """Where typed words lead, or None if they are a question.

    `topic NAME` and `source NAME` open a page if the name is one; if it is not, and the words are no question
    with an answer either, they lead to the list.  Without `ask` nothing is taken for a question.
    """
    words = _END.sub("", _DASHES.sub("-", fold(" ".join(text.split()))))
    if words in _ALONE:
        return Route(Address(_ALONE[words]))
    if words.startswith("timeline ") and (years := Years.parse(words.removeprefix("timeline ").strip())):
        return Route(Address("timeline", str(years)))
    named = _NAMED.fullmatch(words)
    if not named:
        return None
    name, of_topics, plural = named["name"], named["page"].startswith("topic"), named["page"].endswith("s")
    names = _topic_names(base) if of_topics else _source_names(base)
    # A publisher's name in another's title (a panel that it held) does not name that article: titles come last.
    found = _fitting(name, names, loosely=not plural)
    if not found and not of_topics:
        names = _source_names(base, titles=True)
        found = _fitting(name, names, loosely=not plural)
    if len(found) == 1:
        return Route(Address("topic" if of_topics else "source", found[0]))
    if not found and (plural or not _may_be_name(name)):
        return None
    everything = Address("topics" if of_topics else "sources")
    if found:
        return Route(everything, name, found)
    if ask and ask(question_of_words(text)).status != "none":
        return None
    return Route(everything, name, fits=False)


def question_of_words(text: str) -> str:
    """The question in words that open no page: `topic sanctions` asks for sanctions, and `topic` says nothing."""
    first, _, name = " ".join(text.split()).partition(" ")
    return name if fold(first) == "topic" and name and _may_be_name(fold(name)) else text


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


def _fitting(name: str, named: Mapping[str, Iterable[str]], *, loosely: bool) -> Found:
    """The ids whose names fit what was typed: as a whole, else (`loosely`) word by word, else with typing errors."""
    whole = tuple(i for i, names in named.items() if _key(name) in {_key(n) for n in names})
    words = [token for token in tokens(name) if token.surface not in _SMALL]
    if whole or not loosely or not words or not _may_be_name(name.removeprefix("the ")):
        return whole
    vocabulary = {
        i: [t for n in names for t in tokens(n) if t.surface not in _SMALL] for i, names in named.items()
    }
    for fit in (lambda a, b: a.term == b.term, same_word):
        found = tuple(i for i, own in vocabulary.items() if all(any(fit(w, o) for o in own) for w in words))
        if found:
            return found
    return ()


def _key(name: str) -> str:
    return plain(name).removeprefix("the ")
