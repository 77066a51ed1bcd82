"""The records of the fact base as pydantic models, which are also its only schema.

The text below a field is what editors and `unionstate new` show; what stands in backticks in it is an example.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from bot.core.facts.dates import FactDate, add_period, parse_date

STATEMENT_LENGTH = 250
# What a number or a role says of the world changes within a year; that somebody argued something, or that a treaty
# was signed, stays true.  A fact's own `review_after` takes precedence.
REVIEW_AFTER = {"figure": "12 months", "actor": "12 months", "position": "3 years", "date": "5 years"}
QUOTE_WORDS = (2, 8)  # shorter ones locate nothing, longer ones would carry the articles' sentences
ID_LENGTH = 80  # an id travels in Slack's button values and block ids, whose limit is 255
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they can make a text look like another

_CONTROLS = re.compile(f"[\x00-\x1f\x7f-\x9f{BIDI_CONTROLS}]")
_IN_QUOTES = re.compile(r"""[“”„‘’«"'][^“”„‘’«»"']*[“”‘’»"']""")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PERIOD = re.compile(r"[1-9][0-9]? (?:month|year)s?")
_ADDRESS = re.compile(r"https?://[^\s/<>|\"]+\.[^\s/<>|\"]+(?:/[^\s<>|\"]*)?")  # no sign that ends a link


def refusal(code: str, message: str, expected: str) -> PydanticCustomError:
    """The error for a text; `message` completes a sentence that begins with the text."""
    return PydanticCustomError(
        "invalid", "{message}", {"code": code, "message": message, "expected": expected}
    )


def rule(code: str, expected: str, check: Callable[[Any], str | None]) -> AfterValidator:
    """Refuses values for which `check` returns what is wrong."""

    def validate(value: Any) -> Any:
        if message := check(value):
            raise refusal(code, message, expected)
        return value

    return AfterValidator(validate)


def at_most(length: int) -> AfterValidator:
    return rule(
        "too-long", f"at most {length}", lambda t: f"has {len(t)} characters" if len(t) > length else None
    )


def _line(text: str) -> str:
    folded = " ".join(text.split())
    if not folded:
        raise refusal("empty", "is empty", "some text")
    if _CONTROLS.search(folded):
        raise refusal("control-character", "has a control character", "ordinary text")
    return folded


def _id(text: str) -> str | None:
    if foreign := next((c for c in text if not c.isascii()), ""):
        name = unicodedata.name(foreign, "unnamed character").lower()
        return f"has the letter “{foreign}” ({name}), which is not a Latin one"
    return None if _ID.fullmatch(text) and len(text) <= ID_LENGTH else "is not a valid id"


def _quote(text: str) -> str | None:
    count, (low, high) = len(text.split()), QUOTE_WORDS
    return None if low <= count <= high else f"has {count} word{'s' * (count != 1)}"


def _unquoted(text: str) -> str | None:
    return "is in quotation marks" if _IN_QUOTES.fullmatch(text) else None


def _edtf(text: str) -> str | None:
    try:
        parse_date(text)
    except ValueError as error:
        return str(error)
    return None


def _day(text: str) -> str | None:
    try:
        day = datetime.date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        return "is not a day"
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)  # today elsewhere
    return "is in the future" if day > tomorrow else None


def _period(text: str) -> str | None:
    return None if _PERIOD.fullmatch(text) else "is not a period"


def _address(text: str) -> str | None:
    return None if _ADDRESS.fullmatch(text) else "is not a web address"


_ID_FORM = f"at most {ID_LENGTH} small Latin letters, digits and single hyphens, such as trade-share-2018"
_QUOTE_FORM = f"a quote of {QUOTE_WORDS[0]} to {QUOTE_WORDS[1]} words"
_NO_MARKS = "no quotation marks around it, since people would see them"
_DATE_FORM = "a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~"
_ADDRESS_FORM = "a web address such as https://example.org/article"

NOT_EMPTY = rule("empty", "at least one item", lambda items: None if items else "has no items")
Line = Annotated[str, AfterValidator(_line)]
Lines = tuple[Line, ...]
Identifier = Annotated[str, rule("id", _ID_FORM, _id)]
Identifiers = tuple[Identifier, ...]
Quote = Annotated[Line, rule("quote-length", _QUOTE_FORM, _quote)]
Unquoted = Annotated[Line, rule("quotation-marks", _NO_MARKS, _unquoted)]
Edtf = Annotated[str, rule("date", _DATE_FORM, _edtf)]
Day = Annotated[str, rule("day", "a day such as 2026-11-23, not later than today", _day)]
Period = Annotated[str, rule("period", "a time such as 6 months or 2 years", _period)]
WebAddress = Annotated[str, rule("address", _ADDRESS_FORM, _address), at_most(1000)]
Title = Annotated[Line, at_most(100)]
Statement = Annotated[Line, at_most(STATEMENT_LENGTH)]
Name = Annotated[Line, at_most(120)]
Text = Annotated[Line, at_most(200)]
Asks = tuple[Annotated[Line, at_most(120)], ...]
AnswerType = Literal[
    "who", "when", "where", "why", "how", "how_much", "how_many", "yes_no", "what_says", "what_is", "what_happened"
]  # fmt: skip


class Record(BaseModel):
    # Deferred, as a cached fact base needs no validation.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Evidence(Record):
    """The passage for the claim: a source and a phrase that occurs once in it."""

    source: Identifier
    """The id of a source in seeds/: `riac-2019`."""
    section: Text | None = None
    """The article's own heading above the passage, if it has headings: `Trends in Trade`."""
    quote: Quote
    """Two to eight consecutive words of the article that occur once in it: `49.5 percent of Belarus`."""
    publishers_own: bool = False
    """`true` if the publisher says this, not the article: a note on the author, a disclaimer, a heading of the site."""


