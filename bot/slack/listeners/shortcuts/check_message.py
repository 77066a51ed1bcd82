"""*Check against the facts*, the message shortcut."""

from __future__ import annotations

import logging
import time
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.core.feedback.message_check import check_message
from bot.core.search import SearchEngine
from bot.slack.blocks.message_check import build_check
from bot.slack.message_text import message_text
from bot.slack.responses import ResponseUrl

log = logging.getLogger(__name__)

CHECK_SHORTCUT = "check_message"


def handle_check(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, engine: SearchEngine
) -> None:
    ack()
    started = time.monotonic()
    message = body.get("message") or {}
    comparison = check_message(message_text(message), engine.ask)
    log.info(
        "checked sentences=%d touched=%d facts=%s team=%s channel=%s user=%s ms=%.1f",
        comparison.sentences,
        len(comparison.claims),
        ",".join(t.fact.id for claim in comparison.claims for t in claim.facts) or "-",
        context.team_id,
        context.channel_id,
        context.user_id,
        (time.monotonic() - started) * 1000,
    )
    reply = ResponseUrl(str(body["response_url"]), client)
    thread, ts = message.get("thread_ts"), message.get("ts")
    for part in build_check(comparison, engine.base):
        reply.private(part, str(thread) if thread and thread != ts else None)
