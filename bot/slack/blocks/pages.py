"""The pages of the fact base as messages, the buttons between them, and the card under a link to an article."""

from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.pages.pages import ROWS, Entry, Page, Section, facts_of
from bot.core.pages.routes import Address, PageName
from bot.core.present.byline import inferred, published
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import NEAR_TOPICS, build_card, build_row, row_text
from bot.slack.blocks.elements import Block, Message, Part, versioned
from bot.slack.mrkdwn import escape, link, shorten, visible

OPEN_PAGE = "open_page"  # the button next to a topic or a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
GO_TO_TOPIC, OPEN_TOPIC = "go_to_topic", "open_overview_topic"  # a menu of topics; the topic of an overview
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
OPENING = (OPEN_PAGE, ANOTHER_FACT, GO_TO_TOPIC, OPEN_TOPIC, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

TITLE_LENGTH = 250
_ABOVE = {"topics": "all_topics", "sources": "all_sources"}


def page_value(address: Address) -> str:
    """What a button that opens a page carries: `v1:<page>:<argument>:<number>`."""
    return versioned(str(address))


def build_page(
    page: Page, base: FactBase, *, share: bool = False, repository: Repository | None = None
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    if page.fact:
        card = build_card(page.fact, base, share=share, repository=repository)
        another = ui.button(ANOTHER_FACT, text("another"), page_value(page.address))
        return Message(card.text, (*card.blocks, ui.actions(another)))
    title = shorten(visible(page.title), TITLE_LENGTH)
    lines, name = list(page.lines), page.address.page
    if name == "about":
        lines += [text("how_to_report"), text("elsewhere")]
    head = [ui.paragraph(part) for part in (ui.bold(title), *map(ui.plain, lines))]
    head += [ui.paragraph(ui.plain(f"{label}: "), ui.linked(url, url)) for label, url in page.links]
    said = [title, *lines, *(f"{label}: {url}" for label, url in page.links)]
    parts: list[Part] = [(ui.rich_text(*head), "\n".join(said))]
    number = (page.address.number - 1) * ROWS + 1
    for section in page.sections:
        parts += _section(section, number)
        number += len(section.facts)
    if page.total:
        count = text("entries", count=page.total)
        place = text("page_of", page=page.address.number, pages=page.pages, entries=count)
        parts.append((ui.context(place), place))
    if buttons := _buttons(page):
        parts.append((ui.actions(*buttons), ""))
    if name in ("topics", "sources", "about"):
        parts.append((build_menu(name), ""))
    return Message.of(parts)


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    names = [name for name in MENU if name not in without]
    return ui.actions(*[ui.button(f"open_{n}", text(n), page_value(Address(n))) for n in names])


def build_article(source: Source, base: FactBase) -> list[Block]:
    """The card under a link to an article: title, author, date, how many facts, and the button that shows them."""
    about = [source.by]
    if source.dated:
        about.append(published(source))
    if source.inferred:
        about.append(inferred(source))
    count = len(facts_of(base, source))
    blocks = [
        ui.section(f"*{link(source.address, source.title)}*\n{escape(source.standpoint)}"),
        ui.context(escape("; ".join(about)), text("entries", count=count)),
    ]
    if count:
        page, label = page_value(Address("source", source.id)), text("show_entries_label", title=source.title)
        blocks.append(ui.actions(ui.button(OPEN_PAGE, text("show_entries"), page, label=label)))
    return blocks


def _entry(entry: Entry) -> Block:
    """A topic or source with the button that opens it."""
    lines = [f"*{escape(entry.title)}* ({text('entries', count=entry.count)})", *map(escape, entry.lines)]
    label = text("open_label", title=entry.title)
    opens = ui.button(OPEN_PAGE, text("open"), page_value(entry.address), label=label)
    return ui.section("\n".join(lines), opens)


def _section(section: Section, number: int) -> list[Part]:
    """The blocks of a section with the same in words; its first fact has this number."""
    parts: list[Part] = []
    if title := section.heading:
        title = text("continued", heading=title) if section.continued else title
        parts.append((ui.heading(title), title if title.endswith(":") else f"{title}:"))
    for entry in section.entries:
        count = text("entries", count=entry.count)
        parts.append((_entry(entry), f"{entry.title} ({count}): {'. '.join(entry.lines)}"))
    parts += [(build_row(fact), f"{at}. {row_text(fact)}") for at, fact in enumerate(section.facts, number)]
    return parts


def _buttons(page: Page) -> list[Block]:
    """To the pages before and after, to a heading, and to the list that the page is from."""
    turns = (PREVIOUS_PAGE, "previous", page.previous), (NEXT_PAGE, "next", page.next)
    buttons = [ui.button(name, text(key), page_value(to)) for name, key, to in turns if to]
    if page.pages > 1 and len(page.starts) > 1:
        options = [(title, page_value(address)) for title, address in page.starts]
        buttons.append(ui.select(GO_TO_PAGE, text("go_to"), options))
    if above := page.above:
        title = text(_ABOVE.get(above.page, above.page))
        buttons.append(ui.button(f"open_{above.page}", title, page_value(above)))
    return buttons
