"""The terminal shows facts, choices and declines with the same content as Slack."""

import html
import io

import pytest

from bot.cli.common import Terminal
from bot.cli.render import print_card
from bot.core.facts.base import FactBase
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks.card import build_card
from tests.conftest import Command
from tests.support.facts import FOLDER

CARD = """\
Figure: 49.5% — Russia's share of Belarus's foreign trade
  Russia took 49.5% of Belarus's foreign trade in 2018.
    “49.5 percent of trade”
  Other years: 48% (2015)
  Note: The year is inferred.
  As of 2018, according to Anna Author, Alpha Institute, 2019; according to an article that names no author,\
 published by Beta Club, 25 August 2025.
    Alpha 2019: https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade
    Beta Club home page (exact address unknown): https://beta.example/
"""


@pytest.mark.parametrize(
    ("query", "code", "parts"),
    [
        ("trade-share-2018", 0, [CARD]),
        ("nuclear-loan-2019", 0, ["  Compare: Olga Speaker: The loan will not be drawn in full (27 April 2024, Gamma 2024)\n"]),
        ("envoy-on-airbase", 0, ["according to Douglas Envoy, cited by the publisher, Gamma Centre, on an event of 27"]),
        ("2015", 0, [text("fit"), "\n  1. ", "\n     unionstate ask ", "\n  2. "]),
        ("trade with wombats", 1, ["Nothing on “", "\n  Trade: unionstate browse topic trade\n", ": unionstate ask --examples\n"]),
        ("topic trade", 0, ["Trade ("]),
        ("topic wombats", 1, ["No topic “wombats”."]),
        ("hello", 1, ["Ask about"]),
        ("thanks", 1, [text("thanks")]),
    ],
)  # fmt: skip
def test_replies_have_what_slacks_have(
    command: Command, monkeypatch: pytest.MonkeyPatch, query: str, code: int, parts: list[str]
) -> None:
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))
    found, printed, _ = command(f"ask {query}")
    assert (found, [part for part in parts if part not in printed]) == (code, [])


def test_every_card_says_what_slacks_card_says(base: FactBase) -> None:
    for fact in base.facts:
        stream = io.StringIO()
        print_card(Terminal(stream), base, fact)
        card = html.unescape(build_card(fact, base).text).replace("\n", ": ", 1)  # behind the kind
        for line in stream.getvalue().splitlines():
            part = line.strip().partition(": https://")[2] or line.strip()
            assert part in card or line.startswith(("  Note", "  Review")), fact.id
