"""Answers questions: normalise, parse, retrieve and score, decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.core.facts.base import FactBase, Topic, same_series
from bot.core.search.config import DEFAULT, SearchConfig
from bot.core.search.decision import Context, decide
from bot.core.search.index import Index
from bot.core.search.lexicon import Lexicon
from bot.core.search.normalise import normalise
from bot.core.search.query import Query, clauses, parse
from bot.core.search.results import Answer, Choices, Hit, NoAnswer, Outcome, Rejection, Talk
from bot.core.search.scoring import Scores, search
from bot.core.text import fold, listed, surfaces

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
            return Answer(question, (Hit(named, 1.0),), topics=(self.base.topics[named.topic],))
        query, hits, scores = self.read(text)
        unknown = tuple(dict.fromkeys(w.token.surface for w in query.words if not w.known))
        topics = self._topics(hits)

        def none(rejection: Rejection, talk: Talk = "") -> NoAnswer:
            return NoAnswer(question, hits[:3], unknown, topics, rejection, talk)

        if not query.words:
            return none(Rejection("no_words"), _talk(query))
        if not hits or scores is None or max(hits[0].scores[:2]) < config.choice_floor:
            return none(Rejection("nothing_near", unknown, hits[0].score if hits else 0.0))
        if query.unknown_share > config.unknown_share_of_choices:
            return none(Rejection("unknown", unknown, query.unknown_share))
        if rejection := decide(Context(hits, query, scores, self.index, config)):
            return Choices(question, self._offered(hits), unknown, topics, rejection)
        return Answer(question, hits[: config.max_choices], unknown, topics)

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


def _talk(query: Query) -> Talk:
    """What a text without a content word is."""
    said = set(query.written)
    if said & set(listed("thanks")):
        return "thanks"
    return "help" if said & set(listed("help")) else "talk"
