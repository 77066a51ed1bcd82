"""The parts that messages and views are put together from.

Belongs here: one block or element, made of words that it is handed.  Does not belong here: what a
message says (`blocks` and the other drawing modules), or Slack's limits (`limits`).

Words from outside go into rich text, where nothing is markup; where a part takes mrkdwn, it says so, and
whoever calls it has escaped them (`markup.escape`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from bot.slack.markup import shorten

Block: TypeAlias = dict[str, Any]

BUTTON_LABEL_LENGTH = 75


def plain(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def section(*elements: Block) -> Block:
    """A paragraph of a rich text block; `mrkdwn_section` is a block of its own."""
    return {"type": "rich_text_section", "elements": list(elements)}


def bullets(lines: Sequence[str]) -> Block:
    """A list of a rich text block."""
    return {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [section(plain(line)) for line in lines],
    }


def rich_text(elements: Sequence[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def mrkdwn_section(text: str, accessory: Block | None = None) -> Block:
    """A line of mrkdwn, with a button or the like beside it."""
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    if accessory:
        block["accessory"] = accessory
    return block


def context(lines: Sequence[str]) -> Block:
    """Small print; the lines are mrkdwn."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": line, "verbatim": True} for line in lines],
    }


def actions(elements: Sequence[Block]) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(action_id: str, text: str, value: str, label: str | None = None) -> Block:
    """A button; `label` is what a screen reader says where `text` alone would not tell."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "value": value,
    }
    if label:
        made["accessibility_label"] = shorten(label, BUTTON_LABEL_LENGTH)
    return made
