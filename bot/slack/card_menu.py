"""The menu behind the three dots of a card: Cite, Report a problem, Edit this fact.

Belongs here: opening what was chosen.  Does not belong here: what the modals hold (`cite`, `report`).
*Edit this fact* is a link that Slack opens itself, so there is nothing to do but to acknowledge it.
"""

from __future__ import annotations

import datetime
import logging
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.slack import modals, wording
from bot.slack.blocks import CITE, REPORT, read_tool_value
from bot.slack.cite import build_cite_modal
from bot.slack.report import build_report_modal
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)


class CardMenu:
    def __init__(self, surroundings: Surroundings) -> None:
        self._finder = surroundings.finder

    def handle_menu(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        chosen = read_tool_value(str((action.get("selected_option") or {}).get("value") or ""))
        tool, fact_id = chosen or ("", "")
        base = self._finder().base
        fact = base.get(fact_id)
        log.info("chosen tool=%s fact=%s", tool or "none", fact.id if fact else "none")
        if fact is None:
            view = modals.notice(wording.APP_NAME, wording.FACT_GONE if chosen else wording.OUT_OF_DATE)
        elif tool == CITE:
            view = build_cite_modal(fact, base, datetime.datetime.now(datetime.UTC).date())
        elif tool == REPORT:
            view = build_report_modal(fact, base)
        else:
            return
        client.views_open(trigger_id=str(body.get("trigger_id")), view=view)
