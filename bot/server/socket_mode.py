"""Socket Mode: envelopes to Bolt, and an end that loses none."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.adapter.socket_mode.internals import build_headers, send_response
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient

from bot.server.dispatch import BUSY, Dispatcher

log = logging.getLogger(__name__)

ENVELOPE_SECONDS = 5  # how long an unfinished envelope may keep the connection open; Slack waits 3


class SocketModeWorker:
    """A connection to Slack whose envelopes a Dispatcher handles.

    An envelope that is not acknowledged is sent again by Slack, over this connection or another.
    """

    def __init__(self, dispatcher: Dispatcher, app_token: str, client: WebClient) -> None:
        self._dispatcher = dispatcher
        self.client = SocketModeClient(
            app_token=app_token, web_client=client, logger=logging.getLogger("slack_sdk.socket_mode")
        )
        self.client.socket_mode_request_listeners.append(self._handle)  # type: ignore[arg-type]
        self._changed = threading.Condition()
        self._in_work = 0
        self._stopping = False

    def connect(self) -> None:
        """Raises SlackApiError where Slack refuses the token, OSError where it cannot be reached."""
        self.client.connect()

    def stop(self, seconds: float = ENVELOPE_SECONDS) -> None:
        """Take nothing new, wait until current requests are acknowledged, and close the connection."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self._in_work == 0, seconds)
        self.client.close()

    def _handle(self, client: SocketModeClient, envelope: SocketModeRequest) -> None:
        with self._changed:
            if self._stopping:
                return
            if not self._dispatcher.take():
                if envelope.type == "slash_commands":  # Slack sends any other again
                    client.send_socket_mode_response(SocketModeResponse(envelope.envelope_id, BUSY))
                return
            self._in_work += 1
        started = time.time()

        def make_request() -> BoltRequest:
            return BoltRequest(
                mode="socket_mode", body=envelope.payload or {}, headers=build_headers(envelope)
            )

        def respond(answer: Future[BoltResponse]) -> None:
            try:
                send_response(client, envelope, answer.result(), started)
            except Exception:
                log.exception("envelope not handled code=unexpected")
            finally:
                with self._changed:
                    self._in_work -= 1
                    self._changed.notify_all()

        acknowledged: Future[BoltResponse] = Future()
        acknowledged.add_done_callback(respond)
        self._dispatcher.run(make_request, acknowledged)
