"""The JSON and CSV contract, and links that open an article at the passage."""

import csv
import io
import urllib.parse
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts.base import FactBase, text_fragment_url
from bot.core.present.export import fact_as_json, facts_as_csv, outcome_as_json
from bot.core.search import Choices, Hit, Rejection, SearchEngine
from tests.core.small import ALL, HEAD, SEED, SHARE, load

ALWAYS = {"id", "kind", "topic", "title", "statement", "byline", "source", "quote", "link", "evidence"}
OWN = {
    "figure": {"value", "as_of"},
    "date": {"date"},
    "actor": {"role", "as_of"},
    "position": {"attribution", "as_of"},
}
OPTIONAL = {*"attribution expected series see_also actors asks note section checked former_ids".split()}


def test_a_fact_is_exported_by_the_names_of_the_contract(tmp_path: Path) -> None:
    base = load(tmp_path)
    link = "https://council.example/en/trade/#:~:text=49.5%20percent%20of%20Belarus"
    assert fact_as_json(base, base.facts[0]) == {
        "id": "trade-share-2018",
        "kind": "figure",
        "topic": "trade",
        "title": "Share of Russia in the trade",
        "statement": "Russia took 49.5% of the trade in 2018.",
        "value": "49.5%",
        "as_of": "2018",
        "byline": "As of 2018, according to Vera Petrova, Council, 2019.",
        "asks": ["trade share"],
        "source": {
            "id": "riac-2019",
            "title": "Trade in transition",
            "author": "Vera Petrova",
            "publisher": "Council",
            "published": "2019",
            "url": "https://council.example/en/trade/",
        },
        "section": "Trends",
        "quote": "49.5 percent of Belarus",
        "link": link,
        "evidence": [
            {"source": "riac-2019", "section": "Trends", "quote": "49.5 percent of Belarus", "link": link}
        ],
    }


def test_a_field_is_absent_where_it_does_not_apply(base: FactBase) -> None:
    for fact in base.facts:
        fields = fact_as_json(base, fact)
        assert set(fields) >= ALWAYS | OWN[fact.kind], fact.id
        assert set(fields) <= ALWAYS | OWN[fact.kind] | OPTIONAL, fact.id
        assert all(value not in (None, "", [], {}) for value in fields.values()), fact.id


def test_an_outcome_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    base = load(tmp_path, ALL)
    finder = SearchEngine(base)
    answer = outcome_as_json(base, finder.ask("plant-begun"), "plant-begun")
    assert list(answer) == ["query", "status", "form", "facts", "unknown", "topics"]
    assert (answer["status"], answer["form"], answer["topics"]) == ("answer", "card", ["trade"])
    assert answer["facts"][0]["score"] == 1.0
    none = outcome_as_json(base, finder.ask("zebra crossing"), "zebra crossing")
    assert (none["status"], none["facts"], none["unknown"]) == ("none", [], ["zebra", "crossing"])
    assert not {"form", "fit", "total"} & set(none)


def test_choices_say_whether_they_fit_and_an_overview_how_many_entries_there_are(base: FactBase) -> None:
    fact = base.facts[0]
    topics = (base.topics["trade"],)
    broad = Choices("trade", (Hit(fact, 1.0),), (), topics, Rejection("broad"), form="overview")
    made = outcome_as_json(base, broad, "trade")
    assert (made["form"], made["fit"]) == ("overview", True)
    assert made["total"] >= len(base.topics["trade"].facts)
    nearest = Choices("trade", (Hit(fact, 1.0),), (), (), Rejection("number"))
    made = outcome_as_json(base, nearest, "trade")
    assert (made["form"], made["fit"], "total" in made) == ("list", False, False)


def test_the_csv_has_a_row_for_each_fact_and_reads_back(base: FactBase) -> None:
    rows = list(csv.DictReader(io.StringIO(facts_as_csv(base))))
    assert [row["id"] for row in rows] == [fact.id for fact in base.facts]
    for row, fact in zip(rows, base.facts, strict=True):
        assert row["statement"] == fact.statement
        assert row["source"] == fact.evidence[0].source
        assert row["asks"].split("; ") == list(fact.asks) or not fact.asks or ";" in "".join(fact.asks)


@pytest.mark.parametrize("value", ['"=1+1"', "+49%", "'-49%'", "'@sum'"])
def test_a_cell_that_a_spreadsheet_would_run_is_defused(tmp_path: Path, value: str) -> None:
    base = load(tmp_path, (HEAD + SHARE).replace("value: 49.5%", f"value: {value}"))
    (row,) = csv.DictReader(io.StringIO(facts_as_csv(base)))
    assert row["value"] == "'" + value.strip("'\"")
    assert fact_as_json(base, base.facts[0])["value"] == value.strip("'\"")  # JSON keeps what was written


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_quote_can_be_read_back_from_its_link(quote: str) -> None:
    url, _, fragment = text_fragment_url("https://a.example/b?c=d", quote).partition("#:~:text=")
    assert url == "https://a.example/b?c=d"
    assert fragment.isascii()
    assert not set(fragment) & set("-,& #?<>|\"'")
    assert urllib.parse.unquote(fragment) == quote


def test_a_source_without_an_address_links_to_its_publisher_and_promises_no_passage(tmp_path: Path) -> None:
    seed = SEED.replace("url: https://council.example/en/trade/\n", "")
    base = load(tmp_path, seed_riac_2019=seed)
    fields = fact_as_json(base, base.facts[0])
    assert fields["link"] == "https://council.example/en/"
    assert "url" not in fields["source"]
