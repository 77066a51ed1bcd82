from slack_bolt import App

from bot.slack.listeners.commands.ask import handle_command
from bot.slack.strings import COMMAND


def register(app: App) -> None:
    app.command(COMMAND)(handle_command)
