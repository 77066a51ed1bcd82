from slack_bolt import App

from bot.slack.blocks.modals import FIND_MODAL, REPORT_MODAL
from bot.slack.listeners.views.find import handle_post
from bot.slack.listeners.views.report import handle_report


def register(app: App) -> None:
    app.view(REPORT_MODAL)(handle_report)
    app.view(FIND_MODAL)(handle_post)
