"""What was asked last in a thread or a direct message, for a day, in memory or across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias

from cachetools import TTLCache
from sqlalchemy import Connection, select

from bot.core.search.followup import Turn
from bot.db.engine import Database, DatabaseUnavailable, hash_key
from bot.db.tables import QUESTION_LENGTH, turns, upsert

KEPT_SECONDS = 24 * 3600
KEPT_TURNS = 10_000

Write: TypeAlias = Callable[[Connection, list[dict[str, Any]]], object]


class Conversations:
    """The last turn of each conversation, in memory and in a database, where there is one.  Methods do not raise.

    `write` has a function write a row to the database, soon.
    """

    def __init__(
        self,
        database: Database | None = None,
        write: Callable[[Write, dict[str, Any]], object] = lambda write, row: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._write, self._clock = database, write, clock
        self._turns: TTLCache[str, Turn] = TTLCache(KEPT_TURNS, KEPT_SECONDS, clock)
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        """From the database first, since another process may have answered last."""
        wanted = select(turns.c.question, turns.c.facts).where(
            turns.c.conversation == hash_key(conversation), turns.c.expires_at > int(self._clock())
        )
        if self._database:
            with suppress(DatabaseUnavailable), self._database.connection() as connection:
                if row := connection.execute(wanted).first():
                    return Turn(row.question, tuple(row.facts.split()))
        with self._lock:
            return self._turns.get(conversation)

    def remember(self, conversation: str, turn: Turn) -> None:
        with self._lock:
            self._turns[conversation] = turn
        row = {
            "conversation": hash_key(conversation),
            "question": turn.question[:QUESTION_LENGTH],
            "facts": " ".join(turn.facts),
            "expires_at": int(self._clock()) + KEPT_SECONDS,
        }
        self._write(_save_turns, row)


def _save_turns(connection: Connection, rows: list[dict[str, Any]]) -> None:
    upsert(connection, turns, ("conversation",), rows)
