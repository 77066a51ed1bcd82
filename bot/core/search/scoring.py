"""How well each fact fits the words of a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bot.core.search.index import FIELDS, Array, Index, Postings
from bot.core.search.model import model
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain

LOW_WEIGHT_OF_BM25 = 0.65  # factor for everyday words
COVERAGE, PHRASE, PRECISION = 0.70, 0.18, 0.12  # shares of a score that add up to 1
BM25_SCALE = 1.8  # times the weight of a word that one fact has
LIKELY = 40  # facts whose phrases are compared
WHOLE = 10.0  # the advantage of a fact whose title or ask is the question
MAX_HITS = 8  # more than are shown, so that rivals and later members of a series are among them
# Scores of a fact, from 0 to 1: by its own text; by that and the questions that should find it; BM25 over both; its
# nearest phrase; its nearest phrase that asks for the same; whether it is of the kind that is asked for; its letters.
SCORES = ("own", "asked", "bm25", "nearest", "nearest_alike", "kind_fits", "letters")


@dataclass(frozen=True)
class Scores:
    """By score and fact; by word and fact, the alternative and the field that the fact has it by; and for each phrase of
    the likeliest facts how much of the question it covers, how much of it the question covers, and how alike both are."""

    facts: Array
    order: Array
    alternatives: Array
    fields: Array
    phrases: dict[int, slice]  # the phrases of a fact
    covered: Array
    precision: Array
    alike: Array


def score(query: Query, index: Index) -> Scores:
    words = query.words
    total = query.weight or 1.0
    weights = np.array([w.weight / total for w in words], np.float32)
    # The most similar alternative comes last, as the last value that is assigned to a cell stays.
    found = [(a, i, place) for i, word in enumerate(words) for place, a in enumerate(word.alternatives)]
    found.sort(key=lambda entry: entry[0].similarity)
    terms = [index.terms[alternative.term] for alternative, _, _ in found]
    similarity = np.array([alternative.similarity for alternative, _, _ in found], np.float32)
    places = np.array([place for _, _, place in found], np.float32)
    parts = np.array([1 / alternative.words for alternative, _, _ in found], np.float32)
    at = np.array([i for _, i, _ in found])

    def gather(postings: Postings) -> tuple[Array, Array, Array]:
        """The rows of all postings, their values, and which alternative each is of."""
        spans = [slice(postings.starts[t], postings.starts[t + 1]) for t in terms]
        which = np.repeat(np.arange(len(spans)), [s.stop - s.start for s in spans])
        rows = np.concatenate([postings.rows[s] for s in spans])
        return rows, np.concatenate([postings.values[:, s] for s in spans], axis=1), which

    count, size = len(index.facts), len(words)
    rows, values, which = gather(index.in_facts)
    cells = rows + (at * count)[which]
    table = np.zeros((3, size * count), np.float32)
    table[1:, cells] = values[1:3] * similarity[which]
    mine = values[0] > 0
    table[0, cells[mine]] = (values[0] * similarity[which])[mine]
    described = np.full((2, size * count), -1, np.int8)
    described[0, cells] = places[which]
    described[1, cells] = values[3]
    own, asked, bm25 = table.reshape(3, size, count)
    low = np.array([LOW_WEIGHT_OF_BM25 if w.low else 1.0 for w in words], np.float32)
    facts = np.zeros((len(SCORES), count), np.float32)
    facts[0], facts[1] = weights @ own, weights @ asked
    facts[2] = np.tanh((low @ bm25) / (BM25_SCALE * index.rare_weight))
    facts[6] = index.ngrams.similarity(query.written)

    # The phrases of the likeliest facts, and the questions that none answers.
    whole = index.whole.get(plain(query.text), [])  # titles and asks that are the question
    facts[0, whole] += WHOLE
    likely = np.sort(np.argpartition(facts.sum(0), -min(LIKELY, count))[-min(LIKELY, count) :])
    groups = np.append(likely, count)
    sizes = index.phrase_starts[groups + 1] - index.phrase_starts[groups]
    stops = np.cumsum(sizes)
    columns = np.arange(stops[-1]) + np.repeat(index.phrase_starts[groups] - (stops - sizes), sizes)
    column_of = np.full(len(index.own), -1, np.int32)
    column_of[columns] = np.arange(len(columns))
    rows, values, which = gather(index.in_phrases)
    kept = np.flatnonzero(column_of[rows] >= 0)
    which = which[kept]
    cells = column_of[rows[kept]] + (at * len(columns))[which]
    table = np.zeros((2, size * len(columns)), np.float32)
    table[0, cells] = similarity[which]
    table[1, cells] = values[0, kept] * (similarity * parts)[which]
    covered = weights @ table[0].reshape(size, -1)
    precision = np.minimum(table[1].reshape(size, -1).sum(0) / index.phrase_totals[columns], 1.0)
    fit = covered * (PHRASE + PRECISION * precision)
    alike = covered * precision
    starts = (stops - sizes)[:-1]  # of the facts
    answered = slice(0, stops[-2])

    def best(values: Array) -> Array:
        """The largest value of a phrase for each of the likeliest facts."""
        largest: Array = np.maximum.reduceat(values[answered], starts)
        return largest

    facts[0] *= COVERAGE
    facts[1] *= COVERAGE
    facts[0, likely] *= 1 + best(np.where(index.own[columns], fit, 0.0)) / COVERAGE
    facts[1, likely] *= 1 + best(fit) / COVERAGE
    facts[3, likely] = best(alike)
    if query.cue:
        facts[4, likely] = best(np.where(index.phrase_cues[columns] == query.cue, alike, 0.0))
    for kind in KINDS.get(query.asks, ()):
        facts[5] += facts[1] * index.kinds[kind]
    facts[0, whole] = 1.0
    spans = zip(groups.tolist(), (stops - sizes).tolist(), stops.tolist(), strict=True)
    phrases = {number: slice(start, stop) for number, start, stop in spans}
    order = _weights() @ facts
    order[whole] += WHOLE
    place_of, field_of = described.reshape(2, size, count)
    return Scores(np.minimum(facts, 1.0), order, place_of, field_of, phrases, covered, precision, alike)


@cache
def _weights() -> Array:
    return np.array([model()["order"][name] for name in SCORES], np.float32)


def search(query: Query, index: Index) -> tuple[list[Hit], Scores | None]:
    """The facts that fit the question best, best first."""
    if not any(w.known for w in query.words):
        return [], None
    found = score(query, index)
    likely = [n for n in found.phrases if n < len(index.facts) and found.order[n] > 0]
    likely.sort(key=lambda n: (-found.order[n], n))
    return [hit(number, found, query, index) for number in likely[:MAX_HITS]], found


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
    order = float(found.order[number])
    return Hit(index.facts[number], scores[0], tuple(matches), tuple(missing), order, scores, number)
