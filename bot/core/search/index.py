"""The searchable form of one fact base: which facts and phrases have which terms, and what the terms weigh."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from bot.core.facts.base import FactBase
from bot.core.facts.models import KINDS, Actor, Fact, Figure
from bot.core.search.cues import cue_number, find_cues, main_cue
from bot.core.search.lexicon import NAME, Lexicon
from bot.core.search.ngrams import NGrams
from bot.core.search.normalise import common_words, latin_key, sounds
from bot.core.search.postings import Array, Postings
from bot.core.search.spelling import Speller
from bot.core.text import Token, is_cyrillic, tokens

FIELDS = (  # in falling order of strength; a title and the asks say what a fact is about
    "title", "asks", "value", "date", "attribution", "role", "statement", "topic", "section", "note", "source", "questions",
)  # fmt: skip
NUMBER = {name: i for i, name in enumerate(FIELDS)}
LAST_NAMING, QUESTIONS = NUMBER["role"], NUMBER["questions"]
BESIDE = frozenset({"topic", "section", "source", "note"})  # what places a fact, and is not what it says
# How much a word counts by where a fact has it.
STRENGTHS = np.array(
    [1.0 if i <= LAST_NAMING or i == QUESTIONS else 0.85 if name == "statement" else 0.5 for name, i in NUMBER.items()],
    np.float32,
)  # fmt: skip
BM25_FIELDS = [NUMBER[name] for name in ("title", "asks", "statement", "questions")]
K1, B = 1.5, 0.75  # of BM25 (Robertson and Zaragoza 2009)
MAX_YEARS = 10  # an interval of more years is not about each of them
WEIGHT_CAP = 5.5  # beyond, rarity says nothing more
PASSING = 0.4  # weight of a word that only statements have, against one of titles and asks
UNKNOWN_FREQUENCY = 1.5  # assumed document frequency of unknown terms
STOP = -1

Groups: TypeAlias = list[tuple[int, int, int]]  # first place, last place + 1, term


class Labels(NamedTuple):
    """The names of the giver and the receiver that a fact is about."""

    giver: frozenset[str]
    receiver: frozenset[str]


class Index:
    """Immutable once built, apart from `kept`, which the engine guards with its lock."""

    def __init__(self, base: FactBase, lexicon: Lexicon) -> None:
        self.base, self.facts, self.lexicon = base, base.facts, lexicon
        self.terms: dict[str, int] = {}
        self.whole: dict[str, list[int]] = defaultdict(list)  # facts by title and ask
        self.codes: dict[str, str] = {}  # a character for each word, so that phrases compare as strings
        self.phrase_codes: list[str] = []
        self.fact_codes: list[str] = []  # all characters of a fact's phrases and statement
        kinds = np.array([fact.kind for fact in base.facts])
        self.kinds = {kind: kinds == kind for kind in KINDS}
        self.number = {fact.id: number for number, fact in enumerate(base.facts)}
        words: dict[str, set[str]] = defaultdict(set, {w: set(t) for w, t in lexicon.group_words.items()})
        self.together = [
            {self.number[other] for other in (*fact.see_also, *fact.actors)}
            | {self.number[other.id] for other in base.series_of(fact)}
            for fact in base.facts
        ]  # for each fact, those that its card shows or leads to
        for number, fact in enumerate(base.facts):
            for actor in fact.actors:
                self.together[self.number[actor]].add(number)
        self._read(words)
        self.labels = [self._labels(fact) for fact in self.facts]
        cyrillic = sorted({*common_words(), *filter(is_cyrillic, words)}, reverse=True)
        self.latin = {latin_key(word): word for word in cyrillic}
        self.sounding = {word: sounds(word) for word in cyrillic}
        known = {w: found for w, terms in words.items() if (found := {t for t in terms if t in self.terms})}
        self.speller = Speller(known)
        self.kept: dict[object, Any] = {}  # where the words of earlier questions were found

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
        yield from (("questions", question) for question in base.questions.get(fact.id, ()))

    def _read(self, words: dict[str, set[str]]) -> None:
        """Reads all texts: the terms of each fact, and those of each phrase with its cue and code."""
        entries: list[tuple[int, int, int]] = []  # term, fact, field
        inside: list[tuple[int, int, int, int]] = []  # term, phrase, places from, to
        places: list[int] = []  # the terms of all phrases, one after the other
        starts: list[int] = []
        own: list[bool] = []  # of phrases: whether it is a title or ask
        cues: list[int] = []
        term_of: dict[str, int] = {}  # by word as written

        def read(text: str, own: bool = True) -> tuple[tuple[Token, ...], list[int], Groups]:
            written = tokens(text)
            found: list[int] = []
            for token in written:
                if (term := term_of.get(token.surface)) is None:
                    term = STOP if self.lexicon.is_stop(token) else self._term(token.term)
                    term_of[token.surface] = term
                if own and term != STOP and not token.exact:
                    words[token.surface].add(token.term)
                found.append(term)
            groups = self.lexicon.groups([t.term for t in written])
            return written, found, [(i, j, self._term(g)) for i, j, g in groups]

        def add_phrase(text: str, is_own: bool = False) -> tuple[list[str], list[int]]:
            written, found, groups = read(text, is_own)
            start, phrase = len(places), len(own)
            starts.append(start)
            places.extend(found)
            own.append(is_own)
            said = [t.surface for t in written]
            cues.append(cue_number(main_cue(find_cues(said))))
            self.phrase_codes.append(self.code(written, grow=True))
            inside.extend([(t, phrase, start + i, start + i + 1) for i, t in enumerate(found) if t != STOP])
            inside.extend([(term, phrase, start + i, start + j) for i, j, term in groups])
            return said, [t for t in found if t != STOP] + [term for _, _, term in groups]

        base = self.base
        spelt: list[Counter[str]] = []
        repeated: dict[str, list[int]] = {}
        phrase_starts = [0]  # of each fact, and of the questions that none answers
        for number, fact in enumerate(self.facts):
            spelt.append(Counter())
            codes: set[str] = set()
            for name, text in self._fields(fact):
                if name in ("title", "asks", "questions"):
                    said, found = add_phrase(text, name != "questions")
                    spelt[number].update(said)
                    codes.update(self.phrase_codes[-1])
                    if name != "questions" and number not in (whole := self.whole[" ".join(said)]):
                        whole.append(number)
                elif name == "statement" or text not in repeated:
                    written, terms, groups = read(text)
                    found = [t for t in terms if t != STOP] + [group for _, _, group in groups]
                    if name == "statement":
                        spelt[number].update([t.surface for t in written])
                        codes.update(self.code(written, grow=True))
                    repeated[text] = found
                else:
                    found = repeated[text]
                entries.extend([(term, number, NUMBER[name]) for term in found])
            entries.extend([(self._term(term), number, NUMBER["date"]) for term in self._dates(fact)])
            self.fact_codes.append("".join(codes))
            phrase_starts.append(len(own))
        unanswered = itertools.chain.from_iterable(base.unanswered.values())
        self.unanswered = frozenset([" ".join(add_phrase(question)[0]) for question in unanswered])
        self.phrase_starts = np.array([*phrase_starts, len(own)])
        self.whole = dict(self.whole)
        self.own, self.phrase_cues = np.array(own, bool), np.array(cues, np.int8)
        self.ngrams = NGrams(spelt)
        self._weigh(*np.array(entries, np.int64).reshape(-1, 3).T)
        edges = np.array(inside, np.int64).reshape(-1, 4).T
        self._weigh_phrases(np.array(places, np.int64), np.array([*starts, len(places)]), *edges)

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

    def _weigh(self, terms: Array, facts: Array, fields: Array) -> None:
        """The weights of the terms; for each term and fact, how strongly and where the fact has it, and its BM25."""
        size, count = len(self.terms), len(self.facts)
        # The best field of each term in each fact.
        keys = (terms * count + facts) * len(FIELDS) + fields
        best, tf = np.unique(keys, return_counts=True)
        pairs, where = best // len(FIELDS), best % len(FIELDS)
        first = np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]
        t, f, field = pairs[first] // count, pairs[first] % count, where[first]
        own = field != QUESTIONS
        frequency = np.bincount(t[own], minlength=size)
        naming = np.bincount(t[own & (field <= LAST_NAMING)], minlength=size) / np.maximum(frequency, 1)
        everywhere = np.bincount(t, minlength=size)
        naming[frequency == 0] = 1.0
        # Rare words count more, and words that facts are named by more than words that only occur in statements.
        frequency = np.where(frequency, frequency, everywhere)
        weights = np.minimum(self._idf(frequency), WEIGHT_CAP) * (PASSING + (1 - PASSING) * naming)
        self.frequencies: list[int] = frequency.tolist()
        self.weights: list[float] = weights.tolist()
        self.unknown_weight = min(float(self._idf(UNKNOWN_FREQUENCY)), WEIGHT_CAP)
        self.rare_weight = float(self._idf(1))  # of a word that one fact has

        read = np.isin(where, BM25_FIELDS)
        entry, at = np.unique(pairs[read], return_inverse=True)
        tf = np.bincount(at, tf[read])
        lengths = np.bincount(entry % count, tf, minlength=count)
        norm = K1 * (1 - B + B * lengths / max(lengths.sum() / max(count, 1), 1))
        bm25 = np.zeros(len(t))
        bm25[np.searchsorted(pairs[first], entry)] = (
            self._idf(everywhere[entry // count]) * tf * (K1 + 1) / (tf + norm[entry % count])
        )
        strength = STRENGTHS[field]
        values = np.stack([strength * own, strength, bm25, field], axis=1)
        self.in_facts = Postings.build(size, t, f, values)

    def _weigh_phrases(
        self, places: Array, starts: Array, term: Array, phrase: Array, begin: Array, end: Array
    ) -> None:
        """For each term and phrase, the share of the phrase's weight that the words have which the term stands for."""
        at = np.append(0.0, np.cumsum(np.where(places >= 0, np.array(self.weights)[places], 0.0)))
        totals = at[starts[1:]] - at[starts[:-1]]
        count = len(totals)
        keys, which = np.unique(term * count + phrase, return_inverse=True)
        share = np.bincount(which, at[end] - at[begin]) / np.maximum(totals, 1e-9)[keys % count]
        self.in_phrases = Postings.build(
            len(self.terms), keys // count, keys % count, share.astype(np.float32)
        )

    def _idf(self, frequency: Any) -> Any:
        """BM25's inverse document frequency, with 1 added so that it stays positive."""
        n = len(self.facts)
        return np.log1p((n - np.minimum(frequency, n) + 0.5) / (frequency + 0.5))

    def _labels(self, fact: Fact) -> Labels:
        parties = (fact.answers.giver, fact.answers.receiver) if fact.answers else ("", "")
        giver, receiver = (self.text_terms(party or "") for party in parties)
        return Labels(
            frozenset(t for t in giver if t.startswith(NAME)),
            frozenset(t for t in receiver if t.startswith(NAME)),
        )

    # -- looking up -------------------------------------------------------------------------------

    def code(self, words: Sequence[Token], grow: bool = False) -> str:
        """A text as one character for each word that says something; words of one group share theirs."""
        codes, lexicon = self.codes, self.lexicon
        found = []
        for i, token in enumerate(words):
            code = codes.get(token.surface)
            if code is None:
                if lexicon.is_silent(token):
                    code = ""
                else:
                    term = lexicon.common_term(token.term)
                    code = codes.get(term) or (chr(256 + len(codes)) if grow else chr(0xF0000 + i))
                    if grow:
                        codes[term] = code
                if grow:
                    codes[token.surface] = code
            found.append(code)
        return "".join(found)

    def knows(self, token: Token) -> bool:
        return token.term in self.terms or self.lexicon.is_stop(token)

    def text_terms(self, text: str) -> frozenset[str]:
        """The terms of any text, and the vocabulary's groups in it."""
        terms = [token.term for token in tokens(text)]
        return frozenset(terms) | {group for _, _, group in self.lexicon.groups(terms)}

    def phrases_of(self, number: int) -> slice:
        """The phrases of a fact; of the number behind the last one's, the questions that no fact answers."""
        start, stop = self.phrase_starts[number : number + 2].tolist()
        return slice(start, stop)

    def best_phrases(self, values: Array) -> Array:
        """The largest value of a phrase for each fact."""
        largest: Array = np.maximum.reduceat(values[: self.phrase_starts[-2]], self.phrase_starts[:-2])
        return largest

    def weight(self, term: str) -> float:
        return self.weights[self.terms[term]]

    def frequency(self, term: str) -> int:
        """How many facts have a term."""
        return self.frequencies[self.terms[term]]
