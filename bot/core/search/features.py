"""Features of a question and its best fact for the decision: scores, margins and checks of structure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rapidfuzz.distance import Indel

from bot.core.search.index import BESIDE, Index
from bot.core.search.query import Query
from bot.core.search.results import Hit
from bot.core.search.roles import mirrored, stems
from bot.core.search.scoring import SCORES, Scores

NEAR_UNANSWERED = 10  # questions that no fact answers, of which the words' order is compared


def features(query: Query, hits: Sequence[Hit], scores: Scores, index: Index) -> dict[str, float]:
    """The features of the first hit, by name."""
    best = hits[0]
    rival = next((h for h in hits[1:] if h.number not in index.together[best.number]), None)
    has = {m.word for m in best.matches}
    said = {m.word for m in best.matches if m.field not in BESIDE}
    unsaid = [w for w in query.words if w.text not in said]
    total = query.weight or 1.0

    own, unanswered = index.phrases_of(best.number), index.phrases_of(len(index.facts))
    order = _order_alike(query.code, index.phrase_codes[own])
    found = dict(zip(SCORES, best.scores, strict=True)) | {
        "rank": best.order,
        # How far the best fact is ahead of the next one that its card does not show or lead to.
        "margin": 1 - rival.order / best.order if rival else 1.0,
        "unsaid": sum(w.weight for w in unsaid) / total,
        "guessed": sum(m.weight for m in best.matches if m.how == "typo") / total,
        "length": float(len(query.code)),
        "names_unsaid": float(sum(bool(w.name) for w in unsaid)),
        "number_missing": float(any(w.exact and w.text not in has for w in query.words)),
        "property_unsaid": float(any(w.token.term in index.lexicon.attributes for w in unsaid)),
        "qualifiers_unsaid": _qualifiers_unsaid(query, best.number, index),
        "mirrored": mirrored(query, index.labels[best.number]),
        "is_key_words": float(not query.asks),
        "order_fit": order,
        "nearest_precision": float(scores.precision[own][scores.alike[own].argmax()]),
    }
    others = scores.alike[unanswered]
    if len(others):
        near = others.argpartition(-min(NEAR_UNANSWERED, len(others)))[-NEAR_UNANSWERED:]
        order_of_others = _order_alike(
            query.code, [index.phrase_codes[unanswered.start + i] for i in near.tolist()]
        )
        found["like_unanswered"] = float(others[near].max())
        found["order_like_unanswered"] = order_of_others
        found["order_ahead_of_unanswered"] = order - order_of_others
    return found


def _qualifiers_unsaid(query: Query, number: int, index: Index) -> float:
    """How many words that change the meaning (deputy, growth, largest) the question has and nothing of the fact."""
    codes = index.fact_codes[number]
    asked = stems("qualifiers").intersection(query.terms)
    return float(sum(index.codes.get(index.lexicon.common_term(t), "?") not in codes for t in asked))


def _order_alike(code: str, others: Sequence[str]) -> float:
    """The best similarity to one of some phrases, by words and their order."""
    return max(map(partial(Indel.normalized_similarity, code), others), default=0.0)
