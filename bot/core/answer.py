"""Deciding: is the best fact an answer, are there choices to offer, or is there no such fact.

Belongs here: the thresholds between the three outcomes, and why.  Does not belong here: how a fact
is scored (`search`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bot.core.model import Fact, FactBase, Figure, Topic
from bot.core.outcome import Answer, Choices, Hit, NoFact, Outcome
from bot.core.search import Index, QuestionWord
from bot.core.words import fold_words, tokens

ANSWER_FLOOR = 0.50  # an answer explains more than half of the question, counted by weight
ANSWER_MARGIN = 0.01  # … and does so better than the runner-up
CHOICE_FLOOR = 0.18  # below, not even a suggestion: what fits so little is noise
CHOICE_SPAN = 0.55  # suggestions score at least this share of the best one
UNKNOWN_SHARE = 0.34  # an answer leaves at most a third of the question's weight to words never heard of
UNKNOWN_SHARE_FOR_CHOICES = 0.60
BROAD_FREQUENCY = 9  # a single word that this many facts have asks for a list
SERIES_MARGIN = 0.10  # members of a series differ by their dates alone, so their scores differ by chance
CHATTY_WORDS = 9  # a text of so many words may hold a question among pleasantries
CLAUSE_WORDS = 2  # a clause is a question of its own from so many known words on
MAX_CHOICES = 5
MAX_LENGTH = 4_000  # characters that are read; Slack allows a message of that length
KIND_BONUS = 1.06  # "who" prefers people and holders, "when" dates, "how much" figures

_NUMBER = re.compile(
    r"\d|\b(half|third|quarter|double|tenfold|dozens?|two|three|four|five|ten|hundreds?|thousands?|millions?)\b"
)
_BESIDE = {"topic", "section", "source", "note"}  # what places a fact, and is not what it says
_WHO = {"who", "whom", "whose", "кто", "кого", "кому", "кем", "чей"}
_WHEN = {"when", "когда"}
_HOW_MUCH = re.compile(
    r"\b(how (much|many|big|large|high|often|long|old)|(what|which) (share|percentage|percent|proportion|number|amount|sum)|number of"
    r"|price of|cost of|сколько|какая доля|какой процент|число|количество|численность|цена|стоимость)\b"
)
_MENTION = re.compile(r"(?<!\w)@\w+")
# A clause of a chatty message ends at one of these; the question is usually in one clause.
_CLAUSE = re.compile(r"[,;:!?\n]+|\.(?=\s|$)")


class FactFinder:
    """Answers questions from one fact base; build one per version of the base and share it between threads."""

    def __init__(self, base: FactBase) -> None:
        self.base = base
        self.index = Index(base)

    def ask(self, text: str) -> Outcome:
        """The outcome for a question: never raises, whatever the text."""
        text = text[:MAX_LENGTH]
        named = self.base.get(text.strip().lower())
        if named:
            return Answer(
                text,
                (Hit(named, 1.0),),
                (),
                (self.base.topics[named.topic],),
                "the question is the fact's id",
            )
        words, hits, question = self._found(_MENTION.sub(" ", text))
        unknown = tuple(dict.fromkeys(w.token.surface for w in words if not w.known))
        total = sum(w.weight for w in words)
        unknown_share = sum(w.weight for w in words if not w.known) / total if total else 0.0
        topics = self._topics(hits)

        def none(reason: str) -> NoFact:
            return NoFact(text, tuple(hits[:3]), unknown, topics, reason)

        if not words:
            return none("no word of the question says what it is about")
        if not hits or hits[0].score < CHOICE_FLOOR:
            return none(
                f"the best fact explains too little of the question ({_score(hits)} of {CHOICE_FLOOR} needed)"
            )
        if unknown_share > UNKNOWN_SHARE_FOR_CHOICES:
            return none(f"words never heard of carry {unknown_share:.0%} of the question")
        reason = self._doubt(hits, words, unknown_share, question)
        if not reason:
            best = hits[0]
            others = tuple(h for h in hits[1:MAX_CHOICES])
            return Answer(
                text, (best, *others), unknown, topics, f"one fact explains {best.score:.0%} of the question"
            )
        offered = self._offered(hits)
        return Choices(text, offered, unknown, topics, reason)

    # -- the question -----------------------------------------------------------------------------

    def _found(self, text: str) -> tuple[list[QuestionWord], list[Hit], str]:
        """The words to go by, what they find, and the text they are from: the whole, or the clause that holds the
        question where a message is chatty."""
        words = self.index.question(text)
        best = words, self._hits(words, text), text
        clauses = [c for c in _CLAUSE.split(text) if c.strip()]
        if len(clauses) < 2 or len(tokens(text)) < CHATTY_WORDS:
            return best
        for clause in clauses:
            mine = self.index.question(clause)
            if sum(w.known for w in mine) < CLAUSE_WORDS:
                continue
            hits = self._hits(mine, clause)
            if hits and (not best[1] or hits[0].score > best[1][0].score):
                best = mine, hits, clause
        return best

    def _hits(self, words: list[QuestionWord], text: str) -> list[Hit]:
        hits = self._preferred(self.index.search(words, limit=8, text=text), text)
        return hits if any(w.exact for w in words) else self._latest_first(hits)

    @staticmethod
    def _latest_first(hits: list[Hit]) -> list[Hit]:
        """Where the best fact has later ones in its series that fit almost as well, the latest of them leads: a person
        who names no time asks for now."""
        if not hits or not hits[0].fact.series:
            return hits
        best = hits[0]
        alike = [
            h for h in hits if h.fact.series == best.fact.series and h.score >= best.score - SERIES_MARGIN
        ]
        latest = max(alike, key=lambda h: h.fact.when.sort_key)
        first = Hit(latest.fact, best.score, latest.matches, latest.missing)
        return [first, *(h for h in hits if h is not latest)]

    def _preferred(self, hits: list[Hit], text: str) -> list[Hit]:
        """Raises the kinds of fact that the question's own question word asks for."""
        folded = fold_words(text)
        surfaces = {t.surface for t in tokens(text)}
        kinds: set[str] = set()
        if surfaces & _WHO:
            kinds = {"actor", "position"}
        elif surfaces & _WHEN:
            kinds = {"date"}
        elif _HOW_MUCH.search(folded):
            kinds = {"figure"}
        if not kinds:
            return hits
        raised = [
            Hit(h.fact, min(1.0, h.score * KIND_BONUS), h.matches, h.missing) if h.fact.kind in kinds else h
            for h in hits
        ]
        return sorted(raised, key=lambda h: (-h.score, h.fact.id))

    # -- the decision -----------------------------------------------------------------------------

    def _doubt(
        self, hits: Sequence[Hit], words: Sequence[QuestionWord], unknown_share: float, text: str
    ) -> str:
        """Why the best fact is not an answer; empty where it is."""
        best = hits[0]
        if best.score < ANSWER_FLOOR:
            return f"the best fact explains only {best.score:.0%} of the question"
        if unknown_share > UNKNOWN_SHARE:
            return f"words never heard of carry {unknown_share:.0%} of the question"
        has = {m.word for m in best.matches}
        lacking = [w.token.surface for w in words if w.exact and w.token.surface not in has]
        if lacking:
            return f"the best fact does not fit {', '.join(lacking)}"
        said = {m.word for m in best.matches if m.field not in _BESIDE}
        foreign = [w.token.surface for w in words if w.name and w.token.surface not in said]
        if foreign:
            return f"the best fact does not speak of {', '.join(foreign)}"
        if _HOW_MUCH.search(fold_words(text)) and not _has_number(best.fact):
            return "the question asks for a number, and the best fact has none"
        if _WHEN & {t.surface for t in tokens(text)} and best.fact.kind != "date" and best.score < 1.0:
            return "the question asks for a date, and the best fact is none"
        if self._broad(best, words):
            return "one broad word, which many facts have"
        rivals = [h for h in hits[1:] if not self._same_series(best.fact, h.fact)]
        if rivals and best.score - rivals[0].score < ANSWER_MARGIN and best.score < 1.0:
            return "several facts fit alike"
        return ""

    def _broad(self, best: Hit, words: Sequence[QuestionWord]) -> bool:
        """One word or one date that many facts share, and that is not the best fact's own name."""
        if len(words) > 1 or not words[0].known:
            return all(w.exact for w in words)
        word = words[0]
        if word.exact:
            return True
        frequency = max(self.index.frequency(a.term) for a in word.alternatives)
        return frequency >= BROAD_FREQUENCY and best.score < 1.0

    @staticmethod
    def _same_series(a: Fact, b: Fact) -> bool:
        return bool(a.series) and a.series == b.series

    def _offered(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        floor = max(CHOICE_FLOOR, hits[0].score * CHOICE_SPAN)
        return tuple(h for h in hits[:MAX_CHOICES] if h.score >= floor)

    def _topics(self, hits: Sequence[Hit]) -> tuple[Topic, ...]:
        """The topics of the nearest facts, commonest first."""
        counts: Counter[str] = Counter()
        for hit in hits[:8]:
            counts[hit.fact.topic] += 1
        return tuple(self.base.topics[t] for t, _ in counts.most_common(3))


def _has_number(fact: Fact) -> bool:
    return isinstance(fact, Figure) or bool(
        _NUMBER.search(fact.statement.replace(str(fact.when.first.year), ""))
    )


def _score(hits: Sequence[Hit]) -> str:
    return f"{hits[0].score:.2f}" if hits else "none"
