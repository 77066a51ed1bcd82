"""The slash command: a question, help or a page, answered privately."""

from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.slack.answering import Asked, answer
from bot.slack.blocks.elements import without_tables
from bot.slack.responses import respond


def register(app: App, command: str) -> None:
    app.command(f"/{command}")(handle_command)


def handle_command(ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """The acknowledgement is the answer, except where Slack may refuse a block and plain ones have to follow."""
    message = answer(Asked("command", command.get("text") or "", share=True), context)
    if without_tables(message.blocks) is None:
        ack(**message.payload(), response_type="ephemeral")
    else:
        ack()
        respond(str(command["response_url"]), client, message)
