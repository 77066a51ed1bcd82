"""What the served bot carries, beside two Bolt apps that know no facts: `make load`.

The empty app acknowledges and does nothing.  The plain one also answers, each time with the same sentence and
through the same SDK: what it carries is what Bolt, the SDK and the network leave for any app that answers.

All run under the same gunicorn set-up with two workers, in turn, on loopback, against the same stand-in for
Slack; the load comes from this process.  Requests are signed as Slack signs them: slash commands, mentions and
pressed buttons in equal parts, at fixed rates and as fast as they are taken.  A latency is counted from the
moment at which the request was due, so that a server that stalls cannot hide what it delayed.

Belongs here: the figures.  Does not belong here: a verdict on the search's speed (`tests.bench`).
Run as `python -m benchmarks.load [--seconds 30] [--requests 100000]`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.serve import http_options
from bot.settings import Settings
from gunicorn.app.base import BaseApplication
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from bot.core.facts.loader import load_fact_base
from bot.slack.app import LISTENER_THREADS
from bot.slack.blocks.card import SHOW_FACT
from bot.slack.blocks.elements import versioned
from bot.slack.blocks.modals import OPEN_ISSUE
from tests.bench import questions
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

WORKERS = 2
RATES = (20, 50, 100, 200)  # a second
FIRST_STEP, STEP, STEP_SECONDS = 200.0, 1.3, 5.0  # the rate rises by a third until a quarter is not taken
ANSWER = "49.5% of Belarus's foreign trade in 2018."  # the plain app's, whatever it is asked
MEMORY_RATE = 250  # a second, while the memory is watched
CONNECTIONS = 400  # at most; a request that finds none free waits, and its latency tells
SLACK_SECONDS = 3.0
SEED = 20_250_825


# The server, in processes of its own


@dataclass
class Server:
    """One of the two apps under gunicorn."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    ready_seconds: float

    def largest_worker(self) -> float:
        """What the larger worker holds in MB, pages that it shares with the others counted in full (RSS)."""
        return max(_kilobytes(f"/proc/{pid}/status", "VmRSS:") for pid in self.workers()) / 1024

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def memory(self) -> float:
        """What the processes hold in MB, shared pages counted once (PSS)."""
        pids = (self.process.pid, *self.workers())
        return sum(_kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in pids) / 1024


def _kilobytes(file: str, name: str) -> int:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


