"""The short phrases by which every surface names a fact and says where it comes from.

Belongs here: one line about one fact, without markup, and the words that such lines are made of.  Does not
belong here: what stands on a card (`card`), or how a surface draws it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from bot.core.facts.dates import MONTHS, parse_date
from bot.core.facts.models import Actor, DatedEvent, Fact, Figure

KIND_HEADINGS = {"figure": "Figures", "date": "Dates", "actor": "Actors", "position": "Positions"}

OTHER_TIMES = "At other times"
COMPARE = "Compare"
NOTE = "Note"
ARTICLE = "Article"
REPORTED = ", as reported by"  # between the holder of a view and who reports it
LINK_TO_PUBLISHER = "the link opens the publisher's site: the article's own address is unknown"

_BRACKETS = re.compile(r" \([^)]*\)")
_INFERRED_FIELDS = {"published": "date"}  # how a source's fields are called when they are marked as inferred


# -- one line about a fact ------------------------------------------------------------------------


def first_line(fact: Fact) -> tuple[str, str]:
    """The first line of a card, in two parts: what answers at a glance (a value, a date, a name, a holder), and the rest.

    Nothing is said twice: a title that begins with its value or holder stands alone, its date is left off
    behind the same date, and a role does not repeat the name.
    """
    title = fact.title
    if isinstance(fact, DatedEvent):
        when = str(fact.when)
        return capitalised(when), f" — {_undated(title, when)}"
    if isinstance(fact, Actor):
        return title, f" — {_without_name(fact.role, title)}"
    if isinstance(fact, Figure):
        beginning, joint, names = fact.value, " — ", [fact.value]
    else:
        beginning, joint, names = holder(fact), ": ", _names(holder(fact))
    for name in names:
        if (
            title[: len(name)].casefold() == name.casefold()
            and not title[len(name) : len(name) + 1].isalnum()
        ):
            return capitalised(title[: len(name)]), title[len(name) :]
    return capitalised(beginning), f"{joint}{title}"


def lead(fact: Fact) -> str:
    """The first line of a card as one text."""
    return "".join(first_line(fact))


def time_beside(fact: Fact) -> str:
    """When it held, in brackets, for a line that does not tell it yet; else empty."""
    when = fact.when
    telling = {str(when), *([str(when.first.year)] if when.first.year == when.last.year else [])}
    told = any(re.search(rf"\b{re.escape(time)}\b", fact.title) for time in telling)
    return "" if told or isinstance(fact, DatedEvent) else f" ({when})"


def headline(fact: Fact) -> str:
    """One line for a list of choices."""
    return f"{lead(fact)}{time_beside(fact)}"


def holder(fact: Fact) -> str:
    """Who holds it, as first lines and lists have it: what explains the name is left to the small print."""
    return _BRACKETS.sub("", fact.attribution or "").removesuffix("'s author")


def has_unnamed_author(fact: Fact) -> bool:
    """Whether its holder is an article's author whom nobody names."""
    return _BRACKETS.sub("", fact.attribution or "").endswith("'s author")


def stands_for(fact: Fact) -> str:
    """What answers the question in a field of its own: the value, the date, the role, or who holds the position."""
    if isinstance(fact, Figure):
        return fact.value
    if isinstance(fact, DatedEvent):
        return str(fact.when)
    return fact.role if isinstance(fact, Actor) else fact.attribution


def review(fact: Fact, today: datetime.date) -> str:
    """What the small print says of a fact whose last look is too long ago; empty where it is not."""
    due = fact.overdue_since(today)
    return f"Due for review since {parse_date(due.isoformat())}" if due else ""


def _names(name: str) -> list[str]:
    """A holder's name as a title may begin with it: whole, without the article, or one person's last name alone."""
    main = re.split("[,;]", name)[0]
    last = main.split(" ")[-1]
    return [main, main.removeprefix("the "), *([last] if last[:1].isupper() and " and " not in main else [])]


def _undated(title: str, when: str) -> str:
    """A title without the date at its end (`…, October 2015`, `… in 2018`), where that is the end of `when`."""
    words = when.split(" ")
    for tail in (" ".join(words[start:]) for start in range(len(words))):
        for joint in (", ", " in ", " of "):
            if title.endswith(joint + tail):
                return title.removesuffix(joint + tail)
    return title


def _without_name(role: str, title: str) -> str:
    """A role without the name with which it begins (`European Union, Western trade association …`)."""
    name = _BRACKETS.sub("", title)
    rest = role.removeprefix(name).removeprefix(",")
    return rest[1:] if role.startswith(name) and rest.startswith(" ") else role


# -- where it comes from --------------------------------------------------------------------------


def as_of(when: str) -> str:
    return f"As of {when}"


def according_to(who: str) -> str:
    return f"according to {who}"


def cited_by(author: str) -> str:
    """Follows `according_to` where somebody else than the article's author holds or gives this."""
    return f"cited by {author}"


def article_without_author(publisher: str) -> str:
    """Whom `according_to` names where the article names no author and its publisher is not to be held to it."""
    return f"an article that names no author, published by {publisher}"


def published(when: str, reported: bool) -> str:
    """When the article appeared, or of what day it reports where that is all that is known."""
    return f"on an event of {when}" if reported else when


def field_name(name: str) -> str:
    """What a source's field is called."""
    return _INFERRED_FIELDS.get(name, name.replace("_", " "))


def inferred(fields: Sequence[str]) -> str:
    return f"{listed([field_name(name) for name in fields], 'and')} inferred"


# -- words ----------------------------------------------------------------------------------------


def listed(words: Sequence[str], last: str) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def and_more(count: int) -> str:
    return f"and {count} more"


def moment(when: datetime.datetime) -> str:
    """A time of day, the same for readers everywhere: `23 November 2026 at 02:19 UTC`."""
    utc = when.astimezone(datetime.UTC)
    return f"{utc.day} {MONTHS[utc.month]} {utc.year} at {utc:%H:%M} UTC"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
