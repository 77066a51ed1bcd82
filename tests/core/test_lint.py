"""What `check` says of a base that loads: numbers, values, series, wording, similar facts, and reviews that are due."""

import datetime
from pathlib import Path

import pytest

from bot.core.facts.base import FactBase
from bot.core.facts.evidence import Article
from bot.core.facts.lint import check, check_base
from bot.core.facts.models import KINDS, REVIEW_AFTER
from tests.core.small import ALL, ARTICLE, DOUBT, HEAD, PLANT, SHARE, load, write

DAY = datetime.date.fromisoformat
LATER = (
    SHARE.replace("trade-share-2018", "trade-share-2019").replace("2018", "2019").replace("[trade share]", "[share 2019]")
    .replace("Share of Russia in the trade", "Russian part of commerce")
    .replace("  value: 49.5%", "  series: trade-share\n  value: 49.5%")
)  # fmt: skip
SERIES = HEAD + SHARE.replace("  value: 49.5%", "  series: trade-share\n  value: 49.5%") + "\n" + LATER
LOADED = "loaded: [regime, so-called]\n"


def codes(folder: Path, facts: str, **files: str) -> list[str]:
    """ "line field code" of each problem, and of each warning with a question mark."""
    report = check_base(load(folder, facts, **files), today=DAY("2026-11-23"))
    found = [*((p, "") for p in report.problems), *((w, "?") for w in report.warnings)]
    return [f"{p.place.line} {p.field} {p.code}{mark}" for p, mark in found]


