"""Entry point of `slack run`: the bot in Socket Mode, with the tokens that the Slack CLI passes."""

import os
import sys

from bot.cli import main

CLI_TOKENS = {"SLACK_APP_TOKEN": "SLACK_CLI_XAPP", "SLACK_BOT_TOKEN": "SLACK_CLI_XOXB"}


def run() -> int:
    """Serve until the CLI ends it; its own arguments are for hooks that answer it, which this one does not."""
    for name, given in CLI_TOKENS.items():
        os.environ[name] = os.environ.get(name) or os.environ.get(given, "")
    return main(["serve", "--socket"])


if __name__ == "__main__":
    sys.exit(run())
