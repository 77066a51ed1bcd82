"""All that a message says, however Slack holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.slack.mrkdwn import entities, words_of

_STYLED = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")


def message_text(message: Mapping[str, Any]) -> str:
    """All that a message says, a line each: its text, or the blocks of a message without, and its attachments.

    What Slack or an app has put below a link is not what the message says; a message that it passes on is.
    """
    lines = list(_block_lines(message.get("blocks")))
    # A person's blocks are the text once more; an app's text is often but a summary of its blocks.
    if not lines or not message.get("bot_id"):
        lines = _lines(message.get("text")) or lines
    for attachment in message.get("attachments") or ():
        if not isinstance(attachment, Mapping) or _is_preview(attachment):
            continue
        inside = list(_block_lines(attachment.get("blocks") or attachment.get("message_blocks")))
        for name in ("pretext", "title", "text"):
            inside += _lines(attachment.get(name))
        for field in attachment.get("fields") or ():
            if isinstance(field, Mapping):
                inside += [f"{field.get('title') or ''} {field.get('value') or ''}"]
        lines += inside or _lines(attachment.get("fallback"))
    # Styles first: a link becomes a label with spaces around it, which would part it from its style.
    cleaned = (words_of(_STYLED.sub("", line)) for line in lines)
    return "\n".join(line for line in cleaned if line)


def _is_preview(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is what a link shows of its page; of a message in Slack, it is that message itself."""
    return bool(attachment.get("from_url") or attachment.get("is_app_unfurl")) and not attachment.get(
        "is_msg_unfurl"
    )


def _lines(text: Any) -> list[str]:
    return text.splitlines() if isinstance(text, str) else []


def _block_lines(blocks: Any) -> Iterable[str]:
    """The lines that blocks draw; parts of one line of rich text are joined."""
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Mapping):
            yield from "".join(_drawn(block)).splitlines()


def _drawn(node: Any) -> Iterable[str]:
    if isinstance(node, list):
        for item in node:
            yield from _drawn(item)
        return
    if not isinstance(node, Mapping):
        return
    kind, text = str(node.get("type")), node.get("text")
    if isinstance(text, str):
        # Rich text and plain text hold the letters themselves, which `clean` would take for entities.
        yield text if kind in ("mrkdwn", "markdown") else entities(text)
    elif text is not None:
        yield from _drawn(text)
        yield "\n"
    for name in ("title", "subtitle", "body", "fields", "rows", "elements", "children"):
        inside = node.get(name)
        for part in inside if isinstance(inside, list) else [inside] if isinstance(inside, Mapping) else []:
            yield from _drawn(part)
            # Else they are the parts of a line, or blocks that end lines themselves.
            if kind == "context" or name not in ("elements", "children"):
                yield "\n"
    if kind in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
        yield "\n"
