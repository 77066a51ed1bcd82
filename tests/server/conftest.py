from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.conftest import bot, clean_surroundings, finder, slack
from tests.support.postgres import Postgres, why_not

__all__ = ["bot", "clean_surroundings", "finder", "postgres", "slack"]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if reason := why_not():
        pytest.skip(reason)
    with Postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kept/unionstate.sqlite3"
    running: Postgres = request.getfixturevalue("postgres")
    return running.new_database()
