"""Compares the sentences of a message with the facts about the same things; whether a sentence is true, people judge.

The search decides what a sentence is about, as it does for questions.  It is asked without the sentence's figures:
those are what is compared, and a wrong one must not hide the fact that the sentence is about.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from bot.core.facts.base import same_series
from bot.core.facts.dates import MONTHS
from bot.core.facts.models import Actor, DatedEvent, Fact, Figure
from bot.core.search.results import Answer, Choices, Hit, Outcome
from bot.core.text import YEAR, plain_number, surfaces

MESSAGE_LENGTH = 12_000  # characters that are read: Slack cuts a message at 40,000, and people stop at 4,000
SENTENCE_LENGTH = 600  # a longer one is a list or a log; its beginning is read
WORD_LENGTH = 20  # in which an abbreviation at the end of a sentence is looked for
MOST_ASKED = 16  # searches for a message; it is read as far as these go
MOST_CLAUSES = 4  # of a sentence, that are searched for by themselves
FACTS_EACH = 2
# How many words a sentence shares with a fact that is about it; more where the search would only offer choices.
WORDS_SHARED, CHOICE_WORDS, CHOICE_SCORE = 2, 3, 0.5
AGREEING = 0.2  # what each number that both have (two at most) adds to a score

_CERTAIN = {"same", "name", "joined"}
_NAMING = {"title", "asks", "value", "date", "attribution", "role"}
_ADDRESS = re.compile(r" ?(?:https?://|www\.)\S+?(?=[.,;:!?)\]\"'”’»]*(?:\s|$))")
_BULLET = re.compile(r"^\s*(?:[-*•▪◦–—>]+|\(?\d{1,2}[.)])\s+")
# A sentence ends at a mark that a space and something like a beginning follow.
_END = re.compile(r"(?<=[.!?…])([\"'”’»)\]]*)\s+(?=[\"'“„«(\[]*[A-ZА-ЯЁІЎ\d])")
# The point of these ends no sentence: initials, titles, common abbreviations in English and Russian.
_ABBREVIATED = re.compile(
    r"\W{0,3}(?:(?:[^\W\d_]\.){1,5}"
    r"|(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Sen|Gov|Jr|vs|No|Fig|approx|ca|cf|etc|гг|млн|млрд|руб|тыс)\.)"
)
# Thousands may be separated by spaces, and a decimal follows a point or a comma.
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*)"
_MAGNITUDE = r"(?:thousand|(?:m|b|tr)illion|тыс\w*|миллион\w*|миллиард\w*|млн|млрд|трлн|[bmt]n|[km])\b"
_UNIT = rf"(?:%|per\s?cent\b|процент\w*|{_MAGNITUDE})"
# A date is one figure, and so is a range.
_FIGURE = re.compile(
    rf"\b(?:\d{{1,2}}\s)?(?:{'|'.join(MONTHS[1:])})\s\d{{4}}\b"
    rf"|(?<![\w.,])[$€£₽]?\s?{_NUMBER}(?:\s?[–—-]\s?\d+(?:[.,]\d+)*)?(?:\s?{_UNIT})?"
)
_DIGITS = re.compile(_NUMBER)
_COUNTED = re.compile(rf"{_NUMBER}(?:{_MAGNITUDE})?")  # what a question is asked without
# What separates claims: a conjunction after a comma, or a semicolon.
_CLAUSE = re.compile(r";\s+|,\s+(?=(?:and|but|while|whereas|а|и|но|тогда как)\s)", re.IGNORECASE)
# A sentence that says what a person is; its subject is the name.
_ROLE = re.compile(r"\W{0,9}(\w[^,.]{1,59}?),? (?:is|was|became|remains|был[аио]?|является|стал[аио]?) ")


@dataclass(frozen=True)
class RelatedFact:
    """A fact that a sentence is about, with the fact's own figures as they are written there.

    `same` is True where the fact has all numbers of the sentence, False where it has none of them, else None.
    """

    fact: Fact
    figures: tuple[str, ...]
    same: bool | None = None


@dataclass(frozen=True)
class Claim:
    """A sentence of a message with its figures (years among them), and the facts about the same, best first."""

    sentence: str
    figures: tuple[str, ...]
    facts: tuple[RelatedFact, ...]


@dataclass(frozen=True)
class MessageCheck:
    """The sentences of a message that facts are about, in order, and how many were read."""

    claims: tuple[Claim, ...]
    touched: int  # of the sentences: one may make several claims
    sentences: int
    cut: bool  # whether the message went on beyond what was read


def check_message(text: str, ask: Callable[[str], Outcome]) -> MessageCheck:
    """Compare a message with the facts.  `ask` is a search engine's."""
    parts, found, asked = sentences(text[:MESSAGE_LENGTH]), list[list[Claim]](), list[str]()

    def ask_and_count(question: str) -> Outcome:
        asked.append(question)
        return ask(question)

    for sentence in parts:
        if len(asked) >= MOST_ASKED:
            break
        found.append(_claims(sentence, ask_and_count))
    cut = len(text) > MESSAGE_LENGTH or len(found) < len(parts)
    return MessageCheck(tuple(chain.from_iterable(found)), sum(map(bool, found)), len(found), cut)


