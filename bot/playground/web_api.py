"""Slack as the bot sees it, for the playground and the tests: the Web API and response URLs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from bot.playground.block_validation import message_problems, view_problems
from bot.playground.workspace import BOT_ID, BOT_USER, TEAM, Json, SlackError, Workspace

RESPONSE_PATH, API_PATH = "/response/", "/api/"
# Arguments that the SDK sends as JSON text where the request is a form.
_JSON_ARGUMENTS = {"view", "blocks", "unfurls", "outputs"}


def parse_arguments(body: str, content_type: str) -> Json:
    """The arguments of a request to Slack."""
    if content_type.startswith("application/json"):
        return dict(json.loads(body or "{}"))
    fields = dict(parse_qsl(body, keep_blank_values=True))
    return {name: json.loads(value) if name in _JSON_ARGUMENTS else value for name, value in fields.items()}


class FakeSlack:
    """Slack for one workspace, at `url`; `problems` holds what was refused because it breaks a limit."""

    def __init__(self, workspace: Workspace, bot_token: str, url: str) -> None:
        self.workspace, self.bot_token = workspace, bot_token
        self.url, self.api_url = url, f"{url}{API_PATH}"
        self.problems: list[str] = []

    def new_response_url(self, channel: str = "C1", message_ts: str = "", thread_ts: str = "") -> str:
        """A response URL, for a command or for the message of a component."""
        return f"{self.url}{RESPONSE_PATH}{channel}/{message_ts}/{thread_ts}"

    def answer(self, path: str, headers: Mapping[str, str], arguments: Json) -> tuple[int, str]:
        """The answer to one request: status and body."""
        is_method = path.startswith(API_PATH)
        try:
            if is_method:
                return 200, json.dumps(self._web_api(path.removeprefix(API_PATH), headers, arguments))
            channel, message_ts, thread_ts = path.removeprefix(RESPONSE_PATH).split("/")
            self._respond(channel, message_ts, thread_ts, arguments)
            return 200, "ok"
        except SlackError as error:
            self.problems += error.details
            if not is_method:
                return (400 if error.details else 404), error.error
            more = {"response_metadata": {"messages": error.details}}
            return 200, json.dumps({"ok": False, "error": error.error, **more})

    def _web_api(self, method: str, headers: Mapping[str, str], arguments: Json) -> Json:
        """The answer to a call of the Web API.  Raises SlackError."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self.bot_token not in (arguments.get("token"), bearer):
            raise SlackError("invalid_auth")
        workspace, view_hash = self.workspace, arguments.get("hash")
        match method:
            case "auth.test":
                bot = {"user": "unionstate", "user_id": BOT_USER, "bot_id": BOT_ID}
                return {"ok": True, "team": "Team", "team_id": TEAM, "url": "https://team.example/", **bot}
            case "chat.postMessage":
                self.post(arguments["channel"], arguments.get("thread_ts"), arguments)
            case "chat.unfurl":
                self._unfurl(arguments["channel"], arguments["ts"], arguments["unfurls"])
            case "views.open":
                workspace.show(self._view(arguments["view"]))
            case "views.update":
                self.update_view(workspace.view(arguments["view_id"]), arguments["view"], view_hash)
            case "views.publish":
                user = arguments["user_id"]
                old = workspace.homes.get(user)
                workspace.publish(user, self._view(arguments["view"], old, view_hash))
            case "functions.completeSuccess" | "functions.completeError":
                workspace.announce("step", outputs=arguments.get("outputs"), error=arguments.get("error"))
            case _:
                raise SlackError("unknown_method")
        return {"ok": True}

    def post(self, channel: str, thread_ts: str | None, message: Json, *, private: bool = False) -> None:
        """Post as the bot, for all in the conversation or for the person alone."""
        content = self._content(message)
        self.workspace.add(channel, BOT_USER, thread_ts=thread_ts, is_ephemeral=private, **content)

    def update_view(self, old: Json, view: Json, view_hash: str | None = None) -> None:
        """Replace an open modal."""
        self.workspace.show(self._view(view, old, view_hash))

    def _respond(self, channel: str, message_ts: str, thread_ts: str, message: Json) -> None:
        """A post to a response URL, of a command or of a component in a message."""
        original = self.workspace.find(channel, message_ts) if message_ts else None
        if message.get("delete_original"):
            if original:
                self.workspace.remove(original)
        elif message.get("replace_original") and original:
            self.workspace.change(original, **{"blocks": [], **self._content(message)}, edited=True)
        else:
            private = message.get("response_type") != "in_channel"
            # A private answer appears where the person is, which may be a thread; a public one only where it says so.
            thread = message.get("thread_ts") or (thread_ts if private else None)
            self.post(channel, thread, message, private=private)

    def _unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Json]) -> None:
        message = self.workspace.find(channel, ts)
        if unknown := [url for url in unfurls if url not in message["text"]]:
            raise SlackError("cannot_unfurl_url", unknown)
        drawn = {url: self._content({"text": "-", **unfurl})["blocks"] for url, unfurl in unfurls.items()}
        attachments = [{"from_url": url, "bot_id": BOT_ID, "blocks": blocks} for url, blocks in drawn.items()]
        self.workspace.change(message, attachments=attachments)

    def _content(self, message: Json) -> Json:
        """What a message of the bot holds."""
        if found := message_problems(message):
            raise SlackError("invalid_blocks", found)
        blocks = {"blocks": self.workspace.with_ids(message["blocks"])} if message.get("blocks") else {}
        return {"bot_id": BOT_ID, "text": message["text"], "sent": dict(message), **blocks}

    def _view(self, view: Json, old: Json | None = None, view_hash: str | None = None) -> Json:
        """A view as Slack keeps it, in the place of `old` if that still has the hash that the bot knows."""
        if found := view_problems(view):
            raise SlackError("invalid_blocks", found)
        if old and view_hash and view_hash != old["hash"]:
            raise SlackError("hash_conflict")
        new_id = self.workspace.new_id
        return {
            "private_metadata": "", **view, "id": old["id"] if old else new_id("V"), "hash": new_id("h"),
            "blocks": self.workspace.with_ids(view["blocks"]), "sent": dict(view),
        }  # fmt: skip
