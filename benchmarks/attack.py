"""Attacks on a served bot, on loopback only, by outsiders and by members of the workspace.

`python -m benchmarks.attack` prints a line for each attack, with the longest that a signed command waited meanwhile and the
memory that the bot grew by; for texts of the greatest length, the CPU that an answer took; for replays, how often they acted.
Exit code 1 where one of them is over its limit.  Takes about a minute.
"""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import cpu, memory, settle
from bot.core.facts.base import FactBase
from bot.core.facts.loader import load_fact_base
from bot.slack.blocks.modals import FIND_FACT, REASON, REMARK, REPORT_MODAL, build_report_modal
from bot.slack.listeners.commands import CHECK_SHORTCUT
from tests.support import requests
from tests.support.facts import FOLDER
from tests.support.fake_slack import FakeSlack
from tests.support.interactions import message_shortcut, submitted, suggestion
from tests.support.process import Served
from tests.support.requests import FORM, JSON, signed_headers

CONNECTIONS = 1_000
SLACK_SECONDS, MEGABYTES, CPU_MS = 3.0, 200, 100  # limits
MESSAGE_LENGTH = 40_000  # Slack's greatest; 3,000 for what is typed into a field of a form
TIMES = 3  # each text
HOLD_SECONDS = 4.0  # duration of an attack
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def connections(sent: bytes, drip: bytes = b"", count: int = CONNECTIONS) -> Callable[[int], None]:
    """`count` clients that send this, then `drip` from time to time, and read nothing."""

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


LENGTH = HEAD + b"Content-Length: 000000000000000000001000\r\n\r\n"
PIPELINED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 15_000
LARGE = HEAD + b"Content-Length: 999999\r\n\r\n" + b"x" * 990_000
ATTACKS: list[tuple[str, Callable[[int], None]]] = [
    ("1,000 connections that send nothing", connections(b"")),
    ("1,000 half-sent heads, a byte now and then", connections(HEAD, b"X")),
    ("1,000 chunked bodies that never end", connections(CHUNKED + b"3e8\r\n0\r\n\r\n", b"1")),
    ("1,000 with Content-Length: 000…1000", connections(LENGTH, b"x")),
    ("1,000 times 15,000 pipelined GET /healthz, unread", connections(PIPELINED)),
    ("1,000 bodies of 0.99 MB, unfinished", connections(LARGE, b"x")),
    ("endless headers", connections(HEAD + b"X: " + b"x" * 500_000, b"x" * 1000, 200)),
    ("ssl_check=2 with 990,000 percent signs", unsigned(b"ssl_check=2&a=" + b"%" * 990_000)),
    ("a header name of 8 KB", unsigned(b"a=1", headers=b"x" * 8_000 + b": 1\r\n")),
    ("unsigned JSON, 400,000 levels deep", unsigned(b"[" * 400_000, JSON)),
]

# Texts that patterns or loops over words could take quadratic time for.
UNITS = ["a", "a_", "www.", "A. ", "@", "<@U1", "1 ", "trade share ", "ы", "and in 2015? "]
CLAIMS = " ".join(f"Trade in {chr(97 + n % 26)}{n} was 5%, and Russia had {n}%." for n in range(2_000))
TEXTS = [*((unit * MESSAGE_LENGTH)[:MESSAGE_LENGTH] for unit in UNITS), CLAIMS[:MESSAGE_LENGTH]]


def form(payload: dict[str, Any]) -> tuple[str, str]:
    return urlencode({"payload": json.dumps(payload)}), FORM


SURFACES: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "command": lambda text, url: (requests.command_body(text, url), FORM),
    "mention": lambda text, url: (requests.mention_body(text[:-20]), JSON),
    "direct message": lambda text, url: (requests.event_body(requests.dm_event(text)), JSON),
    "Check against the facts": lambda text, url: form(message_shortcut(CHECK_SHORTCUT, {"text": text}, url)),
    "type-ahead": lambda text, url: form(suggestion(FIND_FACT, text[:3000])),
}


