"""The slash command and *Check against the facts*, the message shortcut."""

import logging
import time
from typing import Any

from slack_bolt import Ack, App, Args, BoltContext
from slack_sdk import WebClient

from bot.core.feedback.message_check import check_message
from bot.slack.answering import Asked, answer
from bot.slack.blocks.elements import without_tables
from bot.slack.blocks.message_check import build_check
from bot.slack.mrkdwn import message_text
from bot.slack.responses import respond

log = logging.getLogger(__name__)

CHECK_SHORTCUT = "check_message"


def register(app: App, command: str) -> None:
    app.command(f"/{command}")(handle_command)
    app.message_shortcut(CHECK_SHORTCUT)(handle_check)


def handle_command(ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """The acknowledgement is the answer, except where Slack may refuse a block and plain ones have to follow."""
    message = answer(Asked("command", command.get("text") or "", share=True), context)
    if without_tables(message.blocks) is None:
        ack(**message.payload(), response_type="ephemeral")
    else:
        ack()
        respond(str(command["response_url"]), client, message)


def handle_check(args: Args) -> None:
    args.ack()
    started = time.monotonic()
    context, engine, message = args.context, args.context["engine"], args.body["message"]
    check = check_message(message_text(message), engine.ask)
    facts = [related.fact.id for claim in check.claims for related in claim.facts]
    milliseconds = (time.monotonic() - started) * 1000
    log.info("checked sentences=%d touched=%d facts=%s team=%s channel=%s user=%s ms=%.1f", check.sentences,
             len(check.claims), ",".join(facts) or "-", context.team_id, context.channel_id, context.user_id,
             milliseconds)  # fmt: skip
    thread, ts = message.get("thread_ts"), message.get("ts")
    for part in build_check(check, engine.base):
        respond(str(args.body["response_url"]), args.client, part, thread_ts=thread if thread != ts else None)
