"""Finding facts: the index over one fact base, and how well each fact explains a question.

Belongs here: what words of a question may stand for, what they weigh, and the score of a fact.
Does not belong here: whether the best fact is good enough to be an answer (`answer`).

In short.  A question becomes words; each word may stand for several terms of the base: itself, a
word that the vocabulary makes equal, or, where neither is known, the nearest words of the base by
optimal string alignment (rapidfuzz).  Words weigh by their rarity (BM25's inverse document
frequency).  A fact's score is the share of the question's weight that it explains, times how well
its title or one of its `asks` covers the question and the question covers it.
"""

from __future__ import annotations

import heapq
import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.model import Actor, Fact, FactBase, Figure
from bot.core.outcome import Hit, How, WordMatch
from bot.core.words import Token, fold_words, is_cyrillic, months_meant, romanised, stem, tokens

# How much a word counts by where a fact has it.  A title and the `asks` say what a fact is about;
# a statement also names bystanders; the rest places it.
FIELDS = {
    "title": 1.0, "asks": 1.0, "value": 1.0, "date": 1.0, "attribution": 0.95, "role": 0.95,
    "statement": 0.85, "topic": 0.6, "section": 0.5, "note": 0.5, "source": 0.5,
}  # fmt: skip

SYNONYM = 0.92  # a synonym is nearly the word; less than 1 so that the word itself wins a tie
RELATED = (
    0.72  # words that share a long beginning (election, electoral) are often, not always, of one meaning
)
TYPO = 0.95  # times the similarity: the same letters but for an error
UNKNOWN_FREQUENCY = (
    1.5  # an unknown word weighs like one that this many facts have: it is rare, and it is missing
)

SHORT_WORD = 4  # words shorter than this are not guessed at: every three letters are near some others
TYPO_FLOOR = 0.74  # two letters in eight, or one in four
CHAMPIONS = (
    4_000  # postings of one term that are read in full; beyond, the strongest and shortest facts' only
)
SHORTLIST = 60  # candidates whose phrases are compared; five are shown

COVERAGE_SHARE, PHRASE_SHARE, PRECISION_SHARE = 0.62, 0.20, 0.18  # of the score; they add up to 1
MAX_WORDS = 60  # a question of more words is judged by its first ones: bounded time for any text


@dataclass(frozen=True)
class Alternative:
    """A term of the base that a word of the question may stand for."""

    term: str
    similarity: float
    how: How
    matched: str


@dataclass
class QuestionWord:
    """One word of the question with what it may stand for; none where it is unknown."""

    token: Token
    alternatives: list[Alternative] = field(default_factory=list)
    weight: float = 0.0

    @property
    def known(self) -> bool:
        return bool(self.alternatives)

    @property
    def exact(self) -> bool:
        """Whether a fact must have it: numbers and dates fit or do not."""
        return self.token.exact


@dataclass(frozen=True)
class Phrase:
    """A title or an ask as terms with their weights."""

    terms: tuple[tuple[frozenset[str], float], ...]  # each word: the terms it answers to, and its weight
    weight: float
    text: str


