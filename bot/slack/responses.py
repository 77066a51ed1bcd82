"""Sending replies: response_url, chat.postMessage, Home; time limits, retries, and where an answer goes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.core.facts.base import FactBase
from bot.slack.blocks.elements import Message, without_new_blocks
from bot.slack.blocks.home import build_home, place_of, question_on

log = logging.getLogger(__name__)

RESPONSE_URL_SECONDS = 5
WEB_API_SECONDS = 10
INVALID_BLOCKS, HASH_CONFLICT = "invalid_blocks", "hash_conflict"
RATE_LIMIT_WAIT_SECONDS = 5  # a longer wait would hold a thread that others need

# Errors of Slack's that mean that nothing posted there will arrive.
UNREACHABLE = frozenset(
    "account_inactive cannot_find_message cannot_reply_to_message channel_not_found ekm_access_denied invalid_auth"
    " is_archived not_enabled not_authed not_in_channel restricted_action restricted_action_non_threadable_channel"
    " restricted_action_read_only_channel restricted_action_thread_locked restricted_action_thread_only_channel"
    " team_access_not_granted thread_not_found token_expired token_revoked".split()
)


class ResponseUrlError(Exception):
    """Slack did not take what was posted to a response_url."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"response_url answered {status}: {reason[:100]}")
        self.status, self.reason = status, reason


class ShortRateLimitRetry(RateLimitErrorRetryHandler):
    """Retries once after a 429 if Slack asks for a few seconds only."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        waits = [value for name, value in response.headers.items() if name.lower() == "retry-after"]
        wait = str(waits[0][0] if waits and isinstance(waits[0], list) else waits[0] if waits else "")
        return wait.isdigit() and int(wait) <= RATE_LIMIT_WAIT_SECONDS


def retry_handlers() -> list[RetryHandler]:
    """Retries for dropped connections and short rate limits; not for a 5xx, since the message may have arrived."""
    return [ConnectionErrorRetryHandler(max_retry_count=1), ShortRateLimitRetry(max_retry_count=1)]


def new_client(token: str | None, api_url: str) -> WebClient:
    """The Web API client of one workspace, or of none yet, with time limits and retries."""
    return WebClient(token=token, base_url=api_url, timeout=WEB_API_SECONDS, retry_handlers=retry_handlers())


class Reply(Protocol):
    """A way to answer a person who pressed a button."""

    def private(self, message: Message, thread_ts: str | None = None) -> None:
        """For the person alone; in a thread where one is given."""

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        """For all in the conversation; in a thread where one is given."""

    def replace(self, message: Message) -> None:
        """Instead of what holds the button."""


@dataclass(frozen=True)
class ResponseUrl:
    """The address that Slack gives with a command or a pressed button; works where the bot isn't a member."""

    url: str
    client: WebClient  # for its proxy and certificates

    def private(self, message: Message, thread_ts: str | None = None) -> None:
        """For the person alone; in a thread where one is given.  Raises ResponseUrlError, or OSError when Slack
        cannot be reached."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        self._post({**message.payload(), **thread, "response_type": "ephemeral", "replace_original": False})

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        """For all in the conversation; in a thread where one is given.  Raises as `private` does."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        self._post({**message.payload(), **thread, "response_type": "in_channel", "replace_original": False})

    def replace(self, message: Message) -> None:
        """Instead of the message whose button was pressed, with its visibility.  Raises as `private` does."""
        self._post({**message.payload(), "replace_original": True})

    def delete_original(self) -> None:
        """Remove the message whose button was pressed.  Raises as `private` does."""
        self._post({"delete_original": True})

    def _post(self, payload: dict[str, Any]) -> None:
        webhook = WebhookClient(
            self.url,
            timeout=RESPONSE_URL_SECONDS,
            proxy=self.client.proxy,
            ssl=self.client.ssl,
            retry_handlers=retry_handlers(),
        )
        answer = webhook.send_dict(payload)
        if answer.status_code == 400 and INVALID_BLOCKS in (answer.body or ""):
            older = without_new_blocks(payload.get("blocks", ()))
            if older is not None:
                _log_refused(answer.body)
                answer = webhook.send_dict({**payload, "blocks": older})
        if answer.status_code != 200:
            raise ResponseUrlError(answer.status_code, answer.body)


