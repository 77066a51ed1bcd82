"""What a person can do on the page, and the requests that Slack sends to the bot because of it."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest

from bot.playground.block_validation import options_problems
from bot.playground.web_api import FakeSlack
from bot.playground.workspace import APP, BOT_USER, PERSON, TEAM, Json, SlackError, as_slack_has_it
from bot.slack.mrkdwn import entities, links_in

_ACTIONS = "say press suggest submit close shortcut message_shortcut open_app run_step".split()
_TYPED = re.compile(r"(?<!\w)@(?P<name>\w+)|(?P<url>https?://\S+[^\s.,;:!?)\]}'\"])")


class Actions:
    """Everything the page can ask for, done as `PERSON`; raises SlackError for what Slack would refuse."""

    def __init__(self, slack: FakeSlack, manifest: Mapping[str, Any], app: App) -> None:
        self._slack, self._workspace, self._app = slack, slack.workspace, app
        self._features = manifest["features"]
        self._ids = {name.lower(): user for user, name in self._workspace.users.items()}
        self.repeat_last_question: Callable[[], None] = lambda: None

    def do(self, request: Json) -> Json:
        """Do the action named by `do`, with the other fields as its arguments.  Raises LookupError for an unknown one."""
        name = request.pop("do")
        if name not in _ACTIONS:
            raise LookupError(name)
        return getattr(self, name)(**request) or {}

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> None:
        """A message in a conversation, or a command."""
        text = text.strip()
        (self._command if text.startswith("/") else self._message)(channel, text, thread_ts)
        self.repeat_last_question = lambda: self.say(channel, text)

    def _command(self, channel: str, text: str, thread_ts: str | None) -> None:
        name, _, rest = text.partition(" ")
        command = self._features["slash_commands"][0]["command"]
        if thread_ts:
            raise SlackError("Slack does not run commands in threads: mention the bot instead")
        if name != command:
            raise SlackError(f"{name} is not a command of this app: try {command}")
        url = self._slack.new_response_url(channel)
        payload = command_payload(name, rest.strip(), channel, PERSON, url)
        # Slack does not show the typed command; here it stands above its answer.
        add = self._workspace.add
        add(channel, PERSON, entities(text), is_ephemeral=True, request=payload, question=rest)
        if answer := self._send(payload):
            self._slack.post(channel, None, answer, private=True)

    def _message(self, channel: str, text: str, thread_ts: str | None) -> None:
        message = self.post_as(channel, PERSON, text, thread_ts)
        is_direct = self._workspace.channel(channel).kind == "im"
        if is_direct or f"<@{BOT_USER}>" in message["text"]:
            kind = {"channel_type": "im"} if is_direct else {"type": "app_mention"}
            self._event({**as_slack_has_it(message), **kind}, message)

    def post_as(self, channel: str, user: str, typed: str, thread_ts: str | None = None) -> Json:
        """Post a person's message, in which mentions and links are marked up as Slack does."""

        def entity(match: re.Match[str]) -> str:
            user = self._ids.get((match["name"] or "").lower())
            return f"<{match['url']}>" if match["url"] else f"<@{user}>" if user else match[0]

        text = _TYPED.sub(entity, entities(typed))
        message = self._workspace.add(channel, user, text, thread_ts=thread_ts)
        domains = tuple(f".{domain}" for domain in self._features["unfurl_domains"])
        hosts = {url: urlsplit(url).hostname for url in links_in(text)}
        links = [{"url": url, "domain": host} for url, host in hosts.items() if f".{host}".endswith(domains)]
        if links:
            place = {"channel": channel, "message_ts": message["ts"]}
            self._event({"type": "link_shared", "user": user, "links": links, **place})
        return message

    def press(self, where: Json, action: Json, state: Json) -> None:
        """Use a button or another element, in a message, an unfurled link or a view."""
        action["action_ts"] = self._workspace.new_ts()
        self._interact("block_actions", actions=[action], **self._place(where, state))

    def suggest(self, where: Json, block_id: str, action_id: str, value: str, state: Json) -> Json:
        """The options for what has been typed."""
        typed = {"action_id": action_id, "block_id": block_id, "value": value}
        answer = self._interact("block_suggestion", **typed, **self._place(where, state))
        if options_problems(answer):
            raise SlackError("the bot gave no options that Slack takes")
        return answer

    def submit(self, view: str, state: Json) -> Json:
        """Submit a modal; the result may hold `errors` by block."""
        shown = self._workspace.view(view)
        chosen = [f.get("selected_conversation") for fields in state.values() for f in fields.values()]
        new_url = self._slack.new_response_url
        urls = [{"channel_id": channel, "response_url": new_url(channel)} for channel in chosen if channel]
        answer = self._interact("view_submission", view=_with_state(shown, state), response_urls=urls)
        if "errors" in answer:
            return {"errors": answer["errors"]}
        if "view" in answer:
            self._slack.update_view(shown, answer["view"])
        else:
            self._workspace.show(None)
        return {}

    def close(self) -> None:
        """Close the modal without submitting it."""
        self._workspace.show(None)

    def shortcut(self, callback_id: str) -> None:
        """A global shortcut."""
        self._interact("shortcut", callback_id=callback_id, action_ts=self._workspace.new_ts())

    def message_shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """A shortcut from a message's menu."""
        message = self._workspace.find(channel, ts)
        self._interact(
            "message_action", callback_id=callback_id, action_ts=self._workspace.new_ts(), channel={"id": channel},
            message_ts=ts, message=as_slack_has_it(message),
            response_url=self._slack.new_response_url(channel, "", message.get("thread_ts", "")),
        )  # fmt: skip

    def open_app(self, channel: str, tab: str) -> None:
        """Open the app's Home or its messages."""
        home = self._workspace.homes.get(PERSON)
        view = {"view": as_slack_has_it(home)} if tab == "home" and home else {}
        self._event({"type": "app_home_opened", "user": PERSON, "channel": channel, "tab": tab, **view})

    def run_step(self, callback_id: str, inputs: Json) -> None:
        """Run a workflow's step; the workspace announces its outcome."""
        function = {"id": "Fn1", "callback_id": callback_id, "type": "app", "app_id": APP}
        self._event({
            "type": "function_executed", "function": function, "inputs": inputs,
            "function_execution_id": f"Fx{secrets.token_hex(6)}", "bot_access_token": self._slack.bot_token,
        })  # fmt: skip

    def _place(self, where: Json, state: Json) -> Json:
        """What Slack sends about the view or the message in which an element is."""
        if "view" in where:
            view = self._workspace.view(where["view"])
            return {"container": {"type": "view", "view_id": view["id"]}, "view": _with_state(view, state)}
        channel, ts = where["channel"], where["ts"]
        message = self._workspace.find(channel, ts)
        thread, private = message.get("thread_ts", ""), "is_ephemeral" in message
        container = {"message_ts": ts, "channel_id": channel, "is_ephemeral": private}
        if thread:
            container["thread_ts"] = thread
        if url := where.get("unfurl"):
            container |= {"type": "message_attachment", "is_app_unfurl": True, "app_unfurl_url": url}
        return {
            "container": {"type": "message", **container},
            "channel": {"id": channel},
            "state": {"values": state},
            "response_url": self._slack.new_response_url(channel, ts, thread),
            **({} if private else {"message": as_slack_has_it(message)}),  # Slack sends no private messages
        }

    def _event(self, inner: Json, message: Json | None = None) -> None:
        """Send an event; the message that caused it keeps the payload, to be shown with it."""
        payload = event_payload({"event_ts": self._workspace.new_ts(), **inner})
        if message is not None:
            self._workspace.change(message, request=payload, question=message["text"])
        self._send(payload)

    def _interact(self, kind: str, **more: Any) -> Json:
        return self._send(interaction(kind, **more))

    def _send(self, payload: Json) -> Json:
        """Give the bot a request, as Socket Mode would; returns the object that it answered, which may be empty."""
        request = BoltRequest(body=json.loads(json.dumps(payload)), mode="socket_mode")
        response = self._app.dispatch(request)
        if response.status != 200:
            raise SlackError(f"the bot did not acknowledge this: {response.status} {response.body[:200]}")
        return dict(json.loads(response.body or "{}"))


