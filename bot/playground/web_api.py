"""A fake Slack over HTTP, for the playground and the tests: the Web API and response URLs."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeAlias
from urllib.parse import parse_qsl

from bot.playground.workspace import BOT_ID, BOT_USER, TEAM, Json, SlackError, Workspace, as_slack_has_it

REQUEST_LIMIT = 2_000_000  # bytes

# Arguments that the SDK sends as JSON text where the request is a form.
_JSON_ARGUMENTS = {"view", "blocks", "unfurls", "outputs", "attachments", "metadata"}
Answer: TypeAlias = tuple[int, dict[str, str], bytes]  # status (0 closes the connection), headers, body

RESPONSE_PATH, API_PATH = "/response/", "/api/"


class FakeSlack:
    """Slack for one workspace; start it with `with FakeSlack(workspace, token) as slack:`.

    `problems` holds what was refused because it breaks a limit or is not escaped.
    """

    def __init__(self, workspace: Workspace, bot_token: str) -> None:
        self.workspace = workspace
        self.bot_token = bot_token
        self.problems: list[str] = []

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False  # closing waits for them
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-slack")
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.api_url = f"{self.url}{API_PATH}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def new_response_url(
        self, channel: str = "C1", message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """A response URL, for a command or for the message of a component."""
        return f"{self.url}{RESPONSE_PATH}{channel}/{message_ts or ''}/{thread_ts or ''}"

    def answer(self, path: str, headers: Mapping[str, str], arguments: Json) -> Answer:
        """The answer to one request."""
        method = path.removeprefix(API_PATH) if path.startswith(API_PATH) else ""
        try:
            if method:
                return 200, {}, json.dumps(self._web_api(method, headers, arguments)).encode()
            channel, message_ts, thread_ts = path.removeprefix(RESPONSE_PATH).split("/")
            self.workspace.respond(channel, message_ts, thread_ts or None, arguments)
            return 200, {}, b"ok"
        except SlackError as error:
            self.problems += error.details
            if not method:
                return (400 if error.details else 404), {}, error.error.encode()
            answer = {"ok": False, "error": error.error, "response_metadata": {"messages": error.details}}
            return 200, {}, json.dumps(answer).encode()

    def _web_api(self, method: str, headers: Mapping[str, str], arguments: Json) -> Json:
        """The answer to a call of the Web API.  Raises SlackError."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self.bot_token not in (arguments.get("token"), bearer):
            raise SlackError("invalid_auth")
        workspace, answer = self.workspace, dict[str, Any](ok=True)
        view, view_hash = arguments.get("view") or {}, str(arguments.get("hash") or "")
        match method:
            case "auth.test":
                answer |= {"team_id": TEAM, "team": "Team", "url": "https://team.example/"}
                answer |= {"user_id": BOT_USER, "bot_id": BOT_ID, "user": "unionstate"}
            case "chat.postMessage":
                message = as_slack_has_it(workspace.post_by_bot(arguments))
                answer |= {"channel": message["channel"], "ts": message["ts"], "message": message}
            case "chat.unfurl":
                if not arguments.get("unfurl_id"):  # that would be in a message which is being written
                    workspace.unfurl(arguments["channel"], arguments["ts"], arguments["unfurls"])
            case "views.open":
                answer["view"] = as_slack_has_it(workspace.open_view(view))
            case "views.update":
                updated = workspace.update_view(str(arguments.get("view_id")), view, view_hash)
                answer["view"] = as_slack_has_it(updated)
            case "views.publish":
                home = workspace.publish_home(str(arguments.get("user_id")), view, view_hash)
                answer["view"] = as_slack_has_it(home)
            case "functions.completeSuccess" | "functions.completeError":
                outcome = {key: arguments.get(key) for key in ("outputs", "error")}
                workspace.announce("step", id=arguments.get("function_execution_id"), **outcome)
            case _:
                raise SlackError("unknown_method")
        return answer


def _parse(body: str, kind: str) -> Json:
    is_json = kind.startswith("application/json")
    arguments: Json = json.loads(body or "{}") if is_json else dict(parse_qsl(body, keep_blank_values=True))
    for name in _JSON_ARGUMENTS & arguments.keys():
        if isinstance(arguments[name], str):
            arguments[name] = json.loads(arguments[name])
    return arguments


def _handler(slack: FakeSlack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"] or 0)
            # Only programs on this machine may call: a page in a browser would send an origin, or another host.
            foreign = self.headers["origin"] or self.headers["host"] != slack.url.removeprefix("http://")
            if foreign or length > REQUEST_LIMIT:
                self.send_error(403)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            arguments = _parse(self.rfile.read(length).decode(), headers.get("content-type", ""))
            status, extra, answer = slack.answer(self.path.partition("?")[0], headers, arguments)
            if not status:
                self.close_connection = True
                return
            extra = {"content-type": "application/json", "content-length": str(len(answer)), **extra}
            with contextlib.suppress(OSError):  # the bot may no longer wait
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    return Handler
