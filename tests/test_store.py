"""The database: addresses as hosts write them, files that nobody else reads, and what happens while it is away."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, inspect, text
from sqlalchemy.exc import IntegrityError

from bot.slack.shared_claims import SharedClaims
from bot.store import AWAY_SECONDS, Database, DatabaseAway, default_url, open_engine, read_url
from tests.support.postgres import Postgres, why_not


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if reason := why_not():
        pytest.skip(reason)
    with Postgres() as running:
        yield running


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            "postgres://u:p%40ss@h:6000/d?sslmode=require",
            "postgresql+psycopg://u:p%40ss@h:6000/d?sslmode=require",
        ),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:////var/lib/x.sqlite3", "sqlite:////var/lib/x.sqlite3"),
    ],
)
def test_addresses(written: str, read: str) -> None:
    assert read_url(written).render_as_string(hide_password=False) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "x",
        "mysql://u:s3cret@h/d",
        "postgres://u:s3cret@h",
        "postgres://u:s3cret@h:port/d",
        "sqlite",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_addresses_that_cannot_be_used_are_not_shown(written: str) -> None:
    with pytest.raises(ValueError, match=r"^it (is|names) ") as caught:
        read_url(written)
    assert "s3cret" not in str(caught.value)


def test_where_the_file_is_unless_it_is_said(tmp_path: Path) -> None:
    assert (
        default_url({"STATE_DIRECTORY": "/a:/b", "XDG_DATA_HOME": "/c"}) == "sqlite:////a/unionstate.sqlite3"
    )
    assert default_url({"XDG_DATA_HOME": "/c"}) == "sqlite:////c/unionstate/unionstate.sqlite3"
    assert default_url({}).endswith("/.local/share/unionstate/unionstate.sqlite3")
    odd = default_url({"XDG_DATA_HOME": str(tmp_path / "a b?c#d%20")})
    assert read_url(odd).database == str(tmp_path / "a b?c#d%20" / "unionstate" / "unionstate.sqlite3")


def test_nobody_else_on_the_host_reads_the_file(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/made/x.sqlite3")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER)"))
        files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").iterdir()}
    engine.dispose()
    assert files == dict.fromkeys(("x.sqlite3", "x.sqlite3-wal", "x.sqlite3-shm"), 0o600)
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


def test_an_error_of_the_database_shows_no_values(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/x.sqlite3")
    with pytest.raises(Exception) as caught, engine.begin() as connection:  # noqa: PT011  # whichever it is
        connection.execute(text("INSERT INTO missing VALUES (:token)"), {"token": "s3cret"})
    engine.dispose()
    assert "s3cret" not in str(caught.value)


def test_tables_that_are_needed_later_are_made_later(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    for name in ("first", "second"):
        metadata = MetaData()
        Table(name, metadata, Column("id", Integer, primary_key=True))
        database.require(metadata)
        with database.asked() as engine:
            assert inspect(engine).has_table(name)
    database.close()


def test_a_conflict_is_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer, primary_key=True))
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    database.require(metadata)
    for _ in range(2):
        with pytest.raises(IntegrityError), database.asked() as engine, engine.begin() as connection:
            connection.execute(table.insert(), [{"id": 1}, {"id": 1}])
    with database.asked():
        pass
    database.close()
    assert caplog.text == ""


def test_a_database_that_goes_and_comes_back(postgres: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    """Claims go on by what this process remembers, and nobody waits; one line tells of each turn."""
    clock = Clock()
    database = Database(open_engine(postgres.new_database()), clock=clock)
    claims = SharedClaims(database)
    assert claims.acquire("before")
    postgres.stop()
    try:
        assert claims.acquire("during")
        assert not claims.acquire("during")
        assert not claims.acquire("before")
        claims.release("during")
        assert claims.acquire("during")
        with pytest.raises(DatabaseAway), database.asked():
            pass
    finally:
        postgres.start()
    clock.now += AWAY_SECONDS
    assert claims.acquire("after")
    other = SharedClaims(database)
    assert (other.acquire("before"), other.acquire("after"), other.acquire("during")) == (False, False, True)
    database.close()
    assert caplog.text.count("database away") == 1
    assert caplog.text.count("database back") == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_many_that_claim_at_once_one_gets_it(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    url = (
        f"sqlite:///{tmp_path}/x.sqlite3"
        if kind == "sqlite"
        else request.getfixturevalue("postgres").new_database()
    )
    databases = [Database(open_engine(url)) for _ in range(4)]
    claims = [SharedClaims(database) for database in databases]
    start, got = threading.Barrier(8), []

    def take(number: int) -> None:
        start.wait()
        for key in range(20):
            # Overlapping keys in different orders: none of them may wait for another for ever.
            keys = [f"event:{key}", f"message:{key}"][:: 1 if number % 2 else -1]
            if claims[number % 4].acquire(*keys):
                got.append(key)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert sorted(got) == list(range(20))
    assert "database away" not in caplog.text


def test_claims_expire_are_cleaned_away_and_hold_nobodys_id(tmp_path: Path) -> None:
    clock = Clock()
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    assert SharedClaims(database, clock).acquire("message:T0TEAM:C1:17.1", "event:T0TEAM:Ev1")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT key FROM claims")).scalars().all()
    assert [len(key) for key in kept] == [64, 64]
    clock.now += 3_600
    assert not SharedClaims(database, clock).acquire("event:T0TEAM:Ev1")
    clock.now += 3_600
    assert SharedClaims(database, clock).acquire("event:T0TEAM:Ev1")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM claims")).scalar_one() == 1
    database.close()
