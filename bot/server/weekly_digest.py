"""Once a week, a message to the maintainers with what is in the inbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable
from bot.db.inbox import claim_week, read, release_week

log = logging.getLogger(__name__)

DUE_HOUR = 8  # on Mondays, UTC


def send_if_due(
    database: Database,
    engine: SearchEngine,
    send: Callable[[InboxContents, SearchEngine], None],
    now: datetime,
) -> bool:
    """Send the inbox of the past week, due on Monday morning; whether it was sent.  Does not raise.

    The first process to claim the week in the database sends it; an empty inbox is not sent.
    """
    year, number, _ = (now - timedelta(hours=DUE_HOUR)).isocalendar()
    week = f"{year}-W{number:02}"
    with suppress(DatabaseUnavailable):
        if claim_week(database, week, now.date()):
            try:
                found = read(database, engine, (now - timedelta(days=7)).date(), now=now.timestamp())
                if not found.is_empty:
                    send(found, engine)
                    log.info("weekly digest sent week=%s", week)
                    return True
            except Exception as error:
                log.warning("weekly digest not sent code=weekly_digest week=%s: %s", week, error)
                release_week(database, week)  # this process or another tries again
    return False
