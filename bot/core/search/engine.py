"""Answers questions: normalise, parse, retrieve and score, decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.core.facts.base import FactBase, Topic, same_series
from bot.core.facts.models import Actor, Fact, Figure
from bot.core.search.decision import CLEAR_MARGIN, Decision, has_sign
from bot.core.search.index import Index
from bot.core.search.lexicon import Lexicon, letters
from bot.core.search.model import probability
from bot.core.search.normalise import normalise
from bot.core.search.query import Query, clauses, parse
from bot.core.search.results import (
    AMBIGUOUS,
    Answer,
    Choices,
    Code,
    Form,
    Hit,
    NoAnswer,
    Outcome,
    Rejection,
    Talk,
)
from bot.core.search.roles import stems
from bot.core.search.scoring import Scores, search
from bot.core.text import fold, listed, surfaces, tokens

MAX_LENGTH = 4_000  # characters that are read
MAX_CHOICES = 5
CHOICE_FLOOR, CHOICE_SPAN = 0.18, 0.55  # the least score of a choice, and its least share of the best one's
UNKNOWN_SHARE = 0.60  # of a question for which nothing is offered
FAINT, FAINT_SCORE = (
    0.10,
    0.30,
)  # the probability and the score below which the best fact is about something else
SUBJECT_FREQUENCY = 40  # a name that so many facts have says too little of what a question is about
SINGLE_WORD_FLOOR = 0.80
FAR_MARGIN = 0.30  # one fact is nearest by far
SERIES_MARGIN = 0.10  # members of a series differ by their dates alone
ALIKE = 0.8  # figures to compare score at least this share of the best one
CHATTY_WORDS, CLAUSE_WORDS = (
    9,
    3,
)  # lengths of messages that may contain a question among pleasantries, and of the question
WHOLE_FLOOR = 0.75  # a question that a fact explains so far is taken as a whole
SIDE_BY_SIDE: frozenset[Code] = frozenset(
    {"doubt", "tie", "name", "number"}
)  # reasons that several figures lift


class Read(NamedTuple):
    """A question or a clause of it, the facts that it finds, and whether the text as a whole finds the same one."""

    query: Query
    hits: list[Hit]
    scores: Scores | None
    agrees: bool = True


class SearchEngine:
    """Answers questions from one fact base; build one per version of the base and share it between threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.index = Index(base, Lexicon(base.vocabulary))

    def ask(self, text: str) -> Outcome:
        """The outcome for a question; never raises."""
        text = text[:MAX_LENGTH]
        question = " ".join(text.split())
        if named := self.base.get(fold(question)):
            total = self._total(parse(question, self.index))
            return Answer(question, (Hit(named, 1.0),), topics=(self.base.topics[named.topic],), total=total)
        if talk := _talk(surfaces(text), self.index):
            return NoAnswer(question, (), rejection=Rejection("no_words"), talk=talk)
        read = self.read(text)
        outcome = self._outcome(question, read)
        used = {w.text for w in read.query.words}
        return replace(outcome, dropped=tuple(w for w in dict.fromkeys(surfaces(text)) if w not in used))

    def _outcome(self, question: str, read: Read) -> Outcome:
        query, hits, scores, agrees = read
        unknown = tuple(dict.fromkeys(w.text for w in query.words if not w.known))
        near = (unknown, self._topics(hits))
        nothing = _is_nothing_near(query, hits, unknown)
        if nothing or scores is None:
            return NoAnswer(question, tuple(hits[:3]), *near, nothing)
        decision = Decision(query, hits, scores, self.index)
        rejection, total = decision.rejection, self._total(query)
        if rejection is None and not agrees:
            rejection = Rejection("doubt", value=probability(decision.shares))
        rows = self._side_by_side(query, hits) if rejection is None or rejection.code in SIDE_BY_SIDE else ()
        if rows:
            return Answer(question, rows, *near, None, decision.shares, "comparison", total)
        if rejection is None:
            return Answer(question, tuple(hits[:MAX_CHOICES]), *near, None, decision.shares, "card", total)
        foreign = self._is_another_subject(decision)
        about = self._about(query) if foreign or (rejection.code == "name" and len(query.words) == 2) else ()
        if about:
            return Choices(question, about, *near, rejection, decision.shares, "closest")
        faint = rejection.code == "doubt" and (rejection.value or 0) < FAINT and hits[0].score < FAINT_SCORE
        if foreign or faint:
            return NoAnswer(question, tuple(hits[:3]), *near, Rejection("subject"), decision.shares)
        form = _form(decision, rejection, total)
        floor = hits[0].order * CHOICE_SPAN
        offered = hits[:1] if form == "closest" else [h for h in hits[:MAX_CHOICES] if h.order >= floor]
        return Choices(question, tuple(offered), *near, rejection, decision.shares, form, total)

    def _total(self, query: Query) -> int:
        """How many facts have the one word or name of a question; 0 for a question of several."""
        names = {w.name for w in query.words}
        if len(query.words) != 1 and (len(names) != 1 or "" in names):
            return 0
        return max(
            (self.index.word_frequency(a.term) for w in query.words for a in w.alternatives), default=0
        )

    def _about(self, query: Query) -> tuple[Hit, ...]:
        """The fact that is called by a name of the question alone, unless very many facts have the name."""
        for word in query.words:
            if word.name and self.index.word_frequency(word.name) < SUBJECT_FREQUENCY:
                hits = self._read_clause(word.text).hits
                if hits and isinstance(hits[0].fact, Actor) and hits[0].score >= SINGLE_WORD_FLOOR:
                    return (hits[0],)
        return ()

    def _is_another_subject(self, decision: Decision) -> bool:
        """Whether a question shares with the best fact no more than a name, and asks for something else of it."""
        words, said = decision.query.words, decision.said
        others = [w for w in words if not w.name and not w.low]
        own = said & {m.word for m in decision.best.matches if m.field != "questions" and m.how != "synonym"}
        properties = self.index.lexicon.attributes
        foreign = [w for w in others if w.text not in (own if w.token.term in properties else said)]
        return any(w.name for w in words) and bool(others) and len(foreign) == len(others)

    def _side_by_side(self, query: Query, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Figures to compare: the series of the best one by time, or one for each of several things that are named."""
        near = [h for h in hits if isinstance(h.fact, Figure) and h.order >= ALIKE * hits[0].order]
        if not near:
            return ()
        best = near[0]
        if query.has("over_time") and best is hits[0]:
            series = self.base.by_series.get(best.fact.series or "", ())
            return tuple(Hit(fact, best.score) for fact in series) if len(series) > 1 else ()
        if not (query.has("comparing") or query.has("joining")):
            return ()
        measure = self._measure(best.fact)
        alike = [h for h in near if self._measure(h.fact) == measure]
        if query.has("comparing"):
            return tuple(alike) if len({h.fact.series for h in alike}) > 1 else ()
        named = {w.text for w in query.words if w.name or w.exact}
        found = [frozenset(named & {m.word for m in h.matches}) for h in alike]
        rows = {
            names: h
            for h, names in reversed(list(zip(alike, found, strict=True)))
            if names - frozenset.intersection(*found)
        }
        return tuple(sorted(rows.values(), key=alike.index)) if len(rows) > 1 else ()

    def _measure(self, fact: Fact) -> frozenset[str]:
        """What sort of quantity a figure is: only figures of one sort stand side by side."""
        measure = fact.answers.measure if fact.answers else None
        terms = self.index.text_terms(measure or fact.title)
        signs = {section for section in ("money", "shares") if has_sign(getattr(fact, "value", ""), section)}
        return frozenset(signs | {section for section in ("parts", "changing") if terms & stems(section)})

    def read(self, text: str) -> Read:
        """The question as a whole, or the clause that holds it where a message is chatty, with the facts that it finds."""
        text = normalise(text, self.index.knows, self.index.latin, self.index.sounding)
        best = self._read_clause(" ".join(text.split()))
        parts = clauses(text)
        if len(best.query.written) < CHATTY_WORDS or (len(parts) < 2 and not best.query.has("greetings")):
            return best
        if _top(best) >= WHOLE_FLOOR:
            return best
        found = [self._read_clause(part) for part in parts]
        questions = [f for f in found if f.hits and sum(w.known for w in f.query.words) >= CLAUSE_WORDS]
        chances = [(self._chance(read), read) for read in (best, *questions) if read.hits]
        votes: dict[str, float] = {}
        for chance, read in chances:
            votes[read.hits[0].fact.id] = votes.get(read.hits[0].fact.id, 0.0) + chance
        if not votes:
            return best
        meant = max(votes, key=lambda fact_id: votes[fact_id])
        _, chosen = max((c for c in chances if c[1].hits[0].fact.id == meant), key=lambda c: c[0])
        return chosen._replace(agrees=bool(best.hits) and best.hits[0].fact.id == meant)

    def _chance(self, read: Read) -> float:
        """How likely the best fact of a reading answers it."""
        if not read.hits or read.scores is None:
            return 0.0
        return probability(Decision(read.query, read.hits, read.scores, self.index).shares)

    def _read_clause(self, text: str) -> Read:
        query = parse(text, self.index)
        hits, scores = search(query, self.index)
        return Read(query, hits if any(w.exact for w in query.words) else _latest_first(hits), scores)

    def _topics(self, hits: Sequence[Hit]) -> tuple[Topic, ...]:
        """The topics of the nearest facts, commonest first."""
        counts = Counter(hit.fact.topic for hit in hits)
        return tuple(self.base.topics[topic] for topic, _ in counts.most_common(3))


def _is_nothing_near(query: Query, hits: Sequence[Hit], unknown: tuple[str, ...]) -> Rejection | None:
    if not query.words:
        return Rejection("no_words")
    if not hits or max(hits[0].scores[:2]) < CHOICE_FLOOR:
        return Rejection("nothing_near", unknown, max(hits[0].scores[:2]) if hits else 0.0)
    if query.unknown_share > UNKNOWN_SHARE:
        return Rejection("unknown", unknown, query.unknown_share)
    return None


def _form(decision: Decision, rejection: Rejection, total: int) -> Form:
    if rejection.code in AMBIGUOUS:
        return "overview" if total > MAX_CHOICES and len(decision.query.words) == 1 else "list"
    near = FAR_MARGIN if rejection.code == "doubt" else CLEAR_MARGIN
    return "closest" if decision.margin >= near else "list"


def _latest_first(hits: list[Hit]) -> list[Hit]:
    """The latest of a series leads where it fits almost as well as the best: who names no time asks for now."""
    if not hits or not hits[0].fact.series:
        return hits
    best = hits[0]
    alike = [h for h in hits if same_series(h.fact, best.fact) and h.score >= best.score - SERIES_MARGIN]
    latest = max(alike, key=lambda h: h.fact.when.sort_key)
    first = replace(latest, score=best.score, order=best.order, scores=best.scores)
    return [first, *(h for h in hits if h is not latest)]


def _top(read: Read) -> float:
    return read.hits[0].score if read.hits else 0.0


def _talk(written: Sequence[str], index: Index) -> Talk:
    """What a text is that is not a question for the facts; empty where it may be one."""
    if any(" ".join(written) == word for word in listed("help")) or (
        len(written) == 1 and any(letters(word) == letters(written[0]) for word in listed("help"))
    ):
        return "help"
    said = set(written)
    if any(token not in index.lexicon.stop for word in written for token in tokens(word)):
        return ""
    return "thanks" if said & set(listed("thanks")) else "talk"
