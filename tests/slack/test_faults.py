"""Faults of Slack and of ours while the bot answers; docs/faults.md lists them."""

import logging
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from slack_sdk.http_retry.handler import default_interval_calculator

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack import responses
from bot.slack.blocks.card import SHOW_FACT
from tests.support.fake_slack import Call
from tests.support.harness import Bot, one_reply
from tests.support.requests import JSON, event_body, mention_event

Log: TypeAlias = pytest.LogCaptureFixture

ASK: dict[str, Callable[[Bot], list[Call]]] = {
    "mention": lambda bot: bot.mention("trade share"),
    "dm": lambda bot: bot.dm("trade share"),
    "button": lambda bot: bot.press(SHOW_FACT, "v1:trade-share-2018"),
}
METHOD = {"mention": "chat.postMessage", "dm": "chat.postMessage", "button": "response_url"}
BROKEN = re.compile(r"Something broke\. .* report reference ([0-9a-f]{8})\.")
PATIENCE = 0.6  # seconds that the bot waits for Slack
surfaces = pytest.mark.parametrize("surface", ASK)


@pytest.fixture
def quick(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The bot with short timeouts."""
    monkeypatch.setattr(responses, "RESPONSE_URL_SECONDS", PATIENCE)
    bot.app.client.timeout = PATIENCE  # type: ignore[assignment]
    # Before a second try:
    monkeypatch.setattr(type(default_interval_calculator), "calculate_sleep_duration", lambda *_: 0.0)
    return bot


def levels(caplog: Log) -> list[str]:
    return [r.levelname for r in caplog.records if r.name == "bot.slack.errors"]


@surfaces
def test_a_reset_connection_is_tried_once_more(quick: Bot, surface: str, caplog: Log) -> None:
    quick.slack.fail(METHOD[surface], status=0, times=1)
    assert [call.text[:5] for call in ASK[surface](quick)] == ["Figur"] * 2
    assert levels(caplog) == []


@surfaces
def test_after_two_resets_the_person_gets_a_notice(quick: Bot, surface: str, caplog: Log) -> None:
    quick.slack.fail(METHOD[surface], status=0, times=2)
    assert "Something broke" in ASK[surface](quick)[-1].text
    assert levels(caplog) == ["ERROR"]
    assert quick.response.status == 200


@surfaces
def test_after_a_timeout_the_answer_is_not_sent_again_and_the_person_gets_a_notice(
    quick: Bot, surface: str, caplog: Log
) -> None:
    """The answer may have arrived, so it is not sent a second time."""
    quick.slack.fail(METHOD[surface], delay=2.5 * PATIENCE, times=1)
    ASK[surface](quick)
    assert quick.seconds < PATIENCE
    assert levels(caplog) == ["ERROR"]
    texts = sorted(call.text[:15] for call in quick.slack.wait_for(2))
    assert len(texts) == 2
    assert texts[1] == "Something broke"


@surfaces
def test_an_unreachable_slack_is_logged_and_the_next_question_is_answered(
    quick: Bot, surface: str, caplog: Log
) -> None:
    for method in ("chat.postMessage", "response_url"):
        quick.slack.fail(method, status=0, times=4)
    ASK[surface](quick)
    assert levels(caplog) == ["ERROR", "WARNING"]
    assert "error message not delivered" in caplog.text
    assert "ref=" in caplog.text
    for secret in ("trade share", "xoxb-", "/response/"):
        assert secret not in caplog.text
    quick.slack._failures.clear()
    assert [call.text[:5] for call in ASK[surface](quick)] == ["Figur"]


FAILURES = [
    *({"error": error} for error in ("fatal_error", "msg_too_long", "msg_blocks_too_long", "invalid_arguments", "internal_error")),
    {"status": 500}, {"status": 503},
]  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_when_slack_fails_once_the_person_gets_a_notice(
    bot: Bot, failure: dict[str, Any], caplog: Log
) -> None:
    bot.slack.fail("chat.postMessage", times=1, **failure)
    failed, notice = bot.mention("trade share")
    assert BROKEN.fullmatch(notice.text)
    assert notice.arguments["thread_ts"] == failed.arguments["thread_ts"]
    assert levels(caplog) == ["ERROR"]
    assert failure.get("error", "") in caplog.text


@pytest.mark.parametrize("status", [403, 404, 410, 500, 503])
def test_a_response_url_that_is_gone_or_failing(bot: Bot, status: int, caplog: Log) -> None:
    """If it is gone, the person cannot be reached; if it fails once, the person gets a notice."""
    bot.slack.fail("response_url", status=status, times=1)
    texts = [call.text for call in ASK["button"](bot)]
    assert bot.response.status == 200
    if status in (404, 410):
        assert (len(texts), levels(caplog)) == (1, ["WARNING"])
    else:
        assert "Something broke" in texts[1]
        assert levels(caplog) == ["ERROR"]


def test_a_replayed_event_is_not_answered_again(bot: Bot) -> None:
    body = event_body(mention_event("trade share"))
    assert len(bot.send(body, JSON)) == 1
    assert bot.send(body, JSON) == []
    assert bot.response.status == 200


@pytest.mark.parametrize("ask", ["command", "mention", "dm"])
def test_where_newer_blocks_are_refused_the_content_is_sent_in_plain_ones(
    bot: Bot, ask: str, caplog: Log
) -> None:
    if ask == "command":
        bot.slack.fail("response_url", error="invalid_blocks", status=400, times=1)
    else:
        bot.slack.fail("chat.postMessage", error="invalid_blocks", times=1)
    refused, accepted = getattr(bot, ask)("trade share over time")
    assert "table" in [block["type"] for block in refused.blocks]
    assert "table" not in [block["type"] for block in accepted.blocks]
    assert len(accepted.blocks) == len(refused.blocks)
    assert "\n2015 · 48% · " in accepted.text
    assert "new blocks refused" in caplog.text


def test_plain_blocks_that_are_refused_are_reported_as_our_fault(bot: Bot) -> None:
    bot.slack.fail("chat.postMessage", error="invalid_blocks", times=1)
    failed, expected = bot.mention("2015")
    assert failed.blocks
    assert "Something broke" in expected.text


@pytest.fixture
def broken(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> Bot:
    """The bot with a search engine and cards that raise."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the core is broken")

    monkeypatch.setattr(SearchEngine, "ask", fail)
    monkeypatch.setattr("bot.slack.blocks.card.build_card", fail)
    return bot


