"""What is wrong with the data, told so that its author can mend it: Problem and DataError.

Belongs here: how a problem is held and printed.  Does not belong here: finding them (`yamlfile`, `load`, `check`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.model import Place

SHOWN = 80  # characters of an offending value that a message repeats


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where, in which field of which record, what was found and what was wanted."""

    place: Place
    field: str  # "record-id.field", or "" for the file as a whole
    found: str
    wanted: str

    def __str__(self) -> str:
        subject = f" {self.field}:" if self.field else ""
        text = f"{self.place}:{subject} found {self.found}; wanted {self.wanted}"
        # One line, and nothing in it that would steer a terminal.
        return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)


class DataError(Exception):
    """The fact base cannot be used; `problems` holds every reason at once, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(
            sorted(set(problems), key=lambda p: (p.place.file, p.place.line, p.field, p.found))
        )
        super().__init__(
            f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''} in the fact base"
        )


def shown(value: object) -> str:
    """A value as a message repeats it: in quotation marks, on one line, cut at `SHOWN` characters."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a group of fields"
    text = " ".join(str(value).split())
    if not text:
        return "nothing"
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"
