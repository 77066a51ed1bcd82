"""A served bot with two workers whose facts are edited while it runs."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.db.engine import Database, open_engine
from bot.db.inbox import CHOICE_SECONDS, read
from tests.support.facts import FOLDER
from tests.support.fake_slack import FakeSlack
from tests.support.process import Served, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def surroundings(folder: Path, tmp_path: Path) -> dict[str, str]:
    return {
        "UNIONSTATE_FACTS": str(folder / "facts"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/inbox.sqlite3",
        "WEB_CONCURRENCY": "2",
    }


def wait_for_both_workers(served: Served, condition: Callable[[dict[str, Any]], object]) -> None:
    """Until the condition holds for all of 16 responses in two seconds.

    Connections go to either worker; while one is busy with a reload, the other gets all of them.
    """

    def holds() -> bool:
        time.sleep(0.125)
        return bool(condition(served.health()))

    wait_until(lambda: all(holds() for _ in range(16)))


def questions(database_url: str) -> dict[str, int]:
    database = Database(open_engine(database_url))
    try:
        later = time.time() + CHOICE_SECONDS + 60
        return {group.head.words: group.count for group in read(database, now=later).groups}
    finally:
        database.close()


def test_edits_over_http(slack: FakeSlack, folder: Path, surroundings: dict[str, str]) -> None:
    path = folder / "facts/trade.yaml"
    good = path.read_text(encoding="utf-8")
    with Served(slack, "--http", **surroundings) as served:
        first = served.health()["fact_base"]
        assert served.health()["problems"] == []

        path.write_text(good.replace("49.5", "51.5"), encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["fact_base"] != first)
        assert "51.5%" in served.ask()

        path.write_text(good.replace("value: 49.5%", "valeu: 52.5%"), encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["problems"])
        (problem,) = served.health()["problems"]
        assert problem.startswith("facts/trade.yaml:")
        assert "51.5%" in served.ask()
        assert served.command("about") == 200
        assert "valeu" in slack.posts()[-1].text

        path.write_text(good, encoding="utf-8")
        wait_for_both_workers(served, lambda health: health["fact_base"] == first and not health["problems"])
        assert served.stop() == 0
    assert served.log.count("code=facts_not_live") == 2  # a line of each process
    assert served.log.count("facts live fact_base=") == 4
    assert "Traceback" not in served.log


@pytest.mark.parametrize(("gap_log", "kept"), [("on", {"kazakhstan volcano": 3}), ("off", {})])
def test_unanswered_questions_are_stored_unless_gap_log_is_off(
    slack: FakeSlack, surroundings: dict[str, str], gap_log: str, kept: dict[str, int]
) -> None:
    with Served(slack, "--http", GAP_LOG=gap_log, **surroundings) as served:
        for number in range(1, 4):
            assert served.command("kazakhstan volcano") == 200
            slack.wait_for(number)
        assert served.stop() == 0
    assert questions(surroundings["DATABASE_URL"]) == kept
    assert "volcano" not in served.log


def test_questions_while_the_facts_change_are_answered_from_one_version(
    slack: FakeSlack, folder: Path, surroundings: dict[str, str]
) -> None:
    """Every third edit is invalid and must not be used."""
    path = folder / "facts/trade.yaml"
    good, values = path.read_text(encoding="utf-8"), [f"{number}.5" for number in range(60, 66)]

    def edit() -> None:
        for number, value in enumerate(values):
            text = good.replace("49.5", value)
            text = text.replace("value:", "valeu:", 1) if number % 3 == 2 else text
            path.write_text(text, encoding="utf-8")
            time.sleep(1.5)

    with Served(slack, "--http", **surroundings) as served:
        editor = threading.Thread(target=edit)
        editor.start()
        while editor.is_alive():
            assert served.command("trade share") == 200
            time.sleep(0.02)
        assert served.stop() == 0
    texts = [f"{call.text} {call.blocks}" for call in slack.posts()]
    seen = [{value for value in ("49.5", *values) if value in text} for text in texts]
    assert {len(found) for found in seen} == {1}
    assert len(set.union(*seen)) > 2
    assert not set.union(*seen) & set(values[2::3])
    assert "Traceback" not in served.log
