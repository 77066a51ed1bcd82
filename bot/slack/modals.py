"""Modals: the frame, the inputs, and a modal of one sentence.

Belongs here: what every modal is made of.  Does not belong here: what a certain modal asks or shows
(`find`, `cite`, `report`), or the parts that messages have as well (`parts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack import wording
from bot.slack.parts import Block, plain, rich_text, section

NOTICE = "notice"


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str | None = None,
    private_metadata: str = "",
) -> Block:
    """A modal; one with inputs needs the label of a submit button."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _text(title),
        "close": _text(wording.CLOSE),
        "blocks": list(blocks),
    }
    if submit:
        view["submit"] = _text(submit)
    if private_metadata:
        view["private_metadata"] = private_metadata
    return view


def notice(title: str, sentence: str, more: Sequence[Block] = ()) -> Block:
    """A modal that says one thing."""
    return modal(NOTICE, title, [rich_text([section(plain(sentence))]), *more])


def input_block(
    block_id: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """An input; with `dispatch`, the app hears of each choice at once."""
    block: Block = {"type": "input", "block_id": block_id, "label": _text(label), "element": element}
    if hint:
        block["hint"] = _text(hint)
    if optional:
        block["optional"] = True
    if dispatch:
        block["dispatch_action"] = True
    return block


def state_of(view: dict[str, Any], block_id: str, action_id: str) -> dict[str, Any]:
    """What a person has put into an input; empty where there is nothing."""
    values = (view.get("state") or {}).get("values") or {}
    found = (values.get(block_id) or {}).get(action_id)
    return found if isinstance(found, dict) else {}


def _text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}
