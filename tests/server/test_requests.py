"""Anything but a request from Slack gets a 4xx response, and nothing gets a 5xx."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import BoltResponse

from bot.core.feedback.inbox import Inbox
from bot.core.search import SearchEngine
from bot.server.protocol import BODY_LIMIT
from bot.slack.caps import CAPS
from tests.support.browser import Browser
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot
from tests.support.requests import FORM, JSON, action_body, command_body, dm_event, event_body, signed_headers


@pytest.fixture
def browser(bot: Bot) -> Iterator[Browser]:
    browser = Browser(bot.app, slack=bot.slack)
    yield browser
    browser.close()


def test_the_content_type_may_carry_a_charset_and_capitals(bot: Bot, browser: Browser) -> None:
    assert browser.post(event_body(dm_event("trade share")), "Application/JSON; charset=utf-8")[0] == 200
    assert len(bot.slack.wait_for(1)) == 1


@pytest.mark.parametrize("length", [100, BODY_LIMIT])
def test_url_verification_echoes_the_challenge(browser: Browser, length: int) -> None:
    event = json.dumps({"type": "url_verification", "challenge": "abc", "x": ""})
    body = event.replace('"x": ""', '"x": "' + "y" * (length - len(event)) + '"')
    assert len(body) == length
    status, _, answer = browser.post(body, JSON)
    assert (status, json.loads(answer)) == (200, {"challenge": "abc"})


def test_ssl_check_comes_without_a_signature(browser: Browser) -> None:
    status, _, _ = browser.request("POST", "/slack/events", "ssl_check=1&token=x", {"content-type": FORM})
    assert status == 200


# Refused

EVENT = event_body(dm_event("trade share"))


def signed(body: bytes | str, kind: str = JSON, age: float = 0) -> dict[str, Any]:
    return {"body": body, "headers": signed_headers(body, kind, age=age)}


def with_headers(**changes: str) -> dict[str, Any]:
    made = {**signed_headers(EVENT, JSON), **{k.replace("_", "-"): value for k, value in changes.items()}}
    return {"body": EVENT, "headers": made}


# Signed when the test runs: a signature lasts five minutes.
HOSTILE: dict[str, tuple[int, Callable[[], dict[str, Any]]]] = {
    "no such path": (404, lambda: {"path": "/", **signed(EVENT)}),
    "bad signature": (401, lambda: with_headers(x_slack_signature="v0=" + "0" * 64)),
    "an hour old": (401, lambda: signed(EVENT, age=3600)),
    "no signature": (401, lambda: {"body": EVENT, "headers": {"content-type": JSON}}),
    "signature not ASCII": (401, lambda: with_headers(x_slack_signature="v0=é")),
    "timestamp no number": (401, lambda: with_headers(x_slack_request_timestamp="yesterday")),
    "timestamp endless": (401, lambda: with_headers(x_slack_request_timestamp="9" * 5000)),
    "wrong type": (415, lambda: with_headers(content_type="text/plain")),
    "multipart": (415, lambda: with_headers(content_type="multipart/form-data; boundary=x")),
    "empty body": (401, lambda: {"body": "", "headers": {"content-type": JSON}}),
    "broken JSON": (400, lambda: signed("{broken")),
    "JSON of a list": (400, lambda: signed("[1, 2]")),
    "deep JSON": (400, lambda: signed('{"a":' * 100_000)),
    "huge number": (400, lambda: signed('{"a": ' + "9" * 100_000 + "}")),
    "user of a number": (400, lambda: signed('{"user": 5, "type": "event_callback"}')),
    "broken payload": (400, lambda: signed(urlencode({"payload": "{broken"}), FORM)),
    "a thousand fields": (400, lambda: signed("&".join(f"a{i}=1" for i in range(1000)), FORM)),
    "invalid UTF-8": (400, lambda: signed(b'{"type": "\xff\xfe"}')),
    "over the limit": (413, lambda: {"body": b"x" * (BODY_LIMIT + 1), "headers": {"content-type": JSON}}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_get_a_4xx(
    bot: Bot, browser: Browser, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, make = HOSTILE[name]
    answered, headers, body = browser.request(**{"method": "POST", "path": "/slack/events", **make()})
    assert answered == status
    assert "error" in json.loads(body)
    assert headers["content-type"].startswith("application/json")
    browser.settle()
    assert bot.slack.posts() == []
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "BREW"])
def test_other_methods_are_not_allowed(browser: Browser, method: str) -> None:
    status, headers, _ = browser.request(method, "/slack/events", EVENT, signed_headers(EVENT, JSON))
    assert (status, headers["allow"]) == (405, "POST")


def test_a_defect_outside_the_listeners_is_answered(
    bot: Bot, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> BoltResponse:
        raise RuntimeError("defect")

    monkeypatch.setattr(bot.app, "dispatch", broken)
    assert browser.post(EVENT, JSON)[0] == 500


# Bolt's body parser


@pytest.mark.parametrize(
    ("field", "words"),
    [("text", "the payload of the trade share"), ("text", "payload={}"), ("user_name", "payload")],
)
def test_a_command_with_the_word_payload_arrives_whole(
    bot: Bot, browser: Browser, field: str, words: str
) -> None:
    """Bolt 1.30 takes any form with the letters "payload" in it for an interaction (slack-platform.md 1.3)."""
    body = command_body(**{"text": "trade share", "response_url": bot.slack.new_response_url(), field: words})  # type: ignore[arg-type]
    assert browser.post(body)[0] == 200
    assert len(bot.slack.wait_for(1)) == 1


def test_a_replayed_request_acts_once(bot: Bot, browser: Browser) -> None:
    """Within the five minutes of a signature: a command, a pressed button, a submitted form."""
    url = bot.slack.new_response_url()
    for body in (command_body("trade share", url), action_body("show_fact", "v1:trade-share-2018", url)):
        headers, before = signed_headers(body, FORM), len(bot.slack.posts())
        answers = [browser.request("POST", "/slack/events", body, headers) for _ in range(3)]
        browser.settle()
        assert [answer[0] for answer in answers] == [200] * 3
        assert len(bot.slack.posts()) - before + sum(bool(answer[2]) for answer in answers) == 1


def test_one_person_cannot_fill_the_inbox(
    slack: FakeSlack, finder: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions over the daily cap are answered but not stored."""
    monkeypatch.setitem(CAPS, "question", (3, 5))
    kept: list[str] = []

    class Counting(Inbox):
        def unanswered(self, question: str, *_: object) -> None:
            kept.append(question)

    bot = Bot(slack, finder, inbox=Counting())
    for person in ("U1", "U2"):
        for number in range(5):
            assert len(bot.command(f"volcano {number}", user=person)) == 1
    bot.close()
    assert len(kept) == 3 + 2
