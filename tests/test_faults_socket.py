"""Socket Mode on a bad wire: connections that are cut, fall silent, or cannot be made again at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.socket_mode.builtin import connection

from bot.serve import run_socket_mode
from bot.slack import strings as wording
from bot.slack.admission import CountedExecutor
from bot.slack.app import IN_WORK_LIMIT, LISTENER_THREADS, build_app
from bot.slack.responses import new_client
from tests.support.facts import small_finder
from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.harness import threads_left
from tests.support.requests import command_body, dm_event, event_body
from tests.support.socket_server import SocketServer
from tests.support.wire import Wire

PING_SECONDS = 0.25  # rather than 10: a connection is given up when four in a row got no answer


@dataclass
class Running:
    slack: FakeSlack
    server: SocketServer
    wire: Wire

    def ask(self) -> str:
        """A command's answer."""
        before = len(self.slack.said())
        body = command_body("trade share", self.slack.new_response_url())
        self.server.wait_for_acknowledgement(self.server.send("slash_commands", body))
        return self.slack.wait_for(before + 1)[before].text


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The worker in this process, behind a wire that tests may cut."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    connect, make = connection._establish_new_socket_connection, SocketModeHandler.__init__

    def connect_impatiently(**how: Any) -> Any:
        made = connect(**how)
        made.settimeout(0.2)  # rather than 3 s
        return made

    def make_impatiently(*arguments: Any, **how: Any) -> None:
        make(*arguments, **how, ping_interval=PING_SECONDS)

    monkeypatch.setattr(connection, "_establish_new_socket_connection", connect_impatiently)
    monkeypatch.setattr(SocketModeHandler, "__init__", make_impatiently)
    before = set(threading.enumerate())
    with FakeSlack() as slack, SocketServer() as server, Wire(int(server.url.split(":")[2][:-5])) as wire:
        slack.socket_url = f"ws://127.0.0.1:{wire.port}/link"
        executor = CountedExecutor(LISTENER_THREADS)
        app = build_app(
            small_finder, client=new_client(BOT_TOKEN, slack.api_url), signing_secret=SIGNING_SECRET, executor=executor
        )  # fmt: skip
        stop = threading.Event()
        thread = threading.Thread(
            target=run_socket_mode, args=(app, app.client, APP_TOKEN, executor, stop), name="worker"
        )
        thread.start()
        server.wait_for_connection()
        yield Running(slack, server, wire)
        stop.set()
        thread.join(15)
        assert not thread.is_alive()
    assert not threads_left(before)
    assert not slack.problems


def test_a_connection_that_is_cut_is_made_again(running: Running) -> None:
    assert running.ask().startswith("49.5%")
    running.wire.cut()
    running.server.wait_for_connection(20, count=2)
    assert running.ask().startswith("49.5%")


def test_a_half_open_connection_is_given_up_and_made_again(running: Running) -> None:
    """Neither end hears of it: only answers to pings that do not come tell."""
    assert running.ask().startswith("49.5%")
    time.sleep(3 * PING_SECONDS)  # a ping has been answered
    running.wire.freeze()
    running.server.wait_for_connection(20, count=2)
    assert running.ask().startswith("49.5%")


def test_what_slack_sends_again_on_the_next_connection_is_answered_once(running: Running) -> None:
    body = event_body(dm_event("trade share"))
    running.server.wait_for_acknowledgement(running.server.send("events_api", body))
    running.slack.wait_for(1)
    running.wire.cut()
    running.server.wait_for_connection(20, count=2)
    again = running.server.send("events_api", body, retry_attempt=1, retry_reason="timeout")
    running.server.wait_for_acknowledgement(again)
    assert running.ask().startswith("49.5%")
    assert len(running.slack.said()) == 2


def test_slack_away_while_the_connection_is_made_again(running: Running) -> None:
    """Refused twice, then an address: it goes on trying."""
    running.slack.fail("apps.connections.open", error="internal_error", times=1)
    running.slack.fail("apps.connections.open", status=503, times=1)
    running.wire.cut()
    running.server.wait_for_connection(30, count=2)
    assert running.ask().startswith("49.5%")
    assert len(running.slack.called("apps.connections.open")) >= 4


def test_too_much_at_once_is_refused_in_words_and_events_are_left_to_come_again(running: Running) -> None:
    running.slack.fail("chat.postMessage", delay=1.5, times=IN_WORK_LIMIT)
    held = [
        running.server.send("events_api", event_body(dm_event("trade share"))) for _ in range(IN_WORK_LIMIT)
    ]
    for envelope in held:
        running.server.wait_for_acknowledgement(envelope)
    body = command_body("trade share", running.slack.new_response_url())
    refused = running.server.wait_for_acknowledgement(running.server.send("slash_commands", body))
    assert refused["payload"] == {"response_type": "ephemeral", "text": wording.BUSY}
    event = event_body(dm_event("trade share"))
    left = running.server.send("events_api", event)
    running.slack.wait_for(IN_WORK_LIMIT, 10)
    assert left not in running.server.acknowledged
    again = running.server.send("events_api", event, retry_attempt=1, retry_reason="timeout")
    running.server.wait_for_acknowledgement(again)
    assert running.slack.wait_for(IN_WORK_LIMIT + 1)[-1].text.startswith("49.5%")
