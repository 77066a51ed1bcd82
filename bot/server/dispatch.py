"""Runs Bolt in a bounded number of threads and sends each acknowledgement as soon as it is given."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.listener.listener_start_handler import ListenerStartHandler

log = logging.getLogger(__name__)

IN_WORK_LIMIT = 64  # requests that are being handled, their replies included
CALM_SECONDS = 5.0  # without a refusal, until the log says that it is over

Respond: TypeAlias = Callable[[BoltResponse | Exception], None]


class Dispatcher:
    """Handles each request in a thread of its own, and refuses what would have to wait for one.

    Slack waits three seconds: a request that would queue is better refused at once, since Slack sends an event again
    and a person can press again.
    """

    def __init__(
        self, app: App, limit: int = IN_WORK_LIMIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app, self._clock = app, clock
        # The listener runs in the thread of its request; `_EarlyAck` answers when it acknowledges.  Bolt's own threads
        # would cost a second one for each request, and be polled every 10 ms.
        app.listener_runner.process_before_response = True
        app.listener_runner.listener_start_handler = _AckEvents()
        self._limit, self.in_work = limit, 0
        self._threads = ThreadPoolExecutor(limit, thread_name_prefix="request")
        self._lock = threading.Lock()
        self._refused, self._refused_at = 0, 0.0

    def take(self) -> bool:
        """Whether one more request may be handled; where it may, `run` must follow."""
        with self._lock:
            free = self.in_work < self._limit
            self.in_work += free
        if free:
            if self._refused and self._clock() - self._refused_at >= CALM_SECONDS:
                log.warning("no longer busy refused=%d", self._refused)
                self._refused = 0
            return True
        if not self._refused:
            log.warning("busy: refusing code=busy")
        self._refused, self._refused_at = self._refused + 1, self._clock()
        return False

    def run(self, make_request: Callable[[], BoltRequest], respond: Respond) -> Future[None]:
        """Handle a request; `respond` is called from its thread, and what it is called with first is the response."""

        def work() -> None:
            try:
                request = make_request()
                request.context["ack"] = _EarlyAck(respond)
                respond(self._app.dispatch(request))
            except Exception as error:
                respond(error)
            finally:
                with self._lock:
                    self.in_work -= 1

        return self._threads.submit(work)

    def close(self) -> None:
        """Wait until all requests are handled."""
        self._threads.shutdown(wait=True)


class _EarlyAck(Ack):
    def __init__(self, respond: Respond) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._respond = respond

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        response = super().__call__(*args, **kwargs)
        self._respond(response)
        return response


class _AckEvents(ListenerStartHandler):
    """Acknowledges events before their listener runs, as Bolt's own threads do."""

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:
        if "event" in request.body:
            request.context.ack()
