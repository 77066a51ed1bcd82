"""How much is taken on at once: the listeners' threads, counted, so that the door knows when to refuse.

Belongs here: counting what is in work, and telling in the log when refusing begins and ends.  Does not belong
here: how a refusal looks (`web`), how many threads there are (`app`).

Slack waits three seconds.  A request that would wait for a thread is better refused at once: Slack sends an
event again, and a person can press again, while what is queued without end helps nobody.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0  # that a request may have waited for a thread; Slack gives it three in all
CALM_SECONDS = 5.0  # without a refusal, until the log says that it is over

_T = TypeVar("_T")


class CountedExecutor(ThreadPoolExecutor):
    """A thread pool that knows how much has been handed to it and is not done, waiting or running."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads, thread_name_prefix="listener")
        self._counting = threading.Lock()
        self._in_work = 0

    @property
    def in_work(self) -> int:
        return self._in_work

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        with self._counting:
            self._in_work += 1
        try:
            future = super().submit(fn, *args, **kwargs)
        except BaseException:  # shut down
            self._done(None)
            raise
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        with self._counting:
            self._in_work -= 1


class Admission:
    """Whether one more request is taken on: by what is in work in this process, and by how long it has `waited`
    (seconds) before it could be looked at."""

    def __init__(
        self,
        in_work: Callable[[], int],
        limit: int,
        clock: Callable[[], float] = time.monotonic,
        waited: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._in_work, self._limit, self._clock, self._waited = in_work, limit, clock, waited
        self._lock = threading.Lock()
        self._refused = 0  # since refusing began
        self._last = 0.0

    def is_free(self) -> bool:
        """False where the request is to be refused; that has then been counted."""
        in_work, waited = self._in_work(), self._waited()
        if in_work < self._limit and waited < WAIT_SECONDS:
            if self._refused:
                self._tell_calm()
            return True
        with self._lock:
            first = not self._refused
            self._refused += 1
            self._last = self._clock()
        if first:
            log.warning("busy: refusing in_work=%d waited=%.1f", in_work, waited)
        return False

    def _tell_calm(self) -> None:
        with self._lock:
            if not self._refused or self._clock() - self._last < CALM_SECONDS:
                return
            refused, self._refused = self._refused, 0
        log.warning("no longer busy refused=%d", refused)
