"""The inbox of one process, with a clock that a test moves."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.core.feedback.inbox import InboxContents
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox, read
from bot.db.tables import METADATA
from tests.support.facts import small_finder

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Desk:
    """Several may share a database, as processes do."""

    def __init__(self, url: str) -> None:
        self.days = 0.0  # since `MONDAY`
        self.database = Database(open_engine(url), clock=self.now)
        self.inbox = DatabaseInbox(self.database, clock=self.now)
        self.close = self.database.close

    def now(self) -> float:
        return MONDAY.timestamp() + self.days * 86_400

    def ask(self, *questions: str, outcome: str = "none") -> list[str]:
        return [self.inbox.unanswered(words, outcome, (), None) or "" for words in questions]

    def write(self) -> None:
        """Write all that waits."""
        self.inbox.start()
        self.inbox.close()

    def contents(self, since: date | None = None) -> InboxContents:
        self.write()
        return read(self.database, small_finder(), since, now=self.now())

    def counts(self) -> dict[str, int]:
        return {group.head.words: group.count for group in self.contents().groups}

    def rows(self) -> list[str]:
        with self.database.connection() as connection:
            return [str(r) for table in METADATA.sorted_tables for r in connection.execute(table.select())]
