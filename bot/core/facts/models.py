"""The records of the fact base as pydantic models, which are also its only schema."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.core.facts.dates import FactDate, add_period, parse_date
from bot.core.facts.fields import (
    Day,
    Edtf,
    Flag,
    Identifier,
    Identifiers,
    Line,
    Period,
    Quote,
    Unquoted,
    WebAddress,
    as_tuple,
    at_most,
)

TITLE_LENGTH = 100
STATEMENT_LENGTH = 250
NOTE_LENGTH = 300
ASK_LENGTH = 120
NAME_LENGTH = 120  # of a person or body
# What a number or a role says of the world changes within a year; that somebody argued something, or that a treaty
# was signed, stays true.  A fact's own `review_after` takes precedence.
REVIEW_AFTER = {"figure": "12 months", "actor": "12 months", "position": "3 years", "date": "5 years"}

Title = Annotated[Line, at_most(TITLE_LENGTH)]
Statement = Annotated[Line, at_most(STATEMENT_LENGTH)]
Name = Annotated[Line, at_most(NAME_LENGTH)]
Text = Annotated[Line, at_most(200)]
Asks = Annotated[tuple[Annotated[Line, at_most(ASK_LENGTH)], ...], BeforeValidator(as_tuple)]
AnswerType = Literal[
    "who", "when", "where", "why", "how", "how_much", "how_many", "yes_no", "what_says", "what_is", "what_happened"
]  # fmt: skip


def required(description: str, *examples: Any, **options: Any) -> Any:
    """A field with the sentence and the examples that editors and `unionstate new` show."""
    return Field(description=description, examples=list(examples), **options)


def optional(description: str, *examples: Any, default: Any = None) -> Any:
    return required(description, *examples, default=default)


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Evidence(Record):
    """Where the claim stands: a source and a phrase that occurs once in it."""

    source: Identifier = required("The id of a source in seeds/.", "riac-2019")
    section: Text | None = optional(
        "The article's own heading above the passage, if it has headings.", "Trends in Trade"
    )
    quote: Quote = required(
        "Two to eight consecutive words of the article that occur once in it.", "49.5 percent of Belarus"
    )
    publishers_own: Flag = optional(
        "Whether the publisher says this, not the article: a note on the author, a disclaimer, a heading of the site.",
        True,
        default=False,
    )


class Answers(Record):
    """What questions a fact answers, where its words alone leave that open; all keys are optional."""

    types: Annotated[tuple[AnswerType, ...], BeforeValidator(as_tuple)] = optional(
        "The kinds of question that the fact answers.", ["how_much", "when"], default=()
    )
    giver: Line | None = optional(
        "From whom something goes: who gives, lends, sells; of a share, the part.", "Russia"
    )
    receiver: Line | None = optional(
        "To whom it goes: who gets, borrows, buys; of a share, the whole.", "Belarus"
    )
    reason_for: Line | None = optional(
        "What the fact is the reason for, so that it answers why that is so.",
        "Belarus decommissioning aircraft",
    )
    settles: Line | None = optional(
        "The yes-or-no question that the fact settles, with its answer.",
        "is the nuclear plant financed with a Russian loan: yes",
    )
    counts: Line | None = optional("What the figure counts.", "union programmes")
    measure: Line | None = optional("What quantity the figure is.", "Russia's share of foreign trade")


class _FactFields(Record):
    """What every kind of fact has.  `id` and `topic` are set by the loader."""

    kind: str
    title: Title = required(
        "The name a person would look the fact up by.", "Russia's share of foreign trade, 2018"
    )
    statement: Statement = required(
        "One or two sentences in our own words that stand alone, with the year and full names.",
        "Russia accounted for 49.5% of Belarus's foreign trade in 2018.",
    )
    attribution: Name | None = optional(
        "Who says so, if it is not simply the article: an estimate's or a forecast's owner.",
        "the Belarusian government",
    )
    series: Identifier | None = optional(
        "Shared by facts that give the same quantity or state at different times.",
        "russia-share-of-foreign-trade",
    )
    see_also: Identifiers = optional(
        "Ids of facts that disagree with this one or complete it; each of them names this one too.",
        ["trade-share-2015"],
        default=(),
    )
    actors: Identifiers = optional("Ids of the actors that this fact names.", ["rosatom"], default=())
    asks: Asks = optional(
        "Short phrases as people type them when they look for this fact, in English and Russian.",
        ["trade share", "доля России в торговле"],
        default=(),
    )
    answers: Answers | None = optional(
        "What questions the fact answers, where its words leave that open; most facts do without.",
        {"types": ["why"], "reason_for": "the oil price dispute"},
    )
    expected: Flag = optional(
        "Whether the time was still to come when the article was written.", True, default=False
    )
    note: Annotated[Line, at_most(NOTE_LENGTH)] | None = optional(
        "A curator's remark that the card shows: an inferred year, a doubt.", "The year is inferred."
    )
    evidence: Annotated[tuple[Evidence, ...], BeforeValidator(as_tuple), Field(min_length=1)] = required(
        "The passages that the fact rests on; the first one is linked.",
        [{"source": "riac-2019", "quote": "49.5 percent of Belarus"}],
    )
    checked: Day | None = optional(
        "The day on which someone last compared the fact with its sources, if later than the topic's own.",
        "2026-11-23",
    )
    review_after: Period | None = optional(
        "How long after `checked` the fact is due for review, if the usual time for its kind does not suit it.",
        "6 months",
    )
    former_ids: Identifiers = optional(
        "Ids under which the fact was published before; it still answers to them.",
        ["trade-share-russia"],
        default=(),
    )

    # Set by the loader; not fields of the file.
    _id: str = ""
    _topic: str = ""
    _topic_checked: str | None = None

    @property
    def id(self) -> str:
        return self._id

    @property
    def topic(self) -> str:
        return self._topic

    @property
    def last_checked(self) -> datetime.date | None:
        """The day of the last review: the fact's own or its topic's, whichever is later; None if neither is given."""
        days = [d for d in (self.checked, self._topic_checked) if d]
        return datetime.date.fromisoformat(max(days)) if days else None

    @property
    def review_day(self) -> datetime.date | None:
        """The day from which the fact is due for review; None if the last review is unknown."""
        last = self.last_checked
        return last and add_period(last, self.review_after or REVIEW_AFTER[self.kind])

    def overdue_since(self, today: datetime.date) -> datetime.date | None:
        """The day since which the fact has been due for review; None if it is not due, or not known to be."""
        day = self.review_day
        return day if day and day <= today else None

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources of the evidence, in order, each once."""
        return tuple(dict.fromkeys(e.source for e in self.evidence))


