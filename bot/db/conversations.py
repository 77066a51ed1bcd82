"""What was asked last in a thread or a direct message, for a day, in memory and across processes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from typing import Protocol

from cachetools import TTLCache
from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text, select
from sqlalchemy.exc import IntegrityError

from bot.core.search.followup import Turn
from bot.db.engine import Database, DatabaseUnavailable

KEPT_SECONDS = 24 * 3600
KEPT_TURNS = 10_000
QUESTION_LENGTH = 300

METADATA = MetaData()
_turns = Table(
    "turns",
    METADATA,
    Column("conversation", String(64), primary_key=True),  # a hash of ids
    Column("question", Text, nullable=False),
    Column("facts", Text, nullable=False),  # ids, separated by spaces
    Column("expires_at", BigInteger, nullable=False),  # seconds since 1970
    Index("turns_expires_at", "expires_at"),
)


class ConversationStore(Protocol):
    """The last turn of each conversation; implementations must not raise."""

    def last(self, conversation: str) -> Turn | None: ...

    def remember(self, conversation: str, turn: Turn) -> None: ...


class MemoryConversations:
    """Conversations of one process."""

    def __init__(self, seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._turns: TTLCache[str, Turn] = TTLCache(KEPT_TURNS, seconds, clock)
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        with self._lock:
            return self._turns.get(conversation)

    def remember(self, conversation: str, turn: Turn) -> None:
        with self._lock:
            self._turns[conversation] = turn


class DatabaseConversations:
    """Conversations of all processes that share a database; while it is unavailable there are no follow-ups."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock

    def last(self, conversation: str) -> Turn | None:
        wanted = select(_turns.c.question, _turns.c.facts).where(
            _turns.c.conversation == _hash(conversation), _turns.c.expires_at > int(self._clock())
        )
        try:
            with self._database.connection() as connection:
                row = connection.execute(wanted).first()
        except DatabaseUnavailable:
            return None
        return Turn(row.question, tuple(row.facts.split())) if row else None

    def remember(self, conversation: str, turn: Turn) -> None:
        now, key = int(self._clock()), _hash(conversation)
        row = {
            "conversation": key,
            "question": turn.question[:QUESTION_LENGTH],
            "facts": " ".join(turn.facts),
        }
        try:
            with self._database.connection() as connection:
                connection.execute(
                    _turns.delete().where((_turns.c.conversation == key) | (_turns.c.expires_at <= now))
                )
                connection.execute(_turns.insert(), {**row, "expires_at": now + KEPT_SECONDS})
        except (DatabaseUnavailable, IntegrityError):  # or another process has just remembered it
            pass


def _hash(conversation: str) -> str:
    return hashlib.sha256(conversation.encode(errors="replace")).hexdigest()
