"""Once a week, a message to the maintainers with what is in the inbox."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable
from bot.db.inbox import claim_week, read, release_week

log = logging.getLogger(__name__)

DUE_HOUR = 8  # on Mondays, UTC
CHECK_SECONDS = 900.0


class WeeklyDigest:
    """Sends the inbox of the past week on Monday morning, or as soon after as a process runs.

    Each process may have one: the first to claim the week in the database sends it.  `send` posts what it is given and
    raises where it cannot; an empty inbox is not sent.
    """

    def __init__(
        self,
        database: Database,
        engine: Callable[[], SearchEngine],
        send: Callable[[InboxContents, SearchEngine], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._engine, self._send, self._clock = database, engine, send, clock
        self._settled = ""  # the week that needs no further check
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Check from now on, in a thread of this process: after a fork, and ended by `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="weekly-digest")
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        wait = random.uniform(5, 60)  # not all processes at once, and not while the bot is still starting
        while not self._stop.wait(wait):
            wait = CHECK_SECONDS
            try:
                self.check()
            except Exception:
                log.exception("weekly digest failed code=weekly_digest")

    def check(self) -> bool:
        """Send the message where it is due and no other process has; whether it was sent."""
        now = self._clock()
        year, number, _ = (now - timedelta(hours=DUE_HOUR)).isocalendar()
        week = f"{year}-W{number:02}"
        if week == self._settled:
            return False
        try:
            if not claim_week(self._database, week, now.date()):
                self._settled = week
                return False
            engine = self._engine()
            found = read(self._database, engine, (now - timedelta(days=7)).date(), today=now.date())
        except DatabaseUnavailable:
            return False
        if found.is_empty:
            self._settled = week
            log.info("weekly digest week=%s: the inbox is empty", week)
            return False
        try:
            self._send(found, engine)
        except Exception as error:
            log.warning("weekly digest not sent code=weekly_digest week=%s: %s", week, error)
            with suppress(DatabaseUnavailable):
                release_week(self._database, week)  # this process or another tries again
            return False
        self._settled = week
        counts = len(found.reports), len(found.unhelpful), len(found.groups)
        log.info("weekly digest week=%s reports=%d unhelpful=%d questions=%d", week, *counts)
        return True
