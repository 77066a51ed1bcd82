import os
import threading
from collections.abc import Iterator

import pytest

from bot.core.facts.base import FactBase
from bot.core.search import SearchEngine
from tests.support.facts import small_finder
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot, threads_left


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Removes Slack's variables from the environment, and fails if a thread is left running."""
    for name in list(os.environ):
        if name.startswith("SLACK_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    before = set(threading.enumerate())
    yield
    assert not threads_left(before)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """A fake Slack; messages that it refused for breaking a limit fail the test."""
    with FakeSlack() as fake:
        yield fake
    assert not fake.problems


@pytest.fixture
def finder() -> SearchEngine:
    return small_finder()


@pytest.fixture
def small(finder: SearchEngine) -> FactBase:
    return finder.base


@pytest.fixture
def bot(slack: FakeSlack, finder: SearchEngine) -> Iterator[Bot]:
    made = Bot(slack, finder)
    yield made
    made.close()


@pytest.fixture(scope="session")
def real(base: FactBase) -> SearchEngine:
    """The project's own facts."""
    return SearchEngine(base)


@pytest.fixture
def big(slack: FakeSlack, real: SearchEngine) -> Iterator[Bot]:
    """The bot with the project's own facts."""
    made = Bot(slack, real)
    yield made
    made.close()
