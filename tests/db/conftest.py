from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.conftest import bot, clean_surroundings, finder, postgres, slack
from tests.support.postgres import Postgres

__all__ = ["bot", "clean_surroundings", "finder", "postgres", "slack"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kept/unionstate.sqlite3"
    running: Postgres = request.getfixturevalue("postgres")
    return running.new_database()
