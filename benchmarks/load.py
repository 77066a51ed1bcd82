"""What the bot costs beside Bolt apps that look nothing up, in one run: `python -m benchmarks.load [REQUESTS]`.

The plain app answers one sentence and the empty one nothing, both under gunicorn with 16 threads; all have two processes, on
loopback, against the same stand-in for Slack.  CPU is that of the server's processes, from /proc.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import multiprocessing
import os
import signal
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

REQUESTS = 400  # of each kind
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
    memory: float  # MB, of all processes


def stand_in(port: int, calls: Synchronized[int]) -> None:
    """Slack, in a process of its own: answers ok and counts."""
    body = json.dumps(
        {
            "ok": True,
            "user_id": BOT_USER,
            "bot_id": "B1",
            "team_id": "T0TEAM",
            "team": "T",
            "user": "u",
            "ts": "1.2",
        }
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
def served(name: str, slack: int) -> Iterator[tuple[int, subprocess.Popen[bytes], float]]:
    """The port, the process and the seconds until it first answered."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **{n: v for n, v in os.environ.items() if not n.startswith(("SLACK_", "DATABASE_", "LOG_"))},
            "PYTHONPATH": str(ROOT), "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS), "XDG_DATA_HOME": folder,
            "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "no_proxy": "*", "LOG_LEVEL": "WARNING",
            "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/", **({"EMPTY": "1"} if name == "empty" else {}),
        }  # fmt: skip
        gunicorn = [
            "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "16",
            "-w",
            str(WORKERS),
            "-b",
            f"127.0.0.1:{port}",
        ]
        command = (
            ["bot", "serve", "--http"]
            if name == "bot"
            else [*gunicorn, "--no-control-socket", "benchmarks.plain_app:web"]
        )
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=environ,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while True:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    send(port, "GET", "/healthz")
                    break
                time.sleep(0.02)
            yield port, process, time.monotonic() - started
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def send(port: int, method: str, path: str, body: str = "", kind: str = "") -> int:
    """A request over a connection that the thread keeps while it is in use: servers close idle ones."""
    if getattr(_local, "port", None) != port or time.monotonic() - _local.used > 1:
        _local.port, _local.connection = port, http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    _local.used = time.monotonic()
    _local.connection.request(method, path, body, signed_headers(body, kind) if kind else {})
    answer = _local.connection.getresponse()
    answer.read()
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
    lines = (Path(f"/proc/{each}/smaps_rollup").read_text().splitlines() for each in processes(pid))
    return sum(int(line.split()[1]) for text in lines for line in text if line.startswith("Pss:")) / 1024


def measure(name: str, requests: int) -> Row:
    slack, calls = free_port(), multiprocessing.Value("i", 0)
    slack_process = multiprocessing.Process(target=stand_in, args=(slack, calls), daemon=True)
    slack_process.start()
    url = f"http://127.0.0.1:{slack}/response/"

    def post(kind: str) -> float:
        body, content_type = SENDERS[kind](url)
        started = time.perf_counter()
        assert send(port, "POST", "/slack/events", body, content_type) == 200
        return (time.perf_counter() - started) * 1000

    try:
        with served(name, slack) as (port, process, ready), ThreadPoolExecutor(CLIENTS) as clients:
            costs, waited = {}, []
            for kind in SENDERS:
                list(clients.map(post, [kind] * 50))  # warm
                settle(calls)
                before = cpu(process.pid)
                for _ in range(requests):
                    milliseconds = post(kind)
                    if kind == "command":
                        waited.append(milliseconds)
                settle(calls)
                costs[kind] = (cpu(process.pid) - before) * 1000 / requests
            end, sent = time.monotonic() + SATURATION_SECONDS, []

            def press(_: int) -> None:
                while time.monotonic() < end:
                    sent.append(post("command"))

            list(clients.map(press, range(CLIENTS)))
            return Row(
                ready,
                costs,
                sorted(waited)[len(waited) // 2],
                len(sent) / SATURATION_SECONDS,
                memory(process.pid),
            )
    finally:
        slack_process.terminate()
        slack_process.join()


def settle(calls: Synchronized[int]) -> None:
    """Wait until nothing more reaches Slack."""
    last = -1
    while last != calls.value:
        last = calls.value
        time.sleep(0.2)


def main() -> int:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    rows = {name: measure(name, requests) for name in ("empty", "plain", "bot")}
    print(f"{'':<40}" + "".join(f"{name:>10}" for name in rows))
    for kind in SENDERS:
        print(
            f"{'CPU per ' + kind + ', ms':<40}" + "".join(f"{row.cpu[kind]:>10.2f}" for row in rows.values())
        )
    print(
        f"{'command acknowledged after, ms':<40}"
        + "".join(f"{row.acknowledged:>10.1f}" for row in rows.values())
    )
    print(
        f"{'commands a second at saturation':<40}"
        + "".join(f"{row.saturation:>10.0f}" for row in rows.values())
    )
    print(f"{'start to ready, s':<40}" + "".join(f"{row.ready:>10.2f}" for row in rows.values()))
    print(f"{'memory, MB':<40}" + "".join(f"{row.memory:>10.0f}" for row in rows.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
