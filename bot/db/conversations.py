"""What was asked last in a thread or a direct message, for a day, in memory or across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from cachetools import TTLCache
from sqlalchemy import Connection, select

from bot.core.search.followup import Turn
from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import QUESTION_LENGTH, turns, upsert

KEPT_SECONDS = 24 * 3600
KEPT_TURNS = 10_000


class Conversations:
    """The last turn of each conversation, in the memory of one process; methods do not raise."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._turns: TTLCache[str, Turn] = TTLCache(KEPT_TURNS, KEPT_SECONDS, clock)
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        with self._lock:
            return self._turns.get(conversation)

    def remember(self, conversation: str, turn: Turn) -> None:
        with self._lock:
            self._turns[conversation] = turn


class DatabaseConversations(Conversations):
    """Conversations of all processes that share a database; `write` puts what it is given into the database, soon."""

    def __init__(
        self,
        database: Database,
        write: Callable[[Callable[[Connection], object]], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock)
        self._database, self._write = database, write

    def last(self, conversation: str) -> Turn | None:
        wanted = select(turns.c.question, turns.c.facts).where(
            turns.c.conversation == hash_key(conversation), turns.c.expires_at > int(self._clock())
        )
        with suppress(DatabaseUnavailable), self._database.connection() as connection:
            if row := connection.execute(wanted).first():
                return Turn(row.question, tuple(row.facts.split()))
        return super().last(conversation)

    def remember(self, conversation: str, turn: Turn) -> None:
        super().remember(conversation, turn)
        row = {
            "question": turn.question[:QUESTION_LENGTH],
            "facts": " ".join(turn.facts),
            "expires_at": int(self._clock()) + KEPT_SECONDS,
        }
        key = {"conversation": hash_key(conversation)}
        self._write(lambda connection: upsert(connection, turns, ["conversation"], {**key, **row}, **row))
