"""The short phrases by which every surface names a fact.

Belongs here: one line about one fact, without markup.  Does not belong here: how a surface draws it.
"""

from __future__ import annotations

import datetime

from bot.core.dates import MONTHS, parse_date
from bot.core.freshness import review_due
from bot.core.model import Actor, DatedEvent, Fact, Figure

KIND_HEADINGS = {"figure": "Figures", "date": "Dates", "actor": "Actors", "position": "Positions"}


def lead(fact: Fact) -> str:
    """The first line of a card: what answers the question at a glance."""
    if isinstance(fact, Figure):
        return f"{fact.value} — {fact.title}"
    if isinstance(fact, DatedEvent):
        return f"{capitalised(str(fact.when))} — {fact.title}"
    if isinstance(fact, Actor):
        return f"{fact.title} — {fact.role}"
    return f"{capitalised(fact.attribution)}: {fact.title}"


def headline(fact: Fact) -> str:
    """One line for a list of choices."""
    return f"{lead(fact)} ({fact.when})" if not isinstance(fact, DatedEvent) else lead(fact)


def short(fact: Fact) -> str:
    """What stands for a fact among others of its series: its value, or its title."""
    return fact.value if isinstance(fact, Figure) else fact.title


def stands_for(fact: Fact) -> str:
    """What answers the question in a field of its own: the value, the date, the role, or who holds the position."""
    if isinstance(fact, Figure):
        return fact.value
    if isinstance(fact, DatedEvent):
        return str(fact.when)
    return fact.role if isinstance(fact, Actor) else fact.attribution


def timing(fact: Fact) -> str:
    """When it happened or held, for the small print."""
    return f"Date: {fact.when}" if isinstance(fact, DatedEvent) else f"As of {fact.when}"


def review(fact: Fact, today: datetime.date) -> str:
    """What the small print says of a fact whose last look is too long ago; empty where it is not."""
    due = review_due(fact, today)
    return f"Due for review since {parse_date(due.isoformat())}" if due else ""


def moment(when: datetime.datetime) -> str:
    """A time of day, the same for readers everywhere: `23 November 2026 at 02:19 UTC`."""
    utc = when.astimezone(datetime.UTC)
    return f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
