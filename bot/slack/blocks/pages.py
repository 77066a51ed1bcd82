"""The pages of the fact base as messages, and the buttons that lead from page to page."""

from __future__ import annotations

from bot.core.facts.base import FactBase
from bot.core.pages.pages import Entry, Page, Section
from bot.core.pages.routes import Address, PageName
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
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
GO_TO_TOPIC, OPEN_TOPIC = "go_to_topic", "open_overview_topic"  # a menu of topics; the topic of an overview
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
OPENING = (OPEN_PAGE, ANOTHER_FACT, GO_TO_TOPIC, OPEN_TOPIC, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

TITLE_LENGTH, LINE_LENGTH = 250, 250
LINES_SHOWN = 3  # of a section
_ABOVE = {"topics": "all_topics", "sources": "all_sources"}


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
    repository: Repository | None = None,
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    if page.fact:
        card = build_card(page.fact, base, share=share, repository=repository)
        another = button(ANOTHER_FACT, text("another"), page_value(page.address))
        return Message(card.text, (*card.blocks, actions(another)))
    title = shorten(visible(page.title), TITLE_LENGTH)
    lines = list(page.lines)
    if page.address.page == "about":
        lines += [text("how_to_report"), text("elsewhere")]
    head = [paragraph(bold(title)), *(paragraph(plain(line)) for line in lines)]
    said = [title, *lines]
    for label, address in page.links:
        head.append(paragraph(plain(f"{label}: "), linked(address, address)))
        said.append(f"{label}: {address}")
    blocks, number = [rich_text(*head)], page.first
    for part in page.sections:
        drawn, words = _section(part, number)
        blocks += drawn
        said += words
        number += len(part.facts)
    if page.total:
        place = text(
            "page_of",
            page=page.address.number,
            pages=page.pages,
            entries=text("entries", count=page.total),
        )
        blocks.append(context(place))
        said.append(place)
    if buttons := _buttons(page):
        blocks.append(actions(*buttons))
    if page.address.page in ("topics", "sources", "about"):
        blocks.append(build_menu(page.address.page))
    return Message(entities("\n".join(said)), tuple(blocks))


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    names = [name for name in MENU if name not in without]
    return actions(*[button(f"open_{n}", text(n), page_value(Address(n))) for n in names])


def build_entry(entry: Entry) -> Block:
    """A topic or source with the button that opens it."""
    lines = [f"*{escape(entry.title)}* ({text('entries', count=entry.count)})", *map(escape, entry.lines)]
    label = text("open_label", title=entry.title)
    return section("\n".join(lines), button(OPEN_PAGE, text("open"), page_value(entry.address), label=label))


def _section(part: Section, number: int) -> tuple[list[Block], list[str]]:
    """The blocks of a section, and the same in words; its first fact has this number."""
    blocks: list[Block] = []
    said: list[str] = []
    if part.heading:
        title = text("continued", heading=part.heading) if part.continued else part.heading
        blocks.append(heading(title))
        said.append(title if title.endswith(":") else f"{title}:")
    if part.lines:
        lines = [shorten(line, LINE_LENGTH) for line in part.lines[:LINES_SHOWN]]
        lines += [text("and_more", count=len(part.lines) - LINES_SHOWN)] * (len(part.lines) > LINES_SHOWN)
        blocks.append(rich_text(bullets(lines)))
        said += lines
    for entry in part.entries:
        blocks.append(build_entry(entry))
        said.append(f"{entry.title} ({text('entries', count=entry.count)}): {'. '.join(entry.lines)}")
    for place, fact in enumerate(part.facts, number):
        blocks.append(build_row(fact))
        said.append(f"{place}. {row_text(fact)}")
    return blocks, said


def _buttons(page: Page) -> list[Block]:
    """To the pages before and after, to a heading, and to the list that the page is from."""
    buttons = []
    if page.previous:
        buttons.append(button(PREVIOUS_PAGE, text("previous"), page_value(page.previous)))
    if page.next:
        buttons.append(button(NEXT_PAGE, text("next"), page_value(page.next)))
    if page.pages > 1 and len(page.starts) > 1:
        options = [(title, page_value(address)) for title, address in page.starts]
        buttons.append(select(GO_TO_PAGE, text("go_to"), options))
    if page.above:
        name = page.above.page
        title = text(_ABOVE.get(name, name))
        buttons.append(button(f"open_{name}", title, page_value(page.above)))
    return buttons
