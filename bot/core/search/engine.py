"""Answers questions: normalise, parse, retrieve and score, decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.core.facts.base import FactBase, Topic, same_series
from bot.core.facts.models import Actor, Figure
from bot.core.search.config import DEFAULT, SearchConfig
from bot.core.search.decision import Context, decide
from bot.core.search.index import Index
from bot.core.search.lexicon import Lexicon, letters
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
from bot.core.search.scoring import Scores, search
from bot.core.text import fold, listed, surfaces, tokens

SIDE_BY_SIDE: frozenset[Code] = frozenset(
    {"doubt", "tie", "name", "number"}
)  # reasons that several figures lift
Read: TypeAlias = tuple[Query, tuple[Hit, ...], Scores | None]


class SearchEngine:
    """Answers questions from one fact base; build one per version of the base and share it between threads."""

    def __init__(self, base: FactBase, config: SearchConfig = DEFAULT) -> None:
        self.base, self.config = base, config
        self.index = Index(base, Lexicon(base.vocabulary), config)

    def ask(self, text: str) -> Outcome:
        """The outcome for a question: never raises, whatever the text."""
        config = self.config
        text = text[: config.max_length]
        question = " ".join(text.split())
        if named := self.base.get(fold(question)):
            total = self._total(parse(question, self.index, config))
            return Answer(question, (Hit(named, 1.0),), topics=(self.base.topics[named.topic],), total=total)
        if talk := _talk(surfaces(text), self.index):
            return NoAnswer(question, (), rejection=Rejection("no_words"), talk=talk)
        query, hits, scores = self.read(text)
        unknown = tuple(dict.fromkeys(w.token.surface for w in query.words if not w.known))
        topics = self._topics(hits)
        rejection = self._is_nothing_near(query, hits, unknown)
        if rejection or scores is None:
            return NoAnswer(question, hits[:3], unknown, topics, rejection)
        context = Context(hits, query, scores, self.index, config)
        rejection = decide(context)
        rows = self._side_by_side(query, hits) if rejection is None or rejection.code in SIDE_BY_SIDE else ()
        total = self._total(query)
        explained = context.explanation
        if rows:
            return Answer(question, rows, unknown, topics, None, explained, "comparison", total)
        if rejection is None:
            return Answer(
                question, hits[: config.max_choices], unknown, topics, None, explained, "card", total
            )
        foreign = self._is_another_subject(query, context)
        about = self._about(query) if foreign or (rejection.code == "name" and len(query.words) == 2) else ()
        if about:
            return Choices(question, about, unknown, topics, rejection, explained, "closest")
        if foreign:
            return NoAnswer(question, hits[:3], unknown, topics, Rejection("subject"), explained)
        form = self._form(context, rejection, total)
        offered = hits[:1] if form == "closest" else self._offered(hits)
        return Choices(question, offered, unknown, topics, rejection, explained, form, total)

    def _is_nothing_near(
        self, query: Query, hits: Sequence[Hit], unknown: tuple[str, ...]
    ) -> Rejection | None:
        config = self.config
        if not query.words:
            return Rejection("no_words")
        if not hits or max(hits[0].scores[:2]) < config.choice_floor:
            return Rejection("nothing_near", unknown, max(hits[0].scores[:2]) if hits else 0.0)
        if query.unknown_share > config.unknown_share_of_choices:
            return Rejection("unknown", unknown, query.unknown_share)
        return None

    def _form(self, context: Context, rejection: Rejection, total: int) -> Form:
        if rejection.code in AMBIGUOUS:
            return "overview" if total > self.config.max_choices and len(context.query.words) == 1 else "list"
        near = self.config.far_margin if rejection.code == "doubt" else self.config.clear_margin
        return "closest" if context.margin >= near else "list"

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
            if word.name and self.index.word_frequency(word.name) < self.config.subject_frequency:
                hits = self._read_clause(word.token.surface)[1]
                if (
                    hits
                    and isinstance(hits[0].fact, Actor)
                    and hits[0].score >= self.config.single_word_floor
                ):
                    return hits[:1]
        return ()

    def _is_another_subject(self, query: Query, context: Context) -> bool:
        """Whether a question shares with the best fact no more than a name, and asks for something else of it."""
        others = [w for w in query.words if not w.name and not w.low]
        attributes = self.index.lexicon.attributes
        own = {
            m.word for m in context.hits[0].matches if m.field != "questions" and m.how != "synonym"
        } & context.said
        foreign = [
            w for w in others if w.token.surface not in (own if w.token.term in attributes else context.said)
        ]
        return any(w.name for w in query.words) and bool(others) and len(foreign) == len(others)

    def _side_by_side(self, query: Query, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Figures to compare: the series of the best one by time, or one for each of several things that are named."""
        best = hits[0]
        if not isinstance(best.fact, Figure):
            return ()
        alike = [h for h in hits if isinstance(h.fact, Figure) and h.order >= self.config.alike * best.order]
        if set(query.written) & set(listed("over_time")):
            series = self.base.by_series.get(best.fact.series or "", ())
            return tuple(Hit(fact, best.score) for fact in series) if len(series) > 1 else ()
        if set(query.written) & set(listed("comparing")):
            return tuple(alike) if len({h.fact.series for h in alike}) > 1 else ()
        if not set(query.written) & set(listed("joining")):
            return ()
        named = {w.token.surface for w in query.words if w.name or w.exact}
        rows = [(h, found) for h in alike if (found := named & {m.word for m in h.matches})]
        return tuple(h for h, _ in rows) if len({frozenset(found) for _, found in rows}) > 1 else ()

    def read(self, text: str) -> Read:
        """The question as a whole, or the clause that holds it where a message is chatty, with the facts that it finds."""
        config = self.config
        text = normalise(text, self.index.knows, self.index.latin)
        best = self._read_clause(" ".join(text.split()))
        parts = clauses(text)
        written = surfaces(text)
        chatty = (
            len(parts) > 1 and len(written) >= config.chatty_words and set(written) & set(listed("greetings"))
        )
        if not chatty or _top(best) >= config.whole_floor:
            return best
        found = [self._read_clause(part) for part in parts]
        questions = [
            f
            for f in found
            if sum(w.known for w in f[0].words) >= config.clause_words and _top(f) > _top(best)
        ]
        # Among clauses, the question has most weight explained.
        return max(questions, key=lambda f: _top(f) * f[0].weight, default=best)

    def _read_clause(self, text: str) -> Read:
        config = self.config
        query = parse(text, self.index, config)
        limit = config.hits_of_dates if query.asks == "year" else config.max_hits
        hits, scores = search(query.words, limit, text, self.index, config)
        hits.sort(key=lambda h: (-h.order * query.bonus(h.fact, config), h.fact.id))
        del hits[config.max_hits :]
        hits = hits if any(w.exact for w in query.words) else self._latest_first(hits)
        return query, tuple(hits), scores

    def _latest_first(self, hits: list[Hit]) -> list[Hit]:
        """The latest of a series leads where it fits almost as well as the best: who names no time asks for now."""
        if not hits or not hits[0].fact.series:
            return hits
        best = hits[0]
        floor = best.score - self.config.series_margin
        alike = [h for h in hits if same_series(h.fact, best.fact) and h.score >= floor]
        latest = max(alike, key=lambda h: h.fact.when.sort_key)
        first = replace(latest, score=best.score, order=best.order, scores=best.scores)
        return [first, *(h for h in hits if h is not latest)]

    def _offered(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        floor = hits[0].order * self.config.choice_span
        return tuple(h for h in hits[: self.config.max_choices] if h.order >= floor)

    def _topics(self, hits: Sequence[Hit]) -> tuple[Topic, ...]:
        """The topics of the nearest facts, commonest first."""
        counts = Counter(hit.fact.topic for hit in hits)
        return tuple(self.base.topics[topic] for topic, _ in counts.most_common(3))


def _top(read: Read) -> float:
    return read[1][0].score if read[1] else 0.0


def _talk(written: Sequence[str], index: Index) -> Talk:
    """What a text is that is not a question for the facts; empty where it may be one."""
    if len(written) == 1 and any(letters(word) == letters(written[0]) for word in listed("help")):
        return "help"
    said = set(written)
    if any(token not in index.lexicon.stop for word in written for token in tokens(word)):
        return ""
    return "thanks" if said & set(listed("thanks")) else "talk"