class Answers(Record):
    """What questions a fact answers, where its words alone leave that open; all keys are optional."""

    types: tuple[AnswerType, ...] = ()
    """The kinds of question that the fact answers: `[how_much, when]`."""
    giver: Line | None = None
    """The party that gives, lends or sells; of a share, the part: `Russia`."""
    receiver: Line | None = None
    """The party that gets, borrows or buys; of a share, the whole: `Belarus`."""
    reason_for: Line | None = None
    """What the fact is the reason for, so that it answers why that is so: `Belarus decommissioning aircraft`."""
    settles: Line | None = None
    """The yes-or-no question that the fact settles, with its answer: `"is the plant financed with a loan: yes"`."""
    counts: Line | None = None
    """What the figure counts: `union programmes`."""
    measure: Line | None = None
    """What quantity the figure is: `Russia's share of foreign trade`."""


class _FactFields(Record):
    """What every kind of fact has."""

    # Set by the loader in the `__dict__` of each fact, as cached_property does; not fields of the file.
    id: ClassVar[str] = ""
    topic: ClassVar[str] = ""
    topic_checked: ClassVar[str | None] = None

    kind: str
    title: Title
    """The name a person would look the fact up by: `Russia's share of foreign trade, 2018`."""
    statement: Statement
    """One or two sentences in our own words that stand alone: `Russia took 49.5% of Belarus's trade in 2018.`"""
    attribution: Name | None = None
    """Who says so, if it is not simply the article, as an estimate's or a forecast's owner: `the government`."""
    series: Identifier | None = None
    """Shared by facts that give the same quantity or state at different times: `russia-share-of-foreign-trade`."""
    see_also: Identifiers = ()
    """Facts that disagree with this one or complete it; each of them names this one too: `[trade-share-2015]`."""
    actors: Identifiers = ()
    """Ids of the actors that this fact names: `[rosatom]`."""
    asks: Asks = ()
    """Short phrases as people type them, in English and Russian: `[trade share, доля России в торговле]`."""
    answers: Answers | None = None
    """What questions the fact answers, where its words leave that open: `{types: [why]}`."""
    expected: bool = False
    """`true` if the time was still to come when the article was written."""
    note: Annotated[Line, at_most(300)] | None = None
    """A curator's remark that the card shows, such as an inferred year or a doubt: `The year is inferred.`"""
    evidence: Annotated[tuple[Evidence, ...], NOT_EMPTY]
    """The passages that the fact rests on, each with its source; the first one is linked: `- source: riac-2019`."""
    checked: Day | None = None
    """When someone last compared the fact with its sources, if later than the topic's own day: `2026-11-23`."""
    review_after: Period | None = None
    """When the fact is due for review after that, if the time for its kind does not suit it: `6 months`."""
    former_ids: Identifiers = ()
    """Ids under which the fact was published before, to which it still answers: `[trade-share-russia]`."""

    @property
    def last_checked(self) -> datetime.date | None:
        """The day of the last review: the fact's own or its topic's, whichever is later; None if neither is given."""
        days = [d for d in (self.checked, self.topic_checked) if d]
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
    as_of: Edtf
    """When this held; an interval has a slash, `~` means about: `2018`, `2019-01/2019-04`, `2015~`."""

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.as_of)


class Figure(_Timed):
    kind: Literal["figure"]
    """A number that an article gives: `figure`."""
    value: Annotated[Unquoted, at_most(60)]
    """The number with its unit, its digits as in the quote: `49.5%`, `$10 billion`."""


