"""Links to the source articles: each is unfurled as the article's card, other links are left alone."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk import WebClient

from bot.core.search import SearchEngine
from bot.db.idempotency import Deduplicator
from bot.slack.blocks.unfurl import build_unfurls

log = logging.getLogger(__name__)


def handle_links(
    event: dict[str, Any],
    body: dict[str, Any],
    client: WebClient,
    engine: SearchEngine,
    deduplicator: Deduplicator,
) -> None:
    links = event.get("links")
    unfurls = build_unfurls(links if isinstance(links, list) else (), engine.base)
    if not unfurls:
        return
    team = body.get("team_id")
    # To Slack, a link being typed and the same link posted are two unfurls.
    if event.get("source") == "composer" or event.get("channel") == "COMPOSER":
        where = {"unfurl_id": str(event.get("unfurl_id")), "source": str(event.get("source") or "composer")}
    else:
        where = {"channel": str(event.get("channel")), "ts": str(event.get("message_ts"))}
    if not deduplicator.acquire(f"unfurl:{team}:{':'.join(where.values())}"):
        return
    if body.get("event_id") and not deduplicator.acquire(f"event:{team}:{body['event_id']}"):
        return
    log.info("unfurled links=%d in=%s", len(unfurls), event.get("source") or "conversation")
    client.chat_unfurl(**where, unfurls=unfurls)  # type: ignore[arg-type]  # plain dicts are accepted
