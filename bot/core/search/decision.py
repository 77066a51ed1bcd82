"""Whether the best fact is the answer: a few clear reasons to decline, then one learnt probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from bot.core.facts.models import DatedEvent, Figure
from bot.core.search.features import LABELS, features
from bot.core.search.index import BESIDE, Index
from bot.core.search.model import model, probability, shares
from bot.core.search.query import KINDS, Query
from bot.core.search.results import Hit, Rejection
from bot.core.search.scoring import Scores
from bot.core.text import YEAR, has_digit, listed, plain, surfaces

BROAD, BROAD_NAME = 6, 15  # a single word or name that so many facts have asks for a list …
BROAD_MARGIN = 0.20  # … unless one is so far ahead
SINGLE_WORD_FLOOR = 0.80
CLEAR_MARGIN = 0.12
NEAR_TIE, NEAR_TIE_OF_ORDER = 0.03, 0.05
# Key words, and questions, that score so by the fact's own text need no model.
CALLED_SO, CALLED_SO_IN_QUESTION = 0.80, 0.90


@dataclass(frozen=True)
class Decision:
    """The question with the facts that it finds, and what follows."""

    query: Query
    hits: Sequence[Hit]
    scores: Scores
    index: Index

    @property
    def best(self) -> Hit:
        return self.hits[0]

    @cached_property
    def margin(self) -> float:
        """How far the best fact is ahead of the next one that its card does not show or lead to."""
        together = self.index.together[self.best.number]
        rival = next((h for h in self.hits[1:] if h.number not in together), None)
        return 1 - rival.order / self.best.order if rival else 1.0

    @cached_property
    def said(self) -> frozenset[str]:
        """The words of the question that are in what the fact says, or in a question that should find it."""
        return frozenset(m.word for m in self.best.matches if m.field not in BESIDE)

    @cached_property
    def features(self) -> Mapping[str, float]:
        return features(self.query, self.hits, self.scores, self.index)

    @cached_property
    def shares(self) -> Mapping[str, float]:
        """What each feature adds to the log odds, the strongest first."""
        return dict(sorted(shares(self.features).items(), key=lambda share: -abs(share[1])))

    @cached_property
    def rejection(self) -> Rejection | None:
        """Why the best fact is not the answer; None where it is."""
        if plain(self.query.text) in self.index.unanswered:
            return Rejection("unanswered")
        found = self._number_or_name() or self._part() or self._broad() or self._tie()
        if found or self.best.number in self.index.whole.get(plain(self.query.text), ()):
            return found  # a question that is a fact's own title or ask wants that fact
        lack = self._lack() or self._guessed_belarusian()
        if lack or not self._is_called_so():
            chance = probability(self.shares)
            if (lack and lack.code in ("direction", "guessed")) or chance < model()[
                "threshold" if self.query.asks else "threshold_key_words"
            ]:
                unsaid = tuple(w.text for w in self.query.words if w.text not in self.said)
                return lack or Rejection("doubt", unsaid, chance)
        return None

    def _number_or_name(self) -> Rejection | None:
        has = {m.word for m in self.best.matches}
        if numbers := tuple(w.text for w in self.query.words if w.exact and w.text not in has):
            return Rejection("number", numbers)
        names = tuple(w.text for w in self.query.words if w.name and w.text not in self.said)
        return Rejection("name", names) if names else None

    def _part(self) -> Rejection | None:
        """A single word must be most of a title or ask: "day" is not National Unity Day."""
        alone = len(self.query.words) == 1
        return Rejection("part") if alone and self.best.score < SINGLE_WORD_FLOOR else None

    def _broad(self) -> Rejection | None:
        """Years alone, or one word that many facts share: very many, where it is all that the best fact is called."""
        words = self.query.words
        if all(w.exact for w in words):
            # A month or a day alone is a question if it belongs to one event, or is named by one more than by others.
            narrow = len(words) > 1 and any(w.token.kind != "year" for w in words)
            events = [h for h in self.hits if isinstance(h.fact, DatedEvent) and len(h.matches) == len(words)]
            alone = len(events) == 1 or self.margin >= CLEAR_MARGIN
            return None if narrow and self.best in events and alone else Rejection("broad")
        if len(words) > 1 or self.margin >= BROAD_MARGIN:
            return None
        limit = BROAD_NAME if self.best.score >= 1.0 else BROAD
        frequency = max((self.index.word_frequency(a.term) for a in words[0].alternatives), default=0)
        return Rejection("broad", value=frequency) if frequency >= limit else None

    def _tie(self) -> Rejection | None:
        """Another fact, which the best one's card does not lead to, has the same words and fits as well."""
        best, together = self.best, self.index.together[self.best.number]
        words = {m.word for m in best.matches}
        alike = [h for h in self.hits[1:] if h.number not in together and h.score > best.score - NEAR_TIE]
        near = (1 - h.order / best.order for h in alike if words <= {m.word for m in h.matches})
        margin = min(near, default=1.0)
        return Rejection("tie", value=margin) if margin < NEAR_TIE_OF_ORDER else None

    def _guessed_belarusian(self) -> Rejection | None:
        """Of Belarusian words many resemble Russian ones of another meaning."""
        if set("ўі").isdisjoint(self.query.text) and not self.query.has("belarusian"):
            return None
        guessed = [w.text for w in self.query.words if not w.known or w.alternatives[0].how == "typo"]
        return Rejection("guessed", tuple(guessed)) if guessed else None

    def _is_called_so(self) -> bool:
        """Whether key words, or a question for a number, date or person, are what one fact of that kind is called."""
        query, best = self.query, self.best
        if query.asks == "year" or all(w.exact for w in query.words):
            return True
        fits = not query.asks or best.fact.kind in KINDS.get(query.asks, ())
        literal = len(self.said) == len(query.words) and all(m.how != "synonym" for m in best.matches)
        floor = CALLED_SO_IN_QUESTION if query.asks else CALLED_SO
        remembered = self.features.get("ahead_of_unanswered", 0.0) >= 0
        return fits and literal and remembered and self.margin >= NEAR_TIE and best.score >= floor

    def _lack(self) -> Rejection | None:
        """What the question asks for but the fact does not seem to contain."""
        query, fact, found = self.query, self.best.fact, self.features
        if found["mirrored"] == 1.0:
            return Rejection("direction")
        if query.asks in LABELS and not found["type_fits"]:
            return Rejection("type", (query.asks,))
        value = fact.value if isinstance(fact, Figure) else YEAR.sub("", fact.statement)
        if query.asks in ("how_much", "how_many") and not (
            has_digit(value) or has_sign(value, "number_words")
        ):
            return Rejection("type", (query.asks,))
        noun = query.counted
        if noun and not has_sign(noun, "money") and not has_sign(noun, "shares"):
            # The Russian word also asks "how much of it", which a share answers.
            other = isinstance(fact, Figure) and (
                has_sign(value, "money") or (noun.isascii() and has_sign(value, "shares"))
            )
            return Rejection("count", (noun,)) if other or noun not in self.said else None
        return None


@cache
def _signs(section: str) -> tuple[str, frozenset[str]]:
    """The signs and the words of a section: `$`, and `dollars`."""
    entries = listed(section)
    return "".join(e for e in entries if not e.isalpha()), frozenset(e for e in entries if e.isalpha())


def has_sign(text: str, section: str) -> bool:
    signs, words = _signs(section)
    return any(sign in text for sign in signs) or not words.isdisjoint(surfaces(text))
