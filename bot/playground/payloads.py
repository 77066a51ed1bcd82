"""What Slack sends to the bot when a person does something: the bodies, and the signature over them."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from slack_sdk.signature import SignatureVerifier

from bot.playground.workspace import APP, BOT_USER, TEAM, Channel, Json, Person, new_trigger

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TEAM_NAME = "playground"

_TYPED = re.compile(r"(?<!\w)@(?P<name>\w+)|(?P<url>https?://\S+[^\s.,;:!?)\]}'\"])")


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


class Typed(NamedTuple):
    """A typed message as Slack passes it on, with the users and links in it."""

    text: str
    mentions: list[str]
    links: list[str]


def read_typed(raw: str, names: Mapping[str, str]) -> Typed:
    """`names` has the user ids of those who can be mentioned, by name in lower case."""
    typed = Typed("", [], [])

    def entity(match: re.Match[str]) -> str:
        if match["url"]:
            typed.links.append(match["url"])
            return f"<{match['url']}>"
        if user := names.get(match["name"].lower()):
            typed.mentions.append(user)
            return f"<@{user}>"
        return match[0]

    return typed._replace(text=_TYPED.sub(entity, escape(raw)))


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


def event(inner: Json) -> Payload:
    """An event of the Events API."""
    content = {
        "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(6)}", "event_time": int(time.time()), "event": inner,
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
    return {
        "type": element["type"], "action_id": element["action_id"], "block_id": block_id, "action_ts": f"{time.time():.6f}",
        **{key: element[key] for key in ("text", "value", "style") if element["type"] == "button" and key in element},
        **{key: value for key, value in picked.items() if key == "value" or key.startswith("selected_")},
    }  # fmt: skip
