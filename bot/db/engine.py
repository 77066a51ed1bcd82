"""Opens the database, brings its schema up to date and reports when it is unavailable."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

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

_MIGRATION_LOCK = zlib.crc32(b"unionstate tables")  # releases before Alembic take the same lock
_SCHEMA_MESSAGES = ("no such table", "no such column", "has no column named")


class DatabaseUnavailable(Exception):
    """The database is unavailable; callers continue without it."""


def parse_database_url(written: str) -> URL:
    """A database address as hosts write it (`postgres://` too), with the driver that is installed.

    Raises ValueError, whose message never holds the address, since that may hold a password.
    """
    try:
        url = make_url(written)
        valid = url.drivername in ("sqlite", "postgres", "postgresql", "postgresql+psycopg")
        valid = valid and url.database not in (None, "", ":memory:")  # which could not be shared
    except (ArgumentError, ValueError):
        valid = False
    if not valid:
        example = "postgresql://user:password@host/database or sqlite:////path/file"
        raise ValueError(f"cannot be used, it is not a database address: write it like {example}")
    return url if url.drivername == "sqlite" else url.set(drivername="postgresql+psycopg")


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder for files that the bot keeps: systemd's state directory, else the user's data directory."""
    if state := environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(state)
    if data := environ.get("XDG_DATA_HOME"):
        return Path(data) / "unionstate"
    home = Path(os.path.expanduser("~"))
    # Without a home directory it is a folder that cannot be made, by root neither.
    return (home if home.is_dir() else Path(os.devnull)) / ".local" / "share" / "unionstate"


def default_url(environ: Mapping[str, str] = os.environ) -> str:
    """The address of the SQLite file in the state folder."""
    return URL.create("sqlite", database=str(state_folder(environ) / FILE_NAME)).render_as_string()


def open_engine(url: str) -> Engine:
    """An engine for a DATABASE_URL; it connects when first used, which fails where a SQLite file cannot be made.

    Errors it raises hide parameters, so that no question and no token reaches a log.
    Raises ValueError for an unusable address.
    """
    address = parse_database_url(url)
    if address.drivername != "sqlite":
        # A pooler such as PgBouncer hands out a new session per transaction: nothing is prepared in one.
        session = {"application_name": "unionstate", "prepare_threshold": None}
        patience = {"connect_timeout": BUSY_SECONDS, "tcp_user_timeout": BUSY_SECONDS * 1000}
        pool = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 15, "pool_timeout": BUSY_SECONDS}
        return create_engine(address, hide_parameters=True, connect_args=session | patience, **pool)
    path = Path(address.database or "")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    # SQLite has one writer at a time: threads queue for it here rather than sleep and retry on a locked file.
    wait = {"pool_size": 2, "max_overflow": 0, "pool_timeout": BUSY_SECONDS}
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}, **wait)
    event.listen(engine, "connect", _use_write_ahead_log)
    return engine


def _use_write_ahead_log(connection: sqlite3.Connection, _: object) -> None:
    # The mode is kept in the file.  Changing it fails at once while another process does so, which will do.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


class Database:
    """An engine whose schema is brought up to date before first use, and which may be unavailable.

    After a failure it is tried again only every `RETRY_SECONDS`, so that answers do not wait for it.
    Safe to use from several threads; a process that forks calls `close` before it.  `error` says why the database was
    not usable when it was last tried, and is None where it was.
    """

    def __init__(
        self, engine: Engine, clock: Callable[[], float] = time.monotonic, *, migrate: bool = True
    ) -> None:
        self.engine = engine
        self.error: str | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._migrated = not migrate
        self._retry_at = 0.0
        self._warned_at = float("-inf")

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection with a transaction that is committed at the end.

        Raises DatabaseUnavailable if the database does not work; errors about values pass through.
        """
        if self.error and self._clock() < self._retry_at:
            raise DatabaseUnavailable(self.error)
        try:
            with self._lock:
                if not self._migrated:
                    upgrade(self.engine)
                    self._migrated = True
            with self.engine.begin() as connection:
                yield connection
        except (IntegrityError, DataError):
            self._recover()
            raise
        except (SQLAlchemyError, OSError) as error:
            self._report(error)
            raise DatabaseUnavailable(describe_error(error)) from error
        self._recover()

    def close(self) -> None:
        self.engine.dispose()

    def _report(self, error: Exception) -> None:
        reason = describe_error(error)
        if isinstance(error, PoolTimeout) or "database is locked" in reason:
            # Slow, not unavailable: the next caller may succeed.
            if self._clock() - self._warned_at >= WARNING_SECONDS:
                self._warned_at = self._clock()
                log.warning("database busy code=database_busy: %s", reason)
            return
        with self._lock:
            first, self.error = self.error is None, reason
            self._retry_at = self._clock() + RETRY_SECONDS
        code = "unavailable code=database_unavailable"
        if isinstance(error, ProgrammingError) or any(part in reason for part in _SCHEMA_MESSAGES):
            self._migrated = False  # tables may come back empty
            code = "schema does not match this release code=database_schema"
        if first:
            log.error("database %s: %s", code, reason)

    def _recover(self) -> None:
        with self._lock:
            recovered, self.error = self.error is not None, None
        if recovered:
            log.warning("database available again")


def describe_error(error: BaseException) -> str:
    """What is wrong, without the statement and the help links that SQLAlchemy adds."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def hash_key(key: str) -> str:
    """What stands for Slack's ids in the database."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


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
        found = current_revision(connection) or "none"
    if found != "none" and found > HEAD_REVISION:
        log.warning("database is of a newer release code=database_newer revision=%s", found)
    elif found != HEAD_REVISION:
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
        log.info("database migrated from=%s to=%s", found, HEAD_REVISION)
