from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.conftest import bot, clean_surroundings, finder, new_bot, slack
from tests.support.distribution import Distribution
from tests.support.fake_slack import FakeSlack
from tests.support.postgres import Postgres, why_not
from tests.support.process import Served

__all__ = ["bot", "clean_surroundings", "finder", "new_bot", "postgres", "slack"]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    if reason := why_not():
        pytest.skip(reason)
    with Postgres() as running:
        yield running


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A bot over HTTP for all tests of a module."""
    with FakeSlack() as slack, Served(slack, "--http") as running:
        yield running
        assert not slack.problems


@pytest.fixture
def distribution() -> Iterator[Distribution]:
    """A fake Slack for an app that several workspaces install."""
    with Distribution() as fake:
        yield fake
    assert not fake.problems


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/kept/unionstate.sqlite3"
    running: Postgres = request.getfixturevalue("postgres")
    return running.new_database()
