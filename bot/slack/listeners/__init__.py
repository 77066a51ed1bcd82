"""Everything that the app listens to; the manifest names the same."""

from __future__ import annotations

from slack_bolt import App

from bot.slack.listeners import actions, commands, events, functions, options, shortcuts, views


def register(app: App) -> None:
    for package in (commands, events, actions, shortcuts, options, views, functions):
        package.register(app)
