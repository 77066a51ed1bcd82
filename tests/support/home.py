"""What Slack sends when a person visits the app's Home or presses something on it."""

from __future__ import annotations

from typing import Any

from tests.support.fake_slack import APP, TEAM, new_trigger
from tests.support.requests import new_ts

ANNA = "U1ANNA"


def opened_event(
    view: dict[str, Any] | None = None, *, user: str = ANNA, tab: str = "home"
) -> dict[str, Any]:
    """`view` is the Home that the person has, if one was published before."""
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
    view: dict[str, Any],
    action_id: str,
    value: str | None,
    *,
    kind: str = "button",
    user: str = ANNA,
    block_id: str = "b1",
) -> dict[str, Any]:
    """A button, a menu (`static_select`) or Enter in a box (`plain_text_input`) on the Home that is `view`."""
    action: dict[str, Any] = {
        "type": kind, "action_id": action_id, "block_id": block_id, "action_ts": new_ts()
    }  # fmt: skip
    if kind == "static_select":
        action["selected_option"] = {"text": {"type": "plain_text", "text": "…"}, "value": value}
    else:
        action["value"] = value
    return {
        "type": "block_actions", "user": {"id": user, "username": "anna", "team_id": TEAM}, "api_app_id": APP,
        "team": {"id": TEAM, "domain": "team"}, "enterprise": None, "is_enterprise_install": False,
        "trigger_id": new_trigger(), "container": {"type": "view", "view_id": view["id"]}, "view": view,
        "actions": [action],
    }  # fmt: skip
