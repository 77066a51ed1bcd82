"""`unionstate serve` in a separate process."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

from tests.support.facts import FOLDER
from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.requests import FORM, JSON, command_body, event_body, mention_event, signed_headers

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 40  # longer means that it hangs

# Outgoing connections get ports above 32,767, and a test worker must not take a port of another.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = itertools.cycle(range(20_000 + 500 * (_WORKER % 24), 20_500 + 500 * (_WORKER % 24)))


def free_port() -> int:
    """A free port for a server that is started next."""
    for port in itertools.islice(_PORTS, 500):
        with socket.socket() as listening:
            try:
                listening.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free port")


# Where the served bots of this test run keep their database; removed when the run ends.
_DATA = tempfile.TemporaryDirectory(prefix="unionstate-test-", ignore_cleanup_errors=True)


def environment(slack: FakeSlack | None, **more: str) -> dict[str, str]:
    """The variables of a process that serves the small fact base and takes `slack` for Slack."""
    ours = ("SLACK_", "DATABASE_URL", "TOKEN_", "LOG_", "GAP_LOG", "MAINTAINERS_")
    kept = {
        n: v for n, v in os.environ.items() if not n.startswith(ours) and not n.lower().endswith("_proxy")
    }
    served = {"SLACK_API_URL": slack.api_url} if slack else {}
    return {
        **kept, **served, "XDG_DATA_HOME": _DATA.name, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "SLACK_BOT_TOKEN": BOT_TOKEN,
        "UNIONSTATE_FACTS": str(FOLDER / "facts"), **more,
    }  # fmt: skip


def run_command(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself, such as a `serve` that cannot start."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=environ, capture_output=True, text=True, timeout=START_SECONDS,
    )  # fmt: skip


def wait_until(condition: Callable[[], object], seconds: float = START_SECONDS) -> None:
    """Fails if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


class Served:
    """A running bot; use it as a context."""

    def __init__(self, slack: FakeSlack, mode: str, **more: str) -> None:
        self.port, self.slack, self._mode = free_port(), slack, mode
        socket_mode = {"SLACK_APP_TOKEN": APP_TOKEN}
        credential = socket_mode if mode == "--socket" else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
        self._environ = environment(slack, **{"PORT": str(self.port), **credential, **more})
        self.log = ""

    def __enter__(self) -> Served:
        self.launch()
        if self._mode == "--http":
            self.wait_until_healthy()
        return self

    def launch(self, output: IO[str] | None = None) -> None:
        """Start without waiting."""
        self._output = output or tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed by `stop`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", self._mode],
            env=self._environ, stdout=self._output, stderr=self._output, start_new_session=True,
        )  # fmt: skip

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self._output.close()

    def stop(self, seconds: float = START_SECONDS) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            if self._output.readable():
                self._output.seek(0)
                self.log = self._output.read()
            self._output.close()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def request(
        self, method: str, path: str, body: bytes | str = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """The status, the headers and the page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
        with contextlib.closing(connection):
            data = body.encode() if isinstance(body, str) else body
            connection.request(method, path, data or None, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return response.status, found, response.read().decode()

    def post(self, body: str, kind: str, **signed: Any) -> int:
        """The status; what an acknowledgement says counts as a post."""
        status, _, answer = self.request("POST", "/slack/events", body, signed_headers(body, kind, **signed))
        response_url = dict(parse_qsl(body)).get("response_url", "") if kind == FORM else ""
        self.slack.acknowledge(answer, response_url.removeprefix(self.slack.url))
        return status

    def command(self, text: str, **signed: Any) -> int:
        return self.post(command_body(text, self.slack.new_response_url()), FORM, **signed)

    def mention(self, text: str = "trade share") -> int:
        return self.post(event_body(mention_event(text)), JSON)

    def ask(self, text: str = "trade share") -> str:
        """The answer to a mention."""
        before = len(self.slack.posts())
        assert self.mention(text) == 200
        return self.slack.wait_for(before + 1)[before].text

    def json(self, path: str) -> dict[str, Any]:
        return dict(json.loads(self.request("GET", path)[2]))

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.json("/healthz")
                return
            time.sleep(0.03)
        self.stop()
        raise AssertionError(f"serve did not start:\n{self.log}")
