"""Opens the database, brings its schema up to date and reports when it is unavailable."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

log = logging.getLogger(__name__)

HEAD_REVISION = "0003"  # the newest file in migrations/versions
BUSY_SECONDS = 2  # a command has three seconds in all
RETRY_SECONDS = 5  # between attempts to reach an unavailable database
WARNING_SECONDS = 60.0
FILE_NAME = "unionstate.sqlite3"

_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_MIGRATION_LOCK = zlib.crc32(b"unionstate tables")  # releases before Alembic take the same lock
_SCHEMA_MESSAGES = ("no such table", "no such column", "has no column named")


class DatabaseUnavailable(Exception):
    """The database cannot be used at the moment; callers go on without it."""


class SchemaError(DatabaseUnavailable):
    """The database answers, but its tables are not the ones this release works with."""


def parse_database_url(written: str) -> URL:
    """A database address as hosts write it (`postgres://` too), with the driver that is installed.

    Raises ValueError, whose message never holds the address, since that may hold a password.
    """
    try:
        url = make_url(written)
    except (ArgumentError, ValueError):
        raise ValueError("it is not a database address") from None
    if url.drivername in _POSTGRESQL:
        if not url.database:
            raise ValueError("it names no database after the host")
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise ValueError("it names no file; an in-memory database cannot be shared")
        return url
    raise ValueError("it is neither sqlite:/// nor postgresql://")


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for files that the bot keeps: systemd's state directory, else the user's data directory.

    Raises OSError where neither is known.
    """
    if state := environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(state)
    if data := environ.get("XDG_DATA_HOME"):
        return Path(data) / "unionstate"
    if not (home := Path.home()).is_dir():
        raise OSError("there is no home directory")
    return home / ".local" / "share" / "unionstate"


def default_url(environ: Mapping[str, str] = os.environ) -> str:
    """The address of the SQLite file in the state folder.  Raises OSError as `state_folder` does."""
    return URL.create("sqlite", database=str(state_folder(environ) / FILE_NAME)).render_as_string()


def open_engine(url: str) -> Engine:
    """An engine for a DATABASE_URL; it connects when first used.

    Errors it raises hide parameters, so that no question and no token reaches a log.
    Raises ValueError for an unusable address, OSError where the folder of a SQLite file cannot be made.
    """
    address = parse_database_url(url)
    if address.drivername == "sqlite":
        return _open_sqlite(address)
    return create_engine(
        address,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=15,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "tcp_user_timeout": BUSY_SECONDS * 1000,
            "application_name": "unionstate",
            "prepare_threshold": None,  # a pooler such as PgBouncer hands out a new session per transaction
        },
    )


def _open_sqlite(address: URL) -> Engine:
    path = Path(address.database or "")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite has one writer at a time: threads queue for it here rather than sleep and retry on a locked file.
    engine = create_engine(
        address,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=2,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
    )

    @event.listens_for(engine, "do_connect")
    def restrict_access(*_: object) -> None:
        with contextlib.suppress(OSError):
            path.touch(mode=0o600)
            if path.stat().st_mode & 0o077:
                path.chmod(0o600)

    @event.listens_for(engine, "connect")
    def use_write_ahead_log(connection: Any, _: object) -> None:
        deadline = time.monotonic() + BUSY_SECONDS
        while True:  # changing the mode fails at once while another process changes it
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError:
                if time.monotonic() >= deadline:
                    raise
                time.sleep(0.02)
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


class Database:
    """An engine whose schema is brought up to date before first use, and which may be unavailable.

    After a failure it is tried again only every `RETRY_SECONDS`, so that answers do not wait for it.
    Safe to use from several threads; a process that forks calls `close` before it.
    """

    def __init__(
        self, engine: Engine, clock: Callable[[], float] = time.monotonic, *, migrate: bool = True
    ) -> None:
        self.engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._migrated = not migrate
        self._error: str | None = None
        self._retry_at = 0.0
        self._warned_at = float("-inf")

    @property
    def error(self) -> str | None:
        """Why the database was not usable when it was last tried; None where it was."""
        return self._error

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection with a transaction that is committed at the end.

        Raises DatabaseUnavailable for whatever keeps the database from working; errors about values pass through.
        """
        with self._lock:
            if self._error and self._clock() < self._retry_at:
                raise DatabaseUnavailable(self._error)
        try:
            self._migrate()
            with self.engine.begin() as connection:
                yield connection
        except (IntegrityError, DataError):
            self._recover()
            raise
        except (SQLAlchemyError, OSError) as error:
            raise self._failure(error) from error
        self._recover()

    def close(self) -> None:
        self.engine.dispose()

    def _migrate(self) -> None:
        with self._lock:
            if not self._migrated:
                upgrade(self.engine)
                self._migrated = True

    def _failure(self, error: Exception) -> DatabaseUnavailable:
        reason = describe_error(error)
        if is_busy(error):  # slow, not gone: the next caller may well get through
            now = self._clock()
            if now - self._warned_at >= WARNING_SECONDS:
                self._warned_at = now
                log.warning("database busy code=database_busy: %s", reason)
            return DatabaseUnavailable(reason)
        wrong_schema = is_schema_error(error)
        with self._lock:
            self._retry_at = self._clock() + RETRY_SECONDS
            first, self._error = self._error is None, reason
            self._migrated = self._migrated and not wrong_schema
        if first and wrong_schema:
            log.error("database schema does not match this release code=database_schema: %s", reason)
        elif first:
            log.error("database unavailable code=database_unavailable: %s", reason)
        return (SchemaError if wrong_schema else DatabaseUnavailable)(reason)

    def _recover(self) -> None:
        if self._error is not None:
            with self._lock:
                recovered, self._error = self._error is not None, None
            if recovered:
                log.warning("database available again")


def is_busy(error: BaseException) -> bool:
    """Whether the database works but had no time for this statement."""
    return isinstance(error, PoolTimeout) or "database is locked" in describe_error(error)


def is_schema_error(error: BaseException) -> bool:
    """Whether a table or column is missing, rather than the database."""
    message = describe_error(error)
    return isinstance(error, ProgrammingError) or any(part in message for part in _SCHEMA_MESSAGES)


def describe_error(error: BaseException) -> str:
    """What is wrong, without the statement and the help links that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def current_revision(connection: Connection) -> str | None:
    """The revision of the schema; None for a database without one (new, or of a release before Alembic)."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None


def upgrade(engine: Engine) -> None:
    """Bring the schema to `HEAD_REVISION`; processes that start together take turns.

    A newer database is left alone: releases only add to the schema, so the one before still works with it.
    """
    with engine.begin() as connection:
        if (found := current_revision(connection)) == HEAD_REVISION:
            return
        if found and found > HEAD_REVISION:
            log.warning(
                "database is of a newer release code=database_newer revision=%s known=%s",
                found,
                HEAD_REVISION,
            )
            return
    from alembic.command import upgrade as run_migrations  # slow to import, and rarely needed
    from alembic.config import Config

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        run_migrations(config, HEAD_REVISION)
        connection.commit()
    log.info("database migrated from=%s to=%s", found or "none", HEAD_REVISION)
