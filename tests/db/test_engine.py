"""The database: addresses as hosts write them, files of one user, and what happens while it is unavailable."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db.engine import (
    HEAD_REVISION,
    Database,
    DatabaseUnavailable,
    current_revision,
    default_url,
    open_engine,
    parse_database_url,
)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://u:p%40ss@h:6000/d?sslmode=require", "postgresql+psycopg://u:p%40ss@h:6000/d?sslmode=require"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////var/lib/x.sqlite3", "sqlite:////var/lib/x.sqlite3"),
    ],
)  # fmt: skip
def test_addresses(written: str, read: str) -> None:
    assert parse_database_url(written).render_as_string(hide_password=False) == read


@pytest.mark.parametrize(
    "written",
    ["x", "mysql://u:s3cret@h/d", "postgres://u:s3cret@h", "postgres://u:s3cret@h:port/d", "sqlite:///:memory:"],
)  # fmt: skip
def test_addresses_that_cannot_be_used_are_not_shown(written: str) -> None:
    with pytest.raises(ValueError, match="it is not a database address") as caught:
        parse_database_url(written)
    assert "s3cret" not in str(caught.value)


def test_the_default_location_of_the_file(tmp_path: Path) -> None:
    assert (
        default_url({"STATE_DIRECTORY": "/a:/b", "XDG_DATA_HOME": "/c"}) == "sqlite:////a/unionstate.sqlite3"
    )
    assert default_url({"XDG_DATA_HOME": "/c"}) == "sqlite:////c/unionstate/unionstate.sqlite3"
    assert default_url({}).endswith("/.local/share/unionstate/unionstate.sqlite3")
    odd = default_url({"XDG_DATA_HOME": str(tmp_path / "a b?c#d%20")})
    assert parse_database_url(odd).database == str(
        tmp_path / "a b?c#d%20" / "unionstate" / "unionstate.sqlite3"
    )


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/made/x.sqlite3")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER)"))
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").iterdir()}
    engine.dispose()
    assert files == dict.fromkeys(("x.sqlite3", "x.sqlite3-wal", "x.sqlite3-shm"), 0o600)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


def release_0_1_0(url: str) -> None:
    """The tables as release 0.1.0 made them, without Alembic, and a question that was asked."""
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.executescript(
            "CREATE TABLE gaps (id INTEGER PRIMARY KEY AUTOINCREMENT, words VARCHAR(300) NOT NULL UNIQUE, asked INTEGER NOT NULL,"
            " first_seen DATE NOT NULL, last_seen DATE NOT NULL, outcome VARCHAR(20) NOT NULL, unknown JSON NOT NULL, nearest"
            " VARCHAR(200)); CREATE INDEX ix_gaps_last_seen ON gaps (last_seen);"
            "INSERT INTO gaps VALUES (1, 'volcano', 3, '2026-11-01', '2026-11-20', 'none', '[]', NULL);"
        )


def test_a_database_of_the_release_before_is_upgraded_and_still_good_for_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    release_0_1_0(url)
    database = Database(open_engine(url))
    with database.connection() as connection:
        assert current_revision(connection) == HEAD_REVISION
        assert connection.execute(text("SELECT words, asked FROM gaps")).all() == [("volcano", 3)]
        # What release 0.1.0 writes when it is rolled back to.
        connection.execute(text("UPDATE gaps SET asked = asked + 1"))
        connection.execute(text("INSERT INTO claims VALUES ('k', 1)"))
    database.close()


def test_a_newer_database_is_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    database = Database(open_engine(url))
    with database.connection() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    again = Database(open_engine(url))
    with again.connection():
        pass
    again.close()
    assert "code=database_newer revision=9999" in caplog.text
    assert "unavailable" not in caplog.text


def test_a_drifted_database_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    with database.connection() as connection:
        connection.execute(text("ALTER TABLE reports DROP COLUMN remark"))
    with pytest.raises(DatabaseUnavailable), database.connection() as connection:
        connection.execute(text("SELECT remark FROM reports"))
    database.close()
    assert "code=database_schema" in caplog.text
    assert "unavailable" not in caplog.text
