"""Sending: the ways in which a reply reaches people, and what goes wrong on the way.

Belongs here: response_url, chat.postMessage, time limits, retries, where the answer to a pressed button
goes.  Does not belong here: what is said (`blocks`, `wording`) or when (`listeners`).
"""

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

from bot.slack.blocks import Message
from bot.slack.parts import plainer

log = logging.getLogger(__name__)

RESPONSE_URL_SECONDS = 5
WEB_API_SECONDS = 10
INVALID_BLOCKS = "invalid_blocks"
RATE_LIMIT_WAIT_SECONDS = 5  # a longer wait would hold a thread that others need

# Slack's answers that mean: nothing that we send will arrive there.
UNREACHABLE = frozenset(
    {
        "account_inactive",
        "cannot_find_message",  # whose links were to be unfurled
        "cannot_reply_to_message",
        "channel_not_found",
        "invalid_auth",
        "is_archived",
        "not_enabled",  # the Home tab
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "restricted_action_thread_locked",
        "team_access_not_granted",
        "thread_not_found",
        "token_expired",
        "token_revoked",
    }
)


class Undelivered(Exception):
    """Slack did not take what was posted to a response_url."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"response_url answered {status}: {reason[:100]}")
        self.status, self.reason = status, reason


class ShortRateLimitRetry(RateLimitErrorRetryHandler):
    """Waits out a 429 once, if Slack asks for a few seconds only."""

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
    """A dropped connection and a short 429 are tried once more; a 5xx is not, since the message may have arrived."""
    return [ConnectionErrorRetryHandler(max_retry_count=1), ShortRateLimitRetry(max_retry_count=1)]


def new_client(token: str | None, api_url: str) -> WebClient:
    """The Web API client of one workspace, or of none yet, with our time limits and retries."""
    return WebClient(token=token, base_url=api_url, timeout=WEB_API_SECONDS, retry_handlers=retry_handlers())


class Reply(Protocol):
    """A way to answer somebody who pressed a button."""

    def private(self, message: Message) -> None:
        """For the person alone."""

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        """For all in the conversation; in a thread where one is given."""

    def replace(self, message: Message) -> None:
        """In the place of what holds the button."""


@dataclass(frozen=True)
class ResponseUrl:
    """The address that Slack gives with a command or a pressed button: no token, works where the bot is no member."""

    url: str
    client: WebClient  # for its proxy and certificates

    def private(self, message: Message, thread_ts: str | None = None) -> None:
        """For the person alone; in a thread where one is given.  Raises Undelivered, or OSError when Slack
        cannot be reached."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        self._post({**message.payload(), **thread, "response_type": "ephemeral", "replace_original": False})

    def public(self, message: Message, thread_ts: str | None = None) -> None:
        """For all in the conversation; in a thread where one is given.  Raises as `private` does."""
        thread = {"thread_ts": thread_ts} if thread_ts else {}
        self._post({**message.payload(), **thread, "response_type": "in_channel", "replace_original": False})

    def replace(self, message: Message) -> None:
        """In the place of the message whose button was pressed, as visible as that.  Raises as `private` does."""
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
            older = plainer(payload.get("blocks", ()))
            if older is not None:
                _log_refused(answer.body)
                answer = webhook.send_dict({**payload, "blocks": older})
        if answer.status_code != 200:
            raise Undelivered(answer.status_code, answer.body)


def post(client: WebClient, channel: str, message: Message, thread_ts: str | None = None) -> None:
    """Post as the bot.  Raises SlackApiError, or OSError when Slack cannot be reached."""
    payload = message.payload()
    try:
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **payload)
    except SlackApiError as error:
        older = plainer(payload.get("blocks", ())) if error.response.get("error") == INVALID_BLOCKS else None
        if older is None:
            raise
        _log_refused(error.response.get("response_metadata"))
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **{**payload, "blocks": older})


def _log_refused(what: object) -> None:
    """Newer kinds of blocks were not taken, and plain ones are sent in their place."""
    log.warning("newer blocks refused, plain ones sent: %s", what)


@dataclass(frozen=True)
class Pressed:
    """Where a button was pressed, read from the payload of the action."""

    channel: str
    message_ts: str
    thread_ts: str | None  # None for a message that only heads a thread
    ephemeral: bool
    attached: bool = False  # under a link in somebody else's message
    home: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Pressed:
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
        """Whether nobody but the person who pressed reads the message: it may become another."""
        return self.ephemeral or (self.channel.startswith("D") and not self.attached)

    def answer(self, reply: Reply, message: Message) -> None:
        """Answer beside the pressed message, never in its place.

        Private stays private.  In a thread and in a direct message with the bot the answer joins the
        conversation; under a public message in a channel, or a link in somebody else's message, only the
        person who pressed sees it.
        """
        if not self.ephemeral and not self.attached and (self.thread_ts or self.channel.startswith("D")):
            reply.public(message, self.thread_ts)
        else:
            reply.private(message)
