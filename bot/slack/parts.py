"""The parts that messages and views are put together from.

Belongs here: one block or element, made of words that it is handed.  Does not belong here: what a
message says (`blocks` and the other drawing modules), or Slack's limits (`limits`).

Words from outside go into rich text, where nothing is markup; where a part takes mrkdwn, it says so, and
whoever calls it has escaped them (`markup.escape`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from bot.slack.markup import shorten

Block: TypeAlias = dict[str, Any]

BUTTON_LABEL_LENGTH = 75
OPTIONS = 100
OPTION_LENGTH = 75


def plain(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def linked(url: str, text: str) -> Block:
    """A link within rich text."""
    return {"type": "link", "url": url, "text": text}


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


def option(text: str, value: str, url: str | None = None, about: str = "") -> Block:
    """An entry of a menu or list, with a second line `about` it; in an overflow menu it may open an address."""
    made: Block = {
        "text": {"type": "plain_text", "text": shorten(text, OPTION_LENGTH), "emoji": False},
        "value": value,
    }
    if url:
        made["url"] = url
    if about:
        made["description"] = {"type": "plain_text", "text": shorten(about, OPTION_LENGTH), "emoji": False}
    return made


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def feedback(action_id: str, positive: tuple[str, str], negative: tuple[str, str]) -> Block:
    """Slack's own thumbs; each side is its label and its value.  In messages only; see `plainer`."""

    def thumb(text: str, value: str) -> Block:
        return {
            "text": {"type": "plain_text", "text": text, "emoji": False},
            "value": value,
            "accessibility_label": text,
        }

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": action_id,
                "positive_button": thumb(*positive),
                "negative_button": thumb(*negative),
            }
        ],
    }


def plainer(blocks: Sequence[Block]) -> list[Block] | None:
    """The same content without blocks that some workspaces lack; None where there are none of these."""
    if not any(block["type"] in _PLAINER for block in blocks):
        return None
    return [_PLAINER[block["type"]](block) if block["type"] in _PLAINER else block for block in blocks]


def _plain_feedback(block: Block) -> Block:
    (element,) = block["elements"]
    sides = (("up", element["positive_button"]), ("down", element["negative_button"]))
    return actions(
        [button(f"{element['action_id']}_{side}", b["text"]["text"], b["value"]) for side, b in sides]
    )


_PLAINER: dict[str, Callable[[Block], Block]] = {"context_actions": _plain_feedback}


def select(action_id: str, placeholder: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of texts with their values; what is beyond Slack's hundred is left out."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": {"type": "plain_text", "text": placeholder, "emoji": False},
        "options": [option(text, value) for text, value in options[:OPTIONS]],
    }
