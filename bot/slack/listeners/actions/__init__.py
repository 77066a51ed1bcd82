from slack_bolt import App

from bot.slack.blocks.card import (
    CARD_MENU,
    MORE_LIKE_THIS,
    SHARE_FACT,
    SHOW_FACT,
    THUMB,
    THUMB_DOWN,
    THUMB_UP,
    TRY,
)
from bot.slack.blocks.home import BACK, CLEAR, SEARCH
from bot.slack.blocks.modals import FIND_FACT, OPEN_ISSUE, OPEN_LINE
from bot.slack.blocks.pages import OPENING, TURNING
from bot.slack.listeners.actions.cards import (
    handle_link,
    handle_menu,
    handle_more,
    handle_share,
    handle_show,
    handle_thumb,
)
from bot.slack.listeners.actions.find import handle_fact_chosen
from bot.slack.listeners.actions.home import handle_back, handle_clear, handle_example, handle_search
from bot.slack.listeners.actions.pages import handle_open_page, handle_turn_page


def register(app: App) -> None:
    app.action(SHOW_FACT)(handle_show)
    app.action(MORE_LIKE_THIS)(handle_more)
    app.action(SHARE_FACT)(handle_share)
    app.action(CARD_MENU)(handle_menu)
    for name in (THUMB, THUMB_UP, THUMB_DOWN):
        app.action(name)(handle_thumb)
    for name in (OPEN_ISSUE, OPEN_LINE):
        app.action(name)(handle_link)
    for name in OPENING:
        app.action(name)(handle_open_page)
    for name in TURNING:
        app.action(name)(handle_turn_page)
    app.action(SEARCH)(handle_search)
    app.action(BACK)(handle_back)
    app.action(CLEAR)(handle_clear)
    for name in TRY:
        app.action(name)(handle_example)
    app.action(FIND_FACT)(handle_fact_chosen)
