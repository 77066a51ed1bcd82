"""Who says so: for each article that a fact rests on, whom it is credited to and the article's date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core import phrasing
from bot.core.facts.base import FactBase
from bot.core.facts.evidence import fold
from bot.core.facts.models import DatedEvent, Evidence, Fact, Source

CREDITS_SHOWN = 5  # one for each article, as a rule


@dataclass(frozen=True)
class Credit:
    """Whom the passages of an article are credited to; `evidence` is the first of them."""

    who: str
    source: Source
    evidence: Evidence

    @property
    def dated(self) -> str:
        """The article's date, or that of the event on which it reports; empty where neither is known."""
        source = self.source
        return phrasing.published(str(source.dated), source.published is None) if source.dated else ""


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
    """Who says so and when, as the card has it.

    The date of an article stands beside whoever it is credited to.  When the fact held comes first, except where
    several articles say of different times what they say.
    """
    credited = credits_of(fact, base)[:CREDITS_SHOWN]
    held = "" if isinstance(fact, DatedEvent) or not _known_to_all(fact, credited) else str(fact.when)
    articles: dict[str, list[Credit]] = {}
    for credit in credited:
        articles.setdefault(credit.who, []).append(credit)
    said = "; ".join(f"{phrasing.according_to(who)}{_dates(of, held)}" for who, of in articles.items())
    return f"{f'{phrasing.as_of(held)}, {said}' if held else phrasing.capitalised(said)}."


def _dates(credited: Iterable[Credit], held: str) -> str:
    """The dates of the articles in time order, but for what has been said already."""
    dated = [(c.source.dated, c.dated) for c in credited if c.source.dated and str(c.source.dated) != held]
    told = [said for _, said in sorted(dated, key=lambda d: d[0].sort_key)]
    return f", {phrasing.listed(told, 'and')}" if told else ""


def _known_to_all(fact: Fact, credited: Iterable[Credit]) -> bool:
    """Whether each of the articles could know of the time for which the fact holds."""
    dated = {credit.source.id: credit.source.dated for credit in credited}
    return len(dated) == 1 or all(date is None or fact.when.last < date.first for date in dated.values())


def _who(fact: Fact, evidence: Evidence, source: Source, cited: Iterable[Source]) -> str:
    voice = _voice(evidence, source)
    holder, person = fact.attribution, source.author or source.speaker
    if not holder:
        return voice
    if person and person in holder:
        return f"{holder}, {source.publisher}"
    if any(other.author and other.author in holder for other in cited):
        return voice  # the holder wrote another of the articles
    if phrasing.has_unnamed_author(fact):
        return voice
    if not person:
        return f"{holder.partition(phrasing.REPORTED)[0]}{phrasing.REPORTED} {voice}"
    return f"{holder}, {phrasing.cited_by(voice)}"


def _voice(evidence: Evidence, source: Source) -> str:
    """Whose words a passage is, unless it gives somebody else's: its author's, its speaker's or its publisher's own."""
    person = source.author
    if source.author_role and fold(evidence.quote) in fold(source.author_role):
        person = None  # what the publisher says of the author
    elif source.speaker and fold(source.speaker) in fold(evidence.section or ""):
        person = source.speaker
    if person:
        return f"{person}, {source.publisher}"
    return phrasing.article_without_author(source.publisher) if source.disowns_views else source.publisher
