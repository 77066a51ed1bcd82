"""Makes each delivery act once: the keys of what has been handled, in memory and across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from cachetools import TTLCache
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import claims

KEPT_SECONDS = 2 * 3600  # Slack's last retry comes after some six minutes; its delayed events come hourly
KEPT_KEYS = 20_000


class Deduplicator:
    """Keys of deliveries that this process, or all that share a database, are handling or have handled.

    While the database is unavailable each process goes by its own memory: answering twice is better than not at all.
    """

    def __init__(
        self, database: Database | None = None, clock: Callable[[], float] = time.time, limit: int = KEPT_KEYS
    ) -> None:
        self._database, self._clock = database, clock
        self._taken: TTLCache[str, None] = TTLCache(limit, KEPT_SECONDS, clock)
        self._lock = threading.Lock()

    def acquire(self, *keys: str) -> bool:
        """Take all keys; False, and none taken, where one of them was taken before."""
        with self._lock:
            if any(key in self._taken for key in keys):
                return False
            self._taken.update(dict.fromkeys(keys))
        if not self._database:
            return True
        now = int(self._clock())
        hashes = sorted(
            {hash_key(key) for key in keys}
        )  # in one order, so that two processes cannot deadlock
        try:
            with self._database.connection() as connection:
                expired = claims.c.key.in_(hashes), claims.c.expires_at <= now
                connection.execute(claims.delete().where(*expired))
                rows = [{"key": key, "expires_at": now + KEPT_SECONDS} for key in hashes]
                connection.execute(claims.insert(), rows)
        except IntegrityError:
            return False
        except DatabaseUnavailable:
            pass
        return True

    def release(self, *keys: str) -> None:
        """Give keys back, so that the work may be tried again."""
        with self._lock:
            for key in keys:
                self._taken.pop(key, None)
        if self._database:
            with suppress(DatabaseUnavailable), self._database.connection() as connection:
                connection.execute(claims.delete().where(claims.c.key.in_([hash_key(key) for key in keys])))
