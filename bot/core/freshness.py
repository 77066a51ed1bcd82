"""When a fact wants another look.

Belongs here: how long each kind of fact keeps, and the day from which a look is due.  Does not belong
here: how a surface says so (`phrasing`), or the list for maintainers (`check`).
"""

from __future__ import annotations

import calendar
import datetime

from bot.core.model import Fact

# What a number or a role says of the world changes within a year; what somebody argued, or that a treaty was signed,
# stays true, and only its source may move.  A fact's own `review_after` goes before these.
REVIEW_AFTER = {"figure": "12 months", "actor": "12 months", "position": "3 years", "date": "5 years"}


def review_day(fact: Fact) -> datetime.date | None:
    """The day from which the fact is due for another look; None where nobody says when it had the last one."""
    checked = fact.last_checked
    return checked and _later(checked, fact.review_after or REVIEW_AFTER[fact.kind])


def review_due(fact: Fact, today: datetime.date) -> datetime.date | None:
    """The day since when the fact has been due for another look; None where it is not due, or not known to be."""
    day = review_day(fact)
    return day if day and day <= today else None


def _later(day: datetime.date, period: str) -> datetime.date:
    """`day` and a `Period` ("6 months"): the same day of the month, or the month's last where it has no such day."""
    number, unit = period.split(" ")
    months = day.year * 12 + day.month - 1 + int(number) * (12 if unit.startswith("year") else 1)
    year, month = divmod(months, 12)
    if year > datetime.MAXYEAR:
        return datetime.date.max
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
