"""A local stand-in for Slack: the Web API and response_url, recording what is sent.

It refuses what Slack refuses (Block Kit's limits, a sixth use of a response_url, an unknown one) and can be
told to fail.  What it refused for breaking a limit stands in `problems`.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from bot.slack.limits import check_message

TEAM, BOT_USER, BOT_ID, APP = "T0TEAM", "U0BOT", "B0BOT", "A0APP"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
RESPONSE_URL_USES = 5


@dataclass(frozen=True)
class Call:
    """One request to Slack: a Web API method's name, or "response_url"."""

    method: str
    arguments: dict[str, Any]
    path: str = ""

    @property
    def text(self) -> str:
        return str(self.arguments.get("text", ""))

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.arguments.get("blocks", ()))

    def button(self, action_id: str, number: int = 0) -> dict[str, Any]:
        """The button with that action, the first or the `number`-th."""
        found = [b for b in self.buttons() if b["action_id"] == action_id]
        assert number < len(found), f"{len(found)} buttons {action_id} in {self.text!r}"
        return found[number]

    def buttons(self) -> list[dict[str, Any]]:
        found = [b["accessory"] for b in self.blocks if "accessory" in b]
        return found + [e for b in self.blocks if b["type"] == "actions" for e in b["elements"]]

    def __str__(self) -> str:
        return f"{self.method} {self.text or self.arguments}"


@dataclass
class _Failure:
    status: int
    body: Any
    headers: dict[str, str]
    delay: float
    times: int


@dataclass
class FakeSlack:
    """Start with `with FakeSlack() as slack:`."""

    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    socket_url: str = ""
    _failures: dict[str, list[_Failure]] = field(default_factory=dict)
    _uses: dict[str, int] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> FakeSlack:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False  # so that closing waits for them, and none is left behind
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-slack")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.api_url = f"{self.url}/api/"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def new_response_url(self) -> str:
        """An address that takes five posts, as Slack's do."""
        path = f"/response/{len(self._uses) + 1}"
        self._uses[path] = 0
        return self.url + path

    def fail(
        self,
        method: str,
        *,
        error: str = "",
        status: int = 200,
        headers: dict[str, str] | None = None,
        delay: float = 0,
        times: int = 1_000_000,
    ) -> None:
        """Answer the next `times` calls of `method` with `error` (ok: false), a bare `status`, or late."""
        body = {"ok": False, "error": error} if error else None
        self._failures.setdefault(method, []).append(_Failure(status, body, headers or {}, delay, times))

    def said(self) -> list[Call]:
        """What people can read: posts, without calls such as auth.test."""
        with self._changed:
            return [c for c in self.calls if c.method in ("chat.postMessage", "response_url")]

    def wait_for(self, count: int, seconds: float = 5) -> list[Call]:
        """At least `count` posts; fails with those that came when they do not come in time."""
        with self._changed:
            posts = lambda: [c for c in self.calls if c.method in ("chat.postMessage", "response_url")]  # noqa: E731
            arrived = self._changed.wait_for(lambda: len(posts()) >= count, seconds)
            assert arrived, f"wanted {count} posts, got {[str(c) for c in posts()]}"
            return posts()

    def answer(self, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], bytes]:
        method = path.removeprefix("/api/") if path.startswith("/api/") else "response_url"
        arguments = _parse(body, headers.get("content-type", ""))
        failure = self._next_failure(method)
        if failure and failure.delay:
            time.sleep(failure.delay)
        with self._changed:
            self.calls.append(Call(method, arguments, path))
            self._changed.notify_all()
        if failure and (failure.body is not None or failure.status != 200):
            return failure.status, failure.headers, json.dumps(failure.body or {}).encode()
        if method == "response_url":
            return self._response_url(path, arguments)
        return 200, {}, json.dumps(self._web_api(method, headers, arguments)).encode()

    def _next_failure(self, method: str) -> _Failure | None:
        with self._changed:
            for failure in self._failures.get(method, ()):
                if failure.times > 0:
                    failure.times -= 1
                    return failure
        return None

    def _response_url(self, path: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        with self._changed:
            if path not in self._uses:
                return 404, {}, b"no_service"
            self._uses[path] += 1
            if self._uses[path] > RESPONSE_URL_USES:
                return 404, {}, b"used_url"
        if found := check_message(arguments):
            self.problems += found
            return 400, {}, b"invalid_blocks"
        return 200, {}, b"ok"

    def _web_api(self, method: str, headers: dict[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "apps.connections.open":
            if headers.get("authorization") != f"Bearer {APP_TOKEN}":
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "url": self.socket_url}
        if headers.get("authorization") != f"Bearer {BOT_TOKEN}":
            return {"ok": False, "error": "invalid_auth"}
        if method == "auth.test":
            return {
                "ok": True, "team_id": TEAM, "team": "Team", "user_id": BOT_USER, "bot_id": BOT_ID,
                "user": "unionstate", "url": "https://team.example/",
            }  # fmt: skip
        if method == "chat.postMessage":
            if found := check_message(arguments):
                self.problems += found
                return {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": found}}
            return {"ok": True, "channel": arguments.get("channel"), "ts": f"{len(self.calls)}.000100"}
        return {"ok": False, "error": "unknown_method"}


def _parse(body: str, kind: str) -> dict[str, Any]:
    if kind.startswith("application/json"):
        parsed = json.loads(body or "{}")
        assert isinstance(parsed, dict)
        return parsed
    return dict(parse_qsl(body, keep_blank_values=True))


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, answer = slack.answer(self.path, headers, body)
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # the bot gave up waiting, as a test wanted it to

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    return Handler
