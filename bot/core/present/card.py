"""One line about a fact, as every surface has it."""

import re

from bot.core.facts.models import Actor, DatedEvent, Fact, Figure
from bot.core.present.byline import holder
from bot.core.present.phrases import BRACKETED, capitalised


def first_line(fact: Fact) -> tuple[str, str]:
    """The first line of a card, in two parts: what answers at a glance (a value, a date, a name, a holder), and the rest.

    Nothing is said twice: a title that begins with its value or holder stands alone, its date is left off
    behind the same date, and a role does not repeat the name.
    """
    title = fact.title
    if isinstance(fact, DatedEvent):
        when = f"expected {fact.when}" if fact.expected else str(fact.when)
        return capitalised(when), f" — {_undated(title, str(fact.when))}"
    if isinstance(fact, Actor):
        name = re.escape(BRACKETED.sub("", title))
        return title, f" — {re.sub(rf'^{name},? ', '', fact.role)}"
    beginning, joint = (fact.value, " — ") if isinstance(fact, Figure) else (holder(fact), ": ")
    for name in [beginning] if isinstance(fact, Figure) else _names(beginning):
        if begins := re.match(rf"{re.escape(name)}(?!\w)", title, re.IGNORECASE):
            return capitalised(begins[0]), title[begins.end() :]
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
    ends = "|".join(re.escape(" ".join(words[start:])) for start in range(len(words)))
    return re.sub(rf"(?:,| in| of) (?:{ends})$", "", title)
