"""The app's Home: a search box whose answer appears above the topics, sources and latest facts.

Belongs here: Home's view, when it is published, and answers to what is pressed on it.  Does not belong
here: what a question gets (`listeners`), what a page shows (`browse`).

A Home is kept by Slack for each person and does not refresh itself, so nothing on it depends on the clock.
Its `private_metadata` says which facts it was drawn from, and how: a Home that is as it would be drawn now
is left alone, with whatever answer it shows.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.model import FactBase
from bot.core.pages.pages import PAGE_TITLES, newest, source_entries, topic_entry
from bot.core.pages.routes import PageName
from bot.slack import wording
from bot.slack.blocks import VALUE_VERSION, Message, build_examples, build_notice, build_row
from bot.slack.browse import build_entry, build_menu
from bot.slack.markup import entities
from bot.slack.parts import Block, actions, bold, button, context, mrkdwn_section, rich_text, section
from bot.slack.replies import Pressed, Reply, ResponseUrl
from bot.slack.surroundings import Finder, Surroundings

log = logging.getLogger(__name__)

SEARCH, CLEAR, BACK = "home_search", "home_clear", "home_back"

LATEST_SHOWN = 5
TOPICS_SHOWN, SOURCES_SHOWN = 25, 15  # a Home holds 100 blocks: more are a tap away, on the pages
QUESTION_LENGTH = 1000  # characters of a question that Home remembers; its memory holds 3000
MESSAGE_ONLY = frozenset({"context_actions", "markdown"})  # blocks that a view cannot have
HASH_CONFLICT = "hash_conflict"


class AnswerTo(Protocol):
    """What `listeners` replies to typed words."""

    def __call__(
        self, surface: str, text: str, context: BoltContext, *, share: bool = False, again: bool = False
    ) -> Message: ...


# Drawing


def build_home(
    base: FactBase, result: Message | None = None, asked: str = "", *, beyond: bool = False
) -> Block:
    """Home, with the answer to what was asked or the page that was opened, if any.

    `beyond` where what is shown was reached from that answer, and a button leads back to it.
    """
    blocks = _start(base)
    memory = {"facts": base.version, "drawn": _digest(blocks)}
    if asked:
        memory["asked"] = asked[:QUESTION_LENGTH]
    return _view([blocks[0], _search(asked), *_result(result, beyond and bool(asked)), *blocks[1:]], memory)


def build_home_notice(sentence: str) -> Block:
    """Home with one sentence of ours and the way back; drawn from no facts, so that it is replaced at the next visit."""
    again = button(CLEAR, wording.HOME_START, VALUE_VERSION)
    return _view([_header(), mrkdwn_section(entities(sentence)), actions([again])], {})


def is_current(view: Mapping[str, Any] | None, base: FactBase) -> bool:
    """Whether a person's Home is what would be drawn now, but for the answer that it shows."""
    memory = _memory(view or {})
    return memory.get("facts") == base.version and memory.get("drawn") == _digest(_start(base))


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether a button was pressed on a Home."""
    return (body.get("view") or {}).get("type") == "home"


def _start(base: FactBase) -> list[Block]:
    """Home without the search box and an answer."""
    in_full: list[PageName] = []  # no button for what stands below in full
    if len(base.topics) <= TOPICS_SHOWN:
        in_full.append("topics")
    if len(base.sources) <= SOURCES_SHOWN:
        in_full.append("sources")
    blocks = [_header(), _heading(wording.HOME_TRY), build_examples()]
    blocks += [_heading(wording.HOME_BROWSE), build_menu(*in_full)]
    blocks += [{"type": "divider"}, _heading(PAGE_TITLES["topics"])]
    blocks += [build_entry(topic_entry(topic)) for topic in list(base.topics.values())[:TOPICS_SHOWN]]
    blocks += [{"type": "divider"}, _heading(PAGE_TITLES["sources"])]
    blocks += [build_entry(entry) for entry in source_entries(base)[:SOURCES_SHOWN]]
    blocks += [{"type": "divider"}, _heading(wording.HOME_LATEST)]
    blocks += [build_row(fact) for fact in newest(base, LATEST_SHOWN)]
    blocks.append(context([entities(wording.about(len(base.facts), len(base.sources)))]))
    return blocks


def _search(asked: str) -> Block:
    """The box.  Its id changes with the question, since Slack keeps what was typed in a box that it takes for the same."""
    box: Block = {
        "type": "plain_text_input",
        "action_id": SEARCH,
        "placeholder": {"type": "plain_text", "text": wording.HOME_PLACEHOLDER, "emoji": False},
        "max_length": QUESTION_LENGTH,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if asked:
        box["initial_value"] = asked[:QUESTION_LENGTH]
    return {
        "type": "input",
        "block_id": f"search-{hashlib.sha256(asked.encode()).hexdigest()[:12]}",
        "dispatch_action": True,
        "label": {"type": "plain_text", "text": wording.HOME_SEARCH, "emoji": False},
        "hint": {"type": "plain_text", "text": wording.HOME_HINT, "emoji": False},
        "element": box,
    }


def _result(result: Message | None, back: bool) -> list[Block]:
    if result is None:
        return []
    blocks = [block for block in result.blocks if block["type"] not in MESSAGE_ONLY]
    buttons = [button(BACK, wording.HOME_BACK, VALUE_VERSION)] if back else []
    buttons.append(button(CLEAR, wording.HOME_CLEAR, VALUE_VERSION))
    # A message without blocks is one sentence of ours, already escaped.
    return [*(blocks or [mrkdwn_section(result.text)]), actions(buttons), {"type": "divider"}]


def _header() -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": wording.HELP_TITLE, "emoji": False}}


def _heading(text: str) -> Block:
    return rich_text([section(bold(text))])


def _view(blocks: list[Block], memory: Mapping[str, str]) -> Block:
    return {
        "type": "home",
        "private_metadata": json.dumps(memory, ensure_ascii=False),
        "blocks": blocks,
    }


def _digest(blocks: list[Block]) -> str:
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:16]


def _memory(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `private_metadata` holds; nothing where another version of ours wrote it otherwise."""
    try:
        memory = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return memory if isinstance(memory, dict) else {}


