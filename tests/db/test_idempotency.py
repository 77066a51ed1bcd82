"""A key is taken once, by one of many threads or processes, and forgotten after two hours."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import idempotency
from bot.db.engine import RETRY_SECONDS, Database, DatabaseUnavailable, open_engine
from bot.db.idempotency import KEPT_SECONDS, TIDY_SECONDS, Deduplicator
from bot.db.inbox import tidy
from tests.support.harness import at_once
from tests.support.postgres import Postgres


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "database"])
def keys(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Deduplicator]:
    if request.param == "memory":
        yield Deduplicator(clock=clock)
        return
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    yield Deduplicator(database, clock)
    database.close()


def test_a_key_is_taken_once_until_it_is_released(keys: Deduplicator) -> None:
    assert [keys.acquire("a"), keys.acquire("a"), keys.acquire("b")] == [True, False, True]
    keys.release("a")
    keys.release("never taken")
    assert keys.acquire("a")


def test_keys_are_kept_for_over_an_hour_and_then_forgotten(keys: Deduplicator, clock: Clock) -> None:
    assert keys.acquire("a")
    clock.now += 3600
    assert not keys.acquire("a")
    clock.now += KEPT_SECONDS - 3600
    assert keys.acquire("a")


def test_the_file_next_to_a_sqlite_database_is_shared_and_outlives_its_processes(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path}/x.sqlite3"))
    first, second = Deduplicator(database), Deduplicator(database)
    taken = [store.acquire(key) for key in ("a", "message:T0TEAM:C1:1") for store in (first, second)]
    assert taken == [True, False, True, False]
    assert not Deduplicator(database).acquire("a")
    assert b"T0TEAM" not in b"".join(path.read_bytes() for path in tmp_path.glob("x.sqlite3-handled*"))
    database.close()


def test_the_oldest_of_too_many_keys_make_room(
    keys: Deduplicator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "MOST_KEYS", 2)
    for key in ("a", "b", "c"):
        assert keys.acquire(key)
        clock.now += 100
    clock.now += TIDY_SECONDS
    assert [keys.acquire(key) for key in ("c", "b", "a")] == [False, False, True]


def unusable_file(folder: Path, _: pytest.MonkeyPatch) -> Database:
    (folder / "x.sqlite3-handled").write_bytes(b"not a database" * 1000)
    return Database(open_engine(f"sqlite:///{folder}/x.sqlite3"))


def no_temporary_folder(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")


@pytest.mark.parametrize("prepare", [unusable_file, no_temporary_folder])
def test_without_a_usable_file_each_process_goes_by_its_memory(
    prepare: Callable[[Path, pytest.MonkeyPatch], Database | None],
    tmp_path: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = prepare(tmp_path, monkeypatch)
    keys = Deduplicator(database, clock)
    assert [keys.acquire("a"), keys.acquire("a")] == [True, False]
    clock.now += TIDY_SECONDS - 1
    assert not keys.acquire("a")
    if database:
        database.close()


def test_rows_hold_no_ids_and_are_removed_when_they_expire(postgres: Postgres, clock: Clock) -> None:
    database = Database(open_engine(postgres.new_database()))
    Deduplicator(database, clock).acquire("message:T0TEAM:C1:17.1")
    with database.connection() as connection:
        assert [len(row.key) for row in connection.execute(text("SELECT key FROM claims"))] == [64]
        tidy(connection, clock.now + KEPT_SECONDS)
        assert connection.execute(text("SELECT key FROM claims")).all() == []
    database.close()


def test_of_many_that_take_at_once_one_gets_the_key(url: str, caplog: pytest.LogCaptureFixture) -> None:
    databases = [Database(open_engine(url)) for _ in range(4)]
    stores = [Deduplicator(database) for database in databases]
    got: list[int] = []

    def take(number: int) -> None:
        got.extend(key for key in range(20) if stores[number % 4].acquire(f"event:{key}"))

    at_once(8, take)
    for database in databases:
        database.close()
    assert sorted(got) == list(range(20))
    assert "database unavailable" not in caplog.text


def test_while_the_database_is_unavailable_each_process_uses_its_memory(
    postgres: Postgres, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(open_engine(postgres.new_database()), clock=clock)
    keys = Deduplicator(database)
    assert keys.acquire("before")
    postgres.stop()
    try:
        assert [keys.acquire(key) for key in ("during", "during", "before")] == [True, False, False]
        keys.release("during")
        assert keys.acquire("during")
        with pytest.raises(DatabaseUnavailable), database.connection():
            pass
    finally:
        postgres.start()
    clock.now += RETRY_SECONDS
    assert keys.acquire("after")
    other = Deduplicator(database)
    assert [other.acquire(key) for key in ("before", "after", "during")] == [False, False, True]
    database.close()
    assert caplog.text.count("database unavailable") == 1
    assert caplog.text.count("database available again") == 1
