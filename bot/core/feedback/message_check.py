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
from bot.core.text import YEAR, is_cyrillic, mapped, plain_number, stem, surfaces

MESSAGE_LENGTH = 12_000  # characters that are read: Slack cuts a message at 40,000, and people stop at 4,000
ENDING_LENGTH = 40  # of a sentence, in which an abbreviation is looked for
SENTENCE_LENGTH = 600  # a longer one is a list or a log; its beginning is read
MOST_ASKED = 16  # searches for a message; it is read as far as these go
MOST_CLAUSES = 4  # of a sentence, that are searched for by themselves
FACTS_EACH = 2
# How many words a sentence shares with a fact that is about it; more where the search would only offer choices.
WORDS_SHARED, CHOICE_WORDS, CHOICE_SCORE = 2, 3, 0.5
AGREEING = 0.2  # what each number that both have (two at most) adds to a score

_CERTAIN = {"same", "name", "joined"}
_NAMING = {"title", "asks", "value", "date", "attribution", "role"}
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+?(?=[.,;:!?)\]\"'”’»]*(?:\s|$))")
_BEFORE_MARK = re.compile(r" ([.,;:!?])(?=\s|$)")  # what an address that was left out leaves behind
_BULLET = re.compile(r"^\s*(?:[-*•▪◦–—>]+|\(?\d{1,2}[.)])\s+")
# A sentence ends at a mark that a space and something like a beginning follow.
_END = re.compile(r"(?<=[.!?…])([\"'”’»)\]]*)\s+(?=[\"'“„«(\[]*[A-ZА-ЯЁІЎ\d])")
# Points that end no sentence: titles, initials, common abbreviations in English and Russian.
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Sen|Gov|Jr|vs|No|Fig|approx|ca|cf|e\.g|i\.e|etc|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|г|гг|млн|млрд|руб|тыс|им|ст|см|т\.е|т\.д)|\b[A-ZА-ЯЁ](?:\.[A-ZА-ЯЁ])*)\.$"
)
_CYRILLIC_MONTHS = [stem(w) + r"\w?" if len(w) > 3 else w for w in mapped("months") if is_cyrillic(w)]
_MONTH = rf"(?:{'|'.join([*MONTHS[1:], *_CYRILLIC_MONTHS])})"
_MAGNITUDE = (
    r"(?:(?:thousand|million|billion|trillion|тысяч\w*|миллион\w*|миллиард\w*|(?:[bmt]n|[km])\b|(?:тыс|млн|млрд|трлн)\b\.?)"
    r"(?:\s(?:dollars?|euros?|rubles?|roubles?|долл\w*|руб\w*|евро))?)"
)
# Thousands may be separated by spaces, and a decimal follows a point or a comma.
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,\u00a0\u202f]\d+)*)"
_FIGURE = re.compile(
    # A date is one figure, and so is a range.
    rf"\b\d{{1,2}}\s{_MONTH}(?:\s\d{{4}})?\b|\b{_MONTH}\s\d{{1,2}}(?:,\s?\d{{4}})?\b|\b{_MONTH}\s\d{{4}}\b"
    rf"|(?<![\w.,])[$€£₽]?\s?{_NUMBER}(?:\s?[–—-]\s?\d+(?:[.,]\d+)*)?"
    rf"(?:\s?%|\s?{_MAGNITUDE}|\s(?:percent|per\scent|процент\w*))?"
    r"|\b(?:half|three quarters|(?:a|one|two) (?:thirds?|quarters?)|половин[аыуе]|треть|четверть)\b"
)
_DIGITS = re.compile(_NUMBER)
_COUNTED = re.compile(rf"{_NUMBER}(?:(?:[bmt]n|[km])\b)?")  # what a question is asked without
_UNIT = re.compile(
    r"(?P<share>%|\bper\s?cent|\bпроцент)|(?P<money>[$€£₽]|\b(?:dollar|euros?\b|ro?ubl|долл|евро\b|руб))"
)
# What separates claims: a conjunction after a comma, or a semicolon.
_CLAUSE = re.compile(r";\s+|,\s+(?=(?:and|but|while|whereas|а|и|но|тогда как)\s)", re.IGNORECASE)
# A sentence that says what a person is; its subject is the name.
_ROLE = re.compile(
    r"\W{0,9}(?P<name>\w[^,.]{1,59}?),? (?:is|was|are|were|became|remains|serves as|served as|был[аио]?|является|стал[аио]?) "
)


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
    found = _facts_about(sentence, ask(with_years)) or _facts_about(
        sentence, ask(_COUNTED.sub(" ", sentence))
    )
    facts = (RelatedFact(fact, fact_figures(fact), _same(sentence, fact)) for fact in found)
    return Claim(sentence, figures(sentence), tuple(facts))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each once; marks of lists and quotes and web addresses are left out."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        parts = [""]
        for part in _END.sub(r"\1\n", _ADDRESS.sub(" ", _BULLET.sub("", line))).split("\n"):
            if parts[-1] and _ABBREVIATED.search(parts[-1][-ENDING_LENGTH:]):
                parts[-1] += f" {part}"
            else:
                parts.append(part)
        for part in parts:
            if any(c.isalpha() for c in part):
                found[_BEFORE_MARK.sub(r"\1", " ".join(part.split()))[:SENTENCE_LENGTH]] = None
    return tuple(found)


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
    found = []
    for hit in outcome.hits:
        agreeing, score = _fit(hit, sentence)
        sure = agreeing or isinstance(outcome, Answer)
        if _shared(hit) >= (WORDS_SHARED if sure else CHOICE_WORDS) and (sure or score >= CHOICE_SCORE):
            found.append((score, hit.fact))
    if not found:
        return ()
    # A share is not compared with a sum of money, if there is a fact that gives a share.
    units = _units(sentence)
    found = [pair for pair in found if units & _units(_words(pair[1]))] or found
    # The other times of a series stay: a number that agrees must not hide one that does not.
    best, *others = (fact for _, fact in sorted(found, key=lambda pair: -pair[0]))
    return (best, *(fact for fact in others if same_series(best, fact)))[:FACTS_EACH]


