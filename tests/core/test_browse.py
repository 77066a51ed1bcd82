"""What typed words open, and what is on the pages: on a base made for the purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.browse import (
    ROWS,
    AboutPage,
    ActorsPage,
    Address,
    Listing,
    Page,
    RandomPage,
    SourcePage,
    SourcesPage,
    Status,
    TimelinePage,
    TopicPage,
    TopicsPage,
    Years,
    newest,
    open_page,
    page_of_words,
    question_of_words,
)
from bot.core.facts.base import FactBase
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
    """What words open, in short."""
    page = page_of_words(text, finder.base, finder.ask, choose=lambda facts: facts[0])
    match page:
        case None:
            return "question"
        case TopicsPage():
            return listed("topics", page.asked, page.fits, [topic.id for topic in page.topics])
        case SourcesPage():
            return listed("sources", page.asked, page.fits, [source.id for source, _ in page.sources])
        case RandomPage():
            return "random"
        case AboutPage():
            return "about"
        case _:
            assert page.listing.address.number == 1
            return str(page.listing.address).removesuffix(":1").rstrip(":")


def listed(name: str, asked: str, fits: bool, ids: list[str]) -> str:
    if not asked:
        return name
    return f"{'fits' if fits else 'none'} {asked!r}: {' '.join(ids)}"


# Words


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("topics", "topics"),
        ("topic", "topics"),
        (" TOPICS? ", "topics"),
        ("темы", "topics"),
        ("topic trade", "topic:trade"),
        ("Topic  Trade.", "topic:trade"),
        ("topics trade", "topic:trade"),
        ("topic tarde", "topic:trade"),
        ("topic the west", "topic:west"),
        ("topic leaders", "topic:people"),
        ("topic Leaders & people", "topic:people"),
        ("topic leaders and people", "topic:people"),
        ("sources", "sources"),
        ("source", "sources"),
        ("источники", "sources"),
        ("source club-2021", "source:club-2021"),
        ("source Club 2021", "source:club-2021"),
        ("source speeker", "source:club-2021"),
        ("source speaker", "source:club-2021"),
        ("source 2015", "source:riac-2015"),
        ("source riac", "fits 'riac': riac-2015 riac-2019"),
        (
            "source council",
            "fits 'council': riac-2015 riac-2019",
        ),  # not the one that has it in its title only
        ("source overlooked", "source:club-2021"),
        ("actors", "actors"),
        ("timeline", "timeline"),
        ("хронология", "timeline"),
        ("timeline 2019", "timeline:2019"),
        ("timeline 2015-2019", "timeline:2015-2019"),
        ("timeline 2015 – 2019", "timeline:2015-2019"),
        ("timeline 2019-2015", "timeline:2015-2019"),
        ("timeline from 2015 to 2019", "timeline:2015-2019"),
        ("timeline 2019-", "timeline:2019-"),
        ("timeline since 2019", "timeline:2019-"),
        ("timeline until 2000", "timeline:-2000"),
        ("timeline 1990s", "timeline:1990-1999"),
        ("random", "random"),
        ("random fact", "random"),
        ("about", "about"),
    ],
)
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
def test_what_may_be_a_question_is_one(finder: SearchEngine, text: str) -> None:
    assert opened(finder, text) == "question"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("topic wombats", "none 'wombats': people trade west"),
        ("topic east", "none 'east': people trade west"),  # however like west it is
        ("source wombats", "none 'wombats': riac-2015 riac-2019 club-2021"),
        ("source riac-2020", "none 'riac-2020': riac-2015 riac-2019"),  # what is there of that publisher
    ],
)
def test_a_name_that_nothing_has_is_told_so(finder: SearchEngine, text: str, page: str) -> None:
    assert opened(finder, text) == page


def test_a_topic_that_is_none_is_asked_for_by_its_name_alone() -> None:
    assert question_of_words("Topic  sanctions on oil") == "sanctions on oil"
    for question in ("topic of the day", "topic", "source energy", "topics discussed", "sanctions"):
        assert question_of_words(question) == question


def test_where_no_questions_are_asked_a_name_is_only_a_name(base: FactBase) -> None:
    page = page_of_words("topic sanctions", base)
    assert isinstance(page, TopicsPage)
    assert not page.fits


@given(st.text(max_size=60), st.sampled_from(["", "topic ", "source ", "timeline "]))
def test_any_words_open_a_page_or_are_a_question(base: FactBase, text: str, before: str) -> None:
    page_of_words(before + text, base)


# Addresses


@pytest.mark.parametrize(
    "text",
    ["topics::1", "topic:trade:2", "source:riac-2019:14", "timeline::3", "timeline:2015-2019:1", "timeline:-2019:1", "about::1"],
)  # fmt: skip
def test_an_address_reads_back_as_it_was_written(text: str) -> None:
    address = Address.parse(text)
    assert address
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "topics", "topics:", "topic::1", "topics:trade:1", "topic:trade:0", "topic:trade:-1", "topic:trade:99999",
        "topic:Trade:1", "topic:<!channel>:1", "nowhere::1", "timeline:x:1", "timeline:15:1", "topic:trade:1:1", "topic:trade:１",
    ],
)  # fmt: skip
def test_anything_else_is_no_address(text: str) -> None:
    assert Address.parse(text) is None


@given(st.integers(1800, 2099) | st.none(), st.integers(1800, 2099) | st.none())
def test_years_read_back_as_they_were_written(first: int | None, last: int | None) -> None:
    if first and last and first > last:
        first, last = last, first
    years = Years(first, last)
    assert Years.parse(str(years)) == years


def test_a_page_whose_topic_or_source_has_gone_is_none(base: FactBase) -> None:
    assert open_page(Address("topic", "wombats"), base) is None
    assert open_page(Address("source", "wombats"), base) is None
    assert open_page(Address("random"), replace(base, facts=())) is None


# Pages


def all_pages(address: Address, base: FactBase) -> list[Listing]:
    """Every page of a list, by way of `next`."""
    listings: list[Listing] = []
    while True:
        page = open_page(address, base)
        assert isinstance(page, TopicPage | SourcePage | ActorsPage | TimelinePage)
        listings.append(page.listing)
        if page.listing.next is None:
            return listings
        address = page.listing.next


@pytest.mark.parametrize("text", ["topic:trade:1", "source:riac-2019:1", "actors::1", "timeline::1"])
def test_turning_shows_each_fact_once_and_turns_back(base: FactBase, text: str) -> None:
    address = Address.parse(text)
    assert address
    pages = all_pages(address, base)
    whole = open_page(address, base, rows=None)
    assert isinstance(whole, TopicPage | SourcePage | ActorsPage | TimelinePage)
    shown = [fact.id for page in pages for fact in page.facts]
    assert shown == [fact.id for fact in whole.listing.facts]
    assert len(set(shown)) == len(shown) == whole.listing.total
    assert all(len(page.facts) == ROWS for page in pages[:-1])
    assert [page.previous for page in pages] == [None, *(page.address for page in pages[:-1])]
    assert [page.first for page in pages] == [1 + ROWS * n for n in range(len(pages))]
    assert {page.pages for page in pages} == {len(pages)}
    for heading, start in pages[0].starts:
        page = pages[start.number - 1]
        assert [group.begun for group in page.groups if group.heading == heading] == [False]


def test_a_number_beyond_the_last_page_gets_the_last(base: FactBase) -> None:
    page = open_page(Address("topic", "trade", 99), base)
    assert isinstance(page, TopicPage)
    assert page.listing.address.number == page.listing.pages == 3
    assert page.listing.next is None


def headings(page: Page | None) -> list[tuple[str, list[str]]]:
    assert isinstance(page, TopicPage | SourcePage | ActorsPage | TimelinePage)
    return [(group.heading, [fact.id for fact in group.facts]) for group in page.listing.groups]


def test_a_topic_has_its_facts_by_kind(base: FactBase) -> None:
    kinds = headings(open_page(Address("topic", "trade"), base, rows=None))
    assert [heading for heading, _ in kinds] == ["Figures", "Dates", "Positions"]
    assert kinds[0][1] == [f"figure-{n}" for n in range(10, 20)]
    assert kinds[2][1] == ["petrova-on-trade"]


def test_a_source_has_the_facts_that_rest_on_it(base: FactBase) -> None:
    page = open_page(Address("source", "club-2021"), base)
    assert headings(page) == [("Actors", ["alpha-bank", "zeta-bank"])]


def test_actors_stand_by_topic_the_fullest_first_and_by_name(base: FactBase) -> None:
    assert headings(open_page(Address("actors"), base)) == [
        ("Leaders and people", ["person-a", "person-b", "person-c"]),
        ("The West", ["alpha-bank", "zeta-bank"]),
    ]


def test_sources_stand_in_order_of_time_with_the_number_of_their_facts(base: FactBase) -> None:
    page = open_page(Address("sources"), base)
    assert isinstance(page, SourcesPage)
    assert [(source.id, count) for source, count in page.sources] == [
        ("riac-2015", 0),
        ("riac-2019", 28),
        ("club-2021", 2),
    ]


def timeline(base: FactBase, years: str = "") -> list[tuple[str, list[str]]]:
    """The headings, each with the dates under it as the files have them."""
    page = open_page(Address("timeline", years), base, rows=None)
    return [
        (heading, [DATES[int(key.removeprefix("date-"))] for key in ids]) for heading, ids in headings(page)
    ]


def test_the_timeline_goes_by_year_and_what_spans_years_stands_before_them(base: FactBase) -> None:
    assert timeline(base) == [
        ("The 1990s", ["199X"]),
        ("1995–1999", ["1995/1999"]),
        ("The 2010s", ["201X"]),
        ("2015–2018", ["2015/2018", "2015-06/2018-03"]),
        ("2015", ["2015", "2015~", "2015-12-14/2015-12-15"]),
        ("2016", ["2016-02"]),
        ("2019", ["2019", "2019-06-14"]),
        ("2021", ["2021-11-04"]),
        ("2030", ["2030"]),
    ]


def test_years_of_the_timeline_take_in_what_may_lie_in_them(base: FactBase) -> None:
    assert timeline(base, "2016") == [
        ("The 2010s", ["201X"]),
        ("2015–2018", ["2015/2018", "2015-06/2018-03"]),
        ("2016", ["2016-02"]),
    ]
    assert timeline(base, "2020-") == [("2021", ["2021-11-04"]), ("2030", ["2030"])]
    assert [heading for heading, _ in timeline(base, "-2009")] == ["The 1990s", "1995–1999"]


def test_years_without_a_dated_fact_are_told_where_these_lie(base: FactBase) -> None:
    page = open_page(Address("timeline", "2025"), base)
    assert isinstance(page, TimelinePage)
    assert page.listing.total == 0
    assert page.span
    assert [day.year for day in page.span] == [1990, 2030]


def test_about_counts_the_facts_and_tells_what_it_was_handed(base: FactBase) -> None:
    page = open_page(Address("about"), base, Status("1.2.3"))
    assert page == AboutPage(
        Status("1.2.3"), base.version, (("figure", 10), ("date", 13), ("actor", 5), ("position", 2)), 3, 3
    )
    assert page.facts == len(base.facts)


def test_a_random_fact_is_any(base: FactBase) -> None:
    page = open_page(Address("random"), base, choose=lambda facts: facts[-1])
    assert page == RandomPage(base.facts[-1])
    assert isinstance(open_page(Address("random"), base), RandomPage)


def test_the_newest_facts_are_of_different_topics_and_no_actors(base: FactBase) -> None:
    """And none of them lay ahead when the latest article was written, as that of 2030 did."""
    assert [fact.id for fact in newest(base, 5)] == ["date-11", "sanctions-doubt"]
    assert [fact.id for fact in newest(base, 1)] == ["date-11"]


def test_every_page_of_the_projects_own_facts_opens() -> None:
    from bot.core.facts.loader import load_fact_base

    own = load_fact_base()
    for name, ids in (("topic", own.topics), ("source", own.sources)):
        for key in ids:
            page = page_of_words(f"{name} {key}", own)
            assert isinstance(page, TopicPage | SourcePage), key
