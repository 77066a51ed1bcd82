"""Slack's end of Socket Mode: a websocket server that sends envelopes and collects the acknowledgements."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


class _Connection(ServerConnection):
    frozen = False

    def send_data(self) -> None:
        if not self.frozen:
            super().send_data()


class SocketServer:
    """Start with `with SocketServer() as server:` and give `server.url` to the fake Web API."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.connections = 0
        self._open: list[_Connection] = []
        self._changed = threading.Condition()
        self._numbers = itertools.count(1)

    def __enter__(self) -> SocketServer:
        self._server = serve(self._serve, "127.0.0.1", 0, create_connection=_Connection)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link"
        self._thread = threading.Thread(target=self._server.serve_forever, name="socket-server")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for connection in list(self._open):
            connection.close()
        self._server.shutdown()
        self._thread.join()

    def wait_for_connection(self, seconds: float = 20, count: int = 1) -> None:
        self._wait_for(lambda: self.connections >= count and self._open, seconds, "no connection")

    def wait_until_left(self, seconds: float = 10) -> None:
        self._wait_for(lambda: not self._open, seconds, "the connection stayed open")

    def wait_for_acknowledgement(self, envelope: str, seconds: float = 20) -> dict[str, Any]:
        self._wait_for(lambda: envelope in self.acknowledged, seconds, f"{envelope} not acknowledged")
        return self.acknowledged[envelope]

    def send(self, kind: str, payload: str, **more: Any) -> str:
        """Send an envelope (`kind` as Slack's type: slash_commands, events_api, interactive); returns its id.

        What HTTP would carry as `payload`, JSON or a form, is turned into what Socket Mode carries.
        """
        is_json = payload.startswith("{")
        form = json.loads(payload) if is_json else dict(parse_qsl(payload, keep_blank_values=True))
        content = json.loads(form["payload"]) if "payload" in form else form
        envelope = f"envelope-{next(self._numbers)}"
        message = {"envelope_id": envelope, "type": kind, "payload": content}
        self._open[-1].send(json.dumps({**message, "accepts_response_payload": True, **more}))
        return envelope

    def ask_to_leave(self) -> None:
        """What Slack sends about once an hour, before it ends a connection."""
        self._open[-1].send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def cut(self) -> None:
        """End the connections that there are, without a word."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """From now on nothing is sent on the connections that there are, though they stay open."""
        for connection in self._open:
            connection.frozen = True

    def _wait_for(self, condition: Callable[[], object], seconds: float, otherwise: str) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), otherwise

    def _serve(self, connection: Any) -> None:
        with self._changed:
            self._open.append(connection)
            self.connections += 1
            self._changed.notify_all()
        with contextlib.suppress(ConnectionClosed):
            connection.send(json.dumps({"type": "hello", "num_connections": 1}))
            for text in connection:
                answer = json.loads(text)
                with self._changed:
                    self.acknowledged[answer["envelope_id"]] = answer
                    self._changed.notify_all()
        with self._changed:
            self._open.remove(connection)
            self._changed.notify_all()
