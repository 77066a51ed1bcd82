"""Printing: text that fits a terminal or goes plain into a pipe, and data for programs."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import textwrap
from typing import Any, TextIO

MAX_WIDTH = 100  # longer lines are hard to read, however wide the window
_COLOURS = {"strong": "1", "quiet": "2", "accent": "36", "bad": "31", "warn": "33", "good": "32"}


def print_data(text: str) -> None:
    """Print data for programs: in UTF-8 whatever the console's encoding, and at once."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text, end="", flush=True)


def print_json(value: Any, indent: int | None = None) -> None:
    print_data(f"{json.dumps(value, ensure_ascii=False, indent=indent)}\n")


class Terminal:
    """Prints to a stream: in colour and wrapped to the window if it is a terminal, plain in a pipe (or with NO_COLOR).

    `prompt` is for readers who type at our prompt and not at the shell's.
    """

    def __init__(self, stream: TextIO | None = None, *, prompt: bool = False) -> None:
        self.prompt = prompt
        self.stream = stream or sys.stdout
        interactive = self.stream.isatty()
        self.coloured = interactive and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if interactive else 0

    def line(self, text: str = "", indent: str = "", hanging: str | None = None, style: str = "") -> None:
        lines = [indent + text]
        if self.width and len(lines[0]) > self.width:
            wrapper = textwrap.TextWrapper(self.width, indent, indent if hanging is None else hanging)
            wrapper.break_long_words = wrapper.break_on_hyphens = False
            lines = wrapper.wrap(text) or [""]
        for line in lines:
            self.unwrapped(line, style)

    def unwrapped(self, text: str, style: str = "") -> None:
        """A line that is never wrapped: a link that is broken over lines doesn't open."""
        styled = f"\033[{_COLOURS[style]}m{text}\033[0m" if self.coloured and style else text
        print(styled, file=self.stream)

    def command(self, name: str, words: str) -> str:
        """What to type for `unionstate NAME WORDS`: at our prompt the words are enough."""
        return words if self.prompt else f"unionstate {name} {words}"
