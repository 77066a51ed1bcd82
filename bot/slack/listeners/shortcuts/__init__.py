from slack_bolt import App

from bot.slack.listeners.shortcuts.check_message import CHECK_SHORTCUT, handle_check
from bot.slack.listeners.shortcuts.find_fact import FIND_SHORTCUT, handle_find


def register(app: App) -> None:
    app.global_shortcut(FIND_SHORTCUT)(handle_find)
    app.message_shortcut(CHECK_SHORTCUT)(handle_check)
