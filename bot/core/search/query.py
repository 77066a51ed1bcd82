"""A question as it is understood: its words, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.core.search.analysis import MAX_WORDS, QuestionWord, analyse
from bot.core.search.cues import cue_number, find_cues, main_cue
from bot.core.search.index import Index
from bot.core.text import listed, surfaces, tokens

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
    def weight(self) -> float:
        return sum(w.weight for w in self.words)

    @property
    def unknown_share(self) -> float:
        """How much of the question's weight is carried by words that the base does not have."""
        return sum(w.weight for w in self.words if not w.known) / self.weight if self.weight else 0.0

    def has(self, section: str) -> bool:
        """Whether a word of a section of the languages is in it."""
        return not set(listed(section)).isdisjoint(self.written)


def parse(text: str, index: Index) -> Query:
    """What a text asks, as far as the base's words and the languages' cues say."""
    read = tokens(text)[:MAX_WORDS]
    words = analyse(read, index)
    written = tuple(token.surface for token in read)
    only_dates = bool(words) and all(w.exact for w in words)
    cues = find_cues(written)
    asks = main_cue(cues)
    if only_dates and set(listed("time_order")).isdisjoint(written):
        asks = "year"
    return Query(text, written, tuple(t.term for t in read), tuple(words), asks, cues, index.code(read))


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a chatty message, and what stands behind a question word in the middle of one: one of them asks."""
    found = []
    for clause in re.split(r"[;:!?\n]+|,|\.(?=\s|$)", text):
        words = clause.split()
        starts = [i for asks, (i, _) in find_cues(surfaces(clause)).items() if i >= INTRODUCTION]
        found += [clause, *(" ".join(words[i:]) for i in starts if i < len(words))]
    return tuple(dict.fromkeys(clause for clause in found if clause.strip()))
