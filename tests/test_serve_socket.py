"""Socket Mode against a local websocket server: envelopes, reconnecting, and an end that loses no work."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode import builtin
from slack_sdk.socket_mode.builtin import connection

from bot.serve import run_socket_mode
from bot.slack.blocks.card import SHARE_FACT
from tests.support.facts import small_finder
from tests.support.fake_slack import APP_TOKEN, BOT_USER, FakeSlack
from tests.support.harness import Bot, threads_left
from tests.support.process import Served, environment, run_serve
from tests.support.requests import action_body, command_body, dm_event, event_body, mention_event
from tests.support.socket_server import SocketServer


@dataclass
class Running:
    slack: FakeSlack
    server: SocketServer
    stop: threading.Event
    thread: threading.Thread


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The worker in this process; it must leave no thread behind."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    # The client looks up from its socket that often, and only then sees that it is to close.
    connect = connection._establish_new_socket_connection

    def connect_impatiently(**how: Any) -> Any:
        made = connect(**how)
        made.settimeout(0.2)  # rather than 3 s
        return made

    monkeypatch.setattr(connection, "_establish_new_socket_connection", connect_impatiently)
    before = set(threading.enumerate())
    with FakeSlack() as slack, SocketServer() as server:
        slack.socket_url = server.url
        bot = Bot(slack, small_finder())
        stop = threading.Event()
        thread = threading.Thread(
            target=run_socket_mode,
            args=(bot.app, bot.app.client, APP_TOKEN, bot.executor, stop),
            name="worker",
        )
        thread.start()
        server.wait_for_connection()
        yield Running(slack, server, stop, thread)
        stop.set()
        thread.join(15)
        assert not thread.is_alive()
    assert not threads_left(before)
    assert not slack.problems


def test_command_mention_direct_message_and_button(running: Running) -> None:
    slack, server = running.slack, running.server
    sent = [
        server.send("slash_commands", command_body("trade share", slack.new_response_url())),
        server.send("events_api", event_body(mention_event(f"<@{BOT_USER}> trade share"))),
        server.send("events_api", event_body(dm_event("trade share"))),
        server.send("interactive", action_body(SHARE_FACT, "v1:trade-share-2018", slack.new_response_url())),
    ]
    for envelope in sent:
        assert set(server.wait_for_acknowledgement(envelope)) == {"envelope_id"}
    said = slack.wait_for(5)
    assert sum(c.text.startswith("49.5%") for c in said) == 4
    assert sum(c.arguments == {"delete_original": True} for c in said) == 1


def test_the_same_event_twice_gets_one_reply(running: Running) -> None:
    body = event_body(dm_event("trade share"))
    first = running.server.send("events_api", body)
    again = running.server.send("events_api", body, retry_attempt=1, retry_reason="timeout")
    running.server.wait_for_acknowledgement(first)
    running.server.wait_for_acknowledgement(again)
    running.slack.wait_for(1)
    time.sleep(0.1)
    assert len(running.slack.said()) == 1


def test_what_nobody_listens_to_is_acknowledged(running: Running) -> None:
    envelope = running.server.send("events_api", event_body({"type": "reaction_added", "user": "U1"}))
    running.server.wait_for_acknowledgement(envelope)


def test_it_connects_again_when_slack_asks_for_it(running: Running) -> None:
    running.server.ask_to_leave()
    running.server.wait_for_connection(30, count=2)
    envelope = running.server.send(
        "slash_commands", command_body("trade share", running.slack.new_response_url())
    )
    running.server.wait_for_acknowledgement(envelope)
    running.slack.wait_for(1)


def test_stopping_finishes_what_was_acknowledged(running: Running) -> None:
    running.slack.fail("response_url", status=200, delay=0.7, times=1)
    body = action_body(SHARE_FACT, "v1:trade-share-2018", running.slack.new_response_url())
    running.server.wait_for_acknowledgement(running.server.send("interactive", body))
    running.stop.set()
    running.thread.join(10)
    assert [c.arguments.get("delete_original") for c in running.slack.said()] == [None, True]


def test_stopping_acknowledges_what_is_in_work_and_takes_nothing_new(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An envelope in work is acknowledged before the connection closes; a later one is left for another connection."""
    entered, go_on = threading.Event(), threading.Event()
    dispatch = builtin.run_bolt_app

    def slow_dispatch(app: object, request: object) -> object:
        entered.set()
        go_on.wait(5)
        return dispatch(app, request)  # type: ignore[arg-type]

    monkeypatch.setattr(builtin, "run_bolt_app", slow_dispatch)
    in_work = running.server.send(
        "slash_commands", command_body("trade share", running.slack.new_response_url())
    )
    assert entered.wait(5)
    running.stop.set()
    time.sleep(0.1)
    late = running.server.send(
        "slash_commands", command_body("trade share", running.slack.new_response_url())
    )
    time.sleep(0.2)
    go_on.set()
    running.server.wait_for_acknowledgement(in_work)
    running.thread.join(10)
    running.server.wait_until_left()
    assert late not in running.server.acknowledged
    assert [c.text[:5] for c in running.slack.said()] == ["49.5%"]


def test_sigterm_finishes_work_in_flight() -> None:
    with FakeSlack() as slack, SocketServer() as server:
        slack.socket_url = server.url
        with Served(slack, "--socket") as served:
            server.wait_for_connection()
            slack.fail("response_url", status=200, delay=1, times=1)
            body = action_body(SHARE_FACT, "v1:trade-share-2018", slack.new_response_url())
            server.wait_for_acknowledgement(server.send("interactive", body))
            assert served.stop() == 0
        assert [c.arguments.get("delete_original") for c in slack.said()] == [None, True]
        assert "starting mode=socket facts=8" in served.log
        for secret in ("xoxb-", "xapp-"):
            assert secret not in served.log


def test_an_app_token_that_slack_refuses_is_named() -> None:
    with FakeSlack() as slack:
        ended = run_serve(environment(slack, SLACK_APP_TOKEN="xapp-wrong-token"), "--socket")
    assert ended.returncode == 2
    assert "SLACK_APP_TOKEN was refused by Slack (invalid_auth)" in ended.stderr
    assert "wrong-token" not in ended.stderr
