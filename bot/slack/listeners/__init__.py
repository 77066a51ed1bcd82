"""Everything that the app listens to; the manifest names the same."""

from slack_bolt import App

from bot.slack.listeners import actions, commands, events, views


def register(app: App, command: str) -> None:
    """`command` is the slash command, without the slash."""
    commands.register(app, command)
    for module in (events, actions, views):
        module.register(app)
