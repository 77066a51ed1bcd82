"""The database: where it is, how it is opened, and making its tables once.

Belongs here: engines and tables.  Does not belong here: what Slack's installations look like
(`bot.slack.installations`), which environment variable names the database (`settings`).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

BUSY_SECONDS = 2  # what a question may wait for the database; Slack gives a command three in all
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
    if address.database and address.database != ":memory:":
        # Installations and their tokens lie here: nobody else on this host is to read them.
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Readers and a writer at the same time, across processes; what is committed outlives a kill -9.
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.close()

    return engine


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
