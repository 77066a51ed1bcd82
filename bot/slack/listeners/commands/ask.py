"""The slash command: a question, help or a page, answered privately."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.slack.answering import answer
from bot.slack.responses import ResponseUrl


def handle_command(ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    ack()
    message = answer("command", command.get("text") or "", context, share=True)
    ResponseUrl(str(command["response_url"]), client).private(message)
