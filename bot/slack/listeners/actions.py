"""Pressed buttons and chosen options: of cards, lists and pages, the example questions, Home's box and buttons."""

import datetime
import hashlib
import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App, Args

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.pages.pages import open_page
from bot.core.pages.routes import Address
from bot.core.present.strings import ENGLISH, LANGUAGES, Strings, strings
from bot.core.search.results import Answer, Choices
from bot.slack.answering import Asked, answer
from bot.slack.blocks import card, home, modals, pages
from bot.slack.blocks.elements import Message, notice, read_value
from bot.slack.responses import is_home, publish, respond

log = logging.getLogger(__name__)


def register(app: App) -> None:
    listeners: tuple[tuple[Callable[[Press], None], tuple[str, ...]], ...] = (
        (handle_show, (card.SHOW_FACT, card.OPEN_ENTRY)),
        (handle_more, (card.MORE_LIKE_THIS,)),
        (handle_source, (card.SOURCE,)),
        (handle_share, (card.SHARE_FACT,)),
        (handle_share_answer, (card.SHARE_ANSWER,)),
        (handle_menu, (card.CARD_MENU,)),
        (handle_report_button, (card.REPORT_BUTTON,)),
        (handle_help, (card.SHOW_HELP,)),
        (handle_page, (*pages.OPENING, *pages.TURNING)),
        (handle_question, (home.SEARCH, *card.TRY)),
        (handle_back, (home.BACK,)),
        (lambda press: press.show(None), (home.CLEAR,)),
    )
    for handle, names in listeners:
        for name in names:
            app.action(name)(_on_press(handle))
    for name in (modals.OPEN_ISSUE, modals.OPEN_LINE):
        app.action(name)(handle_link)


class Press:
    """A pressed button or chosen option, which is acknowledged, with what its listener needs."""

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
        # The pressed message may be the first of its thread.
        self.thread_ts: str | None = thread if thread != self.message_ts else None
        self.ephemeral = bool(container.get("is_ephemeral"))
        self.home = is_home(args.body)
        # In a direct message with the bot, and not under a link in what the person wrote there.
        attached = container["type"] == "message_attachment"
        self.direct = self.channel.startswith("D") and not self.ephemeral and not attached

    def parts(self, count: int) -> tuple[str, ...]:
        """The parts of the value; empty strings if another version wrote it."""
        return read_value(self.value, count)

    def fact(self) -> Fact | None:
        """The fact whose id the value begins with; if there is none, the person gets a notice."""
        fact_id = self.parts(2)[0]
        fact = self.base.get(fact_id)
        if fact is None:
            self.respond(notice(ENGLISH("fact_gone" if fact_id else "out_of_date")))
        return fact

    def answer(self, message: Message) -> None:
        """Answers below the pressed message: in a direct message with the bot for all, elsewhere only for the person."""
        self.respond(message, public=self.direct, thread_ts=self.thread_ts)

    def respond(self, message: Message | None, **options: Any) -> None:
        """Show the message on the Home that was pressed, else send it (options as for `respond`)."""
        if self.home:
            self.show(message, home.question_on(self.body["view"]), back=True)
        else:
            respond(str(self.body["response_url"]), self.client, message, **options)

    def show(self, message: Message | None, asked: str = "", *, back: bool = False, at: str = "") -> None:
        """Draw the Home that was pressed; arguments as for `build_home`.  Of two quick presses the last one is shown."""
        at = at or home.place_of(self.body["view"], self.action["block_id"])
        view = home.build_home(self.base, message, asked, back=back, at=at)
        publish(self.client, self.body["user"]["id"], view, None)

    def open(self, view: dict[str, Any]) -> None:
        self.client.views_open(trigger_id=str(self.body.get("trigger_id")), view=view)


def _on_press(handle: Callable[[Press], None]) -> Callable[[Args], None]:
    def listener(args: Args) -> None:
        handle(Press(args))

    return listener


def _texts(language: str) -> Strings:
    """The texts of a language that a value names; English for none."""
    return strings(language if language in LANGUAGES else "en")


def handle_show(press: Press) -> None:
    """The card of an entry of a list."""
    if fact := press.fact():
        _, offer_id, language = press.parts(3)
        if offer_id:
            press.context["inbox"].chosen(offer_id)
        share, repository = not (press.home or press.direct), press.context["repository"]
        shown = card.build_card(fact, press.base, _texts(language), share=share, repository=repository)
        press.answer(shown)


def handle_more(press: Press) -> None:
    if fact := press.fact():
        press.answer(card.build_related(fact, press.base, _texts(press.parts(3)[2])))


def handle_source(press: Press) -> None:
    if fact := press.fact():
        press.open(modals.build_source_modal(fact, press.base, _today(), press.context["site_url"]))


