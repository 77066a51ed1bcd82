from __future__ import annotations

from collections.abc import Iterator

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
