import pytest

from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
from tests.gallery import BASE


@pytest.fixture(scope="session")
def base() -> FactBase:
    """About fifty fixed facts, independent of the live facts."""
    return load_fact_base(BASE / "facts", BASE / "seeds")


@pytest.fixture(scope="session")
def finder(base: FactBase) -> SearchEngine:
    """A search over these facts, not over those of tests/conftest.py."""
    return SearchEngine(base)
