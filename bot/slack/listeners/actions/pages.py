"""The buttons that lead from page to page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.core.pages.pages import Status, open_page
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.pages import build_page, read_page_value
from bot.slack.responses import ActionSource, reply_to

log = logging.getLogger(__name__)


def handle_open_page(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    client: WebClient,
    engine: SearchEngine,
    repository: Repository | None,
    status: Callable[[], Status],
) -> None:
    """Another page: instead of one that only this person sees, otherwise beside it."""
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    message, found = _page(action, source, engine, repository, status)
    if not found:
        reply.private(message)
    elif source.is_own:
        reply.replace(message)
    else:
        source.answer(reply, message)


def handle_turn_page(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    client: WebClient,
    engine: SearchEngine,
    repository: Repository | None,
    status: Callable[[], Status],
) -> None:
    """The same list, further on: in its place, for everybody who sees it."""
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    message, found = _page(action, source, engine, repository, status)
    if found:
        reply.replace(message)
    else:
        reply.private(message)


def _page(
    action: dict[str, Any],
    source: ActionSource,
    engine: SearchEngine,
    repository: Repository | None,
    status: Callable[[], Status],
) -> tuple[Message, bool]:
    """The page that an action names, or a sentence and False where there is no such page any more."""
    chosen = action.get("selected_option") or {}
    address = read_page_value(str(chosen.get("value") or action.get("value") or ""))
    page = open_page(address, engine.base, status()) if address else None
    log.info("pressed button=page page=%s", address if page else "none")
    if page is None:
        return notice(text("page_gone") if address else text("out_of_date")), False
    options: dict[str, Any] = {"share": source.ephemeral, "repository": repository}
    return build_page(page, engine.base, **options), True
