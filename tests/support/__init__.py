"""Helpers that tests share: a fake Slack, signed requests, served bots, a small fact base."""