def handle_report_button(press: Press) -> None:
    if fact := press.fact():
        press.open(modals.build_report_modal(fact, press.base))


def handle_help(press: Press) -> None:
    """*See example questions*."""
    press.answer(card.build_help(press.base, _texts(press.parts(2)[1]), examples=not press.home))


def handle_share(press: Press) -> None:
    """Post the card for everybody, with the question, and remove the private copy."""
    if fact := press.fact():
        _, language, question = press.parts(3)
        who, repository = press.context.user_id, press.context["repository"]
        shared = card.build_card(fact, press.base, _texts(language), repository=repository, shared_by=who,
                                 question=question)  # fmt: skip
        _share(press, fact.id, shared)


def handle_share_answer(press: Press) -> None:
    """Post a comparison or an overview for everybody: the question is asked again."""
    (question,) = press.parts(1)
    outcome = press.context["engine"].ask(question)
    if isinstance(outcome, Answer | Choices):
        intro = ENGLISH("asked", question=question)
        _share(press, question, card.build_answer(outcome, press.base, intro=intro))
    else:
        press.respond(notice(ENGLISH("out_of_date")))


def _share(press: Press, what: str, message: Message) -> None:
    context, deduplicator = press.context, press.context["deduplicator"]
    # Two quick taps are two actions on one private message, and would post twice.
    key = f"share:{context.team_id}:{press.channel}:{press.message_ts}:{context.user_id}:{what}"
    if not deduplicator.acquire(key):
        return
    try:
        press.respond(message, public=True, thread_ts=press.thread_ts)
    except Exception as error:
        deduplicator.release(key)
        log.warning("share failed channel=%s: %s", press.channel, error)
        press.respond(notice(ENGLISH("not_shared")))
        return
    if press.ephemeral:
        press.respond(None)


def handle_menu(press: Press) -> None:
    """Thumbs, Cite and Report a problem; *Edit this fact* is a link that Slack opens itself."""
    tool, fact_id, language = press.parts(3)
    fact, name, text = press.base.get(fact_id), press.base.site.name, _texts(language)
    if fact is None:
        press.open(modals.build_notice_modal(name, ENGLISH("fact_gone" if fact_id else "out_of_date")))
    elif tool == card.CITE:
        press.open(modals.build_cite_modal(fact, press.base, _today()))
    elif tool == card.REPORT:
        press.open(modals.build_report_modal(fact, press.base))
    elif tool in (card.THUMB_UP, card.THUMB_DOWN):
        _count_thumb(tool, fact, press)
        if press.home:
            press.open(modals.build_notice_modal(name, text("thanks_up")))
        elif tool == card.THUMB_UP:
            press.respond(notice(text("thanks_up")))
        else:
            press.respond(card.build_thanks_down(fact, text))


def _count_thumb(thumb: str, fact: Fact, press: Press) -> None:
    """One person counts once for one card; what is remembered for that, for some hours, doesn't name them."""
    context = press.context
    who = f"{context.team_id}:{press.channel}:{press.message_ts}:{context.user_id}:{thumb}:{fact.id}"
    if context["deduplicator"].acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
        context["inbox"].thumb(fact.id, thumb == card.THUMB_UP)


def handle_page(press: Press) -> None:
    """Another page: replaces one that only this person sees, otherwise follows it; the next of a list replaces it."""
    address = Address.parse(press.parts(1)[0])
    page = open_page(address, press.base, press.context["status"]()) if address else None
    if page is None:
        press.respond(notice(ENGLISH("page_gone" if address else "out_of_date")))
        return
    repository = press.context["repository"]
    message = pages.build_page(page, press.base, share=press.ephemeral, repository=repository)
    if press.ephemeral or press.direct or press.action["action_id"] in pages.TURNING:
        press.respond(message, replace=True)
    else:
        press.answer(message)


def handle_question(press: Press) -> None:
    """Home's box or an example question: answered on Home, or below the message; an empty box gives the plain Home."""
    question = (press.value if press.action["action_id"] == home.SEARCH else press.parts(1)[0]).strip()
    if press.home:
        message = answer(Asked("home", question), press.context) if question else None
        press.show(message, question, at=home.TOP)
    elif question:
        press.answer(answer(Asked("example", question, share=press.ephemeral), press.context))
    else:
        press.answer(notice(ENGLISH("out_of_date")))


def handle_back(press: Press) -> None:
    """From a card to the choices that it was one of."""
    asked = home.question_on(press.body["view"])
    press.show(answer(Asked("home", asked, again=True), press.context) if asked else None, asked)


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants an acknowledgement all the same."""
    ack()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
