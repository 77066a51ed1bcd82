"""What a person can do on the page, and the requests to the bot that Slack makes of it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest

from bot.playground import payloads
from bot.playground.block_validation import options_problems
from bot.playground.payloads import Payload
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
    new_trigger,
)

ACK_SECONDS = 3.0  # how long Slack waits


class Actions:
    """Everything the page can ask for, done as `person`.

    Each action raises SlackError, in words, for what Slack would not do and where the bot does not answer as
    Slack expects.
    """

    def __init__(
        self, slack: FakeSlack, person: Person, manifest: Mapping[str, Any], app: App, signing_secret: str
    ) -> None:
        self.workspace = slack.workspace
        self._slack = slack
        self._person = person
        self._manifest = manifest
        self._app = app
        self._signing_secret = signing_secret
        self._bot_name = str(manifest["features"]["bot_user"]["display_name"])
        self._messages = next(c.id for c in self.workspace.channels.values() if c.person == person.id)
        self._last_question: Callable[[], None] | None = None

    def do(self, request: Json) -> Json:
        """The action named by `do`, with the rest as its arguments.  Raises LookupError or TypeError if there is none such."""
        arguments = dict(request)
        return _ACTIONS[arguments.pop("do")](self, **arguments) or {}

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
        names = {person.name.lower(): person.id for person in self.workspace.people.values()}
        typed = payloads.read_typed(text, names | {self._bot_name.lower(): BOT_USER})
        message = self.workspace.post_by_person(
            channel.id, self._person.id, typed.text, thread_ts, blocks=typed.blocks, question=typed.text
        )
        inner = {key: message[key] for key in ("user", "text", "ts", "team", "blocks")}
        inner |= {"channel": channel.id, "client_msg_id": secrets.token_hex(8)}
        if thread_ts:
            inner["thread_ts"] = thread_ts
        if channel.kind == "im":
            self._event({"type": "message", "channel_type": "im", **inner}, message)
        elif BOT_USER in typed.mentions:
            self._event({"type": "app_mention", **inner}, message)
        self._share_links(channel, message, typed.links)

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
        # Slack shows no such line; here it says what the answer belongs to.
        self.workspace.post_by_person(
            channel.id, self._person.id, payloads.escape(text), private=True, request=payload.content, question=rest
        )  # fmt: skip
        if answer := self._send(payload):
            message = {"text": answer} if isinstance(answer, str) else answer
            private = message.get("response_type") != "in_channel"
            self.workspace.post_by_bot(
                {**message, "channel": channel.id}, only_for=self._person.id if private else None
            )

    def post_as(self, channel: str, person: str, text: str) -> None:
        """A message of somebody else that is not for the bot."""
        typed = payloads.read_typed(text, {})
        message = self.workspace.post_by_person(channel, person, typed.text, blocks=typed.blocks)
        self._share_links(self.workspace.channel(channel), message, typed.links)

    def press(
        self,
        where: Json,
        block_id: str,
        action_id: str,
        picked: Json | None = None,
        state: Json | None = None,
    ) -> None:
        """Use a button or another element, in a message, an unfurled link or a view."""
        element, context = self._component(where, block_id, action_id, state)
        used = payloads.action(element, block_id, picked or {})
        self._interact("block_actions", trigger_id=new_trigger(), actions=[used], **context)

    def suggest(
        self, where: Json, block_id: str, action_id: str, value: str, state: Json | None = None
    ) -> Json:
        """The options for what has been typed."""
        _, context = self._component(where, block_id, action_id, state)
        context.pop("response_url", None)
        answer = self._interact(
            "block_suggestion", action_id=action_id, block_id=block_id, value=value, **context
        )
        if not isinstance(answer, dict) or (problems := options_problems(answer)):
            raise SlackError(
                "the bot gave no options that Slack takes", problems if isinstance(answer, dict) else ()
            )
        return answer

    def submit(self, view: str, state: Json | None = None) -> Json:
        """Submit a modal; the result may hold `errors` by block."""
        shown = self._view(view)
        answer = self._interact(
            "view_submission",
            trigger_id=new_trigger(),
            view=_with_state(shown, state),
            response_urls=self._response_urls(shown, state or {}),
        )
        answer = answer if isinstance(answer, dict) else {}
        match answer.get("response_action"):
            case "errors":
                inputs = {block["block_id"] for block in shown["blocks"] if block["type"] == "input"}
                if unknown := answer["errors"].keys() - inputs:
                    raise SlackError(f"errors for blocks that are not inputs: {', '.join(unknown)}")
                return {"errors": answer["errors"]}
            case "update":
                self.workspace.update_view(view, answer["view"])
            case _:
                self.workspace.close_view()
        return {}

    def _response_urls(self, view: Json, state: Json) -> list[Json]:
        """Response URLs for the conversations that were chosen in a modal."""
        urls = []
        for block in view["blocks"]:
            element = block.get("element") or {}
            chosen = (
                state.get(block["block_id"], {})
                .get(element.get("action_id"), {})
                .get("selected_conversation")
            )
            if element.get("response_url_enabled") and chosen:
                urls.append({
                    "block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen,
                    "response_url": self._slack.new_response_url(self.workspace.channel(chosen).id),
                })  # fmt: skip
        return urls

    def close(self, view: str) -> None:
        """Close a modal without submitting it."""
        self._view(view)
        self.workspace.close_view()

    def shortcut(self, callback_id: str) -> None:
        """A global shortcut."""
        self._interact(
            "shortcut", callback_id=callback_id, trigger_id=new_trigger(), action_ts=self.workspace.new_ts()
        )

    def message_shortcut(self, callback_id: str, channel: str, ts: str) -> None:
        """A shortcut from a message's menu."""
        place, message = self.workspace.channel(channel), self.workspace.find(channel, ts)
        if message is None or message.get("is_ephemeral"):
            raise SlackError("Slack offers no shortcuts on messages that only you see")
        self._interact(
            "message_action",
            callback_id=callback_id,
            trigger_id=new_trigger(),
            action_ts=self.workspace.new_ts(),
            channel={"id": place.id, "name": place.name},
            message_ts=ts,
            message=as_slack_has_it(message),
            response_url=self._slack.new_response_url(place.id, None, message.get("thread_ts")),
        )

    def open_app(self, tab: str) -> None:
        """Open the app's Home or its messages."""
        inner: Json = {
            "type": "app_home_opened", "user": self._person.id, "channel": self._messages, "tab": tab,
            "event_ts": self.workspace.new_ts(),
        }  # fmt: skip
        if tab == "home" and (home := self.workspace.homes.get(self._person.id)):
            inner["view"] = as_slack_has_it(home)
        self._event(inner)

    def run_step(self, callback_id: str, inputs: Json) -> Json:
        """A workflow's step, as Workflow Builder would run it; its outcome is announced with the id that is returned."""
        execution, step = f"Fx{secrets.token_hex(6)}", self._manifest["functions"][callback_id]
        parameters = {
            kind: [{"name": name, **about} for name, about in step.get(kind, {}).items()]
            for kind in ("input_parameters", "output_parameters")
        }
        function = {
            "id": "Fn1",
            "callback_id": callback_id,
            "title": step["title"],
            "type": "app",
            "app_id": APP,
        }
        self._event({
            "type": "function_executed", "function": {**function, **parameters}, "inputs": inputs,
            "function_execution_id": execution, "workflow_execution_id": f"Wx{secrets.token_hex(6)}",
            "bot_access_token": self._slack.bot_token, "event_ts": self.workspace.new_ts(),
        })  # fmt: skip
        return {"id": execution}

    # Parts of what a person does

    def _view(self, view_id: str) -> Json:
        view = self.workspace.view(view_id)
        if view is None:
            raise SlackError("this view has been closed")
        return view

    def _component(self, where: Json, block_id: str, action_id: str, state: Json | None) -> tuple[Json, Json]:
        """An element, and what Slack sends about the place it is in."""
        if "view" in where:
            view = self._view(where["view"])
            blocks: list[Json] = view["blocks"]
            context: Json = {
                "container": {"type": "view", "view_id": view["id"]}, "view": _with_state(view, state),
            }  # fmt: skip
        else:
            blocks, context = self._message_component(where, state)
        elements = (e for block in blocks if block["block_id"] == block_id for e in elements_of(block))
        element = next((e for e in elements if e.get("action_id") == action_id), None)
        if element is None:
            raise SlackError("this element no longer exists")
        return element, context

    def _message_component(self, where: Json, state: Json | None) -> tuple[list[Json], Json]:
        channel, ts = self.workspace.channel(where["channel"]), str(where["ts"])
        message = self.workspace.find(channel.id, ts)
        if message is None:
            raise SlackError("this message has been deleted")
        thread, private = message.get("thread_ts"), bool(message.get("is_ephemeral"))
        container: Json = {
            "type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": private,
        }  # fmt: skip
        blocks = message.get("blocks", [])
        if url := where.get("unfurl"):
            blocks = next((a["blocks"] for a in message.get("attachments", ()) if a["from_url"] == url), [])
            container |= {
                "type": "message_attachment", "attachment_id": 1, "is_app_unfurl": True, "app_unfurl_url": url,
            }  # fmt: skip
        if thread:
            container["thread_ts"] = thread
        context: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": state or {}},
            "response_url": self._slack.new_response_url(channel.id, ts, thread),
        }
        if not private:
            context["message"] = as_slack_has_it(message)  # Slack sends none for private messages
        return blocks, context

    def _share_links(self, channel: Channel, message: Json, links: Iterable[str]) -> None:
        domains = tuple(self._manifest["features"]["unfurl_domains"])
        hosts = {url: urlsplit(url).hostname or "" for url in links}
        shared = [
            {"url": payloads.escape(url), "domain": host}
            for url, host in hosts.items()
            if f".{host}".endswith(tuple(f".{domain}" for domain in domains))
        ]
        if shared:
            inner = {
                "type": "link_shared", "user": message["user"], "channel": channel.id, "message_ts": message["ts"], "links": shared,
                "source": "conversations_history", "unfurl_id": f"{channel.id}-{message['ts']}", "is_bot_user_member": True,
                "event_ts": self.workspace.new_ts(),
            }  # fmt: skip
            if "thread_ts" in message:
                inner["thread_ts"] = message["thread_ts"]
            self._event(inner)

    def _event(self, inner: Json, message: Json | None = None) -> None:
        """Send an event; the message that caused it keeps the payload, to be shown with it."""
        payload = payloads.event(inner, f"Ev{secrets.token_hex(6)}")
        if message is not None:
            self.workspace.add_to(message, request=payload.content)
        self._send(payload)

    def _interact(self, kind: str, **more: Any) -> Any:
        return self._send(payloads.interaction(kind, self._person, **more))

    def _send(self, payload: Payload) -> Any:
        """Send a signed request to the bot; returns what it answered, parsed if that is JSON."""
        request = BoltRequest(body=payload.body, headers=dict(payload.headers(self._signing_secret)))
        started = time.monotonic()
        response = self._app.dispatch(request)
        if time.monotonic() - started > ACK_SECONDS:
            raise SlackError(f"the bot did not acknowledge within {ACK_SECONDS:.0f} seconds")
        if response.status != 200:
            raise SlackError(f"the bot answered {response.status}: {response.body[:200]}")
        try:
            return json.loads(response.body) if response.body else None
        except ValueError:
            return response.body


_ACTIONS: Mapping[str, Callable[..., Json | None]] = {
    action.__name__: action
    for action in (
        Actions.say, Actions.press, Actions.suggest, Actions.submit, Actions.close, Actions.shortcut,
        Actions.message_shortcut, Actions.open_app, Actions.run_step,
    )
}  # fmt: skip


def _with_state(view: Json, state: Json | None) -> Json:
    """A view as Slack sends it to the bot."""
    return {**as_slack_has_it(view), "state": {"values": state or {}}}
