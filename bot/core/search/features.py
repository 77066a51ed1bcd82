"""What can be said of a question beside its best fact: scores, margins and checks of structure, each a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from bot.core.facts.base import shown_together
from bot.core.facts.models import Fact, Figure
from bot.core.search.analysis import QuestionWord
from bot.core.search.config import SearchConfig
from bot.core.search.index import BESIDE, Index
from bot.core.search.lexicon import NAME
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit
from bot.core.search.scoring import Scores
from bot.core.text import listed, tokens

# The labels of a fact that answer a question of a type.
LABELS: Mapping[str, tuple[str, ...]] = {
    "why": ("why",), "how": ("how",), "where": ("where",), "whether": ("yes_no",), "who": ("who",), "when": ("when",),
    "how_much": ("how_much", "how_many"), "how_many": ("how_many", "how_much"),
}  # fmt: skip
# The label that must be about the same as a question of a type.
ABOUT: Mapping[str, str] = {"why": "reason_for", "whether": "settles"}


def features(
    query: Query, hits: Sequence[Hit], scores: Scores, index: Index, config: SearchConfig
) -> dict[str, float]:
    """The features of the first hit, by name."""
    best = hits[0]
    total = query.weight or 1.0
    rivals = [h for h in hits[1:] if not shown_together(best.fact, h.fact)]
    own, asked = index.phrases(index.number(best.fact))
    rows = [*own, *asked]
    cover = scores.covered[rows]
    precise = scores.precision[rows]
    nearest = float((cover * precise).max())
    typed = [
        float(c * p)
        for row, c, p in zip(rows, cover, precise, strict=True)
        if index.phrase_cue(row) == query.asks
    ]
    said = {m.word: m for m in best.matches if m.field not in BESIDE}
    by_word = {m.word: m for m in best.matches}
    missing = [w for w in query.words if w.token.surface not in by_word]
    unsaid = [w for w in query.words if w.token.surface not in said]
    own_words = [w for w in unsaid if w.known] + [w for w in query.words if not w.known]
    found: dict[str, float] = {
        "own": best.scores[0],
        "asked": best.scores[1],
        "bm25": best.scores[2],
        "nearest": nearest,
        "covered": float(cover.max()),
        "margin": (best.order - rivals[0].order) / best.order if rivals else 1.0,
        "margin_asked": best.scores[1] - max((h.scores[1] for h in rivals), default=0.0),
        "rivals": sum(h.order > 0.93 * best.order for h in rivals) / 4,
        "unknown": sum(w.weight for w in query.words if not w.known) / total,
        "missing": sum(w.weight for w in missing) / total,
        "unsaid": sum(w.weight for w in unsaid) / total,
        "heaviest_unsaid": max((w.weight for w in own_words), default=0.0) / config.weight_cap,
        "words": min(len(query.words), 10) / 10,
        "one_word": float(len(query.words) == 1),
        "guessed": sum(m.weight for m in best.matches if m.how in ("typo", "related")) / total,
        "synonyms": sum(m.weight for m in best.matches if m.how == "synonym") / total,
        "passing": sum(m.weight for m in best.matches if m.field == "statement") / total,
        "name_unsaid": float(sum(bool(w.name) for w in unsaid)),
        "number_missing": float(any(w.exact for w in missing)),
        "attribute_unsaid": float(any(w.token.term in index.lexicon.attributes for w in unsaid)),
        "focus_unsaid": float(query.focus in unsaid) if query.focus else 0.0,
        "qualifier_unsaid": _qualifiers_unsaid(query, best.fact, index),
        "mirrored": mirrored(query, best.fact, index),
    }
    for kind in ("figure", "date", "actor", "position"):
        found[f"is_{kind}"] = float(best.fact.kind == kind)
    if query.asks in LABELS:
        found |= _type_features(query, best.fact, index, max(typed, default=0.0), bool(typed))
    return found


def _type_features(query: Query, fact: Fact, index: Index, typed: float, has_typed: bool) -> dict[str, float]:
    """Whether the fact answers questions of the type, by its labels, its kind, and the questions that should find it."""
    labels = fact.answers
    fits = fact.kind in KINDS.get(query.asks, ())
    labelled = labels is not None and any(label in labels.types for label in LABELS[query.asks])
    found = {
        f"asks_{query.asks}": 1.0,
        f"type_{query.asks}": float(labelled or (labels is None and fits)),
        f"typed_{query.asks}": typed,
        f"untyped_{query.asks}": float(not has_typed),
        f"kind_{query.asks}": float(fits),
    }
    if query.asks in ABOUT:
        text = getattr(labels, ABOUT[query.asks]) if labels else None
        found[f"about_{query.asks}"] = _shared(query.words, text, index) if text else 0.0
    if query.asks in ("how_many", "how_much"):
        text = " ".join(filter(None, (labels.counts, labels.measure))) if labels else ""
        words = [w for w in query.words if w.token.surface == query.counted] or query.words
        found[f"about_{query.asks}"] = _shared(words, text, index)
        found[f"value_{query.asks}"] = float(isinstance(fact, Figure))
    return found


def _shared(words: Sequence[QuestionWord], text: str, index: Index) -> float:
    """How much of the words' weight a text has."""
    terms = index.text_terms(text)
    total = sum(w.weight for w in words)
    return (
        sum(w.weight for w in words if any(a.term in terms for a in w.alternatives)) / total if total else 0.0
    )


