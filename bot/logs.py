"""The log: its two formats, and what must never be in it.

Belongs here: formatting, keeping secrets out, which library may say how much.  Does not belong here: what
is logged (each module logs its own), what the environment says (`settings`).

Lines are written as `what happened name=%s`, so that LOG_FORMAT=json can give each name a field of its own.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from gunicorn.glogging import Logger

TEXT_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUESTIONS = "bot.questions"  # the logger that gets people's words, silent unless LOG_QUESTIONS=on
LIBRARIES = ("slack_bolt", "slack_sdk", "urllib3", "asyncio", "watchfiles", "sqlalchemy")

# No line of ours holds one of these; a library's, or an exception's, might.
_SECRETS = (
    (re.compile(r"xox[a-z]?(?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+"), "xox…"),
    (re.compile(r"(https?://[^\s/]+)/(?:commands|actions|workflows|services|response)/[^\s'\"]+"), r"\1/…"),
    (re.compile(r"(\w+://[^\s:/@]+):[^\s@/]+@"), r"\1:…@"),
)
_PLACEHOLDER = re.compile(r"%%|(?:\b(\w+)=)?%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_OWN_FIELDS = ("time", "level", "logger", "message", "exception")


def set_up_log(level: str, style: str = "TEXT", *, questions: bool = False) -> None:
    """Our own lines to standard error, `style` TEXT or JSON; `questions` adds what people ask.

    The libraries stay at WARNING whatever `level` says: at INFO and DEBUG they write bodies and questions.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "JSON" else TextFormatter(TEXT_FORMAT))
    # Not by the loggers' levels alone: Bolt gives its own loggers the level of ours.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or not _is_library(record.name))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    logging.getLogger(QUESTIONS).disabled = not questions
    # We hand Bolt a client and leave SLACK_BOT_TOKEN in the environment: no news, at each start.
    logging.getLogger("slack_bolt.App").addFilter(
        lambda record: "`client` as well" not in record.getMessage()
    )


def _is_library(name: str) -> bool:
    return name.partition(".")[0] in LIBRARIES


def redacted(text: str) -> str:
    """The text without tokens, addresses that Slack gives out for replies, and passwords in addresses."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class TextFormatter(logging.Formatter):
    """A line a record, and a traceback below where there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = _one_line(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """An object a line: time (UTC), level, logger, message, each `name=` of the line, and exception."""

    def format(self, record: logging.LogRecord) -> str:
        written: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        for name, value in _fields(record).items():
            if name not in _OWN_FIELDS:
                written[name] = (
                    value if isinstance(value, bool | int | float | None) else redacted(str(value))
                )
        if record.exc_info:
            written["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(written, ensure_ascii=False)


class GunicornLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines, handed to our log rather than written in a format of their own."""

    def setup(self, cfg: Any) -> None:
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(self.LOG_LEVELS.get(cfg.loglevel.lower(), logging.INFO))


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """The arguments of a line by the names that stand before their places."""
    if not isinstance(record.args, tuple) or not isinstance(record.msg, str):
        return {}
    places = [match for match in _PLACEHOLDER.finditer(record.msg) if match.group() != "%%"]
    names = [match.group(1) for match in places]
    return {name: value for name, value in zip(names, record.args, strict=False) if name}


def _one_line(message: str) -> str:
    return message.replace("\r", "\\r").replace("\n", "\\n")
