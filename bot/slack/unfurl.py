"""Links to the source articles: unfurled as the article's card; every other link is left alone.

Belongs here: which link is which article, the card, and what its button shows.  Does not belong here: the
pages about sources.  Only articles whose own address is known can be recognised.
"""

from __future__ import annotations

import logging
import urllib.parse
from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk import WebClient

from bot.core.model import FactBase, Source
from bot.core.pages.pages import facts_of
from bot.core.pages.routes import Address
from bot.core.present import phrases
from bot.slack import wording
from bot.slack.browse import OPEN_PAGE, page_value
from bot.slack.markup import escape, link
from bot.slack.parts import Block, actions, button, context, mrkdwn_section
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)

MOST_DOMAINS = 5  # Slack's limit
_TRACKING = ("utm_", "fbclid", "gclid", "yclid")  # what people's links carry that names no other page


def unfurl_domains(base: FactBase) -> list[str]:
    """The hosts of the articles for the manifest, those of the most facts first; at most five, as Slack has it."""
    counts: dict[str, int] = {}
    for source in base.sources.values():
        if source.url and (host := urllib.parse.urlsplit(source.url).hostname):
            counts[host] = counts.get(host, 0) + len(facts_of(base, source))
    return sorted(counts, key=lambda host: (-counts[host], host))[:MOST_DOMAINS]


def source_of(url: str, base: FactBase) -> Source | None:
    """The article that an address opens, whatever passage of it; None for any other address."""
    wanted = _key(url)
    found = (s for s in base.sources.values() if s.url and _key(s.url) == wanted)
    return next(found, None) if wanted else None


def _key(url: str) -> str:
    """An address without what does not change the page: scheme, fragment, trailing slash, traces of sharing."""
    try:
        parts = urllib.parse.urlsplit(url.replace("&amp;", "&"))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    query = [q for q in parts.query.split("&") if q and not q.lower().startswith(_TRACKING)]
    path = urllib.parse.quote(urllib.parse.unquote(parts.path), safe="/").rstrip("/")
    return f"{host}{port}{path}" + (f"?{'&'.join(query)}" if query else "")


def build_article(source: Source, base: FactBase) -> list[Block]:
    """The article's card: title, who and when, how many facts, and the button that shows them."""
    about = [source.by]
    if source.dated:
        about.append(phrases.published(str(source.dated), reported=source.published is None))
    if source.inferred:
        about.append(phrases.inferred(list(source.inferred)))
    count = len(facts_of(base, source))
    blocks = [
        mrkdwn_section(f"*{link(source.address, source.title)}*\n{escape(source.standpoint)}"),
        context([escape("; ".join(about)), escape(wording.facts_from(count))]),
    ]
    if count:
        page = page_value(Address("source", source.id))
        label = wording.SHOW_FACTS_LABEL.format(title=source.title)
        blocks.append(actions([button(OPEN_PAGE, wording.SHOW_FACTS, page, label)]))
    return blocks


def build_unfurls(links: Iterable[Any], base: FactBase) -> dict[str, dict[str, list[Block]]]:
    """An unfurl for each article among the links, under the address exactly as Slack wrote it; an article once."""
    unfurls: dict[str, dict[str, list[Block]]] = {}
    seen: set[str] = set()
    for shared in links:
        url = str(shared.get("url") or "") if isinstance(shared, Mapping) else ""
        source = source_of(url, base)
        if source and source.id not in seen:
            seen.add(source.id)
            unfurls[url] = {"blocks": build_article(source, base)}
    return unfurls


class Unfurl:
    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def handle_links(self, event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        links = event.get("links")
        unfurls = build_unfurls(links if isinstance(links, list) else (), self._surroundings.finder().base)
        if not unfurls:
            return
        team = body.get("team_id")
        # A link being typed and the same link posted are two unfurls to Slack; a repeated delivery is none.
        if event.get("source") == "composer" or event.get("channel") == "COMPOSER":
            where = {
                "unfurl_id": str(event.get("unfurl_id")),
                "source": str(event.get("source") or "composer"),
            }
        else:
            where = {"channel": str(event.get("channel")), "ts": str(event.get("message_ts"))}
        keys = [f"unfurl:{team}:{':'.join(where.values())}"]
        if body.get("event_id"):
            keys.append(f"event:{team}:{body['event_id']}")
        if not self._surroundings.claims.claim(*keys):
            return
        log.info("unfurled links=%d in=%s", len(unfurls), event.get("source") or "conversation")
        client.chat_unfurl(**where, unfurls=unfurls)  # type: ignore[arg-type]  # plain dicts are taken as they are
