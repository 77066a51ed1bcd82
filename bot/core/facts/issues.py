"""Problems in the data: where, which field, what is wrong, and what is expected instead."""

from collections.abc import Iterable
from dataclasses import dataclass

VALUE_LENGTH = 80  # characters of an offending value that a message repeats


@dataclass(frozen=True, order=True)
class Place:
    """A line in a file of the fact base; `file` is relative to the folder that holds facts/ and seeds/."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake.  `field` is "record-id.field", or "" for the file as a whole; `code` names the kind of mistake."""

    place: Place
    field: str
    code: str
    message: str
    expected: str = ""

    @property
    def advice(self) -> str:
        """The message with what is expected, without the place."""
        return printable(f"{self.message}; expected {self.expected}" if self.expected else self.message)

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.field}: " if self.field else f"{self.place}: ") + self.advice


class DataError(Exception):
    """The fact base cannot be used; `problems` holds all reasons in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in the fact base")


def printable(text: str) -> str:
    """`text` with control characters made visible, so that it can be printed in a terminal."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)


def quote_value(value: object) -> str:
    """A value as a message repeats it: in quotation marks, on one line, cut at VALUE_LENGTH characters."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a group of fields"
    text = " ".join(str(value).split())
    return f"“{text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + '…'}”"
