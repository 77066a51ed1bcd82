"""Visits to Home."""

from __future__ import annotations

import logging
from typing import Any

from slack_sdk import WebClient

from bot.core.search import SearchEngine
from bot.slack.blocks.home import build_home, is_current
from bot.slack.responses import publish

log = logging.getLogger(__name__)


def handle_home_opened(event: dict[str, Any], client: WebClient, engine: SearchEngine) -> None:
    """Publish Home for a person who has none, or one of other facts or of an older version."""
    if event.get("tab") != "home":
        return
    view = event.get("view") or {}
    if is_current(view, engine.base):
        log.info("home opened user=%s current", event["user"])
        return
    # If another has been published meanwhile, that is newer and stays.
    published = publish(client, event["user"], build_home(engine.base), view.get("hash"))
    log.info("home opened user=%s %s", event["user"], "published" if published else "overtaken")
