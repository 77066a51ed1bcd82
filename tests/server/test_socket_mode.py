"""Socket Mode against a local websocket server: envelopes, a graceful stop, and faults of the connection."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.socket_mode.builtin import SocketModeClient, connection

from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine
from bot.server.dispatch import IN_WORK_LIMIT
from bot.server.socket_mode import SocketModeWorker
from bot.slack.blocks.card import SHARE_FACT
from tests.support.fake_slack import APP_TOKEN, FakeSlack
from tests.support.harness import Bot
from tests.support.requests import action_body, command_body, dm_event, event_body, mention_body
from tests.support.socket_server import SocketServer

PING_SECONDS = 0.25  # rather than 10: a connection is closed when four pings in a row get no answer


class SocketBot(Bot):
    """The bot with a connected worker."""

    def __init__(self, slack: FakeSlack, finder: SearchEngine, server: SocketServer) -> None:
        super().__init__(slack, finder)
        self.server = server
        self.worker = SocketModeWorker(self.dispatcher, APP_TOKEN, self.app.client)
        self.worker.connect()

    def deliver(self, kind: str, body: str, **more: Any) -> dict[str, Any]:
        """The acknowledgement of an envelope."""
        return self.server.wait_for_acknowledgement(self.server.send(kind, body, **more))

    def ask(self) -> str:
        """A command's answer."""
        before = len(self.slack.posts())
        answer = self.deliver("slash_commands", command_body("trade share", self.slack.new_response_url()))
        self.slack.acknowledge(json.dumps(answer.get("payload", {})))
        return self.slack.wait_for(before + 1)[before].text

    def stop(self) -> None:
        self.worker.stop()
        self.close()


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch, slack: FakeSlack, finder: SearchEngine) -> Iterator[SocketBot]:
    """Connected to a local server, with short timeouts."""
    connect, make = connection._establish_new_socket_connection, SocketModeClient.__init__

    def connect_impatiently(**how: Any) -> Any:
        made = connect(**how)
        made.settimeout(0.2)  # rather than 3 s: only then does the client see that it is to close
        return made

    def make_impatiently(*arguments: Any, **how: Any) -> None:
        make(*arguments, **how, ping_interval=PING_SECONDS)

    monkeypatch.setattr(connection, "_establish_new_socket_connection", connect_impatiently)
    monkeypatch.setattr(SocketModeClient, "__init__", make_impatiently)
    with SocketServer() as server:
        slack.socket_url = server.url
        bot = SocketBot(slack, finder, server)
        server.wait_for_connection()
        yield bot
        bot.stop()


def test_command_mention_direct_message_and_button(running: SocketBot) -> None:
    slack, server = running.slack, running.server
    sent = [
        server.send("slash_commands", command_body("trade share", slack.new_response_url())),
        server.send("events_api", mention_body("trade share")),
        server.send("events_api", event_body(dm_event("trade share"))),
        server.send("interactive", action_body(SHARE_FACT, "v1:trade-share-2018", slack.new_response_url())),
    ]
    command, *others = map(server.wait_for_acknowledgement, sent)
    assert "49.5%" in command["payload"]["text"]
    assert [set(answer) for answer in others] == [{"envelope_id"}] * 3
    posts = slack.wait_for(4)
    assert sum("49.5%" in c.text for c in posts) == 3
    assert sum(c.arguments == {"delete_original": True} for c in posts) == 1


def test_it_connects_again_when_slack_asks_for_it(running: SocketBot) -> None:
    running.server.ask_to_leave()
    running.server.wait_for_connection(30, count=2)
    assert "49.5%" in running.ask()


def test_stopping_finishes_what_was_acknowledged(running: SocketBot) -> None:
    running.slack.fail("response_url", status=200, delay=0.7, times=1)
    body = action_body(SHARE_FACT, "v1:trade-share-2018", running.slack.new_response_url())
    running.deliver("interactive", body)
    running.stop()
    assert [c.arguments.get("delete_original") for c in running.slack.posts()] == [None, True]


def test_stopping_acknowledges_work_in_progress_and_takes_nothing_new(
    running: SocketBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An envelope in work is acknowledged before the connection closes; a later one is left for another connection."""
    entered, go_on = threading.Event(), threading.Event()
    dispatch = running.app.dispatch

    def slow_dispatch(request: BoltRequest) -> BoltResponse:
        entered.set()
        go_on.wait(5)
        return dispatch(request)

    monkeypatch.setattr(running.app, "dispatch", slow_dispatch)
    body = command_body("trade share", running.slack.new_response_url())
    in_work = running.server.send("slash_commands", body)
    assert entered.wait(5)
    stopping = threading.Thread(target=running.worker.stop)
    stopping.start()
    time.sleep(0.1)
    late = running.server.send("slash_commands", body)
    time.sleep(0.2)
    go_on.set()
    answer = running.server.wait_for_acknowledgement(in_work)
    stopping.join()
    running.server.wait_until_left()
    assert late not in running.server.acknowledged
    assert "49.5%" in answer["payload"]["text"]
    assert running.slack.posts() == []


# Faults of the connection


def test_a_connection_that_is_cut_is_reopened(running: SocketBot) -> None:
    assert "49.5%" in running.ask()
    running.server.cut()
    running.server.wait_for_connection(20, count=2)
    assert "49.5%" in running.ask()


def test_a_half_open_connection_is_closed_and_reopened(running: SocketBot) -> None:
    """Neither end is notified: only missing answers to pings show it."""
    assert "49.5%" in running.ask()
    time.sleep(3 * PING_SECONDS)  # a ping has been answered
    running.server.freeze()
    running.server.wait_for_connection(20, count=2)
    assert "49.5%" in running.ask()


def test_a_retry_on_the_next_connection_is_answered_once(running: SocketBot) -> None:
    body = event_body(dm_event("trade share"))
    running.deliver("events_api", body)
    running.slack.wait_for(1)
    running.server.cut()
    running.server.wait_for_connection(20, count=2)
    running.deliver("events_api", body, retry_attempt=1, retry_reason="timeout")
    assert "49.5%" in running.ask()
    assert len(running.slack.posts()) == 2


def test_slack_unavailable_while_the_connection_is_reopened(running: SocketBot) -> None:
    """After two refusals the third attempt gets an address."""
    running.slack.fail("apps.connections.open", error="internal_error", times=1)
    running.slack.fail("apps.connections.open", status=503, times=1)
    running.server.cut()
    running.server.wait_for_connection(30, count=2)
    assert "49.5%" in running.ask()
    assert len(running.slack.called("apps.connections.open")) >= 4


def test_too_many_requests_are_refused_with_a_message_and_events_are_left_for_a_retry(
    running: SocketBot,
) -> None:
    running.slack.fail("chat.postMessage", delay=4, times=IN_WORK_LIMIT)
    for _ in range(IN_WORK_LIMIT):
        running.deliver("events_api", event_body(dm_event("trade share")))
    body = command_body("trade share", running.slack.new_response_url())
    refused = running.deliver("slash_commands", body)
    assert refused["payload"] == {"response_type": "ephemeral", "text": ENGLISH("busy")}
    event = event_body(dm_event("trade share"))
    left = running.server.send("events_api", event)
    running.slack.wait_for(IN_WORK_LIMIT, 20)
    assert left not in running.server.acknowledged
    running.deliver("events_api", event, retry_attempt=1, retry_reason="timeout")
    assert "49.5%" in running.slack.wait_for(IN_WORK_LIMIT + 1)[-1].text
