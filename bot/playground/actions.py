"""What a person can do on the page, and the requests that Slack sends to the bot because of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest

from bot.playground import payloads
from bot.playground.block_validation import options_problems
from bot.playground.web_api import FakeSlack
from bot.playground.workspace import (
    APP,
    BOT_USER,
    Channel,
    Json,
    Person,
    SlackError,
    as_slack_has_it,
    elements_of,
)

_ACTIONS = "say press suggest submit close shortcut message_shortcut open_app run_step".split()


class Actions:
    """Everything the page can ask for, done as `person`.

    Each action raises SlackError for what Slack would refuse, and for a reply of the bot that Slack would not accept.
    """

    def __init__(self, slack: FakeSlack, person: Person, manifest: Mapping[str, Any], app: App) -> None:
        self.workspace = slack.workspace
        self._slack, self._person, self._manifest, self._app = slack, person, manifest, app
        self._last_question: Callable[[], None] | None = None

    def do(self, request: Json) -> Json:
        """Do the action named by `do`.  Raises LookupError or TypeError for an unknown action or argument."""
        arguments = dict(request)
        name = arguments.pop("do")
        if name not in _ACTIONS:
            raise LookupError(name)
        return getattr(self, name)(**arguments) or {}

    def repeat_last_question(self) -> None:
        if self._last_question:
            self._last_question()

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> None:
        """A message in a conversation, or a command."""
        place, text = self.workspace.channel(channel), text.strip()
        if text.startswith("/"):
            self._command(place, text, thread_ts)
        elif text:
            self._last_question = lambda: self.say(channel, text)
            self._message(place, text, thread_ts)

    def _message(self, channel: Channel, text: str, thread_ts: str | None) -> None:
        message, mentions = self.post_as(channel.id, self._person.id, text, thread_ts)
        keys = ("user", "text", "ts", "team", "channel", "thread_ts")
        inner = {key: message[key] for key in keys if key in message}
        if channel.kind == "im":
            self._event({"type": "message", "channel_type": "im", **inner}, message)
        elif BOT_USER in mentions:
            self._event({"type": "app_mention", **inner}, message)

    def _command(self, channel: Channel, text: str, thread_ts: str | None) -> None:
        name, _, rest = text.partition(" ")
        if thread_ts:
            raise SlackError("Slack does not run commands in threads: mention the bot instead")
        commands = [command["command"] for command in self._manifest["features"]["slash_commands"]]
        if name not in commands:
            raise SlackError(f"{name} is not a command of this app: try {commands[0]}")
        self._last_question = lambda: self.say(channel.id, text)
        response_url = self._slack.new_response_url(channel.id)
        payload = payloads.command(name, rest.strip(), channel, self._person, response_url)
        # Slack does not show this line; here it says what the answer belongs to.
        self.workspace.post_by_person(
            channel.id, self._person.id, payloads.escape(text), private=True, request=payload, question=rest
        )  # fmt: skip
        if answer := self._send(payload):
            message = {"text": answer} if isinstance(answer, str) else answer
            self.workspace.post_by_bot({**message, "channel": channel.id}, only_for=self._person.id)

    def post_as(
        self, channel: str, person: str, text: str, thread_ts: str | None = None
    ) -> tuple[Json, list[str]]:
        """Post a person's message; returns it, and the users that it mentions."""
        names = {known.name.lower(): known.id for known in self.workspace.people.values()}
        bot_name = self._manifest["features"]["bot_user"]["display_name"].lower()
        text, mentions, links = payloads.read_typed(text, names | {bot_name: BOT_USER})
        message = self.workspace.post_by_person(channel, person, text, thread_ts)
        self._share_links(message, links)
        return message, mentions

    def press(self, where: Json, block_id: str, action_id: str, picked: Json, state: Json) -> None:
        """Use a button or another element, in a message, an unfurled link or a view."""
        element, context = self._component(where, block_id, action_id, state)
        used = payloads.action(element, block_id, picked)
        self._interact("block_actions", actions=[used], **context)

    def suggest(self, where: Json, block_id: str, action_id: str, value: str, state: Json) -> Json:
        """The options for what has been typed."""
        _, context = self._component(where, block_id, action_id, state)
        context.pop("response_url", None)
        typed = {"action_id": action_id, "block_id": block_id, "value": value}
        answer = self._interact("block_suggestion", **typed, **context)
        if not isinstance(answer, dict) or options_problems(answer):
            raise SlackError("the bot gave no options that Slack takes")
        return answer

    def submit(self, view: str, state: Json) -> Json:
        """Submit a modal; the result may hold `errors` by block."""
        shown = self._view(view)
        submitted = {"view": _with_state(shown, state), "response_urls": self._response_urls(shown, state)}
        answer = self._interact("view_submission", **submitted) or {}
        if answer.get("response_action") == "errors":
            return {"errors": answer["errors"]}
        if answer.get("response_action") == "update":
            self.workspace.update_view(view, answer["view"])
        else:
            self.workspace.close_view()
        return {}

    def _response_urls(self, view: Json, state: Json) -> list[Json]:
        """Response URLs for the conversations that were chosen in a modal."""
        urls = []
        for block in view["blocks"]:
            element = block.get("element") or {}
            chosen = state.get(block["block_id"], {}).get(element.get("action_id"), {})
            if element.get("response_url_enabled") and chosen.get("selected_conversation"):
                channel = self.workspace.channel(chosen["selected_conversation"]).id
                urls.append({"channel_id": channel, "response_url": self._slack.new_response_url(channel)})
        return urls

    def close(self, view: str) -> None:
        """Close a modal without submitting it."""
        self._view(view)
        self.workspace.close_view()

    def shortcut(self, callback_id: str) -> None:
        """A global shortcut."""
        self._interact("shortcut", callback_id=callback_id, action_ts=self.workspace.new_ts())

    def message_shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """A shortcut from a message's menu."""
        place, message = self.workspace.channel(channel), self.workspace.find(channel, ts)
        if message is None or message.get("is_ephemeral"):
            raise SlackError("Slack offers no shortcuts on messages that only you see")
        self._interact(
            "message_action",
            callback_id=callback_id,
            action_ts=self.workspace.new_ts(),
            channel={"id": place.id, "name": place.name},
            message_ts=ts,
            message=as_slack_has_it(message),
            response_url=self._slack.new_response_url(place.id, None, message.get("thread_ts")),
        )

    def open_app(self, tab: str) -> None:
        """Open the app's Home or its messages."""
        person = self._person.id
        messages = next(c.id for c in self.workspace.channels.values() if c.person == person)
        home = self.workspace.homes.get(person)
        view = {"view": as_slack_has_it(home)} if tab == "home" and home else {}
        self._event({"type": "app_home_opened", "user": person, "channel": messages, "tab": tab, **view})

    def run_step(self, callback_id: str, inputs: Json) -> Json:
        """Run a workflow's step; its outcome is announced with the id that is returned."""
        execution = f"Fx{secrets.token_hex(6)}"
        function = {"id": "Fn1", "callback_id": callback_id, "type": "app", "app_id": APP}
        self._event({
            "type": "function_executed", "function": function, "inputs": inputs, "function_execution_id": execution,
            "workflow_execution_id": "Wx1", "bot_access_token": self._slack.bot_token,
        })  # fmt: skip
        return {"id": execution}

    # Parts of what a person does

    def _view(self, view_id: str) -> Json:
        view = self.workspace.view(view_id)
        if view is None:
            raise SlackError("this view has been closed")
        return view

    def _component(self, where: Json, block_id: str, action_id: str, state: Json) -> tuple[Json, Json]:
        """An element, and what Slack sends about the place it is in."""
        if "view" in where:
            view = self._view(where["view"])
            blocks: list[Json] = view["blocks"]
            container = {"type": "view", "view_id": view["id"]}
            context: Json = {"container": container, "view": _with_state(view, state)}
        else:
            blocks, context = self._message_component(where, state)
        elements = (e for block in blocks if block["block_id"] == block_id for e in elements_of(block))
        element = next((e for e in elements if e.get("action_id") == action_id), None)
        if element is None:
            raise SlackError("this element no longer exists")
        return element, context

    def _message_component(self, where: Json, state: Json) -> tuple[list[Json], Json]:
        channel, ts = self.workspace.channel(where["channel"]), str(where["ts"])
        message = self.workspace.find(channel.id, ts)
        if message is None:
            raise SlackError("this message has been deleted")
        thread, private = message.get("thread_ts"), bool(message.get("is_ephemeral"))
        container: Json = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel.id,
            "is_ephemeral": private,
        }
        blocks = message.get("blocks", [])
        if url := where.get("unfurl"):
            blocks = next((a["blocks"] for a in message.get("attachments", ()) if a["from_url"] == url), [])
            unfurl = {"attachment_id": 1, "is_app_unfurl": True, "app_unfurl_url": url}
            container |= {"type": "message_attachment", **unfurl}
        if thread:
            container["thread_ts"] = thread
        return blocks, {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": state},
            "response_url": self._slack.new_response_url(channel.id, ts, thread),
            **({} if private else {"message": as_slack_has_it(message)}),  # Slack sends no private messages
        }

    def _share_links(self, message: Json, links: list[str]) -> None:
        domains = tuple(f".{domain}" for domain in self._manifest["features"]["unfurl_domains"])
        hosts = {url: urlsplit(url).hostname or "" for url in links}
        shared = [{"url": u, "domain": host} for u, host in hosts.items() if f".{host}".endswith(domains)]
        if shared:
            place: Json = {key: message[key] for key in ("user", "channel", "thread_ts") if key in message}
            self._event({"type": "link_shared", "message_ts": message["ts"], "links": shared, **place})

    def _event(self, inner: Json, message: Json | None = None) -> None:
        """Send an event; the message that caused it keeps the payload, to be shown with it."""
        payload = payloads.event({"event_ts": self.workspace.new_ts(), **inner})
        if message is not None:
            self.workspace.add_to(message, request=payload, question=message["text"])
        self._send(payload)

    def _interact(self, kind: str, **more: Any) -> Any:
        return self._send(payloads.interaction(kind, self._person, **more))

    def _send(self, payload: Json) -> Any:
        """Give the bot a request, as Socket Mode would; returns what it answered, parsed if that is JSON."""
        request = BoltRequest(body=json.loads(json.dumps(payload)), mode="socket_mode")
        response = self._app.dispatch(request)  # waits three seconds for an acknowledgement, as Slack does
        if response.status != 200:
            raise SlackError(f"the bot did not acknowledge this: {response.status} {response.body[:200]}")
        return json.loads(response.body) if response.body.startswith("{") else response.body


def _with_state(view: Json, state: Json) -> Json:
    """A view as Slack sends it to the bot."""
    return {**as_slack_has_it(view), "state": {"values": state}}
