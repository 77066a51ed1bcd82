"""The searchable form of one fact base: which facts and phrases have which terms, and what the terms weigh."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, Fact, Figure
from bot.core.search.config import SearchConfig
from bot.core.search.cues import find_cues, main_cue
from bot.core.search.lexicon import NAME, Lexicon
from bot.core.search.normalise import common_words, latin_key
from bot.core.search.spelling import Speller
from bot.core.text import Token, is_cyrillic, plain, surfaces, tokens

FIELDS = (  # in falling order of strength; a title and the asks say what a fact is about
    "title", "asks", "value", "date", "attribution", "role", "statement", "topic", "section", "note", "source", "questions",
)  # fmt: skip
NUMBER = {name: i for i, name in enumerate(FIELDS)}
LAST_NAMING, QUESTIONS = NUMBER["role"], NUMBER["questions"]
BESIDE = frozenset({"topic", "section", "source", "note"})  # what places a fact, and is not what it says
BM25_FIELDS = frozenset({"title", "asks", "statement", "questions"})
K1, B = 1.5, 0.75  # of BM25 (Robertson and Zaragoza 2009)
MAX_YEARS = 10  # an interval of more years is not about each of them

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Postings:
    """For each term, the rows that have it and their values: `starts[term]` to `starts[term + 1]`."""

    starts: Array
    rows: Array
    values: Array  # a row of values for each column

    @classmethod
    def build(cls, size: int, terms: Array, rows: Array, *values: Array) -> Postings:
        """From one entry per term and row, in any order."""
        order = np.lexsort((rows, terms))
        starts = np.searchsorted(terms[order], np.arange(size + 1)).astype(np.int32)
        return cls(
            starts, rows[order].astype(np.int32), np.stack([v[order] for v in values]).astype(np.float32)
        )

    def span(self, term: int) -> slice:
        return slice(int(self.starts[term]), int(self.starts[term + 1]))


class Index:
    """Immutable once built, and safe to use from several threads."""

    def __init__(self, base: FactBase, lexicon: Lexicon, config: SearchConfig) -> None:
        self.base, self.facts, self.lexicon, self._config = base, base.facts, lexicon, config
        self.strength = {name: _strength(name, config) for name in FIELDS}
        self.terms: dict[str, int] = {}
        self.joined: dict[str, tuple[str, str]] = {}  # words that stand side by side, by both written as one
        self.whole: dict[str, list[int]] = defaultdict(list)  # facts by title and ask
        self._words: dict[str, set[str]] = defaultdict(
            set, {w: set(t) for w, t in lexicon.group_words.items()}
        )
        self._repeated: dict[str, tuple[list[int], list[tuple[int, int, int]]]] = {}
        self._phrase_texts: list[str] = []
        self._phrase_words: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._phrase_cues: dict[int, str] = {}
        self._text_terms: dict[str, frozenset[str]] = {}
        self._numbers = {fact.id: number for number, fact in enumerate(base.facts)}
        self._read()
        self.latin = {
            latin_key(word): word
            for word in sorted({*common_words(), *filter(is_cyrillic, self._words)}, reverse=True)
        }
        known = {w: {t for t in terms if t in self.terms} for w, terms in self._words.items()}
        self.speller = Speller({word: terms for word, terms in known.items() if terms}, config)

    # -- building ---------------------------------------------------------------------------------

    def _fields(self, fact: Fact) -> Iterator[tuple[str, str]]:
        base = self.base
        yield "title", fact.title
        yield from (("asks", ask) for ask in fact.asks)
        if isinstance(fact, Figure):
            yield "value", fact.value
        if fact.attribution:
            yield "attribution", fact.attribution
        if isinstance(fact, Actor):
            yield "role", fact.role
        yield "statement", fact.statement
        yield "topic", base.topics[fact.topic].title
        if fact.note:
            yield "note", fact.note
        for evidence in fact.evidence:
            source = base.sources[evidence.source]
            if evidence.section:
                yield "section", evidence.section
            yield "source", f"{source.author or source.speaker or ''} {source.publisher} {source.short}"

    def _read(self) -> None:
        has: tuple[list[int], list[int], list[int]] = ([], [], [])  # term, fact, field
        inside: tuple[list[int], list[int], list[int], list[int]] = (
            [],
            [],
            [],
            [],
        )  # term, phrase, places from, to
        self._places: list[int] = []  # the terms of all phrases, one after the other; -1 for stop words
        phrase_starts: list[int] = []
        phrase_facts: list[int] = []

        def add_phrase(number: int, text: str) -> None:
            places, groups = self._read_text(text)
            start, phrase = len(self._places), len(phrase_facts)
            phrase_facts.append(number)
            self._phrase_texts.append(text)
            phrase_starts.append(start)
            self._places.extend(places)
            found = [(at, at + 1, term) for at, term in enumerate(places) if term >= 0] + groups
            inside[0].extend([term for _, _, term in found])
            inside[1].extend([phrase] * len(found))
            inside[2].extend([start + first for first, _, _ in found])
            inside[3].extend([start + last for _, last, _ in found])

        questions = self.base.questions
        for number, fact in enumerate(self.facts):
            for name, text in (*self._fields(fact), *(("questions", q) for q in questions.get(fact.id, ()))):
                places, groups = self._read_text(text)
                found = [t for t in places if t >= 0] + [group for _, _, group in groups]
                has[0].extend(found)
                has[1].extend([number] * len(found))
                has[2].extend([NUMBER[name]] * len(found))
                if name in ("title", "asks"):
                    add_phrase(number, text)
                    whole = self.whole[plain(text)]
                    if number not in whole:
                        whole.append(number)
            for term in self._dates(fact):
                has[0].append(self._term(term))
                has[1].append(number)
                has[2].append(NUMBER["date"])
        self.own_phrases = len(phrase_facts)
        for number, fact in enumerate(self.facts):
            for question in questions.get(fact.id, ()):
                add_phrase(number, question)
        self._finish(
            *map(_integers, has),
            _integers(phrase_facts),
            _integers([*phrase_starts, len(self._places)]),
            *map(_integers, inside),
        )

    def _read_text(self, text: str) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The term of each word of a text, -1 for stop words; and the vocabulary's groups with the places they take."""
        if (cached := self._repeated.get(text)) is not None:
            return cached
        words = tokens(text)
        places: list[int] = []
        for token in words:
            if token in self.lexicon.stop:
                places.append(-1)
                continue
            places.append(self._term(token.term))
            if not token.exact:
                self._words[token.surface].add(token.term)
        for a, b in itertools.pairwise(words):
            if not a.exact and not b.exact and len(a.surface) > 1 and len(b.surface) > 1:
                self.joined.setdefault(a.surface + b.surface, (a.surface, b.surface))
        groups = [(i, j, self._term(g)) for i, j, g in self.lexicon.groups([t.term for t in words])]
        self._repeated[text] = places, groups
        return places, groups

    def _term(self, term: str) -> int:
        return self.terms.setdefault(term, len(self.terms))

    def _dates(self, fact: Fact) -> Iterator[str]:
        when = fact.when
        if when.last.year - when.first.year <= MAX_YEARS:
            yield from (f"year:{year}" for year in range(when.first.year, when.last.year + 1))
            yield from {f"decade:{year // 10}" for year in (when.first.year, when.last.year)}
        if when.has_month and when.first.year == when.last.year:
            yield from (f"month:{month}" for month in range(when.first.month, when.last.month + 1))
        if when.start.precision == "day":
            yield from (f"number:{day}" for day in {when.first.day, when.last.day})

    def _finish(
        self, terms: Array, facts: Array, fields: Array, phrase_facts: Array, starts: Array, *inside: Array
    ) -> None:
        config, size, count = self._config, len(self.terms), len(self.facts)
        strengths = np.array(list(self.strength.values()), np.float32)
        # The best field of each term in each fact.
        order = np.lexsort((fields, facts, terms))
        t, f, where = terms[order], facts[order], fields[order]
        first = np.ones(len(t), bool)
        first[1:] = (t[1:] != t[:-1]) | (f[1:] != f[:-1])
        t, f, where = t[first], f[first], where[first]
        own = where != QUESTIONS
        frequency = np.bincount(t[own], minlength=size)
        naming = np.bincount(t[own & (where <= LAST_NAMING)], minlength=size) / np.maximum(frequency, 1)
        everywhere = np.bincount(t, minlength=size)
        naming[frequency == 0] = 1.0
        frequency = np.where(frequency, frequency, everywhere)
        # Rare words count more, and words that facts are named by more than words that only occur in statements.
        self.frequency = frequency
        self.weights = np.minimum(self._idf(frequency), config.weight_cap) * (
            config.passing + (1 - config.passing) * naming
        )
        strength = strengths[where]
        bm25 = self._bm25(terms, facts, fields, everywhere, t * count + f)
        self.in_facts = Postings.build(size, t, f, strength * own, strength, bm25, where)

        # Phrases: how much weight the words have that a term stands for, within the phrase.
        places = np.array(self._places, np.int32)
        at = np.append(0.0, np.cumsum(np.where(places >= 0, self.weights[places], 0.0)))
        totals = at[starts[1:]] - at[starts[:-1]]
        self.phrase_totals = np.where(totals > 0, totals, np.inf).astype(np.float32)
        self.phrase_facts = phrase_facts
        term, phrase, begin, end = inside
        keys, which = np.unique(term * len(phrase_facts) + phrase, return_inverse=True)
        weight = np.bincount(which, at[end] - at[begin]).astype(np.float32)
        self.in_phrases = Postings.build(
            size, keys // len(phrase_facts), keys % len(phrase_facts), weight, np.ones_like(weight)
        )
        self.asked = np.unique(
            phrase_facts[self.own_phrases :], return_index=True
        )  # facts with questions, their starts
        self.phrase_starts = np.searchsorted(phrase_facts[: self.own_phrases], np.arange(count))
        del self._places, self._repeated

    def _bm25(self, terms: Array, facts: Array, fields: Array, frequency: Array, keys: Array) -> Array:
        """The BM25 weight of each of `keys` (term and fact) by the fields that it reads."""
        count = len(self.facts)
        read = np.isin(fields, [NUMBER[name] for name in BM25_FIELDS])
        entries, tf = np.unique(terms[read] * count + facts[read], return_counts=True)
        lengths = np.bincount(facts[read], minlength=count)
        norm = K1 * (1 - B + B * lengths / max(lengths.mean() if count else 0, 1))
        values = self._idf(frequency[entries // count]) * tf * (K1 + 1) / (tf + norm[entries % count])
        result = np.zeros(len(keys), np.float32)
        result[np.searchsorted(keys, entries)] = values
        return result

    def _idf(self, frequency: Any) -> Any:
        """BM25's inverse document frequency, with 1 added so that it stays positive."""
        n = len(self.facts)
        return np.log1p((n - np.minimum(frequency, n) + 0.5) / (frequency + 0.5))

    # -- looking up -------------------------------------------------------------------------------

    @property
    def unknown_weight(self) -> float:
        return min(float(self._idf(self._config.unknown_frequency)), self._config.weight_cap)

    @cached_property
    def rare_weight(self) -> float:
        """The weight of a word that one fact has, for scores that do not depend on the size of the base."""
        return float(self._idf(1))

    def knows(self, token: Token) -> bool:
        return token.term in self.terms or token in self.lexicon.stop

    def fields(self, term: str, facts: Array) -> Array:
        """The number of the strongest field in which each of some facts has a term, or the number of fields."""
        span = self.in_facts.span(self.terms[term])
        rows = self.in_facts.rows[span]
        at = np.minimum(rows.searchsorted(facts), len(rows) - 1)
        found = np.where(rows[at] == facts, self.in_facts.values[-1][span][at], len(FIELDS))
        return found.astype(np.intp)

    def number(self, fact: Fact) -> int:
        return self._numbers[fact.id]

    def phrases(self, number: int) -> tuple[range, range]:
        """The rows of a fact's title and asks, and those of the questions that should find it."""
        own = range(*np.searchsorted(self.phrase_facts[: self.own_phrases], (number, number + 1)))
        asked = (
            np.searchsorted(self.phrase_facts[self.own_phrases :], (number, number + 1)) + self.own_phrases
        )
        return own, range(*asked)

    def phrase_cue(self, row: int) -> str:
        """What a phrase asks for."""
        if row not in self._phrase_cues:
            self._phrase_cues[row] = main_cue(find_cues(surfaces(self._phrase_texts[row])))
        return self._phrase_cues[row]

    def phrase_terms(self, row: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All terms of a phrase in order, and the names among them."""
        if row not in self._phrase_words:
            terms = tuple(token.term for token in tokens(self._phrase_texts[row]))
            names = tuple(group for _, _, group in self.lexicon.groups(terms) if group.startswith(NAME))
            self._phrase_words[row] = terms, names
        return self._phrase_words[row]

    def text_terms(self, text: str) -> frozenset[str]:
        """The terms of any text, and the vocabulary's groups in it."""
        if text not in self._text_terms:
            terms = [token.term for token in tokens(text)]
            self._text_terms[text] = frozenset(terms) | {group for _, _, group in self.lexicon.groups(terms)}
        return self._text_terms[text]

    def all_terms(self, fact: Fact) -> frozenset[str]:
        """The terms of all that a fact says, and of the questions that should find it."""
        texts = [text for name, text in self._fields(fact) if name not in BESIDE]
        return self.text_terms(" ".join((*texts, *self.base.questions.get(fact.id, ()))))

    def word_frequency(self, term: str) -> int:
        """How many facts have a term."""
        return int(self.frequency[self.terms[term]])


def _integers(values: list[int]) -> Array:
    return np.array(values, np.int64)


def _strength(field: str, config: SearchConfig) -> float:
    if NUMBER[field] <= LAST_NAMING or field == "questions":
        return config.naming
    return config.statement if field == "statement" else config.context
