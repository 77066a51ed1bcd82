"""The log in both formats, without secrets and people's words."""

from __future__ import annotations

import json
import logging

import pytest

from bot.server.log import JsonFormatter, TextFormatter, redact
from tests.support.fake_slack import BOT_TOKEN, BOT_USER, SIGNING_SECRET, FakeSlack
from tests.support.process import Served, environment, run_command, wait_until
from tests.support.requests import FORM, JSON, action_body, dm_event, event_body


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("bot.x", logging.INFO, "x.py", 1, message, args, info)


def test_each_name_of_a_line_is_a_field() -> None:
    line = JsonFormatter().format(
        record("asked by=%s outcome=%s ms=%.1f %d%% ok=%s", "command", "answer", 1.25, 5, None)
    )
    written = json.loads(line)
    assert "\n" not in line
    assert written.pop("time").endswith("+00:00")
    assert written == {
        "level": "INFO", "logger": "bot.x", "message": "asked by=command outcome=answer ms=1.2 5% ok=None",
        "by": "command", "outcome": "answer", "ms": 1.25, "ok": None,
    }  # fmt: skip


def test_an_exception_stays_within_its_line() -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError as error:
        line = JsonFormatter().format(record("failed ref=%s", "ab", error=error))
    assert "\n" not in line
    assert "ValueError: broken\nin two" in json.loads(line)["exception"]


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_outside_text_cannot_start_a_line(formatter: logging.Formatter) -> None:
    """A line break in outside text would let a sender forge log lines."""
    assert "\n" not in formatter.format(record("asked team=%s", "T1\n2026 INFO bot.x forged\r\nagain"))


@pytest.mark.parametrize(
    ("written", "hidden"),
    [
        ("token xoxb-1-2-abc.", "xoxb-1"), ("xoxe.xoxb-1-abc", "abc"), ("xapp-1-A1-2-abc", "A1"),
        ("https://hooks.slack.com/actions/T1/2/secret", "secret"), ("postgres://u:p%40ss@h:5432/d", "p%40ss"),
    ],
)  # fmt: skip
def test_secrets_are_taken_out_of_what_libraries_write(written: str, hidden: str) -> None:
    for formatter in (TextFormatter(), JsonFormatter()):
        line = formatter.format(record("failed: %s", written, error=OSError(written)))
        assert hidden not in line
    assert "…" in redact(written)


def test_other_text_is_not_redacted() -> None:
    for written in ("https://example.org/a?b=c", "2026-11-23 01:02:03", "user:pass@host"):
        assert redact(written) == written


WORDS = ("kazakhstanitis", "quetzalcoatl", "zyzzyva", "flibbertigibbet", "xylophonist")


def log_of(slack: FakeSlack, **more: str) -> str:
    """The log of a bot that got questions on every surface, bad requests, and failures of Slack."""
    with Served(slack, "--http", **more) as running:
        assert running.command(WORDS[0]) == 200
        assert running.mention(f"<@{BOT_USER}> {WORDS[1]} <@U9SECRET>") == 200
        assert running.post(event_body(dm_event(f"{WORDS[2]} xoxb-typed-by-a-person")), JSON) == 200
        slack.wait_for(3)
        slack.fail("chat.postMessage", error="invalid_blocks", times=9)
        assert running.post(event_body(dm_event(f"{WORDS[3]} plant loan")), JSON) == 200
        slack.fail("response_url", status=500, times=9)
        assert running.command(WORDS[4]) == 200
        shown = action_body("show_fact", "v1:trade-share-2018", slack.new_response_url())
        assert running.post(shown, FORM) == 200
        assert running.command(WORDS[0], secret="other") == 401
        assert running.post("{", JSON) == 400
        wait_until(lambda: len(slack.called("response_url")) >= 4)
        running.stop()
    return running.log


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_the_log_holds_ids_and_outcomes_but_no_words_and_no_secrets(slack: FakeSlack, level: str) -> None:
    log = log_of(slack, LOG_LEVEL=level, DATABASE_URL="postgres://user:p4ssw0rd@127.0.0.1:9/d")
    assert "database unavailable" in log
    assert "asked by=command outcome=none" in log
    assert "asked by=mention outcome=" in log
    assert "failed ref=" in log
    for word in (*WORDS, BOT_TOKEN, SIGNING_SECRET, "p4ssw0rd", "xoxb-", "/response/", "U9SECRET"):
        assert word not in log, word
    assert "slack_bolt" not in log.replace("WARNING slack_bolt", "").replace("site-packages/slack_bolt", "")


def test_log_questions_adds_the_words_without_the_people_and_the_secrets(slack: FakeSlack) -> None:
    log = log_of(slack, LOG_QUESTIONS="on")
    for word in WORDS:
        assert word in log
    for secret in (BOT_TOKEN, SIGNING_SECRET, "typed-by-a-person", "/response/", "U9SECRET"):
        assert secret not in log, secret


def test_every_line_of_a_json_log_is_an_object(slack: FakeSlack) -> None:
    log = log_of(slack, LOG_FORMAT="json", LOG_LEVEL="DEBUG")
    lines = [json.loads(line) for line in log.splitlines()]
    assert len(lines) > 10
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    (asked,) = (line for line in lines if line.get("by") == "mention")
    assert asked["outcome"] in ("none", "choices")
    assert asked["team"] == "T0TEAM"
    assert isinstance(asked["ms"], float)
    assert all(line["code"] for line in lines if line["level"] == "ERROR")
    assert any("Traceback" in line.get("exception", "") for line in lines)


@pytest.mark.parametrize("command", ["serve", "doctor", "manifest", "inbox"])
def test_the_command_line_shows_no_secret_of_its_environment(command: str) -> None:
    address = "x://u:p4ss@h"
    secrets = {"SLACK_SIGNING_SECRET": "s1gning", "SLACK_BOT_TOKEN": "xoxp-wr0ng", "DATABASE_URL": address}
    done = run_command(environment(None, **secrets), command)
    for secret in ("s1gning", "wr0ng", "p4ss"):
        assert secret not in done.stdout + done.stderr
