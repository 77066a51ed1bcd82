"""The questions that every help text shows are answered from the project's own facts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.examples import EXAMPLES
from bot.core.search import SearchEngine
from bot.core.search.results import Answer, Choices, NoAnswer


def test_there_are_five_and_one_of_them_is_russian() -> None:
    assert len(set(EXAMPLES)) == 5
    assert sum(bool(re.search("[а-я]", example)) for example in EXAMPLES) == 1


@pytest.mark.examples
@pytest.mark.parametrize("question", EXAMPLES)
def test_an_example_gets_an_answer(finder: SearchEngine, question: str) -> None:
    outcome = finder.ask(question)
    assert isinstance(outcome, Answer), f"{outcome.status}: {outcome.reason}"


def test_every_id_gets_its_own_fact(finder: SearchEngine) -> None:
    for fact in finder.base.facts:
        outcome = finder.ask(f" {fact.id.upper()} ")
        assert isinstance(outcome, Answer)
        assert outcome.fact is fact


@given(st.text(max_size=120))
def test_any_text_gets_one_of_three_outcomes(finder: SearchEngine, text: str) -> None:
    outcome = finder.ask(text)
    assert isinstance(outcome, (Answer, Choices, NoAnswer))
    assert len(outcome.hits) <= 5
    assert outcome.reason
    assert bool(outcome.facts) == (outcome.status != "none")
