"""Which page typed words or a button open."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from bot.core.facts.base import FactBase
from bot.core.facts.dates import FactDate
from bot.core.text import YEAR, Token, fold, plain, same_word, tokens

PageName = Literal["topics", "topic", "sources", "source", "actors", "timeline", "random", "about"]
PAGES: tuple[PageName, ...] = get_args(PageName)

NAME_WORDS = 4  # `topic` and more words than that is a sentence

# These alone show the help.
HELP_WORDS = frozenset({"help", "помощь", "что ты умеешь", "дапамога", "што ты ўмееш"})
# Words that open a page without a name after them.
_ALONE: Mapping[str, PageName] = {
    **{name: name for name in PAGES},
    "topic": "topics", "темы": "topics", "source": "sources", "источники": "sources", "хронология": "timeline",
    "random fact": "random",
}  # fmt: skip
# A decade, a year, or a range of which one end may be open.
_YEARS = re.compile(
    rf"(?P<decade>\d{{3}})0s|(?P<since>from |since )?(?P<first>{YEAR.pattern})?"
    rf"(?P<to> ?(?:-|to|until|till) ?(?P<last>{YEAR.pattern})?)?"
)
_DASHES = re.compile("[‐‑‒–—−]")
_END = re.compile(r"[\s?!.…]+$")
# A name does not begin with one of these: `topic for the council` is a question.
_SMALL = frozenset(
    "a an and or of for to in on at by from with about between is are was were и в на о об про".split()
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
            return None
        if match["decade"]:
            return cls(int(f"{match['decade']}0"), int(f"{match['decade']}9"))
        is_open = match["to"] or match["since"]
        first, last = match["first"], match["last"] or ("" if is_open else match["first"])
        return cls(int(first) if first else None, int(last) if last else None)

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
        """The address that `str` wrote; None for what cannot be one."""
        match = re.fullmatch(r"([a-z]+):([a-z0-9-]*):([1-9][0-9]{0,3})", text)
        if not match or match[1] not in PAGES:
            return None
        return cls(cast(PageName, match[1]), match[2], int(match[3]))


def address_of(text: str) -> Address | None:
    """The page that typed words may open; the argument of a topic or source is its name as typed."""
    words = _END.sub("", _DASHES.sub("-", fold(" ".join(text.split()))))
    if words in _ALONE:
        return Address(_ALONE[words])
    page, _, name = words.partition(" ")
    if page == "timeline" and (years := Years.parse(name)):
        return Address("timeline", str(years))
    return Address(cast(PageName, page), name) if page in ("topic", "source") else None


def ids_named(address: Address, base: FactBase) -> tuple[str, ...]:
    """The topics or sources whose name fits the argument of the address."""
    if address.page == "topic":
        return _fitting(address.argument, {t.id: (t.id, t.title) for t in base.topics.values()})
    sources = base.sources.values()
    # A publisher's name in another's title (a panel that it held) does not name that article: titles come last.
    found = _fitting(address.argument, {s.id: (s.id, s.short, s.by, str(s.dated)) for s in sources})
    return found or _fitting(address.argument, {s.id: (s.title,) for s in sources})


def question_of_words(text: str) -> str:
    """The question in words that open no page: `topic sanctions` asks for sanctions, and `topic` says nothing."""
    first, _, name = " ".join(text.split()).partition(" ")
    return name if fold(first) == "topic" and name and is_name(fold(name)) else text


def is_name(name: str) -> bool:
    """Whether words after `topic` or `source` are a name rather than a part of a sentence."""
    words = name.split()
    return len(words) <= NAME_WORDS and words[0] not in _SMALL


def _fitting(name: str, named: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The ids of which a name is what was typed; else those whose names have all its words, perhaps misspelt."""
    whole = tuple(i for i, names in named.items() if plain(name) in map(plain, names))
    wanted = _words(name)
    if whole or not wanted or not is_name(name):
        return whole
    known = {i: _words(" ".join(names)) for i, names in named.items()}
    return tuple(i for i, own in known.items() if all(any(same_word(w, o) for o in own) for w in wanted))


def _words(name: str) -> list[Token]:
    return [token for token in tokens(name) if token.surface not in _SMALL]