def post(client: WebClient, channel: str, message: Message, thread_ts: str | None = None) -> None:
    """Post as the bot.  Raises SlackApiError, or OSError when Slack cannot be reached."""
    payload = message.payload()
    try:
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **payload)
    except SlackApiError as error:
        older = (
            without_new_blocks(payload.get("blocks", ()))
            if error.response.get("error") == INVALID_BLOCKS
            else None
        )
        if older is None:
            raise
        _log_refused(error.response.get("response_metadata"))
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **{**payload, "blocks": older})


def _log_refused(reason: object) -> None:
    log.warning("new blocks refused, plain ones sent: %s", reason)


@dataclass(frozen=True)
class HomeReply:
    """The answer to what was pressed on a Home: it appears there."""

    client: WebClient
    user: str
    view: Mapping[str, Any]  # as it was when the button was pressed
    base: FactBase
    at: str  # where on the Home the answer appears

    @classmethod
    def from_body(cls, body: Mapping[str, Any], client: WebClient, base: FactBase) -> HomeReply:
        pressed: Mapping[str, Any] = next(iter(body.get("actions") or ()), {})
        at = place_of(body["view"], str(pressed.get("block_id") or ""))
        return cls(client, str(body["user"]["id"]), body["view"], base, at)

    def private(self, message: Message, thread_ts: str | None = None) -> None:
        """Raises SlackApiError, or OSError when Slack cannot be reached."""
        self.show(message, question_on(self.view), beyond=True)

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        self.private(message)

    def replace(self, message: Message) -> None:
        self.private(message)

    def show(self, message: Message | None, asked: str = "", *, beyond: bool = False) -> None:
        """The message with the question above it, or neither; arguments as for `build_home`.

        If the Home has changed since (two taps in a row, another window), the last one pressed is shown.
        Raises as `private` does.
        """
        view = build_home(self.base, message, asked, beyond=beyond, at=self.at)
        if not publish(self.client, self.user, view, self.view.get("hash")):
            publish(self.client, self.user, view, None)


def publish(client: WebClient, user: str, view: Mapping[str, Any], known_hash: str | None) -> bool:
    """Publish a Home if it still is the one with `known_hash` (any, where that is None).

    False if another has been published meanwhile.  Raises SlackApiError, or OSError when Slack cannot be reached.
    """
    try:
        client.views_publish(user_id=user, view=dict(view), hash=known_hash)
    except SlackApiError as error:
        if error.response.get("error") != HASH_CONFLICT:
            raise
        return False
    return True


def is_home(body: Mapping[str, Any]) -> bool:
    """Whether a button was pressed on a Home."""
    return (body.get("view") or {}).get("type") == "home"


def reply_to(body: Mapping[str, Any], client: WebClient, base: FactBase) -> Reply:
    """Where the answer to a pressed button goes: to its Home, or by response_url beside its message."""
    if is_home(body):
        return HomeReply.from_body(body, client, base)
    return ResponseUrl(str(body.get("response_url") or ""), client)


@dataclass(frozen=True)
class ActionSource:
    """Where a button was pressed, read from the payload of the action."""

    channel: str
    message_ts: str
    thread_ts: str | None  # None for a message that only heads a thread
    ephemeral: bool
    attached: bool = False  # under a link in another person's message
    home: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> ActionSource:
        container, message = body.get("container") or {}, body.get("message") or {}
        ts = str(container.get("message_ts") or message.get("ts") or "")
        thread = container.get("thread_ts") or message.get("thread_ts")
        return cls(
            channel=str(container.get("channel_id") or (body.get("channel") or {}).get("id") or ""),
            message_ts=ts,
            thread_ts=str(thread) if thread and thread != ts else None,
            ephemeral=bool(container.get("is_ephemeral")),
            attached=container.get("type") == "message_attachment",
            home=container.get("type") == "view",
        )

    @property
    def is_own(self) -> bool:
        """Whether only the person who pressed sees the message, so that it may be replaced."""
        return self.ephemeral or (self.channel.startswith("D") and not self.attached)

    @property
    def answers_privately(self) -> bool:
        """Whether `answer` reaches the person alone, in a message that may be shared."""
        return not self.home and (self.ephemeral or self.attached or not self.channel.startswith("D"))

    def answer(self, reply: Reply, message: Message) -> None:
        """Answer beside the pressed message: in a direct message with the bot, for the person alone elsewhere."""
        if self.home or self.answers_privately:
            reply.private(message, self.thread_ts)
        else:
            reply.public(message, self.thread_ts)
