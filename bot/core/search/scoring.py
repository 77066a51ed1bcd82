"""How well each fact fits the words of a question."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from bot.core.search.analysis import LOW_WEIGHT, Alternative
from bot.core.search.index import FIELDS, Index
from bot.core.search.model import model
from bot.core.search.postings import Array
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain

COVERAGE, PHRASE, PRECISION = 0.70, 0.18, 0.12  # shares of a score that add up to 1
BM25_SCALE = 1.8  # times the weight of a word that one fact has
WHOLE = 10.0  # the advantage of a fact whose title or ask is the question
KEPT = 300  # words
MAX_HITS = 8  # more than are shown, so that rivals and later members of a series are among them
# Scores of a fact, from 0 to 1: by its own text; by that and the questions that should find it; BM25 over both; its
# nearest phrase; its nearest phrase that asks for the same; whether it is of the kind that is asked for.
SCORES = ("own", "asked", "bm25", "nearest", "nearest_alike", "kind_fits", "letters")


@dataclass(frozen=True)
class Scores:
    """By score and fact; by word and fact, the place of the alternative that the fact has (from 1; 0 for none) and its
    field; and for each phrase how much of the question it covers, how much of it the question covers, and how alike
    both are."""

    facts: Array
    order: Array
    places: Array
    fields: Array
    covered: Array
    precision: Array
    alike: Array


class _Found(NamedTuple):
    """Where a word is found: the facts with own strength, strength, BM25 and field, and the place of the alternative from
    1; and the phrases with the alternative's similarity and its share of the phrase."""

    facts: Array
    values: Array
    places: Array
    phrases: Array
    similar: Array
    shares: Array


def score(query: Query, index: Index) -> Scores:
    words, count = query.words, len(index.facts)
    by_word = np.zeros((len(words), count, 4), np.float32)
    places = np.zeros((len(words), count), np.int8)
    covered, precision = np.zeros((2, len(index.own)), np.float32)
    for word, in_facts, place_of in zip(words, by_word, places, strict=True):
        found = _find(tuple(word.alternatives), index)
        in_facts[found.facts] = found.values
        place_of[found.facts] = found.places
        covered[found.phrases] += found.similar * np.float32(word.weight / query.weight)
        precision[found.phrases] += found.shares
    np.minimum(precision, np.float32(1.0), out=precision)

    weights = np.array([w.weight / query.weight for w in words], np.float32)
    low = np.array([LOW_WEIGHT if w.low else 1.0 for w in words], np.float32)
    facts = np.zeros((len(SCORES), count), np.float32)
    facts[0], facts[1] = weights @ by_word[:, :, 0], weights @ by_word[:, :, 1]
    facts[2] = np.tanh((low @ by_word[:, :, 2]) / (BM25_SCALE * index.rare_weight))
    facts[6] = index.ngrams.similarity(query.written)
    fit = covered * (PHRASE + PRECISION * precision)
    alike = covered * precision
    facts[0] = COVERAGE * facts[0] * (1 + index.best_phrases(fit * index.own) / COVERAGE)
    facts[1] = COVERAGE * facts[1] * (1 + index.best_phrases(fit) / COVERAGE)
    facts[3] = index.best_phrases(alike)
    if query.cue:
        facts[4] = index.best_phrases(alike * (index.phrase_cues == query.cue))
    for kind in KINDS.get(query.asks, ()):
        facts[5] += facts[1] * index.kinds[kind]
    order = _weights() @ facts
    for number in index.whole.get(plain(query.text), ()):  # a title or ask that is the question
        facts[0, number] = 1.0
        order[number] += WHOLE
    return Scores(np.minimum(facts, 1.0), order, places, by_word[:, :, 3], covered, precision, alike)


def _find(alternatives: tuple[Alternative, ...], index: Index) -> _Found:
    """Where a word is found by its alternatives; kept, as many questions have the same words."""
    kept: _Found | None = index.kept.get(alternatives)
    if kept is not None:
        return kept
    values, places = np.zeros((len(index.facts), 4), np.float32), np.zeros(len(index.facts), np.int8)
    similar, shares = np.zeros((2, len(index.own)), np.float32)
    for place in range(len(alternatives), 0, -1):  # the most similar comes last, and stays
        term, similarity = index.terms[alternatives[place - 1].term], alternatives[place - 1].similarity
        rows, found = index.in_facts.of(term)
        values[rows] = found * (similarity, similarity, similarity, 1)
        places[rows] = place
        rows, found = index.in_phrases.of(term)
        similar[rows] = similarity
        shares[rows] = found * (similarity / alternatives[place - 1].words)
    facts, phrases = places.nonzero()[0], similar.nonzero()[0]
    if len(index.kept) >= KEPT:
        index.kept.clear()
    index.kept[alternatives] = result = _Found(
        facts, values[facts], places[facts], phrases, similar[phrases], shares[phrases]
    )
    return result


@cache
def _weights() -> Array:
    return np.array([model()["order"][name] for name in SCORES], np.float32)


def search(query: Query, index: Index) -> tuple[list[Hit], Scores | None]:
    """The facts that fit the question best, best first."""
    if not any(w.known for w in query.words):
        return [], None
    found = score(query, index)
    count = min(MAX_HITS, len(index.facts))
    best = found.order.argpartition(-count)[-count:].tolist()
    best.sort(key=lambda n: (-found.order[n], n))
    return [_hit(number, found, query, index) for number in best if found.order[number] > 0], found


def _hit(number: int, found: Scores, query: Query, index: Index) -> Hit:
    """A fact with its scores and the words that it has and lacks."""
    matches: list[WordMatch] = []
    missing: list[str] = []
    places, fields = found.places[:, number].tolist(), found.fields[:, number].tolist()
    for word, place, field in zip(query.words, places, fields, strict=True):
        if place:
            way = word.alternatives[place - 1]
            matches.append(
                WordMatch(word.text, way.matched, way.how, way.similarity, word.weight, FIELDS[int(field)])
            )
        elif word.known:
            missing.append(word.text)
    scores = tuple(found.facts[:, number].tolist())
    order = float(found.order[number])
    return Hit(index.facts[number], scores[0], tuple(matches), tuple(missing), order, scores, number)
