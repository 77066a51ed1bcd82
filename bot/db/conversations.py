"""What was asked last in a thread or a direct message, for a day, in memory or across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from cachetools import TTLCache
from sqlalchemy import select

from bot.core.search.followup import Turn
from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import QUESTION_LENGTH, turns, upsert

KEPT_SECONDS = 24 * 3600
KEPT_TURNS = 10_000


class Conversations:
    """The last turn of each conversation: in a database, or else in memory.  Methods do not raise.

    While the database is unavailable there are no follow-ups.
    """

    def __init__(self, database: Database | None = None, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._turns: TTLCache[str, Turn] = TTLCache(KEPT_TURNS, KEPT_SECONDS, clock)
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        if not self._database:
            with self._lock:
                return self._turns.get(conversation)
        wanted = select(turns.c.question, turns.c.facts).where(
            turns.c.conversation == hash_key(conversation), turns.c.expires_at > int(self._clock())
        )
        with suppress(DatabaseUnavailable), self._database.connection() as connection:
            if row := connection.execute(wanted).first():
                return Turn(row.question, tuple(row.facts.split()))
        return None

    def remember(self, conversation: str, turn: Turn) -> None:
        if not self._database:
            with self._lock:
                self._turns[conversation] = turn
            return
        row = {"question": turn.question[:QUESTION_LENGTH], "facts": " ".join(turn.facts)}
        latest = {**row, "expires_at": int(self._clock()) + KEPT_SECONDS}
        with suppress(DatabaseUnavailable), self._database.connection() as connection:
            key = {"conversation": hash_key(conversation)}
            upsert(connection, turns, ["conversation"], {**key, **latest}, **latest)
