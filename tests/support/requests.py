"""Requests as Slack makes them: bodies, and the signature over them."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from tests.support.fake_slack import APP, BOT_USER, SIGNING_SECRET, TEAM, new_trigger

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

_numbers = itertools.count(1)


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
    text: str | None, response_url: str, *, user: str = "U1ANNA", channel: str = "C1", **more: str
) -> str:
    return urlencode({
        "token": "deprecated", "team_id": TEAM, "team_domain": "team", "channel_id": channel, "channel_name": "general",
        "user_id": user, "user_name": "anna", "command": "/unionstate", "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
        **({} if text is None else {"text": text}), **more,
    })  # fmt: skip


def event_body(event: dict[str, Any], event_id: str | None = None) -> str:
    return json.dumps({
        "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": event_id or f"Ev{next(_numbers)}", "event_time": int(time.time()), "event": event,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
        ],
    })  # fmt: skip


def mention_event(text: str, *, user: str = "U1ANNA", channel: str = "C1", **more: Any) -> dict[str, Any]:
    return {
        "type": "app_mention",
        "user": user,
        "text": text,
        "ts": new_ts(),
        "channel": channel,
        "team": TEAM,
        **more,
    }


def dm_event(text: str, *, user: str = "U1ANNA", channel: str = "D1", **more: Any) -> dict[str, Any]:
    return {
        "type": "message", "channel_type": "im", "user": user, "text": text, "ts": new_ts(), "channel": channel,
        "team": TEAM, **more,
    }  # fmt: skip


def action_body(
    action_id: str,
    value: str | None,
    response_url: str,
    *,
    user: str = "U1ANNA",
    channel: str = "C1",
    ephemeral: bool = True,
    message_ts: str | None = None,
    thread_ts: str | None = None,
) -> str:
    """A pressed button.  Slack sends no `message` for private messages."""
    ts = message_ts or new_ts()
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    payload: dict[str, Any] = {
        "type": "block_actions", "user": {"id": user, "username": "anna", "team_id": TEAM}, "api_app_id": APP,
        "team": {"id": TEAM, "domain": "team"}, "channel": {"id": channel, "name": "general"}, "enterprise": None,
        "is_enterprise_install": False, "trigger_id": new_trigger(), "response_url": response_url,
        "container": {
            "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral, **thread
        },
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "b1", "action_ts": new_ts(),
            "text": {"type": "plain_text", "text": "Button"}, **({} if value is None else {"value": value}),
        }],
    }  # fmt: skip
    if not ephemeral:
        payload["message"] = {
            "type": "message",
            "user": BOT_USER,
            "bot_id": "B0BOT",
            "ts": ts,
            "text": "…",
            **thread,
        }
    return urlencode({"payload": json.dumps(payload)})


def new_ts() -> str:
    return f"1700000000.{next(_numbers):06d}"
