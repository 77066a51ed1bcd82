"""The records of the fact base as pydantic models, which are also its only schema."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

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
_FORMS = "2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15 (from/to), 199X (the 1990s) or 2015~ (about 2015)"
# What a number or a role says of the world changes within a year; that somebody argued something, or that a treaty
# was signed, stays true.  A fact's own `review_after` takes precedence.
REVIEW_AFTER = {"figure": "12 months", "actor": "12 months", "position": "3 years", "date": "5 years"}


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Evidence(Record):
    """Where a fact stands: a source and a phrase that occurs once in it."""

    source: Identifier = Field(description="The id of a source in seeds/.", examples=["riac-2019"])
    section: Annotated[Line, at_most(200)] | None = Field(
        default=None,
        description="The article's own heading above the passage, where it has headings.",
        examples=["Trends in Trade and Economic Cooperation"],
    )
    quote: Quote = Field(
        description="Two to eight consecutive words of the article that occur once in it and let a reader find the claim.",
        examples=["49.5 percent of Belarus"],
    )
    publishers_own: Flag = Field(
        default=False,
        description="Whether the publisher says this, not the article: a note on the author, a disclaimer, a heading of the site.",
        examples=[True],
    )


AnswerType = Literal[
    "who",
    "when",
    "where",
    "why",
    "how",
    "how_much",
    "how_many",
    "yes_no",
    "what_says",
    "what_is",
    "what_happened",
]


class Answers(Record):
    """What questions a fact answers, where its words alone leave that open; all keys are optional."""

    types: Annotated[tuple[AnswerType, ...], BeforeValidator(as_tuple)] = Field(
        default=(),
        description="The kinds of question that the fact answers.",
        examples=[["how_much", "when"]],
    )
    giver: Line | None = Field(
        default=None,
        description="From whom something goes: who gives, lends, sells; of a share, the part.",
        examples=["Russia"],
    )
    receiver: Line | None = Field(
        default=None,
        description="To whom it goes: who gets, borrows, buys; of a share, the whole.",
        examples=["Belarus"],
    )
    reason_for: Line | None = Field(
        default=None,
        description="What the fact is the reason for, so that it answers why that is so.",
        examples=["Belarus decommissioning aircraft"],
    )
    settles: Line | None = Field(
        default=None,
        description="The yes-or-no question that the fact settles, with its answer.",
        examples=["is the nuclear plant financed with a Russian loan: yes"],
    )
    counts: Line | None = Field(
        default=None, description="What the figure counts.", examples=["union programmes"]
    )
    measure: Line | None = Field(
        default=None, description="What quantity the figure is.", examples=["Russia's share of foreign trade"]
    )


Asks = Annotated[tuple[Annotated[Line, at_most(ASK_LENGTH)], ...], BeforeValidator(as_tuple)]
Title = Annotated[Line, at_most(TITLE_LENGTH)]
Statement = Annotated[Line, at_most(STATEMENT_LENGTH)]


def _title(example: str) -> Any:
    return Field(description="The name a person would look the fact up by.", examples=[example])


def _statement(example: str) -> Any:
    description = "One or two sentences in our own words that stand alone, with the year and full names."
    return Field(description=description, examples=[example])


def _asks(*examples: str) -> Any:
    description = "Short phrases as people type them when they look for this fact, in English and Russian."
    return Field(default=(), description=description, examples=[list(examples)])


class _FactFields(Record):
    """What every kind of fact has.  `id` and `topic` are set by the loader."""

    kind: str

    title: Title
    statement: Statement
    attribution: Annotated[Line, at_most(NAME_LENGTH)] | None = Field(
        default=None,
        description="Who says so, where it is not simply the article: an estimate's or a forecast's owner.",
        examples=["the Belarusian government"],
    )
    series: Identifier | None = Field(
        default=None,
        description="Shared by facts that give the same quantity or state at different times.",
        examples=["russia-share-of-foreign-trade"],
    )
    see_also: Identifiers = Field(
        default=(),
        description="Ids of facts that disagree with this one or complete it; each of them names this one too.",
        examples=[["trade-share-2015"]],
    )
    actors: Identifiers = Field(
        default=(),
        description="Ids of the actor facts of those whom this fact names.",
        examples=[["rosatom"]],
    )
    asks: Asks = ()
    answers: Answers | None = Field(
        default=None,
        description="What questions the fact answers, where its words leave that open; most facts do without.",
        examples=[{"types": ["why"], "reason_for": ["the oil price dispute"]}],
    )
    expected: Flag = Field(
        default=False,
        description="Whether the time of the fact was still to come when its article was written.",
        examples=[True],
    )
    note: Annotated[Line, at_most(NOTE_LENGTH)] | None = Field(
        default=None,
        description="A curator's remark that the card shows: an inferred year, a doubt.",
        examples=["The article says only “in November”; the year is inferred."],
    )
    evidence: Annotated[tuple[Evidence, ...], BeforeValidator(as_tuple), Field(min_length=1)] = Field(
        description="The passages that the fact rests on; the first one is linked.",
        examples=[[{"source": "riac-2019", "quote": "49.5 percent of Belarus"}]],
        json_schema_extra={"minItems": 1},  # which pydantic does not see behind the conversion to a tuple
    )
    checked: Day | None = Field(
        default=None,
        description="The day on which someone last compared the fact with its sources, where it is later than the topic's own.",
        examples=["2026-11-23"],
    )
    review_after: Period | None = Field(
        default=None,
        description="How long after `checked` the fact is due for review, where the usual time for its kind does not suit it.",
        examples=["6 months", "2 years"],
    )
    former_ids: Identifiers = Field(
        default=(),
        description="Ids under which the fact was published before; it still answers to them.",
        examples=[["trade-share-russia"]],
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
    as_of: Edtf = Field(
        description=f"When this held: {_FORMS}.", examples=["2018", "2019-01/2019-04", "2015~"]
    )

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.as_of)


class Figure(_Timed):
    """A number that an article gives."""

    kind: Literal["figure"] = Field(description="A number that an article gives.", examples=["figure"])
    title: Title = _title("Russia's share of Belarus's foreign trade")
    statement: Statement = _statement("Russia took 49.5% of Belarus's foreign trade in 2018.")
    asks: Asks = _asks("trade share", "доля России в торговле")
    value: Annotated[Unquoted, at_most(60)] = Field(
        description="The number with its unit, its digits as in the quote.",
        examples=["49.5%", "$10 billion", "1,880 types"],
    )


class DatedEvent(_FactFields):
    """Something that happened, or is to happen, at a stated time."""

    kind: Literal["date"] = Field(description="An event at a stated time.", examples=["date"])
    title: Title = _title("Supreme State Council approves 28 union programmes")
    statement: Statement = _statement(
        "On 4 November 2021 the Supreme State Council of the Union State approved 28 union programmes."
    )
    asks: Asks = _asks("when were the union programmes approved", "когда приняли союзные программы")
    date: Edtf = Field(
        description=f"When it happened: {_FORMS}.", examples=["2021-11-04", "2015-12-14/2015-12-15", "199X"]
    )

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.date)


class Actor(_Timed):
    """A person, institution, agreement, programme, company, weapon or place, with the role that the article gives it."""

    kind: Literal["actor"] = Field(
        description="A person, institution, agreement, company, weapon or place.", examples=["actor"]
    )
    title: Title = _title("Douglas E. Lute")
    statement: Statement = _statement("Douglas E. Lute was the US ambassador to NATO in 2015.")
    asks: Asks = _asks("who is lute", "посол сша при нато")
    role: Annotated[Line, at_most(200)] = Field(
        description="What or who it is, as the article says.", examples=["United States Ambassador to NATO"]
    )


class Position(_Timed):
    """A claim, forecast, recommendation or characterisation, with whoever holds it."""

    kind: Literal["position"] = Field(
        description="A claim, forecast, recommendation or characterisation.", examples=["position"]
    )
    title: Title = _title("A Russian airbase would not change the balance of forces")
    statement: Statement = _statement(
        "Douglas E. Lute said in 2015 that a Russian airbase in Belarus would not change the balance of forces."
    )
    asks: Asks = _asks("lute on the airbase", "угрожает ли авиабаза нато")
    attribution: Annotated[Line, at_most(NAME_LENGTH)] = Field(
        description="Who holds it: never the bot.", examples=["Douglas E. Lute"]
    )


Fact: TypeAlias = Figure | DatedEvent | Actor | Position
AnyFact = Annotated[Fact, Field(discriminator="kind")]
FACT_ADAPTER: TypeAdapter[Fact] = TypeAdapter(AnyFact)
KIND_MODELS: Mapping[str, type[Figure] | type[DatedEvent] | type[Actor] | type[Position]] = {
    "figure": Figure,
    "date": DatedEvent,
    "actor": Actor,
    "position": Position,
}
KINDS = tuple(KIND_MODELS)


class TopicHead(Record):
    """The record `topic:` on top of each fact file: how the topic is named when people browse."""

    title: Annotated[Line, at_most(60)] = Field(description="The topic's name.", examples=["Trade"])
    about: Annotated[Line, at_most(200)] = Field(
        description="One sentence that says what is in it.",
        examples=["Who Belarus trades with, how much, and on what terms."],
    )
    checked: Day | None = Field(
        default=None,
        description="The day on which someone last compared all facts of the file with their sources.",
        examples=["2026-11-23"],
    )


class Source(Record):
    """One article: what it is, whose, when, where, and how we know (a file in seeds/)."""

    title: Annotated[Line, at_most(200)] = Field(
        description="The article's title.", examples=["Russia and Belarus in Search of Predictability"]
    )
    publisher: Annotated[Line, at_most(NAME_LENGTH)] = Field(
        description="Who published it.", examples=["Russian International Affairs Council (RIAC)"]
    )
    publisher_url: WebAddress = Field(
        description="The publisher's site.", examples=["https://russiancouncil.ru/en/"]
    )
    url: WebAddress | None = Field(
        default=None,
        description="The article's own address, where it is known.",
        examples=["https://example.org/2021/11/10/an-article"],
    )
    author: Annotated[Line, at_most(NAME_LENGTH)] | None = Field(
        default=None,
        description="Who wrote it, where the copy names anyone.",
        examples=["Vyacheslav Sutyrin"],
    )
    author_role: Annotated[Line, at_most(200)] | None = Field(
        default=None,
        description="The author's position as the article gives it.",
        examples=["Research Fellow, Lomonosov Moscow State University"],
    )
    speaker: Annotated[Line, at_most(NAME_LENGTH)] | None = Field(
        default=None,
        description="Whose remarks the page reports in the section that bears the name; the rest is the publisher's.",
        examples=["Olga Lazorkina"],
    )
    disowns_views: Flag = Field(
        default=False,
        description="Whether the publisher says that the views are its authors' alone: it is never credited with them.",
        examples=[True],
    )
    published: Edtf | None = Field(
        default=None, description=f"When it was published: {_FORMS}.", examples=["2021-11-10", "2015-12"]
    )
    reports_on: Edtf | None = Field(
        default=None,
        description=f"When the event took place that the page reports on: {_FORMS}.",
        examples=["2024-04-27"],
    )
    language: Literal["en", "ru", "be"] = Field(description="The language of the text.", examples=["en"])
    standpoint: Annotated[Line, at_most(150)] = Field(
        description="What kind of text it is and whose view, in one neutral phrase.",
        examples=["A Moscow political scientist's analysis"],
    )
    short: Annotated[Line, at_most(40)] = Field(
        description="What the article is called in the small print of a card.", examples=["RIAC 2019"]
    )
    inferred: dict[str, Annotated[Line, at_most(200)]] = Field(
        default_factory=dict,
        description="Fields that were inferred, each with what from.",
        examples=[{"published": "the latest event that it mentions is of 14 June 2019"}],
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
