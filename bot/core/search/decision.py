"""Whether the best fact is the answer: a few clear reasons to decline, then one learnt probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.facts.models import DatedEvent
from bot.core.search.features import features
from bot.core.search.index import BESIDE, Index
from bot.core.search.model import model, probability, shares
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit, Rejection
from bot.core.search.scoring import Scores
from bot.core.text import listed, plain

BROAD = 6  # a single word that so many facts have asks for a list …
BROAD_MARGIN = 0.20  # … unless one is so far ahead
CLEAR_MARGIN = 0.12
# Key words, and questions, with such a score by the fact's own text need no model, unless another fact is as near.
NAMED, NAMED_IN_QUESTION = 0.80, 0.90
NEAR_TIE, NEAR_TIE_OF_ORDER = 0.03, 0.05


@dataclass(frozen=True)
class Decision:
    """Why the best fact is not the answer, or None; what each feature adds to the log odds that it is, and how likely."""

    rejection: Rejection | None
    shares: Mapping[str, float]
    chance: float
    margin: float
    # The words of the question that are in what the fact says, or in a question that should find it.
    said: frozenset[str]


def decide(query: Query, hits: Sequence[Hit], scores: Scores, index: Index) -> Decision:
    found = features(query, hits, scores, index)
    explanation = shares(found)
    chance, margin = probability(explanation), found["margin"]
    best, text = hits[0], plain(query.text)
    said = frozenset(m.word for m in best.matches if m.field not in BESIDE)
    rejection = None
    if text in index.unanswered:
        rejection = Rejection("unanswered")
    elif _is_broad(query, best, margin, index):
        rejection = Rejection("broad")
    elif _is_tie(hits, index):
        rejection = Rejection("tie")
    elif best.number in index.whole.get(text, ()):
        pass  # a question that is a fact's own title or ask wants that fact
    elif found["mirrored"] == 1.0:
        rejection = Rejection("direction")
    elif _counts(query) and has_sign(getattr(best.fact, "value", ""), "money"):
        rejection = Rejection("doubt", value=chance)
    elif found["property_unsaid"] or chance < model()["threshold" if query.asks else "threshold_key_words"]:
        literal = len(said) == len(query.words) and all(m.how != "synonym" for m in best.matches)
        is_new = found.get("order_ahead_of_unanswered", 0.0) >= 0  # not like a question that no fact answers
        if not (literal and is_new and margin >= NEAR_TIE and _is_named(query, best)):
            unsaid = tuple(w.text for w in query.words if w.text not in said)
            rejection = Rejection("doubt", unsaid, chance)
    return Decision(rejection, explanation, chance, margin, said)


def _is_broad(query: Query, best: Hit, margin: float, index: Index) -> bool:
    """Years alone, or one word that many facts share."""
    words = query.words
    if all(w.exact for w in words):
        # A month or a day is a question if it belongs to one event.
        narrow = len(words) > 1 and any(w.token.kind != "year" for w in words)
        return not (narrow and isinstance(best.fact, DatedEvent) and margin >= CLEAR_MARGIN)
    if len(words) > 1 or margin >= BROAD_MARGIN:
        return False
    return max((index.frequency(a.term) for a in words[0].alternatives), default=0) >= BROAD


def _is_tie(hits: Sequence[Hit], index: Index) -> bool:
    """Whether another fact, which the best one's card does not show or lead to, has the same words and fits as well."""
    best, together = hits[0], index.together[hits[0].number]
    words = {m.word for m in best.matches}
    return any(
        words <= {m.word for m in hit.matches}
        and hit.score > best.score - NEAR_TIE
        and 1 - hit.order / best.order < NEAR_TIE_OF_ORDER
        for hit in hits[1:]
        if hit.number not in together
    )


def _is_named(query: Query, best: Hit) -> bool:
    """Whether dates alone, key words, or a question for an amount, date or person, name one such fact."""
    if all(w.exact for w in query.words):
        return True
    if _counts(query) or (query.asks and best.fact.kind not in KINDS.get(query.asks, ())):
        return False
    return best.score >= (NAMED_IN_QUESTION if query.asks else NAMED)


def _counts(query: Query) -> bool:
    """Whether it asks how many of something there are; the Russian word also asks how much."""
    return "how_many" in query.cues and query.text.isascii()


def has_sign(text: str, section: str) -> bool:
    """Whether a text has a word or sign of a section of the languages: `money`, `shares`."""
    return any(sign in text for sign in listed(section))
