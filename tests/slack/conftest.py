import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from bot.core.facts.base import FactBase
from bot.core.search import SearchEngine
from tests.support.facts import small_finder
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot, NewBot, threads_left


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
def new_bot(slack: FakeSlack, finder: SearchEngine) -> Iterator[NewBot]:
    """Makes a bot, over the small facts unless others are given; it is closed at the end."""
    with ExitStack() as stack:

        def make(engine: Any = finder, **options: Any) -> Bot:
            made = Bot(slack, engine, **options)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def bot(new_bot: NewBot) -> Bot:
    return new_bot()


@pytest.fixture(scope="session")
def real(base: FactBase) -> SearchEngine:
    """The project's own facts."""
    return SearchEngine(base)


@pytest.fixture
def big(new_bot: NewBot, real: SearchEngine) -> Bot:
    """The bot with the project's own facts."""
    return new_bot(real)