@pytest.mark.parametrize("surface", ["command", *ASK])
def test_the_person_gets_a_reference_that_is_in_the_log(broken: Bot, caplog: Log, surface: str) -> None:
    reply = one_reply(broken.command("trade share") if surface == "command" else ASK[surface](broken))
    expected = BROKEN.fullmatch(reply.text)
    assert expected, reply.text
    assert text("none") not in reply.text
    assert broken.response.status == 200
    logged = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(logged) == 1
    assert f"ref={expected[1]}" in logged[0].getMessage()
    assert logged[0].exc_info
    assert "trade share" not in logged[0].getMessage()


REFUSALS = "not_in_channel channel_not_found is_archived restricted_action token_revoked account_inactive invalid_auth"


@pytest.mark.parametrize("error", REFUSALS.split())
def test_where_it_may_not_post_it_only_logs_and_answers_commands(bot: Bot, error: str, caplog: Log) -> None:
    """Commands are answered by response_url, which needs no token."""
    bot.slack.fail("chat.postMessage", error=error)
    assert len(bot.mention("trade share")) == 1
    assert bot.response.status == 200
    assert levels(caplog) == ["WARNING"]
    assert error in caplog.text
    assert [call.text[:5] for call in bot.command("trade share")] == ["Figur"]


def test_a_short_rate_limit_is_waited_out(bot: Bot) -> None:
    bot.slack.fail("chat.postMessage", status=429, headers={"retry-after": "2"}, times=1)
    assert [c.text[:5] for c in bot.mention("trade share")] == ["Figur", "Figur"]
    assert bot.seconds < 1.5


def test_a_long_rate_limit_holds_no_thread(bot: Bot, caplog: Log) -> None:
    bot.slack.fail("chat.postMessage", status=429, headers={"retry-after": "600"})
    bot.mention("trade share")
    assert "ref=" in caplog.text


def test_a_fault_right_after_the_acknowledgement_does_not_undo_it(
    broken: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt 1.30 forgets an acknowledgement when the listener fails within 10 ms of it."""
    monkeypatch.setattr("bot.slack.errors._reply", lambda *_: None)
    for _ in range(20):
        broken.command("trade share")
        assert broken.response.status == 200
        assert broken.seconds < 2.5
