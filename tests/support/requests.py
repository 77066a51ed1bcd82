"""Requests as Slack makes them: bodies, and the signature over them."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from bot.playground.actions import command_payload, event_payload, interaction
from bot.playground.workspace import PERSON as ANNA
from bot.playground.workspace import Json
from tests.support.fake_slack import BOT_USER, SIGNING_SECRET, TEAM

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

_numbers = itertools.count(1)


def new_ts() -> str:
    return f"1700000000.{next(_numbers):06d}"


def signed_headers(
    body: str | bytes, kind: str, *, secret: str = SIGNING_SECRET, age: float = 0
) -> dict[str, str]:
    """The headers that Slack sends with `body`; `age` is how many seconds ago it was signed."""
    timestamp = str(int(time.time() - age))
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=text)
    assert signature
    return {"content-type": kind, "x-slack-signature": signature, "x-slack-request-timestamp": timestamp}


def command_body(
    text: str | None, response_url: str, *, user: str = ANNA, channel: str = "C1", **more: str
) -> str:
    fields = command_payload("/unionstate", text or "", channel, user, response_url)
    if text is None:
        del fields["text"]
    return urlencode({**fields, **more})


def event_body(event: Json, event_id: str | None = None) -> str:
    return json.dumps(event_payload(event) | ({"event_id": event_id} if event_id else {}))


def mention_event(text: str, *, user: str = ANNA, channel: str = "C1", **more: Any) -> Json:
    message = {"user": user, "text": text, "ts": new_ts(), "channel": channel, "team": TEAM}
    return {"type": "app_mention", **message, **more}


def mention_body(text: str) -> str:
    return event_body(mention_event(f"<@{BOT_USER}> {text}"))


def dm_event(text: str, *, user: str = ANNA, channel: str = "D1", **more: Any) -> Json:
    return mention_event(text, user=user, channel=channel, **{"type": "message", "channel_type": "im"} | more)


def used(
    kind: str, action_id: str, value: str | None, *, user: str = ANNA, block_id: str = "b1", **where: Any
) -> Json:
    """An element that was used: a button, an option of a menu that was chosen, Enter in a `plain_text_input`."""
    chosen: Json = {} if value is None else {"value": value}
    if chosen and kind not in ("button", "plain_text_input"):
        chosen = {"selected_option": {"text": {"type": "plain_text", "text": "…"}, **chosen}}
    action = {"type": kind, "action_id": action_id, "block_id": block_id, **chosen}
    return interaction("block_actions", user, actions=[action], **where)


def in_message(
    channel: str = "C1", *, ephemeral: bool = True, message_ts: str = "", thread_ts: str | None = None, **more: Any
) -> Json:  # fmt: skip
    """Where an element of a message is.  Slack sends no `message` for private ones."""
    ts, thread = message_ts or new_ts(), {"thread_ts": thread_ts} if thread_ts else {}
    container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral}
    message = {"type": "message", "user": BOT_USER, "bot_id": "B0BOT", "ts": ts, "text": "…", **thread}
    shown = {} if ephemeral else {"message": message}
    return {"channel": {"id": channel}, "container": {**container, **thread, **more}, **shown}


def action_body(
    action_id: str, value: str | None, response_url: str, *, user: str = ANNA, **where: Any
) -> str:
    """A pressed button of a message."""
    place = in_message(**where)
    payload = used("button", action_id, value, user=user, response_url=response_url, **place)
    return urlencode({"payload": json.dumps(payload)})
