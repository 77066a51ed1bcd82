from slack_bolt import App

from bot.slack.listeners.actions import cards, pages


def register(app: App) -> None:
    cards.register(app)
    pages.register(app)
