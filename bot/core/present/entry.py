"""What a card says of a fact: label, answer, statement, quote, other years, who says so and where."""

import datetime
import re
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.models import Actor, Fact, Figure
from bot.core.present import phrases
from bot.core.present.byline import CREDITS_SHOWN, byline, credits_of
from bot.core.present.card import first_line, lead, time_beside
from bot.core.present.citations import cite
from bot.core.present.phrases import capitalised
from bot.core.present.strings import Strings, strings
from bot.core.search.cues import find_cues
from bot.core.text import listed, surfaces, tokens

OTHERS_SHOWN, COMPARED_SHOWN = 4, 2
# What follows the noun that says what an actor is.
_AFTER_HEAD = re.compile(r"\b(?:of|that|in|to|for|at|on|within|near|deployed|planned|mentioned)\b|[,;(]")


@dataclass(frozen=True)
class Passage:
    """A link to an article; `label` is what the link is called."""

    label: str
    address: str


@dataclass(frozen=True)
class Entry:
    """A card in words, without markup: `answer` is its bold beginning, `others` are headings with a line each."""

    label: str
    answer: str
    rest: str
    statement: str
    quote: str
    others: tuple[tuple[str, str], ...]
    byline: str
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """All of it as one text, for screen readers."""
        others = "".join(f" {heading}: {line}." for heading, line in self.others)
        links = " ".join(passage.address for passage in self.passages)
        return f"{self.label}: {self.answer}{self.rest}. {self.statement} “{self.quote}”.{others} {self.byline} {links}"


def entry_of(fact: Fact, base: FactBase, text: Strings, *, who: str = "") -> Entry:
    """The card of a fact; `who` is the name that the question asks for, where that leads."""
    answer, rest = first_line(fact)
    if who and who.casefold() not in answer.casefold():
        answer, rest = capitalised(who), f" — {answer}: {rest.removeprefix(' — ')}"
    if isinstance(fact, Actor):
        rest += time_beside(fact)
    credits = credits_of(fact, base)[:CREDITS_SHOWN]
    passages = []
    for credit in credits:
        label = text("open_passage") if len(credits) == 1 else credit.source.short
        if credit.source.url is None:
            label = text("publisher_page", publisher=credit.source.publisher)
        passages.append(Passage(label, base.link(credit.evidence)))
    return Entry(
        label=text(kind_of(fact)),
        answer=answer,
        rest=rest,
        statement=fact.statement,
        quote=fact.evidence[0].quote,
        others=tuple(_others(fact, base, text)),
        byline=byline(fact, base),
        passages=tuple(passages),
    )


def who_asked(question: str, fact: Fact) -> str:
    """The name that a who-question asks for, where the fact says it: who gives, or who receives."""
    said = surfaces(question)
    if not fact.answers or "who" not in find_cues(said):
        return ""
    return (fact.answers.receiver if set(said) & set(listed("taking")) else fact.answers.giver) or ""


def kind_of(fact: Fact) -> str:
    """The key of the label of a fact: its kind; of an actor what its role says that it is."""
    if not isinstance(fact, Actor):
        return fact.kind
    head = {token.surface for token in tokens(_AFTER_HEAD.split(fact.role)[0])[-1:]}
    kinds = strings().table("actor_words")
    return next((kind for kind, words in kinds.items() if head & set(words.split())), "actor")


def _others(fact: Fact, base: FactBase, text: Strings) -> list[tuple[str, str]]:
    """Other years of its series in one line, and what other articles say."""
    found = []
    if series := base.series_of(fact):
        near = sorted(series, key=lambda other: abs((other.when.first - fact.when.first).days))[:OTHERS_SHOWN]
        parts = [_short(other) for other in series if other in near]
        if hidden := len(series) - len(near):
            parts.append(text("and_more", count=hidden))
        found.append((text("other_years"), " · ".join(parts)))
    for other in base.compared(fact)[:COMPARED_SHOWN]:
        source = base.sources[other.evidence[0].source].short
        beside = [part for part in (time_beside(other).strip(" ()"), source) if part]
        found.append((text("compare"), f"{lead(other)} ({', '.join(beside)})"))
    return found


def _short(fact: Fact) -> str:
    return f"{fact.value} ({fact.when})" if isinstance(fact, Figure) else f"{lead(fact)}{time_beside(fact)}"


def details_of(
    fact: Fact, base: FactBase, text: Strings, today: datetime.date
) -> list[tuple[str, list[str], str]]:
    """What stands under *Source*: for each article its title, remarks and address; then remarks on the entry itself."""
    found = []
    for credit in credits_of(fact, base):
        section = credit.evidence.section
        remarks = [
            ", ".join(part for part in (credit.who, credit.dated) if part),
            f"“{credit.evidence.quote}”",
            f"{text('section')}: {section}" if section else "",
            capitalised(phrases.inferred(credit.source, text)),
        ]
        found.append((credit.source.title, [r for r in remarks if r], base.link(credit.evidence)))
    days = ("checked", fact.last_checked), ("due", fact.overdue_since(today))
    own = [
        byline(fact, base),
        f"{text('note')}: {fact.note}" if fact.note else "",
        *(text(key, when=parse_date(day.isoformat())) for key, day in days if day),
        text("entry_id", id=fact.id),
        cite(fact, base, "plain", today),
    ]
    return [*found, ("", [remark for remark in own if remark], "")]
