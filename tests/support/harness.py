"""The bot with its real wiring in this process: signed requests in, calls to Slack out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest, BoltResponse

from bot.core.facts.base import FactBase
from bot.playground.block_validation import message_problems, view_problems
from bot.server.dispatch import Dispatcher
from bot.slack.app import build_app
from bot.slack.blocks.elements import Message
from bot.slack.blocks.home import build_home
from bot.slack.responses import new_client
from tests.support import requests
from tests.support.fake_slack import BOT_TOKEN, BOT_USER, SIGNING_SECRET, Call, FakeSlack

T = TypeVar("T")


class Bot:
    """Each method sends a request and returns the posts that Slack received in response."""

    def __init__(self, slack: FakeSlack, finder: Any, **options: Any) -> None:
        """`options` go to `build_app`."""
        self.slack = slack
        self.app: App = build_app(
            finder if callable(finder) else lambda: finder,
            client=new_client(BOT_TOKEN, slack.api_url),
            signing_secret=SIGNING_SECRET,
            **options,
        )
        self.dispatcher = Dispatcher(self.app)
        self.close = self.dispatcher.close
        self.response = BoltResponse(status=0)  # to the last request
        self.seconds = 0.0  # until it came

    def send(self, body: str, kind: str, headers: dict[str, str] | None = None) -> list[Call]:
        """Dispatch a signed request and wait until everything that it set off is done."""
        before, acknowledged = len(self.slack.posts()), Future[BoltResponse]()
        request = BoltRequest(body=body, headers={**requests.signed_headers(body, kind), **(headers or {})})
        started = time.monotonic()
        acknowledged.add_done_callback(lambda _: setattr(self, "seconds", time.monotonic() - started))
        self.dispatcher.take()
        self.dispatcher.run(lambda: request, acknowledged).result(15)
        self.response = acknowledged.result()
        return self.slack.posts()[before:]

    def command(self, text: str | None, **more: str) -> list[Call]:
        """The reply, which may be the acknowledgement itself."""
        posts = self.send(requests.command_body(text, self.slack.new_response_url(), **more), requests.FORM)
        return [*self.acknowledged(), *posts]

    def acknowledged(self) -> list[Call]:
        """What the last acknowledgement says, as a call."""
        if not str(self.response.body or "").startswith("{"):
            return []
        message = json.loads(str(self.response.body))
        assert not message_problems(message)
        return [Call("acknowledgement", message, "")]

    def event(
        self, event: dict[str, Any], event_id: str | None = None, headers: dict[str, str] | None = None
    ) -> list[Call]:
        return self.send(requests.event_body(event, event_id), requests.JSON, headers)

    def mention(self, text: str, **more: Any) -> list[Call]:
        return self.event(requests.mention_event(f"<@{BOT_USER}> {text}", **more))

    def dm(self, text: str, **more: Any) -> list[Call]:
        return self.event(requests.dm_event(text, **more))

    def press(self, action_id: str, value: str | None, **where: Any) -> list[Call]:
        return self.send(
            requests.action_body(action_id, value, self.slack.new_response_url(), **where), requests.FORM
        )

    def interact(self, payload: dict[str, Any]) -> list[Call]:
        """Send what Slack sends for a shortcut, a modal, a type-ahead; gives every call that came of it."""
        before = len(self.slack.calls)
        self.send(urlencode({"payload": json.dumps(payload)}), requests.FORM)
        return self.slack.calls[before:]


NewBot: TypeAlias = Callable[..., Bot]  # with the engine and the options of a bot


def one_reply(replies: list[Call]) -> Call:
    """The only reply; fails if there is none or more than one."""
    assert len(replies) == 1, f"{len(replies)} replies: {[str(reply) for reply in replies]}"
    return replies[0]


def converse(say: Callable[[str], list[Call]], dialog: Iterable[tuple[str, str]]) -> None:
    """Send each left side; exactly one reply must come, with the right side in its text."""
    for sent, expected in dialog:
        reply = one_reply(say(sent))
        assert expected in reply.text, f"{sent!r}: expected {expected!r} in {reply.text!r}"


def home_problems(base: FactBase, shown: Message) -> list[str]:
    """What Slack would not take of a Home that shows a message: a view may have 250,000 bytes."""
    view = build_home(base, shown, "a question")
    return view_problems(view) + ["too long"] * (len(json.dumps(view)) >= 250_000)


def threads_left(before: set[threading.Thread], seconds: float = 3) -> list[threading.Thread]:
    """Threads that are alive beyond those of `before`, after some time to end."""
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(seconds)
    return [thread for thread in left if thread.is_alive()]


def at_once(count: int, run: Callable[[int], T]) -> list[T]:
    """The results of `run(0)` to `run(count - 1)`, started at the same time in threads."""
    start = threading.Barrier(count)

    def started(number: int) -> T:
        start.wait()
        return run(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(started, range(count)))
