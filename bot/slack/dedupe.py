"""Answering once: which deliveries have been taken already.

Belongs here: the interface and the in-memory store.  Does not belong here: what makes two deliveries
the same (`listeners` makes the keys).  Several processes need a shared store: another class with the
same two methods.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

KEPT_SECONDS = (
    2 * 3600.0
)  # Slack's last retry comes after about six minutes; its "delayed events" come hourly
KEPT_KEYS = 20_000


class Claims(Protocol):
    """Keys that somebody has taken on; safe to use from several threads."""

    def acquire(self, *keys: str) -> bool:
        """Take all keys; False, and nothing new taken, when one of them was taken before."""

    def release(self, *keys: str) -> None:
        """Give keys back, so that the next claim succeeds (the work failed and may be tried again)."""


class MemoryClaims:
    """Claims of one process: kept for `seconds`, at most `limit` of them, the oldest forgotten first."""

    def __init__(
        self,
        seconds: float = KEPT_SECONDS,
        limit: int = KEPT_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds, self._limit, self._clock = seconds, limit, clock
        self._taken: OrderedDict[str, float] = (
            OrderedDict()
        )  # key -> when it may be forgotten, in order of claiming
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._taken)

    def acquire(self, *keys: str) -> bool:
        now = self._clock()
        with self._lock:
            while self._taken and next(iter(self._taken.values())) <= now:
                self._taken.popitem(last=False)
            if any(key in self._taken for key in keys):
                return False
            for key in keys:
                self._taken[key] = now + self._seconds
            while len(self._taken) > self._limit:
                self._taken.popitem(last=False)
            return True

    def release(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._taken.pop(key, None)
