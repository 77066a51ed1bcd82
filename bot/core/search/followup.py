"""Follow-ups ("and in 2015?", "and China?", "who said that?", "why?") as full questions, from the question before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.models import DatedEvent, Fact
from bot.core.text import fold, languages, tokens

COMMON = 0.3  # of all titles
MOST_WORDS = 3  # of a follow-up, without its opening: a longer text is a full question
_OPENING = re.compile(
    r"^(?:and (?:what|how) about|what about|how about|and|also|а (?:как|что) (?:насчет|с|у|про)|а|и|а як наконт|і)\b[\s,:]*"
)
_SOURCE = re.compile(
    r"(?:and )?(?:who (?:said|says|claims|wrote) (?:that|this|it|so)|says who|according to whom|source|(?:what is|whats) the source"
    r"|(?:а )?кто (?:это|так) (?:сказал|говорит|написал|утверждает)|источник|(?:а )?хто гэта (?:сказаў|кажа|напісаў)|крыніца)"
)
_ASKING = re.compile(
    r"(?:and |а |і )?(?P<word>why|how|where|when|how much|почему|зачем|как|где|когда|сколько|чаму|як|дзе|калі|колькі)"
    r"(?: (?:is|was|did|does|so|that|this|it|exactly|это|так|гэта))*"
)
_ASKED = ("why", "how_much", "how", "where", "when")
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")
_SMALL = frozenset(
    "in for of to from with on by since during в во на за для у ў з с со a the and и і".split()
)


@dataclass(frozen=True)
class Turn:
    """What was asked in a conversation and the ids of the facts that the reply showed, best first."""

    question: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FollowUp:
    """The full question that a follow-up stands for; `asked` is what it asks of the `fact` that was shown, if any:
    the source, or why, how, where, when, how_much."""

    question: str
    asked: str = ""
    fact: Fact | None = None


def may_follow(text: str) -> bool:
    """Whether it is worth looking up what was asked before."""
    said = _said(text)
    return any((_SOURCE.fullmatch(said), _ASKING.fullmatch(said), _OPENING.match(said), _YEAR.search(said)))


def _said(text: str) -> str:
    return " ".join(fold(text).strip(" ?!.…").split())


def follow_up(text: str, last: Turn, base: FactBase) -> FollowUp | None:
    """The question that a follow-up stands for; None if the text is a full question."""
    said = _said(text)
    shown = next((fact for i in last.facts if (fact := base.get(i))), None)
    if shown and _SOURCE.fullmatch(said):
        return FollowUp(last.question, "source", shown)
    if shown and (asking := _ASKING.fullmatch(said)):
        return FollowUp(f"{asking['word']} {shown.title}", _asked(asking["word"]), shown)
    rest = _OPENING.sub("", said)
    words = [t.surface for t in tokens(rest) if t.surface not in _SMALL]
    years = _YEAR.findall(rest)
    if not words or len(words) > MOST_WORDS:
        return None
    if years and len(words) == len(years):
        return FollowUp(_in_other_years(last.question, shown, years, base))
    if rest == said:
        return None
    return FollowUp(_about_another(last.question, " ".join(words), base))


def is_answered(follow: FollowUp) -> bool:
    """Whether the fact that was shown says what is asked of it."""
    fact = follow.fact
    types = fact.answers.types if fact and fact.answers else ()
    return follow.asked in types or (follow.asked == "when" and isinstance(fact, DatedEvent))


def _asked(word: str) -> str:
    cues = (language["cues"] for language in languages().values())
    return next(asked for cue in cues for asked in _ASKED if word in cue.get(asked, ()))


def _in_other_years(question: str, shown: Fact | None, years: list[str], base: FactBase) -> str:
    """The question for other years: the title of the series' member where there is one."""
    for other in (shown, *base.series_of(shown)) if shown and len(years) == 1 else ():
        if other.when.first.year == int(years[0]) == other.when.last.year:
            return other.title if years[0] in other.title else f"{other.title} {years[0]}"
    return " ".join(f"{_YEAR.sub(' ', question).strip(' ?')} {' '.join(years)}".split())


def _about_another(question: str, name: str, base: FactBase) -> str:
    """The question with another name: in the place of the rarest name in it, else at its end."""
    words = question.strip(" ?").split()
    # A name that very many titles have is what all of it is about.
    counts = {term: count for term, count in _names(base).items() if count <= len(base.facts) * COMMON}
    found = (
        (word, name) for word in words for term in _terms(word) for name in counts if _alike(term, name, word)
    )
    known = {word: counts[name] for word, name in found}
    if not known:
        return f"{question.strip(' ?')} {name}"
    rarest = min(known, key=lambda word: known[word])
    return " ".join(name if word == rarest else word for word in words)


def _alike(term: str, name: str, word: str) -> bool:
    """Whether two stems are of one name: those of Russian cases may differ at the end."""
    if not word[:1].isupper():
        return term == name
    short, long = sorted((term, name), key=len)
    return len(short) >= 3 and len(long) - len(short) <= 1 and long.startswith(short)


def _names(base: FactBase) -> dict[str, int]:
    """The names of the vocabulary by their stems, each with the number of titles that have it."""
    titles = [set(_terms(fact.title)) for fact in base.facts]
    counts: dict[str, int] = {}
    for name, spellings in base.vocabulary.names.items():
        terms = {term for spelling in (name, *spellings) if " " not in spelling for term in _terms(spelling)}
        counts |= dict.fromkeys(terms, sum(bool(terms & title) for title in titles))
    return counts


def _terms(text: str) -> list[str]:
    return [token.term for token in tokens(text)]
