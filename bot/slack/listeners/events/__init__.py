from slack_bolt import App

from bot.slack.listeners.events.app_home_opened import handle_home_opened
from bot.slack.listeners.events.link_shared import handle_links
from bot.slack.listeners.events.questions import handle_mention, handle_message


def register(app: App) -> None:
    app.event("app_mention")(handle_mention)
    app.event("message")(handle_message)
    app.event("app_home_opened")(handle_home_opened)
    app.event("link_shared")(handle_links)
