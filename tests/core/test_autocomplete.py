"""Type-ahead: beginnings of words find facts, best first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.search import SearchEngine
from bot.core.search.autocomplete import Autocompleter
from tests.support.facts import small_finder


@pytest.fixture(scope="module")
def small() -> Autocompleter:
    return Autocompleter(small_finder().base, small_finder().ask)


@pytest.fixture(scope="module")
def suggester(finder: SearchEngine) -> Autocompleter:
    return Autocompleter(finder.base, finder.ask)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("air", "airbase-opened"),
        ("AIRB", "airbase-opened"),
        ("base op", None),  # not the beginning of a word
        ("opened airb", "airbase-opened"),  # words in any order
        ("zebr", "odd-marks"),
        ("who is doug", "douglas-envoy"),
        ("reactor mon", "nuclear-loan-doubt"),
        ("trade share 2015", "trade-share-2015"),
        ("trad shre 2015", "trade-share-2015"),  # a letter left out
        ("airbaes", "airbase-opened"),  # a typing error
        ("douglsa", "douglas-envoy"),
        ("nuclear-loan-d", "nuclear-loan-doubt"),
    ],
)
def test_beginnings_find(small: Autocompleter, typed: str, first: str | None) -> None:
    found = small.facts(typed)
    assert (found[0].id if found else None) == first


@pytest.mark.parametrize("typed", ["", "  ", "!!!", "🎉", "qqqqqqq"])
def test_what_fits_nothing_gets_nothing(small: Autocompleter, typed: str) -> None:
    assert small.suggest(typed) == ()


def test_facts_are_grouped_by_topic_in_the_order_of_the_best(suggester: Autocompleter) -> None:
    groups, facts = suggester.suggest("trade"), suggester.facts("trade")
    assert [topic.id for topic, _ in groups] == list(dict.fromkeys(fact.topic for fact in facts))
    assert sorted(f.id for _, some in groups for f in some) == sorted(f.id for f in facts)
    assert (
        len(suggester.facts("t", limit=7))
        == sum(len(some) for _, some in suggester.suggest("t", limit=7))
        == 7
    )


@given(st.text(max_size=300))
def test_no_text_raises(small: Autocompleter, typed: str) -> None:
    assert len(small.facts(typed)) <= 100
