"""The buttons of cards and lists: Show, More like this, Source, Share, the menu."""

import datetime
import hashlib
import logging

from slack_bolt import Ack, App, Args

from bot.core.facts.models import Fact
from bot.core.present.strings import ENGLISH
from bot.core.search.results import Answer, Choices
from bot.slack.blocks import answers, card, modals
from bot.slack.blocks.elements import Message, notice
from bot.slack.listeners.actions.press import Press, texts

log = logging.getLogger(__name__)


def register(app: App) -> None:
    for name in (card.SHOW_FACT, answers.OPEN_ENTRY):
        app.action(name)(handle_show)
    app.action(card.MORE_LIKE_THIS)(handle_more)
    app.action(card.SOURCE)(handle_source)
    app.action(card.SHARE_FACT)(handle_share)
    app.action(answers.SHARE_ANSWER)(handle_share_answer)
    app.action(card.CARD_MENU)(handle_menu)
    app.action(card.REPORT_BUTTON)(handle_report_button)
    app.action(card.SHOW_HELP)(handle_help)
    for name in (modals.OPEN_ISSUE, modals.OPEN_LINE):
        app.action(name)(handle_link)


def handle_show(args: Args) -> None:
    """The card of an entry of a list."""
    press = Press(args)
    if fact := press.fact():
        _, offer_id, language = press.parts(3)
        if offer_id:
            args.context["inbox"].chosen(offer_id)
        share, repository = not (press.home or press.direct), args.context["repository"]
        shown = card.build_card(fact, press.base, texts(language), share=share, repository=repository)
        press.answer(shown)


def handle_more(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.answer(card.build_related(fact, press.base, texts(press.parts(3)[2])))


def handle_source(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.open(modals.build_source_modal(fact, press.base, _today(), args.context["site_url"]))


def handle_report_button(args: Args) -> None:
    press = Press(args)
    if fact := press.fact():
        press.open(modals.build_report_modal(fact, press.base))


def handle_help(args: Args) -> None:
    """*See example questions*."""
    press = Press(args)
    press.answer(card.build_help(press.base, texts(press.parts(2)[1]), examples=not press.home))


def handle_share(args: Args) -> None:
    """Post the card for everybody, with the question, and remove the private copy."""
    press = Press(args)
    if fact := press.fact():
        _, language, question = press.parts(3)
        who, repository = args.context.user_id, args.context["repository"]
        shared = card.build_card(fact, press.base, texts(language), repository=repository, shared_by=who,
                                 question=question)  # fmt: skip
        _share(press, fact.id, shared)


def handle_share_answer(args: Args) -> None:
    """Post a comparison or an overview for everybody: the question is asked again."""
    press = Press(args)
    (question,) = press.parts(1)
    outcome = args.context["engine"].ask(question)
    if isinstance(outcome, Answer | Choices):
        intro = ENGLISH("asked", question=question)
        _share(press, question, answers.build_answer(outcome, press.base, intro=intro))
    else:
        press.private(notice(ENGLISH("out_of_date")))


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
        press.private(notice(ENGLISH("not_shared")))
        return
    if press.ephemeral:
        press.respond(None)


def handle_menu(args: Args) -> None:
    """Thumbs, Cite and Report a problem; *Edit this fact* is a link that Slack opens itself."""
    press = Press(args)
    tool, fact_id, language = press.parts(3)
    fact, name, text = press.base.get(fact_id), press.base.site.name, texts(language)
    log.info("chosen tool=%s fact=%s", tool or "none", fact.id if fact else "none")
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
            press.private(notice(text("thanks_up")))
        else:
            press.private(card.build_thanks_down(fact, text))


def _count_thumb(thumb: str, fact: Fact, press: Press) -> None:
    """One person counts once for one card; what is remembered for that, for some hours, doesn't name them."""
    context = press.context
    who = f"{context.team_id}:{press.channel}:{press.message_ts}:{context.user_id}:{thumb}:{fact.id}"
    if context["deduplicator"].acquire(f"thumb:{hashlib.sha256(who.encode()).hexdigest()}"):
        context["inbox"].thumb(fact.id, thumb == card.THUMB_UP)


def handle_link(ack: Ack) -> None:
    """A button that is a link: Slack opens it, and wants an acknowledgement all the same."""
    ack()


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
