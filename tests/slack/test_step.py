"""The workflow step *Look up a fact*: one answer with its source, or the reason why there is none."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.listeners.commands import LOOK_UP_STEP, outputs_of
from bot.slack.manifest import manifest
from tests.slack.test_card_menu import Notebook
from tests.support.fake_slack import Call, FakeSlack
from tests.support.harness import Bot
from tests.support.interactions import step_event

FINISHING = ("functions.completeSuccess", "functions.completeError")


def run(bot: Bot, query: Any) -> Call:
    """Run the step; it finishes exactly once."""
    before = len(bot.slack.calls)
    bot.event(step_event(LOOK_UP_STEP, {"query": query}))
    (finished,) = [c for c in bot.slack.calls[before:] if c.method in FINISHING]
    return finished


def outputs(call: Call) -> dict[str, str]:
    found = call.arguments["outputs"]
    return dict(json.loads(found) if isinstance(found, str) else found)


def test_an_answer_comes_with_value_source_link_and_id(bot: Bot) -> None:
    finished = run(bot, "trade share")
    assert finished.method == "functions.completeSuccess"
    assert outputs(finished) == {
        "answer": "49.5% — Russia's share of Belarus's foreign trade. Russia took 49.5% of Belarus's foreign trade in"
        " 2018. (As of 2018, according to Anna Author, Alpha Institute, 2019; according to an article that names no author,"
        " published by Beta Club, 25 August 2025.)",
        "value": "49.5%",
        "source": "Anna Author, Alpha Institute: Two Neighbours & Their Trade (2019)",
        "link": "https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade",
        "fact_id": "trade-share-2018",
    }


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("kazakhstanitis", "Nothing on “kazakhstanitis” in these articles."),
        ("2015", "No single entry answers this, and the step needs one."),
        ("", text("step_empty")),
        (" :tada: ", text("step_empty")),
        (None, text("step_empty")),
        ("trade " * 500, text("too_long")),
    ],
)
def test_without_an_answer_the_step_fails_with_a_clear_reason(bot: Bot, query: Any, reason: str) -> None:
    finished = run(bot, query)
    assert finished.method == "functions.completeError"
    assert finished.arguments["error"].startswith(reason)


def test_a_repeated_delivery_finishes_once(bot: Bot) -> None:
    event = step_event(LOOK_UP_STEP, {"query": "trade share"})
    bot.event(event)
    bot.event(event)
    assert len(bot.slack.called("functions.completeSuccess")) == 1


def test_when_something_breaks_the_workflows_owner_gets_a_notice(
    slack: FakeSlack, finder: SearchEngine
) -> None:
    bot = Bot(slack, SimpleNamespace(base=finder.base, ask=lambda words: 1 / 0))
    finished = run(bot, "trade share")
    bot.close()
    assert finished.method == "functions.completeError"
    assert "Something broke" in finished.arguments["error"]
    assert text("none") not in finished.arguments["error"]


def test_every_fact_fills_every_output(real: SearchEngine) -> None:
    for fact in real.base.facts:
        filled = outputs_of(fact, real.base)
        assert list(filled) == list(manifest()["functions"][LOOK_UP_STEP]["output_parameters"])
        assert all(filled.values())


def test_a_steps_question_is_in_the_inbox_without_names(slack: FakeSlack, finder: SearchEngine) -> None:
    notebook = Notebook()
    bot = Bot(slack, finder, inbox=notebook)
    run(bot, "kazakhstanitis of <@U2BORIS|boris>")
    bot.close()
    ((question, outcome, _, _),) = notebook.questions
    assert (question, outcome) == ("kazakhstanitis of", "none")