class _Timed(_FactFields):
    as_of: Edtf = required(
        "When this held; an interval has a slash, `~` means about.", "2018", "2019-01/2019-04", "2015~"
    )

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.as_of)


class Figure(_Timed):
    kind: Literal["figure"] = required("A number that an article gives.", "figure")
    value: Annotated[Unquoted, at_most(60)] = required(
        "The number with its unit, its digits as in the quote.", "49.5%", "$10 billion"
    )


class DatedEvent(_FactFields):
    kind: Literal["date"] = required("Something that happened, or is to happen, at a stated time.", "date")
    date: Edtf = required(
        "When it happened; `199X` is the 1990s.", "2021-11-04", "2015-12-14/2015-12-15", "199X"
    )

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.date)


class Actor(_Timed):
    kind: Literal["actor"] = required("A person, institution, agreement, company, weapon or place.", "actor")
    role: Text = required("What or who it is, as the article says.", "United States Ambassador to NATO")


class Position(_Timed):
    kind: Literal["position"] = required("A claim, forecast, recommendation or characterisation.", "position")
    attribution: Name = required("Who holds it: never the bot.", "Douglas E. Lute")


Fact: TypeAlias = Figure | DatedEvent | Actor | Position
KIND_MODELS: Mapping[str, type[Figure] | type[DatedEvent] | type[Actor] | type[Position]] = {
    "figure": Figure,
    "date": DatedEvent,
    "actor": Actor,
    "position": Position,
}
KINDS = tuple(KIND_MODELS)


class TopicHead(Record):
    """The record `topic:` at the top of each fact file: how the topic is named when people browse."""

    title: Annotated[Line, at_most(60)] = required("The topic's name.", "Trade")
    about: Text = required(
        "One sentence that says what is in it.", "Who Belarus trades with, how much, on what terms."
    )
    checked: Day | None = optional(
        "The day on which someone last compared all facts of the file with their sources.", "2026-11-23"
    )


class Source(Record):
    """One article: what it is, whose, when, where, and how we know (a file in seeds/)."""

    title: Text = required("The article's title.", "Russia and Belarus in Search of Predictability")
    publisher: Name = required("Who published it.", "Russian International Affairs Council (RIAC)")
    publisher_url: WebAddress = required("The publisher's site.", "https://russiancouncil.ru/en/")
    url: WebAddress | None = optional(
        "The article's own address, if it is known.", "https://example.org/an-article"
    )
    author: Name | None = optional("Who wrote it, if the copy names anyone.", "Vyacheslav Sutyrin")
    author_role: Text | None = optional("The author's position as the article gives it.", "Research Fellow")
    speaker: Name | None = optional(
        "Whose remarks the page reports in the section that bears the name; the rest is the publisher's.",
        "Olga Lazorkina",
    )
    disowns_views: Flag = optional(
        "Whether the publisher says that the views are its authors' alone: it is never credited with them.",
        True,
        default=False,
    )
    published: Edtf | None = optional("When it was published.", "2021-11-10", "2015-12")
    reports_on: Edtf | None = optional("When the event took place that the page reports on.", "2024-04-27")
    language: Literal["en", "ru", "be"] = required("The language of the text.", "en")
    standpoint: Annotated[Line, at_most(150)] = required(
        "What kind of text it is and whose view, in one neutral phrase.",
        "A Moscow political scientist's analysis",
    )
    short: Annotated[Line, at_most(40)] = required(
        "What it is called in the small print of a card.", "RIAC 2019"
    )
    inferred: dict[str, Text] = required(
        "Fields that were inferred, each with what from.",
        {"published": "the latest event that it mentions is of 14 June 2019"},
        default_factory=dict,
    )

    _id: str = ""

    @property
    def id(self) -> str:
        return self._id

    @property
    def address(self) -> str:
        """The article's address, or its publisher's site where the article's is unknown."""
        return self.url or self.publisher_url

    @property
    def dated(self) -> FactDate | None:
        """When it was published, or else when the event took place that it reports on."""
        text = self.published or self.reports_on
        return parse_date(text) if text else None

    @property
    def by(self) -> str:
        """Author and publisher in one phrase, or the publisher and whose remarks it reports."""
        if self.author:
            return f"{self.author}, {self.publisher}"
        return f"{self.publisher}, remarks by {self.speaker}" if self.speaker else self.publisher
