"""The nouns of the fact base: Fact and its four kinds, Evidence, Source, Topic, FactBase.

Belongs here: what a record may hold, as pydantic models, which are the only schema.  Does not
belong here: reading files (`load`), comparing with the articles (`evidence`), finding (`search`).
"""

from __future__ import annotations

import datetime
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    HttpUrl,
    TypeAdapter,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bot.core.dates import EDTF_PATTERN, DateError, FactDate, as_edtf, parse_date
from bot.core.dates import WANTED as DATE_WANTED
from bot.core.site import Site

QUOTE_WORDS = (2, 8)  # shorter ones locate nothing, longer ones would carry the articles' sentences
TITLE_LENGTH = 100
STATEMENT_LENGTH = 250
NOTE_LENGTH = 300
ASK_LENGTH = 120
ID_LENGTH = 80  # an id travels in button values and ids of blocks, whose limit is 255
WORD_LENGTH = 80  # of a word or phrase of the vocabulary

ID_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_WANTED_ID = (
    f"an id of at most {ID_LENGTH} small letters, digits and single hyphens, such as trade-share-2018"
)
_WANTED_QUOTE = f"a quote of {QUOTE_WORDS[0]} to {QUOTE_WORDS[1]} words"
_WANTED_UNQUOTED = "no quotation marks around it: people would see them"
_WANTED_DAY = "a day such as 2026-11-23"
_WANTED_PERIOD = "a time such as 6 months or 2 years"
_WANTED_ADDRESS = "a web address such as https://example.org/article"
_FORMS = "2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15 (from/to), 199X (the 1990s) or 2015~ (about 2015)"
_PERIOD = re.compile(r"([1-9][0-9]?) (month|year)s?")


def _wanted(message: str) -> PydanticCustomError:
    """An error whose message completes the sentence "wanted …"."""
    return PydanticCustomError("wanted", "{wanted}", {"wanted": message})


def _line(text: str) -> str:
    """One line of text: folds line breaks and runs of spaces, refuses emptiness and control characters."""
    folded = " ".join(text.split())
    if not folded:
        raise _wanted("some text")
    if any(unicodedata.category(c) == "Cc" for c in folded):
        raise _wanted("text without control characters")
    return folded


def _edtf(text: str) -> str:
    try:
        parse_date(text)
    except DateError as error:
        meant = as_edtf(text)
        raise _wanted(f"{meant}: {DATE_WANTED}" if meant else str(error)) from None
    return text


def _identifier(text: str) -> str:
    if not re.fullmatch(ID_PATTERN, text) or len(text) > ID_LENGTH:
        raise _wanted(_WANTED_ID)
    return text


def _quote(text: str) -> str:
    low, high = QUOTE_WORDS
    if not low <= len(text.split()) <= high:
        raise _wanted(f"{_WANTED_QUOTE}, not {len(text.split())}")
    return text


def _unquoted(text: str) -> str:
    if re.match(_IN_QUOTES, text):
        raise _wanted(_WANTED_UNQUOTED)
    return text


def _day(text: str) -> str:
    try:
        datetime.date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise _wanted(_WANTED_DAY) from None
    return text


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise _wanted(_WANTED_PERIOD)
    return text


@dataclass(frozen=True, eq=False)
class _Rule:
    """A rule for a text: `check` refuses or returns it, and `schema` tells an editor the same as far as JSON Schema can."""

    check: Callable[[str], str]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), **self.schema}


def _at_most(length: int) -> _Rule:
    def check(text: str) -> str:
        if len(text) > length:
            raise _wanted(f"at most {length} characters, not {len(text)}")
        return text

    return _Rule(check, {"maxLength": length})


def _web_address(text: str) -> str:
    try:
        _HTTP_URL.validate_python(text)
        if re.search(r"[\s<>|\"]", text):  # signs that would end the address where it is shown as a link
            raise ValueError(text)
    except ValueError:
        raise _wanted(_WANTED_ADDRESS) from None
    return text


_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def _pattern(pattern: str, wanted: str) -> dict[str, str]:
    """A pattern, and what VS Code says instead of it where a text does not fit: the words of `check`."""
    return {"pattern": pattern, "patternErrorMessage": f"wanted {wanted}"}


# An editor reads a plain 2018 or 49.5 as a number, which to us is text; hence the second type in the schemas.
_NUMBER_TOO = ["string", "number"]
_TEXT = r"^(?=[\s\S]*\S)[^\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f]*$"
_IN_QUOTES = r"""^\s*[“”„‘’«"'][^“”„‘’«»"']*[“”‘’»"']\s*$"""
_WORDS = rf"^\s*\S+(?:\s+\S+){{{QUOTE_WORDS[0] - 1},{QUOTE_WORDS[1] - 1}}}\s*$"
_DAY = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"

