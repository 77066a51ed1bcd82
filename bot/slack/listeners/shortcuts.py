"""*Find a fact*, the global shortcut, and *Check against the facts*, the message shortcut."""

import logging
import time

from slack_bolt import Ack, App, Args
from slack_sdk import WebClient

from bot.core.feedback.message_check import check_message
from bot.slack.blocks.message_check import build_check
from bot.slack.blocks.modals import build_find_modal
from bot.slack.mrkdwn import message_text
from bot.slack.responses import respond

log = logging.getLogger(__name__)

FIND_SHORTCUT, CHECK_SHORTCUT = "find_fact", "check_message"


def register(app: App) -> None:
    app.global_shortcut(FIND_SHORTCUT)(handle_find)
    app.message_shortcut(CHECK_SHORTCUT)(handle_check)


def handle_find(ack: Ack, shortcut: dict[str, str], client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=shortcut["trigger_id"], view=build_find_modal())


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
