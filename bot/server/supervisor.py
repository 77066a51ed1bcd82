"""Several processes that share what was loaded before they were forked, and a process 1 that reaps orphans."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

log = logging.getLogger(__name__)

RESTART_SECONDS = 1.0  # a process that ended sooner is not replaced before


class Stop:
    """SIGTERM and SIGINT at any moment: before serving they end the process, afterwards they set `event`."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.serving = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.event.set()
        if not self.serving:
            raise SystemExit(0)


def supervise(work: Callable[[], int], count: int, stopping: threading.Event) -> int:
    """Run `work` in `count` child processes, replacing those that end, until SIGTERM or SIGINT; returns the exit code.

    A single child is not replaced: its exit code is returned, for the host to start it again.
    """
    started: dict[int, float] = {}

    def forward(number: int, _: object) -> None:
        stopping.set()
        for child in started:
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
