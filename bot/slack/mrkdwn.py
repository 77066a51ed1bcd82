"""Slack's text format: reading what people send, escaping what is sent."""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.core.search.normalise import own_words

# Characters of what a person typed: four times the longest question, with links and quoted lines.
READ_LENGTH = 4_000
ZERO_WIDTH_SPACE = "\u200b"

_ANGLED = re.compile(r"<([^<>]*)>")
_PEOPLE = re.compile(r"<[@#!](?!date\^)[^<>]*>")
_ADDRESSEES = re.compile(r"(?<!\w)/?(?:b?cc|fyi|копи[яю]|копія)\s*:?\s*(?=<[@#!])", re.IGNORECASE)
_EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'\-]+:(?!\w)")
_FOLDED = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("–—‒−‐\u2011", "-")
)
_IN_ADDRESS = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "*": "%2A"})
_FORMATTING = re.compile(r"[*_~`]")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")

_STYLED = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")
# What may stand in a block, and what ends a line.
_PARTS = ("text", "title", "subtitle", "body", "fields", "rows", "elements", "children")
_TEXTS = ("mrkdwn", "plain_text", "raw_text", "markdown")
_LINES = (*_TEXTS, "rich_text_section", "rich_text_quote", "rich_text_preformatted")


def clean(text: str) -> str:
    """What a person asks, as words on one line, without links, quoted lines, list marks and mentions."""
    text = _ADDRESSEES.sub(" ", text[:READ_LENGTH])
    text = _ANGLED.sub(lambda m: m[0] if m[1].startswith("!date^") else " ", text)
    return words_of(own_words(text))


def words_of(text: str) -> str:
    """What a message says on one line: labels for links and mentions, no emoji names, plain quotes and dashes."""
    text = _ANGLED.sub(lambda match: f" {_label(match[1])} ", text)
    return visible(_EMOJI.sub(" ", html.unescape(text)).translate(_FOLDED))


def links_in(text: str) -> list[str]:
    """The addresses in a message."""
    targets = (inside.partition("|")[0] for inside in _ANGLED.findall(text[:READ_LENGTH]))
    return [target for target in targets if "://" in target]


def without_people(text: str) -> str:
    """What a person typed, without mentions of people, groups and channels and without their labels."""
    return _PEOPLE.sub(" ", text[:READ_LENGTH])


def visible(text: str) -> str:
    """The text on one line, without control characters and invisible ones (zero-width, right-to-left overrides)."""
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether there is anything to look up: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)


def escape(text: str) -> str:
    """Untrusted words for a mrkdwn text: they cannot form a mention, a link or formatting."""
    # Slack has no escape for * _ ~ and the backtick; after a zero-width space they do not open or close a style.
    return _FORMATTING.sub(lambda match: ZERO_WIDTH_SPACE + match[0], entities(text))


def entities(text: str) -> str:
    """`& < >` as entities: enough for `text`, which is read out rather than drawn."""
    return html.escape(text, quote=False)


def link(url: str, label: str) -> str:
    """A mrkdwn link.  What would end the address or the label early is encoded."""
    return f"<{url.translate(_IN_ADDRESS)}|{escape(label).replace('|', '¦')}>"


def mention(user_id: str | None) -> str | None:
    """The mention of a user, or None where that is not a user id."""
    return f"<@{user_id}>" if user_id and _USER_ID.fullmatch(user_id) else None


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut between words where that is near, with an ellipsis."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_space = cut.rfind(" ")
    return (cut[:at_space] if at_space > length * 2 // 3 else cut).rstrip(" ,;:–-") + "…"


def _label(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#", "!")):
        return label.lstrip("@#") if not target.startswith("!") or target.startswith("!date^") else ""
    return label or target.removeprefix("mailto:").removeprefix("tel:")


def message_text(message: Mapping[str, Any]) -> str:
    """The lines of a message and its attachments: a message that it forwards, but not the preview of a link."""
    lines = drawn(message.get("blocks")).splitlines()
    # A person's blocks are the text once more; an app's text is often but a summary of its blocks.
    if not lines or not message.get("bot_id"):
        lines = (message.get("text") or "").splitlines() or lines
    for attachment in message.get("attachments") or ():
        below_link = attachment.get("from_url") or attachment.get("is_app_unfurl")
        if below_link and not attachment.get("is_msg_unfurl"):
            continue
        inside = [drawn(attachment.get("blocks") or attachment.get("message_blocks"))]
        inside += [attachment.get(name) or "" for name in ("pretext", "title", "text")]
        inside += [f"{f.get('title') or ''} {f.get('value') or ''}" for f in attachment.get("fields") or ()]
        lines += "\n".join(inside).split("\n") if any(inside) else [attachment.get("fallback") or ""]
    # Styles first: a link becomes a label with spaces around it, which would part it from its style.
    cleaned = (words_of(_STYLED.sub("", line)) for line in lines)
    return "\n".join(line for line in cleaned if line)


def drawn(node: Any) -> str:
    """What blocks draw, by lines, as mrkdwn; buttons are left out."""
    if isinstance(node, list | tuple):
        return "".join(map(drawn, node))
    if not isinstance(node, dict) or node.get("type") == "actions":
        return ""
    kind, text = node.get("type"), node.get("text")
    if not isinstance(text, str):
        said = "".join(drawn(node[name]) for name in _PARTS if name in node)
    else:
        # Other texts hold the letters themselves, which `words_of` would take for entities.
        said = text if kind in ("mrkdwn", "markdown") else entities(text)
    return f"{said}\n" if kind in _LINES else said
