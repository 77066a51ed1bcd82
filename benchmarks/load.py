"""Compares the bot's CPU and memory with Bolt apps that look nothing up: `python -m benchmarks.load [REQUESTS [SOAK]]`.

The empty app only acknowledges and the plain app answers one sentence, both under gunicorn with 16 threads; each app has two
processes, on loopback, and the same fake Slack.  CPU is that of the app's processes, from /proc.  With SOAK, the
bot is sent so many more commands, and its memory is printed before and after.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from tests.support.fake_slack import BOT_TOKEN, BOT_USER, SIGNING_SECRET
from tests.support.process import ROOT, free_port
from tests.support.requests import (
    FORM,
    JSON,
    action_body,
    command_body,
    event_body,
    mention_event,
    signed_headers,
)

REQUESTS, START_SECONDS = 400, 20  # requests of each kind
WORKERS, CLIENTS = 2, 16
SATURATION_SECONDS = 6.0
SENDERS: dict[str, Callable[[str], tuple[str, str]]] = {
    "command": lambda url: (command_body("trade share", url), FORM),
    "mention": lambda url: (event_body(mention_event(f"<@{BOT_USER}> trade share")), JSON),
    "button": lambda url: (action_body("show_fact", "v1:russia-share-of-foreign-trade-2018", url), FORM),
}
_local = threading.local()


@dataclass
class Row:
    ready: float
    cpu: dict[str, float]  # milliseconds for each kind
    acknowledged: float  # milliseconds to a command's acknowledgement, the median
    saturation: float  # answered a second
    slowest: float  # seconds, at saturation
    memory: float  # MB, of all processes


def stand_in(port: int, calls: Synchronized[int]) -> None:
    """A fake Slack in a separate process: answers ok and counts the calls."""
    body = json.dumps(
        {"ok": True, "user_id": BOT_USER, "bot_id": "B1", "team_id": "T0TEAM", "ts": "1.2"}
    ).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"] or 0))
            with calls.get_lock():
                calls.value += not self.path.endswith("auth.test")
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 1_000

    Server(("127.0.0.1", port), Handler).serve_forever()


@contextlib.contextmanager
def served(name: str, slack: int) -> Iterator[tuple[int, int, float]]:
    """The app's port, its process id and the seconds until it first answered."""
    port = free_port()
    gunicorn = f"gunicorn -k gthread --threads 16 -w {WORKERS} -b 127.0.0.1:{port} --no-control-socket benchmarks.plain_app:web"
    command = "bot serve --http" if name == "bot" else gunicorn
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **{n: v for n, v in os.environ.items() if not n.startswith(("SLACK_", "DATABASE_", "LOG_"))},
            "PYTHONPATH": str(ROOT), "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS), "XDG_DATA_HOME": folder,
            "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "no_proxy": "*", "LOG_LEVEL": "WARNING",
            "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/", **({"EMPTY": "1"} if name == "empty" else {}),
        }  # fmt: skip
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", *command.split()], env=environ, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        try:
            while time.monotonic() < started + START_SECONDS and process.poll() is None:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    send(port, "GET", "/healthz")
                    break
                time.sleep(0.01)
            else:
                raise RuntimeError(f"the {name} app did not start")
            yield port, process.pid, time.monotonic() - started
        finally:
            process.terminate()
            process.wait(30)


def send(port: int, method: str, path: str, body: str = "", kind: str = "") -> int:
    """A request over a connection that the thread keeps while it is in use: servers close idle ones."""
    if getattr(_local, "port", None) != port or time.monotonic() - _local.used > 1:
        _local.port, _local.connection = port, http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        _local.connection.request(method, path, body, signed_headers(body, kind) if kind else {})
        answer = _local.connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        _local.port = None
        raise
    _local.used = time.monotonic()
    return int(answer.status)


