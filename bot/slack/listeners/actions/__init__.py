from slack_bolt import App

from bot.slack.listeners.actions import cards, home, pages


def register(app: App) -> None:
    for module in (cards, home, pages):
        module.register(app)
