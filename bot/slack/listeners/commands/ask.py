"""The slash command: a question, help or a page, answered privately."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.slack.answering import answer
from bot.slack.blocks.elements import without_new_blocks
from bot.slack.responses import ResponseUrl


def handle_command(ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """The acknowledgement is the answer, except where Slack may refuse a block and plain ones have to follow."""
    message = answer("command", command.get("text") or "", context, share=True)
    if without_new_blocks(message.blocks) is None:
        ack(**message.payload(), response_type="ephemeral")
        return
    ack()
    ResponseUrl(str(command["response_url"]), client).private(message)
