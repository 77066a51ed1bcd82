"""Errors of ours or of Slack: the person gets one sentence with a reference, the log gets the exception."""

import logging
import re
from collections.abc import Callable

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.core.search.results import Outcome
from bot.slack.blocks.card import MORE_LIKE_THIS, SHOW_FACT
from tests.support.fake_slack import Call, FakeSlack
from tests.support.harness import Bot, one_reply

BROKEN = re.compile(r"Something broke\. .* report reference ([0-9a-f]{8})\.")


class BrokenFinder:
    """A search engine that raises."""

    def __init__(self, inner: SearchEngine) -> None:
        self._inner = inner
        self.broken = True

    @property
    def base(self) -> FactBase:
        if self.broken:
            raise RuntimeError("the base is broken")
        return self._inner.base

    def ask(self, text: str) -> Outcome:
        if self.broken:
            raise RuntimeError("the core is broken")
        return self._inner.ask(text)


@pytest.fixture
def broken(slack: FakeSlack, finder: SearchEngine):  # type: ignore[no-untyped-def]
    core = BrokenFinder(finder)
    core.broken = False
    bot = Bot(slack, core)
    core.broken = True
    yield bot
    bot.close()


@pytest.mark.parametrize(
    "say",
    [
        lambda bot: bot.command("trade share"),
        lambda bot: bot.command("help"),
        lambda bot: bot.mention("trade share"),
        lambda bot: bot.dm("trade share"),
        lambda bot: bot.press(SHOW_FACT, "v1:trade-share-2018"),
        lambda bot: bot.press(MORE_LIKE_THIS, "v1:trade-share-2018", ephemeral=False, thread_ts="1.1"),
    ],
    ids=["command", "help", "mention", "direct message", "show", "more"],
)
def test_the_person_gets_one_sentence_with_a_reference_that_is_in_the_log(
    broken: Bot, caplog: pytest.LogCaptureFixture, say: Callable[[Bot], list[Call]]
) -> None:
    reply = one_reply(say(broken))
    expected = BROKEN.fullmatch(reply.text)
    assert expected, reply.text
    assert text("none") not in reply.text
    assert broken.response.status == 200
    logged = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert len(logged) == 1
    assert f"ref={expected[1]}" in logged[0].getMessage()
    assert logged[0].exc_info
    assert "trade share" not in logged[0].getMessage()


@pytest.mark.parametrize(
    "error", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "token_revoked"]
)
def test_where_the_bot_may_not_post_it_only_logs(
    bot: Bot, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    bot.slack.fail("chat.postMessage", error=error)
    assert len(bot.mention("trade share")) == 1
    assert bot.response.status == 200
    assert [r.levelname for r in caplog.records if r.name == "bot.slack.errors"] == ["WARNING"]
    assert error in caplog.text


@pytest.mark.parametrize(
    "failure", [{"error": "fatal_error"}, {"error": "msg_blocks_too_long"}, {"status": 500}, {"status": 503}]
)
def test_when_slack_fails_once_the_person_gets_a_notice(bot: Bot, failure: dict[str, str]) -> None:
    bot.slack.fail("chat.postMessage", times=1, **failure)  # type: ignore[arg-type]
    failed, expected = bot.mention("trade share")
    assert BROKEN.fullmatch(expected.text)
    assert expected.arguments["thread_ts"] == failed.arguments["thread_ts"]


def test_a_short_rate_limit_is_waited_out(bot: Bot) -> None:
    bot.slack.fail("chat.postMessage", status=429, headers={"retry-after": "2"}, times=1)
    assert [c.text[:5] for c in bot.mention("trade share")] == ["Figur", "Figur"]
    assert bot.seconds < 1.5


def test_a_long_rate_limit_holds_no_thread(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.slack.fail("chat.postMessage", status=429, headers={"retry-after": "600"})
    bot.mention("trade share")
    assert "ref=" in caplog.text


def test_a_fault_right_after_the_acknowledgement_does_not_undo_it(
    broken: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bolt 1.30 forgets an acknowledgement when the listener fails within 10 ms of it."""
    monkeypatch.setattr("bot.slack.errors._reply", lambda *_: None)
    for _ in range(20):
        broken.command("x")
        assert broken.response.status == 200
        assert broken.seconds < 2.5
