"""Pages by command, mention, direct message and button, through the real wiring."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.facts.base import FactBase
from bot.core.facts.issues import Place, Problem
from bot.core.pages.pages import ROWS, Status, open_page
from bot.core.pages.routes import Address
from bot.core.present.strings import ENGLISH as text
from bot.playground.block_validation import message_problems
from bot.slack.blocks.card import NEAR_TOPICS, SHOW_FACT
from bot.slack.blocks.pages import GO_TO_PAGE, NEXT_PAGE, OPEN_PAGE, PREVIOUS_PAGE, build_page
from tests.slack.test_buttons import IN_DM, IN_PRIVATE, IN_THREAD, UNDER_PUBLIC, press
from tests.support.harness import Bot, NewBot, converse, home_problems, one_reply
from tests.support.interactions import from_menu

DIALOG = [
    ("topics", "Topics\nDefence (4 entries)\nBases, exercises and those who speak of them."),
    ("Topic trade", "Trade\nWho trades with whom, and how much.\nFigures\n48% — Russia's share"),
    ("topic kangaroos", "No topic “kangaroos”"),
    ("sources", "Sources\nAlpha 2019 (5 entries)\nTwo Neighbours &amp; Their Trade\nAnna Author, Alpha Institute, 2019."),
    ("source alpha-2019", "Two Neighbours &amp; Their Trade\nAuthor: Anna Author\nPublisher: Alpha Institute\nPublished: 2019\n"),
    ("source beta", "Beta Club home page (exact address unknown)"),
    ("source gamma", "Speaker: Olga Speaker\nPublisher: Gamma Centre\nReports on an event of: 27 April 2024\n"),
    ("actors", "People and organisations\nPeople and organisations named in the articles.\nDefence\nDouglas Envoy — Ambassador"),
    ("timeline", "Timeline\n2021\n4 November 2021 — Airbase opened"),
    ("timeline 2050", "No dated entries in that time."),
    ("about", "About this bot\n6 facts and 2 attributed opinions in 2 topics, from 3 articles"),
    ("actors in trade", "Trade"),  # a question, not the page of actors
    ("sources of the loan", "loan"),
    ("topic zebra", "7 zebras &lt;@U999&gt; — Odd"),  # no name of a topic, and a question
    ("topic of <!channel>", "Nothing on “topic”"),
]  # fmt: skip


@pytest.mark.parametrize("surface", ["command", "mention", "dm"])
def test_the_same_pages_on_every_surface(bot: Bot, surface: str) -> None:
    converse(getattr(bot, surface), DIALOG)


def test_the_nearest_topics_of_a_question_without_an_answer_are_one_tap_away(bot: Bot) -> None:
    declined = one_reply(bot.command("kangaroo trade politics of wombats"))
    topic = declined.button(NEAR_TOPICS[0])["text"]["text"]
    assert f"{text('nearest_topics')}: {topic}" in declined.text
    assert one_reply(press(bot, declined, NEAR_TOPICS[0])).text.startswith(f"{topic}\n")


def test_pages_turn_in_place_there_and_back(big: Bot) -> None:
    first = one_reply(big.command("actors"))
    assert "Page 1 of" in first.text
    assert len([b for b in first.buttons() if b["action_id"] == SHOW_FACT]) == ROWS
    assert PREVIOUS_PAGE not in [b["action_id"] for b in first.buttons()]
    second = one_reply(press(big, first, NEXT_PAGE))
    assert "Page 2 of" in second.text
    assert second.arguments["replace_original"] is True
    assert "response_type" not in second.arguments  # as visible as what it replaces
    assert one_reply(press(big, second, PREVIOUS_PAGE)).blocks == first.blocks


def test_a_menu_leads_to_a_heading(big: Bot) -> None:
    menu = one_reply(big.command("topic west")).button(GO_TO_PAGE)
    assert [o["text"]["text"] for o in menu["options"]] == ["Figures", "Events", "Profiles", "Opinions"]
    last = menu["options"][-1]["value"]
    reply = one_reply(big.interact(from_menu(GO_TO_PAGE, last, big.slack.new_response_url())))
    assert "\nOpinions\n" in reply.text
    assert reply.arguments["replace_original"] is True


@pytest.mark.parametrize(
    ("where", "replaced", "kind"),
    [
        (IN_PRIVATE, True, None),
        (IN_DM, True, None),
        (UNDER_PUBLIC, False, "ephemeral"),
        (IN_THREAD, False, "ephemeral"),
    ],
    ids=["private", "DM", "public", "thread"],
)
def test_another_page_takes_the_place_only_of_a_private_page(
    bot: Bot, where: dict[str, Any], replaced: bool, kind: str | None
) -> None:
    opened = one_reply(press(bot, one_reply(bot.command("topics")), OPEN_PAGE, 1, **where))
    assert opened.text.startswith("Trade\n")
    assert opened.arguments["replace_original"] is replaced
    assert opened.arguments.get("response_type") == kind
    assert opened.arguments.get("thread_ts") == where.get("thread_ts")


def test_every_button_of_a_page_leads_somewhere(bot: Bot) -> None:
    seen, waiting = set(), [one_reply(bot.command("topics"))]
    while waiting:
        for button in waiting.pop().buttons():
            pressed = (button["action_id"], button.get("value"))
            if pressed in seen or pressed[0] in ("card_menu", "share_fact", "fact_source"):
                continue
            seen.add(pressed)
            reply = bot.press(*pressed)[0]
            assert reply.text not in (text("out_of_date"), text("page_gone")), button
            if pressed[0].startswith("open_"):
                waiting.append(reply)
    assert {value for _, value in seen} >= {"v1:topic:trade:1", "v1:source:beta-2025:1", "v1:about::1"}


def test_about_shows_version_repository_and_problems(new_bot: NewBot, small: FactBase) -> None:
    problem = Problem(Place("facts/trade.yaml", 1), "fact-1.date", "“soon”", "a date")
    status = Status("1.2.3", datetime(2026, 11, 23, 2, 19, tzinfo=UTC), problems=(problem,))
    bot = new_bot(status=lambda: status, repository_url="https://code.example/owner/facts")
    shown = one_reply(bot.command("about")).text
    for words in (
        " 1.2.3",
        f"Last changed on 23 November 2026 at 02:19 UTC, version {small.version}",
        "Repository: https://code.example/owner/facts",
        "facts/trade.yaml:1: fact-1.date: ",
    ):
        assert words in shown


def test_every_page_keeps_within_slacks_limits_also_on_home(base: FactBase, small: FactBase) -> None:
    drawn = 0
    for facts in (base, small):
        starts = ["topics::1", "sources::1", "actors::1", "timeline::1", "about::1", "timeline:2090:1"]
        starts += [f"topic:{topic}:1" for topic in facts.topics]
        starts += [f"source:{source}:1" for source in facts.sources]
        for address in map(Address.parse, starts):
            while address:
                page = open_page(address, facts)
                assert page
                shown = build_page(page, facts, share=True)
                assert message_problems(shown.payload()) == []
                assert home_problems(facts, shown) == []
                address, drawn = page.next, drawn + 1
    assert drawn > 80
