"""*Find a fact* submitted: the card is posted to the chosen conversation."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.blocks.card import build_card
from bot.slack.blocks.elements import input_value, notice, read_value
from bot.slack.blocks.modals import FIND_FACT, FIND_WHERE
from bot.slack.responses import ResponseUrl, post

log = logging.getLogger(__name__)


def handle_post(
    ack: Ack,
    body: dict[str, Any],
    view: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    repository: Repository | None,
) -> None:
    chosen = input_value(view, FIND_FACT).get("selected_option") or {}
    (fact_id,) = read_value(chosen.get("value")) or ("",)
    fact = engine.base.get(fact_id)
    if fact is None:
        ack(response_action="errors", errors={FIND_FACT: text("fact_gone")})
        return
    ack()
    channel = str(input_value(view, FIND_WHERE).get("selected_conversation") or "")
    card = build_card(fact, engine.base, repository=repository, shared_by=context.user_id)
    log.info("posted fact=%s channel=%s", fact.id, channel)
    urls = body.get("response_urls") or []
    try:
        # The conversation's response_url works where the bot isn't a member.
        if urls and urls[0].get("response_url"):
            ResponseUrl(str(urls[0]["response_url"]), client).public(card)
        else:
            post(client, channel, card)
    except Exception as error:
        log.warning("fact not posted fact=%s channel=%s: %s", fact.id, channel, error)
        # The modal is closed: only a direct message reaches the person.
        post(client, str(context.user_id), notice(text("not_posted", title=fact.title)))
