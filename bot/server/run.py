"""Runs the bot: Socket Mode or HTTP, in one or several processes, and an end without losing work."""

from __future__ import annotations

import http.client
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress

from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError

from bot.core.facts.issues import DataError
from bot.db.installations import DEAD_TOKEN
from bot.server.config import Mode, Settings, SettingsError
from bot.server.listen import open_socket
from bot.server.log import configure_log, redact
from bot.server.supervisor import Stop, supervise

log = logging.getLogger(__name__)

_BAD_TOKEN = DEAD_TOKEN | {"missing_scope", "not_allowed_token_type"}  # this token, not this moment


def serve(mode: Mode) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code.

    That is 2 for settings that cannot be used or that Slack refuses, and 1 where facts do not load or Slack cannot be
    reached at the start.
    """
    stop = Stop()
    configure_log(style=os.environ.get("LOG_FORMAT", "").strip().upper())
    return _report_errors(lambda: _serve(mode, stop))


def _serve(mode: Mode, stop: Stop) -> int:
    settings = Settings.from_environment()
    chosen = settings.choose_mode(mode)
    processes = settings.web_concurrency if chosen == "http" else 1
    if processes > 1:
        with suppress(OSError):  # without a folder for it each process has its own counts
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="unionstate-metrics-")
    from bot.server.bot import Bot  # the metrics look for that folder as they are imported

    configure_log(settings.log_level, settings.log_format, questions=settings.log_questions)
    listening = open_socket(settings) if chosen == "http" else None
    bot = Bot(settings, chosen)

    def work() -> int:
        try:
            return bot.serve_http(listening, stop) if listening else bot.serve_socket_mode(stop)
        finally:
            bot.close()

    if processes == 1 and os.getpid() != 1:
        return work()
    if bot.database:
        bot.database.close()  # connections are not shared with the processes that are forked
    try:
        return supervise(lambda: _report_errors(work), processes, stop.event)
    finally:
        shutil.rmtree(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""), ignore_errors=True)


def _report_errors(run: Callable[[], int]) -> int:
    """Run, and turn what is expected to go wrong at the start into a line and an exit code."""
    exit_code = 1
    try:
        return run()
    except SettingsError as error:
        code, exit_code, lines = "settings", 2, list(error.problems)
    except DataError as error:
        code, lines = "facts", [*map(str, error.problems), f"{error}; `unionstate check` lists the same"]
    except (BoltError, SlackApiError) as error:
        reason = _slack_error(error)
        code, lines = "slack_refused", [f"Slack refused the bot ({reason}): try again later"]
        if reason in _BAD_TOKEN:
            name = "SLACK_APP_TOKEN" if isinstance(error, SlackApiError) else "SLACK_BOT_TOKEN"
            exit_code, lines = (
                2,
                [f"{name} was refused by Slack ({reason}): copy it again from the app's page"],
            )
    except (OSError, http.client.HTTPException) as error:
        code, lines = "slack_unreachable", [f"Slack cannot be reached: {error}"]
    for line in lines:
        if os.environ.get("LOG_FORMAT", "").strip().upper() == "JSON":
            log.error("%s code=%s", line, code)
        else:
            print(f"unionstate: {redact(line)}", file=sys.stderr)
    return exit_code


def _slack_error(error: BoltError | SlackApiError) -> str:
    """Slack's word for what is wrong."""
    cause = error if isinstance(error, SlackApiError) else error.__context__
    response = getattr(cause, "response", None)
    data = getattr(response, "data", response)
    return str(data.get("error")) if isinstance(data, dict) else "no usable answer"
