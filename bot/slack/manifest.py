"""What Slack has to know of the app: one definition for both modes.

Belongs here: names, descriptions, scopes, events.  Does not belong here: what is done about them
(`listeners`).  `manifest.json` at the project's root is the Socket Mode output.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Sequence
from functools import cache
from typing import Any

from bot.core.check import load_checked
from bot.slack.check_message import CHECK_SHORTCUT
from bot.slack.find import FIND_SHORTCUT
from bot.slack.step import LOOK_UP_STEP, step_definition
from bot.slack.unfurl import unfurl_domains
from bot.slack.wording import CHECK_TITLE, COMMAND, FIND_TITLE

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

# Each scope with the one feature that needs it.
SCOPES = {
    "app_mentions:read": "mentions",
    "chat:write": "replies to mentions and direct messages, and reports to the maintainers' channel",
    "commands": "the slash command and both shortcuts",
    "im:history": "direct messages",
    "links:read": "noticing links to the source articles",
    "links:write": "unfurling links to the source articles",
}
EVENTS = ("app_home_opened", "app_mention", "function_executed", "link_shared", "message.im")
REMOVAL_EVENTS = ("app_uninstalled", "tokens_revoked")  # where workspaces install the app themselves

_LONG_DESCRIPTION = (
    "UnionState answers questions about the Union State of Russia and Belarus with curated facts from published"
    " articles. Every answer gives the figure or date first, then says when it was true, who says so and which"
    " article it stands in, with a link that opens at the passage. Opinions stay attributed to whoever holds them."
    " Where there is no such fact, UnionState says so instead of guessing."
)


def manifest(
    url: str | None = None, *, installable: bool = False, domains: Sequence[str] | None = None
) -> dict[str, Any]:
    """The app manifest: for Socket Mode, or for HTTP at `url` (https://host, without a path).

    `installable` is for several workspaces, which install the app by OAuth at that address.
    `domains` are those of the articles whose links unfurl; the project's own where none are given.
    Raises ValueError for an address that Slack would not take, or for none where one is needed.
    """
    if installable and url is None:
        raise ValueError("workspaces install the app over HTTP: give the address")
    address = _events_address(url) if url is not None else None
    request_url = {"request_url": address} if address else {}
    options_url = {"message_menu_options_url": address} if address else {}
    command = {
        "command": COMMAND,
        **({"url": address} if address else {}),
        "description": "Look up a fact and its source",
        "usage_hint": "[a question or a few words, or help]",
        "should_escape": False,
    }
    return {
        "display_information": {
            "name": "UnionState",
            "description": "Sourced facts about the Union State of Russia and Belarus",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "UnionState", "always_online": True},
            "slash_commands": [command],
            "shortcuts": [
                {
                    "name": FIND_TITLE,
                    "type": "global",
                    "callback_id": FIND_SHORTCUT,
                    "description": "Find a fact as you type, and post it",
                },
                {
                    "name": CHECK_TITLE,
                    "type": "message",
                    "callback_id": CHECK_SHORTCUT,
                    "description": "Lay a message beside the facts, sentence by sentence, for your eyes only",
                },
            ],
            "unfurl_domains": list(_own_domains() if domains is None else domains),
        },
        "functions": {LOOK_UP_STEP: step_definition()},
        "oauth_config": {
            **(
                {"redirect_urls": [address.replace(EVENTS_PATH, REDIRECT_PATH)]}
                if address and installable
                else {}
            ),
            "scopes": {"bot": sorted(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {
                **request_url,
                "bot_events": [*EVENTS, *(REMOVAL_EVENTS if installable else ())],
            },
            "interactivity": {"is_enabled": True, **request_url, **options_url},
            # Workflow Builder offers the steps of such apps only as an organisation may install.
            "org_deploy_enabled": True,
            "function_runtime": "remote",
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


@cache
def _own_domains() -> tuple[str, ...]:
    """The domains of the project's own articles."""
    return tuple(unfurl_domains(load_checked()))


def _events_address(url: str) -> str:
    try:
        parts = urllib.parse.urlsplit(url)
        valid = (
            parts.scheme == "https"
            and bool(parts.hostname)
            and len(url.split()) == 1
            and not (parts.query or parts.fragment)
        )
    except ValueError:
        valid = False
    if not valid or parts.path.rstrip("/") not in ("", EVENTS_PATH):
        raise ValueError("the address must be like https://host, where Slack reaches the bot")
    return f"https://{parts.netloc}{EVENTS_PATH}"
