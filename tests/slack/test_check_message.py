"""The message shortcut *Check against the facts*."""

from typing import Any

import pytest

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks.card import SHOW_FACT
from bot.slack.listeners.commands import CHECK_SHORTCUT
from bot.slack.mrkdwn import message_text
from tests.support.fake_slack import Call
from tests.support.harness import Bot, one_reply
from tests.support.interactions import message_shortcut

CLAIM = "Russia accounts for 60% of Belarusian foreign trade."


def check(bot: Bot, message: dict[str, Any] | str, **more: Any) -> list[Call]:
    held = {"text": message} if isinstance(message, str) else message
    return bot.interact(message_shortcut(CHECK_SHORTCUT, held, bot.slack.new_response_url(), **more))


def test_a_sentence_is_compared_with_the_fact_and_its_figures(big: Bot) -> None:
    reply = one_reply(check(big, f"Hello all. {CLAIM} See you!"))
    assert reply.arguments["response_type"] == "ephemeral"
    assert reply.arguments["replace_original"] is False
    assert f"“{CLAIM}”" in reply.text
    assert "Different figure: 60% in the message, 49.5%" in reply.text
    shown = one_reply(big.press(SHOW_FACT, reply.button(SHOW_FACT)["value"]))
    assert shown.text.startswith("Figure\n49.5%")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Lunch at 12? I am hungry.", text("untouched", count=2)),
        ("Thanks!", text("untouched", count=1)),
        ("", text("no_sentences")),
        (":tada: 12 <@U1>", text("no_sentences")),
        ("https://x.example/a", text("no_sentences")),
    ],
)
def test_a_message_without_facts_gets_a_notice(big: Bot, message: str, expected: str) -> None:
    assert one_reply(check(big, message)).text == expected


def test_in_a_thread_the_answer_appears_there(big: Bot) -> None:
    def thread(message: dict[str, Any]) -> Any:
        return one_reply(check(big, {"text": CLAIM, **message})).arguments.get("thread_ts")

    assert thread({"ts": "7.8", "thread_ts": "7.7"}) == "7.7"
    assert thread({"ts": "7.7", "thread_ts": "7.7"}) is None
    assert thread({}) is None


RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Russia accounts for "}, {"type": "text", "text": "60%", "style": {"bold": True}}, {"type": "text", "text": " of Belarusian foreign trade."}]},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one & two"}]}, {"type": "rich_text_section", "elements": [{"type": "link", "url": "https://x.example", "text": "three"}]}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("message", "lines"),
    [
        ({"text": f"&gt; {CLAIM}\n• *bold* words &amp; <https://x.example|a link>"}, [f"> {CLAIM}", "• bold words & a link"]),
        ({"text": "", "blocks": [RICH]}, [CLAIM, "one & two", "three"]),
        ({"text": CLAIM, "blocks": [RICH]}, [CLAIM]),  # a person's blocks are the text once more
        ({"text": "Summary", "bot_id": "B1", "blocks": [RICH]}, [CLAIM, "one & two", "three"]),
        ({"text": "x", "bot_id": "B1"}, ["x"]),
        ({"text": "", "attachments": [{"title": "Title", "text": CLAIM, "fields": [{"title": "A", "value": "1"}]}]}, ["Title", CLAIM, "A 1"]),
        ({"text": "", "attachments": [{"fallback": CLAIM}]}, [CLAIM]),
        ({"text": "", "attachments": [{"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*A* &amp; b"}}]}]}, ["A & b"]),
        ({"text": "", "blocks": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "a"}, {"type": "plain_text", "text": "b & c"}]}]}, ["a", "b & c"]),
        ({"text": "*<https://x.example|A title>* and _<https://y.example|more>_"}, ["A title and more"]),
        # What a link shows is not what the message says; a message that is passed on is.
        ({"text": CLAIM, "attachments": [{"from_url": "https://x.example", "title": "Title", "text": "Page"}]}, [CLAIM]),
        ({"text": CLAIM, "attachments": [{"is_app_unfurl": True, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Card"}}]}]}, [CLAIM]),
        ({"text": "", "attachments": [{"from_url": "https://t.slack.com/archives/C1/p1", "is_msg_unfurl": True, "text": CLAIM}]}, [CLAIM]),
        ({"text": "", "blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "27 April 2024"}, {"type": "mrkdwn", "text": "40 facts"}]}]}, ["27 April 2024", "40 facts"]),
        ({"text": "snake_case and 2*3*4 stay"}, ["snake_case and 2*3*4 stay"]),
        ({}, []),
        ({"text": None, "blocks": None, "attachments": [{}]}, []),
    ],
)  # fmt: skip
def test_text_blocks_and_attachments_are_read(message: dict[str, Any], lines: list[str]) -> None:
    assert message_text(message).splitlines() == lines


def test_a_sentence_with_two_claims_is_one_sentence(big: Bot) -> None:
    reply = one_reply(check(big, f"{CLAIM[:-1]}, and Ukraine accounts for 10% of it. Hello."))
    assert reply.text.startswith("Entries about 1 of this message's 2 sentences.")


def test_ten_thousand_characters_come_in_a_few_private_messages(big: Bot, real: SearchEngine) -> None:
    statements = " ".join(fact.statement for fact in real.base.facts)[:10_000]
    replies = check(big, statements)
    assert 2 <= len(replies) <= 4
    assert all(r.arguments["response_type"] == "ephemeral" for r in replies)
    assert "Not shown:" in replies[-1].text
    assert big.response.status == 200
