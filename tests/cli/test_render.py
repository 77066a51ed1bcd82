"""The terminal shows facts, choices and declines with the same content as Slack."""

import io
from collections.abc import Callable

import pytest

from bot.cli import main
from bot.cli.common import Terminal
from bot.cli.render import print_card, print_outcome
from bot.core.facts.base import FactBase
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks.card import build_card
from tests.support.facts import small_finder

FACTS = small_finder()


def shown(draw: Callable[[Terminal], None], *, prompt: bool = False) -> str:
    stream = io.StringIO()
    draw(Terminal(stream, prompt=prompt))
    return stream.getvalue()


def test_a_card_has_companions_holder_and_articles_with_what_was_inferred() -> None:
    fact = FACTS.base.by_id["trade-share-2018"]
    assert shown(lambda terminal: print_card(terminal, FACTS.base, fact)).splitlines() == [
        "Figure: 49.5% — Russia's share of Belarus's foreign trade",
        "  Russia took 49.5% of Belarus's foreign trade in 2018.",
        "    “49.5 percent of trade”",
        "  Other years: 48% (2015)",
        "  Note: The year is inferred.",
        "  As of 2018, according to Anna Author, Alpha Institute, 2019; according to an article that names no author,"
        " published by Beta Club, 25 August 2025.",
        "    Alpha 2019: https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade",
        "    Beta Club home page (exact address unknown): https://beta.example/",
    ]


@pytest.mark.parametrize(
    ("fact_id", "line"),
    [
        ("nuclear-loan-2019", "  Compare: Olga Speaker: The loan will not be drawn in full (27 April 2024, Gamma 2024)\n"),
        ("envoy-on-airbase", "  As of 2015, according to Douglas Envoy, cited by the publisher, Gamma Centre, on an event of 27 April 2024.\n"),
    ],
)  # fmt: skip
def test_a_card_shows_contradicting_facts_and_who_cites_the_holder(fact_id: str, line: str) -> None:
    fact = FACTS.base.by_id[fact_id]
    assert line in shown(lambda terminal: print_card(terminal, FACTS.base, fact))


def test_every_card_says_what_slacks_card_says(base: FactBase) -> None:
    for fact in base.facts:
        card = build_card(fact, base).text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
        for line in shown(lambda terminal, fact=fact: print_card(terminal, base, fact)).splitlines():  # type: ignore[misc]
            part = line.strip().partition(": https://")[2] or line.strip()
            assert part in card or line.startswith(("  Note", "  Review")), fact.id


def test_choices_are_numbered_and_say_how_to_get_a_card() -> None:
    outcome = FACTS.ask("2015")
    lines = shown(lambda terminal: print_outcome(terminal, FACTS.base, outcome)).splitlines()
    assert lines[0] == text("fit")
    assert lines[1].startswith("  1. ")
    assert lines[2] == f"     unionstate ask {outcome.facts[0].id}"
    at_prompt = shown(lambda terminal: print_outcome(terminal, FACTS.base, outcome), prompt=True)
    assert "unionstate ask" not in at_prompt
    assert at_prompt.endswith("A number shows its card.\n")


def test_a_decline_ends_with_a_next_step(finder: SearchEngine) -> None:
    declined = finder.ask("gdp of belarus")
    printed = shown(lambda terminal: print_outcome(terminal, finder.base, declined))
    assert printed.startswith("Nothing on “")
    for topic in declined.topics:
        assert f"    {topic.title}: unionstate browse topic {topic.id}\n" in printed
    assert declined.topics
    assert printed.endswith(": unionstate ask --examples\n")
    at_prompt = shown(lambda terminal: print_outcome(terminal, finder.base, declined), prompt=True)
    assert at_prompt.endswith(": help\n")


@pytest.mark.parametrize(
    ("query", "code", "beginning"),
    [
        ("topic trade", 0, "Trade ("),
        ("topic wombats", 1, "No topic “wombats”."),
        ("hello", 1, "Ask about"),
        ("thanks", 1, text("thanks")),
    ],
)
def test_pages_and_talk_as_in_slack(
    capsys: pytest.CaptureFixture[str], query: str, code: int, beginning: str
) -> None:
    assert main(["ask", *query.split()]) == code
    assert capsys.readouterr().out.startswith(beginning)
