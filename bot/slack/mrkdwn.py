"""Slack's text format: reading what people send, escaping what is sent."""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.core.search.normalise import own_words

READ_LENGTH = (
    4_000  # characters of what a person typed: four times the longest question, with links and quoted lines
)
ZERO_WIDTH_SPACE = "\u200b"

_ANGLED = re.compile(r"<([^<>]*)>")
_PEOPLE = re.compile(r"<[@#!](?!date\^)[^<>]*>")
_ADDRESSEES = re.compile(r"(?<!\w)/?(?:b?cc|fyi|копи[яю]|копія)\s*:?\s*(?=<[@#!])", re.IGNORECASE)
_EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'\-]+:(?!\w)")
_FOLDED = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛", "'") | dict.fromkeys("–—‒−‐\u2011", "-")
)
_IN_ADDRESS = str.maketrans({"&": "&amp;", "<": "%3C", ">": "%3E", "|": "%7C", " ": "%20"})
_FORMATTING = re.compile(r"[*_~`]")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,30}")

_STYLED = re.compile(r"(?<!\w)([*_~`]+)(?=\S)|(?<=\S)([*_~`]+)(?!\w)")
_LINES = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")  # each ends a line


def clean(text: str) -> str:
    """What a person asks, as words on one line.

    Links, quoted lines, marks of lists and the people, groups and channels that it mentions are not the question.
    """
    text = _ADDRESSEES.sub(" ", text[:READ_LENGTH])
    text = _ANGLED.sub(lambda m: m[0] if m[1].startswith("!date^") else " ", text)
    return words_of(own_words(text))


def words_of(text: str) -> str:
    """What a message says, as words on one line.

    Entities become their label; emoji names go; the three escaped characters are unescaped; curly quotes and long
    dashes are folded; control and direction-changing characters go.
    """
    text = _ANGLED.sub(lambda match: f" {_label(match[1])} ", text)
    return visible(_EMOJI.sub(" ", html.unescape(text)).translate(_FOLDED))


def links_in(text: str) -> list[str]:
    """The addresses in a message."""
    return [target for inside in _ANGLED.findall(text) if "://" in (target := inside.partition("|")[0])]


def without_people(text: str) -> str:
    """What a person typed, without mentions of people, groups and channels and without their labels."""
    return _PEOPLE.sub(" ", text)


def visible(text: str) -> str:
    """The text on one line, without control characters and invisible ones (zero-width, right-to-left overrides)."""
    kept = (
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Zs") else c
        for c in unicodedata.normalize("NFC", text)
        if unicodedata.category(c) not in ("Cf", "Cs", "Co")
    )
    return " ".join("".join(kept).split())


def has_words(text: str) -> bool:
    """Whether there is anything to look up: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)


def escape(text: str) -> str:
    """Outside words for a mrkdwn text: no mention, link or formatting can come out of them.

    `& < >` become entities.  Slack has no escape for `* _ ~` and the backtick; a zero-width space before
    each keeps it from opening or closing a style.
    """
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
    """The text of a message, by lines: its text, or the blocks of a message without, and its attachments.

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
