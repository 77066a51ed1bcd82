"""Checks messages and views against Block Kit's limits: slack_sdk's models, and what these do not check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option

BLOCKS = {"message": 50, "modal": 100, "home": 100}
MESSAGE_TEXT, PRIVATE_METADATA = 4000, 3000
MESSAGE_CHARACTERS = 10_000  # Slack refuses more than about 13,000 (slackapi/bolt-js#2509)
TEXT = 3000
SHORTER = {"options": 75, "title": 24, "submit": 24, "close": 24}  # the longest text below these keys


def message_problems(message: Mapping[str, Any]) -> list[str]:
    """What Slack, or a reader, would not accept in the arguments of a post: one line each."""
    found = []
    if not 1 <= len(str(message.get("text") or "").strip()) <= MESSAGE_TEXT:
        found.append(f"text: not 1 to {MESSAGE_TEXT} characters; screen readers read nothing else")
    if (total := sum(map(len, _texts(message.get("blocks"))))) > MESSAGE_CHARACTERS:
        found.append(f"blocks: {total} characters together, more than {MESSAGE_CHARACTERS}")
    return found + (_block_problems(message["blocks"], "message") if "blocks" in message else [])


def view_problems(view: Mapping[str, Any]) -> list[str]:
    """The same for a modal or a Home view."""
    found = _block_problems(view["blocks"], view["type"])
    if view["type"] == "modal":
        found += _other_problems({"title": {"text": ""}, **view, "blocks": []})
        if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
            found.append("view: inputs need a submit button")
    if len(view.get("private_metadata", "")) > PRIVATE_METADATA:
        found.append(f"private_metadata: more than {PRIVATE_METADATA} characters")
    return found


def options_problems(answer: Mapping[str, Any]) -> list[str]:
    """The same for the answer to a type-ahead: `options`, or `option_groups`."""
    options = [option for group in answer.get("option_groups", [answer]) for option in group["options"]]
    found = [problem for option in options for problem in _model_problems(option, lambda o: Option(**o))]
    return found + _other_problems(dict(answer)) + (["options: more than 100"] if len(options) > 100 else [])


def _texts(node: Any) -> Iterator[str]:
    """Every string that is shown, at any depth."""
    if isinstance(node, dict):
        yield from (v for k, v in node.items() if k in ("text", "url") and isinstance(v, str))
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        yield from _texts(part)


def _block_problems(blocks: list[dict[str, Any]], surface: str) -> list[str]:
    found = [] if 1 <= len(blocks) <= BLOCKS[surface] else [f"blocks: not 1 to {BLOCKS[surface]}"]
    found += _repeated(blocks, "block_id")
    if [block["type"] for block in blocks].count("table") > (surface == "message"):
        found.append("blocks: more than one table, or one outside messages")
    for number, block in enumerate(blocks, 1):
        problems = _model_problems(block, Block.parse) + _other_problems(block)
        problems += _repeated(block.get("elements", ()), "action_id")
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


def _other_problems(node: Any, longest: int = TEXT) -> list[str]:
    """Texts, buttons and tables that the models let pass, at any depth."""
    if isinstance(node, list):
        return [problem for part in node for problem in _other_problems(part, longest)]
    if not isinstance(node, dict):
        return []
    found, kind, text = [], node.get("type"), node.get("text")
    if isinstance(text, str) and not 1 <= len(text) <= longest:
        found.append(f"{kind}: {len(text)} characters, not 1 to {longest}")
    if (kind == "button" and "action_id" not in node) or not node.get("elements", True):
        found.append(f"{kind}: no action_id, or no elements")
    if kind == "table" and (len(node["rows"]) > 100 or max(map(len, node["rows"])) > 20):
        found.append("table: more than 100 rows or 20 columns")
    return found + [
        p for key, value in node.items() for p in _other_problems(value, SHORTER.get(key, longest))
    ]


def _repeated(things: Iterable[dict[str, Any]], key: str) -> list[str]:
    names = [thing[key] for thing in things if key in thing]
    return [f"{key} {name!r} twice" for name in set(names) if names.count(name) > 1]
