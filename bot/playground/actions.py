"""What a person can do at the page, and what Slack does about it: requests to the bot, and its rules for them.

Belongs here: which request an action becomes, and what is made of the bot's answer to it.  Does not belong
here: the requests' bodies (`requests`), what exists (`workspace`), the page and its server (`server`).
"""

from __future__ import annotations

import contextlib
import http.client
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from bot.playground import requests
from bot.playground.requests import Request
from bot.playground.stand_in import StandIn
from bot.playground.workspace import (
    APP,
    BOT_USER,
    Channel,
    Json,
    Person,
    Refused,
    new_trigger,
)
from bot.slack.manifest import EVENTS_PATH

ACK_SECONDS = 3.0  # what Slack waits
OPTIONS = 100  # that a type-ahead may give at once


class Actions:
    """Everything that the page can ask for, done as `person`.

    Requests go to `address` (host and port), signed with `secret`.  Each action raises Refused, in words,
    for what Slack would not do, and where the bot does not answer as Slack wants it to.
    """

    def __init__(
        self,
        stand_in: StandIn,
        person: Person,
        manifest: Mapping[str, Any],
        address: tuple[str, int],
        secret: str,
    ) -> None:
        self.workspace = stand_in.workspace
        self._stand_in = stand_in
        self._person = person
        self._manifest = manifest
        self._address = address
        self._secret = secret
        self._bot_name = str(manifest["features"]["bot_user"]["display_name"])
        channels = self.workspace.channels.values()
        self._messages = next(c.id for c in channels if c.kind == "im" and c.person == person.id)
        self._last: Callable[[], Any] | None = None

    def do(self, wish: Json) -> Json:
        """What the page asks for, by the name in `do`.  Raises Refused, and LookupError or TypeError for what makes no sense."""
        return _DOING[wish["do"]](self, wish) or {}

    def repeat_last_question(self) -> None:
        """Ask again what was asked last, where anything was."""
        if self._last:
            self._last()

    def say(self, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        """A message in a conversation, or a command.  Raises Refused."""
        channel = self.workspace.channel(channel_id)
        text = text.strip()
        if not text:
            return
        if text.startswith("/"):
            self._command(channel, text, thread_ts)
            return
        self._last = lambda: self.say(channel_id, text)
        names = {p.name.lower(): p.id for p in self.workspace.people.values()} | {
            self._bot_name.lower(): BOT_USER
        }
        typed = requests.read_typed(text, names)
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
            raise Refused("Slack does not run commands in threads: mention the bot instead")
        commands = [command["command"] for command in self._manifest["features"]["slash_commands"]]
        if name not in commands:
            raise Refused(f"{name} is not a command of this app: try {commands[0]}")
        self._last = lambda: self.say(channel.id, text)
        request = requests.command(
            name, rest.strip(), channel, self._person, self._stand_in.new_response_url(channel.id)
        )
        # Slack shows no such line; here it says what the answer belongs to.
        self.workspace.post_by_person(
            channel.id,
            self._person.id,
            requests.entities(text),
            private=True,
            request=request.content,
            question=rest,
        )
        answer = self._ask_bot(request)
        if answer:
            told = {"text": answer} if isinstance(answer, str) else answer
            private = told.get("response_type") != "in_channel"
            self.workspace.post_by_bot(
                {**told, "channel": channel.id}, only_for=self._person.id if private else None
            )

    def overhear(self, channel_id: str, person_id: str, text: str) -> None:
        """A message that somebody else writes, which is not for the bot."""
        channel = self.workspace.channel(channel_id)
        typed = requests.read_typed(text, {})
        message = self.workspace.post_by_person(channel.id, person_id, typed.text, blocks=typed.blocks)
        self._share_links(channel, message, typed.links)

    def press(
        self,
        where: Mapping[str, Any],
        block_id: str,
        action_id: str,
        picked: Mapping[str, Any],
        state: Mapping[str, Any],
    ) -> None:
        """Use a button or another element, in a message, an unfurled link or a view.  Raises Refused."""
        content, about = self._component(where, state)
        element = find_element(content, block_id, action_id)
        if element is None:
            raise Refused("this is no longer there")
        said = requests.action(element, block_id, picked)
        request = requests.interaction(
            "block_actions", self._person, trigger_id=new_trigger(), actions=[said], **about
        )
        self._ask_bot(request)

    def suggest(
        self, where: Mapping[str, Any], block_id: str, action_id: str, value: str, state: Mapping[str, Any]
    ) -> Json:
        """The options for what was typed so far.  Raises Refused."""
        content, about = self._component(where, state)
        if find_element(content, block_id, action_id) is None:
            raise Refused("this is no longer there")
        about.pop("response_url", None)
        request = requests.interaction(
            "block_suggestion", self._person, action_id=action_id, block_id=block_id, value=value, **about
        )
        answer = self._ask_bot(request)
        if not isinstance(answer, dict) or not ({"options", "option_groups"} & answer.keys()):
            raise Refused("the bot gave no options")
        offered = answer.get("options") or answer.get("option_groups") or []
        if len(offered) > OPTIONS:
            raise Refused(f"{len(offered)} options: Slack takes {OPTIONS}")
        return answer

    def submit(self, view_id: str, state: Mapping[str, Any]) -> Json:
        """Submit a modal; the result may hold `errors` by block.  Raises Refused."""
        view = self._view(view_id)
        addresses = []
        for block in view["blocks"]:
            element = block.get("element") or {}
            picked = (state.get(block["block_id"]) or {}).get(element.get("action_id")) or {}
            chosen = picked.get("selected_conversation") or picked.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                self.workspace.channel(chosen)
                addresses.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": chosen,
                        "response_url": self._stand_in.new_response_url(chosen),
                    }
                )
        request = requests.interaction(
            "view_submission",
            self._person,
            trigger_id=new_trigger(),
            view=_told(view, state),
            response_urls=addresses,
        )
        answer = self._ask_bot(request)
        told = answer if isinstance(answer, dict) else {}
        match told.get("response_action"):
            case "errors":
                inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
                if unknown := told["errors"].keys() - inputs:
                    raise Refused(f"errors for blocks that are no inputs: {', '.join(unknown)}")
                return {"errors": told["errors"]}
            case "update":
                self.workspace.update_view(view_id, "", "", told["view"])
            case "push":
                self.workspace.put_on_stack(told["view"], keep=True)
            case "clear":
                self.workspace.close_views(len(self.workspace.stack))
            case _:
                if self.workspace.view(view_id):
                    self.workspace.close_views(1)
        return {}

    def close(self, view_id: str) -> None:
        """Close a modal without submitting it.  Raises Refused."""
        view = self._view(view_id)
        everything = bool(view.get("clear_on_close"))
        self.workspace.close_views(len(self.workspace.stack) if everything else 1)
        if view.get("notify_on_close"):
            request = requests.interaction(
                "view_closed", self._person, view=_told(view, {}), is_cleared=everything
            )
            self._ask_bot(request)

    def shortcut(self, callback_id: str) -> None:
        """A global shortcut.  Raises Refused."""
        request = requests.interaction(
            "shortcut",
            self._person,
            callback_id=callback_id,
            trigger_id=new_trigger(),
            action_ts=self.workspace.new_ts(),
        )
        self._ask_bot(request)

    def message_shortcut(self, callback_id: str, channel_id: str, ts: str) -> None:
        """A shortcut from a message's menu.  Raises Refused."""
        channel, message = self.workspace.channel(channel_id), self.workspace.find(channel_id, ts)
        if message is None or message.get("is_ephemeral"):
            raise Refused("Slack offers no shortcuts on messages that only you see")
        request = requests.interaction(
            "message_action",
            self._person,
            callback_id=callback_id,
            trigger_id=new_trigger(),
            action_ts=self.workspace.new_ts(),
            channel={"id": channel.id, "name": channel.name},
            message_ts=ts,
            message=without_ours(message),
            response_url=self._stand_in.new_response_url(channel.id, None, message.get("thread_ts")),
        )
        self._ask_bot(request)

    def open_app(self, tab: str) -> None:
        """A look at the app's Home or its messages."""
        if "app_home_opened" not in self._manifest["settings"]["event_subscriptions"]["bot_events"]:
            return
        inner: Json = {
            "type": "app_home_opened", "user": self._person.id, "channel": self._messages, "tab": tab,
            "event_ts": self.workspace.new_ts(),
        }  # fmt: skip
        if tab == "home" and (home := self.workspace.homes.get(self._person.id)):
            inner["view"] = without_ours(home)
        self._event(inner)

    def run_step(self, callback_id: str, inputs: Mapping[str, Any]) -> str:
        """A workflow's step, as Workflow Builder would run it; returns its execution's id.  The outcome is announced."""
        execution = f"Fx{secrets.token_hex(6)}"
        step = self._manifest["functions"][callback_id]
        self._event(
            {
                "type": "function_executed",
                "function": {
                    "id": "Fn1", "callback_id": callback_id, "title": step["title"], "type": "app",
                    "input_parameters": [
                        {"name": name, **about} for name, about in step.get("input_parameters", {}).items()
                    ],
                    "output_parameters": [
                        {"name": name, **about} for name, about in step.get("output_parameters", {}).items()
                    ],
                    "app_id": APP,
                },
                "function_execution_id": execution,
                "workflow_execution_id": f"Wx{secrets.token_hex(6)}",
                "inputs": dict(inputs),
                "bot_access_token": self._stand_in.bot_token,
                "event_ts": self.workspace.new_ts(),
            }
        )  # fmt: skip
        return execution

    # Parts of what a person does

    def _view(self, view_id: str) -> Json:
        view = self.workspace.view(view_id)
        if view is None:
            raise Refused("this view has been closed")
        return view

    def _component(self, where: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[Any, Json]:
        """The blocks that an element stands among, and what Slack says of the place."""
        if "view" in where:
            view = self._view(where["view"])
            return view["blocks"], {
                "container": {"type": "view", "view_id": view["id"]},
                "view": _told(view, state),
            }
        channel, ts = self.workspace.channel(where["channel"]), str(where["ts"])
        message = self.workspace.find(channel.id, ts)
        if message is None:
            raise Refused("this message has gone")
        thread, private = message.get("thread_ts"), bool(message.get("is_ephemeral"))
        container: Json = {
            "type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": private,
        }  # fmt: skip
        content = message.get("blocks", [])
        if url := where.get("unfurl"):
            content = next((a["blocks"] for a in message.get("attachments", ()) if a["from_url"] == url), [])
            container |= {"type": "message_attachment", "attachment_id": 1, "is_app_unfurl": True, "app_unfurl_url": url}  # fmt: skip
        if thread:
            container["thread_ts"] = thread
        about: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": dict(state)},
            "response_url": self._stand_in.new_response_url(channel.id, ts, thread),
        }
        if not private:
            about["message"] = without_ours(message)  # Slack sends none for private messages
        return content, about

    def _share_links(self, channel: Channel, message: Json, links: Iterable[str]) -> None:
        domains = self._manifest["features"].get("unfurl_domains", [])
        shared = [
            {"url": requests.entities(url), "domain": host}
            for url in links
            if any((host := urlsplit(url).hostname or "") == d or host.endswith(f".{d}") for d in domains)
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
        """Send an event; the message that caused it keeps the request, to be shown with it."""
        request = requests.event(inner, f"Ev{secrets.token_hex(6)}")
        if message is not None:
            self.workspace.add_to(message, request=request.content)
        self._ask_bot(request)

    def _ask_bot(self, request: Request) -> Any:
        """Send a signed request to the bot's own route; returns what it answered, parsed where that is JSON.

        Raises Refused where it does not answer as Slack wants it to.
        """
        headers = requests.signed_headers(request.body, request.kind, self._secret)
        connection = http.client.HTTPConnection(*self._address, timeout=ACK_SECONDS)
        try:
            with contextlib.closing(connection):
                connection.request("POST", EVENTS_PATH, request.body.encode(), headers)
                response = connection.getresponse()
                body = response.read().decode()
        except TimeoutError:
            raise Refused(f"the bot did not acknowledge within {ACK_SECONDS:.0f} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"the bot cannot be reached: {error}") from None
        if response.status != HTTPStatus.OK:
            raise Refused(f"the bot answered {response.status}: {body[:200]}")
        try:
            return json.loads(body) if body else None
        except ValueError:
            return body


_DOING: Mapping[str, Callable[[Actions, Json], Any]] = {
    "say": lambda acts, wish: acts.say(wish["channel"], str(wish["text"]), wish.get("thread_ts")),
    "press": lambda acts, wish: acts.press(
        wish["where"], wish["block_id"], wish["action_id"], wish.get("picked", {}), wish.get("state", {})
    ),
    "suggest": lambda acts, wish: acts.suggest(
        wish["where"], wish["block_id"], wish["action_id"], str(wish["value"]), wish.get("state", {})
    ),
    "submit": lambda acts, wish: acts.submit(wish["view"], wish.get("state", {})),
    "close": lambda acts, wish: acts.close(wish["view"]),
    "shortcut": lambda acts, wish: acts.shortcut(wish["callback_id"]),
    "message_shortcut": lambda acts, wish: acts.message_shortcut(
        wish["callback_id"], wish["channel"], wish["ts"]
    ),
    "open_app": lambda acts, wish: acts.open_app(wish["tab"]),
    "run_step": lambda acts, wish: {"id": acts.run_step(wish["callback_id"], wish["inputs"])},
}


def find_element(node: Any, block_id: str, action_id: str) -> Json | None:
    """The element with that action in the block with that id, however deep either stands."""
    if isinstance(node, list):
        return next((f for item in node if (f := find_element(item, block_id, action_id))), None)
    if not isinstance(node, dict):
        return None
    if node.get("block_id") == block_id:
        return _element(node, action_id)
    return next((f for value in node.values() if (f := find_element(value, block_id, action_id))), None)


def _element(node: Any, action_id: str) -> Json | None:
    if isinstance(node, list):
        return next((f for item in node if (f := _element(item, action_id))), None)
    if not isinstance(node, dict):
        return None
    if node.get("action_id") == action_id:
        return node
    return next((f for value in node.values() if (f := _element(value, action_id))), None)


def _told(view: Json, state: Mapping[str, Any]) -> Json:
    """A view as Slack sends it to the bot."""
    return {**without_ours(view), "state": {"values": dict(state)}}


def without_ours(thing: Json) -> Json:
    """A message or view without what only the playground keeps with it."""
    ours = ("sent", "only_for", "request", "question")
    return {key: value for key, value in thing.items() if key not in ours}
