"""How the pages of the fact base look in a terminal and in a pipe.

Belongs here: a page of `bot.core.browse`, printed whole.  Does not belong here: what is on it, how a card
or an answer looks (`terminal`).
"""

from __future__ import annotations

from bot.core import phrasing
from bot.core.browse import (
    AboutPage,
    ActorsPage,
    Listing,
    Page,
    RandomPage,
    SourcePage,
    SourcesPage,
    TimelinePage,
    TopicPage,
    TopicsPage,
)
from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.phrasing import headline
from bot.slack import strings as wording
from bot.terminal import Terminal

INDENT, HANGING = "  ", "    "


def print_page(terminal: Terminal, base: FactBase, page: Page) -> None:
    """A page with the command that opens each of its lines."""
    if isinstance(page, TopicsPage):
        _intro(terminal, "topic", page.asked, page.fits)
        for topic in page.topics:
            terminal.line(
                f"{topic.title} ({wording.facts(len(topic.facts))}): {topic.about}", INDENT, HANGING
            )
            terminal.line(f"unionstate browse topic {topic.id}", HANGING, style="quiet")
    elif isinstance(page, SourcesPage):
        _intro(terminal, "source", page.asked, page.fits)
        for source, count in page.sources:
            terminal.line(f"{source.short} ({wording.facts(count)}): {source.title}", INDENT, HANGING)
            terminal.line(f"{source.by}. {source.standpoint}.", HANGING)
            terminal.line(f"unionstate browse source {source.id}", HANGING, style="quiet")
    elif isinstance(page, TopicPage):
        terminal.line(f"{page.topic.title} ({wording.facts(page.listing.total)})", style="strong")
        terminal.line(page.topic.about, INDENT)
        _listing(terminal, page.listing)
    elif isinstance(page, SourcePage):
        _source(terminal, page.source)
        _listing(terminal, page.listing)
    elif isinstance(page, ActorsPage):
        terminal.line(f"{wording.PAGE_TITLES['actors']} ({page.listing.total})", style="strong")
        terminal.line(wording.ACTORS_ABOUT, INDENT)
        _listing(terminal, page.listing)
    elif isinstance(page, TimelinePage):
        _timeline(terminal, page)
    elif isinstance(page, RandomPage):
        terminal.card(base, page.fact)
    else:
        _about(terminal, page)


def _intro(terminal: Terminal, what: str, asked: str, fits: bool) -> None:
    if not asked:
        terminal.line(wording.PAGE_TITLES[f"{what}s"], style="strong")
        return
    several, none = (
        (wording.several_topics, wording.no_topic)
        if what == "topic"
        else (wording.several_sources, wording.no_source)
    )
    terminal.line((several if fits else none)(asked), style="strong")


def _source(terminal: Terminal, source: Source) -> None:
    terminal.line(source.title, style="strong")
    for line in wording.source_lines(source):
        terminal.line(line, INDENT, HANGING)
    # Never wrapped: a link that is broken over lines is no link.
    print(f"{INDENT}{source.address}", file=terminal.stream)
    if source.url is None:
        remark = phrasing.LINK_TO_PUBLISHER
        terminal.line(f"{wording.capitalised_first(remark)}.", INDENT, HANGING, style="quiet")


def _timeline(terminal: Terminal, page: TimelinePage) -> None:
    terminal.line(wording.timeline(page.years.first, page.years.last), style="strong")
    if page.listing.total:
        _listing(terminal, page.listing)
    elif page.span:
        terminal.line(wording.no_dated_facts(page.span[0].year, page.span[1].year), INDENT)
    else:
        terminal.line(wording.NO_FACTS_YET, INDENT)


def _about(terminal: Terminal, page: AboutPage) -> None:
    status = page.status
    kinds = [wording.of_kind(kind, count) for kind, count in page.kinds if count]
    terminal.line(wording.version(status.version) if status.version else wording.ABOUT_TITLE, style="strong")
    terminal.line(
        wording.counted(wording.facts(page.facts), kinds, page.topics, page.sources), INDENT, HANGING
    )
    changed = wording.last_changed(status.changed_at, page.checked, page.fact_base)
    terminal.line(changed, INDENT, HANGING)
    if status.repository_url:
        print(f"{INDENT}{wording.REPOSITORY}: {status.repository_url}", file=terminal.stream)


def _listing(terminal: Terminal, listing: Listing) -> None:
    for group in listing.groups:
        terminal.line()
        terminal.line(group.heading, style="accent")
        for fact in group.facts:
            terminal.line(headline(fact), INDENT, HANGING)
            terminal.line(f"unionstate ask {fact.id}", HANGING, style="quiet")
