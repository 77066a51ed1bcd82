"""The pages of the fact base as messages, the buttons between them, and the card under a link to an article."""

from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.pages.pages import Page, Section, facts_of
from bot.core.pages.routes import Address, PageName
from bot.core.present.byline import inferred, published
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import NEAR_TOPICS, OPEN_TOPIC, build_card, build_row
from bot.slack.blocks.elements import Block, Message, versioned
from bot.slack.mrkdwn import escape, link, shorten, visible

OPEN_PAGE = "open_page"  # the button next to a topic or a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
GO_TO_TOPIC = "go_to_topic"  # a menu
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
    name, lines = page.address.page, list(page.lines)
    if name == "about":
        lines += [text("how_to_report"), text("elsewhere")]
    title = ui.bold(shorten(visible(page.title), TITLE_LENGTH))
    links = (ui.paragraph(f"{label}: ", ui.linked(url, url)) for label, url in page.links)
    blocks = [ui.rich_text(ui.paragraph(title), *map(ui.paragraph, lines), *links)]
    for section in page.sections:
        blocks += _section(section)
    if page.total:
        count = text("entries", count=page.total)
        blocks.append(ui.context(text("page_of", page=page.address.number, pages=page.pages, entries=count)))
    blocks.append(ui.actions(*_buttons(page)))
    if name in ("topics", "sources", "about"):
        blocks.append(build_menu(name))
    return Message.of(*blocks)


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    names = [name for name in MENU if name not in without]
    return ui.actions(*[ui.button(f"open_{n}", text(n), page_value(Address(n))) for n in names])


def build_article(source: Source, base: FactBase) -> list[Block]:
    """The card under a link to an article: title, author, date, how many facts, and the button that shows them."""
    about = (source.by, published(source), inferred(source))
    count = len(facts_of(base, source))
    blocks = [
        ui.section(f"*{link(source.address, source.title)}*\n{escape(source.standpoint)}"),
        ui.context(escape("; ".join(filter(None, about))), text("entries", count=count)),
    ]
    if count:
        page, label = page_value(Address("source", source.id)), text("show_entries_label", title=source.title)
        blocks.append(ui.actions(ui.button(OPEN_PAGE, text("show_entries"), page, label=label)))
    return blocks


def _section(section: Section) -> list[Block]:
    """A heading, topics or sources with a button each, and facts."""
    heading = text("continued", heading=section.heading) if section.continued else section.heading
    blocks = [ui.heading(heading)] if heading else []
    for entry in section.entries:
        first = f"*{escape(entry.title)}* ({text('entries', count=entry.count)})"
        label = text("open_label", title=entry.title)
        opens = ui.button(OPEN_PAGE, text("open"), page_value(entry.address), label=label)
        blocks.append(ui.section("\n".join([first, *map(escape, entry.lines)]), opens))
    return [*blocks, *map(build_row, section.facts)]


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