def processes(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def cpu(pid: int) -> float:
    """Seconds of CPU that the process and its children have used."""
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in processes(pid)]
    return sum(int(field[11]) + int(field[12]) for field in fields) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """MB, pages that are shared counted once (PSS)."""
    kilobytes = 0
    for each in processes(pid):
        with contextlib.suppress(ProcessLookupError):  # ended meanwhile
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1024


def measure(name: str, requests: int, soak: int = 0) -> Row:
    slack, calls = free_port(), multiprocessing.Value("i", 0)
    slack_process = multiprocessing.Process(target=stand_in, args=(slack, calls), daemon=True)
    slack_process.start()
    url = f"http://127.0.0.1:{slack}/response/"

    def post(kind: str) -> float:
        body, content_type = SENDERS[kind](url)
        started = time.perf_counter()
        status = send(port, "POST", "/slack/events", body, content_type)
        assert status == 200, f"{status} for a {kind} from the {name} app"
        return time.perf_counter() - started

    def post_until(end: float) -> list[float]:
        waits = []
        while time.monotonic() < end:
            waits.append(post("command"))
        return waits

    try:
        with served(name, slack) as (port, pid, ready), ThreadPoolExecutor(CLIENTS) as clients:
            costs, waited = {}, []
            for kind in SENDERS:
                for _ in range(4):
                    list(clients.map(post, [kind] * 25))  # warm
                    settle(calls)
                settle(calls)
                before = cpu(pid)
                for number in range(requests):
                    seconds = post(kind)
                    if kind == "command":
                        waited.append(seconds)
                    if number % 25 == 0:  # answers that follow an acknowledgement must not pile up
                        settle(calls)
                settle(calls)
                costs[kind] = (cpu(pid) - before) * 1000 / requests
            end = time.monotonic() + SATURATION_SECONDS
            waits = [wait for each in clients.map(post_until, [end] * CLIENTS) for wait in each]
            acknowledged, answered = statistics.median(waited) * 1000, len(waits) / SATURATION_SECONDS
            row = Row(ready, costs, acknowledged, answered, max(waits), memory(pid))
            if soak:
                list(clients.map(post, ["command"] * soak))
                print(
                    f"memory after {soak:,} more commands: {memory(pid):.0f} MB, before {row.memory:.0f} MB"
                )
            return row
    finally:
        slack_process.terminate()
        slack_process.join()


def settle(calls: Synchronized[int]) -> None:
    """Wait until nothing more reaches Slack."""
    last = -1
    while last != calls.value:
        last = calls.value
        time.sleep(0.1)


def ask_seconds(times: int) -> float:
    """From the start of a process to its answer, at the command line."""
    seconds = []
    for _ in range(times):
        started = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "bot", "ask", "trade share"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


def main() -> int:
    first = ask_seconds(1)  # builds the search engine, which the bot then finds in the cache
    requests, soak = (*map(int, sys.argv[1:]), *(REQUESTS, 0)[len(sys.argv) - 1 :])
    rows = {name: measure(name, requests, soak if name == "bot" else 0) for name in ("empty", "plain", "bot")}
    lines: list[tuple[str, str, Callable[[Row], float]]] = [
        *((f"CPU per {kind}, ms", ".2f", lambda row, kind=kind: row.cpu[kind]) for kind in SENDERS),
        ("command acknowledged after, ms", ".1f", lambda row: row.acknowledged),
        ("commands a second at saturation", ".0f", lambda row: row.saturation),
        ("slowest command at saturation, s", ".2f", lambda row: row.slowest),
        ("start to ready, s", ".2f", lambda row: row.ready),
        ("memory, MB", ".0f", lambda row: row.memory),
    ]
    print(f"{'':<40}" + "".join(f"{name:>10}" for name in rows))
    for label, form, value in lines:
        print(f"{label:<40}" + "".join(f"{value(row):>10{form}}" for row in rows.values()))
    print(f"{'`unionstate ask`, first time, s':<40}{first:>30.2f}")
    print(f"{'`unionstate ask`, start to answer, s':<40}{ask_seconds(7):>30.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