class DatedEvent(_FactFields):
    kind: Literal["date"]
    """Something that happened, or is to happen, at a stated time: `date`."""
    date: Edtf
    """When it happened: `2021-11-04`, `2015-12-14/2015-12-15`, or `199X` for the 1990s."""

    @cached_property
    def when(self) -> FactDate:
        return parse_date(self.date)


class Actor(_Timed):
    kind: Literal["actor"]
    """A person, institution, agreement, company, weapon or place: `actor`."""
    role: Text
    """What or who it is, as the article says: `United States Ambassador to NATO`."""


class Position(_Timed):
    kind: Literal["position"]
    """A claim, forecast, recommendation or characterisation: `position`."""
    attribution: Name
    """Who holds it, never the bot: `Douglas E. Lute`."""


Fact: TypeAlias = Figure | DatedEvent | Actor | Position
KIND_MODELS: Mapping[str, type[Fact]] = {
    "figure": Figure, "date": DatedEvent, "actor": Actor, "position": Position,
}  # fmt: skip
KINDS = tuple(KIND_MODELS)


class TopicHead(Record):
    """The record `topic:` at the top of each fact file: how the topic is named when people browse."""

    title: Annotated[Line, at_most(60)]
    """The topic's name: `Trade`."""
    about: Text
    """One sentence that says what is in it: `Who Belarus trades with, how much, on what terms.`"""
    checked: Day | None = None
    """The day on which someone last compared all facts of the file with their sources: `2026-11-23`."""


class Source(Record):
    """One article with author, publisher, dates, address and standpoint (a file in seeds/)."""

    id: ClassVar[str] = ""  # as that of a fact
    title: Text
    """The article's title: `Russia and Belarus in Search of Predictability`."""
    publisher: Name
    """Who published it: `Russian International Affairs Council (RIAC)`."""
    publisher_url: WebAddress
    """The publisher's site: `https://russiancouncil.ru/en/`."""
    url: WebAddress | None = None
    """The article's own address, if it is known: `https://example.org/an-article`."""
    author: Name | None = None
    """Who wrote it, if the copy names anyone: `Vyacheslav Sutyrin`."""
    author_role: Text | None = None
    """The author's position as the article gives it: `Research Fellow`."""
    speaker: Name | None = None
    """Whose remarks the page reports in the section that bears the name: `Olga Lazorkina`."""
    disowns_views: bool = False
    """`true` if the publisher says that the views are its authors' alone: it is never credited with them."""
    published: Edtf | None = None
    """When it was published: `2021-11-10`, `2015-12`."""
    reports_on: Edtf | None = None
    """When the event took place that the page reports on: `2024-04-27`."""
    language: Literal["en", "ru", "be"]
    """The language of the text: `en`."""
    standpoint: Annotated[Line, at_most(150)]
    """What kind of text it is and whose view, in one neutral phrase: `A Moscow political scientist's analysis`."""
    short: Annotated[Line, at_most(40)]
    """What it is called in the small print of a card: `RIAC 2019`."""
    inferred: dict[str, Text] = {}
    """Fields that were inferred, each with what from: `{published: the latest event is of 14 June 2019}`."""

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


class Site(Record):
    """The subject of a fact base: what the bot is about and how it presents itself (`facts/site.yaml`)."""

    name: Annotated[Line, at_most(40)] = "Facts"
    """The name of the bot: `UnionState`."""
    subject: Annotated[Line, at_most(100)] = "this subject"
    """What the facts are about, so that it completes “facts about …”: `the Union State of Russia and Belarus`."""
    description: Statement = "Curated, dated, attributed facts."
    """What the bot does, in one sentence: `Curated, dated, attributed facts about the Union State.`"""
    command: Annotated[Line, at_most(32)] = "facts"
    """The slash command, without the slash: `unionstate`."""
    examples: Lines = ()
    """Up to five questions that help texts offer; each must have an answer: `[trade share]`."""


Words = tuple[Annotated[Line, at_most(80)], ...]


class Vocabulary(Record):
    """What is true of words rather than of facts (`facts/vocabulary.yaml`)."""

    names: Mapping[str, Words] = {}
    """Spellings, transliterations and abbreviations of one name: `{EAEU: [EEU, Eurasian Economic Union, ЕАЭС]}`."""
    synonyms: Mapping[str, Words] = {}
    """Everyday words for the same thing within our subject: `{loan: [credit, кредит]}`."""
    ignore: Words = ()
    """Words of conversation that say nothing of the question: `[please]`."""
    light: Words = ()
    """Everyday words that count for less: `[get, happen, people]`."""
    asked: Words = ()
    """Properties that a fact must have to be an answer: `[price, population]`."""
    loaded: Words = ()
    """Terms that take a side, in titles and statements only in quotation marks: `[last dictator of Europe]`."""