def _whose_role(outcome: Outcome, sentence: str) -> Fact | None:
    """The person or body of which a sentence says what it is: a role is compared with a role."""
    match = _ROLE.match(sentence)
    name = set(surfaces(match["name"])) if match else set()
    actors = (hit.fact for hit in outcome.hits if isinstance(hit.fact, Actor))
    return next((actor for actor in actors if name and name <= set(surfaces(actor.title))), None)


def _fit(hit: Hit, sentence: str) -> tuple[int, float]:
    """How many numbers a fact shares with the sentence, and its score, more for these.

    Words alone do not tell `48% of people under 34` from those over 55.  One that is the fact's own value counts twice.
    """
    wanted = _numbers(sentence)
    agreeing = len(_numbers(_words(hit.fact)) & wanted)
    counts = isinstance(hit.fact, Figure) and not wanted.isdisjoint(_numbers(hit.fact.value))
    return agreeing, hit.score + AGREEING * min(agreeing + counts, 2)


def _same(sentence: str, fact: Fact) -> bool | None:
    """Whether the figures are the same: of numbers, or of years where the sentence has no others."""
    said = _words(fact)
    wanted, own = _numbers(sentence), _numbers(said)
    if not wanted:
        wanted, own = ({n for n in _DIGITS.findall(text) if YEAR.fullmatch(n)} for text in (sentence, said))
    if not wanted or not own:
        return None
    return True if wanted <= own else False if wanted.isdisjoint(own) else None


def _words(fact: Fact) -> str:
    return " ".join((fact.title, fact.statement, *fact_figures(fact)))


def _units(text: str) -> set[str | None]:
    return {match.lastgroup for match in _UNIT.finditer(text)}


def _numbers(text: str) -> set[str]:
    """The numbers of a text without its years, each in one spelling."""
    return {plain_number(n) for n in _DIGITS.findall(text) if not YEAR.fullmatch(n)}


def _shared(hit: Hit) -> int:
    """How many words of the sentence the fact is named by; none where most of them are guesses."""
    naming = [match for match in hit.matches if match.field in _NAMING]
    certain = sum(match.how in _CERTAIN for match in naming)
    return len(naming) if certain * 2 >= len(naming) else 0
