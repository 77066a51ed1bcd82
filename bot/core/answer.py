"""Deciding: is the best fact an answer, are there choices to offer, or is there no such fact.

Belongs here: the thresholds between the three outcomes, and why.  Does not belong here: how a fact
is scored (`search`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.model import DatedEvent, Fact, FactBase, Figure, Topic
from bot.core.outcome import Answer, Choices, Hit, How, NoFact, Outcome, WordMatch
from bot.core.search import Index, QuestionWord
from bot.core.words import YEAR, fold_words, tokens

ANSWER_FLOOR = 0.50  # an answer explains more than half of the question, counted by weight …
CLEAR_FLOOR, CLEAR_MARGIN = 0.42, 0.12  # … or a little less, where nothing else comes near
ANSWER_MARGIN = 0.001  # … and does so better than the runner-up
CHOICE_FLOOR = 0.18  # below, not even a suggestion: what fits so little is noise
CHOICE_SPAN = 0.55  # suggestions score at least this share of the best one
UNKNOWN_SHARE = 0.34  # an answer leaves at most a third of the question's weight to words never heard of
UNKNOWN_SHARE_FOR_CHOICES = 0.60
BROAD_FREQUENCY = 6  # a single word that this many facts have asks for a list
SINGLE_WORD_FLOOR = 0.80  # a single word must be half of a title or ask: "day" is not National Unity Day
SERIES_MARGIN = 0.10  # members of a series differ by their dates alone, so their scores differ by chance
CHATTY_WORDS = 9  # a text of so many words may hold a question among pleasantries
WHOLE_FLOOR = 0.75  # … unless a fact explains so much of all of it
CLAUSE_WORDS = 3  # a clause is a question of its own from so many known words on
BROAD_NAME_FREQUENCY = 15  # … and so does a name that this many facts have (Lukashenko), his own card first
BROAD_MARGIN = 0.20  # … unless one fact is called by that word and the others only have it
MAX_CHOICES = 5
# Doubts which of several facts is meant; at any other doubt, no fact fits and those offered only come nearest.
PART = "one word, which is only a part of what the best fact is called"
BROAD = "one broad word, which many facts have"
ALIKE = "several facts fit alike"
FIT = frozenset({PART, BROAD, ALIKE})
MANY_HITS = 300
MAX_HITS = 8  # some more than are shown, so that rivals and later members of a series are among them
MAX_LENGTH = 4_000  # characters that are read; Slack allows a message of that length
# "When" asks for a date, "how much" for a figure, "who" for a person or a holder: among facts that fit alike, those lead.
KIND_BONUS = {"year": 1.10, "date": 1.25, "figure": 1.20, "who": 1.06}

_NUMBER = re.compile(
    r"\d|\b(half|third|quarter|double|tenfold|dozens?|two|three|four|five|ten|hundreds?|thousands?|millions?)\b"
)
_BESIDE = {"topic", "section", "source", "note"}  # what places a fact, and is not what it says
_WHO = {"who", "whom", "whose", "кто", "кого", "кому", "кем", "чей"}
_WHEN = re.compile(
    r"\b(when|когда|(what|which) (year|date|day|month)|(year|date) of|в како[мй] (году|месяце)|какого числа|(дата|год) \w+)\b"
    r"|(?<!this )(?<!last )(?<!next )(?<!every )(?<!each )(?<!per )(?<!a )\b(year|date)\W*$"
)
_HOW_MUCH = re.compile(
    r"\b(how (much|many|big|large|high|often|long|old)|(what|which) (share|percentage|percent|proportion|number|amount|sum)|number of"
    r"|price of|cost of|сколько|какая доля|какой процент|число|количество|численность|цена|стоимость)\b"
)
# "How many reactors" counts reactors: the word behind it must be the fact's, and the value no sum of money and no share.
_HOW_MANY = re.compile(
    r"\b(how many|number of|сколько|количество|число)\s+(?:(?:the|more|other|extra|additional|different)\s+)?(?!things\b|times\b)([^\W\d_]+)"
)
_MONEY = re.compile(r"[$€£]|\b(dollars?|euros?|roubles?|rubles?|долларов|евро|рублей)\b")
_SHARE = re.compile(r"%|\b(per ?cent|percentage|half|third|quarter|процентов)\b")
_JOINING = frozenset("and or versus vs и или".split())
_BEFORE_AND_AFTER = frozenset("before after until till since by до после по".split())
_MENTION = re.compile(r"(?<!\w)@\w+")  # said to somebody: a greeting
_PLEASANTRIES = frozenset(
    "hi hello hey morning afternoon evening dear please thanks thank cheers sorry quick"
    " привет здравствуйте добрый пожалуйста спасибо подскажите извините".split()
)
# A clause of a chatty message ends at one of these; the question is usually in one clause.
_CLAUSE = re.compile(r"[,;:!?\n]+|\.(?=\s|$)")


@dataclass(frozen=True)
class _Reading:
    """A question, or a clause of it, as words, with the facts that they find and the kind of fact that it asks for."""

    text: str
    words: tuple[QuestionWord, ...]
    hits: tuple[Hit, ...]
    wanted: str

    @property
    def top(self) -> float:
        return self.hits[0].score if self.hits else 0.0

    @property
    def explained(self) -> float:
        """How much weight of the question's words the best fact explains: among clauses, the question has most."""
        return self.top * sum(w.weight for w in self.words)

    @property
    def unknown_share(self) -> float:
        """How much of the question's weight is carried by words that the base has never heard of."""
        total = sum(w.weight for w in self.words)
        return sum(w.weight for w in self.words if not w.known) / total if total else 0.0


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
        doubt = self._doubt(reading)
        if doubt:
            return Choices(text, self._offered(hits), unknown, topics, doubt, doubt in FIT)
        reason = f"one fact explains {hits[0].score:.0%} of the question"
        return Answer(text, hits[:MAX_CHOICES], unknown, topics, reason)

    # -- the question -----------------------------------------------------------------------------

    def _read(self, text: str) -> _Reading:
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

    def _read_clause(self, text: str) -> _Reading:
        words = tuple(self.index.question(text))
        said = {t.surface for t in tokens(text)}
        only_dates = bool(words) and all(w.exact for w in words) and not said & _BEFORE_AND_AFTER
        wanted = "year" if only_dates else _wanted_kind(text)
        # A bare year fits many facts alike, so more of them are looked at before the dated ones go first.
        limit = MANY_HITS if only_dates else MAX_HITS
        hits = self.index.search(words, limit, text)
        hits.sort(key=lambda h: (-_rank(h, wanted), h.fact.id))
        hits = hits[:MAX_HITS]
        if not any(w.exact for w in words):
            hits = self._latest_first(hits)
        return _Reading(text, words, tuple(hits), wanted)

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

    # -- the decision -----------------------------------------------------------------------------

    def _doubt(self, reading: _Reading) -> str:
        """Why the best fact is not an answer; empty where it is."""
        best, words = reading.hits[0], reading.words
        rivals = [h for h in reading.hits[1:] if not shown_together(best.fact, h.fact)]
        margin = _rank(best, reading.wanted) - (_rank(rivals[0], reading.wanted) if rivals else 0.0)
        if best.score < (CLEAR_FLOOR if margin >= CLEAR_MARGIN else ANSWER_FLOOR):
            return f"the best fact explains only {best.score:.0%} of the question"
        if reading.unknown_share > UNKNOWN_SHARE:
            return f"words never heard of carry {reading.unknown_share:.0%} of the question"
        has = {m.word for m in best.matches}
        lacking = [w.token.surface for w in words if w.exact and w.token.surface not in has]
        if lacking:
            return f"the best fact does not fit {', '.join(lacking)}"
        said = {m.word for m in best.matches if m.field not in _BESIDE}
        named = {m.word for m in best.matches if m.field not in _BESIDE | {"statement"}}
        foreign = [w.token.surface for w in words if w.name and w.token.surface not in said]
        if foreign:
            return f"the best fact does not speak of {', '.join(foreign)}"
        # Of a property, a word of like meaning in passing is not enough: a presidency somewhere is not the president.
        told = {
            m.word for m in best.matches if m.word in said and (m.how != "synonym" or m.field != "statement")
        }
        asked = [
            w.token.surface for w in words if w.token.term in self.index.asked and w.token.surface not in told
        ]
        if asked:
            return f"the question asks for {', '.join(asked)}, of which the best fact says nothing"
        heavy = [w.token.surface for w in words if not w.light]
        if (
            len(best.matches) == 1
            and best.matches[0].how not in ("name", "number", "date")
            and set(best.missing) & set(heavy)
        ):
            return f"of the question's words, the best fact has only {best.matches[0].word}"
        if miscounted := self._miscounted(reading):
            return miscounted
        if len(words) == 1 and best.score < SINGLE_WORD_FLOOR * (
            best.matches[0].similarity if _is_long(words[0].token.surface) else 1.0
        ):
            return PART
        ways = {_how(m) for m in best.matches}
        spoken = any(
            w.name and w.token.surface in has for w in words
        )  # an inflected name looks like an error
        if "typo" in ways and not spoken and not ways & {"same", "name", "number", "date"}:
            return "no word of the question is the best fact's own: all were guessed"
        if self._broad(reading, margin):
            return BROAD
        # A question that is a fact's own title or ask wants that fact, whatever its kind.
        if best.score < 1.0:
            if reading.wanted == "figure" and not _has_number(best.fact):
                return "the question asks for a number, and the best fact has none"
            beside = [w.token.surface for w in words if w.name and w.token.surface in has - named]
            if beside and (reading.wanted == "who" or _joined(reading.text, beside)):
                return f"the best fact is not named by {', '.join(beside)}"
            if reading.wanted == "date" and best.fact.kind != "date":
                return "the question asks for a date, and the best fact is none"
            if margin < ANSWER_MARGIN:
                return ALIKE
        return ""

    @staticmethod
    def _miscounted(reading: _Reading) -> str:
        """Why the best fact does not count what "how many" asks for; empty where it does, or nothing is to be counted."""
        best = reading.hits[0]
        found = _HOW_MANY.search(fold_words(reading.text))
        if found is None or best.score >= 1.0:
            return ""
        word, counted = found.groups()
        if (
            counted not in {w.token.surface for w in reading.words}
            or _MONEY.search(counted)
            or _SHARE.search(counted)
        ):
            return ""
        how = {m.word: m for m in best.matches if m.field not in _BESIDE}
        if counted not in how:
            return f"the question counts {counted}, of which the best fact says nothing"
        value = best.fact.value.casefold() if isinstance(best.fact, Figure) else ""
        # The Russian word also asks "how much of it", which a share answers.
        if _MONEY.search(value) or (word != "сколько" and _SHARE.search(value)):
            return f"the question counts {counted}, and the best fact gives {value}"
        return ""

    def _broad(self, reading: _Reading, margin: float) -> bool:
        """Years alone, or one word that many facts share: very many, where it is all that the best fact is called."""
        words, hits = reading.words, reading.hits
        if all(w.exact for w in words):
            # A month or a day is a question of its own where it is that of one event, or named by one more than by others.
            narrow = len(words) > 1 and any(not YEAR.fullmatch(w.token.surface) for w in words)
            events = [h for h in hits if isinstance(h.fact, DatedEvent) and len(h.matches) == len(words)]
            return not (narrow and hits[0] in events and (len(events) == 1 or margin >= CLEAR_MARGIN))
        if len(words) > 1 or margin >= BROAD_MARGIN:
            return False
        limit = BROAD_NAME_FREQUENCY if hits[0].score >= 1.0 else BROAD_FREQUENCY
        return max(self.index.frequency(a.term) for a in words[0].alternatives) >= limit

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


