"""Citations in every style: inferred parts in brackets, everything escaped."""

import datetime
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts.base import FactBase
from bot.core.facts.models import Evidence, Fact, Source
from bot.core.present.citations import ADDRESS_UNKNOWN, Style, cite
from tests.support.facts import small_finder

DAY = datetime.date(2026, 11, 23)
BASE = small_finder().base


def of(fact_id: str, style: Style) -> str:
    return cite(BASE.by_id[fact_id], BASE, style, DAY)


REFERENCES: dict[Style, str] = {
    "plain": "Anna Author. “[Two Neighbours & Their Trade].” Alpha Institute, [2019], section “Trade & Customs”."
    " https://alpha.example/articles/trade (accessed 23 November 2026).",
    "markdown": r"Anna Author. [“\[Two Neighbours \& Their Trade\].”](https://alpha.example/articles/trade)"
    r" Alpha Institute, \[2019\], section “Trade \& Customs”. Accessed 23 November 2026.",
    "chicago": "Anna Author, “[Two Neighbours & Their Trade],” under “Trade & Customs,” Alpha Institute, [2019],"
    " accessed November 23, 2026, https://alpha.example/articles/trade.",
    "bibtex": "@misc{alpha-2019,\n"
    "  author       = {Anna Author},\n"
    "  title        = {{[Two Neighbours \\& Their Trade]}},\n"
    "  howpublished = {Alpha Institute},\n"
    "  year         = {[2019]},\n"
    "  url          = {https://alpha.example/articles/trade},\n"
    "  urldate      = {2026-11-23}\n"
    "}",
}


@pytest.mark.parametrize(("style", "reference"), REFERENCES.items())
def test_each_style_has_author_title_publisher_date_address_and_day(style: Style, reference: str) -> None:
    """The fact rests on two articles: each has its own reference, the first one first."""
    first, second = of("trade-share-2018", style).split("\n\n")
    assert first == reference
    assert "beta.example" in second


@pytest.mark.parametrize(
    ("style", "reference"),
    [
        ("plain", f"Beta Club. “The Future as Seen in 2025.” 25 August 2025. https://beta.example/ (accessed 23 November 2026; {ADDRESS_UNKNOWN})."),
        ("markdown", f"Beta Club. “The Future as Seen in 2025.” 25 August 2025. <https://beta.example/> (accessed 23 November 2026; {ADDRESS_UNKNOWN})."),
        ("chicago", f"“The Future as Seen in 2025,” Beta Club, August 25, 2025, accessed November 23, 2026, https://beta.example/ ({ADDRESS_UNKNOWN})."),
    ],
)  # fmt: skip
def test_where_the_address_is_unknown_the_reference_says_so(style: Style, reference: str) -> None:
    assert of("airbase-opened", style) == reference


def test_a_page_without_a_date_says_what_day_it_reports_on_and_who_spoke() -> None:
    spoken = "Remarks by Olga Speaker, n.d., on an event of 27 April 2024."
    assert spoken in of("nuclear-loan-doubt", "plain")
    assert spoken not in of("envoy-on-airbase", "plain")
    bibtex = of("envoy-on-airbase", "bibtex")
    assert "year" not in bibtex
    assert "note    = {With remarks by Olga Speaker; undated, on an event of 27 April 2024}" in bibtex
    assert "author  = {{Gamma Centre}}" in bibtex


def strange(title: str, **more: str) -> tuple[Fact, FactBase]:
    """A fact of an article with such a title."""
    fields = {
        "title": title, "publisher": "P", "publisher_url": "https://p.example/", "language": "en", "short": "S",
        "standpoint": "x", "url": "https://p.example/a", **more,
    }  # fmt: skip
    source = Source.model_validate(fields).model_copy(update={"id": "strange"})
    fact = BASE.by_id["airbase-opened"].model_copy(
        update={"evidence": (Evidence(source="strange", quote="a b"),)}
    )
    return fact, replace(BASE, sources={"strange": source})


