"""Attacks on a served bot, on loopback only: what an outsider sends, and what a signed command meanwhile waits.

`python -m benchmarks.attack` prints a line for each attack; exit code 1 where a command waited longer than Slack does, or
the bot grew by more than 200 MB.  Takes about a minute.
"""

from __future__ import annotations

import contextlib
import resource
import socket
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.support.fake_slack import FakeSlack
from tests.support.process import Served
from tests.support.requests import FORM, JSON, command_body, signed_headers

CONNECTIONS = 1_000
SLACK_SECONDS = 3.0
MEGABYTES = 200
HOLD_SECONDS = 4.0  # how long an attack goes on
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@dataclass
class Result:
    name: str
    waited: float  # the longest of the commands, in seconds
    grown: float  # MB


def connections(sent: bytes, drip: bytes = b"", count: int = CONNECTIONS) -> Callable[[int], None]:
    """So many clients that send this, and then `drip` now and then, without reading anything."""

    def attack(port: int) -> None:
        with contextlib.ExitStack() as stack:
            clients = []
            for _ in range(count):
                with contextlib.suppress(OSError):
                    client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
                    client.setblocking(False)
                    clients.append(client)
                    client.send(sent)
            end = time.monotonic() + HOLD_SECONDS
            while time.monotonic() < end:
                for client in clients:
                    with contextlib.suppress(OSError):
                        client.send(drip or b"")
                time.sleep(0.5)

    return attack


def unsigned(body: bytes, kind: str = FORM, headers: bytes = b"", times: int = 20) -> Callable[[int], None]:
    """Whole requests with a wrong signature, one after the other."""
    request = (
        f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        f"X-Slack-Signature: v0={'0' * 64}\r\nX-Slack-Request-Timestamp: {int(time.time())}\r\n".encode()
    )

    def attack(port: int) -> None:
        for _ in range(times):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=5) as client,
            ):
                client.sendall(request + headers + b"\r\n" + body)
                client.recv(100)

    return attack


ATTACKS: list[tuple[str, Callable[[int], None]]] = [
    ("1,000 connections that send nothing", connections(b"")),
    ("1,000 half-sent heads, a byte now and then", connections(HEAD, b"X")),
    ("1,000 chunked bodies that never end", connections(CHUNKED + b"3e8\r\n0\r\n\r\n", b"1")),
    (
        "1,000 with Content-Length: 000…1000",
        connections(HEAD + b"Content-Length: 000000000000000000001000\r\n\r\n", b"x"),
    ),
    (
        "1,000 times 15,000 pipelined GET /healthz, unread",
        connections(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 15_000),
    ),
    (
        "1,000 bodies of 0.99 MB, unfinished",
        connections(HEAD + b"Content-Length: 999999\r\n\r\n" + b"x" * 990_000, b"x"),
    ),
    ("endless headers", connections(HEAD + b"X: " + b"x" * 500_000, b"x" * 1000, 200)),
    ("ssl_check=2 with 990,000 percent signs", unsigned(b"ssl_check=2&a=" + b"%" * 990_000)),
    ("a header name of 8 KB", unsigned(b"a=1", headers=b"x" * 8_000 + b": 1\r\n")),
    ("unsigned JSON, 400,000 levels deep", unsigned(b"[" * 400_000, JSON)),
]


def signed_attacks(slack: FakeSlack) -> Iterable[tuple[str, str]]:
    """Texts of Slack's maximum length that once took seconds."""
    for text in ("a" + "_" * 39_998 + "a", "www." + "." * 39_990, "A. " * 4_000, "x " + "@" * 990 + "."):
        yield (
            f"a command of {len(text):,} characters, {text[:6]!r}…",
            command_body(text, slack.new_response_url()),
        )


def memory(pid: int) -> float:
    return (
        int(
            next(
                line.split()[1]
                for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if line.startswith("VmRSS")
            )
        )
        / 1024
    )


def ask(served: Served, slack: FakeSlack) -> float:
    body = command_body("trade share", slack.new_response_url())
    started = time.monotonic()
    status, _ = served.request("POST", "/slack/events", body, signed_headers(body, FORM))
    return time.monotonic() - started if status == 200 else 99.0


def run(served: Served, slack: FakeSlack, name: str, attack: Callable[[int], None]) -> Result:
    before, waited, largest = memory(served.process.pid), 0.0, 0.0
    with ThreadPoolExecutor(1) as attacker:
        attacking = attacker.submit(attack, served.port)
        while not attacking.done():
            waited = max(waited, ask(served, slack))
            largest = max(largest, memory(served.process.pid))
            time.sleep(0.2)
        attacking.result()
    return Result(name, max(waited, ask(served, slack)), largest - before)


def main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    failed = 0
    with FakeSlack() as slack, Served(slack, "--http", GAP_LOG="off") as served:
        ask(served, slack)
        print(f"{'attack':<52} {'a command waits':>16} {'memory':>9}")
        for name, attack in ATTACKS:
            result = run(served, slack, name, attack)
            failed += result.waited > SLACK_SECONDS or result.grown > MEGABYTES
            print(f"{result.name:<52} {result.waited:>14.2f} s {result.grown:>+6.0f} MB", flush=True)
        for name, body in signed_attacks(slack):
            started = time.process_time(), time.monotonic()
            served.request("POST", "/slack/events", body, signed_headers(body, FORM))
            waited = max(time.monotonic() - started[1], ask(served, slack))
            failed += waited > SLACK_SECONDS
            print(f"{name:<52} {waited:>14.2f} s", flush=True)
        body = command_body("trade share", slack.new_response_url())
        time.sleep(2)  # the answers of before have arrived
        headers, said = signed_headers(body, FORM), len(slack.said())
        answers = [served.request("POST", "/slack/events", body, headers)[1] for _ in range(5)]
        time.sleep(1)
        acted = len(slack.said()) - said + sum(bool(answer) for answer in answers)
        failed += acted > 1
        print(f"{'a signed command sent five times':<52} {'acts ' + str(acted) + ' time':>16}")
    print("held" if not failed else f"{failed} did not hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
