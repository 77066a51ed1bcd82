"""The payloads that Slack sends to the bot when a person does something."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from bot.playground.workspace import APP, BOT_USER, PERSON, TEAM, Json


def new_trigger() -> str:
    return f"1.2.{secrets.token_hex(6)}"


def command(name: str, text: str, channel: str, user: str, response_url: str) -> Json:
    """A slash command."""
    return {
        "team_id": TEAM, "channel_id": channel, "user_id": user, "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
    }  # fmt: skip


def event(inner: Mapping[str, Any]) -> Json:
    """An event of the Events API."""
    bot = {"user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event_id": f"Ev{secrets.token_hex(6)}",
        "event_time": int(time.time()), "event": dict(inner), "authorizations": [{"team_id": TEAM, **bot}],
    }  # fmt: skip


def interaction(kind: str, user: str = PERSON, **more: Any) -> Json:
    """A pressed button, a submitted view, a shortcut or a type-ahead; `more` is what belongs to that kind."""
    return {
        "type": kind, "api_app_id": APP, "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM},
        "enterprise": None, "is_enterprise_install": False, "trigger_id": new_trigger(), **more,
    }  # fmt: skip
