"""How well each fact fits the words of a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bot.core.search.analysis import Alternative, QuestionWord
from bot.core.search.config import SearchConfig
from bot.core.search.index import FIELDS, Array, Index, Postings
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain

NONE = len(FIELDS)


def scores(words: Sequence[QuestionWord], index: Index, config: SearchConfig) -> Array:
    """Three scores for each fact: by its own text; by that and the questions that should find it; BM25 over both.

    The first two are the share of the question's weight that the fact has, times how well its best phrase fits: how
    much of the question it covers, and how much of it the question covers.
    """
    total = sum(w.weight for w in words)
    facts = np.zeros((3, len(index.facts)), np.float32)
    phrases = np.zeros((2, len(index.phrase_totals)), np.float32)
    for word in words:
        weight = word.weight / total
        factor = config.low_weight if word.low else 1.0
        _add(
            facts,
            word,
            index,
            index.in_facts,
            lambda a: (weight * a.similarity, weight * a.similarity, factor * a.similarity),
        )
        _add(
            phrases, word, index, index.in_phrases, lambda a: (a.similarity / a.words, weight * a.similarity)
        )
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
    facts[2] = np.tanh(facts[2] / config.bm25_scale)
    return facts


def _add(
    totals: Array,
    word: QuestionWord,
    index: Index,
    postings: Postings,
    factors: Callable[[Alternative], tuple[float, ...]],
) -> None:
    """Adds to each row, column by column, what the best of a word's alternatives gives: the posting's value times a factor."""
    best = totals if len(word.alternatives) == 1 else np.zeros_like(totals)
    for alternative in word.alternatives:
        span = postings.span(index.terms[alternative.term])
        rows = postings.rows[span]
        for column, factor in enumerate(factors(alternative)):
            values = postings.values[column, span] * factor
            best[column, rows] = (
                np.maximum(best[column, rows], values) if best is not totals else best[column, rows] + values
            )
    if best is not totals:
        totals += best


def search(
    words: Sequence[QuestionWord], limit: int, text: str, index: Index, config: SearchConfig
) -> list[Hit]:
    """The facts that explain most of the question, best first."""
    if not any(w.known for w in words) or sum(w.weight for w in words) <= 0:
        return []
    found = scores(words, index, config)
    found[0, index.whole.get(plain(text), [])] = 1.0
    order = np.array(config.score_weights, np.float32) @ found
    count = min(limit, int(np.count_nonzero(order)))
    if not count:
        return []
    # All that score like the last one, so that the order by id decides and not the partition.
    least = np.partition(order, len(order) - count)[len(order) - count]
    ordered = sorted((-float(order[n]), index.facts[n].id, int(n)) for n in np.flatnonzero(order >= least))
    numbers = [number for _, _, number in ordered[:limit]]
    return hits(numbers, np.minimum(found, 1.0), words, index, order)


def hits(
    numbers: Sequence[int], found: Array, words: Sequence[QuestionWord], index: Index, order: Array
) -> list[Hit]:
    """Facts with their scores and the words that they have and lack."""
    matches: list[list[WordMatch]] = [[] for _ in numbers]
    missing: list[list[str]] = [[] for _ in numbers]
    facts = np.array(numbers)
    strengths = [*index.strength.values(), 0.0]
    for word in words:
        fields = [(a, index.fields(a.term, facts).tolist()) for a in word.alternatives]
        for place in range(len(numbers)):
            strength, best, where = max(
                ((a.similarity * strengths[at[place]], -i, at[place]) for i, (a, at) in enumerate(fields)),
                default=(0.0, 0, NONE),
            )
            if strength > 0:
                match = word.alternatives[-best]
                matches[place].append(
                    WordMatch(
                        word.token.surface,
                        match.matched,
                        match.how,
                        match.similarity,
                        word.weight,
                        FIELDS[where],
                    )
                )
            elif word.known:
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
