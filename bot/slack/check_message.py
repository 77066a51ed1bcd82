"""*Check against the facts*, the message shortcut: a message laid beside the facts, sentence by sentence.

Belongs here: reading a message as Slack holds it, drawing the comparison.  Does not belong here: which
sentence is about which fact, and whose figures are whose (`bot.core.claims`).  There is no verdict.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.core.feedback.message_check import Claim, MessageCheck, RelatedFact
from bot.core.feedback.message_check import check_message as check
from bot.core.model import FactBase
from bot.slack import wording
from bot.slack.blocks import Message, build_notice, build_row, row_text
from bot.slack.markup import clean, entities, escape, shorten
from bot.slack.parts import Block, plain, rich_text, section
from bot.slack.replies import ResponseUrl
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)

CHECK_SHORTCUT = "check_message"
POSTS = 4  # a response_url takes five posts; one is kept for telling that something broke
CLAIMS_A_POST = 8
TEXT_LENGTH = 3600  # of a post's `text`, whose limit is 4,000
SENTENCE_SHOWN, FIGURES_SHOWN = 300, 12

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
    cleaned = (clean(_STYLED.sub("", line)) for line in lines)
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


def build_comparison(comparison: MessageCheck, base: FactBase) -> list[Message]:
    """One message, or as many as a long comparison takes (POSTS at most, and the last one tells what is left out)."""
    if not comparison.claims:
        sentence = wording.untouched(comparison.sentences) if comparison.sentences else wording.NO_SENTENCES
        return [build_notice(sentence)]
    messages: list[Message] = []
    shown = 0
    while shown < len(comparison.claims) and len(messages) < POSTS:
        blocks: list[Block] = []
        said: list[str] = []
        if not messages:
            intro = wording.compared(comparison.touched, comparison.sentences)
            blocks.append(rich_text([section(plain(intro))]))
            said.append(intro)
        first = shown
        while shown < len(comparison.claims) and shown - first < CLAIMS_A_POST:
            drawn, words = _build_claim(comparison.claims[shown], base)
            if shown > first and len("\n".join([*said, *words])) > TEXT_LENGTH:
                break
            blocks += drawn
            said += words
            shown += 1
        last = shown == len(comparison.claims) or len(messages) == POSTS - 1
        rest = wording.not_compared(len(comparison.claims) - shown, comparison.cut) if last else ""
        if rest:
            blocks.append(rich_text([section(plain(rest))]))
            said.append(rest)
        messages.append(Message(entities("\n".join(said)), tuple(blocks)))
    return messages


def _build_claim(claim: Claim, base: FactBase) -> tuple[list[Block], list[str]]:
    """A sentence as a quotation, and below it each fact with the figures of both."""
    sentence = shorten(claim.sentence, SENTENCE_SHOWN)
    blocks: list[Block] = [rich_text([{"type": "rich_text_quote", "elements": [plain(sentence)]}])]
    said = [f"“{sentence}”"]
    for touched in claim.facts:
        figures = _figures(claim, touched)
        source = base.sources[touched.fact.evidence[0].source].short
        row = build_row(touched.fact)
        row["text"]["text"] += f"\n{escape(f'{figures} ({source})' if figures else source)}"
        blocks.append(row)
        said.append(" ".join(part for part in (f"{row_text(touched.fact)} ({source}).", figures) if part))
    return blocks, said


def _figures(claim: Claim, touched: RelatedFact) -> str:
    """The figures of the message beside those of the fact; nothing where the message has none."""
    if not claim.figures:
        return ""
    return wording.beside(claim.figures[:FIGURES_SHOWN], touched.figures[:FIGURES_SHOWN])


class CheckMessage:
    def __init__(self, surroundings: Surroundings) -> None:
        self._finder = surroundings.finder

    def handle_shortcut(
        self, ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        started = time.monotonic()
        finder = self._finder()
        message = body.get("message") or {}
        comparison = check(message_text(message), finder.ask)
        log.info(
            "checked sentences=%d touched=%d facts=%s team=%s channel=%s user=%s ms=%.1f",
            comparison.sentences,
            len(comparison.claims),
            ",".join(t.fact.id for claim in comparison.claims for t in claim.facts) or "-",
            context.team_id,
            context.channel_id,
            context.user_id,
            (time.monotonic() - started) * 1000,
        )
        reply = ResponseUrl(str(body["response_url"]), client)
        thread, ts = message.get("thread_ts"), message.get("ts")
        for part in build_comparison(comparison, finder.base):
            reply.private(part, str(thread) if thread and thread != ts else None)
