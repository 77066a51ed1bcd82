"""The card under a link to a source article."""

from collections.abc import Iterable

from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.pages.pages import facts_of
from bot.core.pages.routes import Address
from bot.core.present import phrases
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Block
from bot.slack.blocks.pages import OPEN_PAGE, page_value
from bot.slack.links import source_of
from bot.slack.mrkdwn import escape, link


def build_article(source: Source, base: FactBase) -> list[Block]:
    """Title, author, date, how many facts, and the button that shows them."""
    about = [source.by]
    if source.dated:
        about.append(phrases.published(source))
    if source.inferred:
        about.append(phrases.inferred(source))
    count = len(facts_of(base, source))
    blocks = [
        ui.section(f"*{link(source.address, source.title)}*\n{escape(source.standpoint)}"),
        ui.context(escape("; ".join(about)), text("entries", count=count)),
    ]
    if count:
        page, label = page_value(Address("source", source.id)), text("show_entries_label", title=source.title)
        blocks.append(ui.actions(ui.button(OPEN_PAGE, text("show_entries"), page, label=label)))
    return blocks


def build_unfurls(links: Iterable[str], base: FactBase) -> dict[str, dict[str, list[Block]]]:
    """An unfurl for each article among the links, under the address exactly as Slack wrote it."""
    found: dict[str, str] = {}
    for url in links:
        if source := source_of(url, base):
            found.setdefault(source.id, url)
    return {url: {"blocks": build_article(base.sources[i], base)} for i, url in found.items()}
