"""The playground's fake Slack for the tests: it records what it is sent, and fails on request."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeAlias

from bot.playground import web_api
from bot.playground.actions import new_trigger
from bot.playground.workspace import APP, BOT_ID, BOT_USER, TEAM, Channel, Json, SlackError, Workspace
from bot.slack.manifest import SCOPES

__all__ = ["APP", "APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "SIGNING_SECRET", "TEAM", "Call", "FakeSlack", "new_trigger"]  # fmt: skip

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
Reply: TypeAlias = tuple[int, dict[str, str], str]  # status (0 ends the connection), headers, body
WORKS: Reply = (200, {}, "")
POSTS = ("chat.postMessage", "response_url")  # what people can read
ANGLED = re.compile(r"<([^<>]*)>")
ENTITY_TARGET = re.compile(r"(@[UW]\w+|#C\w*|!date\^|!subteam\^|https?://|mailto:|tel:)")
BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
CHANNELS = Channel("C1", "general"), Channel("D1", "UnionState", "im"), Channel("D2", "bert", "im")


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
    found = [f"<{inside}>" for inside in ANGLED.findall(text) if not ENTITY_TARGET.match(inside)]
    rest = ANGLED.sub("", text)
    if "<" in rest or any(">" in line.lstrip("> ") for line in rest.split("\n")):
        found.append("< or >")
    return found + BARE_AMPERSAND.findall(rest)


def _mrkdwn_texts(node: Any) -> Iterator[str]:
    """The text of a message, and every mrkdwn text in its blocks or in a view."""
    if isinstance(node, dict):
        if isinstance(node.get("text"), str) and node.get("type") in (None, "mrkdwn"):
            yield node["text"]
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        yield from _mrkdwn_texts(part)


@dataclass
class FakeSlack(web_api.FakeSlack):
    """Start it with `with FakeSlack() as slack:`; `calls` holds what was sent."""

    calls: list[Call] = field(default_factory=list)
    socket_url: str = ""
    workspace: Workspace = field(default_factory=lambda: Workspace(CHANNELS, {}))
    bot_token: str = field(default=BOT_TOKEN, repr=False)
    scopes: tuple[str, ...] = tuple(SCOPES)  # of the bot token, sent in the header x-oauth-scopes
    # Those to come, by method.
    _failures: dict[str, Iterator[tuple[float, Reply]]] = field(default_factory=dict)
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
        failures = itertools.repeat((delay, (status, headers or {}, body)), times)
        self._failures[method] = itertools.chain(self._failures.get(method, ()), failures)

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

    def reply(self, path: str, headers: Mapping[str, str], arguments: Json) -> Reply:
        """What is answered over HTTP, with the failures that were asked for."""
        method = path.removeprefix(web_api.API_PATH) if path.startswith(web_api.API_PATH) else "response_url"
        with self._changed:
            delay, failure = next(self._failures.get(method, iter(())), (0, WORKS))
        time.sleep(delay)
        self.problems += [problem for text in _mrkdwn_texts(arguments) for problem in unescaped(text)]
        try:
            if failure != WORKS:
                return failure
            with self._changed:
                status, body = self.answer(path, headers, arguments)
            return status, {"x-oauth-scopes": ",".join(self.scopes)} if self.scopes else {}, body
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
            kind = {"content-type": "application/json", "content-length": str(len(answer))}
            for name, value in (kind | more).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        pass
