"""The inbox of this user's own questions, at the prompt and in edit mode; `unionstate inbox` shows it."""

import contextlib
import logging
import os
from collections.abc import Iterator

from bot.core.feedback.inbox import Inbox
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox
from bot.server.config import Settings, SettingsError


@contextlib.contextmanager
def local_inbox() -> Iterator[Inbox]:
    """The inbox in the database that DATABASE_URL names, or the user's SQLite file.

    It keeps nothing if these variables cannot be used, or GAP_LOG is off.
    """
    names = ("DATABASE_URL", "GAP_LOG")
    try:
        settings = Settings.from_environment({name: os.environ.get(name, "") for name in names})
        database = Database(open_engine(settings.resolve_database_url(os.environ)))
    except SettingsError:
        yield Inbox()
        return
    logging.getLogger("bot").addHandler(logging.NullHandler())
    inbox = DatabaseInbox(database, questions=settings.gap_log)
    inbox.start()
    try:
        yield inbox
    finally:
        inbox.close()
        database.close()
