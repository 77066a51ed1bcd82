"""Questions in mentions and direct messages, each answered once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.db.idempotency import Deduplicator
from bot.slack.answering import answer
from bot.slack.responses import post

# The other subtypes are edits, joins, bots …
HUMAN_SUBTYPES = frozenset({None, "file_share", "me_message", "thread_broadcast"})
SLACKBOT = "USLACKBOT"


def handle_mention(
    event: dict[str, Any],
    body: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    deduplicator: Deduplicator,
) -> None:
    if is_from_person(event) and is_first_delivery(event, body, deduplicator):
        message = answer("mention", event.get("text") or "", context)
        post(client, event["channel"], message, event.get("thread_ts") or event["ts"])


def handle_message(
    event: dict[str, Any],
    body: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    deduplicator: Deduplicator,
) -> None:
    if event.get("channel_type") != "im" or not is_from_person(event):
        return
    if is_first_delivery(event, body, deduplicator):
        message = answer("direct message", event.get("text") or "", context)
        post(client, event["channel"], message, event.get("thread_ts"))


def is_from_person(event: Mapping[str, Any]) -> bool:
    """Whether a person has just written this: not a bot (two bots could talk for ever), an edit or a notice of Slack's."""
    return bool(
        all(isinstance(event.get(name), str) and event[name] for name in ("user", "channel", "ts"))
        and event["user"] != SLACKBOT
        and not event.get("bot_id")
        and not event.get("bot_profile")
        and "edited" not in event
        and not event.get("hidden")
        and event.get("subtype") in HUMAN_SUBTYPES
    )


def is_first_delivery(event: Mapping[str, Any], body: Mapping[str, Any], deduplicator: Deduplicator) -> bool:
    """Whether neither the event nor the message has been seen (a mention may arrive as a message too)."""
    team = body.get("team_id")
    if not deduplicator.acquire(f"message:{team}:{event.get('channel')}:{event.get('ts')}"):
        return False
    return not body.get("event_id") or deduplicator.acquire(f"event:{team}:{body['event_id']}")
