"""Runs Bolt in a bounded number of threads and sends each acknowledgement as soon as it is given."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App, BoltRequest, BoltResponse

from bot.core.present.strings import ENGLISH

log = logging.getLogger(__name__)

IN_WORK_LIMIT = 64  # requests that are being handled, their replies included
CALM_SECONDS = 5.0  # without a refusal, until the log says that it is over
# To a command, for which Slack would only show a fault.
BUSY = {"response_type": "ephemeral", "text": ENGLISH("busy")}


class Dispatcher:
    """Handles each request in its own thread, and refuses requests that would have to wait for one.

    Slack waits three seconds: a request that would queue is better refused at once, since Slack sends an event again
    and a person can press again.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self.in_work = 0
        self._threads = ThreadPoolExecutor(IN_WORK_LIMIT, thread_name_prefix="request")
        self._lock = threading.Lock()
        self._refused, self._refused_at = 0, 0.0

    def take(self) -> bool:
        """Whether one more request may be handled; where it may, `run` must follow."""
        with self._lock:
            now, free = time.monotonic(), self.in_work < IN_WORK_LIMIT
            if not free:
                if not self._refused:
                    log.warning("busy: refusing code=busy")
                self._refused, self._refused_at = self._refused + 1, now
            elif self._refused and now - self._refused_at >= CALM_SECONDS:
                log.warning("no longer busy refused=%d", self._refused)
                self._refused = 0
            self.in_work += free
            return free

    def run(
        self, make_request: Callable[[], BoltRequest], acknowledged: Future[BoltResponse]
    ) -> Future[None]:
        """Handle a request; `acknowledged` gets the acknowledgement, or an exception, as soon as it is given."""
        acknowledged.set_running_or_notify_cancel()  # it can't be cancelled from now on

        def work() -> None:
            try:
                request = make_request()
                request.context["ack"] = _EarlyAck(acknowledged)
                response = self._app.dispatch(request)
                if not acknowledged.done():
                    acknowledged.set_result(response)
            except Exception as error:
                if not acknowledged.done():
                    acknowledged.set_exception(error)
            finally:
                with self._lock:
                    self.in_work -= 1

        return self._threads.submit(work)

    def close(self) -> None:
        """Wait until all requests are handled."""
        self._threads.shutdown(wait=True)


class _EarlyAck(Ack):
    def __init__(self, acknowledged: Future[BoltResponse]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._acknowledged = acknowledged

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        response = super().__call__(*args, **kwargs)
        if not self._acknowledged.done():
            self._acknowledged.set_result(response)
        return response
