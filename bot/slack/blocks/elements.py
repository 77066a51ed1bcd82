"""The blocks and elements that messages and views are made of.

Words from outside go into rich text or plain text, where nothing is markup.  Parameters named `mrkdwn` are markup:
the caller escapes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.slack.mrkdwn import entities, shorten

Block: TypeAlias = dict[str, Any]

VALUE_VERSION = "v1"  # buttons may be pressed years later, so a value says which version wrote it
LABEL_LENGTH = OPTION_LENGTH = 75
OPTIONS = 100


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the same in words for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The message's part of a request; links aren't unfurled, since previews would bury the answer."""
        payload: dict[str, Any] = {"text": self.text, "unfurl_links": False, "unfurl_media": False}
        return {**payload, "blocks": list(self.blocks)} if self.blocks else payload


def notice(sentence: str) -> Message:
    """One sentence and nothing else."""
    return Message(entities(sentence))


def versioned(*parts: str) -> str:
    """The value of a button or option."""
    return ":".join((VALUE_VERSION, *parts))


def read_value(value: object, parts: int = 1) -> tuple[str, ...] | None:
    """What `versioned` wrote, as `parts` texts (missing ones are ""); None for anything else."""
    version, _, rest = str(value or "").partition(":")
    if version != VALUE_VERSION or not rest:
        return None
    found = rest.split(":", parts - 1)
    return (*found, *[""] * (parts - len(found)))


# Rich text


def plain(text: str) -> Block:
    return {"type": "text", "text": text}


def bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def italic(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"italic": True}}


def code(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"code": True}}


def linked(url: str, text: str) -> Block:
    return {"type": "link", "url": url, "text": text}


def paragraph(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [plain(text)]}


def bullets(lines: Sequence[str]) -> Block:
    return {
        "type": "rich_text_list",
        "style": "bullet",
        "elements": [paragraph(plain(line)) for line in lines],
    }


def rich_text(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def sentence(text: str) -> Block:
    """A block with one paragraph of plain words."""
    return rich_text(paragraph(plain(text)))


def heading(text: str) -> Block:
    return rich_text(paragraph(bold(text)))


# Other blocks

DIVIDER: Block = {"type": "divider"}


def plain_text(text: str) -> Block:
    """A text object whose emoji names stay text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_text(mrkdwn: str) -> Block:
    return {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn_text(mrkdwn)}
    return {**block, "accessory": accessory} if accessory else block


def context(*mrkdwn: str) -> Block:
    """Small print, a line each."""
    return {"type": "context", "elements": [mrkdwn_text(line) for line in mrkdwn]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text)}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def input_block(
    block_id: str,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """An input; with `dispatch` the app receives each choice at once."""
    block: Block = {"type": "input", "block_id": block_id, "label": plain_text(label), "element": element}
    if hint:
        block["hint"] = plain_text(hint)
    if optional:
        block["optional"] = True
    if dispatch:
        block["dispatch_action"] = True
    return block


# Elements


def button(action_id: str, text: str, value: str, *, label: str = "", url: str = "") -> Block:
    """A button; `label` is what a screen reader says where `text` alone would not be clear."""
    made: Block = {"type": "button", "action_id": action_id, "text": plain_text(text), "value": value}
    if label:
        made["accessibility_label"] = shorten(label, LABEL_LENGTH)
    if url:
        made["url"] = url
    return made


def option(text: str, value: str, *, url: str = "", description: str = "") -> Block:
    """An entry of a menu; in an overflow menu it may open an address."""
    made: Block = {"text": plain_text(shorten(text, OPTION_LENGTH)), "value": value}
    if url:
        made["url"] = url
    if description:
        made["description"] = plain_text(shorten(description, OPTION_LENGTH))
    return made


def overflow(action_id: str, *options: Block) -> Block:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def select(action_id: str, placeholder: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of texts with their values; those beyond Slack's limit are left out."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "options": [option(text, value) for text, value in options[:OPTIONS]],
    }


def _plain_table(block: Block) -> Block:
    """A table as lines: its cells are rich text, joined by commas; the first row is the header."""
    items = []
    for row in block["rows"][1:]:
        parts: list[Block] = []
        for cell in row:
            parts += [*([plain(", ")] if parts else []), *cell["elements"][0]["elements"]]
        items.append(paragraph(*parts))
    return rich_text({"type": "rich_text_list", "style": "bullet", "elements": items})


# Blocks that some workspaces refuse, with the function that draws the same without them.
_FALLBACKS: dict[str, Callable[[Block], Block]] = {"table": _plain_table}


def without_new_blocks(blocks: Sequence[Block]) -> list[Block] | None:
    """The same content without the newer kinds of blocks; None where there are none of these."""
    if not any(block["type"] in _FALLBACKS for block in blocks):
        return None
    return [_FALLBACKS[block["type"]](block) if block["type"] in _FALLBACKS else block for block in blocks]


# Modals


def input_value(view: Block, name: str) -> dict[str, Any]:
    """The state of the input whose block and element have this id; empty where there is none."""
    values = (view.get("state") or {}).get("values") or {}
    found = (values.get(name) or {}).get(name)
    return found if isinstance(found, dict) else {}
