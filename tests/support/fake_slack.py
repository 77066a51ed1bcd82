"""The stand-in for Slack under the name that the tests use; it lives in `bot.playground`, which shows what it holds."""

from __future__ import annotations

from bot.playground.stand_in import (
    APP,
    APP_TOKEN,
    BOT_ID,
    BOT_TOKEN,
    BOT_USER,
    RESPONSE_URL_USES,
    SIGNING_SECRET,
    TEAM,
    Call,
    StandIn,
    new_trigger,
)

FakeSlack = StandIn

__all__ = [
    "APP", "APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "RESPONSE_URL_USES", "SIGNING_SECRET", "TEAM",
    "Call", "FakeSlack", "new_trigger",
]  # fmt: skip
