"""Checks finished messages and views against Block Kit's limits: slack_sdk's models, and what these miss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, Option

Problems: TypeAlias = list[str]

BLOCKS = {"message": 50, "modal": 100, "home": 100}
# Slack refuses a message of more than about 13,000 characters (slackapi/bolt-js#2509).
MESSAGE_CHARACTERS = 10_000
TEXT_BEST, ID_LENGTH, VIEW_TITLE, PRIVATE_METADATA = 4000, 255, 24, 3000
MESSAGE_ONLY = {"context_actions", "markdown"}
OPTION_TEXT = 75
TABLE_ROWS, TABLE_CELLS, TABLE_CHARACTERS = 100, 20, 10_000
# Lengths that the models don't check, by the type of the object.
_LENGTHS = {
    "text": {"text": 3000},
    "mrkdwn": {"text": 3000},
    "button": {"url": 3000, "value": 2000},
    "overflow": {"action_id": ID_LENGTH},
}
_MESSAGE_KEYS = {
    *("text", "blocks", "channel", "thread_ts", "response_type", "replace_original", "delete_original", "token"),
    *("unfurl_links", "unfurl_media", "team_id", "mrkdwn", "metadata", "reply_broadcast"),
}  # fmt: skip


def message_problems(message: Mapping[str, Any]) -> Problems:
    """What Slack, or a reader, would not accept in the arguments of a post: one line each."""
    if message.get("delete_original"):
        return [] if set(message) == {"delete_original"} else ["delete_original must be sent alone"]
    found = [f"unknown argument {key}" for key in sorted(message.keys() - _MESSAGE_KEYS)]
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        found.append("text: missing; screen readers and notifications read nothing else")
    elif len(text) > TEXT_BEST:
        found.append(f"text: {len(text)} characters, more than {TEXT_BEST}")
    if (blocks := message.get("blocks")) is not None:
        found += _block_problems(blocks, "message")
        if (total := sum(map(len, drawn_texts(blocks)))) > MESSAGE_CHARACTERS:
            found.append(f"blocks: {total} characters together, more than {MESSAGE_CHARACTERS}")
    return found


def view_problems(view: Mapping[str, Any]) -> Problems:
    """The same for a modal or a Home view."""
    kind = str(view.get("type"))
    if kind not in ("modal", "home"):
        return [f"view: type {kind!r} is neither modal nor home"]
    found = _block_problems(view.get("blocks"), kind)
    if kind == "modal":
        for name in {"title", *({"submit", "close"} & view.keys())}:
            if not 1 <= len(str((view.get(name) or {}).get("text", ""))) <= VIEW_TITLE:
                found.append(f"{name}: not 1 to {VIEW_TITLE} characters")
        if "submit" not in view and any(b.get("type") == "input" for b in view.get("blocks") or ()):
            found.append("view: inputs need a submit button")
    for name, limit in (("private_metadata", PRIVATE_METADATA), ("callback_id", ID_LENGTH)):
        if len(view.get(name, "")) > limit:
            found.append(f"{name}: more than {limit} characters")
    return found


def options_problems(answer: Mapping[str, Any]) -> Problems:
    """The same for the answer to a type-ahead: `options`, or `option_groups`."""
    if ("options" in answer) == ("option_groups" in answer):
        return ["options: needs either options or option_groups"]
    found: Problems = []
    groups = answer.get("option_groups") or []
    options = [*answer.get("options", ()), *(o for g in groups for o in g.get("options", ()))]
    if max(len(groups), len(options)) > 100:
        found.append("options: more than 100")
    for option in options:
        found += _model_problems("option", option, lambda o: Option(**o))
    return found + _missed(groups) + _missed(options, "options")


def drawn_texts(node: Any) -> Iterator[str]:
    """Every string that is shown, wherever it stands."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("text", "alt_text", "url") and isinstance(value, str):
                yield value
            else:
                yield from drawn_texts(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from drawn_texts(item)


def _block_problems(blocks: Any, surface: str) -> Problems:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks: not a list of blocks"]
    found = (
        [] if 1 <= len(blocks) <= BLOCKS[surface] else [f"blocks: {len(blocks)}, not 1 to {BLOCKS[surface]}"]
    )
    found += [
        f"block_id {i!r} twice" for i, n in Counter(b.get("block_id") for b in blocks).items() if i and n > 1
    ]
    if [b.get("type") for b in blocks].count("table") > 1:
        found.append("blocks: more than one table")
    for number, block in enumerate(blocks, 1):
        where = f"block {number} ({block.get('type')})"
        if block.get("type") in MESSAGE_ONLY and surface != "message":
            found.append(f"{where}: exists in messages only")
        found += _model_problems(where, block, Block.parse)
        found += [f"{where}: {problem}" for problem in _missed(block)]
        ids = Counter(e.get("action_id") for e in block.get("elements", ()) if isinstance(e, dict))
        found += [f"{where}: action_id {i!r} twice" for i, n in ids.items() if i and n > 1]
    return found


def _model_problems(where: str, thing: Mapping[str, Any], parse: Any) -> Problems:
    """What the models refuse; and what they drop in silence, which Slack would refuse."""
    try:
        model = parse(dict(thing))
        drawn = model.to_dict() if model else None
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        return [f"{where}: {error}"]
    return [] if drawn == thing else [f"{where}: unknown field or type in {dict(thing)!r:.300}"]


def _missed(node: Any, key: str = "") -> Problems:
    """Limits that the models don't check, anywhere in a block."""
    if isinstance(node, list):
        return [problem for item in node for problem in _missed(item, key)]
    if not isinstance(node, dict):
        return []
    found = []
    kind = str(node.get("type"))
    limits = {**_LENGTHS.get(kind, {}), **({"text": 2000} if key == "fields" else {})}
    for name, limit in limits.items():
        if len(node.get(name) or "") > limit:
            found.append(f"{kind}.{name}: more than {limit} characters")
    if kind in ("text", "mrkdwn", "plain_text") and not node.get("text"):
        found.append(f"{kind}: empty")
    if kind == "button" and not node.get("action_id"):
        found.append("button: no action_id")
    for part in ("text", "description") if key == "options" else ():
        if len((node.get(part) or {}).get("text", "")) > OPTION_TEXT:
            found.append(f"option.{part}: more than {OPTION_TEXT} characters")
    if "elements" in node and not node["elements"]:
        found.append(f"{kind}: no elements")
    if kind == "table":
        rows = node.get("rows") or [[]]
        if not 1 <= len(rows) <= TABLE_ROWS or not 1 <= max(map(len, rows)) <= TABLE_CELLS:
            found.append("table: too many rows or cells, or none")
        if sum(map(len, drawn_texts(rows))) > TABLE_CHARACTERS:
            found.append(f"table: more than {TABLE_CHARACTERS} characters")
    return found + [problem for name, value in node.items() for problem in _missed(value, name)]
