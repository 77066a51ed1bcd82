"""The playground's fake Slack for the tests: it records what it is sent, and fails on request."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from bot.playground import web_api
from bot.playground.payloads import new_trigger
from bot.playground.workspace import APP, BOT_ID, BOT_USER, TEAM, Channel, Json, SlackError, Workspace

__all__ = ["APP", "APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "SIGNING_SECRET", "TEAM", "Call", "FakeSlack", "new_trigger"]  # fmt: skip

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
POSTS = ("chat.postMessage", "response_url")  # what people can read
ANGLED = re.compile(r"<([^<>]*)>")
ENTITY_TARGET = re.compile(r"(@[UW]\w+|#C\w*|!date\^|!subteam\^|https?://|mailto:|tel:)")
BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
CHANNELS = (
    Channel("C1", "general"),
    Channel("D1", "UnionState", "im"),
    Channel("D2", "bert", "im"),
)


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

    @property
    def view(self) -> dict[str, Any]:
        """The view of a views.* call."""
        view = self.arguments.get("view")
        return view if isinstance(view, dict) else {}

    def button(self, action_id: str, number: int = 0) -> dict[str, Any]:
        """The button with that action, the first or the `number`-th."""
        found = [button for button in self.buttons() if button["action_id"] == action_id]
        assert number < len(found), f"{len(found)} buttons {action_id} in {self.text!r}"
        return found[number]

    def buttons(self) -> list[dict[str, Any]]:
        found = [b["accessory"] for b in self.blocks if "accessory" in b]
        return found + [e for b in self.blocks if b["type"] == "actions" for e in b["elements"]]

    def __str__(self) -> str:
        return f"{self.method} {self.text or self.arguments}"


def unescaped(text: str) -> list[str]:
    """Markup in a text that has not been escaped: Slack would act on it, or draw it wrongly."""
    found = [
        f"<{inside}> is not escaped" for inside in ANGLED.findall(text) if not ENTITY_TARGET.match(inside)
    ]
    rest = ANGLED.sub("", text)
    if "<" in rest or any(">" in line.lstrip("> ") for line in rest.split("\n")):
        found.append("a < or > that is not escaped")
    if BARE_AMPERSAND.search(rest):
        found.append("an & that is not escaped")
    return found


def _mrkdwn_texts(node: Any) -> Iterator[str]:
    """The text of a message, and every mrkdwn text in its blocks or in a view."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str) and node.get("type") in (None, "mrkdwn"):
            yield node["text"]
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        yield from _mrkdwn_texts(part)


@dataclass
class _Failure:
    status: int
    body: str
    headers: dict[str, str]
    delay: float
    times: int


@dataclass
class FakeSlack(web_api.FakeSlack):
    """Start it with `with FakeSlack() as slack:`; `calls` holds what was sent."""

    calls: list[Call] = field(default_factory=list)
    socket_url: str = ""
    workspace: Workspace = field(default_factory=lambda: Workspace(CHANNELS, {}))
    bot_token: str = field(default=BOT_TOKEN, repr=False)
    scopes: tuple[str, ...] = ()  # of the bot token, sent in the header x-oauth-scopes
    _failures: dict[str, list[_Failure]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.slack = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-slack")
        self._thread.start()
        super().__init__(self.workspace, self.bot_token, f"http://127.0.0.1:{self._server.server_port}")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(
        self, method: str, *, error: str = "", status: int = 200, headers: dict[str, str] | None = None,
        delay: float = 0, times: int = 1_000_000,
    ) -> None:  # fmt: skip
        """Answer the next `times` calls of `method` with `error` (ok: false), a bare `status`, or late.

        With status 0 the connection ends without an answer.
        """
        body = json.dumps({"ok": False, "error": error}) if error else ""
        self._failures.setdefault(method, []).append(_Failure(status, body, headers or {}, delay, times))

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in list(self.calls) if call.method == method]

    def posts(self) -> list[Call]:
        """What people can read: posts, without calls such as auth.test."""
        return [call for call in list(self.calls) if call.method in POSTS]

    def acknowledge(self, body: str, path: str = "") -> None:
        """Record what an acknowledgement says, which people read like a post (to `path`)."""
        message = json.loads(body) if body.startswith("{") else {}
        if "text" in message:
            self._record(Call("response_url", message, path))

    def wait_for(self, count: int, seconds: float = 20) -> list[Call]:
        """Waits for at least `count` posts; fails with those received if they do not arrive in time."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.posts()) >= count, seconds)
        assert arrived, f"expected {count} posts, got {[str(call) for call in self.posts()]}"
        return self.posts()

    def reply(
        self, path: str, headers: Mapping[str, str], arguments: Json
    ) -> tuple[int, dict[str, str], str]:
        """What is answered over HTTP, with the failures that were asked for: status, headers, body."""
        method = path.removeprefix(web_api.API_PATH) if path.startswith(web_api.API_PATH) else "response_url"
        failure = self._next_failure(method)
        if failure:
            time.sleep(failure.delay)
        self.problems += [problem for text in _mrkdwn_texts(arguments) for problem in unescaped(text)]
        try:
            if failure and (failure.body or failure.status != 200):
                return failure.status, failure.headers, failure.body
            with self._changed:
                scopes = {"x-oauth-scopes": ",".join(self.scopes)} if self.scopes else {}
                status, body = self.answer(path, headers, arguments)
                return status, scopes, body
        finally:
            self._record(Call(method, arguments, path))

    def _record(self, call: Call) -> None:
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()

    def _web_api(self, method: str, headers: Mapping[str, str], arguments: Json) -> Json:
        if method == "apps.connections.open":
            if headers.get("authorization") != f"Bearer {APP_TOKEN}":
                raise SlackError("invalid_auth")
            return {"ok": True, "url": self.socket_url}
        if method == "chat.postMessage" and arguments["channel"] == "D2":
            raise SlackError("not_in_channel")  # two people's own: only commands and buttons work there
        if method == "chat.unfurl" and "unfurl_id" in arguments:
            return {"ok": True}  # in a message that is being written
        return super()._web_api(method, headers, arguments)

    def _next_failure(self, method: str) -> _Failure | None:
        with self._changed:
            failure = next((f for f in self._failures.get(method, ()) if f.times > 0), None)
            if failure:
                failure.times -= 1
            return failure


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them
    slack: FakeSlack


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        arguments = web_api.parse_arguments(body, headers.get("content-type", ""))
        status, more, answer = self.server.slack.reply(self.path.partition("?")[0], headers, arguments)
        if not status:
            self.close_connection = True
            return
        with contextlib.suppress(OSError):  # the bot may no longer wait
            self.send_response(status)
            for name, value in {
                "content-type": "application/json",
                "content-length": len(answer),
                **more,
            }.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        pass
