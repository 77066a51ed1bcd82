"""Bylines: for each article of a fact, the person or publisher it is credited to, and the article's date."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.facts.base import FactBase
from bot.core.facts.evidence import fold
from bot.core.facts.models import DatedEvent, Evidence, Fact, Source
from bot.core.present.strings import ENGLISH, Strings, capitalised

BRACKETED = re.compile(r" \([^)]*\)")
CREDITS_SHOWN = 5  # one for each article, as a rule

_REPORTED = ", as reported by"  # between the holder of a view and who reports it


@dataclass(frozen=True)
class Credit:
    """The person or publisher that the passages of an article are credited to; `evidence` is the first passage."""

    who: str
    source: Source
    evidence: Evidence

    @property
    def dated(self) -> str:
        """The article's date, or that of the event on which it reports; empty where neither is known."""
        return published(self.source)


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


def holder(fact: Fact) -> str:
    """Who holds it, as first lines and lists have it, without what explains the name."""
    return BRACKETED.sub("", fact.attribution or "").removesuffix("'s author")


def credits_of(fact: Fact, base: FactBase) -> tuple[Credit, ...]:
    """A credit for each article and each voice in it, in the order of the evidence."""
    found: dict[tuple[str, str], Credit] = {}
    cited = [base.sources[name] for name in fact.sources]
    for evidence in fact.evidence:
        source = base.sources[evidence.source]
        who = _who(fact, evidence, source, cited)
        found.setdefault((source.id, who), Credit(who, source, evidence))
    return tuple(found.values())


def byline(fact: Fact, base: FactBase) -> str:
    """The byline of a card: who says so, and when.

    The date of an article follows the person or publisher that it is credited to.  When the fact held comes first, except where
    several articles say of different times what they say.
    """
    credited = credits_of(fact, base)[:CREDITS_SHOWN]
    held = "" if isinstance(fact, DatedEvent) or not _known_to_all(fact, credited) else str(fact.when)
    articles: dict[str, list[Credit]] = {}
    for credit in credited:
        articles.setdefault(credit.who, []).append(credit)
    said = "; ".join(f"according to {who}{_dates(of, held)}" for who, of in articles.items())
    return f"As of {held}, {said}." if held else f"{capitalised(said)}."


def _dates(credited: Iterable[Credit], held: str) -> str:
    """The dates of the articles in time order, without those already given."""
    dated = [(c.source.dated, c.dated) for c in credited if c.source.dated and str(c.source.dated) != held]
    dates = [said for _, said in sorted(dated, key=lambda d: d[0].sort_key)]
    return f", {ENGLISH.listed(dates)}" if dates else ""


def _known_to_all(fact: Fact, credited: Iterable[Credit]) -> bool:
    """Whether each of the articles could know of the time for which the fact holds."""
    dated = {credit.source.id: credit.source.dated for credit in credited}
    return len(dated) == 1 or all(date is None or fact.when.last < date.first for date in dated.values())


def _who(fact: Fact, evidence: Evidence, source: Source, cited: Iterable[Source]) -> str:
    voice = _voice(evidence, source)
    held_by, person = fact.attribution, source.author or source.speaker
    if not held_by:
        return voice
    if person and person in held_by:
        return f"{held_by}, {source.publisher}"
    if any(other.author and other.author in held_by for other in cited):
        return voice  # the holder wrote another of the articles
    if BRACKETED.sub("", held_by).endswith("'s author"):
        return voice  # whom the article does not name
    if not person:
        return f"{held_by.partition(_REPORTED)[0]}{_REPORTED} {voice}"
    return f"{held_by}, cited by {voice}"


def _voice(evidence: Evidence, source: Source) -> str:
    """Whose words a passage is unless it quotes others: the author's, the speaker's or the publisher's."""
    person = source.author
    if source.speaker and fold(source.speaker) in fold(evidence.section or ""):
        person = source.speaker
    if person and not evidence.publishers_own:
        return f"{person}, {source.publisher}"
    if source.disowns_views and not evidence.publishers_own:
        surely = "probably " if "publisher" in source.inferred else ""
        return f"an article that names no author, {surely}published by {source.publisher}"
    return f"the publisher, {source.publisher}"
