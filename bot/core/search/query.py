"""A question as it is understood: its words, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.core.search.analysis import QuestionWord, analyse
from bot.core.search.cues import cue_number, find_cues, main_cue
from bot.core.search.index import Index
from bot.core.text import listed, surfaces

INTRODUCTION = 4  # words of a clause before its question word that may be a preamble
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
    code: str  # as those of the index's phrases

    @property
    def cue(self) -> int:
        return cue_number(main_cue(self.cues))

    @cached_property
    def counted(self) -> str:
        """The noun of "how many …"."""
        if "how_many" not in self.cues:
            return ""
        stop = self.cues["how_many"][1]
        near = (
            w
            for w in self.words
            if stop <= w.at < stop + 3 and not w.low and (w.text.isascii() or not w.name)
        )
        return next((w.text for w in near), "")

    @cached_property
    def focus(self) -> QuestionWord | None:
        """The first content word behind the cue, which says what is asked for: the party of "what party is …"."""
        stop = self.cues[self.asks][1] if self.asks in self.cues else 0
        return next((w for w in self.words if w.at >= stop), None)

    @cached_property
    def weight(self) -> float:
        return sum(w.weight for w in self.words)

    @property
    def unknown_share(self) -> float:
        """How much of the question's weight is carried by words that the base does not have."""
        return sum(w.weight for w in self.words if not w.known) / self.weight if self.weight else 0.0

    def has(self, section: str) -> bool:
        """Whether a word of a section of the languages is in it."""
        return not set(listed(section)).isdisjoint(self.written)

    def joins(self, names: Collection[str]) -> bool:
        """Whether it puts one of the names on a level with another word: "Ukraine and China", "the EU versus Russia"."""
        said, joining = self.written, listed("joining")
        return any(
            b in joining and (a in names or c in names)
            for a, b, c in zip(said, said[1:], said[2:], strict=False)
        )


def parse(text: str, index: Index) -> Query:
    """What a text asks, as far as the base's words and the languages' cues say."""
    tokens, words = analyse(text, index)
    written = tuple(token.surface for token in tokens)
    only_dates = bool(words) and all(w.exact for w in words)
    cues = find_cues(written)
    asks = main_cue(cues)
    if only_dates and set(listed("time_order")).isdisjoint(written):
        asks = "year"
    return Query(text, written, tuple(t.term for t in tokens), tuple(words), asks, cues, index.code(tokens))


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a chatty message, and what stands behind a question word in the middle of one: one of them asks."""
    found = []
    for clause in re.split(r"[;:!?\n]+|,|\.(?=\s|$)", text):
        words = clause.split()
        starts = [i for asks, (i, _) in find_cues(surfaces(clause)).items() if i >= INTRODUCTION]
        found += [clause, *(" ".join(words[i:]) for i in starts if i < len(words))]
    return tuple(dict.fromkeys(clause for clause in found if clause.strip()))
