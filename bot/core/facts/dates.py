"""EDTF dates (ISO 8601-2): parsing, ordering and printing.

The subset that the facts use: `2015`, `2015-12`, `2015-12-14`, intervals (`2015-12-14/2015-12-15`), decades
(`199X`) and approximate dates (`2015~`).  Not the `edtf` package: its pyparsing grammar takes about a
millisecond a date, and the bot parses hundreds before its first answer.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

MONTHS = tuple(calendar.month_name)  # MONTHS[1] == "January"; English, as the C locale is never changed

_POINT = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?(?P<approximate>~)?"
    r"|(?P<decade>[0-9]{3})X(?P<decade_approximate>~)?"
)

DATE_FORMS = "a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~"


class DateError(ValueError):
    """The text is not an EDTF date of the supported subset.  `kind` and `expected` make the message."""

    def __init__(self, kind: str = "a date", expected: str = DATE_FORMS) -> None:
        super().__init__(f"not {kind}; expected {expected}")
        self.kind, self.expected = kind, expected


@dataclass(frozen=True, order=True)
class _Point:
    """One end of a date: the first and the last day it may mean, and how it was written."""

    first: datetime.date
    last: datetime.date
    precision: str  # "decade", "year", "month" or "day"
    approximate: bool

    def __str__(self) -> str:
        if self.precision == "decade":
            text = f"the {self.first.year}s"
        elif self.precision == "year":
            text = str(self.first.year)
        elif self.precision == "month":
            text = f"{MONTHS[self.first.month]} {self.first.year}"
        else:
            text = f"{self.first.day} {MONTHS[self.first.month]} {self.first.year}"
        return f"about {text}" if self.approximate else text


@dataclass(frozen=True)
class FactDate:
    """A date or an interval of dates; `edtf` is the text it was read from."""

    edtf: str
    start: _Point
    end: _Point

    @property
    def first(self) -> datetime.date:
        """The earliest day that the date can mean."""
        return self.start.first

    @property
    def last(self) -> datetime.date:
        """The latest day that the date can mean."""
        return self.end.last

    @property
    def is_interval(self) -> bool:
        return self.start != self.end

    @property
    def sort_key(self) -> tuple[datetime.date, datetime.date]:
        """Orders by the first possible day, and a vaguer date before a sharper one within it (a year, then its months)."""
        return (self.first, datetime.date.max - (self.last - datetime.date.min))

    @property
    def has_month(self) -> bool:
        """Whether the date is written to the month or the day."""
        return self.start.precision in ("month", "day")

    def overlaps(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether some day of the date lies within `first` to `last`, both included."""
        return self.first <= last and first <= self.last

    def __str__(self) -> str:
        """The date as people write it: `14–15 December 2015`, `December 2015`, `the 1990s`, `1995–1999`."""
        a, b = self.start, self.end
        if not self.is_interval:
            return str(a)
        if a.precision == b.precision and not a.approximate and not b.approximate:
            if a.precision == "day" and (a.first.year, a.first.month) == (b.first.year, b.first.month):
                return f"{a.first.day}–{b}"
            if a.precision == "day" and a.first.year == b.first.year:
                return f"{a.first.day} {MONTHS[a.first.month]} – {b}"
            if a.precision == "month" and a.first.year == b.first.year:
                return f"{MONTHS[a.first.month]}–{b}"
            if a.precision == "year":
                return f"{a}–{b}"
        return f"{a} – {b}"


def parse_date(text: str) -> FactDate:
    """Parse an EDTF date or interval.

    Raises DateError for anything else, including impossible days and an interval that ends before it begins.
    """
    parts = text.split("/")
    if len(parts) > 2:
        raise DateError
    points = [_parse_point(part) for part in parts]
    start, end = points[0], points[-1]
    if len(parts) == 2 and start.first >= end.first:
        raise DateError("an interval", "an end after the beginning, as in 2015-12-14/2015-12-15")
    return FactDate(text, start, end)


def _parse_point(text: str) -> _Point:
    match = _POINT.fullmatch(text)
    if not match:
        raise DateError
    if match["decade"]:
        year = int(match["decade"]) * 10
        if year == 0:
            raise DateError
        return _Point(
            datetime.date(year, 1, 1),
            datetime.date(year + 9, 12, 31),
            "decade",
            bool(match["decade_approximate"]),
        )
    year, month, day = int(match["year"]), int(match["month"] or 0), int(match["day"] or 0)
    approximate = bool(match["approximate"])
    try:
        if match["day"]:
            date = datetime.date(year, month, day)
            return _Point(date, date, "day", approximate)
        if match["month"]:
            first = datetime.date(year, month, 1)
            return _Point(first, first.replace(day=calendar.monthrange(year, month)[1]), "month", approximate)
        return _Point(datetime.date(year, 1, 1), datetime.date(year, 12, 31), "year", approximate)
    except ValueError:
        raise DateError("in the calendar") from None


def add_period(day: datetime.date, period: str) -> datetime.date:
    """`day` plus "6 months" or "2 years": the same day of the month, or the month's last day if it has no such day."""
    number, unit = period.split(" ")
    months = day.year * 12 + day.month - 1 + int(number) * (12 if unit.startswith("year") else 1)
    year, month = divmod(months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
