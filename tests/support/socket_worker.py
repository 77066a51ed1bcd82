"""Socket Mode in this process, against a local websocket server, with short timeouts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk.socket_mode.builtin import SocketModeClient, connection

from bot.server.dispatch import Dispatcher
from bot.server.socket_mode import SocketModeWorker
from bot.slack.app import build_app
from bot.slack.responses import new_client
from tests.support.facts import small_finder
from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.harness import threads_left
from tests.support.requests import command_body
from tests.support.socket_server import SocketServer
from tests.support.wire import Wire

PING_SECONDS = 0.25  # rather than 10: a connection is closed when four pings in a row get no answer


class SocketBot:
    """A connected worker."""

    def __init__(self, slack: FakeSlack, server: SocketServer, wire: Wire) -> None:
        self.slack, self.server, self.wire = slack, server, wire
        client = new_client(BOT_TOKEN, slack.api_url)
        self.app = build_app(small_finder, client=client, signing_secret=SIGNING_SECRET)
        self.dispatcher = Dispatcher(self.app)
        self.worker = SocketModeWorker(self.dispatcher, APP_TOKEN, client)
        self.worker.connect()

    def ask(self) -> str:
        """A command's answer."""
        before = len(self.slack.posts())
        body = command_body("trade share", self.slack.new_response_url())
        answer = self.server.wait_for_acknowledgement(self.server.send("slash_commands", body))
        self.slack.acknowledge(json.dumps(answer.get("payload", {})))
        return self.slack.wait_for(before + 1)[before].text

    def stop(self) -> None:
        self.worker.stop()
        self.dispatcher.close()


@contextmanager
def socket_bot(monkeypatch: pytest.MonkeyPatch, slack: FakeSlack) -> Iterator[SocketBot]:
    """A worker that is connected through a wire, and must leave no thread behind."""
    connect, make = connection._establish_new_socket_connection, SocketModeClient.__init__

    def connect_impatiently(**how: Any) -> Any:
        made = connect(**how)
        made.settimeout(0.2)  # rather than 3 s: only then does the client see that it is to close
        return made

    def make_impatiently(*arguments: Any, **how: Any) -> None:
        make(*arguments, **how, ping_interval=PING_SECONDS)

    monkeypatch.setattr(connection, "_establish_new_socket_connection", connect_impatiently)
    monkeypatch.setattr(SocketModeClient, "__init__", make_impatiently)
    with SocketServer() as server, Wire(server.port) as wire:
        slack.socket_url = f"ws://127.0.0.1:{wire.port}/link"
        before = set(threading.enumerate())
        bot = SocketBot(slack, server, wire)
        server.wait_for_connection()
        try:
            yield bot
        finally:
            bot.stop()
        wire.cut()
        assert not threads_left(before, 15)
