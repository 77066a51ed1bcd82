"""Words and small phrases that all surfaces share."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from bot.core.facts.dates import MONTHS

BRACKETED = re.compile(r" \([^)]*\)")
_FIELDS = {"published": "date"}  # names of a source's fields, where they differ from the field


def published(when: str, reported: bool) -> str:
    """When the article appeared, or of what day it reports if that is all that is known."""
    return f"on an event of {when}" if reported else when


def field_name(name: str) -> str:
    """The name of a source's field."""
    return _FIELDS.get(name, name.replace("_", " "))


def inferred(fields: Sequence[str]) -> str:
    return f"{listed([field_name(name) for name in fields], 'and')} inferred"


def listed(words: Sequence[str], last: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def moment(when: datetime.datetime) -> str:
    """A time of day, the same for readers everywhere: `23 November 2026 at 02:19 UTC`."""
    utc = when.astimezone(datetime.UTC)
    return f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
