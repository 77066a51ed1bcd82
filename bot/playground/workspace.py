"""A workspace in memory with Slack's rules: conversations, messages and views."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bot.playground.block_validation import message_problems, view_problems

Json: TypeAlias = dict[str, Any]
Subscriber: TypeAlias = Callable[[Json | None], None]

TEAM, BOT_USER, BOT_ID, APP = "T0TEAM", "U0BOT", "B0BOT", "A0APP"
PERSON = "U1ANNA"

# What the playground keeps with a message or a view, and Slack does not have.
_OURS = {"sent", "only_for", "request", "question"}


class SlackError(Exception):
    """Slack refuses this: `error` is its code, `details` name what is wrong with the request."""

    def __init__(self, error: str, details: Iterable[str] = ()) -> None:
        self.error, self.details = error, list(details)
        super().__init__(": ".join([error, *self.details]))


@dataclass(frozen=True)
class Channel:
    """A conversation; `person` is the other side of a direct message with the bot."""

    id: str
    name: str
    kind: Literal["channel", "im"] = "channel"
    bot_is_member: bool = True
    person: str | None = None
    purpose: str = ""


@dataclass(frozen=True)
class Person:
    id: str
    name: str


def new_trigger() -> str:
    return f"1.2.{secrets.token_hex(6)}"


def as_slack_has_it(thing: Json) -> Json:
    """A message or view without what only the playground keeps with it."""
    return {key: value for key, value in thing.items() if key not in _OURS}


def elements_of(block: Mapping[str, Any]) -> list[Json]:
    """The interactive elements of a block."""
    elements = block.get("elements", ()) if block["type"] in ("actions", "context_actions") else ()
    return [element for element in (block.get("accessory"), block.get("element"), *elements) if element]


class Workspace:
    """One workspace with one bot in it; safe to use from several threads.

    The methods that do what the bot or the person asks for raise SlackError.
    """

    def __init__(
        self, channels: Iterable[Channel], people: Iterable[Person] = (Person(PERSON, "Anna"),)
    ) -> None:
        self.channels = {channel.id: channel for channel in channels}
        self.people = {person.id: person for person in people}
        self.messages: dict[str, list[Json]] = {channel: [] for channel in self.channels}
        self.homes: dict[str, Json] = {}
        self.stack: list[Json] = []  # the open modal, if any
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._lock = threading.RLock()
        self._subscribers: list[Subscriber] = []

    # Changes

    def subscribe(self, subscriber: Subscriber) -> Json:
        """Everything there is now; `subscriber` gets each later change, and None at the end.  It must not block."""
        with self._lock:
            self._subscribers.append(subscriber)
            messages = [dict(m) for channel in self.messages.values() for m in channel]
            return {"messages": messages, "homes": dict(self.homes), "stack": list(self.stack)}

    def unsubscribe(self, subscriber: Subscriber) -> None:
        with self._lock, contextlib.suppress(ValueError):
            self._subscribers.remove(subscriber)

    def announce(self, change: str, **data: Any) -> None:
        """Give subscribers a change, with its kind in `change`."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber({"change": change, **data})

    def end(self) -> None:
        """End all subscriptions."""
        for subscriber in self._subscribers:
            subscriber(None)

    # Messages

    def new_ts(self) -> str:
        """A message's timestamp and name: later than every one before it."""
        with self._lock:
            self._last_ts = max(self._last_ts + 1, int(time.time() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: str, *, post_as_bot: bool = False) -> Channel:
        """The conversation with this id; the bot may also name a person for the direct messages with them."""
        channel = self.channels.get(channel_id)
        if channel is None and post_as_bot:
            channel = next((c for c in self.channels.values() if c.person == channel_id), None)
        if channel is None:
            raise SlackError("channel_not_found")
        if post_as_bot and not channel.bot_is_member:
            raise SlackError("channel_not_found" if channel.kind == "im" else "not_in_channel")
        return channel

    def find(self, channel: str, ts: str) -> Json | None:
        with self._lock:
            return next((m for m in self.messages.get(channel, ()) if m["ts"] == ts), None)

    def post_by_person(
        self, channel: str, person: str, text: str, thread_ts: str | None = None, *, private: bool = False, **more: Any
    ) -> Json:  # fmt: skip
        """A person's message, with `text` escaped as Slack escapes it; `more` is kept with it."""
        content = {"user": person, "text": text, **more}
        return self._add(content, self.channel(channel).id, thread_ts, person if private else None)

    def add_to(self, message: Json, **more: Any) -> None:
        """Keep something with a message."""
        with self._lock:
            message.update(more)
            self.announce("message", message=dict(message))

    def post_by_bot(self, arguments: Mapping[str, Any], *, only_for: str | None = None) -> Json:
        """chat.postMessage, or the answer to a command with `only_for`."""
        channel = self.channel(str(arguments.get("channel", "")), post_as_bot=True)
        return self._add(self._content(arguments), channel.id, arguments.get("thread_ts"), only_for)

    def unfurl(self, channel: str, ts: str, unfurls: Mapping[str, Json]) -> None:
        """chat.unfurl for a posted message."""
        message = self.find(channel, ts)
        if message is None:
            raise SlackError("cannot_find_message")
        if unknown := [url for url in unfurls if url not in message["text"]]:
            raise SlackError("cannot_unfurl_url", unknown)
        attachments = []
        for url, unfurl in unfurls.items():
            blocks = self._content({"text": "-", **unfurl})["blocks"]
            attachment = {"from_url": url, "app_unfurl_url": url, "is_app_unfurl": True, "bot_id": BOT_ID}
            attachments.append({**attachment, "blocks": blocks})
        self.add_to(message, attachments=attachments)

    def _content(self, arguments: Mapping[str, Any]) -> Json:
        """What a message of the bot holds."""
        if found := message_problems(arguments):
            raise SlackError("invalid_blocks", found)
        blocks = {"blocks": self._with_ids(arguments["blocks"])} if arguments.get("blocks") else {}
        author = {"user": BOT_USER, "bot_id": BOT_ID, "app_id": APP}
        return {**author, "text": arguments.get("text", ""), "sent": dict(arguments), **blocks}

    def _add(self, content: Json, channel: str, thread_ts: str | None, only_for: str | None) -> Json:
        with self._lock:
            message = {"type": "message", "ts": self.new_ts(), "team": TEAM, "channel": channel, **content}
            if only_for:
                message |= {"is_ephemeral": True, "only_for": only_for}
            if thread_ts:
                message["thread_ts"] = str(thread_ts)
            self.messages[channel].append(message)
            self.announce("message", message=dict(message))
            return message

    def _with_ids(self, blocks: Iterable[Mapping[str, Any]]) -> list[Json]:
        """The blocks with the ids that Slack gives to those without one."""
        return [{**block, "block_id": block.get("block_id") or f"b{next(self._numbers)}"} for block in blocks]

    def respond(
        self, channel: str, message_ts: str, thread_ts: str | None, arguments: Mapping[str, Any]
    ) -> None:
        """A post to a response URL, of a command or of a component in a message."""
        original = self.find(channel, message_ts)
        content = self._content(arguments)
        if arguments.get("delete_original"):
            if original is not None:
                with self._lock:
                    self.messages[channel].remove(original)
                    self.announce("deleted", channel=channel, ts=original["ts"])
        elif arguments.get("replace_original") and original is not None:
            with self._lock:
                original.pop("blocks", None)
                self.add_to(original, **content, edited={"user": BOT_USER, "ts": self.new_ts()})
        else:
            only_for = None if arguments.get("response_type") == "in_channel" else PERSON
            # A private answer appears where the person is, which may be a thread; a public one only where it says so.
            thread = arguments.get("thread_ts") or (thread_ts if only_for else None)
            self._add(content, self.channel(channel).id, thread, only_for)

    # Views

    def open_view(self, view: Mapping[str, Any]) -> Json:
        """views.open."""
        return self._show(self._made_view(view, "modal"))

    def update_view(self, view_id: str, view: Mapping[str, Any], view_hash: str = "") -> Json:
        """views.update."""
        with self._lock:
            old = next((v for v in self.stack if v["id"] == view_id), None)
            if old is None:
                raise SlackError("not_found")
            return self._show(self._made_view(view, "modal", old, view_hash))

    def close_view(self) -> None:
        self._show(None)

    def publish_home(self, user: str, view: Mapping[str, Any], view_hash: str = "") -> Json:
        """views.publish."""
        if user not in self.people:
            raise SlackError("user_not_found")
        with self._lock:
            self.homes[user] = self._made_view(view, "home", self.homes.get(user), view_hash)
            self.announce("home", user=user, view=self.homes[user])
            return self.homes[user]

    def view(self, view_id: str) -> Json | None:
        """An open modal or a published home."""
        with self._lock:
            return next((v for v in [*self.stack, *self.homes.values()] if v["id"] == view_id), None)

    def _show(self, view: Json | None) -> Json:
        with self._lock:
            self.stack = [view] if view else []
            self.announce("stack", stack=list(self.stack))
            return view or {}

    def _made_view(
        self, view: Mapping[str, Any], kind: str, old: Json | None = None, view_hash: str = ""
    ) -> Json:
        """A view as Slack keeps it, in the place of `old` if that still has the hash that the bot knows."""
        if view.get("type") != kind:
            raise SlackError("invalid_arguments", [f"view: type {view.get('type')!r}, not {kind}"])
        if found := view_problems(view):
            raise SlackError("invalid_blocks", found)
        if old and view_hash not in ("", old["hash"]):
            raise SlackError("hash_conflict")
        view_id = old["id"] if old else f"V{next(self._numbers)}"
        return {
            "private_metadata": "", "callback_id": "", "external_id": "", **view,
            "id": view_id, "root_view_id": view_id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID,
            "hash": f"{next(self._numbers)}.{secrets.token_hex(4)}", "blocks": self._with_ids(view["blocks"]),
            "sent": dict(view),
        }  # fmt: skip
