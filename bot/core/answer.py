"""Answering: the question read, the best facts found, and one of three outcomes.

Belongs here: which part of a message is the question, which facts lead, and what is offered.  Does not belong
here: how a fact is scored (`search`), why the best one is no answer (`doubt`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.core.doubt import FIT, doubt
from bot.core.facts.base import FactBase, Topic, same_series
from bot.core.outcome import Answer, Choices, Hit, NoFact, Outcome
from bot.core.reading import Reading, rank, wanted_kind
from bot.core.search import Index
from bot.core.words import fold_words, tokens

CHOICE_FLOOR = 0.18  # below, not even a suggestion: what fits so little is noise
CHOICE_SPAN = 0.55  # suggestions score at least this share of the best one
UNKNOWN_SHARE_FOR_CHOICES = 0.60
SERIES_MARGIN = 0.10  # members of a series differ by their dates alone, so their scores differ by chance
CHATTY_WORDS = 9  # a text of so many words may hold a question among pleasantries …
WHOLE_FLOOR = 0.75  # … unless a fact explains so much of all of it
CLAUSE_WORDS = 3  # a clause is a question of its own from so many known words on
MAX_CHOICES = 5
MANY_HITS = 300
MAX_HITS = 8  # some more than are shown, so that rivals and later members of a series are among them
MAX_LENGTH = 4_000  # characters that are read; Slack allows a message of that length

_BEFORE_AND_AFTER = frozenset("before after until till since by до после по".split())
_MENTION = re.compile(r"(?<!\w)@\w+")  # said to somebody: a greeting
_PLEASANTRIES = frozenset(
    "hi hello hey morning afternoon evening dear please thanks thank cheers sorry quick"
    " привет здравствуйте добрый пожалуйста спасибо подскажите извините".split()
)
# A clause of a chatty message ends at one of these; the question is usually in one clause.
_CLAUSE = re.compile(r"[,;:!?\n]+|\.(?=\s|$)")


class FactFinder:
    """Answers questions from one fact base; build one per version of the base and share it between threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.index = Index(base)

    def ask(self, text: str) -> Outcome:
        """The outcome for a question: never raises, whatever the text."""
        text = " ".join(text[:MAX_LENGTH].split())
        named = self.base.get(fold_words(text))
        if named:
            return Answer(
                text,
                (Hit(named, 1.0),),
                (),
                (self.base.topics[named.topic],),
                "the question is the fact's id",
            )
        reading = self._read(_MENTION.sub(" hello ", text))
        words, hits = reading.words, reading.hits
        unknown = tuple(dict.fromkeys(w.token.surface for w in words if not w.known))
        topics = self._topics(hits)

        def none(reason: str) -> NoFact:
            return NoFact(text, hits[:3], unknown, topics, reason)

        if not words:
            return none("no word of the question says what it is about")
        if not hits or hits[0].score < CHOICE_FLOOR:
            best = f"{hits[0].score:.2f}" if hits else "nothing"
            return none(
                f"the best fact explains too little of the question ({best} of {CHOICE_FLOOR} needed)"
            )
        if reading.unknown_share > UNKNOWN_SHARE_FOR_CHOICES:
            return none(f"words never heard of carry {reading.unknown_share:.0%} of the question")
        if why := doubt(reading, self.index):
            return Choices(text, self._offered(hits), unknown, topics, why, why in FIT)
        reason = f"one fact explains {hits[0].score:.0%} of the question"
        return Answer(text, hits[:MAX_CHOICES], unknown, topics, reason)

    # -- the question -----------------------------------------------------------------------------

    def _read(self, text: str) -> Reading:
        """The question as a whole, or the clause that holds it where a message is chatty."""
        best = self._read_clause(text)
        clauses = [c for c in _CLAUSE.split(text) if c.strip()]
        said = {t.surface for t in tokens(text)}
        if len(clauses) < 2 or len(tokens(text)) < CHATTY_WORDS or not said & _PLEASANTRIES:
            return best
        if best.top >= WHOLE_FLOOR:
            return best
        readings = [self._read_clause(clause) for clause in clauses]
        questions = [
            r for r in readings if sum(w.known for w in r.words) >= CLAUSE_WORDS and r.top > best.top
        ]
        return max(questions, key=lambda r: r.explained, default=best)

    def _read_clause(self, text: str) -> Reading:
        words = tuple(self.index.question(text))
        said = {t.surface for t in tokens(text)}
        only_dates = bool(words) and all(w.exact for w in words) and not said & _BEFORE_AND_AFTER
        wanted = "year" if only_dates else wanted_kind(text)
        # A bare year fits many facts alike, so more of them are looked at before the dated ones go first.
        limit = MANY_HITS if only_dates else MAX_HITS
        hits = self.index.search(words, limit, text)
        hits.sort(key=lambda h: (-rank(h, wanted), h.fact.id))
        hits = hits[:MAX_HITS]
        if not any(w.exact for w in words):
            hits = self._latest_first(hits)
        return Reading(text, words, tuple(hits), wanted)

    @staticmethod
    def _latest_first(hits: list[Hit]) -> list[Hit]:
        """Where the best fact has later ones in its series that fit almost as well, the latest of them leads: a person
        who names no time asks for now."""
        if not hits or not hits[0].fact.series:
            return hits
        best = hits[0]
        alike = [h for h in hits if same_series(h.fact, best.fact) and h.score >= best.score - SERIES_MARGIN]
        latest = max(alike, key=lambda h: h.fact.when.sort_key)
        first = Hit(latest.fact, best.score, latest.matches, latest.missing)
        return [first, *(h for h in hits if h is not latest)]

    # -- what is offered --------------------------------------------------------------------------

    @staticmethod
    def _offered(hits: Sequence[Hit]) -> tuple[Hit, ...]:
        floor = max(CHOICE_FLOOR, hits[0].score * CHOICE_SPAN)
        return tuple(h for h in hits[:MAX_CHOICES] if h.score >= floor)

    def _topics(self, hits: Sequence[Hit]) -> tuple[Topic, ...]:
        """The topics of the nearest facts, commonest first."""
        counts: Counter[str] = Counter()
        for hit in hits[:8]:
            counts[hit.fact.topic] += 1
        return tuple(self.base.topics[t] for t, _ in counts.most_common(3))
