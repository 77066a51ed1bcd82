"""Compares the bot's CPU and memory with Bolt apps that look nothing up: `python -m benchmarks.load [REQUESTS [SOAK]]`.

The empty app only acknowledges and the plain app answers one sentence, both under gunicorn with 16 threads; each app has two
processes, on loopback, and the same fake Slack.  Commands and mentions ask 200 different questions in turn, so that no
cache of answers helps.  CPU is that of the app's processes, from /proc.  The second start finds the database and the search
engine that the first has made.  With SOAK, the bot is sent so many more commands, and its memory is printed before and after.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import yaml

from tests.support import requests
from tests.support.fake_slack import BOT_TOKEN, BOT_USER, SIGNING_SECRET
from tests.support.process import ROOT, free_port

REQUESTS, START_SECONDS = 400, 20  # requests of each kind
WORKERS, CLIENTS = 2, 16
SATURATION_SECONDS = 6.0
FACT = "v1:russia-share-of-foreign-trade-2018"
_local = threading.local()


def questions(count: int = 200) -> Iterator[str]:
    """Questions that find a fact, always the same ones, again and again."""
    files = sorted(Path(ROOT, "facts/questions").glob("*.yaml"))
    by_fact = [yaml.safe_load(file.read_text()) for file in files if file.stem != "unanswered"]
    found = [words for file in by_fact for each in file.values() for words in each]
    return itertools.cycle(random.Random(0).sample(found, count))


_questions = questions()
SENDERS: dict[str, Callable[[str], tuple[str, str]]] = {
    "command": lambda url: (requests.command_body(next(_questions), url), requests.FORM),
    "mention": lambda url: (requests.mention_body(next(_questions)), requests.JSON),
    "button": lambda url: (requests.action_body("show_fact", FACT, url), requests.FORM),
}


def stand_in(port: int, calls: Synchronized[int]) -> None:
    """A fake Slack in a separate process: answers ok and counts the calls."""
    answer = {"ok": True, "user_id": BOT_USER, "bot_id": "B1", "team_id": "T0TEAM", "ts": "1.2"}
    body = json.dumps(answer).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one packet: the second of two waits 40 ms on a kept connection

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
def served(name: str, slack: int, folder: str) -> Iterator[tuple[int, int, float]]:
    """The app's port, its process id and the seconds until it first answered; it keeps its data in `folder`."""
    port = free_port()
    gunicorn = f"gunicorn -k gthread --threads 16 -w {WORKERS} -b 127.0.0.1:{port} --no-control-socket benchmarks.plain_app:web"
    command = "bot serve --http" if name == "bot" else gunicorn
    environ = {
        **{n: v for n, v in os.environ.items() if not n.startswith(("SLACK_", "DATABASE_", "LOG_"))},
        "PYTHONPATH": str(ROOT), "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS), "XDG_DATA_HOME": folder,
        "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "no_proxy": "*", "LOG_LEVEL": "WARNING",
        "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/", **({"EMPTY": "1"} if name == "empty" else {}),
    }  # fmt: skip
    started = time.monotonic()
    arguments = [sys.executable, "-m", *command.split()]
    process = subprocess.Popen(arguments, env=environ, cwd=ROOT, stderr=subprocess.DEVNULL)
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
        _local.connection.request(method, path, body, requests.signed_headers(body, kind) if kind else {})
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


def settle(calls: Callable[[], int], seconds: float = 0.1) -> None:
    """Wait until nothing more reaches Slack."""
    last = -1
    while last != calls():
        last = calls()
        time.sleep(seconds)


def measure(name: str, count: int, soak: int = 0) -> dict[str, str]:
    """The lines of the table, for one app."""
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

    with contextlib.ExitStack() as stack:
        stack.callback(slack_process.terminate)
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        with served(name, slack, folder) as (_, _, first):
            pass
        port, pid, ready = stack.enter_context(served(name, slack, folder))
        clients = stack.enter_context(ThreadPoolExecutor(CLIENTS))
        rows, waited = dict[str, str](), dict[str, list[float]]()
        for kind in SENDERS:
            for _ in range(4):
                list(clients.map(post, [kind] * 50))  # warm
                settle(lambda: calls.value)
            before, waited[kind] = cpu(pid), []
            for number in range(count):
                waited[kind].append(post(kind))
                if number % 25 == 0:  # answers that follow an acknowledgement must not pile up
                    settle(lambda: calls.value)
            settle(lambda: calls.value)
            rows[f"CPU per {kind}, ms"] = f"{(cpu(pid) - before) * 1000 / count:.2f}"
        end = time.monotonic() + SATURATION_SECONDS
        waits = [wait for each in clients.map(post_until, [end] * CLIENTS) for wait in each]
        used = memory(pid)
        if soak:
            list(clients.map(post, ["command"] * soak))
            print(f"memory after {soak:,} more commands: {memory(pid):.0f} MB, before {used:.0f} MB")
        return rows | {
            "command acknowledged after, ms": f"{statistics.median(waited['command']) * 1000:.1f}",
            "commands a second at saturation": f"{len(waits) / SATURATION_SECONDS:.0f}",
            "slowest command at saturation, s": f"{max(waits):.2f}",
            "first start to ready, s": f"{first:.2f}",
            "start to ready, s": f"{ready:.2f}",
            "memory, MB": f"{used:.0f}",
        }


def ask_seconds(times: int) -> float:
    """From the start of a process to its answer, at the command line."""
    seconds = []
    for _ in range(times):
        started = time.monotonic()
        arguments = [sys.executable, "-m", "bot", "ask", "trade share"]
        subprocess.run(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


def main() -> int:
    first = ask_seconds(1)  # builds the search engine, which the bot then finds in the cache
    count, soak = (*map(int, sys.argv[1:]), *(REQUESTS, 0)[len(sys.argv) - 1 :])
    apps = {name: measure(name, count, soak if name == "bot" else 0) for name in ("empty", "plain", "bot")}
    print(f"{'':<40}" + "".join(f"{name:>10}" for name in apps))
    for label in apps["bot"]:
        print(f"{label:<40}" + "".join(f"{rows[label]:>10}" for rows in apps.values()))
    print(f"{'`unionstate ask`, first time, s':<40}{first:>30.2f}")
    print(f"{'`unionstate ask`, start to answer, s':<40}{ask_seconds(7):>30.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
