"""Once a week: a message to the maintainers with what lies in the inbox.

Belongs here: when it is due, which process sends it, and the thread that waits for that.  Does not
belong here: what it says (`bot.slack.digest`), the table in which a process claims the week (`bot.inbox`).
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.inbox import claim_week, read, release_week
from bot.store import Database, DatabaseAway

log = logging.getLogger(__name__)

DUE_HOUR = 8  # on Mondays, UTC
LOOK_SECONDS = 900.0
TRIES = 3  # of a process in a week: what Slack refuses three times it goes on refusing


class WeeklyMessage:
    """Sends the inbox of the past week, on Monday morning or as soon after as a process runs.

    Every process of the bot may have one: the first to claim the week in the database sends it.  `send` posts what
    it is handed and raises where it cannot; an empty inbox is not sent.  A database that is new has nothing to
    tell: its first message comes on the next Monday.
    """

    def __init__(
        self,
        database: Database,
        finder: Callable[[], SearchEngine],
        send: Callable[[InboxContents, SearchEngine], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._finder, self._send, self._clock = database, finder, send, clock
        self._settled = ""  # the week that needs no further look
        self._claimed = ""
        self._tries = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look from now on, in a thread of this process.  The thread is no daemon: end it with `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="weekly-message")
            self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        # Not all processes at the same moment, and not while the bot is still starting.
        wait = random.uniform(5, 60)
        while not self._stop.wait(wait):
            wait = LOOK_SECONDS
            try:
                self.look()
            except Exception:
                log.exception("the weekly message failed")

    def look(self) -> bool:
        """Send the message where it is due and nobody else has; whether it was sent."""
        now = self._clock()
        due = now - timedelta(hours=DUE_HOUR)
        year, number, _ = due.isocalendar()
        week = f"{year}-W{number:02}"
        if week == self._settled:
            return False
        try:
            if self._claimed != week and not claim_week(self._database, week, now.date()):
                self._settled = week
                return False
            self._claimed = week
            finder = self._finder()
            found = read(self._database, finder, (now - timedelta(days=7)).date(), today=now.date())
        except DatabaseAway:  # what has been claimed stays ours
            return False
        if found.is_empty:
            self._settled = week
            log.info("weekly message week=%s nothing to tell", week)
            return False
        try:
            self._send(found, finder)
        except Exception as error:
            self._give_back(week, error)
            return False
        self._settled, self._tries = week, 0
        log.info(
            "weekly message week=%s reports=%d unhelpful=%d questions=%d",
            week,
            len(found.reports),
            len(found.unhelpful),
            len(found.groups),
        )
        return True

    def _give_back(self, week: str, error: Exception) -> None:
        """It was not sent: another look, or another process, may try again, a few times."""
        self._tries += 1
        log.warning("weekly message not sent week=%s try=%d: %s", week, self._tries, error)
        if self._tries >= TRIES:
            self._settled, self._tries = week, 0
            return
        try:
            release_week(self._database, week)
            self._claimed = ""
        except DatabaseAway:
            pass  # it stays ours, and is tried again from here
