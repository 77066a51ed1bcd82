"""docs/faults.md names tests: each of them exists."""

import re

import pytest

from tests.support.process import ROOT

TABLE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", TABLE)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_fault_has_the_test_that_the_table_names(file: str, test: str) -> None:
    assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def test_every_row_names_one() -> None:
    rows = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| Fault")]
    assert len(rows) > 30
    assert [row for row in rows if not re.search(r"`(\w+/)?test_\w+\.py::test_\w+`", row)] == []
