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
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError

from bot.core.facts.issues import DataError
from bot.server.config import Mode, Settings, SettingsError
from bot.server.log import configure_log, redact
from bot.server.web import open_socket

log = logging.getLogger(__name__)

RESTART_SECONDS = 0.5  # before a process that ended is replaced


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
    """Run until SIGTERM or SIGINT; returns 2 for unusable or refused settings, 1 for other failures at the start."""
    stop = Stop()
    configure_log(style=os.environ.get("LOG_FORMAT", "").strip().upper())
    try:
        return _serve(mode, stop)
    except SettingsError as error:
        return _fail(2, "settings", *error.problems)
    except DataError as error:
        return _fail(1, "facts", *map(str, error.problems), f"{error}; `unionstate check` lists the same")
    except (BoltError, SlackApiError) as error:
        from bot.db.installations import DEAD_TOKEN  # which takes a while to load

        reason = slack_error(error)
        if reason in DEAD_TOKEN | {"missing_scope", "not_allowed_token_type"}:
            name = "SLACK_APP_TOKEN" if isinstance(error, SlackApiError) else "SLACK_BOT_TOKEN"
            fix = "copy it again from the app's page"
            return _fail(2, "slack_refused", f"{name} was refused by Slack ({reason}): {fix}")
        return _fail(1, "slack_refused", f"Slack refused the bot ({reason}): try again later")
    except (OSError, http.client.HTTPException) as error:
        return _fail(1, "slack_unreachable", f"Slack cannot be reached: {error}")


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
            if listening:
                bot.serve_http(listening, stop)
            else:
                bot.serve_socket_mode(stop)
            return 0
        finally:
            bot.close()

    if processes == 1:
        if os.getpid() == 1:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # leaves no zombies of orphans in a container
        return work()
    bot.database.close()  # connections are not shared with the processes that are forked
    try:
        return supervise(work, processes, stop)
    finally:
        shutil.rmtree(os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""), ignore_errors=True)


def _fail(exit_code: int, code: str, *lines: str) -> int:
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


def supervise(work: Callable[[], int], count: int, stop: Stop) -> int:
    """Run `work` in `count` child processes, replacing those that end, until SIGTERM or SIGINT; returns the exit code."""
    children: set[int] = set()

    def end_children() -> None:
        for child in children:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(child, signal.SIGTERM)

    def start() -> None:
        if child := os.fork():
            children.add(child)
            if stop.event.is_set():  # perhaps before it was one of them
                end_children()
            return
        stop.end_serving = None
        code = 1
        try:
            code = 0 if stop.event.is_set() else work()
        except SystemExit:
            code = 0
        except BaseException:
            log.exception("a process stopped code=unexpected")
        finally:
            os._exit(code)

    stop.end_serving = end_children
    for _ in range(count):
        start()
    code = 0
    while children:
        child, status = os.wait()
        if child not in children:  # an orphan that process 1 inherited
            continue
        children.remove(child)
        code = os.waitstatus_to_exitcode(status)
        if not stop.event.is_set():
            log.error("process ended code=process_ended pid=%d exit_code=%d", child, code)
            if not stop.event.wait(RESTART_SECONDS):
                start()
    return max(code, 0)
