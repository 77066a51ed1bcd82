from slack_bolt import App

from bot.slack.blocks.answers import OPEN_ENTRY, SHARE_ANSWER
from bot.slack.blocks.card import (
    CARD_MENU,
    MORE_LIKE_THIS,
    REPORT_BUTTON,
    SHARE_FACT,
    SHOW_FACT,
    SHOW_HELP,
    SOURCE,
    TRY,
)
from bot.slack.blocks.home import BACK, CLEAR, SEARCH
from bot.slack.blocks.modals import FIND_FACT, OPEN_ISSUE, OPEN_LINE
from bot.slack.blocks.pages import OPENING, TURNING
from bot.slack.listeners.actions.cards import (
    handle_help,
    handle_link,
    handle_menu,
    handle_more,
    handle_report_button,
    handle_share,
    handle_share_answer,
    handle_show,
    handle_source,
)
from bot.slack.listeners.actions.find import handle_fact_chosen
from bot.slack.listeners.actions.home import handle_back, handle_clear, handle_example, handle_search
from bot.slack.listeners.actions.pages import handle_open_page, handle_turn_page

OLD_THUMBS = ("thumb", "thumb_up", "thumb_down")  # buttons below the cards of earlier releases


def register(app: App) -> None:
    for name in (SHOW_FACT, OPEN_ENTRY):
        app.action(name)(handle_show)
    app.action(MORE_LIKE_THIS)(handle_more)
    app.action(SOURCE)(handle_source)
    app.action(SHARE_FACT)(handle_share)
    app.action(SHARE_ANSWER)(handle_share_answer)
    app.action(REPORT_BUTTON)(handle_report_button)
    app.action(SHOW_HELP)(handle_help)
    for name in (CARD_MENU, *OLD_THUMBS):
        app.action(name)(handle_menu)
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
