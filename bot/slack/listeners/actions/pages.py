"""The buttons that lead from page to page."""

from __future__ import annotations

import logging

from slack_bolt import Args

from bot.core.pages.pages import open_page
from bot.core.present.strings import ENGLISH
from bot.slack.blocks.elements import Message, notice
from bot.slack.blocks.pages import build_page, read_page_value
from bot.slack.listeners.actions.press import Press

log = logging.getLogger(__name__)


def handle_open_page(args: Args) -> None:
    """Another page: instead of one that only this person sees, otherwise beside it."""
    press = Press(args)
    if message := _page(press):
        if press.source.is_own:
            press.reply.replace(message)
        else:
            press.answer(message)


def handle_turn_page(args: Args) -> None:
    """The same list, further on: in its place, for everybody who sees it."""
    press = Press(args)
    if message := _page(press):
        press.reply.replace(message)


def _page(press: Press) -> Message | None:
    """The page that an action names; where there is none, the person is told so."""
    address = read_page_value(press.value)
    page = open_page(address, press.base, press.context["status"]()) if address else None
    log.info("pressed button=page page=%s", address if page else "none")
    if page is None:
        press.reply.private(notice(ENGLISH("page_gone" if address else "out_of_date")))
        return None
    return build_page(page, press.base, share=press.source.ephemeral, repository=press.repository)
