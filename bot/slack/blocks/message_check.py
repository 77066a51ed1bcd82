"""*Check against the facts*: the sentences of a message with the facts about the same thing."""

from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, Position
from bot.core.feedback.message_check import Claim, MessageCheck, RelatedFact
from bot.core.present.card import stands_for
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import build_row
from bot.slack.blocks.elements import Block, Message, notice
from bot.slack.mrkdwn import shorten

POSTS = 4  # a response_url takes five posts; one is kept for an error message
CLAIMS_A_POST = 4  # so that a post's `text` holds all of it
SENTENCE_SHOWN = 300


def build_check(check: MessageCheck, base: FactBase) -> list[Message]:
    """One message, or as many as a long comparison takes (at most POSTS; the last one says what is left out)."""
    if not check.claims:
        return [notice(text("untouched", count=check.sentences) if check.sentences else text("no_sentences"))]
    blocks = [ui.sentence(text("check_intro", touched=check.touched, count=check.sentences))]
    shown, posts = check.claims[: POSTS * CLAIMS_A_POST], list[Message]()
    for number, claim in enumerate(shown, 1):
        blocks += _claim(claim, base)
        if number == len(shown):
            blocks += _rest(len(check.claims) - number, check.cut)
        if number == len(shown) or number % CLAIMS_A_POST == 0:
            posts.append(Message.of(*blocks))
            blocks = []
    return posts


def _claim(claim: Claim, base: FactBase) -> list[Block]:
    """A sentence as a quotation, and below it each fact with the part to compare."""
    rows = [ui.rich_text(ui.quote(f"“{shorten(claim.sentence, SENTENCE_SHOWN)}”"))]
    for related in claim.facts:
        source = base.sources[related.fact.evidence[0].source].short
        rows.append(build_row(related.fact, below=f"{_beside(claim, related)} ({source})"))
    return rows


def _beside(claim: Claim, related: RelatedFact) -> str:
    """Role beside role, figure beside figure, otherwise the statement with the words at issue."""
    fact = related.fact
    if isinstance(fact, Actor):
        return text("role_beside", when=fact.when, role=fact.role)
    # Years and numbers that both have are not at issue.
    ours = [figure for figure in related.figures if figure not in claim.figures] or related.figures
    theirs = [figure for figure in claim.figures if figure not in related.figures] or claim.figures
    if isinstance(fact, Position) or not theirs or not ours:
        return text("words_at_issue", statement=fact.statement)
    if related.same:
        return text("same_figure", figure=stands_for(fact))
    key = "figure_beside" if related.same is None else "different_figure"
    return text(key, message=", ".join(theirs), fact=", ".join(ours))


def _rest(claims: int, cut: bool) -> list[Block]:
    """What was left out of a long message."""
    parts = [text("more_sentences", count=claims)] if claims else []
    parts += [text("end_not_read")] if cut else []
    return [ui.sentence(text("not_compared", rest=text.listed(parts)))] if parts else []
