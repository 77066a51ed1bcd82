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

from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import claims

KEPT_SECONDS = 2 * 3600  # Slack's last retry comes after some six minutes; its delayed events come hourly
# 4 MB for 262,144 keys, of which 12 bytes of a hash are kept with the 4 of the time: 5 minutes at 800 a second.
BUCKETS, BUCKET, HASH, ENTRY = 32_768, 8 * 16, 12, 16
SIZE = BUCKETS * BUCKET
_lock = threading.Lock()  # for the threads of a process; that on the file is for processes


class Deduplicator:
    """Keys of what is being handled or has been handled; safe to use from several threads.

    They are in a table in memory that processes share when they are forked: with a SQLite database, in a file next to it,
    which outlives them; with another database, in that too, for the processes of other hosts.  The oldest make room.
    While the database is unavailable each host goes by its own table: answering twice is better than not at all.
    """

    def __init__(self, database: Database | None = None, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock, self._file = database, clock, -1
        if database and database.engine.dialect.name == "sqlite":
            self._database = None
            with contextlib.suppress(OSError):  # the disk is full, say
                self._file = _open(f"{database.engine.url.database}-handled")
        self._table = mmap.mmap(self._file, SIZE)

    def acquire(self, *keys: str) -> bool:
        """Take all keys; False, and none taken, where one of them was taken in the last `KEPT_SECONDS`."""
        now, places = int(self._clock()), [_place(key) for key in keys]
        with self._locked():
            if any(
                now - self._entries(start).get(hashed, -KEPT_SECONDS) < KEPT_SECONDS
                for start, hashed in places
            ):
                return False
            for start, hashed in places:
                self._change(start, hashed, now)
        return self._database is None or self._acquire_rows(self._database, keys, now)

    def release(self, *keys: str) -> None:
        """Give keys back, so that the work may be tried again."""
        with self._locked():
            for start, hashed in map(_place, keys):
                self._change(start, hashed)
        if self._database:
            with contextlib.suppress(DatabaseUnavailable), self._database.connection() as connection:
                connection.execute(claims.delete().where(claims.c.key.in_([hash_key(key) for key in keys])))

    def _acquire_rows(self, database: Database, keys: tuple[str, ...], now: int) -> bool:
        hashes = sorted({hash_key(key) for key in keys})  # in one order: two processes cannot deadlock
        try:
            with database.connection() as connection:
                expired = claims.c.key.in_(hashes), claims.c.expires_at <= now
                connection.execute(claims.delete().where(*expired))
                rows = [{"key": key, "expires_at": now + KEPT_SECONDS} for key in hashes]
                connection.execute(claims.insert(), rows)
        except IntegrityError:
            return False
        except DatabaseUnavailable:
            pass
        return True

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with _lock:
            if self._file >= 0:
                fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                if self._file >= 0:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _entries(self, start: int) -> dict[bytes, int]:
        """The hashes in a bucket, newest first, with the times at which they were taken."""
        bucket = self._table[start : start + BUCKET]
        entries = (bucket[i : i + ENTRY] for i in range(0, BUCKET, ENTRY))
        return {entry[:HASH]: int.from_bytes(entry[HASH:]) for entry in entries if any(entry)}

    def _change(self, start: int, hashed: bytes, taken_at: int | None = None) -> None:
        """Put a hash first in its bucket, or remove it."""
        entries = self._entries(start)
        entries.pop(hashed, None)
        entries = entries if taken_at is None else {hashed: taken_at, **entries}
        bucket = b"".join(each + at.to_bytes(4) for each, at in entries.items())
        self._table[start : start + BUCKET] = bucket[:BUCKET].ljust(BUCKET, b"\0")


def _open(path: str) -> int:
    """A file of the table's size.  Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if os.fstat(file).st_size < SIZE:
        # Written now: if a mapped file runs out of disk space later, the process is killed.
        os.pwrite(file, bytes(SIZE), 0)
    return file


def _place(key: str) -> tuple[int, bytes]:
    """The start of the key's bucket, and its hash."""
    digest = hashlib.sha256(key.encode(errors="replace")).digest()
    return int.from_bytes(digest[HASH:ENTRY]) % BUCKETS * BUCKET, digest[:HASH]
