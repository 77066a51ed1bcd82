"""*Find a fact*, the global shortcut: opens the modal."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.slack.blocks.modals import build_find_modal

FIND_SHORTCUT = "find_fact"


def handle_find(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=str(body["trigger_id"]), view=build_find_modal())
