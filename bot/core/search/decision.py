"""Whether the best fact is the answer: clear reasons to decline, then one learnt probability."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

from bot.core.facts.base import shown_together
from bot.core.facts.models import DatedEvent, Fact, Figure
from bot.core.search.config import SearchConfig
from bot.core.search.features import LABELS, features
from bot.core.search.index import BESIDE, Index
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Code, Hit, Rejection
from bot.core.search.scoring import Scores
from bot.core.text import YEAR, has_digit, listed, surfaces


@dataclass(frozen=True)
class Context:
    """What the rules may look at beside the question and its best fact."""

    hits: Sequence[Hit]
    query: Query
    scores: Scores
    index: Index
    config: SearchConfig

    @cached_property
    def margin(self) -> float:
        """How far the best fact is ahead of the next one that its card does not show or lead to."""
        best = self.hits[0]
        rival = next((h for h in self.hits[1:] if not shown_together(best.fact, h.fact)), None)
        if rival is None:
            return 1.0
        ranks = [h.order * self.query.bonus(h.fact, self.config) for h in (best, rival)]
        return 1 - ranks[1] / ranks[0]

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of the question that are in what the fact says, or in a question that should find it."""
        return frozenset(m.word for m in self.hits[0].matches if m.field not in BESIDE)

    @property
    def chance(self) -> float:
        """How likely the best fact is an answer."""
        return probability(self.features)

    @property
    def explanation(self) -> dict[str, float]:
        """What each feature adds to the log odds of the chance, the strongest first."""
        found = shares(self.features)
        return dict(sorted(found.items(), key=lambda share: -abs(share[1])))

    @cached_property
    def features(self) -> Mapping[str, float]:
        return features(self.query, self.hits, self.scores, self.index, self.config)


Rule: TypeAlias = Callable[[Query, Hit, Context], Rejection | None]


def decide(context: Context) -> Rejection | None:
    """Why the best fact is not the answer; None where it is."""
    query, best = context.query, context.hits[0]
    # A question that is a fact's own title or ask wants that fact.
    rules = RULES if best.score >= 1.0 else RULES + RULES_FOR_PARTS
    return next((found for rule in rules if (found := rule(query, best, context))), None)


def _lacking(code: Code, words: Sequence[str]) -> Rejection | None:
    return Rejection(code, tuple(words)) if words else None


