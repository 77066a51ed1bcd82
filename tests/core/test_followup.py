"""Follow-ups are completed from the previous question; full questions are left alone."""

from __future__ import annotations

import pytest

from bot.core.search.followup import Turn, follow_up
from tests.support.facts import small_finder

BASE = small_finder().base
LAST = Turn("trade share of Russia in 2018", ("trade-share-2018",))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("and in 2015?", "Russia's share of Belarus's foreign trade 2015"),
        ("2015?", "Russia's share of Belarus's foreign trade 2015"),
        ("in 2014", "trade share of Russia in 2014"),
        ("what about 2015 and 2016?", "trade share of Russia in 2015 2016"),
        ("а в 2014?", "trade share of Russia in 2014"),
        ("why?", "why Russia's share of Belarus's foreign trade"),
        ("почему?", "почему Russia's share of Belarus's foreign trade"),
        ("and when was that?", "when Russia's share of Belarus's foreign trade"),
        ("what is the trade share of Russia in 2015?", None),
        ("airbase", None),
        ("China", None),
        ("and what would an airbase change about the balance of forces?", None),
        ("help", None),
        ("", None),
        ("thanks", None),
    ],
)
def test_follow_ups(text: str, meant: str | None) -> None:
    found = follow_up(text, LAST, BASE)
    assert (found.question if found else None) == meant


@pytest.mark.parametrize(
    "text", ["who said that?", "says who?", "source?", "кто это сказал?", "хто гэта сказаў?"]
)
def test_who_said_that_asks_for_the_source(text: str) -> None:
    found = follow_up(text, LAST, BASE)
    assert found
    assert found.asked == "source"
    assert found.fact is BASE.by_id["trade-share-2018"]
    assert follow_up(text, Turn("trade share"), BASE) is None


def test_another_name_replaces_the_previous_one() -> None:
    found = follow_up("and China?", Turn("trade share of Belarus", ()), BASE)
    assert found
    assert found.question.startswith("trade share of")
    assert "china" in found.question
