"""How well each fact fits the words of a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.search.analysis import QuestionWord
from bot.core.search.config import SearchConfig
from bot.core.search.index import FIELDS, Array, Index, Postings
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain


@dataclass(frozen=True)
class Scores:
    """Three scores of each fact, from 0 to 1: by its own text; by that and the questions that should find it; BM25 over
    both.  And for each phrase how much of the question it covers, and how much of it the question covers.
    """

    facts: Array
    covered: Array
    precision: Array


def score(words: Sequence[QuestionWord], index: Index, config: SearchConfig) -> Scores:
    """The first two scores are the share of the question's weight that a fact has, times how well its best phrase fits."""
    total = sum(w.weight for w in words)
    facts = np.zeros((3, len(index.facts)), np.float32)
    phrases = np.zeros((2, len(index.phrase_totals)), np.float32)
    for word in words:
        weight = word.weight / total
        _add(facts, word, index, index.in_facts, (weight, weight, config.low_weight if word.low else 1.0))
        _add(phrases, word, index, index.in_phrases, (1.0, weight))
    inside, covered = phrases
    precision = np.minimum(inside / index.phrase_totals, 1.0)
    fit = covered * (config.phrase_share + config.precision_share * precision)
    best_own = np.maximum.reduceat(fit[: index.own_phrases], index.phrase_starts)
    best = best_own.copy()
    if index.own_phrases < len(fit):
        asked, starts = index.asked
        best[asked] = np.maximum(best[asked], np.maximum.reduceat(fit[index.own_phrases :], starts))
    facts[0] *= config.coverage_share + best_own
    facts[1] *= config.coverage_share + best
    facts[2] = np.tanh(facts[2] / (config.bm25_scale * index.rare_weight))
    return Scores(facts, covered, precision)


def _add(
    totals: Array, word: QuestionWord, index: Index, postings: Postings, weights: Sequence[float]
) -> None:
    """Adds to each row, column by column, what the best of a word's alternatives gives: the posting's value by weight.

    Where several words of the question stand for a term together, each takes its part of the phrase.
    """
    best = totals if len(word.alternatives) == 1 else np.zeros_like(totals)
    for alternative in word.alternatives:
        span = postings.span(index.terms[alternative.term])
        rows = postings.rows[span]
        for column, weight in enumerate(weights):
            part = alternative.words if postings is index.in_phrases and column == 0 else 1
            values = postings.values[column, span] * (weight * alternative.similarity / part)
            best[column, rows] = (
                best[column, rows] + values if best is totals else np.maximum(best[column, rows], values)
            )
    if best is not totals:
        totals += best


def search(
    words: Sequence[QuestionWord], limit: int, text: str, index: Index, config: SearchConfig
) -> tuple[list[Hit], Scores | None]:
    """The facts that explain most of the question, best first."""
    if not any(w.known for w in words) or sum(w.weight for w in words) <= 0:
        return [], None
    found = score(words, index, config)
    whole = index.whole.get(plain(text), [])
    found.facts[0, whole] = 1.0
    order = np.array(config.score_weights, np.float32) @ found.facts
    count = min(limit, int(np.count_nonzero(order)))
    if not count:
        return [], None
    # All that score like the last one, so that the order by id decides and not the partition.
    least = np.partition(order, len(order) - count)[len(order) - count]
    ordered = sorted((-float(order[n]), index.facts[n].id, int(n)) for n in np.flatnonzero(order >= least))
    numbers = [number for _, _, number in ordered[:limit]]
    return hits(numbers, np.minimum(found.facts, 1.0), words, index, order), found


def hits(
    numbers: Sequence[int], found: Array, words: Sequence[QuestionWord], index: Index, order: Array
) -> list[Hit]:
    """Facts with their scores and the words that they have and lack."""
    matches: list[list[WordMatch]] = [[] for _ in numbers]
    missing: list[list[str]] = [[] for _ in numbers]
    facts = np.array(numbers)
    strengths = np.array([*index.strength.values(), 0.0])
    for word in words:
        if not word.known:
            continue
        fields = np.stack([index.fields(a.term, facts) for a in word.alternatives])
        values = strengths[fields] * np.array([[a.similarity] for a in word.alternatives])
        best = values.argmax(0)
        for place, at in enumerate(best.tolist()):
            if values[at, place] > 0:
                found_as, where = word.alternatives[at], FIELDS[fields[at, place]]
                matches[place].append(
                    WordMatch(
                        word.token.surface,
                        found_as.matched,
                        found_as.how,
                        found_as.similarity,
                        word.weight,
                        where,
                    )
                )
            else:
                missing[place].append(word.token.surface)
    return [
        Hit(
            index.facts[n],
            float(found[0, n]),
            tuple(m),
            tuple(lacks),
            float(order[n]),
            tuple(map(float, found[:, n])),
        )
        for n, m, lacks in zip(numbers, matches, missing, strict=True)
    ]
