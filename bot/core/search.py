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

import bisect
import heapq
import itertools
import math
import threading
from array import array
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
_FIELD_NAMES = tuple(FIELDS)
_STRENGTHS = tuple(FIELDS.values())
_LAST_NAMING_FIELD = list(FIELDS).index("role")
_FIELD_NUMBER = {name: i for i, name in enumerate(FIELDS)}  # in falling order of strength

NAME, SYNONYMS = "@name:", "@synonym:"  # what the terms of the vocabulary's groups begin with

SYNONYM = 0.80  # a synonym is nearly the word; less than 1 so that the word itself wins a tie
RELATED = (
    0.72  # words that share a long beginning (election, electoral) are often, not always, of one meaning
)
TYPO = 1.0  # times the similarity: the same letters but for an error
UNKNOWN_FREQUENCY = (
    1.5  # an unknown word weighs like one that this many facts have: it is rare, and it is missing
)

LIGHT = (
    0.65  # the weight of an everyday word (get, happen, people), which may be rare here and still says little
)
WEIGHT_CAP = 5.5  # beyond, rarity says nothing more: one fact of 400, or two
NAME_WEIGHT = 0.5  # a name counts at least so much, however many facts have it: Russia is not Belarus
PASSING = 0.4  # the weight of a word that stands only in statements (things, longer), against one of titles and asks

SHORT_STEM = 5  # words shorter than this are ignored as written, not by their stem
SHORT_WORD = 4  # words shorter than this are not guessed at: every three letters are near some others
TYPO_FLOOR = 0.77  # one letter in five, two in nine
EXCHANGED_FLOOR = 0.75  # … or two letters exchanged in a word of four (laon)
FIRST_LETTER_FLOOR = 0.88  # where the first letter differs, which people seldom mistype: one letter in nine
CHAMPIONS = (
    4_000  # postings of one term that are read in full; beyond, the strongest and shortest facts' only
)
SHORTLIST = 100  # candidates whose phrases are compared; five are shown

COVERAGE_SHARE, PHRASE_SHARE, PRECISION_SHARE = 0.70, 0.18, 0.12  # of the score; they add up to 1
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
    light: bool = False  # whether it is an everyday word, by the vocabulary
    alternatives: list[Alternative] = field(default_factory=list)
    weight: float = 0.0

    @property
    def known(self) -> bool:
        return bool(self.alternatives)

    @property
    def exact(self) -> bool:
        """Whether it is a number or a date, which fits or does not."""
        return self.token.exact

    @property
    def name(self) -> str:
        """The vocabulary's name for whom or what the word names; empty for a word that is no name."""
        return next((a.term for a in self.alternatives if a.term.startswith(NAME)), "")


@dataclass
class Posting:
    """The facts that have a term, and the number of the best field that has it in each."""

    facts: array[int] = field(default_factory=lambda: array("I"))
    fields: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True)
class Phrase:
    """A title or an ask: the weights of its words, and for each term the words that answer to it."""

    weights: tuple[float, ...]
    places: dict[str, tuple[int, ...]]
    total: float


