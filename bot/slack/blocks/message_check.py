"""*Check against the facts*: the sentences of a message beside the facts about the same."""

from __future__ import annotations

from bot.core.facts.base import FactBase
from bot.core.feedback.message_check import Claim, MessageCheck, RelatedFact
from bot.slack import strings
from bot.slack.blocks.card import build_row, row_text
from bot.slack.blocks.elements import Block, Message, notice, quote, rich_text, sentence
from bot.slack.mrkdwn import entities, escape, shorten

POSTS = 4  # a response_url takes five posts; one is kept for an error message
CLAIMS_A_POST = 8
TEXT_LENGTH = 3600  # of a post's `text`, whose limit is 4,000
SENTENCE_SHOWN, FIGURES_SHOWN = 300, 12


def build_comparison(comparison: MessageCheck, base: FactBase) -> list[Message]:
    """One message, or as many as a long comparison takes (at most POSTS; the last one says what is left out)."""
    if not comparison.claims:
        text = strings.untouched(comparison.sentences) if comparison.sentences else strings.NO_SENTENCES
        return [notice(text)]
    messages: list[Message] = []
    shown = 0
    while shown < len(comparison.claims) and len(messages) < POSTS:
        blocks: list[Block] = []
        said: list[str] = []
        if not messages:
            intro = strings.compared(comparison.touched, comparison.sentences)
            blocks.append(sentence(intro))
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
        rest = strings.not_compared(len(comparison.claims) - shown, comparison.cut) if last else ""
        if rest:
            blocks.append(sentence(rest))
            said.append(rest)
        messages.append(Message(entities("\n".join(said)), tuple(blocks)))
    return messages


def _build_claim(claim: Claim, base: FactBase) -> tuple[list[Block], list[str]]:
    """A sentence as a quotation, and below it each fact with the figures of both."""
    quoted = shorten(claim.sentence, SENTENCE_SHOWN)
    blocks: list[Block] = [rich_text(quote(quoted))]
    said = [f"“{quoted}”"]
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
    return strings.beside(claim.figures[:FIGURES_SHOWN], touched.figures[:FIGURES_SHOWN])
