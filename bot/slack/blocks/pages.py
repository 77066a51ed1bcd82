"""The pages of the fact base: topics, sources, actors, the timeline, a random fact, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core import phrasing
from bot.core.browse import (
    AboutPage,
    ActorsPage,
    Address,
    Listing,
    Page,
    PageName,
    RandomPage,
    SourcePage,
    SourcesPage,
    TimelinePage,
    TopicPage,
    TopicsPage,
)
from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Source
from bot.core.present.links import Repository
from bot.slack import strings
from bot.slack.blocks.card import NEAR_TOPICS, build_card, build_row, row_text
from bot.slack.blocks.elements import (
    VALUE_VERSION,
    Block,
    Message,
    actions,
    bold,
    bullets,
    button,
    context,
    heading,
    linked,
    paragraph,
    plain,
    rich_text,
    section,
    select,
    versioned,
)
from bot.slack.mrkdwn import entities, escape, shorten, visible

OPEN_PAGE = "open_page"  # the button beside a topic or a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
OPENING = (OPEN_PAGE, ANOTHER_FACT, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

ASKED_LENGTH, SOURCE_TITLE_LENGTH = 60, 200
PROBLEMS_SHOWN, PROBLEM_LENGTH = 3, 250


def page_value(address: Address) -> str:
    """What a button that opens a page carries: `v1:<page>:<argument>:<number>`."""
    return versioned(str(address))


def read_page_value(value: str) -> Address | None:
    """The address in a button's value; None where another version wrote it."""
    version, _, address = value.partition(":")
    return Address.parse(address) if version == VALUE_VERSION else None