class Index:
    """The searchable form of one fact base; immutable once built, safe to use from several threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.facts = base.facts
        self._ids = [fact.id for fact in base.facts]
        self._ignored: set[str] = set()
        self._ignored_phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._groups: dict[str, list[tuple[tuple[str, ...], str, How]]] = defaultdict(list)
        self._group_words: dict[str, str] = {}
        self._surfaces: dict[str, set[str]] = defaultdict(set)  # word -> the terms that it stands for
        self._read_vocabulary()
        self._terms: list[dict[str, int]] = []  # for each fact, its terms with the number of their best field
        self._phrase_terms: list[tuple[tuple[str, ...], ...]] = []
        self._phrases: list[tuple[Phrase, ...] | None] = [None] * len(self.facts)
        self._whole: dict[str, list[int]] = defaultdict(
            list
        )  # titles and asks, for the question that is one of them
        self._joined: dict[str, tuple[str, str]] = {}
        self._read_facts()
        self._postings = self._build_postings()
        self._weights = {term: self._term_weight(posting) for term, posting in self._postings.items()}
        self._fuzzy_words = self._build_fuzzy()
        self._guesses: dict[str, tuple[Alternative, ...]] = {}
        self._lock = threading.Lock()

    # -- building ---------------------------------------------------------------------------------

    def _read_vocabulary(self) -> None:
        vocabulary = self.base.vocabulary
        for words in map(tokens, vocabulary.ignore):
            if len(words) == 1:
                # A short word's stem may be another's (the Russian "за" and "заём"): there the word itself counts.
                self._ignored.add(words[0].surface)
                if len(words[0].surface) >= SHORT_STEM:
                    self._ignored.add(words[0].term)
            elif words:
                self._ignored_phrases[words[0].surface].append(tuple(t.surface for t in words))
        how: How
        for kind, how in (("names", "name"), ("synonyms", "synonym")):
            for head, others in getattr(vocabulary, kind).items():
                concept = f"{NAME if kind == 'names' else SYNONYMS}{head}"
                self._group_words[concept] = head
                for phrase in (head, *others):
                    words = tokens(phrase)
                    if not words:
                        continue
                    self._groups[words[0].term].append((tuple(t.term for t in words), concept, how))
                    if len(words) == 1 and not self._ignores(words[0]):
                        self._surfaces[words[0].surface] |= {words[0].term, concept}

        self._ignored_long = sorted(w for w in self._ignored if len(w) >= SHORT_STEM)
        self._ignored_letters = {_letters(w) for w in self._ignored if len(w) >= 3}
        self._light = {token.term for word in vocabulary.light for token in tokens(word)}
        self.asked = {token.term for word in vocabulary.asked for token in tokens(word)}

    def _ignores(self, token: Token) -> bool:
        return token.surface in self._ignored or (
            len(token.surface) >= SHORT_STEM and token.term in self._ignored
        )

    def _concepts(self, terms: Sequence[str]) -> Iterable[tuple[int, int, str, How]]:
        """The vocabulary's words and phrases in a text: first word, last word + 1, concept, how."""
        for i, term in enumerate(terms):
            for phrase, concept, how in self._groups.get(term, ()):
                if len(phrase) == 1 or tuple(terms[i : i + len(phrase)]) == phrase:
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
            yield "source", f"{source.author or source.speaker or ''} {source.publisher} {source.short}"

    def _read_facts(self) -> None:
        repeated: dict[str, tuple[str, ...]] = {}  # what many facts share: topics, sections, sources
        for number, fact in enumerate(self.facts):
            terms: dict[str, int] = {}
            phrases = []
            for name, text in self._fields(fact):
                if name in ("title", "asks"):
                    words = tokens(text)
                    phrases.append(tuple(t.term for t in words))
                    whole = self._whole[" ".join(t.surface for t in words)]
                    if number not in whole:
                        whole.append(number)
                    found = self._text_terms(words)
                elif name in ("topic", "section", "source", "attribution"):
                    if text not in repeated:
                        repeated[text] = self._text_terms(tokens(text))
                    found = repeated[text]
                else:
                    found = self._text_terms(tokens(text))
                where = _FIELD_NUMBER[name]
                for term in found:
                    if terms.get(term, 99) > where:
                        terms[term] = where
            self._phrase_terms.append(tuple(phrases))
            when, date = fact.when, _FIELD_NUMBER["date"]
            if when.last.year - when.first.year <= 10:
                for year in range(when.first.year, when.last.year + 1):
                    terms[f"y:{year}"] = date
            if when.has_month and when.first.year == when.last.year:
                for month in range(when.first.month, when.last.month + 1):
                    terms[f"m:{month}"] = date
            if when.start.precision == "day":
                for day in {when.first.day, when.last.day}:
                    terms.setdefault(f"n:{day}", date)
            self._terms.append(terms)

    def _text_terms(self, words: Sequence[Token]) -> tuple[str, ...]:
        """The terms of a text; notes its words for guessing and its neighbours for joined spellings."""
        found: dict[str, None] = {}
        for token in words:
            if not self._ignores(token):
                found[token.term] = None
                if not token.exact:
                    self._surfaces[token.surface].add(token.term)
        for a, b in itertools.pairwise(words):
            if not a.exact and not b.exact and len(a.surface) > 1 and len(b.surface) > 1:
                self._joined.setdefault(a.surface + b.surface, (a.surface, b.surface))
        for _, _, concept, _ in self._concepts([t.term for t in words]):
            found[concept] = None
        return tuple(found)

    def _build_postings(self) -> dict[str, Posting]:
        postings: dict[str, Posting] = defaultdict(Posting)
        for number, terms in enumerate(self._terms):
            for term, where in terms.items():
                posting = postings[term]
                posting.facts.append(number)
                posting.fields.append(where)
        for posting in postings.values():
            if (
                len(posting.facts) > CHAMPIONS
            ):  # the strongest first, then the facts with the fewest other words
                pairs = zip(posting.facts, posting.fields, strict=True)
                ordered = sorted(pairs, key=lambda p: (p[1], len(self._terms[p[0]]), p[0]))
                posting.facts = array("I", [p[0] for p in ordered])
                posting.fields = bytearray(p[1] for p in ordered)
        return dict(postings)

    def _term_weight(self, posting: Posting) -> float:
        """Rare words count more, and words that facts are named by more than words that only occur in statements."""
        naming = sum(1 for where in posting.fields if where <= _LAST_NAMING_FIELD) / len(posting.fields)
        return min(self._idf(len(posting.facts)), WEIGHT_CAP) * (PASSING + (1 - PASSING) * naming)

    def _idf(self, frequency: float) -> float:
        """BM25's inverse document frequency (Robertson and Zaragoza 2009, eq. 3.3, with 1 added so that it stays positive)."""
        n = len(self.facts)
        return math.log(1 + (n - min(frequency, n) + 0.5) / (frequency + 0.5))

    def phrases(self, number: int) -> tuple[Phrase, ...]:
        """The title and asks of a fact, made when first needed: most facts of a large base are never candidates."""
        phrases = self._phrases[number]
        if phrases is None:
            made = (self._phrase(terms) for terms in self._phrase_terms[number])
            phrases = self._phrases[number] = tuple(p for p in made if p.total)
        return phrases

    def _phrase(self, terms: tuple[str, ...]) -> Phrase:
        places: dict[str, list[int]] = defaultdict(list)
        for i, term in enumerate(terms):
            if term in self._weights:
                places[term].append(i)
        for start, stop, concept, _ in self._concepts(terms):
            places[concept] += range(start, stop)
        weights = tuple(self._weights.get(term, 0.0) for term in terms)
        return Phrase(weights, {term: tuple(at) for term, at in places.items()}, sum(weights))

    def _build_fuzzy(self) -> dict[int, list[str]]:
        """The words that a misspelt one may be, by length; Cyrillic ones also as Latin letters would spell them."""
        for word in [w for w in self._surfaces if is_cyrillic(w)]:
            self._surfaces[romanised(word)] |= self._surfaces[word]
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in sorted(self._surfaces):
            if len(word) >= SHORT_WORD:
                by_length[len(word)].append(word)
        self._words = sorted(w for words in by_length.values() for w in words)
        return dict(by_length)

    def frequency(self, term: str) -> int:
        """How many facts have a term."""
        posting = self._postings.get(term)
        return len(posting.facts) if posting else 0

    # -- understanding a question -----------------------------------------------------------------

    def question(self, text: str) -> list[QuestionWord]:
        """The words of a question that say something, with what each may stand for and what it weighs."""
        written = self._respelt(tokens(text)[: MAX_WORDS * 2])
        kept = self._said(written)
        concepts: dict[int, list[Alternative]] = defaultdict(list)
        # Phrases are looked for in the text as written (belt and road), and without its function words (rise in trade).
        for places in (range(len(written)), kept):
            for start, stop, concept, how in self._concepts([written[i].term for i in places]):
                if concept in self._postings:
                    found = Alternative(
                        concept, 1.0 if how == "name" else SYNONYM, how, self._group_words[concept]
                    )
                    inside = places[start:stop]
                    if len(inside) > 1 and not set(inside) & set(kept):
                        kept = sorted({*kept, inside[0]})
                    for i in inside:
                        if found not in concepts[i]:
                            concepts[i].append(found)
        words = [written[i] for i in kept][:MAX_WORDS]
        beside_year = any(w.term.startswith("y:") for w in words)
        result: list[QuestionWord] = []
        seen: set[str] = set()
        for i, token in enumerate(words):
            if token.term in seen:
                continue
            seen.add(token.term)
            word = QuestionWord(token, token.term in self._light)
            if token.term in self._postings:
                word.alternatives.append(
                    Alternative(token.term, 1.0, "number" if token.exact else "same", token.surface)
                )
            word.alternatives += concepts[kept[i]]
            months = months_meant(token, beside_year)
            if months:
                word.alternatives += [
                    Alternative(f"m:{m}", 1.0, "date", token.surface)
                    for m in months
                    if f"m:{m}" in self._postings and f"m:{m}" != token.term
                ]
            # A property that no fact has (population) is not guessed to be one that some have (popularity).
            if not word.alternatives and not token.exact and token.term not in self.asked:
                word.alternatives += self._guess(token.surface)
                if not word.alternatives and self._is_misspelt_function_word(token.surface):
                    continue
            word.alternatives.sort(key=lambda a: -a.similarity)
            word.weight = self._weight(word)
            result.append(word)
        return result

    def _said(self, words: Sequence[Token]) -> list[int]:
        """The places of the words that are no function words and no words of conversation."""
        surfaces = tuple(t.surface for t in words)
        drop: set[int] = set()
        for i, surface in enumerate(surfaces):
            for phrase in self._ignored_phrases.get(surface, ()):
                if surfaces[i : i + len(phrase)] == phrase:
                    drop.update(range(i, i + len(phrase)))
        return [i for i, t in enumerate(words) if i not in drop and not self._ignores(t)]

    def _respelt(self, words: Sequence[Token]) -> list[Token]:
        """Joins what the base writes as one word, and splits what it writes as two."""
        result: list[Token] = []
        skip = False
        for i, token in enumerate(words):
            if skip:
                skip = False
                continue
            if i + 1 < len(words) and not token.exact:
                together = token.surface + words[i + 1].surface
                known_apart = self._is_known(token) and self._is_known(words[i + 1])
                if not known_apart and together in self._surfaces:
                    result.append(Token(together, stem(together)))
                    skip = True
                    continue
            if not token.exact and token.surface not in self._surfaces and token.term not in self._postings:
                parts = self._joined.get(token.surface)
                if parts:
                    result += [Token(p, stem(p)) for p in parts if not self._ignores(Token(p, stem(p)))]
                    continue
            result.append(token)
        return result

    def _is_known(self, token: Token) -> bool:
        return token.term in self._postings or self._ignores(token)

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

    def _is_misspelt_function_word(self, word: str) -> bool:
        """Two letters exchanged (wiht, mcuh), or, in a longer one, a letter too many or too few (betwen)."""
        if _letters(word) in self._ignored_letters:
            return True
        if len(word) < SHORT_STEM:
            return False
        return process.extractOne(word, self._ignored_long, scorer=OSA.distance, score_cutoff=1) is not None

    def _near(self, word: str) -> list[tuple[str, float]]:
        slack = 1 if len(word) < 6 else 2
        found: list[tuple[str, float]] = []
        for length in range(len(word) - slack, len(word) + slack + 1):
            choices = self._fuzzy_words.get(length)
            if choices:
                near = process.extract(
                    word,
                    choices,
                    scorer=OSA.normalized_similarity,
                    processor=None,
                    score_cutoff=min(TYPO_FLOOR, EXCHANGED_FLOOR),
                    limit=8,
                )
                for other, similarity, _ in near:
                    exchanged = _letters(other) == _letters(word)
                    if similarity < TYPO_FLOOR and not exchanged:
                        continue
                    if other[0] == word[0] or similarity >= FIRST_LETTER_FLOOR:
                        found.append((other, similarity))
        return found

    def _same_beginning(self, word: str) -> list[str]:
        """Words of the base that begin as the word's stem does: at least five letters, and most of the longer one."""
        key = stem(word)
        if len(key) < 5:
            return []
        beginning = key[: max(5, math.ceil(0.6 * len(key)))]
        at = bisect.bisect_left(self._words, beginning)
        found: list[str] = []
        while at < len(self._words) and self._words[at].startswith(beginning) and len(found) < 8:
            if len(self._words[at]) <= len(key) + 6:
                found.append(self._words[at])
            at += 1
        return found

    def _weight(self, word: QuestionWord) -> float:
        return self._full_weight(word) * (LIGHT if word.light else 1.0)

    def _full_weight(self, word: QuestionWord) -> float:
        if not word.alternatives:
            return min(self._idf(UNKNOWN_FREQUENCY), WEIGHT_CAP)
        top = word.alternatives[0].similarity
        # Of the ways to understand the word, the commonest: a rare spelling of a common thing is common.
        weight = min(self._weights[a.term] for a in word.alternatives if a.similarity >= top - 0.1)
        return max(weight, NAME_WEIGHT) if word.name else weight

    # -- scoring ----------------------------------------------------------------------------------

    def search(self, words: Sequence[QuestionWord], limit: int = 8, text: str = "") -> list[Hit]:
        """The facts that explain most of the question, best first."""
        known = [w for w in words if w.known]
        total = sum(w.weight for w in words)
        if not known or total <= 0:
            return []
        candidates = self._candidates(known)
        whole = set(self._whole.get(fold_phrase(text), ())) if text else set()
        shortlist = heapq.nsmallest(max(SHORTLIST, limit), candidates, key=lambda n: (-candidates[n], n))
        terms: dict[str, float] = {}
        for word in known:
            for alternative in word.alternatives:
                terms[alternative.term] = max(terms.get(alternative.term, 0.0), alternative.similarity)
        best = [(1.0, number) for number in whole]
        leading: list[float] = []  # a heap of the best scores: the last of those that are wanted is the floor
        for number in shortlist:
            coverage = candidates[number] / total
            # The score is never above the coverage, and the list falls.
            if len(leading) == limit and coverage <= leading[0]:
                break
            if number not in whole:
                score = coverage * (COVERAGE_SHARE + self._phrase_fit(number, known, terms, total))
                best.append((score, number))
                if len(leading) < limit:
                    heapq.heappush(leading, score)
                else:
                    heapq.heappushpop(leading, score)
        best.sort(key=lambda b: (-b[0], self._ids[b[1]]))
        return [self._hit(number, words, min(score, 1.0)) for score, number in best[:limit]]

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
                posting = self._postings[alternative.term]
                values = [similarity * strength for strength in _STRENGTHS]
                for number, where in zip(posting.facts[:CHAMPIONS], posting.fields, strict=False):
                    value = values[where]
                    if value > best.get(number, 0.0):
                        best[number] = value
            for number, value in best.items():
                found[number] = found.get(number, 0.0) + word.weight * value
        return found

    def _strength(self, number: int, word: QuestionWord) -> tuple[float, Alternative | None, int]:
        """How well a fact has a word: 0 to 1, the alternative that it has, and the number of the field."""
        terms = self._terms[number]
        best: tuple[float, Alternative | None, int] = (0.0, None, 0)
        for alternative in word.alternatives:
            where = terms.get(alternative.term)
            if where is not None and alternative.similarity * _STRENGTHS[where] > best[0]:
                best = (alternative.similarity * _STRENGTHS[where], alternative, where)
        return best

    def _hit(self, number: int, words: Sequence[QuestionWord], score: float) -> Hit:
        """A fact with its score and the words that it has and lacks."""
        matches: list[WordMatch] = []
        missing: list[str] = []
        for word in words:
            _, found, where = self._strength(number, word)
            if found is not None:
                matches.append(
                    WordMatch(
                        word.token.surface,
                        found.matched,
                        found.how,
                        found.similarity,
                        word.weight,
                        _FIELD_NAMES[where],
                    )
                )
            elif word.known:
                missing.append(word.token.surface)
        return Hit(self.facts[number], score, tuple(matches), tuple(missing))

    def _phrase_fit(
        self, number: int, words: Sequence[QuestionWord], terms: dict[str, float], total: float
    ) -> float:
        """How well the best of a fact's title and asks fits, 0 to 1: it covers the question, and is covered by it."""
        has = self._terms[number]
        spoken = []  # what each word may stand for in this fact, the most similar first
        for word in words:
            if here := [a for a in word.alternatives if a.term in has]:
                spoken.append((word.weight, here))
        best = 0.0
        for phrase in self.phrases(number):
            places = phrase.places
            covered = 0.0
            for weight, here in spoken:
                for alternative in here:
                    if alternative.term in places:
                        covered += weight * alternative.similarity
                        break
            covered /= total
            if covered * (PHRASE_SHARE + PRECISION_SHARE) <= best:
                continue
            inside: dict[int, float] = {}
            for _, here in spoken:
                for alternative in here:
                    for place in places.get(alternative.term, ()):
                        inside[place] = max(inside.get(place, 0.0), terms[alternative.term])
            precision = (
                sum(phrase.weights[place] * similarity for place, similarity in inside.items()) / phrase.total
            )
            best = max(best, covered * (PHRASE_SHARE + PRECISION_SHARE * precision))
        return best


def _letters(word: str) -> tuple[str, str]:
    """What two spellings share that differ in the order of letters behind the first."""
    return word[:1], "".join(sorted(word))


def fold_phrase(text: str) -> str:
    """A text as the sequence of its words, for comparing whole phrases: case, accents, signs and spaces do not matter."""
    return " ".join(t.surface for t in tokens(text))


__all__ = ["Alternative", "Index", "Phrase", "QuestionWord", "fold_phrase", "fold_words"]
