"""A question as it is understood: its words, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.core.model import Fact
from bot.core.search.analysis import QuestionWord, analyse
from bot.core.search.config import SearchConfig
from bot.core.search.index import Index
from bot.core.text import languages, listed, surfaces

# The kinds of fact that answer a question word.
KINDS: Mapping[str, tuple[str, ...]] = {
    "who": ("actor", "position"), "when": ("date",), "how_much": ("figure",), "year": ("date",),
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """A question, or a clause of it: `asks` is what it asks for by its cues ("who", "when", "how_much", …; "year" for
    dates alone; "" for anything); `counted` the question word and the noun of "how many …"."""

    text: str
    written: tuple[str, ...]
    words: tuple[QuestionWord, ...]
    asks: str
    counted: tuple[str, str] | None = None

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
    words = analyse(text, index, config)
    written = surfaces(text)
    only_dates = bool(words) and all(w.exact for w in words) and not set(written) & set(listed("time_order"))
    cues = _cues_in(written)
    asks = "year" if only_dates else next((c for c in ("who", "how_much", "when") if c in cues), "")
    return Query(text, written, words, asks, _counted(written, words, cues))


def _counted(
    written: Sequence[str], words: Sequence[QuestionWord], cues: Mapping[str, tuple[int, int]]
) -> tuple[str, str] | None:
    if "how_many" not in cues:
        return None
    start, stop = cues["how_many"]
    said = {w.token.surface for w in words if not w.low}
    noun = next((w for w in written[stop : stop + 3] if w in said), None)
    return (written[start], noun) if noun else None


@cache
def _cues() -> Mapping[str, list[tuple[tuple[str, ...], str, str]]]:
    """By first word: the cue's words, the mark of its place (^, $ or none), what it asks for."""
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for data in languages().values():
        for asks, cues in data.get("cues", {}).items():
            for cue in cues:
                words = surfaces(cue)
                place = "^" if cue.startswith("^") else "$" if cue.endswith("$") else ""
                found.setdefault(words[0], []).append((words, place, asks))
    return found


def _cues_in(written: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """What the cues of a text ask for, each with the places of its first cue."""
    found: dict[str, tuple[int, int]] = {}
    for i, word in enumerate(written):
        for cue, place, asks in _cues().get(word, ()):
            stop = i + len(cue)
            if tuple(written[i:stop]) == cue and (
                not place or (place == "^" and i == 0) or (place == "$" and stop == len(written))
            ):
                found.setdefault(asks, (i, stop))
    return found


def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a chatty message; the question is usually in one of them."""
    return tuple(c for c in re.split(r"[,;:!?\n]+|\.(?=\s|$)", text) if c.strip())
