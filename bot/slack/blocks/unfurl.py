"""The card under a link to a source article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.pages.pages import facts_of
from bot.core.pages.routes import Address
from bot.core.present import phrases
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks.elements import Block, actions, button, context, section
from bot.slack.blocks.pages import OPEN_PAGE, page_value
from bot.slack.links import source_of
from bot.slack.mrkdwn import escape, link


def build_article(source: Source, base: FactBase) -> list[Block]:
    """Title, author, date, how many facts, and the button that shows them."""
    about = [source.by]
    if source.dated:
        about.append(phrases.published(str(source.dated), reported=source.published is None))
    if source.inferred:
        about.append(phrases.inferred(list(source.inferred)))
    count = len(facts_of(base, source))
    blocks = [
        section(f"*{link(source.address, source.title)}*\n{escape(source.standpoint)}"),
        context(escape("; ".join(about)), escape(text("entries", count=count))),
    ]
    if count:
        page = page_value(Address("source", source.id))
        label = text("show_entries_label", title=source.title)
        blocks.append(actions(button(OPEN_PAGE, text("show_entries"), page, label=label)))
    return blocks


def build_unfurls(links: Iterable[Any], base: FactBase) -> dict[str, dict[str, list[Block]]]:
    """An unfurl for each article among the links, under the address exactly as Slack wrote it."""
    unfurls: dict[str, dict[str, list[Block]]] = {}
    seen: set[str] = set()
    for shared in links:
        url = str(shared.get("url") or "") if isinstance(shared, Mapping) else ""
        source = source_of(url, base)
        if source and source.id not in seen:
            seen.add(source.id)
            unfurls[url] = {"blocks": build_article(source, base)}
    return unfurls
