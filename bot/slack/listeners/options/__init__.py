from slack_bolt import App

from bot.slack.blocks.modals import FIND_FACT
from bot.slack.listeners.options.facts import handle_typing


def register(app: App) -> None:
    app.options(FIND_FACT)(handle_typing)