@contextlib.contextmanager
def served(name: str, slack_port: int) -> Iterator[Server]:
    """`name` is `bot`, `empty` or `plain`; ready when it first answers."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="unionstate-load-") as folder, tempfile.TemporaryFile() as log:
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("SLACK_", "DATABASE_", "LOG_"))}
        environ = {
            **kept, "PYTHONPATH": str(ROOT), "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS), "XDG_DATA_HOME": folder,
            "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/", "no_proxy": "*",
        }  # fmt: skip
        run = (
            ["-m", "bot", "serve", "--http"] if name == "bot" else ["-m", "benchmarks.load", "--serve", name]
        )
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *run], env=environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        try:
            while not _answers(port):
                if process.poll() is not None or time.monotonic() - started > 30:
                    log.seek(0)
                    raise SystemExit(f"{name} did not start:\n{log.read().decode()}")
                time.sleep(0.005)
            yield Server(name, port, process, time.monotonic() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status in (200, 404)  # the other apps have no such page
    return False


class _Other(BaseApplication):  # type: ignore[misc]
    """A Bolt app without facts, served as ours is; `answers` tells the plain one from the empty one."""

    def __init__(self, answers: bool) -> None:
        self._answers = answers
        super().__init__()

    def load_config(self) -> None:
        for name, value in http_options(Settings.from_environment(os.environ)).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        settings = Settings.from_environment(os.environ)
        app = App(
            client=WebClient(settings.bot_token, base_url=settings.api_url),
            signing_secret=settings.signing_secret,
            listener_executor=ThreadPoolExecutor(LISTENER_THREADS),
        )
        app.command("/unionstate")(_respond if self._answers else _acknowledge)
        app.event("app_mention")(_reply if self._answers else _hear)
        app.action(SHOW_FACT)(_respond if self._answers else _acknowledge)
        app.action(OPEN_ISSUE)(_acknowledge)
        return SlackRequestHandler(app, path="/slack/events")


def _acknowledge(ack: Ack) -> None:
    ack()


def _hear() -> None:
    pass


def _respond(ack: Ack, respond: Respond) -> None:
    ack()
    respond(ANSWER, response_type="ephemeral", replace_original=False)


def _reply(event: dict[str, Any], client: WebClient) -> None:
    client.chat_postMessage(channel=event["channel"], text=ANSWER, thread_ts=event["ts"])


# Slack, in a process of its own: takes whatever is posted


class _Taking(asyncio.Protocol):
    """Answers each request at once, and counts."""

    answer = json.dumps({
        "ok": True, "user_id": BOT_USER, "bot_id": "B0BOT", "team_id": "T1", "team": "Team", "user": "unionstate",
        "url": "https://team.example/", "ts": "1.2", "channel": "C1",
    }).encode()  # fmt: skip
    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        if head.startswith(b"GET /taken "):
            answer = str(_Taking.taken).encode()
        else:
            answer = self.answer
            _Taking.taken += b"auth.test" not in head
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(answer), answer)
        )
        self.transport.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _serve_slack(tell: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Taking, "127.0.0.1", 0, backlog=1024)
        tell.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def answers_taken(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", "/taken")
        return int(connection.getresponse().read())


# Requests


class Requests:
    """Signed requests without end: a command, a mention, a pressed button, and again.

    With `silent` they are of those to which nothing is answered: a mention by another bot, a button that is a link.
    """

    def __init__(self, slack_port: int, *, silent: bool = False) -> None:
        base = load_fact_base()
        rng = random.Random(SEED)
        self._questions = itertools.cycle(questions(base, rng))
        self._facts = itertools.cycle(rng.sample(base.facts, 50))
        self._url = f"http://127.0.0.1:{slack_port}/response/1"
        self._turn = itertools.cycle(
            (self._bot_mention, self._link) if silent else (self._command, self._mention, self._press)
        )

    def take(self) -> bytes:
        body, kind = next(self._turn)()
        head = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(body, kind).items())
        return (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def _command(self) -> tuple[str, str]:
        return command_body(next(self._questions), self._url), FORM

    def _mention(self) -> tuple[str, str]:
        return event_body(mention_event(f"<@{BOT_USER}> {next(self._questions)}", user="U1ANNA")), JSON

    def _bot_mention(self) -> tuple[str, str]:
        return event_body(mention_event(f"<@{BOT_USER}> {next(self._questions)}", bot_id="B0OTHER")), JSON

    def _link(self) -> tuple[str, str]:
        return action_body(OPEN_ISSUE, "", self._url), FORM

    def _press(self) -> tuple[str, str]:
        return action_body(SHOW_FACT, versioned(next(self._facts).id), self._url), FORM


# The load


@dataclass
class Measured:
    """What came of one stretch of load.  Latencies in seconds, from when each request was due."""

    seconds: float = 0.0
    acknowledged: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    answers: int = 0  # that reached Slack

    @property
    def throughput(self) -> float:
        """Acknowledged requests a second."""
        return len(self.acknowledged) / self.seconds

    def worst(self) -> float:
        return max([*self.acknowledged, *self.refused], default=0.0)

    def late(self) -> int:
        """How many waited longer than Slack does, for either word."""
        return sum(s > SLACK_SECONDS for s in (*self.acknowledged, *self.refused)) + self.lost


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class _Client(asyncio.Protocol):
    """A connection that is kept: one request at a time."""

    def __init__(self) -> None:
        self.waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self.open = True
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def ask(self, data: bytes) -> asyncio.Future[tuple[int, bytes]]:
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        return self.waiting

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        if b"connection: close" in head.lower():
            self.open = False
        if self.waiting and not self.waiting.done():
            self.waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, error: Exception | None) -> None:
        self.open = False
        if self.waiting and not self.waiting.done():
            self.waiting.set_exception(ConnectionResetError())


class Load:
    def __init__(self, port: int, requests: Requests) -> None:
        self._port, self._requests = port, requests
        self._free: list[_Client] = []
        self._slots = asyncio.Semaphore(CONNECTIONS)

    async def at_rate(self, rate: float, seconds: float) -> Measured:
        """So many requests a second, whatever becomes of them."""
        measured, under_way = Measured(), set()
        begun = time.monotonic()
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._send(due, measured))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        if under_way:
            await asyncio.wait(under_way, timeout=60)
        measured.seconds = time.monotonic() - begun  # with what was still waiting: that is no throughput
        return measured

    async def _send(self, due: float, measured: Measured) -> None:
        async with self._slots:
            data = self._requests.take()
            try:
                client, kept = await self._client()
                try:
                    status, body = await asyncio.wait_for(client.ask(data), 60)
                except ConnectionResetError:
                    if not kept:
                        raise
                    # The server was closing what it had kept open: HTTP clients then take a connection of their own.
                    client = await self._connect()
                    status, body = await asyncio.wait_for(client.ask(data), 60)
            except (OSError, TimeoutError):
                measured.lost += 1
                return
            taken = time.monotonic() - due
            measured.statuses[status] += 1
            if client.open:
                self._free.append(client)
            busy = status == 503 or b'"ephemeral"' in body
            (measured.refused if busy else measured.acknowledged).append(taken)

    async def _client(self) -> tuple[_Client, bool]:
        while self._free:
            client = self._free.pop()
            if client.open:
                return client, True
        return await self._connect(), False

    async def _connect(self) -> _Client:
        _, client = await asyncio.get_running_loop().create_connection(_Client, "127.0.0.1", self._port)
        return client

    def close(self) -> None:
        for client in self._free:
            client.transport.close()


# The figures


def row(name: str, what: str, m: Measured) -> str:
    answers = "      –" if name == "empty" else f"{m.answers / m.seconds:7.0f}"
    return (
        f"{name:6} {what:24} {m.throughput:7.0f} {answers} {len(m.refused) / m.seconds:8.0f}"
        f" {percentile(m.acknowledged, 0.5):7.1f} {percentile(m.acknowledged, 0.99):7.1f} {m.worst() * 1000:8.0f} {m.late():6}"
    )


HEAD = (
    f"{'app':6} {'load':24} {'acked/s':>7} {'answ./s':>7} {'refus./s':>8} {'p50 ms':>7} {'p99 ms':>7} {'worst ms':>8}"
    f" {'> 3 s':>6}"
)


class Measurement:
    """The rows of one app."""

    def __init__(self, server: Server, slack_port: int) -> None:
        self._server, self._slack_port = server, slack_port

    async def stretch(self, what: str, run: Coroutine[Any, Any, Measured], *, told: bool = True) -> Measured:
        before = answers_taken(self._slack_port)
        measured = await run
        measured.answers = answers_taken(self._slack_port) - before  # those that come later are left out
        if told:
            print(row(self._server.name, what, measured), flush=True)
        if wrong := {s: n for s, n in measured.statuses.items() if s not in (200, 503)}:
            print(f"       other answers: {wrong}")
        await asyncio.sleep(1)
        return measured

    async def saturation(self, what: str, requests: Requests) -> float:
        """The most that is acknowledged in a second, while the rate rises."""
        load = Load(self._server.port, requests)
        await load.at_rate(20, 2)  # warm
        best, rate = Measured(seconds=1), FIRST_STEP
        while True:
            measured = await self.stretch(what, load.at_rate(rate, STEP_SECONDS), told=False)
            best = max(best, measured, key=lambda m: m.throughput)
            if measured.throughput < 0.75 * rate:
                break
            rate *= STEP
        load.close()
        print(row(self._server.name, what, best), flush=True)
        return best.throughput

    async def table(
        self, requests: Requests, silent: Requests, seconds: float, *, brief: bool
    ) -> tuple[float, float]:
        """The rows, of saturation alone where it is to be `brief`; gives the throughput at saturation, where all is
        answered and where nothing is."""
        idle = await self.saturation("saturation, no answers", silent)
        most = await self.saturation("saturation", requests)
        if brief:
            return most, idle
        load = Load(self._server.port, requests)
        for rate in RATES:
            await self.stretch(f"{rate}/s", load.at_rate(rate, seconds))
        await self.stretch(f"a tenth of it, {most / 10:.0f}/s", load.at_rate(most / 10, seconds))
        for times in (1.5, 3):
            await self.stretch(
                f"{times:g} times it, {most * times:.0f}/s", load.at_rate(most * times, seconds)
            )
        await self.stretch("a tenth, right after", load.at_rate(most / 10, min(seconds, 5)))
        load.close()
        return most, idle


async def memory(server: Server, requests: Requests, count: int) -> None:
    load = Load(server.port, requests)
    parts = [f"{server.memory():.0f} ({server.largest_worker():.0f}) MB at the start"]
    done = refused = 0
    for goal in (count // 100, count // 10, count // 4, count // 2, count * 3 // 4, count):
        measured = await load.at_rate(MEMORY_RATE, (goal - done) / MEMORY_RATE)
        refused += len(measured.refused) + measured.lost
        done = goal
        parts.append(f"{server.memory():.0f} ({server.largest_worker():.0f}) after {goal:,}")
    load.close()
    print(
        f"memory of {server.name} at {MEMORY_RATE}/s, PSS of {WORKERS} workers and their parent (RSS of the larger worker):"
        f" {', '.join(parts)};"
        f" {refused:,} refused",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="benchmarks.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each load lasts")
    parser.add_argument(
        "--requests", type=int, default=100_000, help="how many the memory is watched over; 0 leaves it out"
    )
    parser.add_argument("--serve", choices=["empty", "plain"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _Other(answers=arguments.serve == "plain").run()
        return
    listening, tell = multiprocessing.Pipe(False)
    slack = multiprocessing.get_context("spawn").Process(target=_serve_slack, args=(tell,), daemon=True)
    slack.start()
    slack_port = listening.recv()
    try:
        requests = Requests(slack_port)
        print(
            f"{os.cpu_count()} cores, {WORKERS} workers; load, apps and the stand-in for Slack share them\n\n{HEAD}"
        )
        most: dict[str, tuple[float, float]] = {}
        ready: dict[str, float] = {}
        for name in ("empty", "plain", "bot"):
            with served(name, slack_port) as server:
                ready[name] = server.ready_seconds
                measurement = Measurement(server, slack_port)
                silent = Requests(slack_port, silent=True)
                rows = measurement.table(requests, silent, arguments.seconds, brief=name == "plain")
                most[name] = asyncio.run(rows)
        (empty, empty_silent), (plain, _), (bot, bot_silent) = (most[n] for n in ("empty", "plain", "bot"))
        print(
            f"\nthe bot's throughput at saturation: {bot_silent / empty_silent:.2f} of the empty app's where nothing is answered;"
            f" {bot / plain:.2f} of the plain app's and {bot / empty:.2f} of the empty app's where all is answered"
        )
        print("from start to ready: " + ", ".join(f"{name} {ready[name]:.2f} s" for name in ready))
        if arguments.requests:
            with served("bot", slack_port) as server:
                asyncio.run(memory(server, requests, arguments.requests))
    finally:
        slack.terminate()
        slack.join()


if __name__ == "__main__":
    main()
