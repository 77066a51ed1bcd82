"""How commands load the facts, and how they fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the models take a while to load, and `unionstate --help` does not need them
    from bot.core.facts.base import FactBase
    from bot.core.search import SearchEngine

OK, PROBLEMS, USAGE = 0, 1, 2


class CommandError(Exception):
    """Ends a command with a message and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def facts_folder() -> Path | None:
    """The folder that UNIONSTATE_FACTS names, or None for the project's own.  Raises CommandError if there is no such folder."""
    named = os.environ.get("UNIONSTATE_FACTS", "").strip()
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise CommandError("UNIONSTATE_FACTS is not a folder: give it the path of a folder with fact files")
    return folder


def load_facts() -> FactBase:
    """The fact base that commands work on.  Raises DataError, which `main` prints."""
    from bot.core.facts.loader import load_fact_base

    return load_fact_base(facts_folder())


def load_search() -> SearchEngine:
    """The search engine of that fact base, cached.  Raises DataError as well."""
    from bot.core.cache import load_engine

    return load_engine(facts_folder())
