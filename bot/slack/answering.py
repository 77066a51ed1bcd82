"""The reply to what a person typed, on whatever surface."""

from __future__ import annotations

import logging
import time

from slack_bolt import BoltContext

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.pages.pages import page_of_words
from bot.core.pages.routes import HELP_WORDS, question_of_words
from bot.core.search.results import Answer, NoAnswer, Outcome
from bot.slack import strings
from bot.slack.blocks.card import build_help, build_none, build_outcome
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.pages import build_page
from bot.slack.mrkdwn import clean, has_words, without_people

log = logging.getLogger(__name__)
# What people typed, apart from the rest of the log; silent unless LOG_QUESTIONS=on (`bot.logs`).
question_log = logging.getLogger("bot.questions")
question_log.disabled = True

QUESTION_LENGTH = 1000
# What shows the help where a question was asked; elsewhere the command does.
HELP_TYPED = {"mention": strings.HELP_MENTION, "direct message": strings.HELP_WORD, "home": strings.HELP_WORD}


def answer(
    surface: str, text: str, context: BoltContext, *, share: bool = False, again: bool = False
) -> Message:
    """The reply to typed words; `again` where the same person gets the same answer once more.

    The log gets ids and the outcome, never the words.
    """
    started = time.monotonic()
    question = clean(text, context.bot_user_id)
    outcome, message, facts = _answer(surface, question, text, context, share=share, again=again)
    question_log.info("question=%s", clean(without_people(text), context.bot_user_id))
    log.info(
        "asked by=%s outcome=%s facts=%s team=%s channel=%s user=%s ms=%.1f",
        surface,
        outcome,
        ",".join(fact.id for fact in facts) or "-",
        context.team_id,
        context.channel_id,
        context.user_id,
        (time.monotonic() - started) * 1000,
    )
    return message


def _answer(
    surface: str, question: str, typed: str, context: BoltContext, *, share: bool, again: bool
) -> tuple[str, Message, tuple[Fact, ...]]:
    """The outcome for the log, the reply, and the facts in it."""
    engine, repository = context["engine"], context["repository"]
    base: FactBase = engine.base
    on_home = surface == "home"
    if not has_words(question) or question.casefold() in HELP_WORDS:
        return "help", build_help(base, examples=not on_home), ()
    if len(question) > QUESTION_LENGTH:
        return "too long", notice(strings.TOO_LONG), ()
    if page := page_of_words(question, base, engine.ask, context["status"]()):
        message = build_page(page, base, share=share, thumbs=not on_home, repository=repository)
        return "page", message, (page.fact,) if page.fact else ()
    found: Outcome = engine.ask(question_of_words(question))
    if isinstance(found, NoAnswer) and found.is_talk:
        if found.is_thanks:
            return "thanks", notice(strings.THANKS), ()
        return "help", build_help(base, examples=not on_home), ()
    offer_id = None if again else record_unanswered(found, typed, context)
    help_typed = HELP_TYPED.get(surface, strings.HELP_COMMAND)
    if isinstance(found, NoAnswer):
        return found.status, build_none(found, help_typed, found.topics), ()
    message = build_outcome(
        found, base, share=share, thumbs=not on_home, repository=repository, offer_id=offer_id
    )
    return found.status, message, found.facts[:1] if isinstance(found, Answer) else found.facts


def record_unanswered(outcome: Outcome, typed: str, context: BoltContext) -> str | None:
    """Put a question without an answer into the inbox, without the people it names; gives the inbox's id of an offer."""
    if isinstance(outcome, Answer) or not context["caps"].allows(
        "question", context.team_id, context.user_id
    ):
        return None
    kept = clean(without_people(typed), context.bot_user_id)
    nearest = outcome.hits[0].fact.id if outcome.hits else None
    offer_id: str | None = context["inbox"].unanswered(kept, outcome.status, outcome.unknown, nearest)
    return offer_id