_SOME_TEXT = {"type": _NUMBER_TOO, **_pattern(_TEXT, "some text, without control characters")}

Line = Annotated[str, _Rule(_line, _SOME_TEXT)]
# Somebody's term may be a title in quotation marks; a number with its unit is nobody's.
Unquoted = Annotated[
    Line, _Rule(_unquoted, _pattern(f"(?!{_IN_QUOTES}){_TEXT}", f"some text, with {_WANTED_UNQUOTED}"))
]
Edtf = Annotated[
    str,
    _Rule(
        _edtf,
        {
            "type": ["string", "integer"],
            **_pattern(EDTF_PATTERN, DATE_WANTED),
            "minimum": 1000,
            "maximum": 9999,
        },
    ),
]
Day = Annotated[str, _Rule(_day, _pattern(_DAY, _WANTED_DAY))]
Period = Annotated[str, _Rule(_period, _pattern(f"^{_PERIOD.pattern}$", _WANTED_PERIOD))]
Identifier = Annotated[
    str,
    _Rule(
        _identifier,
        {
            "type": ["string", "integer"],
            **_pattern(f"^{ID_PATTERN}$", _WANTED_ID),
            "maxLength": ID_LENGTH,
            "minimum": 0,
        },
    ),
]
Word = Annotated[str, Field(json_schema_extra={**_SOME_TEXT, "maxLength": WORD_LENGTH})]
Quote = Annotated[str, _Rule(_line, {}), _Rule(_quote, {"type": "string", **_pattern(_WORDS, _WANTED_QUOTE)})]
WebAddress = Annotated[
    str, _Rule(_web_address, _pattern(r'^https?://[^\s<>|"/]+[^\s<>|"]*$', _WANTED_ADDRESS))
]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _as_tuple(value: Any) -> Any:
    """YAML gives lists; frozen records hold tuples."""
    return tuple(value) if isinstance(value, list) else value


