"""Words and small phrases that all surfaces share."""

import datetime
import re

from bot.core.facts.dates import MONTHS
from bot.core.facts.models import Source
from bot.core.present.strings import ENGLISH, Strings

BRACKETED = re.compile(r" \([^)]*\)")


def published(source: Source) -> str:
    """When the article appeared, or of what day it reports if that is all that is known; empty for neither."""
    if source.dated and source.published is None:
        return f"on an event of {source.dated}"
    return str(source.dated or "")


def field_name(name: str) -> str:
    """The name of a source's field."""
    return "date" if name == "published" else name.replace("_", " ")


def inferred(source: Source, text: Strings = ENGLISH) -> str:
    """That some of what is known of an article is inferred; empty where nothing is."""
    names = text.listed([field_name(name) for name in source.inferred])
    return text("inferred_fields", fields=names) if names else ""


def moment(when: datetime.datetime) -> str:
    """A time of day, the same for readers everywhere: `23 November 2026 at 02:19 UTC`."""
    utc = when.astimezone(datetime.UTC)
    return f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
