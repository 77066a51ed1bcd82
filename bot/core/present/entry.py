"""What a card says of a fact: label, answer, statement, quote, other years, who says so and where."""

from __future__ import annotations

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
from bot.core.text import languages, listed, surfaces, tokens

OTHERS_SHOWN, COMPARED_SHOWN = 4, 2
JOINT = " — "
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
        answer, rest = capitalised(who), f" — {answer}: {rest.removeprefix(JOINT)}"
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
        text(kind_of(fact)),
        answer,
        rest,
        fact.statement,
        fact.evidence[0].quote,
        tuple(_others(fact, base, text)),
        byline(fact, base),
        tuple(passages),
    )


def who_asked(question: str, fact: Fact) -> str:
    """The name that a who-question asks for, where the fact says it: who gives, or who receives."""
    said = set(surfaces(question))
    if not fact.answers or not said & {word for data in languages().values() for word in data["cues"]["who"]}:
        return ""
    return (fact.answers.receiver if said & set(listed("taking")) else fact.answers.giver) or ""


def kind_of(fact: Fact) -> str:
    """The key of the label of a fact: its kind; of an actor what its role says that it is."""
    if not isinstance(fact, Actor):
        return fact.kind
    head = [token.surface for token in tokens(_AFTER_HEAD.split(fact.role)[0])][-1:]
    kinds = strings().table("actor_words")
    return next((kind for kind, words in kinds.items() if set(head) & set(words.split())), "actor")


def _others(fact: Fact, base: FactBase, text: Strings) -> list[tuple[str, str]]:
    """Other years of its series in one line, and what other articles say."""
    found = []
    if series := base.series_of(fact):
        near = sorted(series, key=lambda other: abs((other.when.first - fact.when.first).days))[:OTHERS_SHOWN]
        line = " · ".join(_short(other) for other in series if other in near)
        if hidden := len(series) - len(near):
            line += f" · {text('and_more', count=hidden)}"
        found.append((text("other_years"), line))
    for other in base.compared(fact)[:COMPARED_SHOWN]:
        when = time_beside(other).strip(" ()")
        source = base.sources[other.evidence[0].source].short
        found.append(
            (text("compare"), f"{lead(other)} ({', '.join(part for part in (when, source) if part)})")
        )
    return found


def _short(fact: Fact) -> str:
    return f"{fact.value} ({fact.when})" if isinstance(fact, Figure) else f"{lead(fact)}{time_beside(fact)}"


def details_of(
    fact: Fact, base: FactBase, text: Strings, today: datetime.date
) -> list[tuple[str, list[str], str]]:
    """What stands under *Source*: for each article its title, remarks and address; then remarks on the entry itself."""
    found = []
    for credit in credits_of(fact, base):
        source, section = credit.source, credit.evidence.section
        remarks = [f"{credit.who}{f', {credit.dated}' if credit.dated else ''}", f"“{credit.evidence.quote}”"]
        if section:
            remarks.append(f"{text('section')}: {section}")
        if source.inferred:
            names = text.listed([phrases.field_name(name) for name in source.inferred])
            remarks.append(capitalised(text("inferred_fields", fields=names)))
        found.append((source.title, remarks, base.link(credit.evidence)))
    own = [byline(fact, base)]
    if fact.note:
        own.append(f"{text('note')}: {fact.note}")
    if checked := fact.last_checked:
        own.append(text("checked", when=parse_date(checked.isoformat())))
    if due := fact.overdue_since(today):
        own.append(text("due", when=parse_date(due.isoformat())))
    own += [text("entry_id", id=fact.id), cite(fact, base, "plain", today)]
    return [*found, ("", own, "")]
