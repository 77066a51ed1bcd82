"""The quality of the answers on questions that were written without knowing asks and vocabulary."""

from __future__ import annotations

import pytest

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from tests.questions import load_questions, rates


@pytest.fixture(scope="module")
def finder() -> SearchEngine:
    """The project's own facts, which these tests are about."""
    return SearchEngine(load_fact_base())


def test_each_right_fact_exists(finder: SearchEngine) -> None:
    named = {fact_id for question in load_questions() for fact_id in question.accept}
    assert {fact_id for fact_id in named if finder.base.get(fact_id) is None} == set()


def test_right_answers_are_many_wrong_ones_few_and_declines_kept(finder: SearchEngine) -> None:
    figures = rates(finder, load_questions())
    assert figures["hit@1"] >= 0.77, figures
    assert figures["near@3"] >= 0.966, figures
    assert figures["wrong"] <= 0.02, figures
    assert figures["kept"] >= 0.97, figures
