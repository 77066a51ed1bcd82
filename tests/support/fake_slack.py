"""The playground's fake Slack for the tests: it records what it is sent, and fails on request."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground import web_api
from bot.playground.workspace import (  # fmt: skip
    APP,
    BOT_ID,
    BOT_USER,
    PERSON,
    TEAM,
    Channel,
    Json,
    SlackError,
    Workspace,
    elements_of,
    new_trigger,
)

__all__ = ["APP", "APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "SIGNING_SECRET", "TEAM", "Call", "FakeSlack", "new_trigger"]  # fmt: skip

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
POSTS = ("chat.postMessage", "response_url")  # what people can read
CALLS_KEPT = 10_000
ANGLED = re.compile(r"<([^<>]*)>")
ENTITY_TARGET = re.compile(r"(@[UW]\w+|#C\w*|!date\^|!subteam\^|https?://|mailto:|tel:)")
BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")
CHANNELS = (
    Channel("C1", "general"),
    Channel("D1", "UnionState", "im", person=PERSON),
    # Two people's own conversation: commands and buttons work there, posting as the bot does not.
    Channel("D2", "bert", "im", bot_is_member=False),
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
        return found + [e for b in self.blocks if b["type"] == "actions" for e in elements_of(b)]

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
    body: Any
    headers: dict[str, str]
    delay: float
    times: int


@dataclass
class FakeSlack(web_api.FakeSlack):
    """Start it with `with FakeSlack() as slack:`; `calls` holds what was sent."""

    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    socket_url: str = ""
    workspace: Workspace = field(default_factory=lambda: Workspace(CHANNELS))
    bot_token: str = field(default=BOT_TOKEN, repr=False)
    app_token: str = field(default=APP_TOKEN, repr=False)
    scopes: tuple[str, ...] = ()  # of the bot token, sent in the header x-oauth-scopes
    _failures: dict[str, list[_Failure]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def fail(
        self, method: str, *, error: str = "", status: int = 200, headers: dict[str, str] | None = None,
        delay: float = 0, times: int = 1_000_000,
    ) -> None:  # fmt: skip
        """Answer the next `times` calls of `method` with `error` (ok: false), a bare `status`, or late.

        With status 0 the connection ends without an answer.
        """
        body = {"ok": False, "error": error} if error else None
        self._failures.setdefault(method, []).append(_Failure(status, body, headers or {}, delay, times))

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        with self._changed:
            return [call for call in self.calls if call.method == method]

    def acknowledge(self, body: str, path: str = "") -> None:
        """Record what an acknowledgement says, which people read like a post (to `path`)."""
        message = json.loads(body) if body.startswith("{") else {}
        if "text" in message:
            with self._changed:
                self.calls.append(Call("response_url", message, path))
                self._changed.notify_all()

    def posts(self) -> list[Call]:
        """What people can read: posts, without calls such as auth.test."""
        with self._changed:
            return [call for call in self.calls if call.method in POSTS]

    def wait_for(self, count: int, seconds: float = 20) -> list[Call]:
        """Waits for at least `count` posts; fails with those received if they do not arrive in time."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self.posts()) >= count, seconds)
            assert arrived, f"expected {count} posts, got {[str(call) for call in self.posts()]}"
            return self.posts()

    def answer(
        self, path: str, headers: Mapping[str, str], arguments: Json
    ) -> tuple[int, dict[str, str], bytes]:
        method = path.removeprefix(web_api.API_PATH) if path.startswith(web_api.API_PATH) else "response_url"
        failure = self._next_failure(method)
        if failure and failure.delay:
            time.sleep(failure.delay)
        with self._changed:
            self.calls.append(Call(method, arguments, path))
            del self.calls[:-CALLS_KEPT]
        self.problems += [problem for text in _mrkdwn_texts(arguments) for problem in unescaped(text)]
        try:
            if failure and (failure.body is not None or failure.status != 200):
                return failure.status, failure.headers, json.dumps(failure.body or {}).encode()
            status, more, body = super().answer(path, headers, arguments)
            return status, more | ({"x-oauth-scopes": ",".join(self.scopes)} if self.scopes else {}), body
        finally:
            with self._changed:
                self._changed.notify_all()

    def _web_api(self, method: str, headers: Mapping[str, str], arguments: Json) -> Json:
        if method != "apps.connections.open":
            return super()._web_api(method, headers, arguments)
        if headers.get("authorization") != f"Bearer {self.app_token}":
            raise SlackError("invalid_auth")
        return {"ok": True, "url": self.socket_url}

    def _next_failure(self, method: str) -> _Failure | None:
        with self._changed:
            failure = next((f for f in self._failures.get(method, ()) if f.times > 0), None)
            if failure:
                failure.times -= 1
            return failure
