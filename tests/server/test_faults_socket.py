"""Socket Mode with connections that are cut, go silent, or cannot be reopened at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.core.present.strings import ENGLISH
from bot.server.dispatch import IN_WORK_LIMIT
from tests.support.fake_slack import FakeSlack
from tests.support.requests import command_body, dm_event, event_body
from tests.support.socket_server import SocketServer
from tests.support.socket_worker import SocketBot, socket_bot
from tests.support.wire import Wire

PING_SECONDS = 0.25  # rather than 10: a connection is given up when four in a row got no answer


@pytest.fixture
def wire() -> Iterator[Wire]:
    with SocketServer() as server, Wire(int(server.url.split(":")[2][:-5])) as wire:
        wire.server = server
        yield wire


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, slack: FakeSlack, wire: Wire) -> Iterator[SocketBot]:
    """A worker behind a wire that tests may cut."""
    slack.socket_url = f"ws://127.0.0.1:{wire.port}/link"
    with socket_bot(monkeypatch, slack, wire.server, PING_SECONDS) as bot:
        bot.wire = wire
        yield bot


def test_a_connection_that_is_cut_is_reopened(running: SocketBot) -> None:
    assert "49.5%" in running.ask()
    running.wire.cut()
    running.server.wait_for_connection(20, count=2)
    assert "49.5%" in running.ask()


def test_a_half_open_connection_is_closed_and_reopened(running: SocketBot) -> None:
    """Neither end is notified: only missing answers to pings show it."""
    assert "49.5%" in running.ask()
    time.sleep(3 * PING_SECONDS)  # a ping has been answered
    running.wire.freeze()
    running.server.wait_for_connection(20, count=2)
    assert "49.5%" in running.ask()
    running.wire.cut(only_frozen=True)  # the server's end is still open, with its threads


def test_a_retry_on_the_next_connection_is_answered_once(running: SocketBot) -> None:
    body = event_body(dm_event("trade share"))
    running.server.wait_for_acknowledgement(running.server.send("events_api", body))
    running.slack.wait_for(1)
    running.wire.cut()
    running.server.wait_for_connection(20, count=2)
    again = running.server.send("events_api", body, retry_attempt=1, retry_reason="timeout")
    running.server.wait_for_acknowledgement(again)
    assert "49.5%" in running.ask()
    assert len(running.slack.posts()) == 2


def test_slack_unavailable_while_the_connection_is_reopened(running: SocketBot) -> None:
    """After two refusals the third attempt gets an address."""
    running.slack.fail("apps.connections.open", error="internal_error", times=1)
    running.slack.fail("apps.connections.open", status=503, times=1)
    running.wire.cut()
    running.server.wait_for_connection(30, count=2)
    assert "49.5%" in running.ask()
    assert len(running.slack.called("apps.connections.open")) >= 4


def test_too_many_requests_are_refused_with_a_message_and_events_are_left_for_a_retry(
    running: SocketBot,
) -> None:
    running.slack.fail("chat.postMessage", delay=4, times=IN_WORK_LIMIT)
    held = [
        running.server.send("events_api", event_body(dm_event("trade share"))) for _ in range(IN_WORK_LIMIT)
    ]
    for envelope in held:
        running.server.wait_for_acknowledgement(envelope)
    body = command_body("trade share", running.slack.new_response_url())
    refused = running.server.wait_for_acknowledgement(running.server.send("slash_commands", body))
    assert refused["payload"] == {"response_type": "ephemeral", "text": ENGLISH("busy")}
    event = event_body(dm_event("trade share"))
    left = running.server.send("events_api", event)
    running.slack.wait_for(IN_WORK_LIMIT, 20)
    assert left not in running.server.acknowledged
    again = running.server.send("events_api", event, retry_attempt=1, retry_reason="timeout")
    running.server.wait_for_acknowledgement(again)
    assert "49.5%" in running.slack.wait_for(IN_WORK_LIMIT + 1)[-1].text
