"""A question as it is understood: its words, the facts that they find, and what it asks for.

Belongs here: what question words, counts and conjunctions say of what is wanted.  Does not belong here: what
words mean and how facts are scored (`search`), whether the best fact is an answer (`doubt`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.core.outcome import Hit
from bot.core.search import QuestionWord
from bot.core.words import fold_words, tokens

# "When" asks for a date, "how much" for a figure, "who" for a person or a holder: among facts that fit alike, those lead.
KIND_BONUS = {"year": 1.10, "date": 1.25, "figure": 1.20, "who": 1.06}

_WHO = frozenset("who whom whose кто кого кому кем чей".split())
_WHEN = re.compile(
    r"\b(when|когда|(what|which) (year|date|day|month)|(year|date) of|в како[мй] (году|месяце)|какого числа|(дата|год) \w+)\b"
    r"|(?<!this )(?<!last )(?<!next )(?<!every )(?<!each )(?<!per )(?<!a )\b(year|date)\W*$"
)
_HOW_MUCH = re.compile(
    r"\b(how (much|many|big|large|high|often|long|old)|(what|which) (share|percentage|percent|proportion|number|amount|sum)|number of"
    r"|price of|cost of|сколько|какая доля|какой процент|число|количество|численность|цена|стоимость)\b"
)
_HOW_MANY = re.compile(
    r"\b(how many|number of|сколько|количество|число)\s+(?:(?:the|more|other|extra|additional|different)\s+)?"
    r"(?!things\b|times\b)([^\W\d_]+)"
)
_JOINING = frozenset("and or versus vs и или".split())


@dataclass(frozen=True)
class Reading:
    """A question, or a clause of it, as words, with the facts that they find (best first) and the kind of fact it asks for.

    `wanted` is "who", "date" or "figure" by the question word, "year" for dates alone, and "" for any.
    """

    text: str
    words: tuple[QuestionWord, ...]
    hits: tuple[Hit, ...]
    wanted: str

    @property
    def top(self) -> float:
        return self.hits[0].score if self.hits else 0.0

    @property
    def explained(self) -> float:
        """How much weight of the question's words the best fact explains: among clauses, the question has most."""
        return self.top * sum(w.weight for w in self.words)

    @property
    def unknown_share(self) -> float:
        """How much of the question's weight is carried by words that the base has never heard of."""
        total = sum(w.weight for w in self.words)
        return sum(w.weight for w in self.words if not w.known) / total if total else 0.0


def wanted_kind(text: str) -> str:
    """The kind of fact that the question word asks for: "who", "date", "figure", or "" for any."""
    if _WHO & {t.surface for t in tokens(text)}:
        return "who"
    folded = fold_words(text)
    if _HOW_MUCH.search(folded):
        return "figure"
    return "date" if _WHEN.search(folded) else ""


def rank(hit: Hit, wanted: str) -> float:
    """The score with the bonus for the kind that is asked for; for the order only, never for the floor."""
    kinds = {"who": ("actor", "position"), "year": ("date",)}.get(wanted, (wanted,))
    fits = hit.fact.kind in kinds
    return hit.score * KIND_BONUS[wanted] if fits else hit.score


def counted(text: str) -> tuple[str, str] | None:
    """Of a question for how many there are: its question word and the word for what is counted, both folded."""
    found = _HOW_MANY.search(fold_words(text))
    return (found[1], found[2]) if found else None


def joined(text: str, names: Collection[str]) -> bool:
    """Whether the text puts one of the names on a level with another word: "Ukraine and China", "the EU versus Russia"."""
    said = [t.surface for t in tokens(text)]
    return any(
        b in _JOINING and (a in names or c in names)
        for a, b, c in zip(said, said[1:], said[2:], strict=False)
    )
