"""Whether the best fact is the answer: one rule after the other, each a reason to decline."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias

from bot.core.facts.base import shown_together
from bot.core.facts.models import DatedEvent, Fact, Figure
from bot.core.search.config import SearchConfig
from bot.core.search.index import BESIDE, Index
from bot.core.search.lexicon import MatchType
from bot.core.search.query import Query
from bot.core.search.results import Code, Hit, Rejection, WordMatch
from bot.core.text import YEAR, listed, surfaces


@dataclass(frozen=True)
class Context:
    """What the rules may look at beside the question and its best fact."""

    hits: Sequence[Hit]
    query: Query
    index: Index
    config: SearchConfig

    @property
    def best(self) -> Hit:
        return self.hits[0]

    @cached_property
    def margin(self) -> float:
        """How far the best fact is ahead of the next one that its card does not show or lead to."""
        rival = next((h for h in self.hits[1:] if not shown_together(self.best.fact, h.fact)), None)
        return self._rank(self.best) - (self._rank(rival) if rival else 0.0)

    def _rank(self, hit: Hit) -> float:
        return hit.score * self.query.bonus(hit.fact, self.config)

    @cached_property
    def has(self) -> frozenset[str]:
        """The words of the question that the fact has anywhere."""
        return frozenset(m.word for m in self.best.matches)

    @cached_property
    def said(self) -> dict[str, WordMatch]:
        """Those of them that are in what the fact says."""
        return {m.word: m for m in self.best.matches if m.field not in BESIDE}


Rule: TypeAlias = Callable[[Query, Hit, Context], Rejection | None]


def decide(context: Context) -> Rejection | None:
    """Why the best fact is not the answer; None where it is."""
    query, best = context.query, context.best
    # A question that is a fact's own title or ask wants that fact, whatever its kind.
    rules = RULES if best.score >= 1.0 else RULES + RULES_FOR_PARTS
    return next((found for rule in rules if (found := rule(query, best, context))), None)


def _lacking(code: Code, words: Sequence[str]) -> Rejection | None:
    return Rejection(code, tuple(words)) if words else None


def explains_too_little(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    config = context.config
    floor = config.clear_floor if context.margin >= config.clear_margin else config.answer_floor
    return Rejection("coverage", value=candidate.score) if candidate.score < floor else None


def is_mostly_unknown(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    share = query.unknown_share
    unknown = tuple(w.token.surface for w in query.words if not w.known)
    return Rejection("unknown", unknown, share) if share > context.config.unknown_share else None


def lacks_number(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return _lacking(
        "number", [s for w in query.words if w.exact and (s := w.token.surface) not in context.has]
    )


def lacks_name(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return _lacking("name", [s for w in query.words if w.name and (s := w.token.surface) not in context.said])


def lacks_attribute(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """A synonym in passing is not enough: a presidency somewhere is not the president."""
    said = {w for w, m in context.said.items() if m.how != "synonym" or m.field != "statement"}
    attributes = context.index.lexicon.attributes
    return _lacking(
        "attribute",
        [s for w in query.words if w.token.term in attributes and (s := w.token.surface) not in said],
    )


def has_one_word_of_several(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    heavy = {w.token.surface for w in query.words if not w.low}
    if len(candidate.matches) != 1 or candidate.matches[0].how in ("name", "number", "date"):
        return None
    lacking = [w for w in candidate.missing if w in heavy]
    return _lacking("one_word", lacking)


def is_named_by_more(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """A single word must be most of a title or ask: "day" is not National Unity Day."""
    if len(query.words) > 1:
        return None
    long = len(query.words[0].token.surface) >= context.config.long_word
    floor = context.config.single_word_floor * (candidate.matches[0].similarity if long else 1.0)
    return Rejection("part") if candidate.score < floor else None


def was_guessed(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    ways = {_how(match, context.config) for match in candidate.matches}
    # An inflected name looks like an error.
    spoken = any(w.name and w.token.surface in context.has for w in query.words)
    sure = spoken or ways & {"same", "name", "number", "date"}
    return (
        None
        if "typo" not in ways or sure
        else Rejection("guessed", tuple(m.matched for m in candidate.matches))
    )


def is_broad(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """Years alone, or one word that many facts share: very many, where it is all that the best fact is called."""
    words, hits, config = query.words, context.hits, context.config
    if all(w.exact for w in words):
        # A month or a day is a question of its own where it is that of one event, or named by one more than by others.
        narrow = len(words) > 1 and any(w.token.kind != "year" for w in words)
        events = [h for h in hits if isinstance(h.fact, DatedEvent) and len(h.matches) == len(words)]
        alone = len(events) == 1 or context.margin >= config.clear_margin
        return None if narrow and candidate in events and alone else Rejection("broad")
    if len(words) > 1 or context.margin >= config.broad_margin:
        return None
    limit = config.broad_name_frequency if candidate.score >= 1.0 else config.broad_frequency
    frequency = max(context.index.word_frequency(a.term) for a in words[0].alternatives)
    return Rejection("broad", value=frequency) if frequency >= limit else None


def counts_something_else(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """ "How many reactors" counts reactors: the word must be the fact's, and the value not a sum of money or a share."""
    noun = query.counted
    if not noun or _has_sign(noun, "money") or _has_sign(noun, "shares"):
        return None
    if noun not in context.said:
        return Rejection("count", (noun,))
    value = candidate.fact.value if isinstance(candidate.fact, Figure) else ""
    # The Russian word also asks "how much of it", which a share answers.
    other = _has_sign(value, "money") or (noun.isascii() and _has_sign(value, "shares"))
    return Rejection("count", (noun,)) if other else None


def has_no_number(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return (
        Rejection("not_a_number")
        if query.asks in ("how_much", "how_many") and not _has_number(candidate.fact)
        else None
    )


def is_about_another(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    """Whoever is asked for, or named beside another, is more than a bystander."""
    named = {word for word, match in context.said.items() if match.field != "statement"}
    names = [s for w in query.words if w.name and (s := w.token.surface) in context.has - named]
    return _lacking("bystander", names) if query.asks == "who" or query.joins(names) else None


def is_not_a_date(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return Rejection("not_a_date") if query.asks == "when" and candidate.fact.kind != "date" else None


def fits_no_better(query: Query, candidate: Hit, context: Context) -> Rejection | None:
    return Rejection("tie", value=context.margin) if context.margin < context.config.tie_margin else None


RULES: tuple[Rule, ...] = (
    explains_too_little,
    is_mostly_unknown,
    lacks_number,
    lacks_name,
    lacks_attribute,
    has_one_word_of_several,
    is_named_by_more,
    was_guessed,
    is_broad,
)
# Of a question that is not the whole title or ask of a fact.
RULES_FOR_PARTS: tuple[Rule, ...] = (
    counts_something_else,
    has_no_number,
    is_about_another,
    is_not_a_date,
    fits_no_better,
)


def _how(match: WordMatch, config: SearchConfig) -> MatchType:
    """How a word was matched; an error in a long word counts as the word itself."""
    return "same" if match.how == "typo" and len(match.word) >= config.long_word else match.how


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
    return (
        isinstance(fact, Figure) or bool(re.search(r"\d", statement)) or _has_sign(statement, "number_words")
    )
