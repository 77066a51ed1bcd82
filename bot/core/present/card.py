"""One line about a fact, as every surface has it."""

from __future__ import annotations

import re

from bot.core.facts.models import Actor, DatedEvent, Fact, Figure
from bot.core.present import phrases
from bot.core.present.byline import holder
from bot.core.present.phrases import capitalised


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
        begins = title[: len(name)].casefold() == name.casefold()
        if begins and not title[len(name) : len(name) + 1].isalnum():
            return capitalised(title[: len(name)]), title[len(name) :]
    return capitalised(beginning), f"{joint}{title}"


def lead(fact: Fact) -> str:
    """The first line of a card as one text."""
    return "".join(first_line(fact))


def time_beside(fact: Fact) -> str:
    """When it held, in brackets, for a line that does not say it yet; else empty."""
    when = fact.when
    written = {str(when), *([str(when.first.year)] if when.first.year == when.last.year else [])}
    said = any(re.search(rf"\b{re.escape(time)}\b", fact.title) for time in written)
    return "" if said or isinstance(fact, DatedEvent) else f" ({when})"


def headline(fact: Fact) -> str:
    """One line for a list of choices."""
    return f"{lead(fact)}{time_beside(fact)}"


def stands_for(fact: Fact) -> str:
    """What answers the question in a field of its own: the value, the date, the role, or who holds the position."""
    if isinstance(fact, Figure):
        return fact.value
    if isinstance(fact, DatedEvent):
        return str(fact.when)
    return fact.role if isinstance(fact, Actor) else fact.attribution


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
    name = phrases.BRACKETED.sub("", title)
    rest = role.removeprefix(name).removeprefix(",")
    return rest[1:] if role.startswith(name) and rest.startswith(" ") else role
