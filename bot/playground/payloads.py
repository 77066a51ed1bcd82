"""What Slack sends to the bot when a person does something: the bodies, and the signature over them."""

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


@dataclass(frozen=True)
class Payload:
    """A request to the bot: its content, and the same encoded."""

    content: Json
    body: str
    kind: str

    def headers(self, signing_secret: str) -> dict[str, str]:
        """The headers that Slack sends with it, signed now."""
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(signing_secret).generate_signature(timestamp=timestamp, body=self.body)
        return {
            "content-type": self.kind, "x-slack-signature": signature or "", "x-slack-request-timestamp": timestamp,
        }  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """A typed message as Slack passes it on: with entities and mentions, as rich text, and the links in it."""

    text: str
    blocks: list[Json]
    mentions: tuple[str, ...]
    links: tuple[str, ...]


def read_typed(raw: str, names: Mapping[str, str]) -> Typed:
    """`names` has the user ids of those who can be mentioned, by name in lower case."""
    text, parts, mentions, links, end = "", [], [], [], 0
    for match in [*_TYPED.finditer(raw), None]:
        user = names.get((match["name"] or "").lower()) if match else None
        if match and match["mention"] and user is None:
            continue
        if piece := raw[end : match.start() if match else None]:
            text += escape(piece)
            parts.append({"type": "text", "text": piece})
        if match is None:
            break
        end = match.end()
        if user:
            text += f"<@{user}>"
            parts.append({"type": "user", "user_id": user})
            mentions.append(user)
        else:
            text += f"<{escape(match['url'])}>"
            parts.append({"type": "link", "url": match["url"]})
            links.append(match["url"])
    section = {"type": "rich_text_section", "elements": parts}
    return Typed(text, [{"type": "rich_text", "elements": [section]}], tuple(mentions), tuple(links))


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def command(name: str, text: str, channel: Channel, person: Person, response_url: str) -> Payload:
    """A slash command."""
    content = {
        "token": "deprecated", "team_id": TEAM, "team_domain": TEAM_NAME, "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name, "user_id": person.id,
        "user_name": person.name.lower(), "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
    }  # fmt: skip
    return Payload(content, urlencode(content), FORM)


def event(inner: Json, event_id: str) -> Payload:
    """An event of the Events API."""
    content = {
        "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": event_id, "event_time": int(time.time()), "event": inner,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
    }  # fmt: skip
    return Payload(content, json.dumps(content, ensure_ascii=False), JSON)


def interaction(kind: str, person: Person, **more: Any) -> Payload:
    """A pressed button, a submitted view, a shortcut or a type-ahead; `more` is what belongs to that kind."""
    content: Json = {
        "type": kind, "token": "deprecated", "api_app_id": APP, "team": {"id": TEAM, "domain": TEAM_NAME},
        "user": {"id": person.id, "username": person.name.lower(), "name": person.name.lower(), "team_id": TEAM},
        "enterprise": None, "is_enterprise_install": False, **more,
    }  # fmt: skip
    return Payload(content, urlencode({"payload": json.dumps(content, ensure_ascii=False)}), FORM)


def action(element: Mapping[str, Any], block_id: str, picked: Mapping[str, Any]) -> Json:
    """An element's use, as the bot gets it; `picked` is what the person chose or wrote."""
    used: Json = {
        "type": element["type"], "action_id": element["action_id"], "block_id": block_id, "action_ts": f"{time.time():.6f}",
        **{key: element[key] for key in ("text", "value", "style") if element["type"] == "button" and key in element},
        **{key: value for key, value in picked.items() if key == "value" or key.startswith("selected_")},
    }  # fmt: skip
    for name in ("positive_button", "negative_button"):
        if name in element and element[name]["value"] == used.get("value"):
            used["text"] = element[name]["text"]
    return used
