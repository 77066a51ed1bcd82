"""What the commands share: how they print, load the facts and fail."""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:  # the models take a while to load, and `unionstate --help` does not need them
    from bot.core.facts.base import FactBase
    from bot.core.search import SearchEngine

OK, PROBLEMS, USAGE = 0, 1, 2
PAGES = "topics, topic NAME, sources, source NAME, actors, timeline [YEARS], random, about"
MAX_WIDTH = 100  # longer lines are hard to read, however wide the window
_COLOURS = {
    "strong": "1", "quiet": "2", "notice": "2", "accent": "36", "error": "31", "warning": "33", "good": "32",
}  # fmt: skip


class CommandError(Exception):
    """Ends a command with a message and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


def facts_folder() -> Path | None:
    """The folder that UNIONSTATE_FACTS names, or None for the project's own.  Raises CommandError."""
    named = os.environ.get("UNIONSTATE_FACTS", "").strip()
    folder = Path(named).expanduser()
    if named and not folder.is_dir():
        raise CommandError("UNIONSTATE_FACTS is not a folder: give it the path of a folder with fact files")
    return folder if named else None


def load_facts() -> FactBase:
    """The fact base that commands work on.  Raises DataError, which `main` prints."""
    from bot.core.facts.loader import load_fact_base

    return load_fact_base(facts_folder())


def load_search() -> SearchEngine:
    """The search engine of that fact base, cached.  Raises DataError as well."""
    from bot.core.cache import load_engine

    engine = load_engine(facts_folder())
    gc.freeze()  # it is never garbage, and a collection would take longer than an answer
    return engine


def print_data(text: str) -> None:
    """Print data for programs: always in UTF-8, and flushed."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text, end="", flush=True)


def print_json(value: Any, indent: int | None = None) -> None:
    print_data(f"{json.dumps(value, ensure_ascii=False, indent=indent)}\n")


class Terminal:
    """Prints to a stream: in colour and wrapped to the window if it is a terminal, else plain."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        interactive = self.stream.isatty()
        self.coloured = interactive and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if interactive else 0

    def line(self, text: str = "", indent: str = "", hanging: str | None = None, style: str = "") -> None:
        lines = [indent + text]
        if self.width and len(lines[0]) > self.width:
            wrapper = textwrap.TextWrapper(self.width, indent, indent if hanging is None else hanging)
            wrapper.break_long_words = wrapper.break_on_hyphens = False
            lines = wrapper.wrap(text)
        for line in lines:
            self.unwrapped(line, style)

    def unwrapped(self, text: str, style: str = "") -> None:
        """A line that is never wrapped: a link that is broken over lines doesn't open."""
        styled = f"\033[{_COLOURS[style]}m{text}\033[0m" if self.coloured and style else text
        print(styled, file=self.stream)
