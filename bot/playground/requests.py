"""What Slack would send to the bot when a person does something: bodies, and the signature over them.

Belongs here: the shapes of commands, events and interactions.  Does not belong here: when one is sent
(`server`), what comes back (`stand_in`).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from bot.playground.workspace import APP, BOT_USER, TEAM, Channel, Json, Person, new_trigger

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TEAM_NAME = "playground"

_TYPED = re.compile(r"(?P<mention>(?<!\w)@(?P<name>\w+))|(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)\]}'\"])")

# What an element adds to its action when it is used; the rest of the action is read from the element itself.
_PICKED = {
    "static_select": ("selected_option",),
    "external_select": ("selected_option",),
    "users_select": ("selected_user",),
    "conversations_select": ("selected_conversation",),
    "channels_select": ("selected_channel",),
    "multi_static_select": ("selected_options",),
    "multi_external_select": ("selected_options",),
    "multi_users_select": ("selected_users",),
    "multi_conversations_select": ("selected_conversations",),
    "multi_channels_select": ("selected_channels",),
    "overflow": ("selected_option",),
    "radio_buttons": ("selected_option",),
    "checkboxes": ("selected_options",),
    "datepicker": ("selected_date",),
    "timepicker": ("selected_time",),
    "datetimepicker": ("selected_date_time",),
    "plain_text_input": ("value",),
    "number_input": ("value",),
    "email_text_input": ("value",),
    "url_text_input": ("value",),
    "rich_text_input": ("rich_text_value",),
    "feedback_buttons": ("value",),
}


@dataclass(frozen=True)
class Request:
    """A request to the bot: what it carries, and the same as it travels."""

    content: Json
    body: str
    kind: str


@dataclass(frozen=True)
class Typed:
    """What a person typed, as Slack passes it on: with entities and mentions, as rich text, and the links in it."""

    text: str
    blocks: list[Json]
    mentions: tuple[str, ...]
    links: tuple[str, ...]


def signed_headers(body: str, kind: str, secret: str) -> dict[str, str]:
    """The headers that Slack sends with `body`."""
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body) or ""
    return {"Content-Type": kind, "X-Slack-Signature": signature, "X-Slack-Request-Timestamp": timestamp}


def read_typed(raw: str, names: Mapping[str, str]) -> Typed:
    """`names` gives the user ids of those who can be mentioned, by name in lower case."""
    text, parts, mentions, links, end = "", [], [], [], 0

    def plain(piece: str) -> None:
        nonlocal text
        if piece:
            text += entities(piece)
            parts.append({"type": "text", "text": piece})

    for match in _TYPED.finditer(raw):
        user = names.get((match["name"] or "").lower())
        if match["mention"] and user is None:
            continue
        plain(raw[end : match.start()])
        if user:
            text += f"<@{user}>"
            parts.append({"type": "user", "user_id": user})
            mentions.append(user)
        else:
            text += f"<{entities(match['url'])}>"
            parts.append({"type": "link", "url": match["url"]})
            links.append(match["url"])
        end = match.end()
    plain(raw[end:])
    section = {"type": "rich_text_section", "elements": parts or [{"type": "text", "text": " "}]}
    return Typed(text, [{"type": "rich_text", "elements": [section]}], tuple(mentions), tuple(links))


def entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def command(name: str, text: str, channel: Channel, person: Person, response_url: str) -> Request:
    """A slash command."""
    content = {
        "token": "deprecated", "team_id": TEAM, "team_domain": TEAM_NAME, "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name, "user_id": person.id,
        "user_name": person.name.lower(), "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
    }  # fmt: skip
    return Request(content, urlencode(content), FORM)


def event(inner: Json, event_id: str) -> Request:
    """An event of the Events API."""
    content = {
        "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": event_id, "event_time": int(time.time()), "event": inner,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
    }  # fmt: skip
    return Request(content, json.dumps(content, ensure_ascii=False), JSON)


def interaction(kind: str, person: Person, **more: Any) -> Request:
    """A pressed button, a submitted view, a shortcut or a type-ahead's question; `more` is what is particular to it."""
    content: Json = {
        "type": kind, "token": "deprecated", "api_app_id": APP, "team": {"id": TEAM, "domain": TEAM_NAME},
        "user": {"id": person.id, "username": person.name.lower(), "name": person.name.lower(), "team_id": TEAM},
        "enterprise": None, "is_enterprise_install": False, **more,
    }  # fmt: skip
    return Request(content, urlencode({"payload": json.dumps(content, ensure_ascii=False)}), FORM)


def action(element: Mapping[str, Any], block_id: str, picked: Mapping[str, Any]) -> Json:
    """What using an element says of it.  `picked` is what the person chose or wrote."""
    kind = str(element.get("type"))
    said: Json = {
        "type": kind, "action_id": element.get("action_id", ""), "block_id": block_id, "action_ts": _now(),
    }  # fmt: skip
    if kind in ("button", "icon_button", "workflow_button"):
        said |= {key: element[key] for key in ("text", "value", "style") if key in element}
    for key in _PICKED.get(kind, ()):
        if key in picked:
            said[key] = picked[key]
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            if (half := element.get(name) or {}).get("value") == said.get("value"):
                said["text"] = half.get("text")
    return said


def _now() -> str:
    return f"{time.time():.6f}"
