"""The reply to what a person typed, on every surface."""

import logging
import re
import time
from dataclasses import dataclass

from slack_bolt import BoltContext

from bot.core.facts.base import FactBase
from bot.core.pages.pages import open_page, page_of_words
from bot.core.pages.routes import HELP_WORDS, Address, question_of_words
from bot.core.present.strings import Strings, strings_for
from bot.core.search.followup import Turn, follow_up, is_answered, may_follow
from bot.core.search.results import Answer, NoAnswer, Outcome
from bot.slack.blocks.card import build_answer, build_card, build_help, build_none
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
class Asked:
    """What a person typed, and where; `again` if the same person gets the same answer once more."""

    surface: str
    typed: str
    share: bool = False
    again: bool = False
    conversation: str = ""  # in which a follow-up is understood from the question before
    begins: bool = False  # whether it is the first message of a thread, which is never a follow-up


def answer(asked: Asked, context: BoltContext) -> Message:
    """The reply to typed words.  The log gets ids, never the words."""
    started = time.monotonic()
    outcome, message, facts = _reply(asked, context)
    milliseconds = (time.monotonic() - started) * 1000
    question_log.info("question=%s", clean(without_people(asked.typed)))
    log.info("asked by=%s outcome=%s facts=%s team=%s channel=%s user=%s ms=%.1f", asked.surface, outcome,
             ",".join(facts) or "-", context.team_id, context.channel_id, context.user_id,
             milliseconds)  # fmt: skip
    return message


def _reply(asked: Asked, context: BoltContext) -> tuple[str, Message, tuple[str, ...]]:
    """The outcome for the log, the reply, and the ids of the facts in it."""
    base: FactBase = context["engine"].base
    # People also type the command after a mention.
    command = rf"^[*_~`\"]*/?{re.escape(base.site.command)}\b(?=\s|$)"
    question = re.sub(command, "", clean(asked.typed), flags=re.IGNORECASE).strip()
    text = strings_for(question)
    if not has_words(question) and (links := links_in(asked.typed)):
        return "link", _article(links, base, text), ()
    if _is_help(question) or not has_words(question):
        return "help", build_help(base, text, examples=asked.surface != "home"), ()
    if len(question) > QUESTION_LENGTH:
        return "too long", notice(text("too_long")), ()
    if page := page_of_words(question, base, context["engine"].ask, context["status"]()):
        message = build_page(page, base, share=asked.share, repository=context["repository"])
        return "page", message, (page.fact.id,) if page.fact else ()
    return _answer(question, asked, text, context)


def _answer(
    question: str, asked: Asked, text: Strings, context: BoltContext
) -> tuple[str, Message, tuple[str, ...]]:
    base, store = context["engine"].base, context["conversations"]
    follows = asked.conversation and not asked.begins and may_follow(question)
    last = store.last(asked.conversation) if follows else None
    meant = follow_up(question, last, base) if last else None
    if meant:
        question = meant.question
        if meant.fact and (meant.asked == "source" or is_answered(meant)):
            return "follow-up", build_card(meant.fact, base, text), (meant.fact.id,)
    found: Outcome = context["engine"].ask(question_of_words(question))
    if meant and meant.fact and found.facts[:1] == (meant.fact,):
        # Showing the same entry again would not answer the follow-up.
        card = build_card(meant.fact, base, text, intro=text(f"closest_{meant.asked}"))
        return "closest", card, (meant.fact.id,)
    if isinstance(found, NoAnswer) and found.talk == "thanks":
        return "thanks", notice(text("thanks")), ()
    if found.rejection and found.rejection.code == "no_words":
        return "help", build_help(base, text, examples=asked.surface != "home"), ()
    offer_id = None if asked.again else record_unanswered(found, asked.typed, context)
    if isinstance(found, NoAnswer):
        return found.status, build_none(found, text), ()
    if asked.conversation:
        store.remember(asked.conversation, Turn(question, tuple(fact.id for fact in found.facts[:3])))
    intro = text("asked", question=question) if meant else ""
    message = build_answer(found, base, text, question=question, share=asked.share, intro=intro,
                           repository=context["repository"], offer_id=offer_id or "")  # fmt: skip
    shown = found.facts[:1] if isinstance(found, Answer) else found.facts
    return found.status, message, tuple(fact.id for fact in shown)


def _article(links: list[str], base: FactBase, text: Strings) -> Message:
    """The page of the first of the links that is a source article."""
    article = next((source for link in links if (source := source_of(link, base))), None)
    page = open_page(Address("source", article.id), base) if article else None
    return build_page(page, base) if page else build_none(NoAnswer("", ()), text)


def _is_help(question: str) -> bool:
    """Whether the text calls for help: `help!`, `помощь`, or the letters in another order (`hlep`)."""
    word = question.strip(" !?.…").casefold()
    return any((word[:1], sorted(word)) == (help[0], sorted(help)) for help in HELP_WORDS)


def record_unanswered(outcome: Outcome, typed: str, context: BoltContext) -> str | None:
    """Put a question without an answer into the inbox, without the people it names; gives the inbox's id of an offer."""
    allows = context["caps"].allows
    if isinstance(outcome, Answer) or not allows("question", context.team_id, context.user_id):
        return None
    nearest = outcome.hits[0].fact.id if outcome.hits else None
    question = clean(without_people(typed))
    offer_id: str | None = context["inbox"].unanswered(question, outcome.status, outcome.unknown, nearest)
    return offer_id