def _as_flag(value: Any) -> Any:
    """Our YAML gives text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Flag = Annotated[bool, BeforeValidator(_as_flag)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(_as_tuple)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(_as_tuple)]
Asks = Annotated[tuple[Annotated[Line, _at_most(ASK_LENGTH)], ...], BeforeValidator(_as_tuple)]


class Evidence(_Record):
    """Where a fact stands: a source and a phrase that occurs once in it."""

    source: Identifier = Field(description="The id of a source in seeds/.", examples=["riac-2019"])
    section: Line | None = Field(
        default=None,
        description="The article's own heading above the passage, where it has headings.",
        examples=["Trends in Trade and Economic Cooperation"],
    )
    quote: Quote = Field(
        description="Two to eight consecutive words of the article that occur once in it and let a reader find the claim.",
        examples=["49.5 percent of Belarus"],
    )


Title = Annotated[Line, _at_most(TITLE_LENGTH)]
Statement = Annotated[Line, _at_most(STATEMENT_LENGTH)]


def _title(example: str) -> Any:
    return Field(description="The name a person would look the fact up by.", examples=[example])


def _statement(example: str) -> Any:
    description = "One or two sentences in our own words that stand alone, with the year and full names."
    return Field(description=description, examples=[example])


def _asks(*examples: str) -> Any:
    description = "Short phrases as people type them when they look for this fact, in English and Russian."
    return Field(default=(), description=description, examples=[list(examples)])


class _FactFields(_Record):
    """What every kind of fact has.  `id`, `topic` and the place in the file come from the loader, not from a field."""

    title: Title
    statement: Statement
    attribution: Line | None = Field(
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
    expected: Flag = Field(
        default=False,
        description="Whether the time of the fact was still to come when its article was written.",
        examples=[True],
    )
    note: Annotated[Line, _at_most(NOTE_LENGTH)] | None = Field(
        default=None,
        description="A curator's remark that the card shows: an inferred year, a doubt.",
        examples=["The article says only “in November”; the year is inferred."],
    )
    evidence: Annotated[tuple[Evidence, ...], BeforeValidator(_as_tuple), Field(min_length=1)] = Field(
        description="The passages that the fact rests on; the first one is linked.",
        examples=[[{"source": "riac-2019", "quote": "49.5 percent of Belarus"}]],
        json_schema_extra={"minItems": 1},  # which pydantic does not see behind the conversion to a tuple
    )
    checked: Day | None = Field(
        default=None,
        description="The day on which someone last held the fact against its sources, where it is later than the topic's own.",
        examples=["2026-11-23"],
    )
    review_after: Period | None = Field(
        default=None,
        description="How long after `checked` the fact wants another look, where the usual time for its kind does not suit it.",
        examples=["6 months", "2 years"],
    )
    former_ids: Identifiers = Field(
        default=(),
        description="Ids under which the fact was published before; it goes on answering to them.",
        examples=[["trade-share-russia"]],
    )

    # Set by the loader, so that a fact knows its name and its topic's day; not fields of the file.
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
        """The day of the last look: the fact's own or its topic's, whichever is later; None where neither says."""
        days = [d for d in (self.checked, self._topic_checked) if d]
        return datetime.date.fromisoformat(max(days)) if days else None

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
    value: Annotated[Unquoted, _at_most(60)] = Field(
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
    role: Annotated[Line, _at_most(200)] = Field(
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
    attribution: Line = Field(description="Who holds it: never the bot.", examples=["Douglas E. Lute"])


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


class TopicHead(_Record):
    """The record `topic:` on top of each fact file: how the topic is named when people browse."""

    title: Annotated[Line, _at_most(60)] = Field(description="The topic's name.", examples=["Trade"])
    about: Annotated[Line, _at_most(200)] = Field(
        description="One sentence that says what is in it.",
        examples=["Who Belarus trades with, how much, and on what terms."],
    )
    checked: Day | None = Field(
        default=None,
        description="The day on which someone last held all facts of the file against their sources.",
        examples=["2026-11-23"],
    )


class Source(_Record):
    """One article: what it is, whose, when, where, and how we know (a file in seeds/)."""

    title: Line = Field(
        description="The article's title.", examples=["Russia and Belarus in Search of Predictability"]
    )
    publisher: Line = Field(
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
    author: Line | None = Field(
        default=None,
        description="Who wrote it, where the copy names anyone.",
        examples=["Vyacheslav Sutyrin"],
    )
    author_role: Line | None = Field(
        default=None,
        description="The author's position as the article gives it.",
        examples=["Research Fellow, Lomonosov Moscow State University"],
    )
    speaker: Line | None = Field(
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
    standpoint: Annotated[Line, _at_most(150)] = Field(
        description="What kind of text it is and whose view, in one neutral phrase.",
        examples=["A Moscow political scientist's analysis"],
    )
    short: Annotated[Line, _at_most(40)] = Field(
        description="What the article is called in the small print of a card.", examples=["RIAC 2019"]
    )
    inferred: dict[str, Line] = Field(
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


@dataclass(frozen=True)
class Topic:
    """A file of facts as people browse it."""

    id: str
    title: str
    about: str
    facts: tuple[Fact, ...]
    checked: str | None = None  # the day of the last look at all of them


@dataclass(frozen=True)
class Place:
    """A line in a file of the fact base; `file` is relative to the folder that holds facts/ and seeds/."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Vocabulary:
    """What is true of words rather than of facts (`facts/vocabulary.yaml`), as the file has it."""

    names: Annotated[
        Mapping[str, tuple[Word, ...]],
        Field(
            description="Spellings, transliterations and abbreviations of one name: exactly the same thing.",
            examples=[{"EAEU": ["EEU", "Eurasian Economic Union", "ЕАЭС"]}],
        ),
    ] = field(default_factory=dict)
    synonyms: Annotated[
        Mapping[str, tuple[Word, ...]],
        Field(
            description="Everyday words for the same thing within our subject.",
            examples=[{"loan": ["credit", "кредит"]}],
        ),
    ] = field(default_factory=dict)
    ignore: Annotated[
        tuple[Word, ...],
        Field(
            description="Words of conversation that say nothing of what a question is about.",
            examples=[["the", "please"]],
        ),
    ] = ()
    light: Annotated[
        tuple[Word, ...],
        Field(
            description="Everyday words that people use in any question: they count, but for less.",
            examples=[["get", "happen", "people"]],
        ),
    ] = ()
    asked: Annotated[
        tuple[Word, ...],
        Field(
            description="Words for a property that a question may ask for: without it, a fact is no answer.",
            examples=[["price", "population"]],
        ),
    ] = ()
    loaded: Annotated[
        tuple[Word, ...],
        Field(
            description="Terms that take a side: in titles and statements they stand only in quotation marks.",
            examples=[["last dictator of Europe"]],
        ),
    ] = ()


