"""Answers questions: normalise, parse, retrieve and score, decide."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.core.facts.base import FactBase, Topic, same_series
from bot.core.facts.models import Actor, Fact, Figure
from bot.core.search.decision import CLEAR_MARGIN, Decision, decide, has_sign
from bot.core.search.index import Index
from bot.core.search.lexicon import Lexicon
from bot.core.search.normalise import normalise
from bot.core.search.query import Query, clauses, parse
from bot.core.search.results import Answer, Choices, Form, Hit, NoAnswer, Outcome, Rejection, Talk
from bot.core.search.roles import stems
from bot.core.search.scoring import Scores, search
from bot.core.text import fold, listed, surfaces, tokens

MAX_LENGTH = 4_000  # characters that are read
MAX_CHOICES = 5
CHOICE_FLOOR, CHOICE_SPAN = 0.18, 0.55  # the least score of a choice, and its least share of the best one's
UNKNOWN_SHARE = 0.60  # of a question for which nothing is offered
SUBJECT_FREQUENCY = 40  # a name that so many facts have says too little of what a question is about
SINGLE_WORD_FLOOR = 0.80
FAR_MARGIN = 0.30  # one fact is nearest by far
SERIES_MARGIN = 0.10  # members of a series differ by their dates alone
ALIKE = 0.8  # figures to compare score at least this share of the best one
CHATTY_WORDS = 9  # a message of so many words may contain a question among pleasantries …
CLAUSE_WORDS = 3  # … of at least so many known words
MOST_CLAUSES = 8
WHOLE_FLOOR = 0.75  # a question that a fact explains so far is taken as a whole
# Threads that search at once take the interpreter from each other: without it a burst of mentions costs 1.6 times the CPU.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Read:
    """A question or a clause of it, and the facts that it finds."""

    query: Query
    hits: list[Hit]
    scores: Scores | None
    index: Index

    @cached_property
    def decision(self) -> Decision | None:
        """None where nothing is found."""
        return decide(self.query, self.hits, self.scores, self.index) if self.hits and self.scores else None

    @property
    def chance(self) -> float:
        """How likely the best fact answers it."""
        return self.decision.chance if self.decision else 0.0


class SearchEngine:
    """Answers questions from one fact base; build one per version of the base and share it between threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.index = Index(base, Lexicon(base.vocabulary))

    def ask(self, text: str) -> Outcome:
        """The outcome for a question; never raises."""
        with _one_at_a_time:
            return self._ask(text[:MAX_LENGTH])

    def _ask(self, text: str) -> Outcome:
        question = " ".join(text.split())
        if named := self.base.get(fold(question)):
            total = self._total(parse(question, self.index))
            return Answer(question, (Hit(named, 1.0),), topics=(self.base.topics[named.topic],), total=total)
        if talk := self._talk(question):
            return NoAnswer(question, (), rejection=Rejection("no_words"), talk=talk)
        read = self.read(text)
        used = {w.text for w in read.query.words}
        outcome = self._outcome(question, read)
        return replace(outcome, dropped=tuple(w for w in dict.fromkeys(surfaces(question)) if w not in used))

    def _talk(self, question: str) -> Talk:
        """What a text is that is not a question for the facts; empty where it may be one."""
        written = tokens(question)
        said = [token.surface for token in written]
        if " ".join(said) not in listed("help") and not all(map(self.index.lexicon.is_stop, written)):
            return ""
        return "talk" if set(said).isdisjoint(listed("thanks")) else "thanks"

    def _outcome(self, question: str, read: Read) -> Outcome:
        query, hits, decision = read.query, read.hits, read.decision
        unknown = tuple(w.text for w in query.words if not w.known)
        near = (unknown, self._topics(hits))
        score = max(hits[0].scores[:2]) if hits else 0.0
        if not query.words:
            return NoAnswer(question, (), *near, Rejection("no_words"))
        if decision is None or score < CHOICE_FLOOR:
            return NoAnswer(question, tuple(hits[:3]), *near, Rejection("nothing_near", unknown, score))
        if query.unknown_share > UNKNOWN_SHARE:
            return NoAnswer(
                question, tuple(hits[:3]), *near, Rejection("unknown", unknown, query.unknown_share)
            )
        rejection, shares, total = decision.rejection, decision.shares, self._total(query)
        rows = (
            self._side_by_side(query, hits) if rejection is None or rejection.code in ("doubt", "tie") else ()
        )
        if rows:
            return Answer(question, rows, *near, None, shares, "comparison", total)
        if rejection is None:
            return Answer(question, tuple(hits[:MAX_CHOICES]), *near, None, shares, "card", total)
        foreign = self._is_another_subject(query, decision, hits[0])
        name_unsaid = any(w.name and w.text not in decision.said for w in query.words)
        if (foreign or (name_unsaid and len(query.words) == 2)) and (about := self._about(query)):
            return Choices(question, (about,), *near, rejection, shares, "closest")
        if foreign:
            return NoAnswer(question, tuple(hits[:3]), *near, Rejection("subject"), shares)
        form = _form(query, decision, total)
        floor = hits[0].order * CHOICE_SPAN
        offered = hits[:1] if form == "closest" else [h for h in hits[:MAX_CHOICES] if h.order >= floor]
        return Choices(question, tuple(offered), *near, rejection, shares, form, total)

    def _total(self, query: Query) -> int:
        """How many facts have the one word or name of a question; 0 for a question of several."""
        names = {w.name for w in query.words}
        if len(query.words) != 1 and (len(names) != 1 or "" in names):
            return 0
        return max((self.index.frequency(a.term) for w in query.words for a in w.alternatives), default=0)

    def _about(self, query: Query) -> Hit | None:
        """The fact that is called by a name of the question alone, unless very many facts have the name."""
        for word in query.words:
            if word.name and self.index.frequency(word.name) < SUBJECT_FREQUENCY:
                hits = self._read(word.text).hits
                if hits and isinstance(hits[0].fact, Actor) and hits[0].score >= SINGLE_WORD_FLOOR:
                    return hits[0]
        return None

    def _is_another_subject(self, query: Query, decision: Decision, best: Hit) -> bool:
        """Whether a question shares with the best fact no more than a name, and asks for something else of it."""
        others = [w for w in query.words if not w.name and not w.low]
        own = {m.word for m in best.matches if m.field != "questions" and m.how != "synonym"}
        properties = self.index.lexicon.attributes
        shared = (
            w for w in others if w.text in decision.said and (w.text in own or w.token.term not in properties)
        )
        return bool(others) and any(w.name for w in query.words) and not any(shared)

    def _side_by_side(self, query: Query, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Figures to compare: the series of the best one by time, or one for each of several things that are named."""
        near = [h for h in hits if isinstance(h.fact, Figure) and h.order >= ALIKE * hits[0].order]
        if not near:
            return ()
        best = near[0]
        measure = self._measure(best.fact)
        if query.has("over_time") and best is hits[0]:
            series = self.base.by_series.get(best.fact.series or "", ())
            rows = [Hit(fact, best.score) for fact in series if self._measure(fact) == measure]
            return tuple(rows) if len(rows) > 1 else ()
        alike = [h for h in near if self._measure(h.fact) == measure]
        if query.has("comparing"):
            return tuple(alike) if len({h.fact.series for h in alike}) > 1 else ()
        if not query.has("joining"):
            return ()
        named = {w.text for w in query.words if w.name or w.exact}
        found = [frozenset(named & {m.word for m in h.matches}) for h in alike]
        common = frozenset.intersection(*found)
        # Of the facts that are about the same things, the best.
        rows_by_names = {
            names: h for names, h in zip(reversed(found), reversed(alike), strict=True) if names - common
        }
        return tuple(sorted(rows_by_names.values(), key=alike.index)) if len(rows_by_names) > 1 else ()

    def _measure(self, fact: Fact) -> set[str]:
        """What sort of quantity a figure is: only figures of one sort stand side by side."""
        value = getattr(fact, "value", "")
        terms = self.index.text_terms((fact.answers and fact.answers.measure) or fact.title)
        signs = {section for section in ("money", "shares") if has_sign(value, section)}
        return signs | {section for section in ("parts", "changing") if terms & stems(section)}

    def read(self, text: str) -> Read:
        """The question as a whole, or the clause that holds it where a message is chatty, with the facts that it finds."""
        text = normalise(text, self.index.knows, self.index.latin, self.index.sounding)
        whole = self._read(" ".join(text.split()))
        if len(whole.query.written) < CHATTY_WORDS or (whole.hits and whole.hits[0].score >= WHOLE_FLOOR):
            return whole
        parts = clauses(text)[:MOST_CLAUSES]
        if len(parts) < 2 and not whole.query.has("greetings"):
            return whole
        found = [self._read(part) for part in parts]
        questions = [f for f in found if sum(w.known for w in f.query.words) >= CLAUSE_WORDS]
        return max((whole, *questions), key=lambda read: read.chance)

    def _read(self, text: str) -> Read:
        query = parse(text, self.index)
        hits, scores = search(query, self.index)
        return Read(
            query, hits if any(w.exact for w in query.words) else _latest_first(hits), scores, self.index
        )

    def _topics(self, hits: Sequence[Hit]) -> tuple[Topic, ...]:
        """The topics of the nearest facts, commonest first."""
        counts = Counter(hit.fact.topic for hit in hits)
        return tuple(self.base.topics[topic] for topic, _ in counts.most_common(3))


def _form(query: Query, decision: Decision, total: int) -> Form:
    code = decision.rejection.code if decision.rejection else ""
    if code in ("broad", "tie"):
        return "overview" if total > MAX_CHOICES and len(query.words) == 1 else "list"
    return "closest" if decision.margin >= (FAR_MARGIN if code == "doubt" else CLEAR_MARGIN) else "list"


def _latest_first(hits: list[Hit]) -> list[Hit]:
    """The latest of a series leads where it fits almost as well as the best: who names no time asks for now."""
    if not hits or not hits[0].fact.series:
        return hits
    best = hits[0]
    alike = [h for h in hits if same_series(h.fact, best.fact) and h.score >= best.score - SERIES_MARGIN]
    latest = max(alike, key=lambda h: h.fact.when.sort_key)
    first = replace(latest, score=best.score, order=best.order, scores=best.scores)
    return [first, *(h for h in hits if h is not latest)]
