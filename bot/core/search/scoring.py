"""How well each fact fits the words of a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.core.search.analysis import QuestionWord
from bot.core.search.config import SearchConfig
from bot.core.search.index import FIELDS, Array, Index, Postings
from bot.core.search.results import Hit, WordMatch
from bot.core.text import plain

NONE = len(FIELDS)


def scores(words: Sequence[QuestionWord], index: Index, config: SearchConfig) -> Array:
    """For each fact the share of the question's weight that it has, times how well its best title or ask fits.

    The fit of a phrase is how much of the question it covers, and how much of it the question covers.
    """
    total = sum(w.weight for w in words)
    covered = np.zeros(len(index.facts), np.float32)
    phrase_covered = np.zeros(len(index.phrase_totals), np.float32)
    phrase_inside = np.zeros(len(index.phrase_totals), np.float32)
    for word in words:
        _add(word, index, index.in_facts, 1, covered, None)
        _add(word, index, index.in_phrases, 0, phrase_inside, phrase_covered)
    precision = np.minimum(phrase_inside / index.phrase_totals, 1.0)
    fit = phrase_covered / total * (config.phrase_share + config.precision_share * precision)
    fits = np.maximum.reduceat(fit[: index.own_phrases], index.phrase_starts)
    return covered / total * (config.coverage_share + fits)


def _add(
    word: QuestionWord, index: Index, postings: Postings, column: int, valued: Array, having: Array | None
) -> None:
    """Adds, for each row, the value of a column by the best of the word's alternatives; to `having`, its similarity.

    For facts the value counts by the word's weight; for phrases it is a weight already.
    """
    weight = word.weight if having is None else 1.0
    spans = [(a, postings.span(index.terms[a.term])) for a in word.alternatives]
    if len(spans) == 1:
        alternative, span = spans[0]
        rows = postings.rows[span]
        share = 1 if having is None else alternative.words
        valued[rows] += postings.values[column][span] * (weight * alternative.similarity / share)
        if having is not None:
            having[rows] += word.weight * alternative.similarity
        return
    best, similar = np.zeros_like(valued), None if having is None else np.zeros_like(having)
    for alternative, span in spans:
        rows = postings.rows[span]
        share = 1 if having is None else alternative.words
        value = postings.values[column][span] * (weight * alternative.similarity / share)
        best[rows] = np.maximum(best[rows], value)
        if similar is not None:
            similar[rows] = np.maximum(similar[rows], alternative.similarity)
    valued += best
    if having is not None and similar is not None:
        having += word.weight * similar


def search(
    words: Sequence[QuestionWord], limit: int, text: str, index: Index, config: SearchConfig
) -> list[Hit]:
    """The facts that explain most of the question, best first."""
    if not any(w.known for w in words) or sum(w.weight for w in words) <= 0:
        return []
    found = scores(words, index, config)
    found[index.whole.get(plain(text), [])] = 1.0
    count = min(limit, int(np.count_nonzero(found)))
    if not count:
        return []
    # All that score like the last one, so that the order by id decides and not the partition.
    least = np.partition(found, len(found) - count)[len(found) - count]
    ordered = sorted((-float(found[n]), index.facts[n].id, int(n)) for n in np.flatnonzero(found >= least))
    numbers = [number for _, _, number in ordered[:limit]]
    return hits(numbers, [min(float(found[n]), 1.0) for n in numbers], words, index)


def hits(
    numbers: Sequence[int], found: Sequence[float], words: Sequence[QuestionWord], index: Index
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
                (
                    (a.similarity * strengths[where[place]], -i, where[place])
                    for i, (a, where) in enumerate(fields)
                ),
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
        Hit(index.facts[n], score, tuple(m), tuple(lacks))
        for n, score, m, lacks in zip(numbers, found, matches, missing, strict=True)
    ]
