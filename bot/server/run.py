"""Runs the bot: Socket Mode or HTTP, in one or several processes, and an end without losing work."""

from __future__ import annotations

import http.client
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError

from bot.core.facts.issues import DataError
from bot.db.installations import DEAD_TOKEN
from bot.server.config import Mode, Settings, SettingsError
from bot.server.log import configure_log, redact
from bot.server.web import open_socket

log = logging.getLogger(__name__)

RESTART_SECONDS = 1.0  # a process that ended sooner is not replaced before

_BAD_TOKEN = DEAD_TOKEN | {"missing_scope", "not_allowed_token_type"}  # this token, not this moment


class Stop:
    """SIGTERM and SIGINT at any moment: they set `event` and call `end_serving`, or end the process where that is None."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.end_serving: Callable[[], None] | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.event.set()
        if self.end_serving is None:
            raise SystemExit(0)
        self.end_serving()


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
        reason = slack_error(error)
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


def slack_error(error: BoltError | SlackApiError) -> str:
    """Slack's word for what is wrong."""
    cause = error if isinstance(error, SlackApiError) else error.__context__
    response = getattr(cause, "response", None)
    data = getattr(response, "data", response)
    return str(data.get("error")) if isinstance(data, dict) else "no usable answer"


def supervise(work: Callable[[], int], count: int, stopping: threading.Event) -> int:
    """Run `work` in `count` child processes, replacing those that end, until SIGTERM or SIGINT; returns the exit code.

    A single child is not replaced: its exit code is returned, for the host to start it again.
    """
    started: dict[int, float] = {}

    def forward(number: int, _: object) -> None:
        stopping.set()
        for child in started:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(child, signal.SIGTERM)

    def start() -> None:
        # A signal between the fork and the child's own handlers would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, handlers)
        if child := os.fork():
            started[child] = time.monotonic()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, handlers)
            if stopping.is_set():
                os.kill(child, signal.SIGTERM)
            return
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, handlers)
        code = 1
        try:
            code = work()
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        except BaseException:
            log.exception("a process stopped code=unexpected")
        finally:
            os._exit(code)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in handlers:
        signal.signal(number, forward)
    for _ in range(count):
        start()
    code = 0
    while started:
        child, status = os.wait()
        began = started.pop(child, None)
        if began is None:  # an orphan that process 1 inherited
            continue
        code = os.waitstatus_to_exitcode(status)
        if count == 1:
            break
        if not stopping.is_set():
            log.error("process ended code=process_ended pid=%d exit_code=%d", child, code)
            stopping.wait(max(0.0, RESTART_SECONDS - (time.monotonic() - began)))
            if not stopping.is_set():
                start()
    return max(code, 0)
