"""The questions that every help text shows are answered from the project's own facts."""

from __future__ import annotations

import re

import pytest

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from bot.core.search.results import Answer

BASE = load_fact_base()  # the project's own facts, which these tests are about


@pytest.fixture(scope="module")
def finder() -> SearchEngine:
    return SearchEngine(BASE)


def test_there_are_five_and_one_of_them_is_russian() -> None:
    assert len(set(BASE.site.examples)) == 5
    assert sum(bool(re.search("[а-я]", example)) for example in BASE.site.examples) == 1


@pytest.mark.examples
@pytest.mark.parametrize("question", BASE.site.examples)
def test_an_example_gets_an_answer(finder: SearchEngine, question: str) -> None:
    outcome = finder.ask(question)
    assert isinstance(outcome, Answer), f"{outcome.status}: {outcome.reason}"
