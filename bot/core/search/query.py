"""A question as it is understood: its words, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.core.facts.models import Fact
from bot.core.search.analysis import QuestionWord, analyse
from bot.core.search.config import SearchConfig
from bot.core.search.cues import find_cues, main_cue
from bot.core.search.index import Index
from bot.core.text import listed

# The kinds of fact that answer a question word.
KINDS: Mapping[str, tuple[str, ...]] = {
    "who": ("actor", "position"), "when": ("date",), "how_much": ("figure",), "how_many": ("figure",), "year": ("date",),
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """A question, or a clause of it: `asks` is what it asks for by its cues ("who", "when", "how_much", …; "year" for
    dates alone; "" without a cue); `cues` has the places of all of them."""

    text: str
    written: tuple[str, ...]
    terms: tuple[str, ...]
    words: tuple[QuestionWord, ...]
    asks: str
    cues: Mapping[str, tuple[int, int]]

    @cached_property
    def counted(self) -> str:
        """The noun of "how many …"."""
        if "how_many" not in self.cues:
            return ""
        stop = self.cues["how_many"][1]
        near = (
            w
            for w in self.words
            if stop <= w.at < stop + 3 and not w.low and (w.token.surface.isascii() or not w.name)
        )
        return next((w.token.surface for w in near), "")

    @cached_property
    def focus(self) -> QuestionWord | None:
        """The first content word behind the cue, which says what is asked for: the party of "what party is …"."""
        stop = self.cues[self.asks][1] if self.asks in self.cues else 0
        return next((w for w in self.words if w.at >= stop), None)

    @property
    def weight(self) -> float:
        return sum(w.weight for w in self.words)

    @property
    def unknown_share(self) -> float:
        """How much of the question's weight is carried by words that the base does not have."""
        return sum(w.weight for w in self.words if not w.known) / self.weight if self.weight else 0.0

    def bonus(self, fact: Fact, config: SearchConfig) -> float:
        """The factor for a fact of the kind that is asked for: among facts that fit alike, those lead."""
        return config.kind_bonus.get(self.asks, 1.0) if fact.kind in KINDS.get(self.asks, ()) else 1.0

    def joins(self, names: Collection[str]) -> bool:
        """Whether it puts one of the names on a level with another word: "Ukraine and China", "the EU versus Russia"."""
        said, joining = self.written, listed("joining")
        return any(
            b in joining and (a in names or c in names)
            for a, b, c in zip(said, said[1:], said[2:], strict=False)
        )


def parse(text: str, index: Index, config: SearchConfig) -> Query:
    """What a text asks, as far as the base's words and the languages' cues say."""
    tokens, words = analyse(text, index, config)
    written = tuple(token.surface for token in tokens)
    only_dates = bool(words) and all(w.exact for w in words) and not set(written) & set(listed("time_order"))
    cues = find_cues(written)
    return Query(
        text, written, tuple(t.term for t in tokens), words, "year" if only_dates else main_cue(cues), cues
    )


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a chatty message; the question is usually in one of them."""
    return tuple(c for c in re.split(r"[,;:!?\n]+|\.(?=\s|$)", text) if c.strip())
