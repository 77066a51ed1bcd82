"""What Slack sends for shortcuts, modals, type-ahead, menus, links, workflow steps and the app's Home."""

from __future__ import annotations

from typing import Any

from tests.support.requests import ANNA, in_message, interaction, new_ts, used


def global_shortcut(callback_id: str) -> dict[str, Any]:
    return interaction("shortcut", callback_id=callback_id, action_ts=new_ts())


def message_shortcut(
    callback_id: str, message: dict[str, Any], response_url: str, *, channel: str = "C1"
) -> dict[str, Any]:
    return interaction(
        "message_action", callback_id=callback_id, action_ts=new_ts(), channel={"id": channel, "name": "general"},
        response_url=response_url, message_ts="1.1",
        message={"type": "message", "user": "U2BORIS", "ts": "1.1", **message},
    )  # fmt: skip


def suggestion(action_id: str, value: str) -> dict[str, Any]:
    """A key typed into a type-ahead of a modal."""
    return interaction(
        "block_suggestion", action_id=action_id, block_id=action_id, value=value, **in_view({"id": "V1", "type": "modal"})
    )  # fmt: skip


def in_view(view: dict[str, Any]) -> dict[str, Any]:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def chosen_in_modal(view: dict[str, Any], action_id: str, value: str) -> dict[str, Any]:
    """An option chosen in a type-ahead of an open modal."""
    return used("external_select", action_id, value, block_id=action_id, **in_view(view))


def submitted(
    view: dict[str, Any], values: dict[str, dict[str, Any]], response_url: str = "", *, user: str = ANNA
) -> dict[str, Any]:
    """A submitted modal; `values` by the id that block and element share."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    urls = [{"channel_id": "C1", "response_url": response_url}] if response_url else []
    return interaction("view_submission", user=user, view={**view, "state": state}, response_urls=urls)


def from_menu(action_id: str, value: str, response_url: str = "", *, channel: str = "C1") -> dict[str, Any]:
    """An option chosen in the menu of a message's card."""
    url = {"response_url": response_url} if response_url else {}
    return used("overflow", action_id, value, **in_message(channel), **url)


def button_pressed(action_id: str, value: str) -> dict[str, Any]:
    """A button of a message that opens a modal."""
    return used("button", action_id, value, **in_message())


def unfurl_button(
    action_id: str, value: str, response_url: str, *, channel: str, thread_ts: str | None
) -> dict[str, Any]:
    """A button pressed on an unfurled link in someone's message."""
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    container = {
        "type": "message_attachment", "message_ts": "7.8", "attachment_id": 1, "channel_id": channel,
        "is_ephemeral": False, "is_app_unfurl": True, **thread,
    }  # fmt: skip
    place = {"channel": {"id": channel, "name": "general"}, "container": container}
    return used("button", action_id, value, response_url=response_url, **place)


def links_event(*urls: str, composer: bool = False, channel: str = "C1", ts: str = "") -> dict[str, Any]:
    where = (
        {"channel": "COMPOSER", "message_ts": "0ab-1", "unfurl_id": f"U.{new_ts()}", "source": "composer"}
        if composer
        else {"channel": channel, "message_ts": ts or new_ts(), "source": "conversations_history"}
    )
    links = [{"domain": url.split("/")[2] if url.count("/") > 2 else url, "url": url} for url in urls]
    return {"type": "link_shared", "user": ANNA, "is_bot_user_member": False, "links": links, **where}


def step_event(callback_id: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "function_executed", "function": {"id": "Fn1", "callback_id": callback_id, "type": "app"},
        "inputs": inputs, "function_execution_id": f"Fx{new_ts()}", "workflow_execution_id": "Wx1",
        "bot_access_token": "xoxb-test-token", "event_ts": new_ts(),
    }  # fmt: skip


def opened_event(
    view: dict[str, Any] | None = None, *, user: str = ANNA, tab: str = "home"
) -> dict[str, Any]:
    """The app's Home is visited; `view` is the one that was published for the person before."""
    shown = {"view": view} if view else {}
    return {
        "type": "app_home_opened",
        "user": user,
        "channel": "D1",
        "tab": tab,
        "event_ts": new_ts(),
        **shown,
    }


def pressed_at_home(
    view: dict[str, Any], action_id: str, value: str | None, *, kind: str = "button", **more: Any
) -> dict[str, Any]:
    """A button, a menu (`static_select`) or Enter in a box (`plain_text_input`) on the Home that is `view`."""
    return used(kind, action_id, value, **in_view(view), **more)
