from __future__ import annotations

import pytest

from tests.conftest import FIXTURES


@pytest.fixture(autouse=True)
def fixed_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that are run in this process work on the facts of the tests."""
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FIXTURES / "facts"))
