"""What can be said of a question beside its best fact: scores, margins and checks of structure, each a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from rapidfuzz.distance import Indel

from bot.core.facts.base import shown_together
from bot.core.facts.models import Actor, Fact, Figure
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
    passing = ("statement", "questions")
    bystanders = {
        w.token.surface
        for w in query.words
        if w.name and (m := by_word.get(w.token.surface)) and m.field in passing
    }
    missing = [w for w in query.words if w.token.surface not in by_word]
    unsaid = [w for w in query.words if w.token.surface not in said]
    elsewhere = [w for w in query.words if w not in unsaid and said[w.token.surface].field == "questions"]
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
        "only_asked": sum(w.weight for w in elsewhere) / total,
        "heaviest_only_asked": max((w.weight for w in elsewhere), default=0.0) / config.weight_cap,
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
        "bystander": float(bool(bystanders) and (query.asks == "who" or query.joins(bystanders))),
        "weak": float(best.score < 0.5),
        "tied": float(bool(rivals) and best.order - rivals[0].order < 0.02 * best.order),
        "rank_dropped": _rank_dropped(query, best, index),
        **_wording(query, rows, index),
    }
    for kind in ("figure", "date", "actor", "position"):
        found[f"is_{kind}"] = float(best.fact.kind == kind)
    if query.asks in LABELS:
        found |= _type_features(
            query, best.fact, index, max(typed, default=0.0), bool(typed), found["unsaid"]
        )
    return found


def _type_features(
    query: Query, fact: Fact, index: Index, typed: float, has_typed: bool, loose: float
) -> dict[str, float]:
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
        f"loose_{query.asks}": loose,
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
    asked = {t for t in query.terms if t in _stems("qualifiers")}
    return float(len(asked - index.all_terms(fact))) if asked else 0.0


def _rank_dropped(query: Query, hit: Hit, index: Index) -> float:
    """Whether the fact is about a deputy or a former holder, and the question, which does not name them, is not."""
    fact = hit.fact
    if not isinstance(fact, Actor) or any(m.field == "title" for m in hit.matches):
        return 0.0
    return float(bool(_stems("ranks") & index.text_terms(fact.role) - set(query.terms)))


@cache
def _stems(section: str) -> frozenset[str]:
    return frozenset(token.term for entry in listed(section) for token in tokens(entry))


def roles(query: Query) -> tuple[frozenset[str], frozenset[str]]:
    """From whom and to whom something goes in a question, as far as verbs, prepositions and the order of names say."""
    names = {w.at: w.name for w in query.words if w.name}
    for w in query.words:
        names |= dict.fromkeys(w.repeated, w.name) if w.name else {}
    if len(set(names.values())) < 2:
        names_by_preposition = {at: name for at, name in names.items() if _marked(query, at, "from", "to")}
        giver = {name for at, name in names_by_preposition.items() if _marked(query, at, "from")}
        return frozenset(giver), frozenset(names_by_preposition.values()) - giver
    places = sorted(names)
    giver, receiver = set(), set()
    for at in places:
        if _marked(query, at, "from") or _marked(query, at, "by"):
            giver.add(names[at])
        elif _marked(query, at, "to"):
            receiver.add(names[at])
    share = next((at for at, word in enumerate(query.written) if word in _words("parts")), None)
    verb = next(
        (at for at, term in enumerate(query.terms) if term in _stems("giving") | _stems("taking")), None
    )
    if share is not None and not giver and not receiver:
        if not query.asks and not set(query.written) & _words("of"):
            return frozenset(), frozenset()  # key words in any order
        return _part_and_whole(query, names, share)
    if verb is not None:
        subject = next((names[at] for at in reversed(places) if at < verb), "")
        taking = query.terms[verb] in _stems("taking")
        if subject and subject not in giver | receiver:
            (receiver if taking else giver).add(subject)
    others = [names[at] for at in places if names[at] not in giver | receiver]
    if giver and not receiver:
        receiver.update(others[:1])
    elif receiver and not giver:
        giver.update(others[:1])
    return frozenset(giver), frozenset(receiver)


def _marked(query: Query, at: int, *sections: str) -> bool:
    """Whether a preposition of one of the sections stands before a word, or before the article before it."""
    near = (
        query.written[max(at - 2, 0) : at]
        if query.written[at - 1 : at] in (("the",), ("both",))
        else query.written[max(at - 1, 0) : at]
    )
    return any(word in _words(section) for word in near for section in sections)


def _part_and_whole(
    query: Query, names: Mapping[int, str], share: int
) -> tuple[frozenset[str], frozenset[str]]:
    """ "Russia's share of Belarus's trade", "the share of Russia in the trade of Belarus", "Belarus's trade with Russia"."""
    places = sorted(names)
    beside = next((names[at] for at in places if _marked(query, at, "beside")), "")
    before = next((names[at] for at in places if at == share - 1), "")
    behind = next((names[at] for at in places if share < at <= share + 2), "")
    part = beside or before or (behind if len([at for at in places if at > share]) > 1 else "")
    whole = (
        next((names[at] for at in places if names[at] != part and (beside or at > share)), "") if part else ""
    )
    return frozenset({part} - {""}), frozenset({whole} - {""})


def mirrored(query: Query, fact: Fact, index: Index) -> float:
    """1 where the question has giver and receiver the other way round than the fact, -1 where it has them alike; half for one."""
    labels = fact.answers
    if labels is None or not (labels.giver or labels.receiver):
        return 0.0
    giver, receiver = roles(query)
    own_giver, own_receiver = (_parties(text or "", index) for text in (labels.giver, labels.receiver))
    against = bool(giver & own_receiver - own_giver) + bool(receiver & own_giver - own_receiver)
    alike = bool(giver & own_giver) + bool(receiver & own_receiver)
    return (against - alike) / 2


def _parties(text: str, index: Index) -> frozenset[str]:
    return frozenset(term for term in index.text_terms(text) if term.startswith(NAME))


def _wording(query: Query, rows: Sequence[int], index: Index) -> dict[str, float]:
    """How alike the question and the fact's phrases are in their words and the order of them, and of the names."""
    asked_names = [group for _, _, group in index.lexicon.groups(query.terms) if group.startswith(NAME)]
    pairs = {(a, b) for i, a in enumerate(asked_names) for b in asked_names[i + 1 :] if a != b}
    order = bag = 0.0
    same = reverse = 0
    for row in rows:
        terms, names = index.phrase_terms(row)
        order = max(order, Indel.normalized_similarity(query.terms, terms))
        bag = max(bag, Indel.normalized_similarity(sorted(query.terms), sorted(terms)))
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                same += (a, b) in pairs
                reverse += (b, a) in pairs
    found = {"order_fit": order, "bag_fit": bag, "order_lost": bag - order}
    if same + reverse:
        found["names_in_order"] = (same - reverse) / (same + reverse)
    return found


@cache
def _words(section: str) -> frozenset[str]:
    return frozenset(listed(section))
