"""What Slack sends for shortcuts, modals, type-ahead, menus, links, workflow steps and the app's Home."""

from __future__ import annotations

from typing import Any

from bot.playground.actions import interaction
from bot.playground.workspace import Json
from tests.support.requests import ANNA, in_message, new_ts, used


def global_shortcut(callback_id: str) -> Json:
    return interaction("shortcut", callback_id=callback_id)


def message_shortcut(callback_id: str, message: Json, response_url: str, *, channel: str = "C1") -> Json:
    held = {"type": "message", "user": "U2BORIS", "ts": "1.1", **message}
    place = {"channel": {"id": channel}, "message_ts": "1.1", "response_url": response_url}
    return interaction("message_action", callback_id=callback_id, message=held, **place)


def suggestion(action_id: str, value: str) -> Json:
    """A key typed into a type-ahead of a modal."""
    typed = {"action_id": action_id, "block_id": action_id, "value": value}
    return interaction("block_suggestion", **typed, **in_view({"id": "V1", "type": "modal"}))


def in_view(view: Json) -> Json:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def chosen_in_modal(view: Json, action_id: str, value: str) -> Json:
    """An option chosen in a type-ahead of an open modal."""
    return used("external_select", action_id, value, block_id=action_id, **in_view(view))


def submitted(view: Json, values: dict[str, Json], response_url: str = "", *, user: str = ANNA) -> Json:
    """A submitted modal; `values` by the id that block and element share."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    urls = [{"channel_id": "C1", "response_url": response_url}] if response_url else []
    return interaction("view_submission", user, view={**view, "state": state}, response_urls=urls)


def from_menu(action_id: str, value: str, response_url: str = "", *, channel: str = "C1") -> Json:
    """An option chosen in the menu of a message's card."""
    return used("overflow", action_id, value, response_url=response_url, **in_message(channel))


def button_pressed(action_id: str, value: str) -> Json:
    """A button of a message that opens a modal."""
    return used("button", action_id, value, **in_message())


def unfurl_button(
    action_id: str, value: str, response_url: str, *, channel: str, thread_ts: str | None
) -> Json:
    """A button pressed on an unfurled link in someone's message."""
    place = in_message(channel, ephemeral=False, type="message_attachment", thread_ts=thread_ts)
    return used("button", action_id, value, response_url=response_url, **place)


def links_event(*urls: str, composer: bool = False, channel: str = "C1", ts: str = "") -> Json:
    where = {"channel": channel, "message_ts": ts or new_ts(), "source": "conversations_history"}
    if composer:
        where = {
            "channel": "COMPOSER",
            "message_ts": "0ab-1",
            "source": "composer",
            "unfurl_id": f"U.{new_ts()}",
        }
    links = [{"domain": url.split("/")[2] if url.count("/") > 2 else url, "url": url} for url in urls]
    return {"type": "link_shared", "user": ANNA, "is_bot_user_member": False, "links": links, **where}


def step_event(callback_id: str, inputs: Json) -> Json:
    return {
        "type": "function_executed", "function": {"id": "Fn1", "callback_id": callback_id, "type": "app"},
        "inputs": inputs, "function_execution_id": f"Fx{new_ts()}", "bot_access_token": "xoxb-test-token",
    }  # fmt: skip


def opened_event(view: Json | None = None, *, user: str = ANNA, tab: str = "home") -> Json:
    """The app's Home is visited; `view` is the one that was published for the person before."""
    shown = {"view": view} if view else {}
    return {"type": "app_home_opened", "user": user, "channel": "D1", "tab": tab, **shown}


def pressed_at_home(
    view: Json, action_id: str, value: str | None, *, kind: str = "button", **more: Any
) -> Json:
    """A button, a menu (`static_select`) or Enter in a box (`plain_text_input`) on the Home that is `view`."""
    return used(kind, action_id, value, **in_view(view), **more)
