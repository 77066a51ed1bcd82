"""Block Kit limits, on both sides of each."""

from typing import Any

import pytest

from bot.playground.block_validation import message_problems, options_problems, view_problems


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


def said(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"text": "x", "blocks": list(blocks)}


MODAL = {"type": "modal", "title": text(24), "blocks": [section()]}
ENTRY = {"type": "input", "label": text(1), "element": {"type": "plain_text_input", "action_id": "a"}}
TAKEN = [
    {"text": "x" * 4000},
    said(*[section()] * 50),
    said(section(text=text(3000))),
    said({"type": "header", "text": text(150)}),
    said({"type": "context", "elements": [text(1, "mrkdwn")] * 10}),
    said(actions(text=text(75), value="v" * 2000, url="u" * 3000, accessibility_label="l" * 75)),
    said(select(*[option(75)] * 100)),
    said(rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "link", "url": "u"})),
    said(table(100, 20)),
    {"type": "home", "blocks": [section()] * 100},
    MODAL,
    {**MODAL, "blocks": [ENTRY], "submit": text(4)},
    {"options": [option(75)] * 100},
]
REFUSED = [
    {"text": "x" * 4001},
    {"blocks": [section()]},
    said(),
    said(*[section()] * 51),
    said(*[section(block_id="a")] * 2),
    said(*[section(text=text(3000))] * 4),
    said(table(1), table(1)),
    said(section(text=text(3001))),
    said(section(colour="red")),
    said(section(block_id="b" * 256)),
    said({"type": "header", "text": text(151)}),
    said({"type": "context", "elements": [text(1)] * 11}),
    said({"type": "actions", "elements": [actions(action_id=str(i))["elements"][0] for i in range(26)]}),
    said({"type": "actions", "elements": actions()["elements"] * 2}),
    said({"type": "actions", "elements": [{"type": "button", "text": text(1)}]}),
    said(actions(text=text(76))),
    said(actions(value="v" * 2001)),
    said(actions(accessibility_label="l" * 76)),
    said(actions(action_id="a" * 256)),
    said(select(*[option()] * 101)),
    said(select(option(76))),
    said(select(*[option()] * 6, kind="overflow")),
    said(rich()),
    said({"type": "unheard_of"}),
    said(table(101)),
    said(table(1, 21)),
    said(table(100, 2, 51)),
    {"type": "home", "blocks": [section()] * 101},
    {"type": "home", "blocks": [table(1)]},
    {**MODAL, "title": text(25)},
    {**MODAL, "private_metadata": "x" * 3001},
    {**MODAL, "blocks": [ENTRY]},
    {"options": [option(76)]},
    {"options": [option()] * 101},
]


def problems(payload: dict[str, Any]) -> list[str]:
    if "options" in payload:
        return options_problems(payload)
    return view_problems(payload) if "type" in payload else message_problems(payload)


def test_slack_takes() -> None:
    assert [payload for payload in TAKEN if problems(payload)] == []


@pytest.mark.parametrize("payload", REFUSED, ids=lambda payload: str(payload)[:60])
def test_slack_refuses(payload: dict[str, Any]) -> None:
    assert problems(payload)
