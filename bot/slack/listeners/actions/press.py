"""A pressed button or a chosen option, and the ways to answer it."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import Args

from bot.core.facts.models import Fact
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH, LANGUAGES, Strings, strings
from bot.core.search import SearchEngine
from bot.slack.blocks.elements import Message, notice, read_value
from bot.slack.responses import ActionSource, Reply, reply_to

log = logging.getLogger(__name__)


class Press:
    """Acknowledges the action and holds what its listener needs."""

    def __init__(self, args: Args) -> None:
        args.ack()
        self.context, self.client, self.body = args.context, args.client, args.body
        self.engine: SearchEngine = args.context["engine"]
        self.base = self.engine.base
        self.repository: Repository | None = args.context["repository"]
        self.source = ActionSource.from_body(args.body)
        action: dict[str, Any] = args.action or {}
        chosen = action.get("selected_option") or {}
        self.value = str(chosen.get("value") or action.get("value") or "")

    @property
    def reply(self) -> Reply:
        return reply_to(self.body, self.client, self.base)

    def parts(self, count: int) -> tuple[str, ...]:
        """What the value holds; empty texts where another version wrote it."""
        return read_value(self.value, count) or ("",) * count

    def fact(self) -> Fact | None:
        """The fact that the value begins with; where there is none, the person is told so."""
        fact_id = self.parts(2)[0]
        fact = self.base.get(fact_id) if fact_id else None
        log.info(
            "pressed action=%s fact=%s", self.body["actions"][0].get("action_id"), fact.id if fact else "-"
        )
        if fact is None:
            self.reply.private(notice(ENGLISH("fact_gone" if fact_id else "out_of_date")))
        return fact

    def answer(self, message: Message) -> None:
        self.source.answer(self.reply, message)

    def open(self, view: dict[str, Any]) -> None:
        self.client.views_open(trigger_id=str(self.body.get("trigger_id")), view=view)


def texts(language: str) -> Strings:
    """The texts of a language that a value names; English for none."""
    return strings(language if language in LANGUAGES else "en")
