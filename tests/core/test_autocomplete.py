"""Type-ahead: beginnings of words find facts, best first, in milliseconds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.search import SearchEngine
from bot.core.search.autocomplete import Autocompleter
from tests.support.facts import small_finder


@pytest.fixture(scope="session")
def suggester(finder: SearchEngine) -> Autocompleter:
    return Autocompleter(finder.base, finder.ask)


def small() -> Autocompleter:
    return Autocompleter(small_finder().base, small_finder().ask)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("air", "airbase-opened"),
        ("AIRB", "airbase-opened"),
        ("base op", None),  # a word's middle is no beginning
        ("opened airb", "airbase-opened"),  # words in any order
        ("dougl", "douglas-envoy"),
        ("zebr", "odd-marks"),
        ("who is doug", "douglas-envoy"),
        ("reactor mon", "nuclear-loan-doubt"),
        ("trade share 2015", "trade-share-2015"),
        ("airbaes", "airbase-opened"),  # a typing error
        ("douglsa", "douglas-envoy"),
        ("nuclear-loan-d", "nuclear-loan-doubt"),
    ],
)
def test_beginnings_find(typed: str, first: str | None) -> None:
    found = small().facts(typed)
    assert (found[0].id if found else None) == first


@pytest.mark.parametrize("typed", ["", "  ", "!!!", "🎉", "qqqqqqq"])
def test_what_fits_nothing_gets_nothing(typed: str) -> None:
    assert small().suggest(typed) == ()


def test_a_name_comes_before_the_sentences_that_begin_with_it(suggester: Autocompleter) -> None:
    assert suggester.facts("lukash")[0].title == "Alexander Lukashenko"
    assert suggester.facts("lukashneko")[0].title == "Alexander Lukashenko"


@pytest.mark.parametrize(
    ("typed", "word"),
    [("trad shre", "share"), ("trde", "trade"), ("nuclar pl", "nuclear"), ("lukashnko", "Lukashenko")],
)
def test_a_letter_left_out_finds_the_word_and_titles_come_first(
    suggester: Autocompleter, typed: str, word: str
) -> None:
    assert all(word in fact.title for fact in suggester.facts(typed)[:3])


def test_other_spellings_and_finished_questions_find(suggester: Autocompleter) -> None:
    assert suggester.facts("Лукаш")
    assert suggester.facts("доля кит")[0].series == "china-share-of-foreign-trade"
    loans = suggester.facts("how much was the loan for the plant")
    assert loans[0].id.startswith("nuclear-plant-loan")


def test_facts_are_grouped_by_topic_in_the_order_of_the_best(suggester: Autocompleter) -> None:
    groups = suggester.suggest("trade")
    assert groups[0].topic.id == suggester.facts("trade")[0].topic
    assert len({group.topic.id for group in groups}) == len(groups)
    assert all(fact.topic == group.topic.id for group in groups for fact in group.facts)
    assert sorted(f.id for g in groups for f in g.facts) == sorted(f.id for f in suggester.facts("trade"))


def test_no_more_than_slack_shows(suggester: Autocompleter) -> None:
    assert len(suggester.facts("t")) == 100
    assert sum(len(g.facts) for g in suggester.suggest("t")) == 100
    assert len(suggester.facts("t", limit=7)) == 7


def test_each_key_is_answered_from_memory_in_milliseconds(suggester: Autocompleter) -> None:
    for typed in ("t", "nuclaer", "how much was the loan"):
        suggester.suggest(typed)
        started = time.perf_counter()
        suggester.suggest(typed)
        assert time.perf_counter() - started < 0.1


@given(st.text(max_size=300))
def test_no_text_raises(typed: str) -> None:
    assert len(small().facts(typed)) <= 100
