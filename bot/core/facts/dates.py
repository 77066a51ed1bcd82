"""EDTF dates (ISO 8601-2): parsing, ordering and printing.

The subset that the facts use: `2015`, `2015-12`, `2015-12-14`, intervals (`2015-12-14/2015-12-15`), decades
(`199X`) and approximate dates (`2015~`).  Not the `edtf` package: its pyparsing grammar takes about a
millisecond a date, and the bot parses hundreds before its first answer.
"""

import calendar
import datetime
import functools
import re
from dataclasses import dataclass

MONTHS = tuple(calendar.month_name)  # MONTHS[1] == "January"; English, as the C locale is never changed
_POINT = re.compile(
    r"(?:(?P<decade>[0-9]{3})X|(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?)(?P<about>~?)"
)


@dataclass(frozen=True, order=True)
class _Point:
    """One end of a date: the first and the last day it may mean, and how it was written."""

    first: datetime.date
    last: datetime.date
    precision: str  # "decade", "year", "month" or "day"
    approximate: bool

    def __str__(self) -> str:
        day, month, year = self.first.day, MONTHS[self.first.month], self.first.year
        forms = {"decade": f"the {year}s", "year": f"{year}", "month": f"{month} {year}"}
        text = forms.get(self.precision, f"{day} {month} {year}")
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
        """Whether some day of the date is within `first` to `last`, both included."""
        return self.first <= last and first <= self.last

    def __str__(self) -> str:
        """The date as people write it: `14–15 December 2015`, `December 2015`, `the 1990s`, `1995–1999`."""
        a, b = self.start, self.end
        if not self.is_interval:
            return str(a)
        same_year = a.first.year == b.first.year
        if a.approximate or b.approximate or a.precision != b.precision:
            return f"{a} – {b}"
        if a.precision == "day" and same_year and a.first.month == b.first.month:
            return f"{a.first.day}–{b}"
        if a.precision == "day" and same_year:
            return f"{a.first.day} {MONTHS[a.first.month]} – {b}"
        if a.precision == "month" and same_year:
            return f"{MONTHS[a.first.month]}–{b}"
        return f"{a}–{b}" if a.precision == "year" else f"{a} – {b}"


@functools.lru_cache(maxsize=4_000)
def parse_date(text: str) -> FactDate:
    """Parse an EDTF date or interval.

    Raises ValueError for anything else, including impossible days and an interval that ends before it begins; its
    message completes a sentence that begins with the text.
    """
    first, slash, second = text.partition("/")
    start = _parse_point(first)
    end = _parse_point(second) if slash else start
    if slash and start.first >= end.first:
        raise ValueError("ends before it begins")
    return FactDate(text, start, end)


def _parse_point(text: str) -> _Point:
    match = _POINT.fullmatch(text)
    if not match:
        raise ValueError("is not a date")
    year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
    precision = next(name for name in ("decade", "day", "month", "year") if match[name])
    try:
        if precision == "decade":
            year = int(match["decade"]) * 10
        first = datetime.date(year, month, day)
        last = first
        if precision == "month":
            last = first.replace(day=calendar.monthrange(year, month)[1])
        elif precision != "day":
            last = datetime.date(year + 9 * (precision == "decade"), 12, 31)
    except ValueError:
        raise ValueError("is not in the calendar") from None
    return _Point(first, last, precision, bool(match["about"]))


def add_period(day: datetime.date, period: str) -> datetime.date:
    """`day` plus "6 months" or "2 years": the same day of the month, or the month's last day if it is shorter."""
    number, unit = period.split(" ")
    months = day.year * 12 + day.month - 1 + int(number) * (12 if unit.startswith("year") else 1)
    year, month = divmod(months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
