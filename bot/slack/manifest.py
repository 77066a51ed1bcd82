"""The app manifest: `manifest.json`, with the addresses of HTTP mode and the domains of the articles."""

import json
import re
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.loader import data_folder
from bot.slack.links import unfurl_domains

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

DESCRIPTION_LENGTH = 140  # Slack's limit
# Each scope of the manifest with the one feature that needs it.
SCOPES = {
    "app_mentions:read": "mentions",
    "chat:write": "replies to mentions and direct messages, and reports to the maintainers' channel",
    "commands": "the slash command and both shortcuts",
    "im:history": "direct messages",
    "links:read": "noticing links to the source articles",
    "links:write": "unfurling links to the source articles",
}
REMOVAL_EVENTS = ("app_uninstalled", "tokens_revoked")  # where workspaces install the app themselves


def manifest(
    url: str | None = None, *, installable: bool = False, base: FactBase | None = None
) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP at `url` (https://host, without a path).

    `installable` is for several workspaces, which install the app by OAuth at that address; `base` gives the name, the
    command and the domains whose links unfurl, where these are not the project's own.  Raises ValueError for an address
    that Slack would not take, or where one is missing.
    """
    if installable and url is None:
        raise ValueError("workspaces install the app over HTTP: give the address")
    made: dict[str, Any] = json.loads((data_folder() / "manifest.json").read_text("utf-8"))
    features, settings = made["features"], made["settings"]
    if base:
        features["unfurl_domains"] = unfurl_domains(base)
        description = base.site.description[:DESCRIPTION_LENGTH]
        made["display_information"] |= {"name": base.site.name, "description": description}
        features["bot_user"]["display_name"] = base.site.name
        features["slash_commands"][0]["command"] = f"/{base.site.command}"
    if url is None:
        return made
    address = _events_address(url)
    features["slash_commands"][0]["url"] = address
    settings["event_subscriptions"]["request_url"] = address
    settings["interactivity"] |= {"request_url": address, "message_menu_options_url": address}
    settings["socket_mode_enabled"] = False
    if installable:
        made["oauth_config"]["redirect_urls"] = [address.replace(EVENTS_PATH, REDIRECT_PATH)]
        settings["event_subscriptions"]["bot_events"] += REMOVAL_EVENTS
    return made


def _events_address(url: str) -> str:
    if not (host := re.fullmatch(rf"(https://[\w.-]+(?::\d+)?)(?:{EVENTS_PATH})?/?", url)):
        raise ValueError("the address must be like https://host, where Slack reaches the bot")
    return f"{host[1]}{EVENTS_PATH}"
