"""What a card says of a fact: the first line, which lists have too; label, statement, quote, other years, source."""

import datetime
import re
from dataclasses import dataclass
from functools import cache

from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.models import Actor, DatedEvent, Fact, Figure
from bot.core.present.byline import CREDITS_SHOWN, byline, credits_of, holder, inferred, published
from bot.core.present.citations import cite
from bot.core.present.strings import ENGLISH, Strings, capitalised
from bot.core.search.cues import find_cues
from bot.core.text import listed, surfaces

OTHERS_SHOWN, COMPARED_SHOWN = 4, 2
# What follows the noun that says what an actor is.
_AFTER_HEAD = re.compile(r"\b(?:of|that|in|to|for|at|on|within|near|deployed|planned|mentioned)\b|[,;(]")


def first_line(fact: Fact) -> tuple[str, str]:
    """The first line of a card, in two parts: what answers at a glance (a value, a date, a name, a holder), and the rest.

    Nothing is repeated: a title that begins with its value or holder stands alone, and its date is left off behind the
    same date.
    """
    title = fact.title
    if isinstance(fact, DatedEvent):
        when = f"expected {fact.when}" if fact.expected else str(fact.when)
        return capitalised(when), f" — {_undated(title, str(fact.when))}"
    if isinstance(fact, Actor):
        return title, f" — {fact.role}"
    beginning, joint = (fact.value, " — ") if isinstance(fact, Figure) else (holder(fact), ": ")
    for name in [beginning] if isinstance(fact, Figure) else _names(beginning):
        begins, rest = title[: len(name)], title[len(name) :]
        if begins.lower() == name.lower() and not rest[:1].isalnum():
            return capitalised(begins), rest
    return capitalised(beginning), f"{joint}{title}"


def lead(fact: Fact) -> str:
    """The first line of a card as one text."""
    return "".join(first_line(fact))


def time_beside(fact: Fact) -> str:
    """When it held, in brackets, for a line that does not say it yet; else empty."""
    when = fact.when
    if isinstance(fact, DatedEvent) or str(when) in fact.title:
        return ""
    is_year = when.first.year == when.last.year and str(when.first.year) in fact.title
    return "" if is_year else f" ({when})"


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
    for joint in (", ", " in ", " of "):
        before, found, end = title.rpartition(joint)
        if found and f" {when}".endswith(f" {end}"):
            return before
    return title


@dataclass(frozen=True)
class Entry:
    """A card in words, without markup: `answer` is its bold beginning, `others` are headings with a line each, and
    `passages` are links to the articles with what each is called."""

    label: str
    answer: str
    rest: str
    statement: str
    quote: str
    others: tuple[tuple[str, str], ...]
    byline: str
    passages: tuple[tuple[str, str], ...]


def entry_of(fact: Fact, base: FactBase, text: Strings, question: str = "") -> Entry:
    """The card of a fact; where the question asks who, the name that it asks for leads."""
    answer, rest = first_line(fact)
    who = _who_asked(question, fact)
    if who and who.casefold() not in answer.casefold():
        answer, rest = capitalised(who), f" — {answer}: {rest.removeprefix(' — ')}"
    if isinstance(fact, Actor):
        rest += time_beside(fact)
    credited = credits_of(fact, base)[:CREDITS_SHOWN]
    passages = []
    for credit in credited:
        label = text("open_passage") if len(credited) == 1 else credit.source.short
        if credit.source.url is None:
            label = text("publisher_page", publisher=credit.source.publisher)
        passages.append((label, base.link(credit.evidence)))
    return Entry(
        label=text(kind_of(fact)),
        answer=answer,
        rest=rest,
        statement=fact.statement,
        quote=fact.evidence[0].quote,
        others=tuple(_others(fact, base, text)),
        byline=byline(fact, base, credited),
        passages=tuple(passages),
    )


def _who_asked(question: str, fact: Fact) -> str:
    """The name that a who-question asks for, where the fact says it: who gives, or who receives."""
    said = surfaces(question) if fact.answers else ()
    if not fact.answers or "who" not in find_cues(said):
        return ""
    return (fact.answers.receiver if set(said) & set(listed("taking")) else fact.answers.giver) or ""


def kind_of(fact: Fact) -> str:
    """The key of the label of a fact: its kind; of an actor what its role says that it is."""
    if not isinstance(fact, Actor):
        return fact.kind
    head = surfaces(_AFTER_HEAD.split(fact.role)[0])[-1:]
    return _kinds_of_actors().get("".join(head), "actor")


@cache
def _kinds_of_actors() -> dict[str, str]:
    return {word: kind for kind, words in ENGLISH.table("actor_words").items() for word in words.split()}


def _others(fact: Fact, base: FactBase, text: Strings) -> list[tuple[str, str]]:
    """The latest other years of its series in one line, and what other articles say."""
    found = []
    if series := base.series_of(fact)[-OTHERS_SHOWN:]:
        found.append((text("other_years"), " · ".join(map(_short, series))))
    for other in base.compared(fact)[:COMPARED_SHOWN]:
        source = base.sources[other.evidence[0].source].short
        beside = [part for part in (time_beside(other).strip(" ()"), source) if part]
        found.append((text("compare"), f"{lead(other)} ({', '.join(beside)})"))
    return found


def _short(fact: Fact) -> str:
    return f"{fact.value} ({fact.when})" if isinstance(fact, Figure) else headline(fact)


def details_of(
    fact: Fact, base: FactBase, text: Strings, today: datetime.date
) -> list[tuple[str, list[str], str]]:
    """The content of *Source*: for each article its title, remarks and address; then remarks on the entry itself."""
    found, credited = [], credits_of(fact, base)
    for credit in credited:
        source, section = credit.source, credit.evidence.section
        remarks = [
            ", ".join(part for part in (credit.who, published(source)) if part),
            f"“{credit.evidence.quote}”",
            f"{text('section')}: {section}" if section else "",
            capitalised(inferred(source, text)),
        ]
        page = "" if source.url else f" · {text('publisher_page', publisher=source.publisher)}"
        found.append((f"{source.title}{page}", remarks, base.link(credit.evidence)))
    days = ("checked", fact.last_checked), ("due", fact.overdue_since(today))
    own = [
        byline(fact, base, credited),
        f"{text('note')}: {fact.note}" if fact.note else "",
        *(text(key, when=parse_date(day.isoformat())) for key, day in days if day),
        text("entry_id", id=fact.id),
        cite(fact, base, "plain", today),
    ]
    found.append(("", own, ""))
    return [(title, [remark for remark in remarks if remark], link) for title, remarks, link in found]
