"""Makes each delivery act once: the keys of what has been handled, in memory and across processes."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Callable
from typing import Protocol

from cachetools import TTLCache
from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database, DatabaseUnavailable

KEPT_SECONDS = 2 * 3600  # Slack's last retry comes after some six minutes; its delayed events come hourly
KEPT_KEYS = 20_000
_CLEANED_EACH = 200  # acquisitions between two removals of expired rows
_CLEANED_ROWS = 2_000

METADATA = MetaData()
_claims = Table(
    "claims",
    METADATA,
    Column("key", String(64), primary_key=True),  # a hash: ids of people stay out of the database
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Index("claims_expires_at", "expires_at"),
)


class Deduplicator(Protocol):
    """Keys of deliveries that are being handled or were; safe to use from several threads."""

    def acquire(self, *keys: str) -> bool:
        """Take all keys; False, and none taken, where one of them was taken before."""

    def release(self, *keys: str) -> None:
        """Give keys back, so that the work may be tried again."""


class MemoryDeduplicator:
    """A Deduplicator of one process."""

    def __init__(
        self,
        seconds: float = KEPT_SECONDS,
        limit: int = KEPT_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._taken: TTLCache[str, None] = TTLCache(limit, seconds, clock)
        self._lock = threading.Lock()

    def acquire(self, *keys: str) -> bool:
        with self._lock:
            if any(key in self._taken for key in keys):
                return False
            self._taken.update(dict.fromkeys(keys))
            return True

    def release(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._taken.pop(key, None)


class DatabaseDeduplicator:
    """A Deduplicator of all processes that share a database.

    While that is unavailable each process goes by its own memory: answering twice is better than not at all.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._memory = MemoryDeduplicator()
        self._count = itertools.count(1)

    def acquire(self, *keys: str) -> bool:
        if not self._memory.acquire(*keys):
            return False
        now = int(self._clock())
        hashes = sorted({_hash(key) for key in keys})  # in one order, so that two processes cannot deadlock
        rows = [{"key": key, "expires_at": now + KEPT_SECONDS} for key in hashes]
        try:
            with self._database.connection() as connection:
                expired = _claims.c.key.in_(hashes), _claims.c.expires_at <= now
                connection.execute(_claims.delete().where(*expired))
                connection.execute(_claims.insert(), rows)
            if next(self._count) % _CLEANED_EACH == 1:
                self._clean(now)
        except IntegrityError:
            return False
        except DatabaseUnavailable:
            pass
        return True

    def release(self, *keys: str) -> None:
        self._memory.release(*keys)
        try:
            with self._database.connection() as connection:
                connection.execute(_claims.delete().where(_claims.c.key.in_([_hash(key) for key in keys])))
        except DatabaseUnavailable:
            pass

    def _clean(self, now: int) -> None:
        """Remove what has expired, except rows that another process is removing."""
        expired = (
            select(_claims.c.key)
            .where(_claims.c.expires_at <= now)
            .limit(_CLEANED_ROWS)
            .with_for_update(skip_locked=True)
        )
        with self._database.connection() as connection:
            connection.execute(_claims.delete().where(_claims.c.key.in_(expired)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
