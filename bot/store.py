"""The database: where it is, how it is opened, and making its tables once.

Belongs here: engines and tables.  Does not belong here: what Slack's installations look like
(`bot.slack.installations`), which environment variable names the database (`settings`).
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

log = logging.getLogger(__name__)

BUSY_SECONDS = 2  # what a question may wait for the database; Slack gives a command three in all
AWAY_SECONDS = 5  # how long nobody asks a database that did not answer
POOL_SIZE, POOL_OVERFLOW = 5, 15
FILE_NAME = "unionstate.sqlite3"

_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_TABLES_LOCK = zlib.crc32(b"unionstate tables")  # any number, as long as every process takes the same


def read_url(written: str) -> URL:
    """The address of a database as hosts write it (`postgres://` too), with the driver that we install.

    Raises ValueError, whose text never holds the address (there may be a password in it).
    """
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise ValueError("it is no address of a database") from None
    if url.drivername in _POSTGRESQL:
        if not url.database:
            raise ValueError("it names no database after the host")
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise ValueError("it names no file, and what is only in memory cannot be shared")
        return url
    raise ValueError("it is neither sqlite:/// nor postgresql://")


def default_url(environ: Mapping[str, str]) -> str:
    """A SQLite file in the data directory: systemd's, else the user's own."""
    if state := environ.get("STATE_DIRECTORY", "").split(":")[0]:
        folder = Path(state)
    else:
        data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        folder = Path(data) / "unionstate"
    return URL.create("sqlite", database=str(folder / FILE_NAME)).render_as_string()


def open_engine(url: str) -> Engine:
    """An engine for a DATABASE_URL.  Connects only when used; a SQLite file's folder is made here.

    Raises ValueError for an address that cannot be used, OSError for a folder that cannot be made.
    Errors that it raises later hold no parameters, so that no question and no token gets into a log.
    A process that forks calls `engine.dispose(close=False)` in the child.
    """
    address = read_url(url)
    if address.drivername == "sqlite":
        return _open_sqlite(address)
    return create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "tcp_user_timeout": BUSY_SECONDS * 1000,  # a host that went away without a word
            "application_name": "unionstate",
        },
    )


def _open_sqlite(address: URL) -> Engine:
    # Installations and what people asked lie here: nobody else on this host is to read them.
    Path(address.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        address,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
        # SQLite writes one at a time, and whoever finds it locked sleeps and looks again: threads of one process do
        # better to stand in line here.  Under load that is about twice as many claims a second.  Two, since one thread
        # may read while it writes.
        pool_size=2,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "do_connect")
    def make(dialect: object, record: object, args: list[Any], options: object) -> None:
        # SQLite would let everybody read it; its other files take after this one.
        with contextlib.suppress(OSError):  # SQLite says what is wrong
            Path(args[0]).touch(mode=0o600)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Readers and a writer at the same time, across processes; what is committed outlives a kill -9.
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    return engine


def _write_ahead(cursor: Any) -> None:
    """SQLite's write-ahead log.  Changing to it fails at once, whatever the timeout, while another process is at the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)


def create_tables(engine: Engine, *metadata: MetaData) -> None:
    """Make the tables that are missing.  Safe when several processes start together: one makes them, the others wait.

    Raises SQLAlchemyError when the database is away.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TABLES_LOCK})
                for tables in metadata:
                    tables.create_all(connection)
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the one lock that SQLite has
            for tables in metadata:
                tables.create_all(connection)
            connection.commit()


class DatabaseAway(Exception):
    """The database did not answer, now or a moment ago.  Whoever meets it goes on without."""


class Database:
    """An engine with its tables, which may be away at the start and during work.

    One log line tells that it went away, one that it is back; in between it is tried only every few seconds,
    so that people who ask meanwhile do not wait for it.  Safe to use from several threads.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self.engine = engine
        self._clock = clock
        self._metadata: list[MetaData] = []
        self._lock = threading.Lock()
        self._tables_made = False
        self._away = False
        self._try_at = 0.0

    def require(self, *metadata: MetaData) -> None:
        """Tables that have to be there too; made before the next question."""
        with self._lock:
            self._metadata += metadata
            self._tables_made = False

    @contextmanager
    def asked(self) -> Iterator[Engine]:
        """The engine, for the time of one question to the database; its tables are there.

        Raises DatabaseAway for whatever keeps the database from answering; IntegrityError goes through.
        """
        with self._lock:
            if self._away and self._clock() < self._try_at:
                raise DatabaseAway
        try:
            self._make_tables()
            yield self.engine
        except IntegrityError:
            self._answered()
            raise
        except (SQLAlchemyError, OSError) as error:
            with self._lock:
                self._try_at = self._clock() + AWAY_SECONDS
                first, self._away = not self._away, True
            if first:
                log.error("database away: %s", _first_line(error))
            raise DatabaseAway from error
        self._answered()

    def after_fork(self) -> None:
        """In the child: connections of the parent are left to it."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        self.engine.dispose()

    def _make_tables(self) -> None:
        with self._lock:
            if self._tables_made:
                return
            metadata = tuple(self._metadata)
        create_tables(self.engine, *metadata)
        with self._lock:
            self._tables_made = len(metadata) == len(self._metadata)

    def _answered(self) -> None:
        with self._lock:
            back, self._away = self._away, False
        if back:
            log.warning("database back")


def _first_line(error: Exception) -> str:
    """What is wrong, without the statement and the help links that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