@given(st.text(alphabet="aЖ{}\\%$&#_~^[]*`<>()!|\"“”'?. ", min_size=1).filter(str.strip))
def test_no_title_breaks_out_of_its_style(title: str) -> None:
    fact, base = strange(title)
    bibtex = cite(fact, base, "bibtex", DAY)
    # As BibTeX counts: a backslash does not hide a brace.
    depths = [bibtex[:end].count("{") - bibtex[:end].count("}") for end in range(len(bibtex) + 1)]
    assert min(depths) == depths[-1] == 0
    inside = bibtex.split("title", 1)[1].split("\n")[0]
    assert not re.search(r"(?<!\\)[%$&#_]", inside)
    markdown = cite(fact, base, "markdown", DAY)
    label = markdown.split("](https://p.example/a)")[0].partition(" [")[2]
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]*_`<>{}|~#&]", label)


@pytest.mark.parametrize(
    ("title", "plain", "chicago"),
    [
        ("Has it worked?", "“Has it worked?” ", "“Has it worked?,” "),
        ("The “other” plan", "“The ‘other’ plan.” ", "“The ‘other’ plan,” "),
        ('The "other" plan', "“The ‘other’ plan.” ", "“The ‘other’ plan,” "),
        ("It ends.", "“It ends.” ", "“It ends.,” "),
    ],
)
def test_marks_at_a_titles_end_and_quotation_marks_within(title: str, plain: str, chicago: str) -> None:
    fact, base = strange(title)
    assert plain in cite(fact, base, "plain", DAY)
    assert chicago in cite(fact, base, "chicago", DAY)


@pytest.mark.parametrize(
    ("published", "plain", "chicago", "bibtex"),
    [
        ("2021-11-04", "4 November 2021", "November 4, 2021", ["year", "{2021}", "month", "nov", "day", "{4}"]),
        ("2021-11", "November 2021", "November 2021", ["year", "{2021}", "month", "nov"]),
        ("2021~", "about 2021", "about 2021", ["year", "{about 2021}"]),
        ("199X", "the 1990s", "the 1990s", ["year", "{the 1990s}"]),
        ("2015-12-14/2015-12-15", "14–15 December 2015", "14–15 December 2015", ["year", "{14–15 December 2015}"]),
    ],
)  # fmt: skip
def test_dates_of_every_precision(published: str, plain: str, chicago: str, bibtex: list[str]) -> None:
    fact, base = strange("T", published=published)
    assert plain.casefold() in cite(fact, base, "plain", DAY).casefold()  # it may begin a sentence
    assert chicago in cite(fact, base, "chicago", DAY)
    lines = [line.split() for line in cite(fact, base, "bibtex", DAY).split("\n")]
    found = [(x[0], " ".join(x[2:]).rstrip(",")) for x in lines if x and x[0] in ("year", "month", "day")]
    assert [part for pair in found for part in pair] == bibtex


# Read back by reference libraries

CITED = [(fact, [BASE.sources[i] for i in fact.sources]) for fact in BASE.facts]


def test_ris_is_read_by_rispy() -> None:
    rispy = pytest.importorskip("rispy")
    for fact, sources in CITED:
        entries = rispy.loads(cite(fact, BASE, "ris", DAY))
        for entry, source in zip(entries, sources, strict=True):
            assert (entry["type_of_reference"], entry["id"]) == ("ELEC", source.id)
            assert source.title[:10] in entry["title"]
            assert (source.author or source.publisher) in entry["authors"][0]
            assert entry["urls"] == [source.address]


def test_csl_json_is_read_by_citeproc() -> None:
    json_source = pytest.importorskip("citeproc.source.json")
    for fact, sources in CITED:
        items = json.loads(cite(fact, BASE, "csl", DAY))
        read = json_source.CiteProcJSON(items)
        for source in sources:
            assert source.title[:10] in str(read[source.id].title)
            assert str(read[source.id].URL) == source.address


def test_bibtex_is_read_by_pybtex() -> None:
    pybtex = pytest.importorskip("pybtex.database")
    for fact, sources in CITED:
        found = pybtex.parse_string(cite(fact, BASE, "bibtex", DAY), "bibtex").entries
        assert list(found) == [source.id for source in sources]
        for source in sources:
            assert found[source.id].fields["url"] == source.address
