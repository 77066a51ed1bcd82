"""Whatever a request does, it asks for the facts once: facts that change meanwhile cannot make half an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.core.search import SearchEngine
from bot.slack.app import build_app
from bot.slack.blocks import home
from bot.slack.blocks.card import MORE_LIKE_THIS, SHARE_FACT, SHOW_FACT
from bot.slack.responses import new_client
from tests.support.fake_slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.harness import Bot
from tests.support.home import ANNA, opened_event, pressed_at_home


class Facts:
    """Facts that are replaced each time that anybody asks for them."""

    def __init__(self, finder: SearchEngine) -> None:
        self._base = finder.base
        self.given: list[SearchEngine] = []

    def __call__(self) -> SearchEngine:
        self.given.append(SearchEngine(self._base))
        return self.given[-1]


@pytest.fixture
def facts(finder: SearchEngine) -> Facts:
    return Facts(finder)


@pytest.fixture
def bot(slack: FakeSlack, finder: SearchEngine, facts: Facts) -> Iterator[Bot]:
    made = Bot(slack, finder)
    made.app = build_app(
        facts,
        client=new_client(BOT_TOKEN, slack.api_url),
        signing_secret=SIGNING_SECRET,
        executor=made.executor,
    )
    yield made
    made.close()


def test_a_request_asks_for_the_facts_once(bot: Bot, facts: Facts) -> None:
    for say in (
        lambda: bot.command("trade share"),
        lambda: bot.command("topics"),
        lambda: bot.mention("2015"),
        lambda: bot.dm("kazakhstan"),
        lambda: bot.press(SHOW_FACT, "v1:trade-share-2018"),
        lambda: bot.press(MORE_LIKE_THIS, "v1:trade-share-2018"),
        lambda: bot.press(SHARE_FACT, "v1:trade-share-2018"),
        lambda: bot.event(opened_event()),
    ):
        before = len(facts.given)
        say()
        assert len(facts.given) == before + 1


def test_so_does_a_press_on_home_which_draws_an_answer_and_the_home_around_it(bot: Bot, facts: Facts) -> None:
    bot.event(opened_event())
    view = bot.slack.workspace.homes[ANNA]
    before = len(facts.given)
    for action_id, value, kind in (
        (home.SEARCH, "trade share", "plain_text_input"),
        (SHOW_FACT, "v1:trade-share-2018", "button"),
    ):
        bot.interact(pressed_at_home(view, action_id, value, kind=kind))
    assert len(facts.given) == before + 2
