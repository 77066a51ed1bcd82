from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest

from bot.playground.server import Playground
from tests.support.facts import FOLDER
from tests.support.harness import threads_left


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SLACK_") or name == "REPOSITORY_URL" or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def playground() -> Iterator[Playground]:
    """A playground over the small fact base.  What its fake Slack refused, and a thread left behind, fail the test."""
    before = set(threading.enumerate())
    with Playground(FOLDER / "facts") as running:
        yield running
    assert not running.slack.problems
    assert not threads_left(before)
