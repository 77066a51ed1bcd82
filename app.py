"""What `slack run` starts: the bot in Socket Mode, with the tokens that the Slack CLI gives."""

from __future__ import annotations

import os
import sys

from bot.cli import main

_GIVEN = {"SLACK_APP_TOKEN": "SLACK_CLI_XAPP", "SLACK_BOT_TOKEN": "SLACK_CLI_XOXB"}


def run() -> int:
    """Serve until the CLI ends it."""
    for name, given in _GIVEN.items():
        if not os.environ.get(name) and os.environ.get(given):
            os.environ[name] = os.environ[given]
    return main(["serve", "--socket"])


if __name__ == "__main__":
    sys.exit(run())