def _is_long(word: str) -> bool:
    """Whether a word is long enough that a typing error leaves little doubt what was meant."""
    return len(word) >= 7


def _how(match: WordMatch) -> How:
    """How a word was matched; an error in a long word counts as the word itself."""
    return "same" if match.how == "typo" and _is_long(match.word) else match.how


def _has_number(fact: Fact) -> bool:
    return isinstance(fact, Figure) or bool(_NUMBER.search(YEAR.sub("", fact.statement)))


def same_series(a: Fact, b: Fact) -> bool:
    """Whether two facts give the same quantity or state at different times."""
    return bool(a.series) and a.series == b.series


def shown_together(a: Fact, b: Fact) -> bool:
    """Whether the card of one shows or leads to the other, so that the person misses nothing by getting one of them."""
    return same_series(a, b) or b.id in a.see_also or b.id in a.actors or a.id in b.actors


def _joined(text: str, names: Sequence[str]) -> bool:
    """Whether the text puts one of the names on a level with another word: "Ukraine and China", "the EU versus Russia"."""
    said = [t.surface for t in tokens(text)]
    return any(
        b in _JOINING and (a in names or c in names)
        for a, b, c in zip(said, said[1:], said[2:], strict=False)
    )


def _wanted_kind(text: str) -> str:
    """The kind of fact that the question word asks for: "who", "date", "figure", or "" for any."""
    surfaces = {t.surface for t in tokens(text)}
    if surfaces & _WHO:
        return "who"
    folded = fold_words(text)
    if _HOW_MUCH.search(folded):
        return "figure"
    return "date" if _WHEN.search(folded) else ""


def _rank(hit: Hit, wanted: str) -> float:
    """The score with the bonus for the kind that is asked for; for the order only, never for the floor."""
    kinds = {"who": ("actor", "position"), "year": ("date",)}.get(wanted, (wanted,))
    fits = hit.fact.kind in kinds
    return hit.score * KIND_BONUS[wanted] if fits else hit.score