@dataclass(frozen=True)
class FactBase:
    """All facts at one moment; never changed once made, so that an answer comes from one version.

    `version` is a hash of the files' content: equal content, equal version.  `places` has every fact
    and source by id; `lines` the lines of all fields, by file and path.
    """

    facts: tuple[Fact, ...]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    vocabulary: Vocabulary
    places: Mapping[str, Place]
    version: str
    lines: Mapping[str, Mapping[tuple[str | int, ...], int]] = field(default_factory=dict, repr=False)
    site: Site = field(default_factory=Site)
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)  # by fact id

    def place(self, fact: Fact, *path: str | int) -> Place:
        """Where a field of a fact stands (`place(fact, "evidence", 0, "quote")`), or the fact where that is not known."""
        start = self.places[fact.id]
        lines = self.lines.get(start.file, {})
        for length in range(len(path), 0, -1):
            if line := lines.get((fact.id, *path[:length])):
                return Place(start.file, line)
        return start

    @cached_property
    def by_id(self) -> Mapping[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def by_series(self) -> Mapping[str, tuple[Fact, ...]]:
        """The members of each series in time order."""
        members: dict[str, list[Fact]] = {}
        for fact in self.facts:
            if fact.series:
                members.setdefault(fact.series, []).append(fact)
        return {name: in_time_order(facts) for name, facts in members.items()}

    @cached_property
    def by_former_id(self) -> Mapping[str, Fact]:
        return {former: fact for fact in self.facts for former in fact.former_ids}

    def get(self, fact_id: str) -> Fact | None:
        """The fact of this id, or the one that was published under it before."""
        return self.by_id.get(fact_id) or self.by_former_id.get(fact_id)

    def series_of(self, fact: Fact) -> tuple[Fact, ...]:
        """The other members of the fact's series, in time order."""
        if not fact.series:
            return ()
        return tuple(f for f in self.by_series[fact.series] if f.id != fact.id)

    def compared(self, fact: Fact) -> tuple[Fact, ...]:
        """What another article says beside this fact: the facts that it names as `see_also`, series aside, that rest
        on other sources.  Those of the same article are for `related`: a card stays short."""
        named = (self.by_id[i] for i in fact.see_also)
        return tuple(
            other
            for other in named
            if not set(other.sources) & set(fact.sources)
            and not (fact.series and other.series == fact.series)
        )

    def related(self, fact: Fact, limit: int = 5) -> tuple[Fact, ...]:
        """What a reader of this fact may want next: its series, what it names as `see_also`, its actors, then its topic."""
        ids: dict[str, None] = {}
        for other in self._nearest(fact):
            if other != fact.id:
                ids[other] = None
            if len(ids) == limit:
                break
        return tuple(self.by_id[i] for i in ids)

    def _nearest(self, fact: Fact) -> Iterator[str]:
        """The ids behind `related`, nearest first; some come twice."""
        yield from (f.id for f in self.series_of(fact))
        yield from fact.see_also
        yield from fact.actors
        for number in sorted({n for actor in fact.actors or (fact.id,) for n in self._naming.get(actor, ())}):
            yield self.facts[number].id
        facts = self.topics[fact.topic].facts
        at = self._place_in_topic[fact.id]
        yield from (facts[i].id for i in sorted(range(len(facts)), key=lambda i: abs(i - at)))

    @cached_property
    def _naming(self) -> Mapping[str, list[int]]:
        """For each actor, the places in `facts` of those that name it."""
        naming: dict[str, list[int]] = {}
        for number, fact in enumerate(self.facts):
            for actor in fact.actors:
                naming.setdefault(actor, []).append(number)
        return naming

    @cached_property
    def _place_in_topic(self) -> Mapping[str, int]:
        return {fact.id: i for topic in self.topics.values() for i, fact in enumerate(topic.facts)}

    def link(self, evidence: Evidence) -> str:
        """The address that opens the article at the passage (a text fragment), or the publisher's site where the
        article's own address is unknown: there the passage cannot be found, so none is named."""
        source = self.sources[evidence.source]
        return text_fragment_url(source.url, evidence.quote) if source.url else source.publisher_url


def same_series(a: Fact, b: Fact) -> bool:
    """Whether two facts give the same quantity or state at different times."""
    return bool(a.series) and a.series == b.series


def shown_together(a: Fact, b: Fact) -> bool:
    """Whether the card of one shows or leads to the other, so that the person misses nothing by getting one of them."""
    return same_series(a, b) or b.id in a.see_also or b.id in a.actors or a.id in b.actors


def in_time_order(facts: list[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: (f.when.sort_key, f.id)))


def text_fragment_url(url: str, quote: str) -> str:
    """`url` with `quote` as a text fragment (WICG Scroll to Text Fragment: `-`, `,` and `&` are encoded too)."""
    encoded = urllib.parse.quote(quote, safe="").replace("-", "%2D")
    return f"{url.split('#')[0]}#:~:text={encoded}"
