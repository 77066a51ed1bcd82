"""Features of a question and its best fact for the decision: scores, margins and checks of structure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from rapidfuzz.distance import Indel

from bot.core.facts.models import Actor
from bot.core.search.analysis import QuestionWord
from bot.core.search.index import BESIDE, WEIGHT_CAP, Index
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit
from bot.core.search.roles import mirrored, stems
from bot.core.search.scoring import SCORES, Scores

# The labels of a fact that answer a question of a type.
LABELS: Mapping[str, tuple[str, ...]] = {
    "why": ("why",), "how": ("how",), "where": ("where",), "whether": ("yes_no",), "who": ("who",), "when": ("when",),
    "how_much": ("how_much", "how_many"), "how_many": ("how_many", "how_much"),
}  # fmt: skip
NEAR_RIVAL, TIED = 0.93, 0.98  # shares of the best fact's rank
NEAR_UNANSWERED = 10  # questions that no fact answers, of which the words' order is compared


def features(query: Query, hits: Sequence[Hit], scores: Scores, index: Index) -> dict[str, float]:
    """The features of the first hit, by name."""
    best = hits[0]
    number = best.number
    total = query.weight or 1.0
    rivals = [h for h in hits[1:] if h.number not in index.together[number]]
    words = {w.text: w for w in query.words}
    by_word = {m.word: m for m in best.matches}
    said = {m.word: m for m in best.matches if m.field not in BESIDE}
    missing = [w for w in query.words if w.text not in by_word]
    unsaid = [w for w in query.words if w.text not in said]
    only_asked = [w for w in query.words if w.text in said and said[w.text].field == "questions"]
    bystanders = {
        m.word for m in best.matches if words[m.word].name and m.field in ("statement", "questions")
    }
    guessed = [m for m in best.matches if m.how == "typo"]
    found: dict[str, float] = dict(zip(SCORES, best.scores, strict=True)) | {
        "rank": best.order,
        "margin": 1 - rivals[0].order / best.order if rivals else 1.0,
        "margin_asked": best.scores[1] - max((h.scores[1] for h in rivals), default=0.0),
        "margin_nearest": best.scores[3] - max((h.scores[3] for h in rivals), default=0.0),
        "rivals": float(sum(h.order > NEAR_RIVAL * best.order for h in rivals)),
        "tied": float(bool(rivals) and rivals[0].order > TIED * best.order),
        "unknown": query.unknown_share,
        "unknown_words": float(sum(not w.known for w in query.words)),
        "missing": sum(w.weight for w in missing) / total,
        "unsaid": sum(w.weight for w in unsaid) / total,
        "only_asked": sum(w.weight for w in only_asked) / total,
        "heaviest_only_asked": max((w.weight for w in only_asked), default=0.0) / WEIGHT_CAP,
        "heaviest_unsaid": max((w.weight for w in unsaid), default=0.0) / WEIGHT_CAP,
        "words": float(len(query.words)),
        "length": float(len(query.code)),
        "guessed": sum(m.weight for m in guessed) / total,
        "synonyms": sum(m.weight for m in best.matches if m.how == "synonym") / total,
        "passing": sum(m.weight for m in best.matches if m.field == "statement") / total,
        "names": float(sum(bool(w.name) for w in query.words)),
        "name_unsaid": float(sum(bool(w.name) for w in unsaid)),
        "number_missing": float(any(w.exact for w in missing)),
        "property_unsaid": float(any(w.token.term in index.lexicon.attributes for w in unsaid)),
        "focus_unsaid": float(query.focus in unsaid),
        "qualifiers_unsaid": _qualifiers_unsaid(query, number, index),
        "mirrored": mirrored(query, index.labels[number]),
        "bystander": float(bool(bystanders) and (query.asks == "who" or query.joins(bystanders))),
        "rank_dropped": _rank_dropped(query, best, index),
        f"is_{best.fact.kind}": 1.0,
        f"asks_{query.asks or 'nothing'}": 1.0,
        **_wording(query, number, scores, index),
    }
    if query.asks in LABELS:
        found |= _of_type(query, best, index.labels[number].types, index.labels[number].about, index)
    return found


def _of_type(
    query: Query, best: Hit, types: frozenset[str], about: Mapping[str, frozenset[str]], index: Index
) -> dict[str, float]:
    """Whether the fact answers questions of the type, by its labels, its kind, and the questions that should find it."""
    fits = best.fact.kind in KINDS.get(query.asks, ())
    cues = index.phrase_cues[slice(*index.phrase_starts[best.number : best.number + 2])]
    found = {
        "type_fits": float(not types.isdisjoint(LABELS[query.asks]) if types else fits),
        "typed": float((cues == query.cue).mean()),
    }
    asks = "how_many" if query.asks == "how_much" else query.asks
    if asks in about:
        words = [w for w in query.words if w.text == query.counted] or query.words
        found["about"] = _share(words, about[asks])
    return found


def _share(words: Sequence[QuestionWord], terms: frozenset[str]) -> float:
    """How much of the words' weight is among the terms."""
    total = sum(w.weight for w in words)
    return (
        sum(w.weight for w in words if any(a.term in terms for a in w.alternatives)) / total if total else 0.0
    )


def _qualifiers_unsaid(query: Query, number: int, index: Index) -> float:
    """How many words that change the meaning (deputy, growth, largest) the question has and nothing of the fact."""
    codes = index.fact_codes[number]
    asked = {t for t in query.terms if t in stems("qualifiers")}
    return float(sum(index.codes.get(index.lexicon.common_term(t), "?") not in codes for t in asked))


def _rank_dropped(query: Query, hit: Hit, index: Index) -> float:
    """Whether the fact is about a deputy or a former holder, and the question, which does not name them, is not."""
    if not isinstance(hit.fact, Actor) or any(m.field == "title" for m in hit.matches):
        return 0.0
    return float(bool(stems("ranks") & index.text_terms(hit.fact.role) - set(query.terms)))


def _wording(query: Query, number: int, scores: Scores, index: Index) -> dict[str, float]:
    """How alike the question is to the fact's phrases, and to questions that no fact answers, by words and their order."""
    rows = scores.phrases[number]
    alike = scores.alike[rows]
    nearest = rows.start + int(alike.argmax())
    first = index.phrase_starts[number]
    order = _order_alike(query.code, index.phrase_codes[first : first + len(alike)])
    found = {
        "covered": float(scores.covered[rows].max()),
        "nearest_covered": float(scores.covered[nearest]),
        "nearest_precision": float(scores.precision[nearest]),
        "order_fit": order,
    }
    unanswered = scores.alike[scores.phrases[len(index.facts)]]
    if len(unanswered):
        count = min(NEAR_UNANSWERED, len(unanswered))
        near = np.argpartition(unanswered, -count)[-count:]
        first = index.phrase_starts[len(index.facts)]
        unanswered_order = _order_alike(query.code, [index.phrase_codes[first + i] for i in near.tolist()])
        found["like_unanswered"] = float(unanswered[near].max())
        found["ahead_of_unanswered"] = float(alike.max()) - found["like_unanswered"]
        found["order_like_unanswered"] = unanswered_order
        found["order_ahead_of_unanswered"] = order - unanswered_order
    return found


def _order_alike(code: str, others: Sequence[str]) -> float:
    """The best similarity to one of some phrases, by words and their order."""
    return max(map(partial(Indel.normalized_similarity, code), others), default=0.0)