def test_a_good_base_has_no_problem_and_the_report_counts_what_was_checked(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    report = check(facts, {"riac-2019": Article(ARTICLE)})
    assert report.problems == ()
    assert {w.code for w in report.warnings} == {"format"}
    assert (report.facts, report.quotes) == (4, 4)
    assert check(facts).quotes is None
    report = check(write(tmp_path, HEAD + DOUBT.replace("  attribution: Vera Petrova\n", "")))
    assert [p.code for p in report.problems] == ["missing-field"]
    assert report.facts == 0


F = "trade-share-2018"
# What is replaced in HEAD + SHARE, what by, and "line field code" of each problem.
CASES = [
    ("value: 49.5%", "value: 49.6%", f"9 {F}.value number-not-quoted"),
    ("value: 49.5%", "value: about half", f"9 {F}.value number-not-quoted"),
    ("took 49.5% of", "took 49.6% of", f"9 {F}.value value-not-stated"),
    ("49.5 percent of Belarus", "49.6 percent of Belarus", f"9 {F}.value number-not-quoted"),
    ("value: 49.5%", "value: 49,5%", f"9 {F}.value value-not-stated"),
    ("value: 49.5%", "value: $49.5 thousand", f"9 {F}.value value-not-stated"),
    ("took 49.5% of", "took 49.5% thousand of", f"9 {F}.value value-not-stated"),
    ("value: 49.5%", "value: 49.5% of trade"),
    ("Russia took", "It took", f"8 {F}.statement pronoun"),
    ("in 2018.", "with Belarus's", f"8 {F}.statement sentence"),
    ("  as_of: 2018", "  as_of: 2020", f"10 {F}.as_of later-than-sources"),
    ("  as_of: 2018", "  as_of: 2020\n  expected: true"),
    ("Russia took", "The regime took", f"8 {F}.statement loaded-term"),
    ("Share of Russia", "The so–called Russia", f"7 {F}.title loaded-term"),
    ("Russia took", "The “regime” took"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[1])
def test_a_figure_is_checked_without_its_article(tmp_path: Path, case: tuple[str, ...]) -> None:
    old, new, *expected = case
    assert (HEAD + SHARE).count(old) == 1
    assert codes(tmp_path, (HEAD + SHARE).replace(old, new), vocabulary=LOADED) == expected


D = "petrova-doubts"
POSITIONS = [
    ("Vera Petrova", "experts", [f"8 {D}.attribution unnamed-holder"]),
    ("Vera Petrova", "many experts, as reported by Vera Petrova", []),
    ("Petrova calls", "Experts call", [f"9 {D}.statement holder-not-named"]),
    ("Vera Petrova", "economists", [f"9 {D}.statement holder-not-named"]),
]


@pytest.mark.parametrize(("old", "new", "expected"), POSITIONS)
def test_a_position_names_its_holder(tmp_path: Path, old: str, new: str, expected: list[str]) -> None:
    assert codes(tmp_path, HEAD + DOUBT.replace(old, new)) == expected


STATEMENTS = [
    ("in November 2013.", []),  # a quote may say more
    ("on 12 November 2013, after 2 years.", []),  # and so may a statement
    ("on 21 November 2013.", ["8 plant-begun.statement number-not-quoted"]),
]


@pytest.mark.parametrize(("when", "expected"), STATEMENTS)
def test_a_statement_has_the_numbers_of_its_quote(tmp_path: Path, when: str, expected: list[str]) -> None:
    event = PLANT.replace("began in November\n", "began on November 12\n")
    assert codes(tmp_path, HEAD + event.replace("in November 2013.", when)) == expected


def test_a_series_is_one_quantity_at_different_times(tmp_path: Path) -> None:
    assert codes(tmp_path, SERIES) == []
    one = SERIES.replace("  series: trade-share\n", "", 1)
    assert codes(tmp_path, one) == ["21 trade-share-2019.series series"]
    same = SERIES.replace("  as_of: 2019", "  as_of: 2018")
    assert codes(tmp_path, same) == ["22 trade-share-2019.series series-time"]


def test_similar_facts_are_warnings_unless_they_are_of_one_series(tmp_path: Path) -> None:
    alike = PLANT.replace("The plant is begun", "Share of the Russia in trade").replace(
        "  date:", "  asks: [begun, Shares trade]\n  date:"
    )
    shared = SHARE.replace("[trade share]", "[russia, trade share]")
    assert codes(tmp_path, HEAD + shared + "\n" + alike) == [
        "19 plant-begun.title similar-title?",
        "21 plant-begun.asks.2 shared-ask?",
    ]
    series = SERIES.replace("Russian part of commerce", "Share of Russia in the trade")
    assert codes(tmp_path, series.replace("share 2019", "trade share")) == []


def test_the_vocabulary_is_checked(tmp_path: Path) -> None:
    words = "names:\n  Russia: [RF]\n  Rossiya: [RF]\n  Belarus: [RB; BLR]\nsynonyms:\n  ship: [boat]\n"
    assert codes(tmp_path, HEAD + SHARE, vocabulary=words) == [
        "3 names.Rossiya two-names?", "3 names.Rossiya unused-words?", "4 names.Belarus separator?",
        "4 names.Belarus unused-words?", "6 synonyms.ship unused-words?",
    ]  # fmt: skip


# -- reviews --------------------------------------------------------------------------------------


def reviewed(folder: Path, topic: str = "", **own: str) -> FactBase:
    """One fact of each kind; `topic` is the day of the topic's review, `own` fields of the figure."""
    head = HEAD.replace("trades with whom.", f"trades with whom.\n  checked: {topic}") if topic else HEAD
    lines = "".join(f"  {name}: {text}\n" for name, text in own.items())
    return load(folder, ALL.replace(HEAD, head).replace("  asks:", f"{lines}  asks:"))


def test_a_fact_is_due_from_its_day_on(tmp_path: Path) -> None:
    assert set(REVIEW_AFTER) == set(KINDS)
    base = reviewed(tmp_path, "2026-11-23")
    share, begun = base.by_id["trade-share-2018"], base.by_id["plant-begun"]
    assert (share.review_day, begun.review_day) == (DAY("2027-11-23"), DAY("2031-11-23"))
    assert share.overdue_since(DAY("2027-11-22")) is None
    assert share.overdue_since(DAY("2027-11-23")) == DAY("2027-11-23")
    later = reviewed(tmp_path, "2026-11-23", checked="2026-11-24").by_id["trade-share-2018"]
    assert later.last_checked == DAY("2026-11-24")
    unknown = reviewed(tmp_path).by_id["trade-share-2018"]
    assert unknown.last_checked is unknown.overdue_since(datetime.date.max) is None


def test_a_fact_may_have_a_period_of_its_own(tmp_path: Path) -> None:
    fact = reviewed(tmp_path, checked="2025-12-31", review_after="2 months").by_id["trade-share-2018"]
    assert fact.review_day == DAY("2026-02-28")


def test_the_longest_overdue_comes_first(tmp_path: Path) -> None:
    base = reviewed(tmp_path, "2026-11-23", checked="2026-11-24")
    due = check_base(base, today=DAY("2028-01-01")).notes
    assert [(n.field, n.code) for n in due] == [
        ("lending-bank.checked", "review-due"), ("trade-share-2018.checked", "review-due"),
    ]  # fmt: skip
    assert "23 November 2026" in due[0].message
