"""Checks messages and views against Block Kit's limits: slack_sdk's models, and what these do not check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option

BLOCKS = {"message": 50, "modal": 100, "home": 100}
MESSAGE_ONLY = {"context_actions", "markdown", "table"}
MESSAGE_TEXT, PRIVATE_METADATA = 4000, 3000
MESSAGE_CHARACTERS = 10_000  # Slack refuses more than about 13,000 (slackapi/bolt-js#2509)
TEXT = 3000
# The longest text under these keys, where the models have no limit or a larger one.
TEXTS = {"fields": 2000, "options": 75, "title": 24, "submit": 24, "close": 24}


def message_problems(message: Mapping[str, Any]) -> list[str]:
    """What Slack, or a reader, would not accept in the arguments of a post: one line each."""
    if message.get("delete_original"):
        return [] if set(message) == {"delete_original"} else ["delete_original must be sent alone"]
    found = []
    if not 1 <= len(str(message.get("text") or "").strip()) <= MESSAGE_TEXT:
        found.append(f"text: not 1 to {MESSAGE_TEXT} characters; screen readers read nothing else")
    blocks = message.get("blocks")
    if (total := sum(map(len, drawn_texts(blocks)))) > MESSAGE_CHARACTERS:
        found.append(f"blocks: {total} characters together, more than {MESSAGE_CHARACTERS}")
    return found + (_block_problems(blocks, "message") if blocks is not None else [])


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """The same for a modal or a Home view."""
    kind, blocks = view.get("type"), view.get("blocks")
    if kind not in ("modal", "home"):
        return [f"view: type {kind!r} is neither modal nor home"]
    found = _block_problems(blocks, kind)
    if kind == "modal":
        found += _length_problems({**view, "title": view.get("title") or {"text": ""}, "blocks": []})
        if "submit" not in view and any(block.get("type") == "input" for block in blocks or ()):
            found.append("view: inputs need a submit button")
    if len(view.get("private_metadata", "")) > PRIVATE_METADATA:
        found.append(f"private_metadata: more than {PRIVATE_METADATA} characters")
    return found


def options_problems(answer: Mapping[str, Any]) -> list[str]:
    """The same for the answer to a type-ahead: `options`, or `option_groups`."""
    if ("options" in answer) == ("option_groups" in answer):
        return ["options: needs either options or option_groups"]
    options = [option for group in answer.get("option_groups", [answer]) for option in group["options"]]
    found = [problem for option in options for problem in _model_problems(option, lambda o: Option(**o))]
    return found + _length_problems(dict(answer)) + (["options: more than 100"] if len(options) > 100 else [])


def drawn_texts(node: Any) -> Iterator[str]:
    """Every string that is shown, at any depth."""
    if isinstance(node, Mapping):
        yield from (v for k, v in node.items() if k in ("text", "alt_text", "url") and isinstance(v, str))
        node = list(node.values())
    for part in node if isinstance(node, list | tuple) else ():
        yield from drawn_texts(part)


def _block_problems(blocks: Any, surface: str) -> list[str]:
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= BLOCKS[surface]:
        return [f"blocks: not a list of 1 to {BLOCKS[surface]} blocks"]
    found = [f"block_id {name!r} twice" for name in _repeated(blocks, "block_id")]
    if [block["type"] for block in blocks].count("table") > 1:
        found.append("blocks: more than one table")
    for number, block in enumerate(blocks, 1):
        problems = [*_model_problems(block, Block.parse), *_length_problems(block)]
        problems += [
            f"action_id {name!r} twice" for name in _repeated(block.get("elements", ()), "action_id")
        ]
        if block["type"] in MESSAGE_ONLY and surface != "message":
            problems.append("exists in messages only")
        found += [f"block {number} ({block['type']}): {problem}" for problem in problems]
    return found


def _model_problems(thing: Mapping[str, Any], parse: Callable[[Any], Any]) -> list[str]:
    """What the models refuse, and what they drop in silence, which Slack would refuse."""
    try:
        model = parse(dict(thing))
        drawn = model.to_dict() if model else None
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        return [str(error)]
    return [] if drawn == thing else [f"unknown field or type in {dict(thing)!r:.300}"]


def _length_problems(node: Any, key: str = "") -> list[str]:
    """Texts, buttons and tables that the models let pass, at any depth."""
    if isinstance(node, list):
        return [problem for part in node for problem in _length_problems(part, key)]
    if not isinstance(node, dict):
        return []
    found, kind, text, limit = [], node.get("type"), node.get("text"), TEXTS.get(key, TEXT)
    words = text.get("text") if key == "options" and isinstance(text, dict) else text
    if isinstance(words, str) and kind != "markdown" and not 1 <= len(words) <= limit:
        found.append(f"{key or kind}: {len(words)} characters, not 1 to {limit}")
    if (kind == "button" and not node.get("action_id")) or not node.get("elements", True):
        found.append(f"{kind}: no action_id, or no elements")
    if kind == "table" and (len(node["rows"]) > 100 or max(map(len, node["rows"])) > 20):
        found.append("table: more than 100 rows or 20 columns")
    return found + [problem for name, value in node.items() for problem in _length_problems(value, name)]


def _repeated(things: Any, key: str) -> list[str]:
    names = Counter(thing.get(key) for thing in things if isinstance(thing, dict))
    return sorted(name for name, count in names.items() if name and count > 1)
