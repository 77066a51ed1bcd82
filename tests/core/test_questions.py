"""The live facts answer the examples of the help, and test questions as well as before."""

from __future__ import annotations

import re

import pytest

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from bot.core.search.results import Answer
from tests.questions import load_questions, rates

BASE = load_fact_base()  # the project's own facts, which these tests are about


@pytest.fixture(scope="module")
def finder() -> SearchEngine:
    return SearchEngine(BASE)


def test_each_right_fact_exists(finder: SearchEngine) -> None:
    named = {fact_id for question in load_questions() for fact_id in question.accept}
    assert {fact_id for fact_id in named if finder.base.get(fact_id) is None} == set()


def test_right_answers_are_many_wrong_ones_few_and_declines_kept(finder: SearchEngine) -> None:
    figures = rates(finder, load_questions())
    assert figures["hit@1"] >= 0.77, figures
    assert figures["near@3"] >= 0.966, figures
    assert figures["wrong"] <= 0.02, figures
    assert figures["kept"] >= 0.97, figures


def test_there_are_five_and_one_of_them_is_russian() -> None:
    assert len(set(BASE.site.examples)) == 5
    assert sum(bool(re.search("[а-я]", example)) for example in BASE.site.examples) == 1


@pytest.mark.examples
@pytest.mark.parametrize("question", BASE.site.examples)
def test_an_example_gets_an_answer(finder: SearchEngine, question: str) -> None:
    outcome = finder.ask(question)
    assert isinstance(outcome, Answer), f"{outcome.status}: {outcome.reason}"
