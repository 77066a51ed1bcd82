"""All that a message says, however Slack holds it."""

import re
from collections.abc import Mapping
from typing import Any

from bot.slack.mrkdwn import entities, words_of

_STYLED = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")
_LINES = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")  # each ends a line


def message_text(message: Mapping[str, Any]) -> str:
    """All that a message says, a line each: its text, or the blocks of a message without, and its attachments.

    What Slack or an app has put below a link is not what the message says; a message that it passes on is.
    """
    lines = _drawn(message.get("blocks")).splitlines()
    # A person's blocks are the text once more; an app's text is often but a summary of its blocks.
    if not lines or not message.get("bot_id"):
        lines = (message.get("text") or "").splitlines() or lines
    for attachment in message.get("attachments") or ():
        if _is_preview(attachment):
            continue
        inside = _drawn(attachment.get("blocks") or attachment.get("message_blocks")).splitlines()
        for name in ("pretext", "title", "text"):
            inside += (attachment.get(name) or "").splitlines()
        inside += [f"{f.get('title') or ''} {f.get('value') or ''}" for f in attachment.get("fields") or ()]
        lines += inside or (attachment.get("fallback") or "").splitlines()
    # Styles first: a link becomes a label with spaces around it, which would part it from its style.
    cleaned = (words_of(_STYLED.sub("", line)) for line in lines)
    return "\n".join(line for line in cleaned if line)


def _is_preview(attachment: Mapping[str, Any]) -> bool:
    """Whether an attachment is what a link shows of its page; of a message in Slack, it is that message itself."""
    below_link = attachment.get("from_url") or attachment.get("is_app_unfurl")
    return bool(below_link) and not attachment.get("is_msg_unfurl")


def _drawn(node: Any) -> str:
    """What blocks draw; parts of one line of rich text are joined."""
    if isinstance(node, list):
        return "".join(map(_drawn, node))
    if not isinstance(node, Mapping):
        return ""
    kind, text = str(node.get("type")), node.get("text")
    # Rich text and plain text hold the letters themselves, which `words_of` would take for entities.
    drawn = text if isinstance(text, str) else f"{_drawn(text)}\n" if text else ""
    if kind not in ("mrkdwn", "markdown") and isinstance(text, str):
        drawn = entities(text)
    for name in ("title", "subtitle", "body", "fields", "rows", "elements", "children"):
        # The elements of a block are the parts of a line, or blocks that end lines themselves.
        end = "\n" if kind == "context" or name not in ("elements", "children") else ""
        inside = node.get(name) or []
        for part in inside if isinstance(inside, list) else [inside]:
            drawn += _drawn(part) + end
    return f"{drawn}\n" if kind in _LINES else drawn
