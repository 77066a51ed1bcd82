"""Once a week, a message to the maintainers with what is in the inbox."""

from __future__ import annotations

import logging
import random
import threading
import time
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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database, self._engine, self._send, self._clock = database, engine, send, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="weekly-digest")

    def start(self) -> None:
        """Check from now on, in a thread of this process: after a fork, and ended by `close`."""
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread.ident:
            self._thread.join()

    def _run(self) -> None:
        wait = random.uniform(5, 60)  # not all processes at once, and not while the bot is still starting
        while not self._stop.wait(wait):
            self.check()
            wait = CHECK_SECONDS

    def check(self) -> bool:
        """Send the message where it is due and no other process has; whether it was sent.  Does not raise."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        year, number, _ = (now - timedelta(hours=DUE_HOUR)).isocalendar()
        week = f"{year}-W{number:02}"
        with suppress(DatabaseUnavailable):
            if claim_week(self._database, week, now.date()):
                try:
                    engine = self._engine()
                    found = read(
                        self._database, engine, (now - timedelta(days=7)).date(), now=now.timestamp()
                    )
                    if not found.is_empty:
                        self._send(found, engine)
                        log.info("weekly digest sent week=%s", week)
                        return True
                except Exception as error:
                    log.warning("weekly digest not sent code=weekly_digest week=%s: %s", week, error)
                    release_week(self._database, week)  # this process or another tries again
        return False
