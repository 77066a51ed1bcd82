"""Bylines: for each article of a fact, the person or publisher it is credited to, and the article's date."""

import re
from collections.abc import Sequence
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
    authors = [base.sources[evidence.source].author for evidence in fact.evidence]
    for evidence in fact.evidence:
        source = base.sources[evidence.source]
        who = _who(fact, evidence, source, authors)
        found.setdefault((source.id, who), Credit(who, source, evidence))
    return tuple(found.values())


def byline(fact: Fact, base: FactBase, credited: Sequence[Credit] = ()) -> str:
    """The byline of a card: who says so, and when; `credited` are the credits of the fact where they are known already.

    The date of an article follows the person or publisher that it is credited to.  When the fact held comes first, except where
    several articles say of different times what they say.
    """
    articles: dict[str, list[Source]] = {}
    for credit in (credited or credits_of(fact, base))[:CREDITS_SHOWN]:
        articles.setdefault(credit.who, []).append(credit.source)
    dates = {source.dated for sources in articles.values() for source in sources}
    # Each of several articles must have been able to know of the time for which the fact holds.
    known = len(dates) == 1 or all(date is None or fact.when.last < date.first for date in dates)
    held = str(fact.when) if known and not isinstance(fact, DatedEvent) else ""
    said = "; ".join(f"according to {who}{_dates(sources, held)}" for who, sources in articles.items())
    return f"As of {held}, {said}." if held else f"{capitalised(said)}."


def _dates(sources: Sequence[Source], held: str) -> str:
    """The dates of the articles in time order, without those already given."""
    dated = [(s.dated.sort_key, published(s)) for s in sources if s.dated and str(s.dated) != held]
    return f", {ENGLISH.listed([date for _, date in sorted(dated)])}" if dated else ""


def _who(fact: Fact, evidence: Evidence, source: Source, authors: Sequence[str | None]) -> str:
    voice = _voice(evidence, source)
    held_by, person = fact.attribution, source.author or source.speaker
    if not held_by:
        return voice
    if person and person in held_by:
        return f"{held_by}, {source.publisher}"
    # The holder wrote another of the articles, or is the author whom this one does not name.
    if any(author and author in held_by for author in authors) or "'s author" in held_by:
        return voice
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
