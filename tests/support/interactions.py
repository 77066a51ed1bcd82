"""What Slack sends for shortcuts, modals, type-ahead, menus, links and workflow steps."""

from __future__ import annotations

from typing import Any

from tests.support.fake_slack import APP, TEAM, new_trigger
from tests.support.requests import new_ts

ANNA = "U1ANNA"


def _common(user: str) -> dict[str, Any]:
    return {
        "user": {"id": user, "username": "anna", "team_id": TEAM}, "api_app_id": APP, "enterprise": None,
        "team": {"id": TEAM, "domain": "team"}, "is_enterprise_install": False, "trigger_id": new_trigger(),
    }  # fmt: skip


def global_shortcut(callback_id: str, *, user: str = ANNA) -> dict[str, Any]:
    return {**_common(user), "type": "shortcut", "callback_id": callback_id, "action_ts": new_ts()}


def message_shortcut(
    callback_id: str, message: dict[str, Any], response_url: str, *, user: str = ANNA, channel: str = "C1"
) -> dict[str, Any]:
    return {
        **_common(user), "type": "message_action", "callback_id": callback_id, "action_ts": new_ts(),
        "channel": {"id": channel, "name": "general"}, "response_url": response_url, "message_ts": "1.1",
        "message": {"type": "message", "user": "U2BORIS", "ts": "1.1", **message},
    }  # fmt: skip


def suggestion(action_id: str, value: str, *, user: str = ANNA) -> dict[str, Any]:
    """A key typed into a type-ahead of a modal."""
    return {
        **_common(user), "type": "block_suggestion", "action_id": action_id, "block_id": action_id, "value": value,
        "container": {"type": "view", "view_id": "V1"}, "view": {"id": "V1", "type": "modal"},
    }  # fmt: skip


def chosen_in_modal(view: dict[str, Any], action_id: str, value: str, *, user: str = ANNA) -> dict[str, Any]:
    """An option chosen in a type-ahead of an open modal."""
    option = {"text": {"type": "plain_text", "text": "…"}, "value": value}
    return {
        **_common(user), "type": "block_actions", "container": {"type": "view", "view_id": view["id"]}, "view": view,
        "actions": [{
            "type": "external_select", "action_id": action_id, "block_id": action_id, "action_ts": new_ts(),
            "selected_option": option,
        }],
    }  # fmt: skip


def submitted(
    view: dict[str, Any], values: dict[str, dict[str, Any]], response_url: str = "", *, user: str = ANNA
) -> dict[str, Any]:
    """A modal sent off; `values` by the id that block and element share."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    urls = (
        [{"block_id": "b", "action_id": "a", "channel_id": "C1", "response_url": response_url}]
        if response_url
        else []
    )
    return {
        **_common(user), "type": "view_submission", "view": {**view, "state": state}, "response_urls": urls,
    }  # fmt: skip


def from_menu(
    action_id: str, value: str, response_url: str = "", *, user: str = ANNA, channel: str = "C1"
) -> dict[str, Any]:
    """An entry chosen in the menu of a message's card."""
    return {
        **_common(user), "type": "block_actions", "channel": {"id": channel, "name": "general"},
        "container": {"type": "message", "message_ts": new_ts(), "channel_id": channel, "is_ephemeral": True},
        **({"response_url": response_url} if response_url else {}),
        "actions": [{
            "type": "overflow", "action_id": action_id, "block_id": "b1", "action_ts": new_ts(),
            "selected_option": {"text": {"type": "plain_text", "text": "…"}, "value": value},
        }],
    }  # fmt: skip


def button_pressed(action_id: str, value: str, *, user: str = ANNA, channel: str = "C1") -> dict[str, Any]:
    """A button of a message that opens a modal."""
    payload = from_menu(action_id, value, user=user, channel=channel)
    payload["actions"][0] = {"type": "button", "action_id": action_id, "block_id": "b1", "value": value}
    return payload


def unfurl_button(
    action_id: str, value: str, response_url: str, *, channel: str, thread_ts: str | None
) -> dict[str, Any]:
    """A button pressed on an unfurled link in somebody's message."""
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    return {
        **_common(ANNA), "type": "block_actions", "channel": {"id": channel, "name": "general"},
        "container": {
            "type": "message_attachment", "message_ts": "7.8", "attachment_id": 1, "channel_id": channel,
            "is_ephemeral": False, "is_app_unfurl": True, **thread,
        },
        "response_url": response_url,
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "b1", "value": value, "action_ts": new_ts(),
            "text": {"type": "plain_text", "text": "…"},
        }],
    }  # fmt: skip


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
