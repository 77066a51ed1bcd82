"""The buttons that lead from page to page, Home's search box and buttons, and the example questions."""

import logging

from slack_bolt import App, Args

from bot.core.pages.pages import open_page
from bot.core.pages.routes import Address
from bot.core.present.strings import ENGLISH
from bot.slack.answering import Asked, answer
from bot.slack.blocks.card import TRY
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.home import BACK, CLEAR, SEARCH, TOP, question_on
from bot.slack.blocks.pages import OPENING, TURNING, build_page
from bot.slack.listeners.actions.press import Press

log = logging.getLogger(__name__)


def register(app: App) -> None:
    for name in OPENING:
        app.action(name)(handle_open_page)
    for name in TURNING:
        app.action(name)(handle_turn_page)
    app.action(SEARCH)(handle_search)
    app.action(BACK)(handle_back)
    app.action(CLEAR)(handle_clear)
    for name in TRY:
        app.action(name)(handle_example)


def handle_open_page(args: Args) -> None:
    """Another page: replaces one that only this person sees, otherwise follows it."""
    press = Press(args)
    if message := _page(press):
        if press.ephemeral or press.direct:
            press.respond(message, replace=True)
        else:
            press.answer(message)


def handle_turn_page(args: Args) -> None:
    """The same list, further on: in its place, for everybody who sees it."""
    press = Press(args)
    if message := _page(press):
        press.respond(message, replace=True)


def _page(press: Press) -> Message | None:
    """The page that an action names; where it is missing, the person gets a notice."""
    address = Address.parse(press.parts(1)[0])
    page = open_page(address, press.base, press.context["status"]()) if address else None
    log.info("pressed button=page page=%s", address if page else "none")
    if page is None:
        press.private(notice(ENGLISH("page_gone" if address else "out_of_date")))
        return None
    return build_page(page, press.base, share=press.ephemeral, repository=press.context["repository"])


def handle_search(args: Args) -> None:
    press = Press(args)
    _answer_on_home(press, press.value)


def handle_example(args: Args) -> None:
    """An example question: answered on Home, or below the message."""
    press = Press(args)
    (question,) = press.parts(1)
    if press.home:
        _answer_on_home(press, question)
    elif question:
        press.answer(answer(Asked("example", question, share=press.ephemeral), args.context))
    else:
        press.answer(notice(ENGLISH("out_of_date")))


def handle_back(args: Args) -> None:
    """From a card to the choices that it was one of."""
    press, asked = Press(args), question_on(args.body["view"])
    press.show(answer(Asked("home", asked, again=True), args.context) if asked else None, asked)


def handle_clear(args: Args) -> None:
    Press(args).show(None)


def _answer_on_home(press: Press, question: str) -> None:
    """The answer to a question; the plain Home for an empty box."""
    question = question.strip()
    press.show(answer(Asked("home", question), press.context) if question else None, question, at=TOP)