def _claims(sentence: str, ask: Callable[[str], Outcome]) -> list[Claim]:
    """What a sentence claims: its clauses, where each of several has a figure and is about facts; else the whole."""
    clauses = _CLAUSE.split(sentence)
    if 1 < len(clauses) <= MOST_CLAUSES and all(map(figures, clauses)):
        claims = [_claim(clause, ask) for clause in clauses]
        if all(claim.facts for claim in claims):
            return claims
    whole = _claim(sentence, ask)
    return [whole] if whole.facts else []


def _claim(sentence: str, ask: Callable[[str], Outcome]) -> Claim:
    """A sentence and its facts: asked with its years, and where these fit nothing, without."""
    with_years = _COUNTED.sub(lambda m: m[0] if YEAR.fullmatch(m[0]) else " ", sentence)
    without = _COUNTED.sub(" ", sentence)
    found = _facts_about(sentence, ask(with_years)) or _facts_about(sentence, ask(without))
    facts = (RelatedFact(fact, fact_figures(fact), _same(sentence, fact)) for fact in found)
    return Claim(sentence, figures(sentence), tuple(facts))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each once; marks of lists and quotes and web addresses are left out."""
    found: list[str] = []
    for line in text.splitlines():
        parts = [""]
        for part in _END.sub(r"\1\n", _ADDRESS.sub("", _BULLET.sub("", line))).split("\n"):
            if parts[-1] and _ABBREVIATED.fullmatch(parts[-1][-WORD_LENGTH:].split()[-1]):
                parts[-1] += f" {part}"
            else:
                parts.append(part)
        found += [" ".join(part.split())[:SENTENCE_LENGTH] for part in parts]
    return tuple(part for part in dict.fromkeys(found) if any(c.isalpha() for c in part))


def figures(text: str) -> tuple[str, ...]:
    """The figures of a text as they are written there, with their units; each once, in order."""
    return tuple(dict.fromkeys(" ".join(match[0].split()) for match in _FIGURE.finditer(text)))


def fact_figures(fact: Fact) -> tuple[str, ...]:
    """The figures of a fact: its value and when that held; of an event its date and what its statement counts."""
    if isinstance(fact, Figure):
        return (fact.value, str(fact.when))
    if isinstance(fact, DatedEvent):
        written = str(fact.when)
        return (written, *(f for f in figures(fact.statement) if f not in written))
    return figures(fact.statement)


def _facts_about(sentence: str, outcome: Outcome) -> tuple[Fact, ...]:
    """The facts that the sentence is really about, best first; none where the search is not certain enough."""
    if not isinstance(outcome, Answer | Choices):
        return ()
    if person := _whose_role(outcome, sentence):
        return (person,)
    found: list[tuple[float, Fact]] = []
    for hit in outcome.hits:
        # Words alone do not tell `48% of people under 34` from those over 55: numbers that agree count too.
        agreeing = len(_numbers(sentence) & _numbers(_words(hit.fact)))
        sure = agreeing or isinstance(outcome, Answer)
        if _shared(hit) >= (WORDS_SHARED if sure else CHOICE_WORDS) and (sure or hit.score >= CHOICE_SCORE):
            found.append((hit.score + AGREEING * min(agreeing, 2), hit.fact))
    facts = [fact for _, fact in sorted(found, key=lambda pair: -pair[0])]
    # The other times of a series stay: a number that agrees must not hide one that does not.
    return (*facts[:1], *(fact for fact in facts[1:] if same_series(facts[0], fact)))[:FACTS_EACH]


def _whose_role(outcome: Answer | Choices, sentence: str) -> Fact | None:
    """The person or body of which a sentence says what it is: a role is compared with a role."""
    match = _ROLE.match(sentence)
    name = set(surfaces(match[1])) if match else set()
    actors = (fact for fact in outcome.facts if isinstance(fact, Actor))
    return next((actor for actor in actors if name and name <= set(surfaces(actor.title))), None)


def _same(sentence: str, fact: Fact) -> bool | None:
    """Whether the figures are the same: of numbers, or of years where the sentence has no others."""
    years = not _numbers(sentence)
    wanted, own = _numbers(sentence, years), _numbers(_words(fact), years)
    if not wanted or not own:
        return None
    return True if wanted <= own else False if wanted.isdisjoint(own) else None


def _words(fact: Fact) -> str:
    return " ".join((fact.title, fact.statement, *fact_figures(fact)))


def _numbers(text: str, years: bool = False) -> set[str]:
    """The numbers of a text without its years, each in one spelling; or the `years`."""
    return {plain_number(n) for n in _DIGITS.findall(text) if bool(YEAR.fullmatch(n)) is years}


def _shared(hit: Hit) -> int:
    """How many words of the sentence the fact is surely named by."""
    return sum(match.how in _CERTAIN and match.field in _NAMING for match in hit.matches)
