"""The buttons that lead from page to page."""

import logging

from slack_bolt import App, Args

from bot.core.pages.pages import open_page
from bot.core.pages.routes import Address
from bot.core.present.strings import ENGLISH
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.pages import OPENING, TURNING, build_page
from bot.slack.listeners.actions.press import Press

log = logging.getLogger(__name__)


def register(app: App) -> None:
    for name in OPENING:
        app.action(name)(handle_open_page)
    for name in TURNING:
        app.action(name)(handle_turn_page)


def handle_open_page(args: Args) -> None:
    """Another page: instead of one that only this person sees, otherwise beside it."""
    press = Press(args)
    if message := _page(press):
        if press.is_own:
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
    return build_page(page, press.base, share=press.ephemeral, repository=press.repository)