def _qualifiers_unsaid(query: Query, fact: Fact, index: Index) -> float:
    """How many words that change the meaning (deputy, growth, largest) the question has and nothing of the fact."""
    asked = {t for t in query.terms if t in _qualifiers()}
    return float(len(asked - index.all_terms(fact))) if asked else 0.0


@cache
def _qualifiers() -> frozenset[str]:
    return frozenset(token.term for entry in listed("qualifiers") for token in tokens(entry))


@cache
def _stems(section: str) -> frozenset[str]:
    return frozenset(token.term for entry in listed(section) for token in tokens(entry))


def mirrored(query: Query, fact: Fact, index: Index) -> float:
    """1 where the question has giver and receiver the other way round than the fact, -1 where it has them alike, else 0."""
    labels = fact.answers
    if labels is None or not (labels.giver or labels.receiver):
        return 0.0
    giver, receiver = roles(query)
    own_giver, own_receiver = (_parties(text or "", index) for text in (labels.giver, labels.receiver))
    against = bool(giver & own_receiver - own_giver) + bool(receiver & own_giver - own_receiver)
    alike = bool(giver & own_giver) + bool(receiver & own_receiver)
    return float(against > alike) - float(alike > against)


def _parties(text: str, index: Index) -> frozenset[str]:
    return frozenset(term for term in index.text_terms(text) if term.startswith(NAME))


def roles(query: Query) -> tuple[frozenset[str], frozenset[str]]:
    """From whom and to whom something goes in a question, as far as prepositions and verbs say."""
    names = {w.at: w.name for w in query.words if w.name}
    giver: set[str] = set()
    receiver: set[str] = set()

    def before(at: int) -> str:
        return next((names[i] for i in range(at - 1, -1, -1) if i in names), "")

    def after(at: int) -> str:
        return next((names[i] for i in range(at + 1, len(query.written)) if i in names), "")

    terms = query.terms
    for at, word in enumerate(query.written):
        if word in listed("from") and names.get(at + 1):
            giver.add(names[at + 1])
        elif word in listed("to") and names.get(at + 1):
            receiver.add(names[at + 1])
        elif terms[at] in _stems("giving") and not giver and not receiver:
            giver.add(before(at))
            receiver.add(after(at))
        elif terms[at] in _stems("taking") and not giver and not receiver:
            receiver.add(before(at))
            giver.add(after(at))
        elif word in listed("parts") and len(names) > 1:  # Russia's share of Belarus's trade
            giver.add(before(at) or after(at))
            receiver.add(after(at) if before(at) else next((n for n in names.values() if n != after(at)), ""))
    return frozenset(giver - {""}), frozenset(receiver - {""})


__all__ = ["features", "mirrored", "roles"]
