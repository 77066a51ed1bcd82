"""The buttons of cards and lists: Show, More like this, Source, Share, the menu."""

from __future__ import annotations

import datetime
import hashlib
import logging

from slack_bolt import Ack, Args

from bot.core.facts.models import Fact
from bot.core.present.entry import who_asked
from bot.core.present.strings import ENGLISH
from bot.core.search.results import Answer, Choices
from bot.slack.answering import answer
from bot.slack.blocks.answers import build_answer
from bot.slack.blocks.card import (
    CITE,
    REPORT,
    THUMB_DOWN,
    THUMB_UP,
    build_card,
    build_related,
    build_thanks_down,
)
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.modals import (
    build_cite_modal,
    build_notice_modal,
    build_report_modal,
    build_source_modal,
)
from bot.slack.listeners.actions.press import Press, texts
from bot.slack.responses import ResponseUrl

log = logging.getLogger(__name__)

HELP_IN = {"ru": "помощь", "be": "дапамога"}


def handle_show(args: Args) -> None:
    """The card of an entry of a list."""
    press = Press(args)
    if fact := press.fact():
        _, offer_id, language = press.parts(3)
        if offer_id:
            args.context["inbox"].chosen(offer_id)
        share = press.source.answers_privately
        press.answer(build_card(fact, press.base, texts(language), share=share, repository=press.repository))


def handle_more(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.answer(build_related(fact, press.base, texts(press.parts(3)[2])))


def handle_source(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.open(build_source_modal(fact, press.base, _today(), args.context["site_url"]))


def handle_report_button(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.open(build_report_modal(fact, press.base))


def handle_help(args: Args) -> None:
    """*See example questions*."""
    press = Press(args)
    press.answer(answer("help", HELP_IN.get(press.parts(2)[1], "help"), args.context))


def handle_share(args: Args) -> None:
    """Post the card for everybody, with the question, and remove the private copy."""
    press = Press(args)
    if fact := press.fact():
        _, language, question = press.parts(3)
        shown_by = args.context.user_id
        card = build_card(
            fact,
            press.base,
            texts(language),
            repository=press.repository,
            shared_by=shown_by,
            question=question,
            who=who_asked(question, fact),
        )
        _share(press, fact.id, card)


def handle_share_answer(args: Args) -> None:
    """Post a comparison or an overview for everybody: the question is asked again."""
    press = Press(args)
    (question,) = press.parts(1)
    outcome = press.engine.ask(question) if question else None
    if isinstance(outcome, Answer | Choices):
        intro = ENGLISH("asked", question=question)
        _share(press, question, build_answer(outcome, press.base, intro=intro))
    else:
        press.reply.private(notice(ENGLISH("out_of_date")))


def _share(press: Press, what: str, message: Message) -> None:
    source, context, deduplicator = press.source, press.context, press.context["deduplicator"]
    reply = ResponseUrl(str(press.body["response_url"]), press.client)
    # Two quick taps are two actions on one private message, and would post twice.
    key = f"share:{context.team_id}:{source.channel}:{source.message_ts}:{context.user_id}:{what}"
    if not deduplicator.acquire(key):
        return
    try:
        reply.public(message, source.thread_ts)
    except Exception as error:
        deduplicator.release(key)
        log.warning("share failed channel=%s: %s", source.channel, error)
        reply.private(notice(ENGLISH("not_shared")))
        return
    if source.ephemeral:
        try:
            reply.delete_original()
        except Exception as error:  # the card is posted: not worth an error message
            log.warning("private copy not deleted channel=%s: %s", source.channel, error)


def handle_menu(args: Args) -> None:
    """Thumbs, Cite and Report a problem; *Edit this fact* is a link that Slack opens itself."""
    press = Press(args)
    tool, fact_id, language = press.parts(3)
    fact, name = press.base.get(fact_id), press.base.site.name
    log.info("chosen tool=%s fact=%s", tool or "none", fact.id if fact else "none")
    if fact is None:
        press.open(build_notice_modal(name, ENGLISH("fact_gone" if fact_id else "out_of_date")))
    elif tool == CITE:
        press.open(build_cite_modal(fact, press.base, _today()))
    elif tool == REPORT:
        press.open(build_report_modal(fact, press.base))
    elif tool in (THUMB_UP, THUMB_DOWN):
        _count_thumb(tool, fact, press)
        text = texts(language)
        if press.source.home:
            press.open(build_notice_modal(name, text("thanks_up")))
        else:
            press.reply.private(
                notice(text("thanks_up")) if tool == THUMB_UP else build_thanks_down(fact, text)
            )


def _count_thumb(thumb: str, fact: Fact, press: Press) -> None:
    """One person counts once for one card; what is remembered for that, for some hours, doesn't name them."""
    source, context = press.source, press.context
    who = f"{context.team_id}:{source.channel}:{source.message_ts}:{context.user_id}:{thumb}:{fact.id}"
    if context["deduplicator"].acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
        context["inbox"].thumb(fact.id, thumb == THUMB_UP)


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants an acknowledgement all the same."""
    ack()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
