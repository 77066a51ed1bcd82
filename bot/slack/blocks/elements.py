"""The blocks and elements of messages and views; only parameters named `mrkdwn` are markup, which callers escape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.slack.mrkdwn import ZERO_WIDTH_SPACE, drawn, entities, shorten

Block: TypeAlias = dict[str, Any]

VALUE_VERSION = "v1"  # buttons may be pressed years later, so a value says which version wrote it
LENGTH = 75  # of the text and the label of a button or option
OPTIONS = 100
TEXT_LENGTH = 4_000  # of what a message says besides its blocks


@dataclass(frozen=True)
class Message:
    """What is posted: blocks, and the same in words for screen readers and notifications."""

    text: str
    blocks: tuple[Block, ...] = ()

    @classmethod
    def of(cls, *blocks: Block) -> "Message":
        """Those of the blocks that hold something, and what they say."""
        filled = tuple(block for block in blocks if block.get("elements", True))
        # Marks of bold and what keeps others from being one are drawn, not read.
        said = drawn(without_tables(filled) or filled).replace("*", "").replace(ZERO_WIDTH_SPACE, "")
        text = "\n".join(line for line in said.splitlines() if line)
        return cls(text if len(text) <= TEXT_LENGTH else text[:TEXT_LENGTH].rpartition("\n")[0], filled)

    def payload(self) -> dict[str, Any]:
        """The message's part of a request; links aren't unfurled, since previews would bury the answer."""
        blocks = {"blocks": list(self.blocks)} if self.blocks else {}
        return {"text": self.text, "unfurl_links": False, "unfurl_media": False, **blocks}


def notice(words: str) -> Message:
    """A message of one sentence."""
    return Message(entities(words))


def versioned(*parts: str) -> str:
    """The value of a button or option; what is empty at its end is left out."""
    return ":".join((VALUE_VERSION, *parts)).rstrip(":")


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


def paragraph(*parts: Block | str) -> Block:
    """Slack refuses elements without text, so these are left out."""
    elements = [plain(part) if isinstance(part, str) else part for part in parts]
    return {"type": "rich_text_section", "elements": [part for part in elements if part.get("text")]}


def quote(text: str) -> Block:
    return {"type": "rich_text_quote", "elements": [plain(text)]}


def bullets(items: Iterable[Block | str]) -> Block:
    """A list of paragraphs or plain lines."""
    paragraphs = [paragraph(item) if isinstance(item, str) else item for item in items]
    return {"type": "rich_text_list", "style": "bullet", "elements": paragraphs}


def rich_text(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def sentence(text: str) -> Block:
    """A block with one paragraph of plain words."""
    return rich_text(paragraph(text))


def heading(text: str) -> Block:
    return rich_text(paragraph(bold(text)))


# Other blocks


def plain_text(text: str) -> Block:
    """A text object whose emoji names stay text."""
    return {"type": "plain_text", "text": text, "emoji": False}


def _mrkdwn(mrkdwn: str) -> Block:
    return {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    return element("section", text=_mrkdwn(mrkdwn), accessory=accessory)


def context(*mrkdwn: str) -> Block:
    """Small print, a line each; empty lines are left out."""
    return {"type": "context", "elements": [_mrkdwn(line) for line in mrkdwn if line]}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def input_block(name: str, label: str, field: Block, hint: str = "", **more: bool) -> Block:
    """An input; `more` are `optional`, and `dispatch_action` where the app receives each choice at once."""
    shown = {"hint": plain_text(hint)} if hint else {}
    return {"type": "input", "block_id": name, "label": plain_text(label), "element": field, **shown, **more}


# Elements


def button(action_id: str, text: str, value: str = VALUE_VERSION, *, label: str = "", url: str = "") -> Block:
    """A button; `label` is what a screen reader says where `text` alone would not be clear."""
    label = shorten(label, LENGTH)
    return element("button", action_id=action_id, text=_short(text), value=value, accessibility_label=label,
                   url=url)  # fmt: skip


def option(text: str, value: str, *, url: str = "", description: str = "") -> Block:
    """An entry of a menu; in an overflow menu it may open an address."""
    more = ({"description": _short(description)} if description else {}) | ({"url": url} if url else {})
    return {"text": _short(text), "value": value, **more}


def _short(text: str) -> Block:
    return plain_text(shorten(text, LENGTH))


def select(action_id: str, placeholder: str, options: Sequence[tuple[str, str]]) -> Block:
    """A menu of texts with their values; those beyond Slack's limit are left out."""
    shown = [option(text, value) for text, value in options[:OPTIONS]]
    return element("static_select", action_id=action_id, placeholder=plain_text(placeholder), options=shown)


def without_tables(blocks: Sequence[Block]) -> list[Block] | None:
    """The same content without table blocks, which some workspaces refuse; None where there are none."""
    older = [_table_as_list(block) if block["type"] == "table" else block for block in blocks]
    return older if older != list(blocks) else None


def _table_as_list(table: Block) -> Block:
    """The rows below the header as lines: the cells are rich text, joined by dots."""
    items = []
    for row in table["rows"][1:]:
        cells = [cell["elements"][0]["elements"] for cell in row]
        joined = [part for cell in cells for part in (" · ", *cell)]
        items.append(paragraph(*joined[1:]))
    return rich_text(bullets(items))
