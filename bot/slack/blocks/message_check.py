"""*Check against the facts*: the sentences of a message with the facts about the same thing."""

from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, Position
from bot.core.feedback.message_check import Claim, MessageCheck, RelatedFact
from bot.core.present.card import stands_for
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import build_row, row_text
from bot.slack.blocks.elements import Message, Part
from bot.slack.mrkdwn import shorten

POSTS = 4  # a response_url takes five posts; one is kept for an error message
CLAIMS_A_POST = 8
TEXT_LENGTH = 3600  # of a post's `text`, whose limit is 4,000
SENTENCE_SHOWN, FIGURES_SHOWN = 300, 6


def build_check(check: MessageCheck, base: FactBase) -> list[Message]:
    """One message, or as many as a long comparison takes (at most POSTS; the last one says what is left out)."""
    if not check.claims:
        return [
            ui.notice(text("untouched", count=check.sentences) if check.sentences else text("no_sentences"))
        ]
    key = "check_intro_one" if check.sentences == 1 else "check_intro"
    intro = text(key, touched=check.touched, count=check.sentences)
    posts: list[list[Part]] = [[(ui.sentence(intro), intro)]]
    shown = in_post = 0
    for claim in check.claims:
        drawn = _claim(claim, base)
        length = sum(len(words) for _, words in (*posts[-1], *drawn))
        if in_post and (in_post == CLAIMS_A_POST or length > TEXT_LENGTH):
            if len(posts) == POSTS:
                break
            posts.append([])
            in_post = 0
        posts[-1] += drawn
        shown, in_post = shown + 1, in_post + 1
    if rest := _rest(len(check.claims) - shown, check.cut):
        posts[-1].append((ui.sentence(rest), rest))
    return [Message.of(post) for post in posts]


def _claim(claim: Claim, base: FactBase) -> list[Part]:
    """A sentence as a quotation, and below it each fact with what of it to compare."""
    quoted = shorten(claim.sentence, SENTENCE_SHOWN)
    parts: list[Part] = [(ui.rich_text(ui.quote(quoted)), f"“{quoted}”")]
    for related in claim.facts:
        beside = _beside(claim, related)
        source = base.sources[related.fact.evidence[0].source].short
        row = build_row(related.fact, below=f"{beside} ({source})")
        parts.append((row, f"{row_text(related.fact)} ({source}). {beside}"))
    return parts


def _beside(claim: Claim, related: RelatedFact) -> str:
    """Role beside role, figure beside figure, otherwise the statement with the words at issue."""
    fact = related.fact
    if isinstance(fact, Actor):
        return text("role_beside", when=fact.when, role=fact.role)
    # Years and numbers that both have are not at issue.
    ours = [f for f in related.figures if f not in claim.figures][:FIGURES_SHOWN] or related.figures
    theirs = [f for f in claim.figures if f not in related.figures][:FIGURES_SHOWN] or claim.figures
    if isinstance(fact, Position) or not theirs or not ours:
        return text("words_at_issue", statement=fact.statement)
    if related.same:
        return text("same_figure", figure=stands_for(fact))
    key = "figure_beside" if related.same is None else "different_figure"
    return text(key, message=", ".join(theirs), fact=", ".join(ours))


def _rest(claims: int, cut: bool) -> str:
    """What of a long message is not shown; empty where everything is."""
    parts = [text("more_sentences", count=claims)] if claims else []
    parts += [text("end_not_read")] if cut else []
    return text("not_compared", rest=text.listed(parts)) if parts else ""
