from slack_bolt import App

from bot.slack.listeners.commands.ask import handle_command


def register(app: App, command: str) -> None:
    app.command(f"/{command}")(handle_command)
