"""What was asked last in a thread or a direct message, for a day."""

from __future__ import annotations

import threading
from typing import Protocol

from cachetools import TTLCache

from bot.core.search.followup import Turn

KEPT_SECONDS = 24 * 3600
KEPT_TURNS = 10_000


class ConversationStore(Protocol):
    """The last turn of each conversation; implementations must not raise."""

    def last(self, conversation: str) -> Turn | None: ...

    def remember(self, conversation: str, turn: Turn) -> None: ...


class MemoryConversations:
    """Conversations of one process."""

    def __init__(self, seconds: float = KEPT_SECONDS, limit: int = KEPT_TURNS) -> None:
        self._turns: TTLCache[str, Turn] = TTLCache(limit, seconds)
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        with self._lock:
            return self._turns.get(conversation)

    def remember(self, conversation: str, turn: Turn) -> None:
        with self._lock:
            self._turns[conversation] = turn
