import logging
from collections.abc import Iterator

import pytest

from tests.conftest import FIXTURES


@pytest.fixture(autouse=True)
def fixed_facts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands that are run in this process work on the facts of the tests, and leave logging as it was."""
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FIXTURES / "facts"))
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
