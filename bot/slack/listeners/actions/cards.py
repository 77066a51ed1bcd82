"""The buttons of cards and choices: Show, More like this, Share, the menu, thumbs."""

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
from bot.core.search import SearchEngine
from bot.db.idempotency import Deduplicator
from bot.slack import strings
from bot.slack.blocks.card import CITE, REPORT, THUMB_DOWN, THUMB_UP, build_card, build_related
from bot.slack.blocks.elements import notice, read_value
from bot.slack.blocks.modals import build_cite_modal, build_notice_modal, build_report_modal
from bot.slack.responses import ActionSource, Reply, ResponseUrl, reply_to

log = logging.getLogger(__name__)


def handle_show(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    client: WebClient,
    engine: SearchEngine,
    inbox: Inbox,
    repository: Repository | None,
) -> None:
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    if fact := _fact_of(action, engine.base, reply, "show"):
        _, offer_id = read_value(action.get("value"), 2) or ("", "")
        if offer_id:
            inbox.chosen(offer_id)
        options: dict[str, Any] = {
            "share": source.ephemeral,
            "thumbs": not source.home,
            "repository": repository,
        }
        source.answer(reply, build_card(fact, engine.base, **options))


def handle_more(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    ack()
    source, reply = ActionSource.from_body(body), reply_to(body, client, engine.base)
    if fact := _fact_of(action, engine.base, reply, "more"):
        source.answer(reply, build_related(fact, engine.base))


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
    """Post the card for everybody and remove the private copy."""
    ack()
    source, reply = ActionSource.from_body(body), ResponseUrl(body["response_url"], client)
    fact = _fact_of(action, engine.base, reply, "share")
    # Two quick taps are two actions on one private message, and would post the card twice.
    key = f"share:{context.team_id}:{source.channel}:{source.message_ts}:{context.user_id}:{fact and fact.id}"
    if not fact or not deduplicator.acquire(key):
        return
    card = build_card(fact, engine.base, thumbs=True, repository=repository, shared_by=context.user_id)
    try:
        reply.public(card, source.thread_ts)
    except Exception as error:
        deduplicator.release(key)
        log.warning("share failed fact=%s channel=%s: %s", fact.id, source.channel, error)
        reply.private(notice(strings.NOT_SHARED))
        return
    if source.ephemeral:
        try:
            reply.delete_original()
        except Exception as error:  # the card is posted: not worth an error message
            log.warning("private copy not deleted channel=%s: %s", source.channel, error)


def handle_menu(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, engine: SearchEngine
) -> None:
    """Cite and Report a problem; *Edit this fact* is a link that Slack opens itself."""
    ack()
    chosen = read_value((action.get("selected_option") or {}).get("value"), 2)
    tool, fact_id = chosen or ("", "")
    fact = engine.base.get(fact_id)
    log.info("chosen tool=%s fact=%s", tool or "none", fact.id if fact else "none")
    if fact is None:
        text = strings.FACT_GONE if fact_id else strings.OUT_OF_DATE
        view = build_notice_modal(strings.APP_NAME, text)
    elif tool == CITE:
        view = build_cite_modal(fact, engine.base, datetime.datetime.now(datetime.UTC).date())
    elif tool == REPORT:
        view = build_report_modal(fact, engine.base)
    else:
        return
    client.views_open(trigger_id=str(body.get("trigger_id")), view=view)


def handle_thumb(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    deduplicator: Deduplicator,
    inbox: Inbox,
) -> None:
    """Count whether a card was helpful, by fact and without names."""
    ack()
    reply = ResponseUrl(str(body["response_url"]), client)
    thumb, fact_id = read_value(action.get("value"), 2) or ("", "")
    fact = engine.base.get(fact_id)
    if fact is None or thumb not in (THUMB_UP, THUMB_DOWN):
        reply.private(notice(strings.FACT_GONE if fact_id else strings.OUT_OF_DATE))
        return
    log.info("thumb=%s fact=%s", thumb, fact.id)
    source = ActionSource.from_body(body)
    # One person counts once for one card; what is remembered for that, for some hours, doesn't name them.
    who = f"{context.team_id}:{source.channel}:{source.message_ts}:{context.user_id}:{thumb}:{fact.id}"
    if deduplicator.acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
        inbox.thumb(fact.id, thumb == THUMB_UP)
    reply.private(notice(strings.THANKS_UP if thumb == THUMB_UP else strings.THANKS_DOWN))


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants an acknowledgement all the same."""
    ack()


def _fact_of(action: dict[str, Any], base: FactBase, reply: Reply, name: str) -> Fact | None:
    """The fact that a button carries; where it no longer exists, the person is told so and None is returned."""
    (fact_id, _) = read_value(action.get("value"), 2) or ("", "")
    fact = base.get(fact_id) if fact_id else None
    log.info("pressed button=%s fact=%s", name, fact.id if fact else "none")
    if fact is None:
        reply.private(notice(strings.FACT_GONE if fact_id else strings.OUT_OF_DATE))
    return fact