class Index:
    """The searchable form of one fact base; immutable once built, safe to use from several threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.facts = base.facts
        self._ignored = {t.term for w in base.vocabulary.ignore for t in tokens(w) if len(tokens(w)) == 1}
        self._ignored_phrases = [
            tuple(t.surface for t in tokens(w)) for w in base.vocabulary.ignore if len(tokens(w)) > 1
        ]
        self._groups: dict[str, list[tuple[tuple[str, ...], str, How]]] = defaultdict(list)
        self._group_words: dict[str, str] = {}
        self._read_vocabulary()
        self._terms: list[dict[str, tuple[float, str]]] = []
        self._joined: dict[str, tuple[str, str]] = {}
        self._surfaces: dict[str, set[str]] = defaultdict(set)  # word -> the terms that it stands for
        self._read_facts()
        self._postings = self._build_postings()
        self._weights = {term: self._idf(len(posting)) for term, posting in self._postings.items()}
        self._phrases: list[tuple[Phrase, ...] | None] = [None] * len(self.facts)
        self._by_phrase = self._build_phrases()
        self._fuzzy_words = self._build_fuzzy()
        self._guesses: dict[str, tuple[Alternative, ...]] = {}
        self._lock = threading.Lock()

    # -- building ---------------------------------------------------------------------------------

    def _read_vocabulary(self) -> None:
        vocabulary = self.base.vocabulary
        how: How
        for kind, how in (("names", "name"), ("synonyms", "synonym")):
            for head, others in getattr(vocabulary, kind).items():
                concept = f"@{kind[0]}:{head}"
                for phrase in (head, *others):
                    words = tuple(t.term for t in tokens(phrase))
                    if words:
                        self._groups[words[0]].append((words, concept, how))
                        self._group_words.setdefault(concept, head)

    def _concepts(self, words: Sequence[Token]) -> Iterable[tuple[int, int, str, How]]:
        """The vocabulary's words and phrases in a text: first word, last word + 1, concept, how."""
        for i, token in enumerate(words):
            for phrase, concept, how in self._groups.get(token.term, ()):
                if len(phrase) == 1 or tuple(t.term for t in words[i : i + len(phrase)]) == phrase:
                    yield i, i + len(phrase), concept, how

    def _fields(self, fact: Fact) -> Iterable[tuple[str, str]]:
        base = self.base
        yield "title", fact.title
        for ask in fact.asks:
            yield "asks", ask
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
            yield "source", f"{source.by} {source.short}"

    def _read_facts(self) -> None:
        cache: dict[str, tuple[tuple[str, ...], tuple[Token, ...]]] = {}
        for fact in self.facts:
            terms: dict[str, tuple[float, str]] = {}
            for name, text in self._fields(fact):
                if text not in cache:
                    cache[text] = self._text_terms(text)
                strength = FIELDS[name]
                for term in cache[text][0]:
                    if term not in terms or terms[term][0] < strength:
                        terms[term] = (strength, name)
            when = fact.when
            if when.last.year - when.first.year <= 10:
                for year in range(when.first.year, when.last.year + 1):
                    terms[f"y:{year}"] = (FIELDS["date"], "date")
            if when.has_month and when.first.year == when.last.year:
                for month in range(when.first.month, when.last.month + 1):
                    terms[f"m:{month}"] = (FIELDS["date"], "date")
            if when.start.precision == "day":
                for day in {when.first.day, when.last.day}:
                    terms.setdefault(f"n:{day}", (FIELDS["date"], "date"))
            self._terms.append(terms)

    def _text_terms(self, text: str) -> tuple[tuple[str, ...], tuple[Token, ...]]:
        """The terms of a text; notes its words for guessing and its neighbours for joined spellings."""
        words = tokens(text)
        found = {t.term: None for t in words if t.term not in self._ignored}
        for token in words:
            if not token.exact and token.term not in self._ignored:
                self._surfaces[token.surface].add(token.term)
        for a, b in zip(words, words[1:], strict=False):
            if not a.exact and not b.exact and len(a.surface) > 1 and len(b.surface) > 1:
                self._joined.setdefault(a.surface + b.surface, (a.surface, b.surface))
        for _, _, concept, _ in self._concepts(words):
            found[concept] = None
        return tuple(found), tuple(words)

    def _build_postings(self) -> dict[str, list[tuple[int, float]]]:
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, terms in enumerate(self._terms):
            for term, (strength, _) in terms.items():
                postings[term].append((number, strength))
        for posting in postings.values():
            if len(posting) > CHAMPIONS:  # the strongest first, then the facts with the fewest other words
                posting.sort(key=lambda p: (-p[1], len(self._terms[p[0]]), p[0]))
        return dict(postings)

    def _idf(self, frequency: float) -> float:
        """BM25's inverse document frequency (Robertson and Zaragoza 2009, eq. 3.3, with 1 added so that it stays positive)."""
        n = len(self.facts)
        return math.log(1 + (n - min(frequency, n) + 0.5) / (frequency + 0.5))

    def _phrase(self, text: str) -> Phrase:
        words = tokens(text)
        concepts: dict[int, set[str]] = defaultdict(set)
        for start, stop, concept, _ in self._concepts(words):
            for i in range(start, stop):
                concepts[i].add(concept)
        terms = []
        for i, token in enumerate(words):
            if token.term not in self._ignored:
                answers = frozenset({token.term, *concepts[i]})
                terms.append((answers, self._weights.get(token.term, 0.0)))
        return Phrase(tuple(terms), sum(w for _, w in terms), fold_phrase(text))

    def _build_phrases(self) -> dict[str, list[int]]:
        """Whole titles and asks, for the question that is one of them."""
        whole: dict[str, list[int]] = defaultdict(list)
        for number, fact in enumerate(self.facts):
            for text in {fold_phrase(t) for t in (fact.title, *fact.asks)}:
                whole[text].append(number)
        return dict(whole)

    def phrases(self, number: int) -> tuple[Phrase, ...]:
        """The title and asks of a fact, made when first needed: most facts of a large base are never candidates."""
        phrases = self._phrases[number]
        if phrases is None:
            fact = self.facts[number]
            phrases = self._phrases[number] = tuple(self._phrase(t) for t in (fact.title, *fact.asks))
        return phrases

    def _build_fuzzy(self) -> dict[int, list[str]]:
        """The words that a misspelt one may be, by length; Cyrillic ones also as Latin letters would spell them."""
        for _, entries in list(self._groups.items()):
            for terms, concept, _how in entries:
                if len(terms) == 1:
                    self._surfaces[terms[0]].add(concept)
        for head, others in (*self.base.vocabulary.names.items(), *self.base.vocabulary.synonyms.items()):
            for phrase in (head, *others):
                words = tokens(phrase)
                if len(words) == 1:
                    self._surfaces[words[0].surface].add(words[0].term)
        for word in [w for w in self._surfaces if is_cyrillic(w)]:
            self._surfaces[romanised(word)] |= self._surfaces[word]
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._surfaces):
            if len(word) >= SHORT_WORD:
                by_length[len(word)].append(word)
        return dict(by_length)

    def frequency(self, term: str) -> int:
        """How many facts have a term."""
        return len(self._postings.get(term, ()))

    # -- understanding a question -----------------------------------------------------------------

    def question(self, text: str) -> list[QuestionWord]:
        """The words of a question that say something, with what each may stand for and what it weighs."""
        all_words = tokens(text)[: MAX_WORDS * 2]
        words = self._without_ignored(all_words)[:MAX_WORDS]
        words = self._respelt(words)
        concepts: dict[int, list[Alternative]] = defaultdict(list)
        for start, stop, concept, how in self._concepts(words):
            if concept in self._postings:
                similarity = 1.0 if how == "name" else SYNONYM
                for i in range(start, stop):
                    concepts[i].append(Alternative(concept, similarity, how, self._group_words[concept]))
        beside_year = any(w.term.startswith("y:") for w in words)
        result: list[QuestionWord] = []
        seen: set[str] = set()
        for i, token in enumerate(words):
            if token.term in seen:
                continue
            seen.add(token.term)
            word = QuestionWord(token)
            if token.term in self._postings:
                word.alternatives.append(
                    Alternative(token.term, 1.0, "number" if token.exact else "same", token.surface)
                )
            word.alternatives += concepts[i]
            months = months_meant(token, beside_year)
            if months:
                word.alternatives += [
                    Alternative(f"m:{m}", 1.0, "date", token.surface)
                    for m in months
                    if f"m:{m}" in self._postings and f"m:{m}" != token.term
                ]
            if not word.alternatives and not token.exact:
                word.alternatives += self._guess(token.surface)
            word.weight = self._weight(word)
            result.append(word)
        return result

    def _without_ignored(self, words: list[Token]) -> list[Token]:
        surfaces = [t.surface for t in words]
        drop: set[int] = set()
        for phrase in self._ignored_phrases:
            size = len(phrase)
            for i in range(len(words) - size + 1):
                if surfaces[i] == phrase[0] and tuple(surfaces[i : i + size]) == phrase:
                    drop.update(range(i, i + size))
        return [
            t
            for i, t in enumerate(words)
            if i not in drop and t.term not in self._ignored and len(t.surface) > 0
        ]

    def _respelt(self, words: list[Token]) -> list[Token]:
        """Joins what the base writes as one word, and splits what it writes as two."""
        result: list[Token] = []
        skip = False
        for i, token in enumerate(words):
            if skip:
                skip = False
                continue
            if i + 1 < len(words) and not token.exact:
                together = token.surface + words[i + 1].surface
                known_apart = token.term in self._postings and words[i + 1].term in self._postings
                if not known_apart and together in self._surfaces:
                    result.append(Token(together, stem(together)))
                    skip = True
                    continue
            if not token.exact and token.surface not in self._surfaces and token.term not in self._postings:
                parts = self._joined.get(token.surface)
                if parts:
                    result += [Token(p, stem(p)) for p in parts if stem(p) not in self._ignored]
                    continue
            result.append(token)
        return result

    def _guess(self, word: str) -> tuple[Alternative, ...]:
        """The terms that an unknown word may have been meant for: typing errors, and words of the same beginning."""
        cached = self._guesses.get(word)
        if cached is not None:
            return cached
        best: dict[str, Alternative] = {}
        if SHORT_WORD <= len(word) <= 40:
            spellings = {word, romanised(word)} if is_cyrillic(word) else {word}
            for spelling in spellings:
                for found, similarity in self._near(spelling):
                    for term in self._surfaces[found]:
                        how: How = "typo"
                        score = TYPO * similarity
                        if term in self._postings and (term not in best or best[term].similarity < score):
                            best[term] = Alternative(term, score, how, found)
            if not best:
                for found in self._same_beginning(word):
                    for term in self._surfaces[found]:
                        if term in self._postings and term not in best:
                            best[term] = Alternative(term, RELATED, "related", found)
        top = max((a.similarity for a in best.values()), default=0.0)
        result = tuple(
            sorted((a for a in best.values() if a.similarity >= top - 0.06), key=lambda a: -a.similarity)[:6]
        )
        with self._lock:
            if len(self._guesses) > 20_000:
                self._guesses.clear()
            self._guesses[word] = result
        return result

    def _near(self, word: str) -> list[tuple[str, float]]:
        slack = 1 if len(word) < 6 else 2
        choices = [
            w for n in range(len(word) - slack, len(word) + slack + 1) for w in self._fuzzy_words.get(n, ())
        ]
        found = process.extract(
            word, choices, scorer=OSA.normalized_similarity, processor=None, score_cutoff=TYPO_FLOOR, limit=8
        )
        # People seldom mistype the first letter; where it differs, the rest must be the same.
        return [(w, s) for w, s, _ in found if w[0] == word[0] or s >= 0.85]

    def _same_beginning(self, word: str) -> list[str]:
        """Words of the base whose stem begins as the word's does: at least five letters, and most of the longer one."""
        key = stem(word)
        need = max(5, math.ceil(0.6 * len(key)))
        if len(key) < 5:
            return []
        found = []
        for length in self._fuzzy_words.values():
            for other in length:
                if other[:need] == key[:need] and len(other) <= len(key) + 6:
                    found.append(other)
        return found[:8]

    def _weight(self, word: QuestionWord) -> float:
        if not word.alternatives:
            return self._idf(UNKNOWN_FREQUENCY)
        top = max(a.similarity for a in word.alternatives)
        # Of the ways to understand the word, the commonest: a rare spelling of a common thing is common.
        return min(self._weights[a.term] for a in word.alternatives if a.similarity >= top - 0.1)

    # -- scoring ----------------------------------------------------------------------------------

    def search(self, words: Sequence[QuestionWord], limit: int = 8, text: str = "") -> list[Hit]:
        """The facts that explain most of the question, best first."""
        known = [w for w in words if w.known]
        total = sum(w.weight for w in words)
        if not known or total <= 0:
            return []
        candidates = self._candidates(known)
        hits = []
        whole = set(self._by_phrase.get(fold_phrase(text), ())) if text else set()
        shortlist = set(heapq.nlargest(SHORTLIST, candidates, key=lambda n: (candidates[n], -n))) | whole
        for number in shortlist:
            hits.append(self._score(number, words, total, number in whole))
        hits.sort(key=lambda h: (-h.score, h.fact.id))
        return hits[:limit]

    def _candidates(self, known: list[QuestionWord]) -> dict[int, float]:
        """Facts with the weight they explain; rare words first, and no new facts once those can no longer win."""
        found: dict[int, float] = {}
        ordered = sorted(known, key=lambda w: -w.weight)
        remaining = sum(w.weight for w in ordered)
        for word in ordered:
            closed = len(found) > SHORTLIST * 4 and heapq.nlargest(SHORTLIST, found.values())[-1] >= remaining
            remaining -= word.weight
            if closed:
                for number in found:
                    found[number] += word.weight * self._strength(number, word)[0]
                continue
            best: dict[int, float] = {}
            for alternative in word.alternatives:
                similarity = alternative.similarity
                for number, strength in self._postings[alternative.term][:CHAMPIONS]:
                    value = similarity * strength
                    if value > best.get(number, 0.0):
                        best[number] = value
            for number, value in best.items():
                found[number] = found.get(number, 0.0) + word.weight * value
        return found

    def _strength(self, number: int, word: QuestionWord) -> tuple[float, Alternative | None, str]:
        terms = self._terms[number]
        best: tuple[float, Alternative | None, str] = (0.0, None, "")
        for alternative in word.alternatives:
            entry = terms.get(alternative.term)
            if entry and alternative.similarity * entry[0] > best[0]:
                best = (alternative.similarity * entry[0], alternative, entry[1])
        return best

    def _score(self, number: int, words: Sequence[QuestionWord], total: float, whole: bool) -> Hit:
        matches: list[WordMatch] = []
        missing: list[str] = []
        explained = 0.0
        matched_terms: dict[str, float] = {}
        for word in words:
            strength, alternative, where = self._strength(number, word)
            if alternative is None:
                if word.known:
                    missing.append(word.token.surface)
                continue
            explained += word.weight * strength
            for a in word.alternatives:
                matched_terms[a.term] = max(matched_terms.get(a.term, 0.0), a.similarity)
            matches.append(
                WordMatch(
                    word.token.surface,
                    alternative.matched,
                    alternative.how,
                    alternative.similarity,
                    word.weight,
                    where,
                )
            )
        coverage = explained / total
        phrase, precision = self._best_phrase(number, words, matched_terms, total)
        score = coverage * (COVERAGE_SHARE + PHRASE_SHARE * phrase + PRECISION_SHARE * phrase * precision)
        if whole:
            score = 1.0
        return Hit(self.facts[number], min(score, 1.0), tuple(matches), tuple(missing))

    def _best_phrase(
        self, number: int, words: Sequence[QuestionWord], matched: dict[str, float], total: float
    ) -> tuple[float, float]:
        """The title or ask that fits best: the share of the question that it covers, and of it that the question covers."""
        best = (0.0, 0.0)
        for phrase in self.phrases(number):
            if not phrase.weight:
                continue
            has: set[str] = set()
            inside = 0.0
            for answers, weight in phrase.terms:
                common = [matched[t] for t in answers if t in matched]
                if common:
                    inside += weight * max(common)
                    has |= answers
            covered = sum(
                w.weight * max((a.similarity for a in w.alternatives if a.term in has), default=0.0)
                for w in words
            )
            value = (covered / total, inside / phrase.weight)
            if value[0] * (1 + value[1]) > best[0] * (1 + best[1]):
                best = value
        return best


def fold_phrase(text: str) -> str:
    """A text as the sequence of its words, for comparing whole phrases: case, accents, signs and spaces do not matter."""
    return " ".join(t.surface for t in tokens(text))


__all__ = ["Alternative", "Index", "Phrase", "QuestionWord", "fold_phrase", "fold_words"]
