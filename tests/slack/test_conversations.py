"""Questions by command, mention and direct message, through the real wiring: exactly one reply each."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import BoltRequest

from bot.core.examples import EXAMPLES
from bot.core.search import SearchEngine
from bot.core.search.results import Outcome
from bot.slack import strings as wording
from bot.slack.app import build_app
from bot.slack.blocks.card import TRY
from bot.slack.responses import new_client
from tests.support.fake_slack import BOT_ID, BOT_TOKEN, BOT_USER, SIGNING_SECRET, FakeSlack
from tests.support.harness import Bot, converse, one_reply
from tests.support.requests import (
    FORM,
    JSON,
    command_body,
    dm_event,
    event_body,
    mention_event,
    signed_headers,
)

DIALOG = [
    ("trade share", "49.5% — Russia's share"),
    ("nuclear plant loan", "$10 billion — Russian loan"),
    ("when did the airbase open?", "4 November 2021 — Airbase opened"),
    ("who is Douglas Envoy", "Douglas Envoy — Ambassador to the Alliance"),
    ("would an airbase alter the balance", "Douglas Envoy: An airbase would not alter"),
    ("2015", wording.SEVERAL),
    ("kazakhstan", "I have no such fact. I know nothing about “kazakhstan”."),
    ("", wording.HELP_TITLE),
    ("help", wording.HELP_TITLE),
    ("  HELP ", wording.HELP_TITLE),
    ("помощь", wording.HELP_TITLE),
    (":tada: :+1:", wording.HELP_TITLE),
    ("🎉👍🏽", wording.HELP_TITLE),
    ("?!", wording.HELP_TITLE),
    ("\x00\x01\u202e", wording.HELP_TITLE),
    (":flag-by: trade share :flag-ru:", "49.5%"),
    ("“trade share”", "49.5%"),
    ("*trade share*", "49.5%"),
    ("trade\nshare", "49.5%"),
    ("مرحبا بالعالم", "I have no such fact."),
    ("\u202eerahs edart", "I have no such fact."),
    ("x" * 3000, wording.TOO_LONG),
    ("trade share " * 400, wording.TOO_LONG),
    ("tell me the payload of the rocket", "I have no such fact."),
    ("trade payload=share", "Russia's share"),
    ("&lt;!subteam^S1&gt;", "I have no such fact. I know nothing about “subteam”"),
    ("<http://evil.example|wombats>", "I know nothing about “wombats”."),
    ("`wombats`", "I know nothing about “wombats”."),
]


def test_commands(bot: Bot) -> None:
    converse(bot.command, DIALOG)


def test_mentions(bot: Bot) -> None:
    converse(bot.mention, DIALOG)


def test_direct_messages(bot: Bot) -> None:
    converse(bot.dm, DIALOG)


@pytest.mark.examples
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_help_work_in_slack(slack: FakeSlack, real: SearchEngine, example: str) -> None:
    bot = Bot(slack, real)
    try:
        reply = one_reply(bot.command(example))
        assert reply.button("share_fact")
    finally:
        bot.close()


TALK = [
    ("hi", wording.HELP_TITLE),
    ("who are you?", wording.HELP_TITLE),
    ("what do you know", wording.HELP_TITLE),
    ("help me", wording.HELP_TITLE),
    ("привет", wording.HELP_TITLE),
    ("thanks!", wording.THANKS),
    ("Thank you very much", wording.THANKS),
    ("спасибо", wording.THANKS),
    ("thanks, and the trade share?", "49.5%"),
]


def test_greetings_get_the_help_and_thanks_a_word(slack: FakeSlack, real: SearchEngine) -> None:
    bot = Bot(slack, real)
    try:
        for say in (bot.command, bot.mention, bot.dm):
            converse(say, TALK)
    finally:
        bot.close()


def test_a_decline_names_what_brings_the_help_where_it_is_read(bot: Bot) -> None:
    """Slack runs no command in a thread."""
    for say, typed in (
        (bot.command, "/unionstate help"),
        (bot.mention, "@UnionState help"),
        (bot.dm, "help"),
    ):
        assert f" Type {typed} for questions that work." in one_reply(say("kazakhstan")).text


def test_a_question_to_try_is_answered_where_the_help_stands(bot: Bot) -> None:
    button = one_reply(bot.command("help")).button(TRY[0])
    answer = one_reply(bot.press(TRY[0], button["value"], ephemeral=True))
    assert answer.arguments["response_type"] == "ephemeral"
    assert answer.arguments["replace_original"] is False
    assert "49.5%" in answer.text
    assert answer.button("share_fact")
    joined = one_reply(bot.press(TRY[0], button["value"], ephemeral=False, message_ts="7.8", thread_ts="7.7"))
    assert joined.arguments["response_type"] == "in_channel"
    assert joined.arguments["thread_ts"] == "7.7"
    assert one_reply(bot.press(TRY[0], "v0:trade share", ephemeral=True)).text == wording.OUT_OF_DATE


# Where the reply goes


def test_a_command_is_answered_privately_by_its_response_url(bot: Bot) -> None:
    reply = one_reply(bot.command("trade share"))
    assert reply.method == "response_url"
    assert reply.arguments["response_type"] == "ephemeral"
    assert reply.arguments["unfurl_links"] is False
    assert bot.response.status == 200
    assert bot.response.body == ""


def test_a_command_without_a_text_field_gets_the_help(bot: Bot) -> None:
    assert wording.HELP_TITLE in one_reply(bot.command(None)).text


def test_a_mention_is_answered_in_its_thread(bot: Bot) -> None:
    event = mention_event(f"<@{BOT_USER}> trade share")
    reply = one_reply(bot.event(event))
    assert reply.method == "chat.postMessage"
    assert reply.arguments["channel"] == "C1"
    assert reply.arguments["thread_ts"] == event["ts"]
    assert reply.arguments["unfurl_links"] is False
    assert [b["action_id"] for b in reply.buttons()] == ["more_like_this", "card_menu"]


def test_a_mention_in_a_thread_is_answered_there(bot: Bot) -> None:
    assert one_reply(bot.mention("trade share", thread_ts="1.5")).arguments["thread_ts"] == "1.5"


@pytest.mark.parametrize(
    "text", [f"<@{BOT_USER}> trade share", f"trade <@{BOT_USER}> share", f"trade share <@{BOT_USER}>"]
)
def test_the_mention_may_stand_anywhere(bot: Bot, text: str) -> None:
    assert "49.5%" in one_reply(bot.event(mention_event(text))).text


def test_a_mention_alone_gets_the_help(bot: Bot) -> None:
    assert wording.HELP_TITLE in one_reply(bot.mention("")).text


def test_a_direct_message_is_answered_in_place(bot: Bot) -> None:
    reply = one_reply(bot.dm("trade share"))
    assert reply.arguments["channel"] == "D1"
    assert "thread_ts" not in reply.arguments


def test_a_direct_message_in_a_thread_is_answered_there(bot: Bot) -> None:
    assert one_reply(bot.dm("trade share", thread_ts="1.5")).arguments["thread_ts"] == "1.5"


def test_a_file_with_a_question_is_answered(bot: Bot) -> None:
    assert "49.5%" in one_reply(bot.dm("trade share", subtype="file_share", files=[])).text


# Once, and only people


def test_the_same_event_twice_gets_one_reply(bot: Bot) -> None:
    event = mention_event(f"<@{BOT_USER}> trade share")
    assert len(bot.event(event, "Ev42")) == 1
    retry = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    assert bot.event(event, "Ev42", retry) == []
    assert bot.response.status == 200  # or Slack would go on trying


def test_a_retry_whose_first_delivery_never_arrived_is_answered(bot: Bot) -> None:
    retry = {"x-slack-retry-num": "2", "x-slack-retry-reason": "connection_failed"}
    one_reply(bot.event(mention_event(f"<@{BOT_USER}> trade share"), "Ev43", retry))


def test_one_message_that_arrives_as_two_events_gets_one_reply(bot: Bot) -> None:
    event = dm_event("trade share", ts="5.5")
    assert len(bot.event(event, "Ev1")) == 1
    assert bot.event(mention_event(f"<@{BOT_USER}> trade share", channel="D1", ts="5.5"), "Ev2") == []


def test_the_same_words_twice_are_two_questions(bot: Bot) -> None:
    assert len(bot.dm("trade share") + bot.dm("trade share")) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1OTHER"},
        {"bot_id": BOT_ID, "user": BOT_USER},
        {"user": BOT_USER},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message", "bot_id": "B1OTHER"},
        {"subtype": "message_changed", "hidden": True, "message": {"user": "U1ANNA", "text": "trade share"}},
        {"subtype": "message_deleted", "hidden": True},
        {"subtype": "channel_join"},
        {"edited": {"user": "U1ANNA", "ts": "1.1"}},
        {"user": "USLACKBOT"},
        {"user": None},
    ],
)
def test_bots_edits_and_notices_are_left_alone(bot: Bot, more: dict[str, object]) -> None:
    assert bot.dm("trade share", **more) == []
    assert bot.mention("trade share", **more) == []
    assert bot.response.status == 200


@pytest.mark.parametrize("kind", ["channel", "group", "mpim"])
def test_messages_outside_direct_messages_are_left_alone(bot: Bot, kind: str) -> None:
    assert bot.event(dm_event("trade share", channel="C1") | {"channel_type": kind}) == []


def test_events_that_nobody_asked_for_are_acknowledged_calmly(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    assert bot.event({"type": "reaction_added", "user": "U1ANNA", "item": {}}) == []
    assert bot.response.status == 200
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


def test_a_foreign_command_is_answered_kindly(bot: Bot) -> None:
    body = command_body("x", bot.slack.new_response_url()).replace("%2Funionstate", "%2Fother")
    assert bot.send(body, FORM) == []
    assert bot.response.status == 200
    assert wording.UNKNOWN_COMMAND in (bot.response.body or "")


# Time


class SlowFinder:
    """A core that takes its time."""

    def __init__(self, inner: SearchEngine, seconds: float) -> None:
        self.base, self._inner, self._seconds = inner.base, inner, seconds

    def ask(self, text: str) -> Outcome:
        time.sleep(self._seconds)
        return self._inner.ask(text)


def test_acknowledged_at_once_however_slow_core_is(slack: FakeSlack, finder: SearchEngine) -> None:
    bot = Bot(slack, SlowFinder(finder, 2))
    try:
        for body, kind in (
            (command_body("trade share", slack.new_response_url()), FORM),
            (event_body(mention_event("trade share")), JSON),
        ):
            assert len(bot.send(body, kind)) == 1
            assert bot.seconds < 1.5
    finally:
        bot.close()


def test_acknowledged_at_once_however_slow_slack_is(bot: Bot) -> None:
    bot.slack.fail("response_url", status=200, delay=2)
    assert len(bot.command("trade share")) == 1
    assert bot.seconds < 1.5


def test_many_slow_replies_at_once_leave_the_bot_able_to_hear(slack: FakeSlack, finder: SearchEngine) -> None:
    """Bolt's own five threads would all be waiting, and the sixth command would find nobody."""
    client = new_client(BOT_TOKEN, slack.api_url)
    app = build_app(lambda: finder, client=client, signing_secret=SIGNING_SECRET)
    executor = app.listener_runner.listener_executor
    assert isinstance(executor, ThreadPoolExecutor)
    slack.fail("response_url", status=200, delay=2)
    started = time.monotonic()
    for _ in range(30):
        body = command_body("trade share", slack.new_response_url())
        assert app.dispatch(BoltRequest(body=body, headers=dict(signed_headers(body, FORM)))).status == 200
    assert time.monotonic() - started < 9  # one after the other on five threads it would be twelve seconds
    executor.shutdown(wait=True)
    assert len(slack.said()) == 30


# The log


def test_the_log_holds_ids_and_outcomes_and_no_words(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        bot.command("trade share")
        bot.dm("kazakhstanitis")
        bot.mention("2015")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("bot.")]
    assert any(
        "by=command outcome=answer facts=trade-share-2018 team=T0TEAM channel=C1 user=U1ANNA" in line
        for line in lines
    )
    assert any("by=direct message outcome=none facts=- " in line for line in lines)
    assert any("by=mention outcome=choices facts=" in line and "trade-share-2015" in line for line in lines)
    text = "\n".join(lines)
    for secret in ("trade share", "kazakhstanitis", "xoxb", "test-signing-secret", "/response/"):
        assert secret not in text
