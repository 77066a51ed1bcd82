import pytest

from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from tests.gallery import BASE


@pytest.fixture(scope="session")
def base() -> FactBase:
    """Some fifty facts that stay as they are, independent of the live facts."""
    return load_fact_base(BASE / "facts", BASE / "seeds")
