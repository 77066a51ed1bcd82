"""The log: text or JSON lines in UTC on standard error, without secrets.

Lines are written as `what happened name=%s`; LOG_FORMAT=json makes each name a field.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

TEXT_FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"
QUESTIONS = "bot.questions"  # the logger of people's words, silent unless LOG_QUESTIONS=on
LINE_LENGTH = 20_000  # what is redacted and written of a message or a traceback

# Our log lines contain none of these; those of libraries, and exceptions, might.
_SECRETS = {
    r"xox[a-z]?(?:\.xox[a-z])?-[\w-]+|xapp-[\w-]+": "xox…",
    r"(with code: )\S{1,500}": r"\1…",
    r"(https?://[^\s/]{1,200})/(?:commands|actions|workflows|services|response)/[^\s'\"]+": r"\1/…",
    r"(?i:(password=))[^&\s'\"]{1,200}": r"\1…",
    r"(\w{1,40}://[^\s:/@]{1,200}):[^\s@/]{1,200}@": r"\1:…@",
}
_FIELD = re.compile(r"%%|(?:\b(\w+)=)?%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")
_CODE = re.compile(r"\bcode=([a-z_]+)")
# Syslog priorities, which the systemd journal reads.
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


def configure_log(level: str = "INFO", style: str = "TEXT", *, questions: bool = False) -> None:
    """Write our own lines to standard error, `style` TEXT or JSON; `questions` adds what people ask."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "JSON" else TextFormatter())
    # Not by the loggers' levels alone: Bolt gives its own loggers the level of ours.
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith("bot."))
    # Below WARNING libraries write bodies and questions.
    libraries = max(logging.WARNING, logging.getLevelName(level))
    logging.basicConfig(level=libraries, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    # Not `disabled`: logging.config enables each logger that exists.
    logging.getLogger(QUESTIONS).setLevel(logging.INFO if questions else logging.CRITICAL)
    # Bolt warns at each start that it uses the client it is given rather than SLACK_BOT_TOKEN.
    bolt = logging.getLogger("slack_bolt.App")
    bolt.addFilter(lambda record: "`client` as well" not in record.getMessage())
    sys.excepthook = _log_uncaught


def redact(text: str) -> str:
    """The text without tokens, Slack's reply addresses and passwords in addresses; cut at `LINE_LENGTH`."""
    text = text if len(text) <= LINE_LENGTH else text[:LINE_LENGTH] + "…"
    for pattern, replacement in _SECRETS.items():
        text = re.sub(pattern, replacement, text)
    return text


class TextFormatter(logging.Formatter):
    """A line per record, with a traceback below where there is one; for the journal with its priority."""

    converter = time.gmtime  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(TEXT_FORMAT, "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        text = redact(super().format(record))
        priority = f"<{_PRIORITIES.get(record.levelno, 6)}>" if "JOURNAL_STREAM" in os.environ else ""
        return priority + text.replace("\n", f"\n{priority}")


class JsonFormatter(logging.Formatter):
    """An object per line: time (UTC), level, logger, message, code, each `name=` of the line, and exception."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if code := error_code(record):
            entry["code"] = code
        for name, value in named_arguments(record).items():
            plain = isinstance(value, bool | int | float | None)
            entry.setdefault(name, value if plain else redact(str(value)))
        if record.exc_info:
            entry["exception"] = redact(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def error_code(record: logging.LogRecord) -> str | None:
    """The `code=` of a line; an error without one is unexpected."""
    found = _CODE.search(record.getMessage())
    return found[1] if found else "unexpected" if record.levelno >= logging.ERROR else None


def named_arguments(record: logging.LogRecord) -> dict[str, Any]:
    """The arguments of a line by the names that stand before their places."""
    if not isinstance(record.args, tuple) or not isinstance(record.msg, str):
        return {}
    names = [match.group(1) for match in _FIELD.finditer(record.msg) if match.group() != "%%"]
    return {name: value for name, value in zip(names, record.args, strict=False) if name}


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        log = logging.getLogger(__name__)
        log.critical("stopped by an error code=unexpected", exc_info=(kind, error, traceback))
