"""The last question of a conversation is remembered for a day, across restarts and processes."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.core.search.followup import Turn
from bot.db.conversations import KEPT_SECONDS, Conversations, Write
from bot.db.engine import Database, DatabaseUnavailable, open_engine
from bot.db.inbox import tidy

TURN = Turn("trade share", ("trade-share-2018", "trade-share-2015"))


def store_in(database: Database, clock: Any = time.time) -> Conversations:
    def write(save: Write, row: dict[str, Any]) -> None:
        with suppress(DatabaseUnavailable), database.connection() as connection:
            save(connection, [row])

    return Conversations(database, write, clock)


def test_another_process_remembers_and_a_day_later_nothing_is_left(url: str) -> None:
    now = [1_000_000.0]
    one, other = Database(open_engine(url)), Database(open_engine(url))
    first, second = (store_in(database, lambda: now[0]) for database in (one, other))
    assert first.last("T:C:1") is None
    first.remember("T:C:1", Turn("before"))
    first.remember("T:C:1", TURN)
    assert second.last("T:C:1") == TURN
    assert second.last("T:C:2") is None
    now[0] += KEPT_SECONDS
    assert second.last("T:C:1") is None
    second.remember("T:C:2", TURN)
    with one.connection() as connection:
        tidy(connection, now[0])
        assert connection.exec_driver_sql("SELECT count(*) FROM turns").scalar() == 1
        assert "T:C" not in str(connection.exec_driver_sql("SELECT * FROM turns").all())
    one.close()
    other.close()


def test_without_a_database_nothing_fails(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path}/none.sqlite3"))
    store = store_in(database)
    (tmp_path / "none.sqlite3").unlink()
    (tmp_path / "none.sqlite3").mkdir()
    store.remember("x", TURN)
    assert store.last("x") == TURN, "of this process"
    assert store.last("y") is None
    database.close()


@pytest.mark.parametrize("age", [0.0, KEPT_SECONDS + 1.0])
def test_memory_forgets_after_a_day(age: float) -> None:
    now = [0.0]
    store = Conversations(clock=lambda: now[0])
    store.remember("x", TURN)
    now[0] = age
    assert store.last("x") == (TURN if not age else None)
