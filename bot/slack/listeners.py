"""Everything that the bot hears: payload in, core asked, reply sent.

Belongs here: reading payloads, leaving alone what is not for us, and `register`, the one list of what is
heard.  Does not belong here: deciding about facts (`bot.core`), drawing (`blocks`), sending (`replies`).
"""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from slack_bolt import Ack, App, Args, BoltContext
from slack_sdk import WebClient

from bot.core.model import Fact, FactBase
from bot.core.pages.pages import Page, page_of_words
from bot.core.pages.routes import HELP_WORDS, question_of_words
from bot.core.search.results import Answer, NoAnswer
from bot.slack import (
    blocks,
    browse,
    card_menu,
    check_message,
    feedback,
    find,
    home,
    report,
    step,
    unfurl,
    wording,
)
from bot.slack.blocks import Message
from bot.slack.markup import clean, has_words, without_people
from bot.slack.replies import Pressed, Reply, ResponseUrl, post
from bot.slack.surroundings import Finder, Surroundings, question_log

log = logging.getLogger(__name__)

QUESTION_LENGTH = 1000
# What brings the help where a question came from; elsewhere the command does.
HELP_TYPED = {"mention": wording.HELP_MENTION, "direct message": wording.HELP_WORD, "home": wording.HELP_WORD}
HUMAN_SUBTYPES = frozenset(
    {None, "file_share", "me_message", "thread_broadcast"}
)  # the rest are edits, joins, bots …
SLACKBOT = "USLACKBOT"

__all__ = ["HELP_WORDS", "Finder", "Listeners", "register"]


OnError: TypeAlias = Callable[[Exception, dict[str, Any], BoltContext, WebClient], None]


def register(app: App, surroundings: Surroundings, on_error: OnError) -> None:
    """All that the bot hears.  The manifest names the same, and a test compares the two."""
    listeners = Listeners(surroundings)

    def guarded(listener: Callable[..., None]) -> Callable[[Args], None]:
        return _guarded(listener, surroundings, on_error)

    app.command(wording.COMMAND)(guarded(listeners.handle_command))
    app.event("app_mention")(guarded(listeners.handle_mention))
    app.event("message")(guarded(listeners.handle_message))
    app.action(blocks.SHOW_FACT)(guarded(listeners.handle_show))
    app.action(blocks.MORE_LIKE_THIS)(guarded(listeners.handle_more))
    app.action(blocks.SHARE_FACT)(guarded(listeners.handle_share))
    browsing = browse.Browsing(
        surroundings, lambda body, client: home.reply_to(body, client, surroundings.finder)
    )
    for name in browse.OPENING:
        app.action(name)(guarded(browsing.handle_open))
    for name in browse.TURNING:
        app.action(name)(guarded(browsing.handle_turn))
    at_home = home.Home(surroundings, listeners.answer_to)
    app.event("app_home_opened")(guarded(at_home.handle_opened))
    app.action(home.SEARCH)(guarded(at_home.handle_search))
    for name in blocks.TRY:
        app.action(name)(guarded(at_home.handle_try))
    app.action(home.BACK)(guarded(at_home.handle_back))
    app.action(home.CLEAR)(guarded(at_home.handle_clear))
    app.action(blocks.CARD_MENU)(guarded(card_menu.CardMenu(surroundings).handle_menu))
    for name in (blocks.THUMB, blocks.THUMB_UP, blocks.THUMB_DOWN):
        app.action(name)(guarded(feedback.Feedback(surroundings).handle_thumb))
    app.view(report.REPORT_MODAL)(guarded(report.Report(surroundings).handle_report))
    for name in (report.OPEN_ISSUE, report.OPEN_LINE):
        app.action(name)(guarded(handle_link))
    finding = find.Find(surroundings)
    app.global_shortcut(find.FIND_SHORTCUT)(guarded(finding.handle_shortcut))
    app.options(find.FIND_FACT)(guarded(finding.handle_typing))
    app.action(find.FIND_FACT)(guarded(finding.handle_choice))
    app.view(find.FIND_MODAL)(guarded(finding.handle_post))
    checking = check_message.CheckMessage(surroundings)
    app.message_shortcut(check_message.CHECK_SHORTCUT)(guarded(checking.handle_shortcut))
    app.event("link_shared")(guarded(unfurl.Unfurl(surroundings).handle_links))
    app.function(step.LOOK_UP_STEP)(guarded(step.Step(surroundings).handle_step))


