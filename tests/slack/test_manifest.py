"""The manifest serves both modes and names exactly what the bot listens to."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.slack.blocks import modals
from bot.slack.listeners import register
from bot.slack.manifest import SCOPES, manifest

ROOT = Path(__file__).resolve().parents[2]
URL = "https://bot.example.org"

# The scope that each event needs, if any (Slack's reference of events).
NEEDED = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "function_executed": None,
    "link_shared": "links:read",
    "message.im": "im:history",
}


class Recorder:
    """Stands in for the app and writes down what is registered."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Any:
        def registering(name: str) -> Any:
            self.names.setdefault(kind, []).append(name)
            return lambda function: function

        return registering


def registered() -> dict[str, list[str]]:
    recorder = Recorder()
    register(recorder, "unionstate")  # type: ignore[arg-type]
    return recorder.names


def test_manifest_and_listeners_agree() -> None:
    made = manifest()
    listeners = registered()
    assert listeners.pop("command") == [c["command"] for c in made["features"]["slash_commands"]]
    events = {e.partition(".")[0] for e in made["settings"]["event_subscriptions"]["bot_events"]}
    assert {*listeners.pop("event"), "function_executed"} == events  # the last is registered by `function`
    # The manifest does not list buttons; interactivity is one switch.
    listeners.pop("action")
    assert made["settings"]["interactivity"]["is_enabled"]
    shortcuts = {"global": listeners.pop("global_shortcut"), "message": listeners.pop("message_shortcut")}
    assert [(s["type"], [s["callback_id"]]) for s in made["features"]["shortcuts"]] == list(shortcuts.items())
    assert listeners.pop("function") == list(made["functions"])
    # Nor does it list modals and type-ahead.
    assert listeners.pop("view") == [modals.FIND_MODAL, modals.REPORT_MODAL]
    assert listeners.pop("options") == [modals.FIND_FACT]
    assert listeners == {}


def test_each_scope_has_its_feature_and_the_reverse() -> None:
    scopes = set(manifest()["oauth_config"]["scopes"]["bot"])
    # Commands and shortcuts, posting, chat.unfurl; and what the events ask for.
    called = {"commands", "chat:write", "links:write"}
    assert scopes == {*called, *(NEEDED[event] for event in NEEDED)} - {None} == set(SCOPES)
    assert all(SCOPES.values())


def test_the_modes_differ_in_addresses_and_the_switch_only() -> None:
    socket, web = manifest(), manifest(URL)
    address = f"{URL}/slack/events"
    assert web["features"]["slash_commands"][0].pop("url") == address
    assert web["settings"]["event_subscriptions"].pop("request_url") == address
    assert web["settings"]["interactivity"].pop("request_url") == address
    assert web["settings"]["interactivity"].pop("message_menu_options_url") == address
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
    ["", "bot.example.org", "http://bot.example.org", "https://", "https://a b", f"{URL}/x", f"{URL}?a=b", "https://[bad"],
)  # fmt: skip
def test_addresses_that_slack_refuses(url: str) -> None:
    with pytest.raises(ValueError, match="the address must be like https://host"):
        manifest(url)


def test_the_file_is_the_socket_mode_output() -> None:
    assert json.loads((ROOT / "manifest.json").read_text()) == manifest()


def test_it_keeps_within_slacks_limits() -> None:
    made = manifest(URL)
    about, command = made["display_information"], made["features"]["slash_commands"][0]
    limits = [
        (about, {"name": 35, "description": 140, "long_description": 4000}),
        (command, {"command": 32, "description": 2000, "usage_hint": 1000}),
        (made["features"]["bot_user"], {"display_name": 80}),
        *((shortcut, {"name": 24, "description": 150}) for shortcut in made["features"]["shortcuts"]),
    ]
    assert len(about["long_description"]) >= 175
    for part, longest in limits:
        assert all(len(part[name]) <= limit for name, limit in longest.items()), part
