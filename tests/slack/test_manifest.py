"""The manifest is one definition for both modes, and names what the bot hears: no more, no less."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.slack import blocks
from bot.slack.listeners import register
from bot.slack.manifest import EVENTS, SCOPES, manifest
from bot.slack.surroundings import Surroundings
from tests.support.facts import small_finder

ROOT = Path(__file__).resolve().parents[2]
URL = "https://bot.example.org"

# The scope that each event needs (Slack's reference of events).
NEEDED = {"app_mention": "app_mentions:read", "message.im": "im:history"}


class Recorder:
    """Stands in for the app and writes down what is registered."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Any:
        def registering(name: str) -> Any:
            self.heard.setdefault(kind, []).append(name)
            return lambda function: function

        return registering


def heard() -> dict[str, list[str]]:
    recorder = Recorder()
    register(recorder, Surroundings(small_finder), lambda *_: None)  # type: ignore[arg-type]
    return recorder.heard


def test_manifest_and_listeners_name_the_same() -> None:
    made = manifest()
    listeners = heard()
    assert listeners.pop("command") == [c["command"] for c in made["features"]["slash_commands"]]
    events = {e.partition(".")[0] for e in made["settings"]["event_subscriptions"]["bot_events"]}
    assert set(listeners.pop("event")) == events
    # Buttons have no manifest entry of their own, only the switch.
    assert set(listeners.pop("action")) == {blocks.SHOW_FACT, blocks.MORE_LIKE_THIS, blocks.SHARE_FACT}
    assert made["settings"]["interactivity"]["is_enabled"]
    assert listeners == {}
    assert "shortcuts" not in made["features"]


def test_each_scope_has_its_feature_and_the_reverse() -> None:
    scopes = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert scopes == {"commands", "chat:write", *(NEEDED[event] for event in EVENTS)} == set(SCOPES)


def test_people_can_write_to_the_bot() -> None:
    home = manifest()["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_the_modes_differ_in_addresses_and_the_switch_only() -> None:
    socket, web = manifest(), manifest(URL)
    address = f"{URL}/slack/events"
    assert web["features"]["slash_commands"][0].pop("url") == address
    assert web["settings"]["event_subscriptions"].pop("request_url") == address
    assert web["settings"]["interactivity"].pop("request_url") == address
    assert web["settings"].pop("socket_mode_enabled") is False
    assert socket["settings"].pop("socket_mode_enabled") is True
    assert web == socket
    assert "https://" not in json.dumps(socket)


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/slack/events", f"{URL}:8443"])
def test_addresses_that_slack_takes(url: str) -> None:
    host = URL + (":8443" if "8443" in url else "")
    assert manifest(url)["settings"]["interactivity"]["request_url"] == f"{host}/slack/events"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bot.example.org",
        "http://bot.example.org",
        "https://",
        "https://a b",
        f"{URL}/x",
        f"{URL}?a=b",
        "https://[bad",
    ],
)
def test_addresses_that_slack_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="the address must be like https://host"):
        manifest(url)


def test_the_file_is_the_socket_mode_output() -> None:
    assert json.loads((ROOT / "manifest.json").read_text()) == manifest()


def test_it_keeps_within_slacks_limits() -> None:
    made = manifest(URL)
    about, command = made["display_information"], made["features"]["slash_commands"][0]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(command["command"]) <= 32
    assert len(command["description"]) <= 2000
    assert len(command["usage_hint"]) <= 1000
    assert len(made["features"]["bot_user"]["display_name"]) <= 80