def _guarded(
    listener: Callable[..., None], surroundings: Surroundings, on_error: OnError
) -> Callable[[Args], None]:
    """The listener with one version of the facts for all that it does, and its exceptions given to `on_error`.

    They are kept from Bolt: where a listener fails within 10 ms of its `ack()`, Bolt 1.30 forgets the
    acknowledgement and answers 500, or waits three seconds for another (`thread_runner.py` sets
    `ack.response = None` before the waiting thread has seen it).
    """
    wanted = list(inspect.signature(listener).parameters)

    def run(args: Args) -> None:
        try:
            with surroundings.one_version():
                listener(**{name: getattr(args, name) for name in wanted})
        except Exception as error:
            on_error(error, args.body, args.context, args.client)
            if args.ack.response is None:
                args.ack()

    run.__name__ = listener.__name__  # Bolt's messages name it
    return run


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants to hear that we know."""
    ack()


class Listeners:
    """Questions, and the buttons of cards and choices.

    Exceptions are left to `on_error` of `register`, which tells the person.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._finder = surroundings.finder
        self._claims = surroundings.claims

    # Questions

    def handle_command(
        self, ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        message = self.answer_to("command", command.get("text") or "", context, share=True)
        ResponseUrl(str(command["response_url"]), client).private(message)

    def handle_mention(
        self, event: dict[str, Any], body: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        if not _is_from_person(event) or not self._is_new(event, body):
            return
        message = self.answer_to("mention", event.get("text") or "", context)
        post(client, event["channel"], message, event.get("thread_ts") or event["ts"])

    def handle_message(
        self, event: dict[str, Any], body: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        if event.get("channel_type") != "im" or not _is_from_person(event) or not self._is_new(event, body):
            return
        message = self.answer_to("direct message", event.get("text") or "", context)
        post(client, event["channel"], message, event.get("thread_ts"))

    # Buttons

    def handle_show(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        pressed, reply = Pressed.from_body(body), home.reply_to(body, client, self._finder)
        base = self._finder().base
        if fact := self._fact_of(action, base, reply, "show"):
            if sign := blocks.read_sign(str(action.get("value") or "")):
                self._surroundings.inbox.chosen(sign)
            card = blocks.build_card(
                fact,
                base,
                share=pressed.ephemeral,
                thumbs=not pressed.home,
                repository=self._surroundings.repository,
            )
            pressed.answer(reply, card)

    def handle_more(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        pressed, reply = Pressed.from_body(body), home.reply_to(body, client, self._finder)
        base = self._finder().base
        if fact := self._fact_of(action, base, reply, "more"):
            pressed.answer(reply, blocks.build_related(fact, base))

    def handle_share(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        pressed, reply = Pressed.from_body(body), ResponseUrl(body["response_url"], client)
        base = self._finder().base
        fact = self._fact_of(action, base, reply, "share")
        if not fact:
            return
        # Two quick taps are two actions on one private message, and would post the card twice.
        claim = f"share:{context.team_id}:{pressed.channel}:{pressed.message_ts}:{context.user_id}:{fact.id}"
        if not self._claims.claim(claim):
            return
        try:
            card = blocks.build_card(
                fact,
                base,
                thumbs=True,
                repository=self._surroundings.repository,
                shared_by=context.user_id,
            )
            reply.public(card, pressed.thread_ts)
        except Exception as error:
            self._claims.release(claim)
            log.warning("share failed fact=%s channel=%s: %s", fact.id, pressed.channel, error)
            reply.private(blocks.build_notice(wording.NOT_SHARED))
            return
        if pressed.ephemeral:
            try:
                reply.delete_original()
            except (
                Exception
            ) as error:  # the card is posted: a private copy left behind is no reason to alarm anyone
                log.warning("private copy not deleted channel=%s: %s", pressed.channel, error)

    # What they share

    def answer_to(
        self, surface: str, text: str, context: BoltContext, *, share: bool = False, again: bool = False
    ) -> Message:
        """The reply to what was typed, and a line in the log that holds ids and the outcome, never the words.

        `again` where the same person gets the same answer once more, which is no question for the inbox.
        """
        started = time.monotonic()
        finder = self._finder()
        question = clean(text, context.bot_user_id)
        facts: tuple[Fact, ...] = ()
        if not has_words(question) or question.casefold() in HELP_WORDS:
            outcome, message = "help", self._help(finder.base, surface)
        elif len(question) > QUESTION_LENGTH:
            outcome, message = "too long", blocks.build_notice(wording.TOO_LONG)
        elif page := page_of_words(question, finder.base, finder.ask, self._surroundings.about()):
            outcome, message = "page", self._page(page, finder.base, surface, share)
            facts = (page.fact,) if page.fact else ()
        elif isinstance(answer := finder.ask(question_of_words(question)), NoAnswer) and answer.is_talk:
            if answer.is_thanks:
                outcome, message = "thanks", blocks.build_notice(wording.THANKS)
            else:
                outcome, message = "help", self._help(finder.base, surface)
        else:
            facts = answer.facts if answer.status == "choices" else answer.facts[:1]
            sign = None
            if not isinstance(answer, Answer) and not again:
                nearest = answer.hits[0].fact.id if answer.hits else None
                kept = clean(without_people(text), context.bot_user_id)
                sign = self._surroundings.inbox.unanswered(kept, answer.status, answer.unknown, nearest)
            message = blocks.build_outcome(
                answer,
                finder.base,
                share=share,
                thumbs=surface != "home",
                repository=self._surroundings.repository,
                sign=sign,
                help_typed=HELP_TYPED.get(surface, wording.HELP_COMMAND),
            )
            if isinstance(answer, NoAnswer):
                message = browse.add_topics(message, answer.topics)
            outcome = answer.status
        question_log.info("question=%s", clean(without_people(text), context.bot_user_id))
        log.info(
            "asked by=%s outcome=%s facts=%s team=%s channel=%s user=%s ms=%.1f",
            surface,
            outcome,
            ",".join(fact.id for fact in facts) or "-",
            context.team_id,
            context.channel_id,
            context.user_id,
            (time.monotonic() - started) * 1000,
        )
        return message

    @staticmethod
    def _help(base: FactBase, surface: str) -> Message:
        return blocks.build_help(base, examples=surface != "home")

    def _page(self, page: Page, base: FactBase, surface: str, share: bool) -> Message:
        repository = self._surroundings.repository
        return browse.build_page(page, base, share=share, thumbs=surface != "home", repository=repository)

    def _fact_of(self, action: Mapping[str, Any], base: FactBase, reply: Reply, what: str) -> Fact | None:
        """The fact that a button carries; where there is none any more, the person is told and None comes back."""
        fact_id = blocks.read_button_value(str(action.get("value") or ""))
        fact = base.get(fact_id) if fact_id else None
        log.info("pressed button=%s fact=%s", what, fact.id if fact else "none")
        if fact is None:
            reply.private(blocks.build_notice(wording.FACT_GONE if fact_id else wording.OUT_OF_DATE))
        return fact

    def _is_new(self, event: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
        """Whether this is the first delivery: of the event, and of the message (a mention may arrive as a message too)."""
        team = body.get("team_id")
        keys = [f"message:{team}:{event.get('channel')}:{event.get('ts')}"]
        if body.get("event_id"):
            keys.append(f"event:{team}:{body['event_id']}")
        return self._claims.claim(*keys)


def _is_from_person(event: Mapping[str, Any]) -> bool:
    """Whether a person has just written this: no bot (two bots may talk for ever), no edit, no notice of Slack's."""
    return bool(
        all(isinstance(event.get(name), str) and event[name] for name in ("user", "channel", "ts"))
        and event["user"] != SLACKBOT
        and not event.get("bot_id")
        and not event.get("bot_profile")
        and "edited" not in event
        and not event.get("hidden")
        and event.get("subtype") in HUMAN_SUBTYPES
    )
