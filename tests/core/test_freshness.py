"""When a fact is due for another look, and who says so."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest

from bot.cli.render import Terminal
from bot.core.check import check_base
from bot.core.freshness import REVIEW_AFTER, review_day, review_due
from bot.core.model import KINDS, FactBase
from bot.core.present.card import review
from tests.core.small import ALL, HEAD, SHARE, load

DAY = datetime.date.fromisoformat


def base_of(folder: Path, topic: str = "", **own: str) -> FactBase:
    """One fact of each kind; `topic` is the topic's day, `own` fields of the figure."""
    head = HEAD.replace("trades with whom.", f"trades with whom.\n  checked: {topic}") if topic else HEAD
    lines = "".join(f"  {name}: {text}\n" for name, text in own.items())
    return load(folder, ALL.replace(HEAD, head).replace("  asks:", f"{lines}  asks:"))


def test_every_kind_has_a_time_and_a_share_of_trade_is_due_before_a_signing(tmp_path: Path) -> None:
    assert set(REVIEW_AFTER) == set(KINDS)
    base = base_of(tmp_path, "2026-11-23")
    share, signing = base.by_id["trade-share-2018"], base.by_id["plant-begun"]
    assert (review_day(share), review_day(signing)) == (DAY("2027-11-23"), DAY("2031-11-23"))


def test_a_fact_is_due_from_its_day_on_and_not_before(tmp_path: Path) -> None:
    fact = base_of(tmp_path, "2026-11-23").by_id["trade-share-2018"]
    assert review_due(fact, DAY("2027-11-22")) is None
    assert review_due(fact, DAY("2027-11-23")) == DAY("2027-11-23")


def test_nobody_says_when_so_nothing_is_due(tmp_path: Path) -> None:
    fact = base_of(tmp_path).by_id["trade-share-2018"]
    assert fact.last_checked is None
    assert review_due(fact, datetime.date.max) is None


@pytest.mark.parametrize(
    ("topic", "own", "last"),
    [("2026-11-23", "2027-01-01", "2027-01-01"), ("2026-11-23", "2026-01-01", "2026-11-23"), ("", "2025-05-05", "2025-05-05")],
    ids=["the fact was looked at later", "the whole topic was looked at later", "the topic says nothing"],
)  # fmt: skip
def test_the_later_of_the_two_days_counts(tmp_path: Path, topic: str, own: str, last: str) -> None:
    assert base_of(tmp_path, topic, checked=own).by_id["trade-share-2018"].last_checked == DAY(last)


@pytest.mark.parametrize(
    ("checked", "after", "due"),
    [
        ("2026-11-23", "6 months", "2027-05-23"),
        ("2026-11-23", "1 month", "2026-12-23"),
        ("2026-12-31", "2 months", "2027-02-28"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2024-02-29", "4 years", "2028-02-29"),
        ("9990-01-01", "99 years", "9999-12-31"),
    ],
)
def test_a_fact_may_have_a_time_of_its_own(tmp_path: Path, checked: str, after: str, due: str) -> None:
    fact = base_of(tmp_path, checked=checked, review_after=after).by_id["trade-share-2018"]
    assert review_day(fact) == DAY(due)


def test_check_lists_what_is_due_the_longest_first(tmp_path: Path) -> None:
    report = check_base(base_of(tmp_path, "2026-11-23", checked="2026-12-01"), today=DAY("2028-01-01"))
    assert report.problems == ()
    assert [str(n) for n in report.notes] == [
        "facts/trade.yaml:28: lending-bank.checked: found a last look on 23 November 2026, due again since 23 November 2027; "
        "wanted another look at its sources, and the day of it as `checked`",
        "facts/trade.yaml:12: trade-share-2018.checked: found a last look on 1 December 2026, due again since 1 December 2027; "
        "wanted another look at its sources, and the day of it as `checked`",
    ]


def test_where_it_is_known_how_often_facts_are_asked_for_the_most_asked_is_first(tmp_path: Path) -> None:
    base = base_of(tmp_path, "2026-11-23")
    notes = check_base(base, today=DAY("2035-01-01"), asked={"plant-begun": 7, "petrova-doubts": 2}).notes
    assert [n.field.split(".")[0] for n in notes] == [
        "plant-begun",
        "petrova-doubts",
        "lending-bank",
        "trade-share-2018",
    ]
    assert "due again since 23 November 2031, asked for 7 times" in notes[0].found


def test_a_card_past_its_day_says_so_in_the_small_print(tmp_path: Path) -> None:
    base = load(tmp_path, HEAD + SHARE.replace("  asks:", "  checked: 2026-11-23\n  asks:"))
    fact = base.facts[0]
    assert review(fact, DAY("2027-11-22")) == ""
    assert review(fact, DAY("2027-12-24")) == "Due for review since 23 November 2027"
    for today, line in (
        ("2027-11-22", "  As of 2018, according to Vera Petrova, Council, 2019."),
        (
            "2028-01-01",
            "  As of 2018, according to Vera Petrova, Council, 2019. Due for review since 23 November 2027.",
        ),
    ):
        drawn = io.StringIO()
        Terminal(drawn, DAY(today)).card(base, fact)
        assert line in drawn.getvalue().splitlines()


def test_all_facts_of_the_project_say_when_they_were_last_looked_at(base: FactBase) -> None:
    assert [f.id for f in base.facts if f.last_checked is None] == []
