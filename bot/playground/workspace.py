"""A workspace in memory: conversations, messages, views, and the stream of their changes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Subscriber: TypeAlias = Callable[[Json], None]

TEAM, BOT_USER, BOT_ID, APP = "T0TEAM", "U0BOT", "B0BOT", "A0APP"
PERSON = "U1ANNA"

# Fields of messages and views that only the playground has.
_OURS = {"sent", "request", "question"}


class SlackError(Exception):
    """Slack refuses this: `error` is its code, `details` name what is wrong with the request."""

    def __init__(self, error: str, details: Iterable[str] = ()) -> None:
        self.error, self.details = error, list(details)
        super().__init__(": ".join([error, *self.details]))


@dataclass(frozen=True)
class Channel:
    """A conversation: a channel (`kind` "channel"), or a direct message ("im")."""

    id: str
    name: str
    kind: str = "channel"
    purpose: str = ""


def as_slack_has_it(thing: Json) -> Json:
    """A message or view without the fields that only the playground has."""
    return {key: value for key, value in thing.items() if key not in _OURS}


class Workspace:
    """One workspace with one bot, for several threads; methods raise SlackError for what does not exist."""

    def __init__(self, channels: Iterable[Channel], users: Mapping[str, str]) -> None:
        self.channels = {channel.id: channel for channel in channels}
        self.users = users  # their names by id
        self.messages: dict[str, list[Json]] = {channel: [] for channel in self.channels}
        self.homes: dict[str, Json] = {}
        self.modal: Json | None = None  # the open one
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._lock = threading.RLock()
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Json:
        """Everything there is now; `subscriber` gets each later change.  It must not block."""
        with self._lock:
            self._subscribers.append(subscriber)
            messages = [dict(m) for channel in self.messages.values() for m in channel]
            return {"messages": messages, "homes": dict(self.homes), "modal": self.modal}

    def unsubscribe(self, subscriber: Subscriber) -> None:
        with self._lock:
            self._subscribers.remove(subscriber)

    def announce(self, change: str, **data: Any) -> None:
        """Give subscribers a change, with its kind in `change`."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber({"change": change, **data})

    def new_ts(self) -> str:
        """A message's timestamp and name: later than every one before it."""
        with self._lock:
            self._last_ts = max(self._last_ts + 1, int(time.time() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: str) -> Channel:
        if channel_id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel_id]

    def find(self, channel: str, ts: str) -> Json:
        for message in list(self.messages[self.channel(channel).id]):
            if message["ts"] == ts:
                return message
        raise SlackError("cannot_find_message")

    def add(self, channel: str, user: str, text: str, **more: Any) -> Json:
        """A new message, with `text` escaped as Slack escapes it; `more` that is empty is left out."""
        with self._lock:
            place = {"ts": self.new_ts(), "team": TEAM, "channel": self.channel(channel).id}
            message: Json = {"type": "message", **place, "user": user, "text": text}
            message |= {name: value for name, value in more.items() if value}
            self.messages[channel].append(message)
            self.announce("message", message=dict(message))
            return message

    def change(self, message: Json, **more: Any) -> None:
        with self._lock:
            message.update(more)
            self.announce("message", message=dict(message))

    def remove(self, message: Json) -> None:
        with self._lock:
            self.messages[message["channel"]].remove(message)
            self.announce("deleted", channel=message["channel"], ts=message["ts"])

    def show(self, modal: Json | None) -> None:
        """Show this modal, or none."""
        with self._lock:
            self.modal = modal
            self.announce("modal", modal=modal)

    def publish(self, user: str, home: Json) -> None:
        with self._lock:
            self.homes[user] = home
            self.announce("home", user=user, view=home)

    def view(self, view_id: str) -> Json:
        """The open modal or a published Home."""
        for view in [self.modal, *self.homes.values()]:
            if view and view["id"] == view_id:
                return view
        raise SlackError("not_found")

    def new_id(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}"

    def with_ids(self, blocks: Iterable[Mapping[str, Any]]) -> list[Json]:
        """The blocks with the ids that Slack gives to those without one."""
        return [{**block, "block_id": block.get("block_id") or self.new_id("b")} for block in blocks]