def _with_state(view: Json, state: Json) -> Json:
    """A view as Slack sends it to the bot."""
    return {**as_slack_has_it(view), "state": {"values": state}}


def new_trigger() -> str:
    return f"1.2.{secrets.token_hex(6)}"


def command_payload(name: str, text: str, channel: str, user: str, response_url: str) -> Json:
    """A slash command."""
    return {
        "team_id": TEAM, "channel_id": channel, "user_id": user, "command": name, "text": text, "api_app_id": APP,
        "is_enterprise_install": "false", "response_url": response_url, "trigger_id": new_trigger(),
    }  # fmt: skip


def event_payload(inner: Mapping[str, Any]) -> Json:
    """An event of the Events API."""
    bot = {"user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "team_id": TEAM, "api_app_id": APP, "type": "event_callback", "event_id": f"Ev{secrets.token_hex(6)}",
        "event_time": int(time.time()), "event": dict(inner), "authorizations": [{"team_id": TEAM, **bot}],
    }  # fmt: skip


def interaction(kind: str, user: str = PERSON, **more: Any) -> Json:
    """A pressed button, a submitted view, a shortcut or a type-ahead; `more` is what belongs to that kind."""
    return {
        "type": kind, "api_app_id": APP, "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM},
        "enterprise": None, "is_enterprise_install": False, "trigger_id": new_trigger(), **more,
    }  # fmt: skip
