"""A local stand-in for Slack's own side: the Web API and response_url, over HTTP, recording what is sent.

It serves the playground and the tests.  It refuses what Slack refuses (Block Kit's limits, markup that was
not escaped, unknown channels, a sixth use of a response_url, a trigger that has expired) and can be told to
fail.  Belongs here: HTTP, the methods' names, failing on purpose.  Does not belong here: the rules
themselves (`workspace`), the page (`server`).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.workspace import (
    APP,
    BOT_ID,
    BOT_USER,
    RESPONSE_URL_USES,
    TEAM,
    Json,
    Refused,
    Workspace,
    new_trigger,
)

__all__ = [
    "APP", "APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "RESPONSE_URL_USES", "SIGNING_SECRET", "TEAM",
    "Call", "StandIn", "new_trigger",
]  # fmt: skip

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-token", "xapp-test-token", "test-signing-secret"
POSTS = ("chat.postMessage", "chat.postEphemeral", "response_url")  # what people can read
KEPT_CALLS = 10_000
REQUEST_LIMIT = 2_000_000  # bytes

# Arguments that the SDK sends as JSON text where the request is a form.
_JSON_ARGUMENTS = {"view", "blocks", "unfurls", "outputs", "attachments", "metadata"}
_RESPONSE_PATH, _API_PATH = "/response/", "/api/"


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
class StandIn:
    """Start with `with StandIn() as slack:`.

    `calls` holds what was sent, `problems` what was refused because it breaks a limit or is not escaped.
    """

    calls: list[Call] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    socket_url: str = ""
    workspace: Workspace = field(default_factory=Workspace)
    bot_token: str = field(default=BOT_TOKEN, repr=False)
    app_token: str = field(default=APP_TOKEN, repr=False)
    scopes: tuple[str, ...] = ()  # granted to the bot token, told in the header x-oauth-scopes
    _failures: dict[str, list[_Failure]] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> StandIn:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False  # so that closing waits for them, and none is left behind
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="stand-in")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.api_url = f"{self.url}{_API_PATH}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def new_response_url(
        self, channel: str = "C1", message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """An address that takes five posts, as Slack's do; for a command, or for the message of a component."""
        return self.url + _RESPONSE_PATH + self.workspace.new_response_url(channel, message_ts, thread_ts)

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
        """Answer the next `times` calls of `method` with `error` (ok: false), a bare `status`, or late.

        With status 0 the connection ends without an answer.
        """
        body = {"ok": False, "error": error} if error else None
        self._failures.setdefault(method, []).append(_Failure(status, body, headers or {}, delay, times))

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        with self._changed:
            return [c for c in self.calls if c.method == method]

    def said(self) -> list[Call]:
        """What people can read: posts, without calls such as auth.test."""
        with self._changed:
            return self._posts()

    def wait_for(self, count: int, seconds: float = 5) -> list[Call]:
        """At least `count` posts; fails with those that came when they do not come in time."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._posts()) >= count, seconds)
            assert arrived, f"wanted {count} posts, got {[str(c) for c in self._posts()]}"
            return self._posts()

    def _posts(self) -> list[Call]:
        return [c for c in self.calls if c.method in POSTS]

    def answer(self, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], bytes]:
        """The answer to one request: status, headers and body."""
        method = path.removeprefix(_API_PATH) if path.startswith(_API_PATH) else "response_url"
        try:
            arguments = _parse(body, headers.get("content-type", ""))
        except ValueError:
            return 200, {}, b'{"ok": false, "error": "invalid_json"}'
        failure = self._next_failure(method)
        if failure and failure.delay:
            time.sleep(failure.delay)
        with self._changed:
            self.calls.append(Call(method, arguments, path))
            del self.calls[:-KEPT_CALLS]
        try:
            if failure and (failure.body is not None or failure.status != 200):
                return failure.status, failure.headers, json.dumps(failure.body or {}).encode()
            if method == "response_url":
                return self._response_url(path, arguments)
            scopes = {"x-oauth-scopes": ",".join(self.scopes)} if self.scopes else {}
            return 200, scopes, json.dumps(self._web_api(method, headers, arguments)).encode()
        finally:
            with self._changed:
                self._changed.notify_all()

    def _next_failure(self, method: str) -> _Failure | None:
        with self._changed:
            for failure in self._failures.get(method, ()):
                if failure.times > 0:
                    failure.times -= 1
                    return failure
        return None

    def _response_url(self, path: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        try:
            self.workspace.respond(path.removeprefix(_RESPONSE_PATH), arguments)
        except Refused as refusal:
            self.problems += refusal.details
            return (400 if refusal.details else 404), {}, refusal.error.encode()
        return 200, {}, b"ok"

    def _web_api(self, method: str, headers: dict[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
        token = headers.get("authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
        if token != (self.app_token if method == "apps.connections.open" else self.bot_token):
            return {"ok": False, "error": "invalid_auth"}
        if method == "apps.connections.open":
            return {"ok": True, "url": self.socket_url}
        run = _METHODS.get(method)
        if run is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **run(self.workspace, arguments)}
        except Refused as refusal:
            self.problems += refusal.details
            details = {"response_metadata": {"messages": refusal.details}} if refusal.details else {}
            return {"ok": False, "error": refusal.error, **details}


# The methods of the Web API that the bot may call: each takes the arguments, and gives what Slack answers besides `ok`.


def _auth_test(workspace: Workspace, arguments: Json) -> Json:
    return {
        "team_id": TEAM, "team": "Team", "user_id": BOT_USER, "bot_id": BOT_ID, "user": "unionstate",
        "url": "https://team.example/",
    }  # fmt: skip


def _post_message(workspace: Workspace, arguments: Json) -> Json:
    message = workspace.post_by_bot(arguments)
    return {"channel": message["channel"], "ts": message["ts"], "message": _told(message)}


def _post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    if arguments.get("user") not in workspace.people:
        raise Refused("user_not_in_channel")
    return {"message_ts": workspace.post_by_bot(arguments, only_for=arguments["user"])["ts"]}


def _update(workspace: Workspace, arguments: Json) -> Json:
    message = workspace.change_by_bot(arguments)
    return {
        "channel": message["channel"],
        "ts": message["ts"],
        "text": message["text"],
        "message": _told(message),
    }


def _delete(workspace: Workspace, arguments: Json) -> Json:
    workspace.delete_by_bot(arguments)
    return {"channel": arguments["channel"], "ts": arguments["ts"]}


def _unfurl(workspace: Workspace, arguments: Json) -> Json:
    workspace.unfurl(arguments)
    return {}


def _open_conversation(workspace: Workspace, arguments: Json) -> Json:
    users = str(arguments.get("users", "")).split(",")
    for channel in workspace.channels.values():
        if channel.kind == "im" and [channel.person] == users:
            return {"channel": {"id": channel.id}}
    raise Refused("user_not_found")


def _views_open(workspace: Workspace, arguments: Json) -> Json:
    return {"view": _told(workspace.open_view(str(arguments.get("trigger_id")), _view(arguments)))}


def _views_push(workspace: Workspace, arguments: Json) -> Json:
    return {"view": _told(workspace.open_view(str(arguments.get("trigger_id")), _view(arguments), push=True))}


def _views_update(workspace: Workspace, arguments: Json) -> Json:
    view_id, external_id, known_hash = (
        str(arguments.get(n) or "") for n in ("view_id", "external_id", "hash")
    )
    return {"view": _told(workspace.update_view(view_id, external_id, known_hash, _view(arguments)))}


def _views_publish(workspace: Workspace, arguments: Json) -> Json:
    made = workspace.publish_home(
        str(arguments.get("user_id")), _view(arguments), str(arguments.get("hash") or "")
    )
    return {"view": _told(made)}


def _complete(workspace: Workspace, arguments: Json) -> Json:
    workspace.announce("step", id=arguments.get("function_execution_id"), outputs=arguments.get("outputs"))
    return {}


def _fail_step(workspace: Workspace, arguments: Json) -> Json:
    workspace.announce("step", id=arguments.get("function_execution_id"), error=arguments.get("error"))
    return {}


_METHODS: Mapping[str, Callable[[Workspace, Json], Json]] = {
    "auth.test": _auth_test,
    "chat.postMessage": _post_message,
    "chat.postEphemeral": _post_ephemeral,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.unfurl": _unfurl,
    "conversations.open": _open_conversation,
    "views.open": _views_open,
    "views.push": _views_push,
    "views.update": _views_update,
    "views.publish": _views_publish,
    "functions.completeSuccess": _complete,
    "functions.completeError": _fail_step,
}


def _view(arguments: Json) -> Json:
    view = arguments.get("view")
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["view: missing"])
    return view


def _told(thing: Json) -> Json:
    """A message or view without what only the playground keeps with it."""
    return {key: value for key, value in thing.items() if key not in ("sent", "only_for")}


def _parse(body: str, kind: str) -> dict[str, Any]:
    """Raises ValueError for a body that is none."""
    if kind.startswith("application/json"):
        parsed = json.loads(body or "{}")
        if not isinstance(parsed, dict):
            raise ValueError("not an object")
    else:
        parsed = dict(parse_qsl(body, keep_blank_values=True))
    for name in _JSON_ARGUMENTS & parsed.keys():
        if isinstance(parsed[name], str):
            parsed[name] = json.loads(parsed[name])
    return parsed


def _handler(slack: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"] or 0)
            # Only programs on this machine talk to it: a page in a browser would name its origin, or another host.
            if self.headers["origin"] or self.headers["host"] != slack.url.removeprefix("http://"):
                self.send_error(403)
                return
            if length > REQUEST_LIMIT:
                self.send_error(413)
                return
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, answer = slack.answer(self.path.partition("?")[0], headers, body)
            if not status:
                self.close_connection = True
                return
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # the bot gave up waiting

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    return Handler
