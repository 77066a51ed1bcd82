"""Typed words open pages, and pages list the right facts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.pages.pages import ROWS, Page, open_page, page_of_words
from bot.core.pages.routes import Address, Years, question_of_words
from bot.core.search import SearchEngine
from tests.core import small

DATES = [
    "2015-06/2018-03", "2015", "199X", "2015-12-14/2015-12-15", "1995/1999", "2015~", "2019-06-14", "201X", "2019",
    "2015/2018", "2016-02", "2021-11-04", "2030",
]  # fmt: skip


def fact(key: str, kind: str, title: str, source: str = "riac-2019", **more: str) -> str:
    fields = {"kind": kind, "title": title, "statement": f"{title}, as the article says.", **more}
    lines = [f"{key}:", *(f"  {name}: {value}" for name, value in fields.items())]
    return "\n".join([*lines, "  evidence:", f"    - source: {source}", f"      quote: words of {key}", ""])


TRADE = small.HEAD + "\n".join(
    [
        *(fact(f"figure-{n}", "figure", f"Figure {n} of the trade", value=f"{n}%", as_of=f"20{n:02}") for n in range(10, 20)),
        *(fact(f"date-{n}", "date", f"Event {n}", date=date) for n, date in enumerate(DATES)),
        fact("petrova-on-trade", "position", "Trade will grow", attribution="Vera Petrova", as_of="2019"),
    ]
)  # fmt: skip
WEST = "topic:\n  title: The West\n  about: Relations with the Union.\n\n" + "\n".join(
    [
        fact("zeta-bank", "actor", "Zeta Bank", source="club-2021", role="a bank", as_of="2021"),
        fact("alpha-bank", "actor", "Alpha Bank", source="club-2021", role="a bank", as_of="2021"),
        fact("sanctions-doubt", "position", "Sanctions will stay", attribution="the Club", as_of="2021"),
    ]
)
PEOPLE = "topic:\n  title: Leaders and people\n  about: Who is who.\n\n" + "\n".join(
    fact(f"person-{n}", "actor", f"Person {n}", role="a minister", as_of="2019") for n in "cab"
)
CLUB = (
    small.SEED.replace("RIAC 2019", "Club 2021")
    .replace("Vera Petrova", "Olga Speaker")
    .replace("Council", "Discussion Club")
    .replace("published: 2019", "published: 2021-11-10")
    .replace("Trade in transition", "What the Council overlooked")
)
COUNCIL_2015 = small.SEED.replace("RIAC 2019", "RIAC 2015").replace("published: 2019", "published: 2015-12")


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    folder = tmp_path_factory.mktemp("browse")
    return SearchEngine(
        small.load(folder, TRADE, west=WEST, people=PEOPLE, seed_club_2021=CLUB, seed_riac_2015=COUNCIL_2015)
    )


@pytest.fixture(scope="module")
def base(finder: SearchEngine) -> FactBase:
    return finder.base


def opened(finder: SearchEngine, text: str) -> str:
    """A short form of the page that words open."""
    page = page_of_words(text, finder.base, finder.ask)
    if page is None:
        return "question"
    if "“" in page.title:
        ids = [entry.address.argument for section in page.sections for entry in section.entries]
        return f"{'fits' if page.fits else 'none'}: {' '.join(ids)}"
    return str(page.address).removesuffix(":1").rstrip(":")


# Words


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("topics", "topics"), (" TOPICS? ", "topics"), ("темы", "topics"), ("topic trade", "topic:trade"),
        ("Topic  Trade.", "topic:trade"), ("topic tarde", "topic:trade"), ("topic the west", "topic:west"),
        ("topic leaders and people", "topic:people"), ("sources", "sources"), ("источники", "sources"),
        ("source club-2021", "source:club-2021"), ("source Club 2021", "source:club-2021"),
        ("source speeker", "source:club-2021"), ("source 2015", "source:riac-2015"),
        ("source riac", "fits: riac-2015 riac-2019"), ("source council", "fits: riac-2015 riac-2019"),
        ("source overlooked", "source:club-2021"), ("actors", "actors"), ("timeline", "timeline"),
        ("хронология", "timeline"), ("timeline 2019", "timeline:2019"),
        ("timeline 2015 – 2019", "timeline:2015-2019"),
        ("timeline from 2015 to 2019", "timeline:2015-2019"), ("timeline since 2019", "timeline:2019-"),
        ("timeline until 2000", "timeline:-2000"), ("timeline 1990s", "timeline:1990-1999"),
        ("random fact", "random"), ("about", "about"), ("topic wombats", "none: people trade west"),
        ("topic east", "none: people trade west"),
        ("source wombats", "none: riac-2015 riac-2019 club-2021"),
    ],
)  # fmt: skip
def test_reserved_words_open_pages(finder: SearchEngine, text: str, page: str) -> None:
    assert opened(finder, text) == page


@pytest.mark.parametrize(
    "text",
    [
        "", "trade", "actors in trade", "actors trade", "sources of energy", "source of the loan", "topics of debate",
        "topic for the council", "topics tarde", "random stuff", "about trade", "about the bank",
        "timeline of the nuclear plant", "timeline 99", "timeline 2019 trade", "timelines", "what are the topics",
        "topic sanctions", "source trade will grow", "topic trade 2019", "what about", "the sources", "topical",
        "topic one that is named by far too many words",
    ],
)  # fmt: skip
def test_words_that_may_be_a_question_open_no_page(finder: SearchEngine, text: str) -> None:
    assert opened(finder, text) == "question"


def test_an_unknown_topic_becomes_a_question_without_the_word_topic() -> None:
    assert question_of_words("Topic  sanctions on oil") == "sanctions on oil"
    for question in ("topic of the day", "topic", "source energy", "topics discussed", "sanctions"):
        assert question_of_words(question) == question


@given(st.text(max_size=60), st.sampled_from(["", "topic ", "source ", "timeline "]))
def test_any_words_open_a_page_or_are_a_question(base: FactBase, text: str, before: str) -> None:
    page_of_words(before + text, base)


# Addresses


def test_an_address_reads_back_as_it_was_written_and_nothing_else_is_one() -> None:
    for text in ("topics::1", "topic:trade:2", "source:riac-2019:14", "timeline:-2019:1"):
        assert str(Address.parse(text)) == text
    for text in (
        "", "topics", "topics:", "topic:trade:0", "topic:trade:-1", "topic:trade:99999", "topic:Trade:1",
        "topic:<!channel>:1", "nowhere::1", "topic:trade:1:1", "topic:trade:１",
    ):  # fmt: skip
        assert Address.parse(text) is None, text


@given(st.integers(1800, 2099) | st.none(), st.integers(1800, 2099) | st.none())
def test_years_read_back_as_they_were_written(first: int | None, last: int | None) -> None:
    if first and last and first > last:
        first, last = last, first
    years = Years(first, last)
    assert Years.parse(str(years)) == years


def test_a_page_whose_topic_or_source_has_gone_is_none(base: FactBase) -> None:
    for address in (Address("topic", "wombats"), Address("source"), Address("timeline", "x")):
        assert open_page(address, base) is None
    assert open_page(Address("random"), replace(base, facts=())) is None


# Pages


def opened_page(text: str, base: FactBase, rows: int | None = ROWS) -> Page:
    address = Address.parse(text)
    page = address and open_page(address, base, rows=rows)
    assert page
    return page


def facts_on(page: Page) -> list[Fact]:
    return [fact for section in page.sections for fact in section.facts]


def all_pages(text: str, base: FactBase) -> list[Page]:
    """Every page of a list, by way of `next`."""
    pages = [opened_page(text, base)]
    while address := pages[-1].next:
        pages.append(opened_page(str(address), base))
    return pages


@pytest.mark.parametrize("text", ["topic:trade:1", "source:riac-2019:1", "actors::1", "timeline::1"])
def test_turning_shows_each_fact_once_and_turns_back(base: FactBase, text: str) -> None:
    pages, whole = all_pages(text, base), opened_page(text, base, rows=None)
    shown = [fact.id for page in pages for fact in facts_on(page)]
    assert shown == [fact.id for fact in facts_on(whole)]
    assert len(set(shown)) == len(shown) == whole.total
    assert all(len(facts_on(page)) == ROWS for page in pages[:-1])
    assert [page.previous for page in pages] == [None, *(page.address for page in pages[:-1])]
    assert {page.pages for page in pages} == {len(pages)}
    for heading, start in pages[0].starts:
        sections = pages[start.number - 1].sections
        assert [section.continued for section in sections if section.heading == heading] == [False]


def test_a_number_beyond_the_last_page_gets_the_last(base: FactBase) -> None:
    page = opened_page("topic:trade:99", base)
    assert page.address.number == page.pages == 3
    assert page.next is None


def headings(page: Page) -> list[tuple[str, list[str]]]:
    return [(section.heading, [fact.id for fact in section.facts]) for section in page.sections]


def test_a_source_has_what_is_known_of_it_and_the_facts_that_rest_on_it(base: FactBase) -> None:
    page = opened_page("source:club-2021:1", base)
    assert headings(page) == [("Profiles", ["alpha-bank", "zeta-bank"])]
    assert page.lines[:3] == (
        "Author: Olga Speaker",
        "Publisher: Discussion Club",
        "Published: 10 November 2021",
    )
    assert [label for label, _ in page.links] == ["Link"]


@pytest.mark.parametrize(
    ("years", "groups"),
    [
        ("", [
            ("The 1990s", ["199X"]), ("1995–1999", ["1995/1999"]), ("The 2010s", ["201X"]),
            ("2015–2018", ["2015/2018", "2015-06/2018-03"]), ("2015", ["2015", "2015~", "2015-12-14/2015-12-15"]),
            ("2016", ["2016-02"]), ("2019", ["2019", "2019-06-14"]), ("2021", ["2021-11-04"]), ("2030", ["2030"]),
        ]),
        ("2016", [("The 2010s", ["201X"]), ("2015–2018", ["2015/2018", "2015-06/2018-03"]), ("2016", ["2016-02"])]),
        ("2020-", [("2021", ["2021-11-04"]), ("2030", ["2030"])]),
        ("-1994", [("The 1990s", ["199X"])]),
    ],
)  # fmt: skip
def test_the_timeline_goes_by_year_and_what_spans_years_stands_before_them(
    base: FactBase, years: str, groups: list[tuple[str, list[str]]]
) -> None:
    page = opened_page(f"timeline:{years}:1", base, rows=None)
    found = [(h, [DATES[int(i.removeprefix("date-"))] for i in ids]) for h, ids in headings(page)]
    assert found == groups


def test_years_without_a_dated_fact_lead_to_the_whole_timeline(base: FactBase) -> None:
    page = opened_page("timeline:2025:1", base)
    assert (page.total, page.above) == (0, Address("timeline"))
    assert page.lines
