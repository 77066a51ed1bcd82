"""A pressed button or a chosen option, and the ways to answer it."""

import logging
from typing import Any

from slack_bolt import Args

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.strings import ENGLISH, LANGUAGES, Strings, strings
from bot.slack.blocks.elements import Message, notice, read_value
from bot.slack.blocks.home import build_home, place_of, question_on
from bot.slack.responses import is_home, publish, respond

log = logging.getLogger(__name__)


class Press:
    """Acknowledges the action and has what its listener needs."""

    def __init__(self, args: Args) -> None:
        args.ack()
        self.context, self.client, self.body = args.context, args.client, args.body
        self.base: FactBase = args.context["engine"].base
        self.action: dict[str, Any] = args.body["actions"][0]
        self.value = str((self.action.get("selected_option") or self.action).get("value") or "")
        container, message = args.body["container"], args.body.get("message") or {}
        self.channel = str(container.get("channel_id") or "")
        self.message_ts = container.get("message_ts")
        thread = container.get("thread_ts") or message.get("thread_ts")
        # A message may head a thread.
        self.thread_ts: str | None = thread if thread != self.message_ts else None
        self.ephemeral = bool(container.get("is_ephemeral"))
        self.home = is_home(args.body)
        # In a direct message with the bot, and not under a link in what the person wrote there.
        attached = container["type"] == "message_attachment"
        self.direct = self.channel.startswith("D") and not self.ephemeral and not attached

    def parts(self, count: int) -> tuple[str, ...]:
        """What the value holds; empty texts where another version wrote it."""
        return read_value(self.value, count)

    def fact(self) -> Fact | None:
        """The fact that the value begins with; where it is missing, the person gets a notice."""
        fact_id = self.parts(2)[0]
        fact = self.base.get(fact_id)
        log.info("pressed action=%s fact=%s", self.action.get("action_id"), fact.id if fact else "-")
        if fact is None:
            self.private(notice(ENGLISH("fact_gone" if fact_id else "out_of_date")))
        return fact

    def answer(self, message: Message) -> None:
        """Answers below the pressed message: in a direct message with the bot for all, elsewhere only for the person."""
        self.respond(message, public=self.direct, thread_ts=self.thread_ts)

    def private(self, message: Message) -> None:
        """Answer the person alone."""
        self.respond(message)

    def respond(self, message: Message | None, **options: Any) -> None:
        """Show the message on the Home that was pressed, else send it (options as for `respond`)."""
        if self.home:
            self.show(message, question_on(self.body["view"]), beyond=True)
        else:
            respond(str(self.body["response_url"]), self.client, message, **options)

    def show(
        self, message: Message | None, asked: str = "", *, beyond: bool = False, at: str | None = None
    ) -> None:
        """Draw the Home that was pressed with the message and the question above it; arguments as for `build_home`.

        If the Home has changed since (two taps in a row, another window), the last one pressed is shown.
        """
        user, view = self.body["user"]["id"], self.body["view"]
        at = at or place_of(view, self.action["block_id"])
        publish(self.client, user, build_home(self.base, message, asked, beyond=beyond, at=at), None)

    def open(self, view: dict[str, Any]) -> None:
        self.client.views_open(trigger_id=str(self.body.get("trigger_id")), view=view)


def texts(language: str) -> Strings:
    """The texts of a language that a value names; English for none."""
    return strings(language if language in LANGUAGES else "en")
