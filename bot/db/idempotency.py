"""Makes each delivery act once: the keys of what has been handled, for the processes of a host or of several."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from bot.db.engine import BUSY_SECONDS, Database, DatabaseUnavailable, hash_key
from bot.db.tables import claims

KEPT_SECONDS = 2 * 3600  # Slack's last retry comes after some six minutes; its delayed events come hourly
MOST_KEYS = 250_000  # that a host keeps: five minutes at 800 a second
TIDY_SECONDS = 300
_MEMORY = ":memory:"

_OPEN = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS handled (key TEXT PRIMARY KEY, taken_at INTEGER NOT NULL) WITHOUT ROWID;
"""
_TIDY = """
    DELETE FROM handled WHERE taken_at <= max(
        ?, coalesce((SELECT taken_at FROM handled ORDER BY taken_at DESC LIMIT 1 OFFSET ?), 0)
    )
"""
_TAKE = f"""
    INSERT INTO handled VALUES (?, ?)
    ON CONFLICT (key) DO UPDATE SET taken_at = excluded.taken_at
    WHERE taken_at <= excluded.taken_at - {KEPT_SECONDS}
"""
_RELEASE = "DELETE FROM handled WHERE key = ?"


class Deduplicator:
    """Keys of what is being handled or has been handled; safe to use from several threads.

    The processes of a host share them in a SQLite file: next to a SQLite database, where it outlives them, else a
    temporary one.  With another database they are in that too, for the processes of other hosts.
    Where one of these cannot be used, the rest goes on: answering twice is better than not at all.
    """

    def __init__(self, database: Database | None = None, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None  # opened after the fork
        self._opened, self._path, self._tidy_at = "", _MEMORY, 0.0
        if database and database.engine.dialect.name == "sqlite":
            self._database = None
            self._path = f"{database.engine.url.database}-handled"
            with contextlib.suppress(OSError):
                Path(self._path).touch(mode=0o600)
        else:
            with contextlib.suppress(OSError):  # nothing can be written here
                folder = tempfile.mkdtemp(prefix="unionstate-")
                self._path = f"{folder}/handled"
                weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def close(self) -> None:
        if self._connection:
            self._connection.close()

    def __del__(self) -> None:
        self.close()

    def acquire(self, key: str) -> bool:
        """Take a key; False where it was taken in the last `KEPT_SECONDS`."""
        now, hashed = int(self._clock()), hash_key(key)
        return self._changed(_TAKE, hashed, now) and (not self._database or self._acquire_row(hashed, now))

    def release(self, key: str) -> None:
        """Give a key back, so that the work may be tried again."""
        self._changed(_RELEASE, hash_key(key))
        if self._database:
            with contextlib.suppress(DatabaseUnavailable), self._database.connection() as connection:
                connection.execute(claims.delete().where(claims.c.key == hash_key(key)))

    def _changed(self, statement: str, *values: object) -> bool:
        with self._lock:
            try:
                path = self._path if self._clock() >= self._tidy_at else self._opened
                return self._open(path).execute(statement, values).rowcount > 0
            except sqlite3.Error:  # the disk is full, say: this process goes by its memory for a while
                return self._open(_MEMORY).execute(statement, values).rowcount > 0

    def _open(self, path: str) -> sqlite3.Connection:
        """The keys in a file, without those that are too old, now and then."""
        connection = self._connection
        if connection is None or path != self._opened:
            connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self.close()
            self._connection, self._opened, self._tidy_at = connection, path, 0.0
            connection.executescript(_OPEN)
        if (now := self._clock()) >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            connection.execute(_TIDY, [int(now) - KEPT_SECONDS, MOST_KEYS])
        return connection

    def _acquire_row(self, hashed: str, now: int) -> bool:
        assert self._database
        try:
            with self._database.connection() as connection:
                expired = claims.c.key == hashed, claims.c.expires_at <= now
                connection.execute(claims.delete().where(*expired))
                connection.execute(claims.insert(), {"key": hashed, "expires_at": now + KEPT_SECONDS})
        except IntegrityError:
            return False
        except DatabaseUnavailable:
            pass
        return True
