"""The blocks and elements that messages and views are made of.

Words from outside go into rich text or plain text, where nothing is markup.  Parameters named `mrkdwn` are markup:
the caller escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.slack.mrkdwn import entities, shorten

Block: TypeAlias = dict[str, Any]
Part: TypeAlias = tuple[
    Block | None, str
]  # of a message: a block, and the same in words; either may be missing

VALUE_VERSION = "v1"  # buttons may be pressed years later, so a value says which version wrote it
LABEL_LENGTH = OPTION_LENGTH = 75
OPTIONS = 100


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the same in words for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[Part], joint: str = "\n") -> Message:
        """A message made of its parts in order."""
        parts = list(parts)
        said = joint.join(words for _, words in parts if words)
        return cls(entities(said), tuple(block for block, _ in parts if block))

    def payload(self) -> dict[str, Any]:
        """The message's part of a request; links aren't unfurled, since previews would bury the answer."""
        payload: dict[str, Any] = {"text": self.text, "unfurl_links": False, "unfurl_media": False}
        return {**payload, "blocks": list(self.blocks)} if self.blocks else payload


def notice(words: str) -> Message:
    """A message of one sentence."""
    return Message(entities(words))


def versioned(*parts: str) -> str:
    """The value of a button or option."""
    return ":".join((VALUE_VERSION, *parts))


def read_value(value: object, parts: int = 1) -> tuple[str, ...]:
    """What `versioned` wrote, as that many texts; all are empty where another version wrote the value."""
    version, _, rest = str(value or "").partition(":")
    found = rest.split(":", parts - 1) if version == VALUE_VERSION else []
    return (*found, *[""] * (parts - len(found)))


def element(kind: str, **fields: object) -> Block:
    """A block or an element of one, with those of the fields that are filled in."""
    return {"type": kind} | {name: value for name, value in fields.items() if value}


# Rich text


def plain(text: str, *styles: str) -> Block:
    """Words, perhaps in the styles bold, italic or code."""
    return element("text", text=text, style=dict.fromkeys(styles, True))


def bold(text: str) -> Block:
    return plain(text, "bold")


def linked(url: str, text: str) -> Block:
    return {"type": "link", "url": url, "text": text}


def paragraph(*elements: Block) -> Block:
    """Slack refuses elements without text, so these are left out."""
    return {"type": "rich_text_section", "elements": [part for part in elements if part.get("text")]}


def quote(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [plain(text)]}


def bullets(*items: Block) -> Block:
    """A list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def lines(texts: Iterable[str]) -> Block:
    """A list of plain lines."""
    return bullets(*(paragraph(plain(text)) for text in texts))


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
    return element("section", text=mrkdwn_text(mrkdwn), accessory=accessory)


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
    field: Block,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """An input; with `dispatch` the app receives each choice at once."""
    hint_text = plain_text(hint) if hint else None
    return element("input", block_id=block_id, label=plain_text(label), element=field, hint=hint_text,
                 optional=optional, dispatch_action=dispatch)  # fmt: skip


# Elements


def button(action_id: str, text: str, value: str = VALUE_VERSION, *, label: str = "", url: str = "") -> Block:
    """A button; `label` is what a screen reader says where `text` alone would not be clear."""
    label = shorten(label, LABEL_LENGTH)
    shown = plain_text(shorten(text, LABEL_LENGTH))
    return element("button", action_id=action_id, text=shown, value=value, accessibility_label=label, url=url)


def option(text: str, value: str, *, url: str = "", description: str = "") -> Block:
    """An entry of a menu; in an overflow menu it may open an address."""
    made: Block = {"text": plain_text(shorten(text, OPTION_LENGTH)), "value": value}
    if description:
        made["description"] = plain_text(shorten(description, OPTION_LENGTH))
    return made | ({"url": url} if url else {})


def overflow(action_id: str, *options: Block) -> Block:
    """The menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def select(action_id: str, placeholder: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of texts with their values; those beyond Slack's limit are left out."""
    shown = [option(text, value) for text, value in options[:OPTIONS]]
    return element("static_select", action_id=action_id, placeholder=plain_text(placeholder), options=shown)


def without_tables(blocks: Sequence[Block]) -> list[Block] | None:
    """The same content without table blocks, which some workspaces refuse; None where there are none."""
    if all(block["type"] != "table" for block in blocks):
        return None
    return [_table_as_list(block) if block["type"] == "table" else block for block in blocks]


def _table_as_list(table: Block) -> Block:
    """The rows below the header as lines: the cells are rich text, joined by commas."""
    items = []
    for row in table["rows"][1:]:
        cells = [cell["elements"][0]["elements"] for cell in row]
        joined = [part for cell in cells for part in (plain(", "), *cell)]
        items.append(paragraph(*joined[1:]))
    return rich_text(bullets(*items))


def input_value(view: Block, name: str) -> dict[str, Any]:
    """The state of the input whose block and element have this id; empty where there is none."""
    found = ((view.get("state") or {}).get("values") or {}).get(name) or {}
    return found.get(name) or {}
