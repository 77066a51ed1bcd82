"""More than can be answered: what is refused, how, and that it ends."""

import json
import logging
import threading
from collections.abc import Iterator

import pytest

from bot.serve import IN_WORK_LIMIT, LISTENER_THREADS, WEB_THREADS
from bot.slack import strings as wording
from bot.slack.admission import CALM_SECONDS, WAIT_SECONDS, Admission, CountedExecutor
from bot.slack.blocks.card import SHOW_FACT
from bot.slack.web import WebApp
from tests.slack.test_web import Browser
from tests.support.fake_slack import SIGNING_SECRET
from tests.support.harness import Bot
from tests.support.requests import FORM, JSON, action_body, command_body, dm_event, event_body, signed_headers


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Load:
    in_work = 0
    waited = 0.0

    def __call__(self) -> int:
        return self.in_work


@pytest.fixture
def load() -> Load:
    return Load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def browser(bot: Bot, load: Load, clock: Clock) -> Iterator[Browser]:
    admission = Admission(load, 3, clock, lambda: load.waited)
    web = WebApp(bot.app, SIGNING_SECRET, lambda: {"status": "ok"}, None, admission)
    yield Browser(web)
    bot.executor.settle()


def test_below_the_limit_all_is_taken(bot: Bot, browser: Browser, load: Load) -> None:
    load.in_work = 2
    assert browser.post(command_body("trade share", bot.slack.new_response_url()))[0] == 200
    assert bot.slack.wait_for(1)[0].text.startswith("49.5%")


def test_what_has_waited_too_long_for_a_thread_is_refused_at_once(
    bot: Bot, browser: Browser, load: Load
) -> None:
    """So that whoever is answered is answered within Slack's three seconds, however many ask."""
    load.waited = WAIT_SECONDS
    assert browser.post(event_body(dm_event("trade share")), JSON)[0] == 503
    load.waited = WAIT_SECONDS / 2
    assert browser.post(event_body(dm_event("trade share")), JSON)[0] == 200
    assert len(bot.slack.wait_for(1)) == 1


@pytest.mark.parametrize("text", ["trade share", "payload", ""])
def test_a_command_is_refused_in_words_that_only_the_person_sees(
    bot: Bot, browser: Browser, load: Load, text: str
) -> None:
    load.in_work = 3
    status, _, body = browser.post(command_body(text, bot.slack.new_response_url()))
    assert (status, json.loads(body)) == (200, {"response_type": "ephemeral", "text": wording.BUSY})
    bot.executor.settle()
    assert bot.slack.said() == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (event_body(dm_event("trade share")), JSON),
        (action_body(SHOW_FACT, "v1:trade-share-2018", "http://127.0.0.1:9/x"), FORM),
        ("&".join(f"a{number}=1" for number in range(300)), FORM),
    ],
    ids=["event", "button", "nonsense"],
)
def test_the_rest_gets_a_503_and_an_event_may_come_again(
    bot: Bot, browser: Browser, load: Load, body: str, kind: str
) -> None:
    load.in_work = 3
    status, headers, _ = browser.post(body, kind)
    assert (status, headers["retry-after"]) == (503, "2")
    assert "x-slack-no-retry" not in headers
    assert bot.slack.said() == []


def test_an_event_that_was_refused_is_answered_when_slack_sends_it_again(
    bot: Bot, browser: Browser, load: Load
) -> None:
    body = event_body(dm_event("trade share"))
    load.in_work = 3
    assert browser.post(body, JSON)[0] == 503
    load.in_work = 0
    assert browser.post(body, JSON)[0] == 200
    assert len(bot.slack.wait_for(1)) == 1


def test_strangers_are_refused_as_ever_and_health_is_told(browser: Browser, load: Load) -> None:
    load.in_work = 3
    body = event_body(dm_event("x"))
    strange = signed_headers(body, JSON, secret="other")
    assert browser.request("POST", "/slack/events", body, strange)[0] == 401
    assert browser.request("GET", "/healthz")[0] == 200


def test_the_log_tells_when_it_begins_and_when_it_is_over(
    load: Load, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    admission = Admission(load, 3, clock)
    with caplog.at_level(logging.INFO):
        load.in_work = 3
        for _ in range(40):
            assert not admission.is_free()
        load.in_work = 2
        assert admission.is_free()
        clock.now += CALM_SECONDS
        assert admission.is_free()
        assert admission.is_free()
    assert [r.getMessage() for r in caplog.records] == [
        "busy: refusing in_work=3 waited=0.0",
        "no longer busy refused=40",
    ]


def test_what_waits_and_what_runs_is_in_work_until_it_is_done_or_has_failed() -> None:
    def fail() -> None:
        raise RuntimeError("x")

    with CountedExecutor(2) as executor:
        go_on = threading.Event()
        futures = [executor.submit(go_on.wait) for _ in range(5)]
        assert executor.in_work == 5
        failing = executor.submit(fail)
        go_on.set()
        for future in futures:
            future.result()
        assert isinstance(failing.exception(), RuntimeError)
        executor.submit(int).result()
    assert executor.in_work == 0
    with pytest.raises(RuntimeError, match="shutdown"):
        executor.submit(int)
    assert executor.in_work == 0


def test_nobody_who_is_let_in_waits_for_a_thread() -> None:
    """As many threads as may be in work, and as many more as requests can be at the door at once."""
    assert LISTENER_THREADS >= IN_WORK_LIMIT + WEB_THREADS
