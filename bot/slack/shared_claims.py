"""Answering once when several processes answer: claims kept in the database.

Belongs here: the table of claims and its class.  Does not belong here: what makes two deliveries the same
(`listeners`), the claims of one process (`dedupe`), opening the database (`bot.store`).
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, select
from sqlalchemy.exc import IntegrityError

from bot.slack.dedupe import KEPT_SECONDS, MemoryClaims
from bot.store import Database, DatabaseAway

CLAIMS_METADATA = MetaData()
_claims = Table(
    "claims",
    CLAIMS_METADATA,
    # A hash: ids of people and channels stay out of the database.
    Column("key", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Index("claims_expires_at", "expires_at"),
)

_CLEANED_EACH = 200  # claims between two cleanings
_CLEANED_ROWS = 2_000  # what one of them removes at most


class SharedClaims:
    """Claims of all processes that share a database.

    While the database is away each process answers by what it remembers itself: an answer that comes twice
    is better than none.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        database.require(CLAIMS_METADATA)
        self._database = database
        self._clock = clock
        self._own = MemoryClaims()
        self._count = itertools.count(1)

    def acquire(self, *keys: str) -> bool:
        if not self._own.acquire(*keys):
            return False
        now = int(self._clock())
        hashes = sorted({_hash(key) for key in keys})  # in one order: two claims never wait for each other
        rows = [{"key": key, "expires_at": now + int(KEPT_SECONDS)} for key in hashes]
        try:
            with self._database.asked() as engine, engine.begin() as connection:
                connection.execute(
                    _claims.delete().where(_claims.c.key.in_(hashes), _claims.c.expires_at <= now)
                )
                connection.execute(_claims.insert(), rows)
            if next(self._count) % _CLEANED_EACH == 1:
                self._clean(now)
        except IntegrityError:
            return False
        except DatabaseAway:
            pass
        return True

    def release(self, *keys: str) -> None:
        self._own.release(*keys)
        try:
            with self._database.asked() as engine, engine.begin() as connection:
                connection.execute(_claims.delete().where(_claims.c.key.in_([_hash(key) for key in keys])))
        except DatabaseAway:
            pass

    def _clean(self, now: int) -> None:
        """Remove what has expired, leaving alone rows that another process is removing."""
        expired = (
            select(_claims.c.key)
            .where(_claims.c.expires_at <= now)
            .limit(_CLEANED_ROWS)
            .with_for_update(skip_locked=True)
        )
        with self._database.asked() as engine, engine.begin() as connection:
            connection.execute(_claims.delete().where(_claims.c.key.in_(expired)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
