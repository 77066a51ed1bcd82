"""Shared by all tests: hypothesis settings and one fact base, loaded once."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, settings

from bot.cli import main
from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine

Command: TypeAlias = Callable[[str], tuple[int, str, str]]

_CACHE = tempfile.TemporaryDirectory(prefix="unionstate-test-", ignore_cleanup_errors=True)
FIXTURES = Path(__file__).parent / "fixtures" / "base"
# No deadline: a loaded machine is slow, and the tests that promise a time measure it themselves.
settings.register_profile(
    "quick", max_examples=60, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def base() -> FactBase:
    """The facts of 28 November 2026, so that tests of the program do not depend on the live facts."""
    return load_fact_base(FIXTURES / "facts")


@pytest.fixture(scope="session")
def finder(base: FactBase) -> SearchEngine:
    return SearchEngine(base)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line without its `unionstate`; returns its exit code, output and errors."""

    def run(line: str) -> tuple[int, str, str]:
        try:
            code = main(shlex.split(line))
        except SystemExit as stop:  # of argparse
            code = int(str(stop.code))
        return (code, *capsys.readouterr())

    return run


def pytest_configure(config: pytest.Config) -> None:
    os.environ["XDG_CACHE_HOME"] = _CACHE.name  # of built engines, for the processes of this run
    config.addinivalue_line("markers", "examples: the questions that every help text shows get an answer")
