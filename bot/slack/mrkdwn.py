"""Slack's text format: cleaning what people send, escaping what is sent."""

import html
import re
import unicodedata

from bot.core.search.normalise import own_words

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


def clean(text: str) -> str:
    """What a person asks, as words on one line.

    Links, quoted lines, marks of lists and the people, groups and channels that it mentions are not the question.
    """
    text = _ADDRESSEES.sub(" ", text)
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
    """What a person typed, without the people, groups and channels that it mentions, whatever their labels say."""
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
