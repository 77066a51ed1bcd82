"""A workspace in memory, with Slack's rules: conversations, messages, views, response_urls, triggers.

Belongs here: what exists and what Slack would refuse.  Does not belong here: HTTP (`stand_in`,
`server`), what a person's action sends to the bot (`requests`), how anything looks (`static/`).

Everything is kept in the shapes of Slack's own JSON, so that what is shown is what the bot sent.
"""

from __future__ import annotations

import itertools
import queue
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bot.playground.block_validation import message_problems, view_problems

Json: TypeAlias = dict[str, Any]

TEAM, BOT_USER, BOT_ID, APP = "T0TEAM", "U0BOT", "B0BOT", "A0APP"
PERSON = "U1ANNA"
RESPONSE_URL_USES, RESPONSE_URL_SECONDS = 5, 30 * 60.0
TRIGGER_SECONDS = 3.0
VIEW_STACK = 3

# What a post has besides the message itself.
_ADDRESS = {"channel", "ts", "user", "as_user", "username", "icon_emoji", "icon_url", "link_names", "parse"}
_ANGLED = re.compile(r"<([^<>]*)>")
_ENTITY_TARGET = re.compile(r"(@[UW]\w+|#C\w*|!date\^|!subteam\^|https?://|mailto:|tel:)")
_BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")


class Refused(Exception):
    """Slack would not do this; `error` is its word for why, `details` are lines for whoever wrote the request."""

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
    archived: bool = False
    person: str | None = None
    purpose: str = ""


@dataclass(frozen=True)
class Person:
    id: str
    name: str


@dataclass
class _ResponseUrl:
    channel: str
    message_ts: str | None
    thread_ts: str | None
    made: float
    uses: int = 0


TEST_CHANNELS = (
    Channel("C1", "general"),
    Channel("D1", "UnionState", "im", person=PERSON),
    # A conversation of two people: commands and buttons work there, posting as the bot does not.
    Channel("D2", "bert", "im", bot_is_member=False),
)


def new_trigger() -> str:
    """A trigger_id that says when it was made, so that its age can be told without being remembered."""
    return f"{next(_trigger_numbers)}.{int(time.time() * 1000)}.{secrets.token_hex(6)}"


_trigger_numbers = itertools.count(1)


