"""How well each fact fits the words of a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.core.search.index import FIELDS, Array, Index
from bot.core.search.model import model
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain

LOW_WEIGHT_OF_BM25 = 0.65  # factor for everyday words
COVERAGE, PHRASE, PRECISION = 0.70, 0.18, 0.12  # shares of a score that add up to 1
BM25_SCALE = 1.8  # times the weight of a word that one fact has
MAX_HITS = 8  # more than are shown, so that rivals and later members of a series are among them
# Scores of a fact, from 0 to 1: by its own text; by that and the questions that should find it; BM25 over both; its
# nearest phrase; its nearest phrase that asks for the same; whether it is of the kind that is asked for; its letters.
SCORES = ("own", "asked", "bm25", "nearest", "nearest_alike", "kind_fits", "letters")


@dataclass(frozen=True)
class Scores:
    """By score and fact; by word and fact, the alternative and the field that the fact has it by; and for each phrase
    how much of the question it covers, how much of it the question covers, and how alike both are."""

    facts: Array
    order: Array
    alternatives: Array
    fields: Array
    covered: Array
    precision: Array
    alike: Array


def score(query: Query, index: Index) -> Scores:
    words = query.words
    total = sum(w.weight for w in words)
    weights = np.array([w.weight / total for w in words], np.float32)
    # The most similar alternative comes last, as the last value that is assigned to a cell stays.
    found = [(a, i, place) for i, word in enumerate(words) for place, a in enumerate(word.alternatives)]
    found.sort(key=lambda entry: entry[0].similarity)
    terms = [index.terms[alternative.term] for alternative, _, _ in found]
    similarity = np.array([alternative.similarity for alternative, _, _ in found], np.float32)
    places = np.array([place for _, _, place in found], np.float32)
    at = np.array([i for _, i, _ in found])

    def gather(postings: tuple[Array, Array, Array], width: int) -> tuple[Array, Array, Array]:
        """The cells (word, row) of all postings, their values, and which alternative each is of."""
        starts, rows, values = postings
        spans = [slice(starts[t], starts[t + 1]) for t in terms]
        which = np.repeat(np.arange(len(spans)), [s.stop - s.start for s in spans])
        cells = np.concatenate([rows[s] for s in spans]) + (at * width)[which]
        return cells, np.concatenate([values[:, s] for s in spans], axis=1), which

    count, size = len(index.facts), len(words)
    cells, values, which = gather(index.in_facts, count)
    table = np.zeros((3, size * count), np.float32)
    table[1:, cells] = values[1:3] * similarity[which]
    mine = values[0] > 0
    table[0, cells[mine]] = (values[0] * similarity[which])[mine]
    described = np.full((2, size * count), -1, np.int8)
    described[0, cells] = places[which]
    described[1, cells] = values[3]
    own, asked, bm25 = table.reshape(3, size, count)

    width = len(index.phrase_facts)
    cells, values, which = gather(index.in_phrases, width)
    table = np.zeros((2, size * width), np.float32)
    table[0, cells] = similarity[which]
    parts = np.array([1 / alternative.words for alternative, _, _ in found], np.float32)
    table[1, cells] = values[0] * (similarity * parts)[which]
    covered = weights @ table[0].reshape(size, width)
    inside = table[1].reshape(size, width).sum(0)
    precision = np.minimum(inside / index.phrase_totals, 1.0)
    fit = covered * (PHRASE + PRECISION * precision)
    alike = covered * precision

    facts = np.zeros((len(SCORES), count), np.float32)
    facts[0] = (weights @ own) * (COVERAGE + _best(fit, index, own_only=True))
    facts[1] = (weights @ asked) * (COVERAGE + _best(fit, index))
    low = np.array([LOW_WEIGHT_OF_BM25 if w.low else 1.0 for w in words], np.float32)
    facts[2] = np.tanh((low @ bm25) / (BM25_SCALE * index.rare_weight))
    facts[3] = _best(alike, index)
    if query.cue:
        facts[4] = _best(np.where(index.phrase_cues == query.cue, alike, 0.0), index)
    for kind in KINDS.get(query.asks, ()):
        facts[5] += facts[1] * index.kinds[kind]
    facts[6] = index.ngrams.similarity(query.written)
    facts[0, index.whole.get(plain(query.text), [])] = 1.0
    shape = described.reshape(2, size, count)
    return Scores(np.minimum(facts, 1.0), _weights() @ facts, shape[0], shape[1], covered, precision, alike)


def _best(values: Array, index: Index, own_only: bool = False) -> Array:
    """The largest value of a phrase for each fact."""
    best: Array = np.maximum.reduceat(values[: index.own_phrases], index.own_starts)
    asked = values[index.own_phrases : index.answered_phrases]
    if not own_only and len(asked):
        best[index.asked_facts] = np.maximum(
            best[index.asked_facts], np.maximum.reduceat(asked, index.asked_starts)
        )
    return best


@cache
def _weights() -> Array:
    return np.array([model()["order"][name] for name in SCORES], np.float32)


def search(query: Query, index: Index) -> tuple[list[Hit], Scores | None]:
    """The facts that fit the question best, best first."""
    if not any(w.known for w in query.words):
        return [], None
    found = score(query, index)
    count = min(MAX_HITS, int(np.count_nonzero(found.order)))
    if not count:
        return [], None
    # All that score like the last one, so that the order by id decides and not the partition.
    least = np.partition(found.order, -count)[-count]
    ordered = sorted(
        (-float(found.order[n]), index.facts[n].id, int(n)) for n in np.flatnonzero(found.order >= least)
    )
    return [hit(number, found, query, index) for _, _, number in ordered[:count]], found


def hit(number: int, found: Scores, query: Query, index: Index) -> Hit:
    """A fact with its scores and the words that it has and lacks."""
    matches: list[WordMatch] = []
    missing: list[str] = []
    alternatives, fields = found.alternatives[:, number].tolist(), found.fields[:, number].tolist()
    for word, place, where in zip(query.words, alternatives, fields, strict=True):
        if place >= 0:
            by = word.alternatives[place]
            matches.append(
                WordMatch(word.text, by.matched, by.how, by.similarity, word.weight, FIELDS[where])
            )
        elif word.known:
            missing.append(word.text)
    scores = tuple(found.facts[:, number].tolist())
    return Hit(
        index.facts[number], scores[0], tuple(matches), tuple(missing), float(found.order[number]), scores
    )
