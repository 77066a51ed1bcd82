"""A fact chosen in the modal *Find a fact*: its card appears there."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks.elements import read_value
from bot.slack.blocks.modals import build_find_modal, build_notice_modal
from bot.slack.responses import HASH_CONFLICT

log = logging.getLogger(__name__)


def handle_fact_chosen(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    ack()
    (fact_id,) = read_value((action.get("selected_option") or {}).get("value")) or ("",)
    fact, view = engine.base.get(fact_id), body.get("view") or {}
    log.info("previewed fact=%s", fact.id if fact else "none")
    shown = (
        build_find_modal(fact, engine.base)
        if fact
        else build_notice_modal(text("find_title"), text("fact_gone"))
    )
    try:
        client.views_update(view_id=str(view.get("id")), hash=str(view.get("hash") or ""), view=shown)
    except SlackApiError as error:
        if error.response.get("error") != HASH_CONFLICT:  # a later choice has been drawn already
            raise
