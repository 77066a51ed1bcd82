"""What people type around a question: list marks, links, quoted lines, addressees."""

from __future__ import annotations

import re

_LINK = re.compile(r"<(?:https?|mailto):[^>\s|]*(?:\|[^>]*)?>|\b(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@[\w.-]+")
_ADDRESSEE = re.compile(r"(?:^|\s)(?:cc|fyi|к(?:опия)?)\s*:?\s*(?:@[\w.-]+[\s,]*)+", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
_LIST_MARK = re.compile(
    r"^\s*(?:[-*•▪–—]\s+|[#№]?\s*\(?\d{1,2}(?:[.):](?=\s)|\)(?=\s))|[#№]\s*\d{1,2}\s+|(?:question|вопрос|пытанне|q)\s*(?:[#№]?\s*\d{1,2})?\s*[:.)]\s*)",
    re.IGNORECASE,
)


def normalise(text: str) -> str:
    """The text without what is not the question, in one line; as it was where nothing would be left."""
    bare = _QUOTED.sub(" ", text)
    bare = _LINK.sub(" ", bare)
    bare = _ADDRESSEE.sub(" ", bare)
    bare = _MENTION.sub(" hello, ", bare)  # a greeting
    lines = [_LIST_MARK.sub("", line) for line in bare.splitlines()]
    return "\n".join(line for line in lines if line.strip()) or ""
