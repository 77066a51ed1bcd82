"""What every test shares: hypothesis without a database of its own, and the project's own fact base, loaded once."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine

# No deadline: a loaded machine is slow, and the tests that promise a time measure it themselves.
settings.register_profile(
    "quick", max_examples=60, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def base() -> FactBase:
    """The project's own facts."""
    return load_fact_base()


@pytest.fixture(scope="session")
def finder(base: FactBase) -> SearchEngine:
    return SearchEngine(base)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "examples: the questions that every help text shows get an answer")
