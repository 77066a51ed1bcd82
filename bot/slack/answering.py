"""The reply to what a person typed, on whatever surface."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass

from slack_bolt import BoltContext

from bot.core.facts.base import FactBase
from bot.core.pages.pages import open_page, page_of_words
from bot.core.pages.routes import HELP_WORDS, Address, question_of_words
from bot.core.present.strings import Strings, strings_for
from bot.core.search.followup import Turn, follow_up, is_answered
from bot.core.search.results import Answer, NoAnswer, Outcome
from bot.slack.blocks.answers import build_answer
from bot.slack.blocks.card import build_card, build_help, build_none
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.pages import build_page
from bot.slack.links import source_of
from bot.slack.mrkdwn import clean, has_words, links_in, without_people

log = logging.getLogger(__name__)
# What people typed, apart from the rest of the log; silent unless LOG_QUESTIONS=on (`bot.server.log`).
question_log = logging.getLogger("bot.questions")
question_log.setLevel(logging.CRITICAL)

QUESTION_LENGTH = 1000


@dataclass(frozen=True)
class Reply:
    """A reply with the outcome for the log and the ids of the facts in it."""

    outcome: str
    message: Message
    facts: tuple[str, ...] = ()


def answer(
    surface: str,
    typed: str,
    context: BoltContext,
    *,
    share: bool = False,
    again: bool = False,
    conversation: str = "",
) -> Message:
    """The reply to typed words; `again` where the same person gets the same answer once more.

    In a `conversation` a follow-up is understood from the question before.  The log gets ids, never the words.
    """
    started = time.monotonic()
    question = without_command(clean(typed), context["engine"].base.site.command)
    reply = _reply(surface, question, typed, context, share=share, again=again, conversation=conversation)
    question_log.info("question=%s", clean(without_people(typed)))
    log.info(
        "asked by=%s outcome=%s facts=%s team=%s channel=%s user=%s ms=%.1f",
        surface,
        reply.outcome,
        ",".join(reply.facts) or "-",
        context.team_id,
        context.channel_id,
        context.user_id,
        (time.monotonic() - started) * 1000,
    )
    return reply.message


def without_command(question: str, command: str) -> str:
    """The question without the command, which people also type after a mention."""
    return re.sub(rf"^[*_~`\"]*/?{re.escape(command)}\b(?=\s|$)", "", question, flags=re.IGNORECASE).strip()


def _reply(
    surface: str,
    question: str,
    typed: str,
    context: BoltContext,
    *,
    share: bool,
    again: bool,
    conversation: str,
) -> Reply:
    engine, repository, store = context["engine"], context["repository"], context["conversations"]
    base: FactBase = engine.base
    text = strings_for(question)
    links = links_in(typed)
    if is_help(question) or not (links or has_words(question)):
        return Reply("help", build_help(base, text, examples=surface != "home"))
    if not has_words(question):
        return Reply("link", _article(links, base, text))
    if len(question) > QUESTION_LENGTH:
        return Reply("too long", notice(text("too_long")))
    if page := page_of_words(question, base, engine.ask, context["status"]()):
        message = build_page(page, base, share=share, repository=repository)
        return Reply("page", message, (page.fact.id,) if page.fact else ())
    intro, meant = "", None
    last = store.last(conversation) if conversation else None
    if last and (meant := follow_up(question, last, base)):
        question, intro = meant.question, text("asked", question=meant.question)
        if meant.fact and (meant.asked == "source" or is_answered(meant)):
            return Reply("follow-up", build_card(meant.fact, base, text), (meant.fact.id,))
    found: Outcome = engine.ask(question_of_words(question))
    if last and meant and meant.fact and found.facts[:1] == (meant.fact,):
        # The same entry once more doesn't say it.
        card = build_card(meant.fact, base, text, intro=text(f"closest_{meant.asked}"))
        return Reply("closest", card, (meant.fact.id,))
    if isinstance(found, NoAnswer) and (
        found.is_talk or (found.rejection and found.rejection.code == "no_words")
    ):
        if found.is_thanks:
            return Reply("thanks", notice(text("thanks")))
        return Reply("help", build_help(base, text, examples=surface != "home"))
    offer_id = "" if again else record_unanswered(found, typed, context) or ""
    if conversation and not isinstance(found, NoAnswer):
        store.remember(conversation, Turn(question, tuple(fact.id for fact in found.facts[:3])))
    if isinstance(found, NoAnswer):
        return Reply(found.status, build_none(found, text, found.topics))
    message = build_answer(
        found,
        base,
        text,
        question=question,
        share=share,
        repository=repository,
        offer_id=offer_id,
        intro=intro,
    )
    shown = found.facts[:1] if isinstance(found, Answer) else found.facts
    return Reply(found.status, message, tuple(fact.id for fact in shown))


def _article(links: list[str], base: FactBase, text: Strings) -> Message:
    """The page of the first of the links that is a source article."""
    article = next((source for link in links if (source := source_of(link, base))), None)
    page = open_page(Address("source", article.id), base) if article else None
    return build_page(page, base) if page else build_none(NoAnswer("", ()), text)


def is_help(question: str) -> bool:
    """Whether the text calls for help: `help!`, `помощь`, `hlep`."""
    word = question.strip(" !?.…").casefold()
    return word in HELP_WORDS or any(
        word[:1] == help[0] and sorted(word) == sorted(help) for help in HELP_WORDS
    )


def record_unanswered(outcome: Outcome, typed: str, context: BoltContext) -> str | None:
    """Put a question without an answer into the inbox, without the people it names; gives the inbox's id of an offer."""
    if isinstance(outcome, Answer) or not context["caps"].allows(
        "question", context.team_id, context.user_id
    ):
        return None
    kept = clean(without_people(typed))
    nearest = outcome.hits[0].fact.id if outcome.hits else None
    offer_id: str | None = context["inbox"].unanswered(kept, outcome.status, outcome.unknown, nearest)
    return offer_id