def lacks_number(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    has = {m.word for m in candidate.matches}
    return _lacking("number", [s for w in query.words if w.exact and (s := w.token.surface) not in has])


def lacks_name(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return _lacking("name", [s for w in query.words if w.name and (s := w.token.surface) not in context.said])


def is_named_by_more(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """A single word must be most of a title or ask: "day" is not National Unity Day."""
    if len(query.words) > 1 or not candidate.matches:
        return None
    long = len(query.words[0].token.surface) >= context.config.long_word
    floor = context.config.single_word_floor * (candidate.matches[0].similarity if long else 1.0)
    return Rejection("part") if candidate.score < floor else None


def was_guessed(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """No word of the question is the fact's own; an error in a long word counts as the word itself."""
    guessed = [m for m in candidate.matches if m.how == "typo" and len(m.word) < context.config.long_word]
    sure = [m for m in candidate.matches if m not in guessed and m.how not in ("synonym", "related")]
    # An inflected name looks like an error.
    if guessed and not sure and not any(w.name and w.token.surface in context.said for w in query.words):
        return Rejection("guessed", tuple(m.matched for m in guessed))
    return None


def is_broad(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """Years alone, or one word that many facts share: very many, where it is all that the best fact is called."""
    words, config = query.words, context.config
    if all(w.exact for w in words):
        # A month or a day is a question of its own where it is that of one event, or named by one more than by others.
        narrow = len(words) > 1 and any(w.token.kind != "year" for w in words)
        events = [h for h in context.hits if isinstance(h.fact, DatedEvent) and len(h.matches) == len(words)]
        alone = len(events) == 1 or context.margin >= config.clear_margin
        return None if narrow and candidate in events and alone else Rejection("broad")
    if len(words) > 1 or context.margin >= config.broad_margin:
        return None
    limit = config.broad_name_frequency if candidate.score >= 1.0 else config.broad_frequency
    frequency = max((context.index.word_frequency(a.term) for a in words[0].alternatives), default=0)
    return Rejection("broad", value=frequency) if frequency >= limit else None


def answers_another_type(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """Neither its labels nor the questions that should find it say that the fact answers why, how, who …"""
    asks = query.asks
    if asks not in LABELS or context.features[f"type_{asks}"] or not context.features[f"untyped_{asks}"]:
        return None
    return Rejection("type", (asks,))


def has_no_number(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return (
        Rejection("not_a_number")
        if query.asks in ("how_much", "how_many") and not _has_number(candidate.fact)
        else None
    )


def counts_something_else(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """ "How many reactors" counts reactors: the word must be the fact's, and the value not a sum of money or a share."""
    noun = query.counted
    if not noun or _has_sign(noun, "money") or _has_sign(noun, "shares"):
        return None
    value = candidate.fact.value if isinstance(candidate.fact, Figure) else ""
    # The Russian word also asks "how much of it", which a share answers.
    other = _has_sign(value, "money") or (noun.isascii() and _has_sign(value, "shares"))
    return Rejection("count", (noun,)) if other or noun not in context.said else None


def goes_the_other_way(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return Rejection("direction") if context.features["mirrored"] == 1.0 else None


def is_unlikely(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    if context.chance >= model()["threshold"] or _is_called_so(query, candidate, context):
        return None
    alike = context.margin < context.config.near_tie_margin and not context.features["unsaid"]
    return Rejection("tie" if alike else "doubt", value=context.chance)


def _is_called_so(query: Query, candidate: Hit, context: Context) -> bool:
    """Whether key words, or a question for a number, date or person, are what one fact of that kind is called."""
    config = context.config
    if query.asks == "year" or all(w.exact for w in query.words):
        return True
    fits = not query.asks or candidate.fact.kind in KINDS.get(query.asks, ())
    floor = config.called_so if not query.asks else config.called_so_in_question
    clear = context.margin >= config.near_tie_margin and not context.features["unsaid"]
    literal = not context.features["synonyms"]
    return fits and clear and literal and candidate.scores[0] >= floor


def fits_no_better(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return Rejection("tie", value=context.margin) if context.margin < context.config.tie_margin else None


RULES: tuple[Rule, ...] = (lacks_number, lacks_name, is_named_by_more, was_guessed, is_broad)
# Of a question that is not the whole title or ask of a fact.
RULES_FOR_PARTS: tuple[Rule, ...] = (
    answers_another_type,
    has_no_number,
    counts_something_else,
    goes_the_other_way,
    is_unlikely,
    fits_no_better,
)


@cache
def model() -> Mapping[str, float]:
    """The learnt weight of each feature, `intercept` and `threshold`; written by benchmarks.train."""
    found: Mapping[str, float] = json.loads(Path(__file__).with_name("weights.json").read_text())
    return found


def shares(found: Mapping[str, float]) -> dict[str, float]:
    """What each feature adds to the log odds that the fact is an answer."""
    weights = model()
    return {name: weights[name] * value for name, value in found.items() if name in weights and value}


def probability(found: Mapping[str, float]) -> float:
    return 1 / (1 + math.exp(-model()["intercept"] - sum(shares(found).values())))


@cache
def _signs(section: str) -> tuple[str, frozenset[str]]:
    """The signs and the words of a section: `$`, and `dollars`."""
    entries = listed(section)
    return "".join(e for e in entries if not e.isalpha()), frozenset(e for e in entries if e.isalpha())


def _has_sign(text: str, section: str) -> bool:
    signs, words = _signs(section)
    return any(sign in text for sign in signs) or not words.isdisjoint(surfaces(text))


def _has_number(fact: Fact) -> bool:
    statement = YEAR.sub("", fact.statement)
    return isinstance(fact, Figure) or has_digit(statement) or _has_sign(statement, "number_words")
