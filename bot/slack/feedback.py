"""Thumbs: whether a card was helpful, counted by fact and by nobody's name.

Belongs here: hearing them, in the newer shape and the plain one.  Does not belong here: drawing them
(`blocks`), keeping the counts (`bot.store`).
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.slack import wording
from bot.slack.blocks import THUMB_DOWN, THUMB_UP, build_notice, read_tool_value
from bot.slack.replies import Pressed, ResponseUrl
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)


class Feedback:
    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def handle_thumb(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        reply = ResponseUrl(str(body["response_url"]), client)
        thumb, fact_id = read_tool_value(str(action.get("value") or "")) or ("", "")
        fact = self._surroundings.finder().base.get(fact_id)
        if fact is None or thumb not in (THUMB_UP, THUMB_DOWN):
            reply.private(build_notice(wording.FACT_GONE if fact_id else wording.OUT_OF_DATE))
            return
        log.info("thumb=%s fact=%s", thumb, fact.id)
        pressed = Pressed.from_body(body)
        # One person counts once for one card; what is remembered for that, for some hours, names nobody.
        who = f"{context.team_id}:{pressed.channel}:{pressed.message_ts}:{context.user_id}:{thumb}:{fact.id}"
        if self._surroundings.deduplicator.acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
            self._surroundings.inbox.thumb(fact.id, thumb == THUMB_UP)
        reply.private(build_notice(wording.THANKS_UP if thumb == THUMB_UP else wording.THANKS_DOWN))
