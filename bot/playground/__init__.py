"""The bot in a browser without a Slack account: a fake Slack, and a page that talks to it."""
