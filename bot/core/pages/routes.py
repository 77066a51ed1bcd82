"""Which page typed words or a button open."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, get_args

from bot.core.facts.base import FactBase
from bot.core.facts.dates import FactDate
from bot.core.search.results import Outcome
from bot.core.text import Token, fold, plain, same_word, tokens

PageName = Literal["topics", "topic", "sources", "source", "actors", "timeline", "random", "about"]
PAGES: tuple[PageName, ...] = get_args(PageName)
Names: TypeAlias = dict[str, tuple[str, ...]]  # what an id is also called

NAME_WORDS = 4  # `topic` and more words than that is a sentence

# These alone show the help.
HELP_WORDS = frozenset({"help", "помощь", "что ты умеешь", "дапамога", "што ты ўмееш"})
# Words that open a page without a name after them.
_ALONE: Mapping[str, PageName] = {
    "topic": "topics", "темы": "topics", "source": "sources", "источники": "sources", "хронология": "timeline",
    "random fact": "random", "topics": "topics", "sources": "sources", "actors": "actors", "timeline": "timeline",
    "random": "random", "about": "about",
}  # fmt: skip
_NAMED = re.compile(r"(topic|source)(s?) (.+)")
_YEAR = r"(?:18|19|20)\d\d"
_TO = r" ?(?:-|to|until|till) ?"
# A decade, a year, a range, or a range with an open end.
_YEARS = re.compile(
    rf"(?P<decade>{_YEAR[:-2]})0s|(?P<year>{_YEAR})|(?:from |since )?(?P<first>{_YEAR})(?:{_TO}(?P<last>{_YEAR})| ?-)"
    rf"|(?:from|since) (?P<since>{_YEAR})|{_TO}(?P<until>{_YEAR})"
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
            return cls(int(f"{match['decade']}0"), int(f"{match['decade']}9"))
        first = match["year"] or match["first"] or match["since"]
        last = match["year"] or match["last"] or match["until"]
        ends = sorted(int(end) for end in (first, last) if end)
        return cls(ends[0] if first else None, ends[-1] if last else None)

    def contain(self, when: FactDate) -> bool:
        """Whether some day that the date may mean is in these years."""
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
    ids: tuple[str, ...] = ()
    fits: bool = True


def route_of_words(text: str, base: FactBase, ask: Callable[[str], Outcome] | None = None) -> Route | None:
    """Where typed words lead, or None if they are a question.

    `topic NAME` and `source NAME` open a page if the name is one; if it is not, and the words are not a question
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
    page, plural, name = named.groups()
    if page == "topic":
        found = _fitting(name, {t.id: (t.id, t.title) for t in base.topics.values()}, loosely=not plural)
    else:
        # A publisher's name in another's title (a panel that it held) does not name that article: titles come last.
        found = _fitting(name, _source_names(base), loosely=not plural)
        found = found or _fitting(name, _source_names(base, titles=True), loosely=not plural)
    if len(found) == 1:
        return Route(Address(cast(PageName, page), found[0]))
    everything = Address(cast(PageName, f"{page}s"))
    if found:
        return Route(everything, name, found)
    is_question = bool(ask and ask(question_of_words(text)).status != "none")
    return None if plural or is_question or not _may_be_name(name) else Route(everything, name, fits=False)


def question_of_words(text: str) -> str:
    """The question in words that open no page: `topic sanctions` asks for sanctions, and `topic` says nothing."""
    first, _, name = " ".join(text.split()).partition(" ")
    return name if fold(first) == "topic" and name and _may_be_name(fold(name)) else text


def _source_names(base: FactBase, *, titles: bool = False) -> Names:
    return {
        s.id: (s.id, s.short, s.by, *([str(s.dated)] if s.dated else []), *([s.title] if titles else []))
        for s in base.sources.values()
    }


def _may_be_name(name: str) -> bool:
    words = name.split()
    return len(words) <= NAME_WORDS and words[0] not in _SMALL


def _fitting(name: str, named: Names, *, loosely: bool) -> tuple[str, ...]:
    """The ids whose names fit what was typed: as a whole, else (`loosely`) word by word, else with typing errors."""
    whole = tuple(i for i, names in named.items() if _key(name) in map(_key, names))
    wanted = _words(name)
    if whole or not loosely or not wanted or not _may_be_name(name.removeprefix("the ")):
        return whole
    known = {i: [word for name in names for word in _words(name)] for i, names in named.items()}
    for fit in (lambda a, b: a.term == b.term, same_word):
        if found := tuple(i for i, own in known.items() if all(any(fit(w, o) for o in own) for w in wanted)):
            return found
    return ()


def _words(name: str) -> list[Token]:
    return [token for token in tokens(name) if token.surface not in _SMALL]


def _key(name: str) -> str:
    return plain(name).removeprefix("the ")