# Publishing


def publish(client: WebClient, user: str, view: Block, known_hash: str | None) -> bool:
    """Publish a Home if it still is the one with `known_hash` (any, where that is None).

    False when another has been published meanwhile.  Raises SlackApiError, or OSError when Slack cannot be reached.
    """
    try:
        client.views_publish(user_id=user, view=view, hash=known_hash)
    except SlackApiError as error:
        if error.response.get("error") != HASH_CONFLICT:
            raise
        return False
    return True


@dataclass(frozen=True)
class HomeReply:
    """The answer to what was pressed on a Home: it appears there."""

    client: WebClient
    user: str
    view: Mapping[str, Any]  # as it was when the button was pressed
    base: FactBase

    def private(self, message: Message) -> None:
        """Raises SlackApiError, or OSError when Slack cannot be reached."""
        self.show(message, self.asked, beyond=True)

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        self.private(message)

    def replace(self, message: Message) -> None:
        self.private(message)

    @property
    def asked(self) -> str:
        """The question that the Home shows, or "" where it shows none."""
        return str(_memory(self.view).get("asked") or "")

    def show(self, message: Message | None, asked: str = "", *, beyond: bool = False) -> None:
        """The message with the question above it, or neither; `beyond` as for `build_home`.  Raises as `private` does.

        Where the Home has changed since (two taps in a row, another window), what was pressed last is shown.
        """
        view = build_home(self.base, message, asked, beyond=beyond)
        if not publish(self.client, self.user, view, self.view.get("hash")):
            publish(self.client, self.user, view, None)


def reply_to(body: Mapping[str, Any], client: WebClient, finder: Callable[[], Finder]) -> Reply:
    """Where the answer to a pressed button goes: to the Home that it is on, or by response_url beside its message."""
    if is_home(body):
        return HomeReply(client, str(body["user"]["id"]), body["view"], finder().base)
    return ResponseUrl(str(body["response_url"]), client)


# Listening


class Home:
    """Visits to Home, its search box, and the questions to try wherever they stand."""

    def __init__(self, surroundings: Surroundings, answer_to: AnswerTo) -> None:
        self._finder = surroundings.finder
        self._answer_to = answer_to

    def handle_opened(self, event: dict[str, Any], client: WebClient) -> None:
        """Publish Home for a person who has none, or one of other facts or an older version of ours."""
        if event.get("tab") != "home":
            return
        base, view = self._finder().base, event.get("view") or {}
        if is_current(view, base):
            log.info("home opened user=%s current", event["user"])
            return
        # Where another has been published meanwhile, that is newer and stays.
        published = publish(client, event["user"], build_home(base), view.get("hash"))
        log.info("home opened user=%s %s", event["user"], "published" if published else "overtaken")

    def handle_search(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        ack()
        self._answer(body, str(action.get("value") or ""), context, client)

    def handle_try(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        """A question to try: answered on the Home that it stands on, or beside the message."""
        ack()
        version, _, question = str(action.get("value") or "").partition(":")
        if version != VALUE_VERSION:
            question = ""
        if is_home(body):
            self._answer(body, question, context, client)
            return
        pressed = Pressed.from_body(body)
        message = build_notice(wording.OUT_OF_DATE)
        if question:
            message = self._answer_to("example", question, context, share=pressed.ephemeral)
        pressed.answer(ResponseUrl(str(body["response_url"]), client), message)

    def handle_back(self, ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        """From a card to the choices that it was one of."""
        ack()
        reply = self._reply(body, client)
        asked = reply.asked
        reply.show(self._answer_to("home", asked, context, again=True) if asked else None, asked)

    def handle_clear(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._reply(body, client).show(None)

    def _answer(self, body: dict[str, Any], question: str, context: BoltContext, client: WebClient) -> None:
        """The answer to a question; none to an empty box."""
        if not question.strip():
            self._reply(body, client).show(None)
        else:
            self._reply(body, client).show(self._answer_to("home", question, context), question)

    def _reply(self, body: dict[str, Any], client: WebClient) -> HomeReply:
        return HomeReply(client, str(body["user"]["id"]), body["view"], self._finder().base)
