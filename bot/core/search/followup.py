"""Follow-ups ("and in 2015?", "and China?", "who said that?", "why?") as full questions, from the question before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.text import fold, listed, tokens

MOST_WORDS = 3  # of a follow-up, beside its opening: a longer text is a question of its own
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
class SourceQuestion:
    """The follow-up asks who says what the last reply showed."""

    fact: Fact


def follow_up(text: str, last: Turn, base: FactBase) -> str | SourceQuestion | None:
    """The full question that a follow-up stands for; None where the text is a question of its own."""
    said = " ".join(fold(text).strip(" ?!.…").split())
    shown = next((fact for i in last.facts if (fact := base.get(i))), None)
    if shown and _SOURCE.fullmatch(said):
        return SourceQuestion(shown)
    if shown and (asking := _ASKING.fullmatch(said)):
        return f"{asking['word']} {shown.title}"
    rest = _OPENING.sub("", said)
    words = [t.surface for t in tokens(rest) if t.surface not in _SMALL]
    years = _YEAR.findall(rest)
    if not words or len(words) > MOST_WORDS:
        return None
    if years and len(words) == len(years):
        return f"{_YEAR.sub(' ', last.question).strip(' ?')} {' '.join(years)}"
    if rest == said or set(words) & set(listed("stop_words")) & set(listed("who")):
        return None
    return f"{_without_name(last.question, base)} {' '.join(words)}"


def _without_name(question: str, base: FactBase) -> str:
    """The question without the name that it is about: of several names, the one that fewest facts have."""
    names = _names(base)
    found = [word for word in question.split() if _key(word) in names]
    if not found:
        return question.strip(" ?")
    least = min(found, key=lambda word: names[_key(word)])
    return " ".join(word for word in question.split() if word != least).strip(" ?")


def _names(base: FactBase) -> dict[str, int]:
    """The names of the vocabulary, each with the number of titles that have it."""
    counts: dict[str, int] = {}
    for name, spellings in base.vocabulary.names.items():
        keys = {_key(spelling) for spelling in (name, *spellings) if " " not in spelling}
        count = sum(bool(keys & set(_title_words(fact))) for fact in base.facts)
        counts |= dict.fromkeys(keys, count)
    return counts


def _title_words(fact: Fact) -> Iterable[str]:
    return (_key(token.surface) for token in tokens(fact.title))


def _key(word: str) -> str:
    return fold(word).strip("?,.!'s").removesuffix("'s")
