"""Block Kit's limits, checked over finished messages and views.

Belongs here: Slack's documented limits and our own lower ceilings, as a check that names the place and
the numbers.  Does not belong here: drawing, or mending what is too long.

slack_sdk's models check only in part and only while drawing, so the finished dicts are checked here: by
the tests over every fact, and by the tests' stand-in for Slack over every message that it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

Problems: TypeAlias = list[str]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
TEXT_BEST, ID_LENGTH = 4000, 255
MESSAGE_CHARACTERS = 10_000  # ours: Slack refuses somewhere about 13,000 (slackapi/bolt-js#2509)
SECTION_TEXT, FIELD_TEXT, FIELDS = 3000, 2000, 10
HEADER_TEXT, LABEL_TEXT = 150, 2000
CONTEXT_ELEMENTS, ACTION_ELEMENTS, CONTEXT_ACTIONS = 10, 25, 5
URL_LENGTH, ALT_TEXT = 3000, 2000
BUTTON_TEXT, BUTTON_VALUE, BUTTON_LABEL = 75, 2000, 75
OPTIONS, OVERFLOW_OPTIONS, OPTION_TEXT, OPTION_VALUE = 100, 5, 75, 150
PLACEHOLDER = 150
MARKDOWN_TEXT = 12_000
VIEW_TITLE, PRIVATE_METADATA = 24, 3000

_MESSAGE_KEYS = {
    "text",
    "blocks",
    "channel",
    "thread_ts",
    "response_type",
    "replace_original",
    "delete_original",
    "unfurl_links",
    "unfurl_media",
    "token",
    "team_id",  # slack_sdk adds it
    "mrkdwn",
    "metadata",
    "reply_broadcast",
}
_SELECTS = re.compile(r"(multi_)?(static|external|users|conversations|channels)_select")
_ACTION_ELEMENTS = {"button", "overflow", "datepicker", "timepicker", "checkboxes", "radio_buttons"}
_INPUT_ELEMENTS = _ACTION_ELEMENTS - {"button", "overflow"} | {
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "datetimepicker",
}
_RICH_STYLES = {"bold", "italic", "strike", "code", "underline"}


def check_message(message: Mapping[str, Any]) -> Problems:
    """What Slack, or we, would not have in this message (the arguments of a post): one line each, none when all is well."""
    found: Problems = []
    for key in message.keys() - _MESSAGE_KEYS:
        found.append(f"message: unknown argument {key}")
    if message.get("delete_original"):
        if set(message) != {"delete_original"}:
            found.append("message: delete_original has to be sent alone")
        return found
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        found.append("text: missing; screen readers and notifications have nothing else")
    else:
        _length(found, "text", text, TEXT_BEST)
    blocks = message.get("blocks")
    if blocks is not None:
        _blocks(found, blocks, MESSAGE_BLOCKS, "message")
        total = sum(len(text) for text in drawn_texts(blocks))
        if total > MESSAGE_CHARACTERS:
            found.append(f"blocks: {total} characters together, more than {MESSAGE_CHARACTERS}")
    return found


def check_view(view: Mapping[str, Any]) -> Problems:
    """The same for a modal or a Home view."""
    found: Problems = []
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [f"view: type {kind!r} is neither modal nor home"]
    _blocks(found, view.get("blocks"), VIEW_BLOCKS, kind)
    if kind == "modal":
        for name in ("title", "submit", "close"):
            if name in view or name == "title":
                _text(found, name, view.get(name), VIEW_TITLE, plain=True)
        if "submit" not in view and any(b.get("type") == "input" for b in view.get("blocks") or ()):
            found.append("view: inputs need a submit button")
    _length(found, "private_metadata", view.get("private_metadata", ""), PRIVATE_METADATA)
    _length(found, "callback_id", view.get("callback_id", ""), ID_LENGTH)
    return found


def _blocks(found: Problems, blocks: Any, limit: int, surface: str) -> None:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        found.append("blocks: not a list of blocks")
        return
    if not 1 <= len(blocks) <= limit:
        found.append(f"blocks: {len(blocks)} of them, not 1 to {limit}")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    for block_id in sorted({i for i in ids if ids.count(i) > 1}):
        found.append(f"blocks: block_id {block_id!r} twice")
    for number, block in enumerate(blocks, 1):
        where = f"block {number} ({block.get('type')})"
        _length(found, f"{where}: block_id", block.get("block_id", ""), ID_LENGTH)
        check = _BLOCKS.get(block.get("type", ""))
        if check is None:
            found.append(f"{where}: not a type of block that we draw")
            continue
        check(found, where, block, surface)
        action_ids = [element["action_id"] for element in _elements_of(block) if "action_id" in element]
        for action_id in sorted({i for i in action_ids if action_ids.count(i) > 1}):
            found.append(f"{where}: action_id {action_id!r} twice")


def _section(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        found.append(f"{where}: neither text nor fields")
    if "text" in block:
        _text(found, f"{where}: text", block["text"], SECTION_TEXT)
    _count(found, f"{where}: fields", block.get("fields", [None]), 1, FIELDS)
    for number, field in enumerate(block.get("fields", ()), 1):
        _text(found, f"{where}: field {number}", field, FIELD_TEXT)
    if "accessory" in block:
        _element(found, f"{where}: accessory", block["accessory"], accessory=True)


def _header(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"text"})
    _text(found, f"{where}: text", block.get("text"), HEADER_TEXT, plain=True)


def _divider(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, set())


def _context(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"elements"})
    _count(found, f"{where}: elements", block.get("elements"), 1, CONTEXT_ELEMENTS)
    for number, element in enumerate(block.get("elements", ()), 1):
        inner = f"{where}: element {number}"
        if element.get("type") == "image":
            _image(found, inner, element, surface)
        else:
            _text(found, inner, element, SECTION_TEXT)


def _image(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"image_url", "slack_file", "alt_text", "title"})
    if ("image_url" in block) == ("slack_file" in block):
        found.append(f"{where}: wants either image_url or slack_file")
    _length(found, f"{where}: image_url", block.get("image_url", ""), URL_LENGTH)
    if not block.get("alt_text"):
        found.append(f"{where}: alt_text missing")
    _length(found, f"{where}: alt_text", block.get("alt_text", ""), ALT_TEXT)
    if "title" in block:
        _text(found, f"{where}: title", block["title"], LABEL_TEXT, plain=True)


def _actions(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"elements"})
    _count(found, f"{where}: elements", block.get("elements"), 1, ACTION_ELEMENTS)
    for number, element in enumerate(block.get("elements", ()), 1):
        _element(found, f"{where}: element {number}", element)


def _input(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"label", "element", "hint", "optional", "dispatch_action"})
    _text(found, f"{where}: label", block.get("label"), LABEL_TEXT, plain=True)
    if "hint" in block:
        _text(found, f"{where}: hint", block["hint"], LABEL_TEXT, plain=True)
    element = block.get("element", {})
    if element.get("type") not in _INPUT_ELEMENTS and not _SELECTS.fullmatch(str(element.get("type"))):
        found.append(f"{where}: element {element.get('type')!r} takes no input")
    else:
        _element(found, f"{where}: element", element)


def _markdown(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"text"})
    if surface != "message":
        found.append(f"{where}: markdown blocks exist in messages only")
    _length(found, f"{where}: text", block.get("text"), MARKDOWN_TEXT, least=1)


def _rich_text(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"elements"})
    _count(found, f"{where}: elements", block.get("elements"), 1, None)
    for number, element in enumerate(block.get("elements", ()), 1):
        inner = f"{where}: element {number}"
        kind = element.get("type")
        if kind == "rich_text_list":
            if element.get("style") not in ("bullet", "ordered"):
                found.append(f"{inner}: style {element.get('style')!r} is neither bullet nor ordered")
            _count(found, f"{inner}: elements", element.get("elements"), 1, None)
            for item_number, item in enumerate(element.get("elements", ()), 1):
                if item.get("type") != "rich_text_section":
                    found.append(f"{inner}: item {item_number} is no rich_text_section")
                _rich_inline(found, f"{inner}: item {item_number}", item)
        elif kind in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            _rich_inline(found, inner, element)
        else:
            found.append(f"{inner}: not a rich text element: {kind!r}")


def _rich_inline(found: Problems, where: str, section: Mapping[str, Any]) -> None:
    _count(found, f"{where}: elements", section.get("elements"), 1, None)
    for number, element in enumerate(section.get("elements", ()), 1):
        inner = f"{where}: part {number}"
        kind = element.get("type")
        if kind == "text":
            _length(found, f"{inner}: text", element.get("text"), SECTION_TEXT, least=1)
        elif kind == "link":
            _length(found, f"{inner}: url", element.get("url"), URL_LENGTH, least=1)
        elif kind == "user":
            _length(found, f"{inner}: user_id", element.get("user_id"), ID_LENGTH, least=1)
        else:
            found.append(f"{inner}: not a rich text part that we draw: {kind!r}")
        style = element.get("style", {})
        if not isinstance(style, dict) or style.keys() - _RICH_STYLES:
            found.append(f"{inner}: unknown style {style!r}")


def _context_actions(found: Problems, where: str, block: Mapping[str, Any], surface: str) -> None:
    _keys(found, where, block, {"elements"})
    if surface != "message":
        found.append(f"{where}: context_actions blocks exist in messages only")
    _count(found, f"{where}: elements", block.get("elements"), 1, CONTEXT_ACTIONS)
    for number, element in enumerate(block.get("elements", ()), 1):
        inner = f"{where}: element {number}"
        if element.get("type") != "feedback_buttons":
            found.append(f"{inner}: not an element that we draw here: {element.get('type')!r}")
            continue
        _keys(found, inner, element, {"action_id", "positive_button", "negative_button"})
        _length(found, f"{inner}: action_id", element.get("action_id"), ID_LENGTH, least=1)
        for name in ("positive_button", "negative_button"):
            side = element.get(name, {})
            _keys(found, f"{inner}: {name}", side, {"text", "value", "accessibility_label"})
            _text(found, f"{inner}: {name}", side.get("text"), BUTTON_TEXT, plain=True)
            _length(found, f"{inner}: {name}: value", side.get("value"), BUTTON_VALUE, least=1)
            label = side.get("accessibility_label", "")
            _length(found, f"{inner}: {name}: accessibility_label", label, BUTTON_LABEL)


_BLOCKS: dict[str, Callable[[Problems, str, Mapping[str, Any], str], None]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "image": _image,
    "actions": _actions,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "context_actions": _context_actions,
}


def _element(found: Problems, where: str, element: Mapping[str, Any], accessory: bool = False) -> None:
    kind = str(element.get("type"))
    if kind == "image" and accessory:
        _image(found, where, element, "message")
        return
    if kind not in _ACTION_ELEMENTS | _INPUT_ELEMENTS and not _SELECTS.fullmatch(kind):
        found.append(f"{where}: unknown element {kind!r}")
        return
    _length(found, f"{where}: action_id", element.get("action_id"), ID_LENGTH, least=1)
    if kind == "button":
        _keys(
            found,
            where,
            element,
            {"action_id", "text", "value", "url", "style", "confirm", "accessibility_label"},
        )
        _text(found, f"{where}: text", element.get("text"), BUTTON_TEXT, plain=True)
        _length(found, f"{where}: value", element.get("value", ""), BUTTON_VALUE)
        _length(found, f"{where}: url", element.get("url", ""), URL_LENGTH)
        _length(found, f"{where}: accessibility_label", element.get("accessibility_label", ""), BUTTON_LABEL)
        if element.get("style") not in (None, "primary", "danger"):
            found.append(f"{where}: style {element['style']!r} is neither primary nor danger")
    if "placeholder" in element:
        _text(found, f"{where}: placeholder", element["placeholder"], PLACEHOLDER, plain=True)
    if "options" in element:
        _count(
            found,
            f"{where}: options",
            element["options"],
            1,
            OVERFLOW_OPTIONS if kind == "overflow" else OPTIONS,
        )
        for number, option in enumerate(element["options"], 1):
            _option(found, f"{where}: option {number}", option, kind)


def check_options(answer: Mapping[str, Any]) -> Problems:
    """What Slack would not have in the answer to a type-ahead: `options`, or `option_groups`."""
    found: Problems = []
    groups = answer.get("option_groups")
    if (groups is None) == ("options" not in answer):
        return ["options: wants either options or option_groups"]
    _count(found, "option_groups", groups if groups is not None else [], 0, OPTIONS)
    options = list(answer.get("options", ()))
    for number, group in enumerate(groups or (), 1):
        _text(found, f"group {number}: label", group.get("label"), OPTION_TEXT, plain=True)
        _count(found, f"group {number}: options", group.get("options"), 1, OPTIONS)
        options += group.get("options", ())
    _count(found, "options", options, 0, OPTIONS)
    for number, option in enumerate(options, 1):
        _option(found, f"option {number}", option, "external_select")
    return found


def _option(found: Problems, where: str, option: Mapping[str, Any], kind: str) -> None:
    _keys(found, where, option, {"text", "value", "description"} | ({"url"} if kind == "overflow" else set()))
    wants_plain = kind not in ("checkboxes", "radio_buttons")
    _text(found, where, option.get("text"), OPTION_TEXT, plain=wants_plain)
    _length(found, f"{where}: value", option.get("value"), OPTION_VALUE, least=1)
    _length(found, f"{where}: url", option.get("url", ""), URL_LENGTH)
    if "description" in option:
        _text(found, f"{where}: description", option["description"], OPTION_TEXT, plain=wants_plain)


def _text(found: Problems, where: str, text: Any, limit: int, plain: bool = False) -> None:
    """A text object: its type and the length of its text."""
    if not isinstance(text, dict):
        found.append(f"{where}: no text object")
        return
    if text.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        found.append(f"{where}: type {text.get('type')!r} does not belong here")
    allowed = {"text", "emoji"} if text.get("type") == "plain_text" else {"text", "verbatim"}
    _keys(found, where, text, allowed)
    _length(found, where, text.get("text"), limit, least=1)


def _keys(found: Problems, where: str, thing: Mapping[str, Any], allowed: set[str]) -> None:
    for key in sorted(thing.keys() - allowed - {"type", "block_id"}):
        found.append(f"{where}: unknown field {key}")


def _length(found: Problems, where: str, text: Any, limit: int, least: int = 0) -> None:
    if not isinstance(text, str):
        found.append(f"{where}: no text")
    elif len(text) < least:
        found.append(f"{where}: empty")
    elif len(text) > limit:
        found.append(f"{where}: {len(text)} characters, more than {limit}")


def _count(found: Problems, where: str, items: Any, least: int, most: int | None) -> None:
    if not isinstance(items, list):
        found.append(f"{where}: missing")
    elif len(items) < least:
        found.append(f"{where}: none")
    elif most is not None and len(items) > most:
        found.append(f"{where}: {len(items)} of them, more than {most}")


def _elements_of(block: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if block.get("type") in ("actions", "context_actions"):
        yield from block.get("elements", ())
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name]


def drawn_texts(node: Any) -> Iterable[str]:
    """Every string that is drawn, wherever it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text", "url") and isinstance(value, str):
                yield value
            else:
                yield from drawn_texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from drawn_texts(item)
