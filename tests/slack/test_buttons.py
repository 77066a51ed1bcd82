"""Share, More like this and Show, pressed in private, in threads, in direct messages and under public messages."""

from typing import Any

import pytest

from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks.card import CARD_MENU, MORE_LIKE_THIS, SHARE_FACT, SHOW_FACT, SOURCE
from bot.slack.blocks.pages import NEXT_PAGE, OPEN_PAGE
from tests.support.fake_slack import Call
from tests.support.harness import Bot, one_reply
from tests.support.requests import new_ts

SHARE_2018 = "v1:trade-share-2018"
BUTTONS = (SHOW_FACT, MORE_LIKE_THIS, SHARE_FACT)

IN_PRIVATE: dict[str, Any] = {"ephemeral": True}
UNDER_PUBLIC: dict[str, Any] = {"ephemeral": False}
UNDER_THREAD_HEAD: dict[str, Any] = {"ephemeral": False, "message_ts": "7.7", "thread_ts": "7.7"}
IN_THREAD: dict[str, Any] = {"ephemeral": False, "message_ts": "7.8", "thread_ts": "7.7"}
IN_DM: dict[str, Any] = {"ephemeral": False, "channel": "D1"}
IN_DM_THREAD: dict[str, Any] = {"ephemeral": False, "channel": "D1", "message_ts": "7.8", "thread_ts": "7.7"}
PRIVATE_IN_DM: dict[str, Any] = {"ephemeral": True, "channel": "D2"}  # of two people, without the bot


def press(bot: Bot, message: Call, action_id: str, number: int = 0, **where: Any) -> list[Call]:
    button = message.button(action_id, number)
    return bot.press(button["action_id"], button["value"], **where)


def test_share_posts_the_card_for_all_credits_the_person_and_removes_the_private_copy(bot: Bot) -> None:
    card = one_reply(bot.command("trade share"))
    shared, removed = press(bot, card, SHARE_FACT, user="U2BORIS")
    assert shared.method == "response_url"  # needs no membership of the channel
    assert shared.arguments["response_type"] == "in_channel"
    assert shared.arguments["replace_original"] is False
    assert shared.text.startswith("“trade share”\nFigure\n49.5% — Russia's share")
    assert shared.text.endswith("Shared by <@U2BORIS>")
    assert [b["action_id"] for b in shared.buttons()] == [MORE_LIKE_THIS, SOURCE, CARD_MENU]
    assert removed.arguments == {"delete_original": True}
    public = bot.press(SHARE_FACT, SHARE_2018, **UNDER_PUBLIC)
    assert [p.arguments.get("delete_original") for p in public] == [None], "a public message is never deleted"


def test_two_quick_taps_share_once(bot: Bot) -> None:
    ts = new_ts()
    assert len(bot.press(SHARE_FACT, SHARE_2018, message_ts=ts)) == 2
    assert bot.press(SHARE_FACT, SHARE_2018, message_ts=ts) == []
    assert bot.response.status == 200


def test_when_sharing_fails_the_person_gets_a_notice_and_may_try_again(bot: Bot) -> None:
    ts = new_ts()
    bot.slack.fail("response_url", status=500, times=1)
    failed, expected = bot.press(SHARE_FACT, SHARE_2018, message_ts=ts)
    assert failed.arguments["response_type"] == "in_channel"
    assert expected.text == text("not_shared")
    assert expected.arguments["response_type"] == "ephemeral"
    shared, removed = bot.press(SHARE_FACT, SHARE_2018, message_ts=ts)
    assert shared.text.startswith("Figure\n49.5%")
    assert removed.arguments == {"delete_original": True}


@pytest.mark.parametrize(
    ("where", "kind", "thread"),
    [
        (IN_PRIVATE, "ephemeral", None),
        (PRIVATE_IN_DM, "ephemeral", None),
        (UNDER_PUBLIC, "ephemeral", None),
        (UNDER_THREAD_HEAD, "ephemeral", None),
        (IN_THREAD, "ephemeral", "7.7"),
        (IN_DM, "in_channel", None),
        (IN_DM_THREAD, "in_channel", "7.7"),
    ],
    ids=["private", "private in DM", "public", "thread head", "thread", "DM", "DM thread"],
)
@pytest.mark.parametrize(
    ("action_id", "text"),
    [(SHOW_FACT, "Figure\n49.5% — Russia's share"), (MORE_LIKE_THIS, "More like “Russia's share")],
    ids=["show", "more"],
)
def test_the_answer_joins_the_conversation_and_replaces_nothing(
    bot: Bot, action_id: str, text: str, where: dict[str, Any], kind: str, thread: str | None
) -> None:
    reply = one_reply(bot.press(action_id, SHARE_2018, **where))
    assert reply.method == "response_url"
    assert reply.text.startswith(text)
    assert reply.arguments["response_type"] == kind
    assert reply.arguments["replace_original"] is False
    assert reply.arguments.get("thread_ts") == thread


def test_more_like_this_leads_with_the_series_and_shows_each(bot: Bot) -> None:
    card = one_reply(bot.command("trade share"))
    more = one_reply(press(bot, card, MORE_LIKE_THIS))
    assert 1 <= len(more.buttons()) <= 5
    assert more.button(SHOW_FACT)["value"] == "v1:trade-share-2015"
    shown = one_reply(press(bot, more, SHOW_FACT))
    assert shown.text.startswith("Figure\n48%")


STALE = [
    *((action_id, "v1:no-such-fact", text("fact_gone")) for action_id in BUTTONS),
    (OPEN_PAGE, "v1:topic:wombats:1", text("page_gone")),
    ("open_atlas", "v9:x", text("out_of_date")),  # an action of another version
    *(
        (action_id, value, text("out_of_date"))
        for action_id in (*BUTTONS, OPEN_PAGE, NEXT_PAGE)
        for value in ("v0:trade-share-2018", "trade-share-2018", "v1:", "", None)
    ),
]


@pytest.mark.parametrize(("action_id", "value", "expected"), STALE)
def test_stale_buttons_get_a_notice(bot: Bot, action_id: str, value: str | None, expected: str) -> None:
    reply = one_reply(bot.press(action_id, value, **IN_THREAD))
    assert reply.text == expected
    assert reply.arguments["response_type"] == "ephemeral"
    assert bot.response.status == 200
    assert bot.seconds < 2.5  # without a listener Bolt waits three seconds
