"""The app's Home: publishing, searching, browsing, and errors."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks import home
from bot.slack.blocks.card import MORE_LIKE_THIS, SHOW_FACT
from bot.slack.blocks.pages import GO_TO_TOPIC, OPEN_PAGE
from tests.support.fake_slack import Call
from tests.support.harness import Bot, NewBot
from tests.support.interactions import ANNA, opened_event, pressed_at_home


class Visitor:
    """A person on the app's Home: their actions, and what Home shows after them."""

    def __init__(self, bot: Bot) -> None:
        self.bot, self.slack = bot, bot.slack

    @property
    def view(self) -> dict[str, Any]:
        return dict(self.slack.workspace.homes[ANNA])

    @property
    def shown(self) -> str:
        """The Home as JSON, where words can be looked for."""
        return json.dumps(self.view["blocks"], ensure_ascii=False)

    def published(self) -> list[Call]:
        return self.slack.called("views.publish")

    def visit(self, view: dict[str, Any] | None = None) -> None:
        assert self.bot.event(opened_event(view or self.slack.workspace.homes.get(ANNA))) == []

    def press(self, action_id: str, value: str | None, **more: str) -> None:
        self.bot.interact(pressed_at_home(self.view, action_id, value, **more))
        assert self.bot.response.status == 200
        assert self.bot.seconds < 2.5
        assert self.slack.posts() == [], "it is answered on Home, not elsewhere"

    def search(self, words: str) -> None:
        self.press(home.SEARCH, words, kind="plain_text_input")

    def button(self, action_id: str) -> dict[str, Any]:
        return Call("views.publish", {"blocks": self.view["blocks"]}).button(action_id)

    def push(self, action_id: str, **more: str) -> None:
        """Press a button that is there."""
        self.press(action_id, self.button(action_id)["value"], **more)


@pytest.fixture
def anna(bot: Bot) -> Visitor:
    visitor = Visitor(bot)
    visitor.visit()
    return visitor


def test_new_facts_are_published_at_the_next_visit_once(new_bot: NewBot, finder: SearchEngine) -> None:
    finders = [finder, SearchEngine(replace(finder.base, version="0123456789ab"))]
    anna = Visitor(new_bot(lambda: finders[0]))
    anna.visit()
    finders.pop(0)
    anna.visit()
    anna.visit()
    assert len(anna.published()) == 2


@pytest.mark.parametrize("metadata", ["", '{"facts": "0"}', '{"facts": 1, "drawn": null}'])
def test_a_home_of_an_older_version_of_ours_is_replaced(anna: Visitor, metadata: str) -> None:
    anna.visit(view={**anna.view, "private_metadata": metadata})
    assert len(anna.published()) == 2


def test_a_home_that_another_process_has_published_meanwhile_stays(anna: Visitor) -> None:
    stale = {**anna.view, "private_metadata": "{}", "hash": "0.stale"}
    anna.search("trade share")
    anna.visit(view=stale)
    assert "49.5%" in anna.shown
    assert [c.arguments.get("hash") for c in anna.published()][-1] == "0.stale"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("trade share", "49.5%"),
        ("2015", text("fit")),
        ("kazakhstan", "Nothing on “kazakhstan”"),
        ("help", "You can also type"),
        ("topic defence", "Bases, exercises"),
        ("source alpha-2019", "Two Neighbours &amp; Their Trade"),
        ("actors", text("actors_about")),
        ("random", text("another")),
        ("<!channel> <@U1> &", "You can also type"),
    ],
)
def test_home_shows_the_answer_and_the_question_in_the_box(anna: Visitor, words: str, shown: str) -> None:
    anna.search(words)
    head = anna.shown.split(text("home_clear"))[0]
    assert shown.replace("&amp;", "&") in head.replace("&amp;", "&")
    assert anna.view["blocks"][1]["element"]["initial_value"] == words


def test_from_a_card_a_button_leads_back_to_the_choices(anna: Visitor) -> None:
    anna.search("2015")
    choices = anna.published()[-1].view["blocks"]
    assert text("home_back") not in anna.shown
    anna.push(SHOW_FACT)
    assert "Figure" in anna.shown
    anna.push(MORE_LIKE_THIS)
    assert "More like" in anna.shown
    assert anna.view["blocks"][1]["element"]["initial_value"] == "2015"
    anna.push(home.BACK)
    assert anna.published()[-1].view["blocks"] == choices
    anna.push(home.CLEAR)
    anna.push("open_sources")
    assert text("home_back") not in anna.shown  # there was no question


def test_topics_open_from_a_menu_below_it(anna: Visitor, small: FactBase) -> None:
    menu = anna.button(GO_TO_TOPIC)
    assert [o["text"]["text"] for o in menu["options"]] == [t.title for t in small.topics.values()]
    anna.press(GO_TO_TOPIC, "v1:topic:trade:1", kind="static_select", block_id="browse")
    shown = anna.shown
    assert shown.index(text("home_browse")) < shown.index("Page 1 of 1") < shown.index(text("home_latest"))


def test_an_answer_appears_where_it_was_pressed(anna: Visitor) -> None:
    anna.push(SHOW_FACT, block_id="latest-0")
    assert anna.shown.index(text("home_latest")) < anna.shown.index(text("home_clear"))
    anna.push(MORE_LIKE_THIS)  # of the card that appeared there
    assert anna.shown.index(text("home_latest")) < anna.shown.index("More like")
    anna.search("trade share")
    assert anna.shown.index("49.5%") < anna.shown.index(text("home_browse"))


@pytest.mark.parametrize(
    ("action_id", "value", "notice"),
    [
        (SHOW_FACT, "v1:no-such-fact", text("fact_gone")),
        (OPEN_PAGE, "v1:topic:wombats:1", text("page_gone")),
        ("open_atlas", "v9:x", text("out_of_date")),
    ],
)
def test_stale_buttons_get_a_notice_there(anna: Visitor, action_id: str, value: str, notice: str) -> None:
    anna.press(action_id, value)
    assert notice in anna.shown


def test_when_something_breaks_home_says_so_and_leads_back(new_bot: NewBot, finder: SearchEngine) -> None:
    anna = Visitor(new_bot(SimpleNamespace(base=finder.base, ask=lambda words: 1 / 0)))
    anna.visit()
    anna.search("trade share")
    assert "Something broke" in anna.shown
    assert text("none") not in anna.shown
    anna.push(home.CLEAR)
    assert text("try_asking") in anna.shown
