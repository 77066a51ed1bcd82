"""The payloads that Slack sends to the bot when a person does something."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from bot.playground.workspace import APP, BOT_USER, TEAM, Channel, Json, Person, new_trigger

TEAM_NAME = "playground"
_TYPED = re.compile(r"(?<!\w)@(?P<name>\w+)|(?P<url>https?://\S+[^\s.,;:!?)\]}'\"])")


def read_typed(raw: str, names: Mapping[str, str]) -> tuple[str, list[str], list[str]]:
    """A typed message as Slack passes it on, with the users and links in it.

    `names` has the user ids of those who can be mentioned, by name in lower case.
    """
    mentions: list[str] = []
    links: list[str] = []

    def entity(match: re.Match[str]) -> str:
        if match["url"]:
            links.append(match["url"])
            return f"<{match['url']}>"
        if user := names.get(match["name"].lower()):
            mentions.append(user)
            return f"<@{user}>"
        return match[0]

    return _TYPED.sub(entity, escape(raw)), mentions, links


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def command(name: str, text: str, channel: Channel, person: Person, response_url: str) -> Json:
    """A slash command."""
    return {
        "token": "deprecated", "team_id": TEAM, "team_domain": TEAM_NAME, "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name, "user_id": person.id,
        "user_name": person.name.lower(), "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
    }  # fmt: skip


def event(inner: Mapping[str, Any]) -> Json:
    """An event of the Events API."""
    bot = {"user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(6)}", "event_time": int(time.time()), "event": dict(inner),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, **bot}], "is_ext_shared_channel": False,
    }  # fmt: skip


def interaction(kind: str, person: Person, **more: Any) -> Json:
    """A pressed button, a submitted view, a shortcut or a type-ahead; `more` is what belongs to that kind."""
    name = person.name.lower()
    return {
        "type": kind, "token": "deprecated", "api_app_id": APP, "team": {"id": TEAM, "domain": TEAM_NAME},
        "user": {"id": person.id, "username": name, "name": name, "team_id": TEAM}, "enterprise": None,
        "is_enterprise_install": False, "trigger_id": new_trigger(), **more,
    }  # fmt: skip


def action(element: Mapping[str, Any], block_id: str, picked: Mapping[str, Any]) -> Json:
    """An element's use, as the bot gets it; `picked` is what the person chose or wrote."""
    ids = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    button = ("text", "value", "style") if element["type"] == "button" else ()
    return {
        **ids, "action_ts": f"{time.time():.6f}", **{key: element[key] for key in button if key in element},
        **{key: value for key, value in picked.items() if key == "value" or key.startswith("selected_")},
    }  # fmt: skip