class Workspace:
    """One workspace with one bot in it; safe to use from several threads.

    Every change is given to whoever has subscribed, as a mapping with its `change` named.
    """

    def __init__(
        self,
        channels: Iterable[Channel] = TEST_CHANNELS,
        people: Iterable[Person] = (Person(PERSON, "Anna"),),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.channels = {channel.id: channel for channel in channels}
        self.people = {person.id: person for person in people}
        self.messages: dict[str, list[Json]] = {channel: [] for channel in self.channels}
        self.homes: dict[str, Json] = {}
        self.stack: list[Json] = []  # of modals, the one on top last
        self._clock = clock
        self._response_urls: dict[str, _ResponseUrl] = {}
        self._used_triggers: set[str] = set()
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self._lock = threading.RLock()
        self._feeds: list[queue.SimpleQueue[Json | None]] = []

    # Being watched

    def snapshot(self) -> Json:
        """All that there is to show."""
        with self._lock:
            return {
                "messages": [dict(m) for messages in self.messages.values() for m in messages],
                "homes": dict(self.homes),
                "stack": list(self.stack),
            }

    def subscribe(self) -> tuple[Json, queue.SimpleQueue[Json | None]]:
        """What there is now, and a queue of everything that changes from now on; None in it says that it has ended."""
        with self._lock:
            feed: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
            self._feeds.append(feed)
            return self.snapshot(), feed

    def unsubscribe(self, feed: queue.SimpleQueue[Json | None]) -> None:
        with self._lock:
            if feed in self._feeds:
                self._feeds.remove(feed)

    def announce(self, change: str, **data: Any) -> None:
        """Tell all who have subscribed."""
        with self._lock:
            for feed in self._feeds:
                feed.put({"change": change, **data})

    def end_feeds(self) -> None:
        """Nothing more will change: every subscriber gets None."""
        with self._lock:
            for feed in self._feeds:
                feed.put(None)
            self._feeds.clear()

    # Messages

    def new_ts(self) -> str:
        """A message's timestamp, which is its name too: later than every one before it."""
        with self._lock:
            self._last_ts = max(self._last_ts + 1, int(self._clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, channel_id: str, *, post_as_bot: bool = False) -> Channel:
        """The conversation.  Raises Refused for an unknown one, and where the bot may not post."""
        channel = self.channels.get(channel_id)
        if channel is None and post_as_bot and channel_id in self.people:
            # A person's id posts to the direct messages with the app.
            own = (c for c in self.channels.values() if c.person == channel_id and c.bot_is_member)
            channel = next((c for c in own if c.kind == "im"), None)
        if channel is None:
            raise Refused("channel_not_found")
        if post_as_bot and channel.archived:
            raise Refused("is_archived")
        if post_as_bot and not channel.bot_is_member:
            raise Refused("channel_not_found" if channel.kind == "im" else "not_in_channel")
        return channel

    def find(self, channel: str, ts: str) -> Json | None:
        with self._lock:
            return next((m for m in self.messages.get(channel, ()) if m["ts"] == ts), None)

    def post_by_person(
        self,
        channel: str,
        person: str,
        text: str,
        thread_ts: str | None = None,
        *,
        private: bool = False,
        **more: Any,
    ) -> Json:
        """What a person wrote, escaped as Slack escapes it; `more` is kept with it."""
        seen = {"is_ephemeral": True, "only_for": person} if private else {}
        return self._add({"user": person, "text": text, **seen, **more}, self.channel(channel).id, thread_ts)

    def add_to(self, message: Json, **more: Any) -> None:
        """Keep something with a message."""
        with self._lock:
            message.update(more)
            self.announce("message", message=dict(message))

    def post_by_bot(self, arguments: Mapping[str, Any], *, only_for: str | None = None) -> Json:
        """chat.postMessage, or chat.postEphemeral with `only_for`.  Raises Refused."""
        channel = self.channel(str(arguments.get("channel", "")), post_as_bot=True)
        return self._add_from_bot(arguments, channel.id, arguments.get("thread_ts"), only_for)

    def change_by_bot(self, arguments: Mapping[str, Any]) -> Json:
        """chat.update.  Raises Refused."""
        message = self._own_message(arguments)
        return self._replace(message, arguments)

    def delete_by_bot(self, arguments: Mapping[str, Any]) -> None:
        """chat.delete.  Raises Refused."""
        self._remove(self._own_message(arguments))

    def unfurl(self, arguments: Mapping[str, Any]) -> None:
        """chat.unfurl for a posted message; what is still being composed shows nothing here.  Raises Refused."""
        unfurls = arguments.get("unfurls")
        if not isinstance(unfurls, dict) or not unfurls:
            raise Refused("missing_unfurls")
        found: list[str] = []
        for url, unfurl in unfurls.items():
            if not isinstance(unfurl, dict):
                raise Refused("cannot_parse_attachment", [url])
            if blocks := unfurl.get("blocks"):
                found += problems_of({"text": "-", "blocks": blocks})
        if found:
            raise Refused("invalid_blocks", found)
        if arguments.get("unfurl_id"):
            return
        with self._lock:
            message = self.find(str(arguments.get("channel")), str(arguments.get("ts")))
            if message is None:
                raise Refused("cannot_find_message")
            unknown = [url for url in unfurls if url not in message["text"]]
            if unknown:
                raise Refused("cannot_unfurl_url", unknown)
            message["attachments"] = [
                {
                    **unfurl,
                    "from_url": url,
                    "is_app_unfurl": True,
                    "app_unfurl_url": url,
                    "bot_id": BOT_ID,
                    "blocks": self._with_ids(unfurl.get("blocks", [])),
                }
                for url, unfurl in unfurls.items()
            ]
            self.announce("message", message=dict(message))

    def _add_from_bot(
        self, arguments: Mapping[str, Any], channel: str, thread_ts: Any, only_for: str | None
    ) -> Json:
        if found := problems_of(arguments):
            raise Refused("invalid_blocks", found)
        message = {"user": BOT_USER, "bot_id": BOT_ID, "app_id": APP, **self._content(arguments)}
        if only_for:
            message |= {"is_ephemeral": True, "only_for": only_for}
        return self._add(message, channel, str(thread_ts) if thread_ts else None)

    def _content(self, arguments: Mapping[str, Any]) -> Json:
        content: Json = {"text": arguments.get("text", ""), "sent": dict(arguments)}
        if arguments.get("blocks"):
            content["blocks"] = self._with_ids(arguments["blocks"])
        return content

    def _add(self, content: Json, channel: str, thread_ts: str | None) -> Json:
        with self._lock:
            message = {"type": "message", "ts": self.new_ts(), "team": TEAM, "channel": channel, **content}
            if thread_ts:
                message["thread_ts"] = thread_ts
            self.messages[channel].append(message)
            self.announce("message", message=dict(message))
            return message

    def _replace(self, message: Json, arguments: Mapping[str, Any]) -> Json:
        if found := problems_of(arguments):
            raise Refused("invalid_blocks", found)
        with self._lock:
            message.pop("blocks", None)
            message.update(self._content(arguments), edited={"user": BOT_USER, "ts": self.new_ts()})
            self.announce("message", message=dict(message))
            return message

    def _remove(self, message: Json) -> None:
        with self._lock:
            self.messages[message["channel"]].remove(message)
            self.announce("deleted", channel=message["channel"], ts=message["ts"])

    def _own_message(self, arguments: Mapping[str, Any]) -> Json:
        channel = self.channel(str(arguments.get("channel", "")))
        message = self.find(channel.id, str(arguments.get("ts")))
        # Private messages cannot be reached by the Web API.
        if message is None or message.get("is_ephemeral"):
            raise Refused("message_not_found")
        if message.get("user") != BOT_USER:
            raise Refused("cant_update_message")
        return message

    def _with_ids(self, blocks: Iterable[Mapping[str, Any]]) -> list[Json]:
        """The blocks with the ids that Slack gives where the bot gave none."""
        return [{**block, "block_id": block.get("block_id") or f"b{next(self._numbers)}"} for block in blocks]

    # response_url

    def new_response_url(
        self, channel: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The token of an address that takes five posts in thirty minutes, for a command or for the message of a component."""
        with self._lock:
            token = secrets.token_urlsafe(12)
            self._response_urls[token] = _ResponseUrl(channel, message_ts, thread_ts, self._clock())
            return token

    def respond(self, token: str, arguments: Mapping[str, Any]) -> None:
        """A post to a response_url.  Raises Refused."""
        with self._lock:
            known = self._response_urls.get(token)
            if known is None:
                raise Refused("no_service")
            if self._clock() - known.made > RESPONSE_URL_SECONDS:
                raise Refused("expired_url")
            known.uses += 1
            if known.uses > RESPONSE_URL_USES:
                raise Refused("used_url")
        original = self.find(known.channel, known.message_ts) if known.message_ts else None
        if found := problems_of(arguments):
            raise Refused("invalid_blocks", found)
        if arguments.get("delete_original"):
            if original is not None:
                self._remove(original)
        elif arguments.get("replace_original") and original is not None:
            self._replace(original, arguments)
        else:
            only_for = None if arguments.get("response_type") == "in_channel" else PERSON
            # A private answer stands where the person is, which may be a thread; a public one only where it says so.
            thread = arguments.get("thread_ts") or (known.thread_ts if only_for else None)
            self._add_from_bot(arguments, known.channel, thread, only_for)

    # Triggers and views

    def use_trigger(self, trigger: str) -> None:
        """A trigger opens one view within three seconds.  Raises Refused."""
        parts = trigger.split(".")
        if len(parts) != 3 or not parts[1].isdigit():
            raise Refused("invalid_trigger_id")
        with self._lock:
            if time.time() - int(parts[1]) / 1000 > TRIGGER_SECONDS:
                raise Refused("expired_trigger_id")
            if trigger in self._used_triggers:
                raise Refused("exchanged_trigger_id")
            self._used_triggers.add(trigger)

    def open_view(self, trigger: str, view: Mapping[str, Any], *, push: bool = False) -> Json:
        """views.open and views.push.  Raises Refused."""
        self._view_problems(view, "modal")
        self.use_trigger(trigger)
        with self._lock:
            if push and not self.stack:
                raise Refused("view_not_found")
            return self.put_on_stack(view, keep=push)

    def put_on_stack(self, view: Mapping[str, Any], *, keep: bool) -> Json:
        """Show a view over those that are open (`keep`), or in their place.  Raises Refused."""
        self._view_problems(view, "modal")
        with self._lock:
            if keep and len(self.stack) >= VIEW_STACK:
                raise Refused("push_limit_reached")
            made = self._made_view(view, f"V{next(self._numbers)}")
            made["root_view_id"] = self.stack[0]["id"] if keep and self.stack else made["id"]
            self.stack = [*self.stack, made] if keep else [made]
            self.announce("stack", stack=list(self.stack))
            return made

    def update_view(self, view_id: str, external_id: str, view_hash: str, view: Mapping[str, Any]) -> Json:
        """views.update.  Raises Refused."""
        with self._lock:
            old = next(
                (v for v in self.stack if v["id"] == view_id or (external_id and v.get("external_id") == external_id)),
                None,
            )  # fmt: skip
            if old is None:
                raise Refused("not_found")
            self._view_problems(view, "modal")
            if view_hash and view_hash != old["hash"]:
                raise Refused("hash_conflict")
            made = self._made_view(view, old["id"]) | {"root_view_id": old["root_view_id"]}
            self.stack = [made if v is old else v for v in self.stack]
            self.announce("stack", stack=list(self.stack))
            return made

    def close_views(self, count: int) -> list[Json]:
        """Take that many views off the stack; returns them, the top one first."""
        with self._lock:
            taken = [self.stack.pop() for _ in range(min(count, len(self.stack)))]
            self.announce("stack", stack=list(self.stack))
            return taken

    def publish_home(self, user: str, view: Mapping[str, Any], view_hash: str = "") -> Json:
        """views.publish.  Raises Refused."""
        if user not in self.people:
            raise Refused("user_not_found")
        self._view_problems(view, "home")
        with self._lock:
            old = self.homes.get(user)
            if view_hash and old and view_hash != old["hash"]:
                raise Refused("hash_conflict")
            made = self._made_view(view, old["id"] if old else f"V{next(self._numbers)}")
            self.homes[user] = made
            self.announce("home", user=user, view=made)
            return made

    def view(self, view_id: str) -> Json | None:
        """An open modal or a published home."""
        with self._lock:
            return next((v for v in [*self.stack, *self.homes.values()] if v["id"] == view_id), None)

    def _view_problems(self, view: Mapping[str, Any], kind: str) -> None:
        if view.get("type") != kind:
            raise Refused("invalid_arguments", [f"view: type {view.get('type')!r}, not {kind}"])
        if found := [*view_problems(view), *_markup_problems(view.get("blocks"))]:
            raise Refused("invalid_blocks", found)

    def _made_view(self, view: Mapping[str, Any], view_id: str) -> Json:
        return {
            "private_metadata": "", "callback_id": "", "external_id": "", "notify_on_close": False,
            "clear_on_close": False, **view,
            "id": view_id, "team_id": TEAM, "app_id": APP, "bot_id": BOT_ID,
            "hash": f"{next(self._numbers)}.{secrets.token_hex(4)}", "blocks": self._with_ids(view.get("blocks", ())),
            "sent": dict(view),
        }  # fmt: skip


def problems_of(arguments: Mapping[str, Any]) -> list[str]:
    """What Slack, or we, would not have in this post: a line each."""
    message = {key: value for key, value in arguments.items() if key not in _ADDRESS}
    found = message_problems(message)
    if isinstance(message.get("text"), str):
        found += [f"text: {problem}" for problem in unescaped(message["text"])]
    return found + list(_markup_problems(message.get("blocks")))


def _markup_problems(node: Any) -> Iterator[str]:
    """What is unescaped in any mrkdwn text, wherever it stands."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn" and isinstance(node.get("text"), str):
            yield from (f"mrkdwn: {problem}" for problem in unescaped(node["text"]))
        for value in node.values():
            yield from _markup_problems(value)
    elif isinstance(node, list):
        for item in node:
            yield from _markup_problems(item)


def unescaped(text: str) -> list[str]:
    """What is markup in a text though nobody meant it: Slack would act on it, or draw it wrongly."""
    found = []

    def taken(match: re.Match[str]) -> str:
        if not _ENTITY_TARGET.match(match[1]):
            found.append(f"<{match[1][:60]}> is not escaped")
        return ""

    rest = _ANGLED.sub(taken, text)
    if "<" in rest:
        found.append("a < that is not escaped")
    if any(">" in line.lstrip("> ") for line in rest.split("\n")):
        found.append("a > that is not escaped")
    if _BARE_AMPERSAND.search(_ANGLED.sub("", text)):
        found.append("an & that is not escaped")
    return found
