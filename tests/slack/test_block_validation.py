"""Block Kit limits, on both sides of each."""

from typing import Any

import pytest

from bot.playground.block_validation import message_problems, view_problems


def text(length: int, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": kind, "text": "x" * length}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": text(1), **more}


def actions(**more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": text(1), **more}]}


def select(*options: dict[str, Any], kind: str = "static_select") -> dict[str, Any]:
    return {"type": "actions", "elements": [{"type": kind, "action_id": "a", "options": list(options)}]}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def table(rows: int, cells: int = 1, length: int = 1) -> dict[str, Any]:
    cell = {"type": "raw_text", "text": "x" * length}
    return {"type": "table", "rows": [[cell] * cells] * rows}


def option(length: int = 1) -> dict[str, Any]:
    return {"text": text(length), "value": "v"}


ACCEPTED = [
    section(text=text(3000)),
    {"type": "header", "text": text(150)},
    {"type": "context", "elements": [text(1, "mrkdwn")] * 10},
    actions(text=text(75), value="v" * 2000, url="u" * 3000, accessibility_label="l" * 75),
    select(*[option(75)] * 100),
    rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "link", "url": "u"}),
    table(100, 20),
]
REFUSED = [
    section(text=text(3001)),
    section(colour="red"),
    section(block_id="b" * 256),
    {"type": "header", "text": text(151)},
    {"type": "context", "elements": [text(1)] * 11},
    {"type": "actions", "elements": [actions(action_id=str(i))["elements"][0] for i in range(26)]},
    {"type": "actions", "elements": actions()["elements"] * 2},
    {"type": "actions", "elements": [{"type": "button", "text": text(1)}]},
    actions(text=text(76)),
    actions(value="v" * 2001),
    actions(accessibility_label="l" * 76),
    actions(action_id="a" * 256),
    select(*[option()] * 101),
    select(option(76)),
    select(*[option()] * 6, kind="overflow"),
    rich(),
    {"type": "unheard_of"},
    table(101),
    table(1, 21),
    table(100, 2, 51),
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda block: block["type"])
def test_blocks_that_slack_takes(block: dict[str, Any]) -> None:
    assert message_problems({"text": "x", "blocks": [block]}) == []


@pytest.mark.parametrize("block", REFUSED, ids=lambda block: block["type"])
def test_blocks_that_slack_refuses(block: dict[str, Any]) -> None:
    assert message_problems({"text": "x", "blocks": [block]})


@pytest.mark.parametrize(
    ("message", "accepted"),
    [
        ({"text": "x" * 4000}, True),
        ({"text": "x" * 4001}, False),
        ({"blocks": [section()]}, False),
        ({"text": "x", "blocks": [section()] * 50}, True),
        ({"text": "x", "blocks": [section()] * 51}, False),
        ({"text": "x", "blocks": [section(block_id="a")] * 2}, False),
        ({"text": "x", "blocks": [section(text=text(3000))] * 4}, False),
        ({"text": "x", "blocks": [table(1)] * 2}, False),
    ],
)
def test_messages(message: dict[str, Any], accepted: bool) -> None:
    assert (message_problems(message) == []) is accepted


MODAL = {"type": "modal", "title": text(24), "blocks": [section()]}
ENTRY = {"type": "input", "label": text(1), "element": {"type": "plain_text_input", "action_id": "a"}}


@pytest.mark.parametrize(
    ("view", "accepted"),
    [
        ({"type": "home", "blocks": [section()] * 100}, True),
        ({"type": "home", "blocks": [section()] * 101}, False),
        (MODAL, True),
        ({**MODAL, "title": text(25)}, False),
        ({**MODAL, "private_metadata": "x" * 3001}, False),
        ({**MODAL, "blocks": [ENTRY]}, False),
        ({**MODAL, "blocks": [ENTRY], "submit": text(4)}, True),
    ],
)
def test_views(view: dict[str, Any], accepted: bool) -> None:
    assert (view_problems(view) == []) is accepted
