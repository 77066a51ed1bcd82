"""The global shortcut *Find a fact*: type-ahead, preview, posting."""

import json
from typing import Any

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.core.search.autocomplete import Autocompleter
from bot.playground.block_validation import options_problems
from bot.slack.blocks.modals import FIND_FACT, FIND_WHERE, build_options
from bot.slack.listeners.views import FIND_SHORTCUT
from tests.support.fake_slack import Call, FakeSlack
from tests.support.harness import Bot
from tests.support.interactions import chosen_in_modal, global_shortcut, submitted, suggestion

FACT = "v1:trade-share-2018"


def opened(bot: Bot) -> dict[str, Any]:
    (call,) = bot.interact(global_shortcut(FIND_SHORTCUT))
    assert call.method == "views.open"
    assert bot.response.status == 200
    return dict(bot.slack.workspace.modal)


def typed(bot: Bot, text: str) -> dict[str, Any]:
    assert bot.interact(suggestion(FIND_FACT, text)) == []
    answer = json.loads(bot.response.body)
    assert options_problems(answer) == []
    return dict(answer)


def send(bot: Bot, fact: str | None = FACT, response_url: str = "", channel: str = "C1") -> list[Call]:
    values: dict[str, dict[str, Any]] = {FIND_WHERE: {"selected_conversation": channel}}
    if fact:
        values[FIND_FACT] = {"selected_option": {"value": fact}}
    return bot.interact(submitted(opened(bot), values, response_url))


def test_each_key_gets_facts_by_topic(bot: Bot) -> None:
    answer = typed(bot, "trade sh")
    (group,) = answer["option_groups"]
    assert group["label"]["text"] == "Trade"
    (option,) = [o for o in group["options"] if o["value"] == FACT]
    assert option["text"]["text"] == "Russia's share of Belarus's foreign trade"
    assert option["description"]["text"] == "49.5%, 2018"


def test_every_beginning_keeps_within_slacks_limits(real: SearchEngine) -> None:
    suggester = Autocompleter(real.base, real.ask)
    for beginning in {fact.title[:n].lower() for fact in real.base.facts for n in (1, 2, 4)}:
        assert options_problems(build_options(suggester.suggest(beginning))) == []


def test_type_ahead_follows_the_facts(slack: FakeSlack, finder: SearchEngine, real: SearchEngine) -> None:
    current = [finder]

    bot = Bot(slack, lambda: current[0])
    assert typed(bot, "zebra")["option_groups"]
    current[0] = real
    assert typed(bot, "zebra") == {"options": []}
    bot.close()


def test_a_chosen_fact_is_shown_as_it_will_be_posted(bot: Bot) -> None:
    view = opened(bot)
    (updated,) = bot.interact(chosen_in_modal(view, FIND_FACT, FACT))
    assert updated.method == "views.update"
    shown = bot.slack.workspace.modal
    assert [b["block_id"] for b in shown["blocks"] if b["type"] == "input"] == [FIND_FACT, FIND_WHERE]
    assert "Russia took 49.5% of Belarus's foreign trade in 2018." in json.dumps(shown["blocks"])
    assert {b["type"] for b in shown["blocks"]} == {"input", "rich_text", "context"}


def test_a_fact_that_is_gone_says_so(bot: Bot) -> None:
    bot.interact(chosen_in_modal(opened(bot), FIND_FACT, "v1:gone"))
    assert text("fact_gone") in json.dumps(bot.slack.workspace.modal["blocks"])
    assert send(bot, "v1:gone") == []
    answer = json.loads(bot.response.body)
    assert answer == {"response_action": "errors", "errors": {FIND_FACT: text("fact_gone")}}


def test_posting_goes_to_the_conversation_for_all_with_credit(bot: Bot) -> None:
    (posted,) = send(bot, response_url=bot.slack.new_response_url())
    assert bot.response.body == ""  # the modal closes
    assert posted.method == "response_url"  # works where the bot is not a member
    assert posted.arguments["response_type"] == "in_channel"
    assert posted.text.startswith("Figure\n49.5% — Russia's share")
    assert posted.text.endswith("Shared by <@U1ANNA>")


def test_without_a_response_url_the_bot_posts_itself(bot: Bot) -> None:
    (posted,) = send(bot)
    assert (posted.method, posted.arguments["channel"]) == ("chat.postMessage", "C1")


def test_when_posting_fails_the_person_gets_a_direct_message(bot: Bot) -> None:
    bot.slack.fail("response_url", status=404)
    _, notice = send(bot, response_url=bot.slack.new_response_url())
    assert notice.arguments["channel"] == "U1ANNA"
    assert notice.text == text("not_posted", title="Russia's share of Belarus's foreign trade")
