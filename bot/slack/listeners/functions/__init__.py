from slack_bolt import App

from bot.slack.listeners.functions.look_up_fact import LOOK_UP_STEP, handle_step


def register(app: App) -> None:
    app.function(LOOK_UP_STEP)(handle_step)
