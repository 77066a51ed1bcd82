"""Makes each delivery act once: the keys of what has been handled, for the processes of a host or of several."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import claims

KEPT_SECONDS = 2 * 3600  # Slack's last retry comes after some six minutes; its delayed events come hourly
# 4 MB for 262,144 keys, of which 12 bytes of a hash are kept with the 4 of the time: 5 minutes at 800 a second.
_BUCKETS, _BUCKET, _HASH, _ENTRY = 32_768, 8 * 16, 12, 16
_SIZE = _BUCKETS * _BUCKET


class Deduplicator:
    """Keys of what the processes of a host are handling or have handled; safe to use from several threads.

    They are in a file of 4 MB, from which the oldest are removed first.  Without `path` they are in memory, which
    processes share when they are forked.  Raises OSError where the file cannot be made.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600) if path else -1
        if path and os.fstat(self._file).st_size < _SIZE:
            # Now, since there is no error to handle where a mapped file turns out to have no room.
            os.pwrite(self._file, bytes(_SIZE), 0)
        self._table = mmap.mmap(self._file, _SIZE)

    def acquire(self, *keys: str) -> bool:
        """Take all keys; False, and none taken, where one of them was taken in the last `KEPT_SECONDS`."""
        now = int(self._clock())
        found = [_place(key) for key in keys]
        with self._locked():
            for start, hashed in found:
                taken_at = self._entries(start).get(hashed)
                if taken_at is not None and now - taken_at < KEPT_SECONDS:
                    return False
            for start, hashed in found:
                entries = self._entries(start)
                entries.pop(hashed, None)
                self._write(start, {hashed: now, **entries})
        return True

    def release(self, *keys: str) -> None:
        """Give keys back, so that the work may be tried again."""
        with self._locked():
            for start, hashed in map(_place, keys):
                entries = self._entries(start)
                entries.pop(hashed, None)
                self._write(start, entries)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            if self._file < 0:
                yield
                return
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _entries(self, start: int) -> dict[bytes, int]:
        """The hashes in a bucket, newest first, with the times at which they were taken."""
        bucket = self._table[start : start + _BUCKET]
        entries = (bucket[i : i + _ENTRY] for i in range(0, _BUCKET, _ENTRY))
        return {entry[:_HASH]: int.from_bytes(entry[_HASH:]) for entry in entries if any(entry)}

    def _write(self, start: int, entries: dict[bytes, int]) -> None:
        bucket = b"".join(hashed + taken_at.to_bytes(4) for hashed, taken_at in entries.items())
        self._table[start : start + _BUCKET] = bucket[:_BUCKET].ljust(_BUCKET, b"\0")


class DatabaseDeduplicator(Deduplicator):
    """A Deduplicator of all hosts that share a database.

    While that is unavailable each host goes by its own keys: answering twice is better than not at all.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        super().__init__(clock=clock)
        self._database = database

    def acquire(self, *keys: str) -> bool:
        if not super().acquire(*keys):
            return False
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
        super().release(*keys)
        with contextlib.suppress(DatabaseUnavailable), self._database.connection() as connection:
            connection.execute(claims.delete().where(claims.c.key.in_([hash_key(key) for key in keys])))


def open_deduplicator(database: Database | None) -> Deduplicator:
    """By the database, where several hosts may share it; by a file beside a SQLite database, which one host has."""
    if database is None:
        return Deduplicator()
    if database.engine.dialect.name != "sqlite":
        return DatabaseDeduplicator(database)
    path = Path(f"{database.engine.url.database}-handled")
    try:
        return Deduplicator(path)
    except OSError:  # the disk is full, say
        return Deduplicator()


def _place(key: str) -> tuple[int, bytes]:
    """The start of the key's bucket, and its hash."""
    digest = hashlib.sha256(key.encode(errors="replace")).digest()
    return int.from_bytes(digest[_HASH : _HASH + 4]) % _BUCKETS * _BUCKET, digest[:_HASH]
