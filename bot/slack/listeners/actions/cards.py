"""The buttons of cards and lists: Show, More like this, Source, Share, the menu."""

from __future__ import annotations

import datetime
import hashlib
import logging
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.feedback.inbox import Inbox
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH, LANGUAGES, Strings, strings
from bot.core.search import SearchEngine
from bot.core.search.results import Answer, Choices
from bot.db.idempotency import Deduplicator
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
from bot.slack.blocks.elements import Message, notice, read_value
from bot.slack.blocks.modals import (
    build_cite_modal,
    build_notice_modal,
    build_report_modal,
    build_source_modal,
)
from bot.slack.responses import ActionSource, Reply, ResponseUrl, reply_to

log = logging.getLogger(__name__)

HELP_IN = {"ru": "помощь", "be": "дапамога"}


def handle_show(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    client: WebClient,
    engine: SearchEngine,
    inbox: Inbox,
    repository: Repository | None,
) -> None:
    """The card of an entry of a list: in its place where only this person sees it, otherwise privately beside it."""
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    fact, offer_id, text = _pressed(action, engine.base, reply, "show")
    if fact:
        if offer_id:
            inbox.chosen(offer_id)
        card = build_card(fact, engine.base, text, share=source.answers_privately, repository=repository)
        source.answer(reply, card)


def handle_more(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    fact, _, text = _pressed(action, engine.base, reply, "more")
    if fact:
        source.answer(reply, build_related(fact, engine.base, text))


def handle_source(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    ack()
    fact, _, _ = _pressed(action, engine.base, reply_to(body, client, engine.base), "source")
    if fact:
        view = build_source_modal(fact, engine.base, datetime.datetime.now(datetime.UTC).date())
        client.views_open(trigger_id=str(body.get("trigger_id")), view=view)


def handle_report_button(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    ack()
    fact, _, _ = _pressed(action, engine.base, reply_to(body, client, engine.base), "report")
    if fact:
        view = build_report_modal(fact, engine.base)
        client.views_open(trigger_id=str(body.get("trigger_id")), view=view)


def handle_share(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    deduplicator: Deduplicator,
    repository: Repository | None,
) -> None:
    """Post the card for everybody, with the question, and remove the private copy."""
    ack()
    reply = ResponseUrl(body["response_url"], client)
    fact_id, language, question = read_value(action.get("value"), 3) or ("", "", "")
    fact = _known(fact_id, engine.base, reply, "share")
    if fact:
        text = strings(language if language in LANGUAGES else "en")
        options: dict[str, Any] = {"shared_by": context.user_id, "question": question}
        card = build_card(fact, engine.base, text, repository=repository, **options)
        _share(ActionSource.from_body(body), reply, context, deduplicator, fact.id, card)


def handle_share_answer(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    deduplicator: Deduplicator,
) -> None:
    """Post a comparison or an overview for everybody: the question is asked again."""
    ack()
    reply = ResponseUrl(body["response_url"], client)
    (question,) = read_value(action.get("value")) or ("",)
    outcome = engine.ask(question) if question else None
    if not isinstance(outcome, Answer | Choices):
        reply.private(notice(ENGLISH("out_of_date")))
        return
    message = build_answer(outcome, engine.base, intro=ENGLISH("asked", question=question))
    _share(ActionSource.from_body(body), reply, context, deduplicator, question, message)


def _share(
    source: ActionSource,
    reply: ResponseUrl,
    context: BoltContext,
    deduplicator: Deduplicator,
    what: str,
    message: Message,
) -> None:
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


def handle_menu(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    deduplicator: Deduplicator,
    inbox: Inbox,
) -> None:
    """Thumbs, Cite and Report a problem; *Edit this fact* is a link that Slack opens itself."""
    ack()
    chosen = action.get("selected_option") or {}
    tool, fact_id, language = read_value(chosen.get("value") or action.get("value"), 3) or ("", "", "")
    fact = engine.base.get(fact_id)
    log.info("chosen tool=%s fact=%s", tool or "none", fact.id if fact else "none")
    if fact is None:
        words = ENGLISH("fact_gone" if fact_id else "out_of_date")
        view = build_notice_modal(engine.base.site.name, words)
    elif tool == CITE:
        view = build_cite_modal(fact, engine.base, datetime.datetime.now(datetime.UTC).date())
    elif tool == REPORT:
        view = build_report_modal(fact, engine.base)
    elif tool in (THUMB_UP, THUMB_DOWN):
        source = ActionSource.from_body(body)
        _count_thumb(tool, fact, source, context, deduplicator, inbox)
        text = strings(language if language in LANGUAGES else "en")
        if not source.home:
            thanks = notice(text("thanks_up")) if tool == THUMB_UP else build_thanks_down(fact, text)
            ResponseUrl(str(body["response_url"]), client).private(thanks)
            return
        view = build_notice_modal(engine.base.site.name, text("thanks_up"))
    else:
        return
    client.views_open(trigger_id=str(body.get("trigger_id")), view=view)


def handle_help(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
) -> None:
    """*See example questions*."""
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    _, language = read_value(action.get("value"), 2) or ("", "")
    source.answer(reply, answer("help", HELP_IN.get(language, "help"), context))


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants an acknowledgement all the same."""
    ack()


def _count_thumb(
    thumb: str,
    fact: Fact,
    source: ActionSource,
    context: BoltContext,
    deduplicator: Deduplicator,
    inbox: Inbox,
) -> None:
    """One person counts once for one card; what is remembered for that, for some hours, doesn't name them."""
    who = f"{context.team_id}:{source.channel}:{source.message_ts}:{context.user_id}:{thumb}:{fact.id}"
    if deduplicator.acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
        inbox.thumb(fact.id, thumb == THUMB_UP)


def _pressed(
    action: dict[str, Any], base: FactBase, reply: Reply, name: str
) -> tuple[Fact | None, str, Strings]:
    """The fact of a button or of a menu's choice, the inbox's id of the offer, and the texts of its language."""
    chosen = action.get("selected_option") or {}
    fact_id, offer_id, language = read_value(chosen.get("value") or action.get("value"), 3) or ("", "", "")
    fact = _known(fact_id, base, reply, name)
    return fact, offer_id, strings(language if language in LANGUAGES else "en")


def _known(fact_id: str, base: FactBase, reply: Reply, name: str) -> Fact | None:
    """The fact with this id; where there is none, the person is told so."""
    fact = base.get(fact_id) if fact_id else None
    log.info("pressed button=%s fact=%s", name, fact.id if fact else "none")
    if fact is None:
        reply.private(notice(ENGLISH("fact_gone" if fact_id else "out_of_date")))
    return fact