def report(base: FactBase) -> dict[str, Any]:
    """A form with a remark of the greatest length, as it is sent off."""
    view = {**build_report_modal(base.facts[0], base), "id": "V1", "hash": "1", "callback_id": REPORT_MODAL}
    values = {REASON: {"selected_option": {"value": "wrong"}}, REMARK: {"value": TEXTS[1][:3000]}}
    return submitted(view, values)


class Attack:
    """A served bot under attack, and what did not hold."""

    def __init__(self, served: Served, slack: FakeSlack) -> None:
        self.served, self.slack, self.failed = served, slack, 0

    def send(self, body: str, kind: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        sent = headers or signed_headers(body, kind)
        status, _, answer = self.served.request("POST", "/slack/events", body, sent)
        return status, answer

    def ask(self) -> float:
        """The seconds until a signed command is answered."""
        started = time.monotonic()
        status, _ = self.send(requests.command_body("trade share", self.slack.new_response_url()), FORM)
        return time.monotonic() - started if status == 200 else float("inf")

    def row(self, name: str, result: str, held: bool) -> None:
        self.failed += not held
        print(f"{name:<52} {result:>24}{'' if held else '  !'}", flush=True)

    def run(self, name: str, attack: Callable[[int], None]) -> None:
        """Runs an attack while commands are sent."""
        before, waited, largest = memory(self.served.process.pid), 0.0, 0.0
        with ThreadPoolExecutor(1) as attacker:
            attacking = attacker.submit(attack, self.served.port)
            while not attacking.done():
                waited = max(waited, self.ask())
                largest = max(largest, memory(self.served.process.pid))
                time.sleep(0.2)
            attacking.result()
        waited, grown = max(waited, self.ask()), largest - before
        self.row(name, f"{waited:.2f} s {grown:+.0f} MB", waited <= SLACK_SECONDS and grown <= MEGABYTES)

    def texts(self, surface: str) -> None:
        """Every text of the greatest length on a surface: the CPU of the one that took most."""
        worst = 0.0
        for text in TEXTS:
            before = cpu(self.served.process.pid)
            for _ in range(TIMES):
                body, kind = SURFACES[surface](text, self.slack.new_response_url())
                assert self.send(body, kind)[0] == 200
            settle(lambda: len(self.slack.calls), 0.5)
            worst = max(worst, (cpu(self.served.process.pid) - before) * 1000 / TIMES)
        self.row(f"{surface}: the longest texts", f"{worst:.0f} ms of CPU at most", worst <= CPU_MS)

    def replay(self, name: str, body: str, expected: str) -> None:
        """Sends a request five times; the reply comes in an acknowledgement or by a call to Slack."""
        headers, before = signed_headers(body, FORM), len(self.slack.calls)
        texts = [self.send(body, FORM, headers)[1] for _ in range(5)]
        time.sleep(2)
        texts += [str(call) for call in self.slack.calls[before:]]
        acted = sum(expected in text for text in texts)
        self.row(f"a signed {name}, sent five times", f"acts {acted} time", acted == 1)


def main() -> int:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    more = {"GAP_LOG": "off", "MAINTAINERS_CHANNEL": "C1"}
    with FakeSlack() as slack, Served(slack, "--http", **more) as served:
        attack = Attack(served, slack)
        attack.ask()
        for name, outsider in ATTACKS:
            attack.run(name, outsider)
        for surface in SURFACES:
            attack.texts(surface)
        url, fact = slack.new_response_url(), "v1:trade-share-2018"
        attack.replay("command", requests.command_body("trade share", url), "49.5%")
        attack.replay("button", requests.action_body("show_fact", fact, url), "49.5%")
        attack.replay("form", form(report(load_fact_base(FOLDER / "facts")))[0], "Report 1")
    print("held" if not attack.failed else f"{attack.failed} did not hold")
    return 1 if attack.failed else 0


if __name__ == "__main__":
    sys.exit(main())