def build_page(
    page: Page,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    match page:
        case TopicsPage():
            said = [f"{t.title} ({strings.facts(len(t.facts))}): {t.about}" for t in page.topics]
            rows = [build_topic_row(topic) for topic in page.topics]
            return _names(page, "topics", strings.several_topics, strings.no_topic, said, rows)
        case SourcesPage():
            said = [
                f"{s.short} ({strings.facts(count)}): {s.title}. {_source_line(s)}"
                for s, count in page.sources
            ]
            rows = [build_source_row(source, count) for source, count in page.sources]
            return _names(page, "sources", strings.several_sources, strings.no_source, said, rows)
        case TopicPage():
            back = button("open_topics", strings.ALL_TOPICS, page_value(Address("topics")))
            return _listing(page.topic.title, [page.topic.about], page.listing, back)
        case SourcePage():
            return _source(page)
        case ActorsPage():
            return _listing(strings.PAGE_TITLES["actors"], [strings.ACTORS_ABOUT], page.listing)
        case TimelinePage():
            return _timeline(page)
        case RandomPage():
            card = build_card(page.fact, base, share=share, thumbs=thumbs, repository=repository)
            another = button(ANOTHER_FACT, strings.ANOTHER, page_value(Address("random")))
            return Message(card.text, (*card.blocks, actions(another)))
        case AboutPage():
            return _about(page)


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    return actions(
        *(
            button(f"open_{name}", strings.PAGE_TITLES[name], page_value(Address(name)))
            for name in MENU
            if name not in without
        )
    )


def build_topic_row(topic: Topic) -> Block:
    line = f"*{escape(topic.title)}* ({strings.facts(len(topic.facts))})\n{escape(topic.about)}"
    return section(line, _open(Address("topic", topic.id), topic.title))


def build_source_row(source: Source, count: int) -> Block:
    title = escape(shorten(source.title, SOURCE_TITLE_LENGTH))
    line = f"*{escape(source.short)}* ({strings.facts(count)})\n{title}\n{escape(_source_line(source))}"
    return section(line, _open(Address("source", source.id), source.short))


def _open(address: Address, title: str) -> Block:
    label = strings.OPENED_LABEL.format(title=title)
    return button(OPEN_PAGE, strings.OPEN, page_value(address), label=label)


def _names(
    page: TopicsPage | SourcesPage,
    name: PageName,
    several: Callable[[str], str],
    no_such: Callable[[str], str],
    said: Sequence[str],
    rows: Sequence[Block],
) -> Message:
    """All topics or sources, or those that fit a typed name."""
    asked = shorten(visible(page.asked), ASKED_LENGTH)
    intro = strings.PAGE_TITLES[name] if not asked else several(asked) if page.fits else no_such(asked)
    return Message(entities("\n".join([intro, *said])), (heading(intro), *rows, build_menu(name)))


def _source(page: SourcePage) -> Message:
    """The article in full on its first page, only its title on the others."""
    source, listing = page.source, page.listing
    back = button("open_sources", strings.ALL_SOURCES, page_value(Address("sources")))
    if listing.address.number > 1:
        return _listing(source.title, [], listing, back)
    lines, address = strings.source_lines(source), f"{strings.LINK}: "
    head = [
        paragraph(bold(source.title)),
        paragraph(plain("\n".join(lines))),
        paragraph(plain(address), linked(source.address, source.address)),
    ]
    said = [f"{source.title}.", *(f"{line}." for line in lines), f"{address}{source.address}"]
    if source.url is None:
        remark = strings.capitalised_first(f"{phrasing.LINK_TO_PUBLISHER}.")
        head.append(paragraph(plain(remark)))
        said.append(remark)
    return _with_rows(rich_text(*head), said, listing, back)


def _timeline(page: TimelinePage) -> Message:
    title = strings.timeline(page.years.first, page.years.last)
    if page.listing.total:
        return _listing(title, [], page.listing)
    nothing = strings.NO_FACTS_YET
    if page.span:
        nothing = strings.no_dated_facts(page.span[0].year, page.span[1].year)
    whole = button("open_timeline", strings.PAGE_TITLES["timeline"], page_value(Address("timeline")))
    head = rich_text(paragraph(bold(title)), paragraph(plain(nothing)))
    return Message(entities(f"{title}. {nothing}"), (head, actions(whole)))


def _about(page: AboutPage) -> Message:
    status = page.status
    kinds = [strings.of_kind(kind, count) for kind, count in page.kinds if count]
    lines = [
        strings.counted(strings.facts(page.facts), kinds, page.topics, page.sources),
        strings.last_changed(status.changed_at, page.checked, page.fact_base),
        *([strings.version(status.version)] if status.version else []),
    ]
    body = [paragraph(bold(strings.ABOUT_TITLE)), bullets(lines)]
    said = [strings.ABOUT_TITLE, *lines]
    if url := status.repository_url:
        body.append(paragraph(plain(f"{strings.REPOSITORY}: "), linked(url, url)))
        said.append(f"{strings.REPOSITORY}: {url}")
    for line in (strings.HOW_TO_REPORT, strings.HELP_ELSEWHERE):
        body.append(paragraph(plain(line)))
        said.append(line)
    if status.problems:
        shown = [shorten(str(problem), PROBLEM_LENGTH) for problem in status.problems[:PROBLEMS_SHOWN]]
        if (more := len(status.problems) - len(shown)) > 0:
            shown.append(phrasing.and_more(more))
        intro = strings.edit_not_live(len(status.problems))
        body += [paragraph(plain(intro)), bullets(shown)]
        said += [intro, *shown]
    return Message(entities("\n".join(said)), (rich_text(*body), build_menu("about")))


def _listing(title: str, lines: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    head = rich_text(paragraph(bold(title)), *(paragraph(plain(line)) for line in lines))
    return _with_rows(head, [f"{title}.", *lines], listing, back)


def _with_rows(head: Block, said: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    """The head, the facts under their headings, and the buttons that lead to other pages."""
    blocks, text = [head], list(said)
    number = listing.first
    for group in listing.groups:
        title = strings.continued(group.heading) if group.begun else group.heading
        blocks.append(heading(title))
        text.append(f"{title}:")
        for fact in group.facts:
            blocks.append(build_row(fact))
            text.append(f"{number}. {row_text(fact)}")
            number += 1
    place = strings.page_of(listing.address.number, listing.pages, listing.total)
    blocks.append(context(place))
    text.append(place)
    buttons = []
    if listing.previous:
        buttons.append(button(PREVIOUS_PAGE, strings.PREVIOUS, page_value(listing.previous)))
    if listing.next:
        buttons.append(button(NEXT_PAGE, strings.NEXT, page_value(listing.next)))
    if listing.pages > 1 and len(listing.starts) > 1:
        options = [(title, page_value(address)) for title, address in listing.starts]
        buttons.append(select(GO_TO_PAGE, strings.GO_TO, options))
    if back:
        buttons.append(back)
    if buttons:
        blocks.append(actions(*buttons))
    return Message(entities("\n".join(text)), tuple(blocks))


def _source_line(source: Source) -> str:
    """Whose it is, when, and what kind of text."""
    when = f", {phrasing.published(str(source.dated), source.published is None)}" if source.dated else ""
    return f"{source.by}{when}. {source.standpoint}."
