"""Sending messages: response_url, chat.postMessage, Home; time limits and retries."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import HttpResponse, RetryHandler
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler, RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.slack.blocks.elements import Message, without_tables

log = logging.getLogger(__name__)

RESPONSE_URL_SECONDS = 5
WEB_API_SECONDS = 10
INVALID_BLOCKS, HASH_CONFLICT = "invalid_blocks", "hash_conflict"
RATE_LIMIT_WAIT_SECONDS = 5  # a longer wait would block a thread that others need

# Slack's errors after which nothing can be posted there.
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
        self.status = status


class ShortRateLimitRetry(RateLimitErrorRetryHandler):
    """Retries once after a 429 if Slack asks for a few seconds only."""

    def _can_retry(self, *, response: HttpResponse | None = None, **_: object) -> bool:
        if response is None or response.status_code != 429:
            return False
        wait = next((v[0] for name, v in response.headers.items() if name.lower() == "retry-after"), "")
        return wait.isdigit() and int(wait) <= RATE_LIMIT_WAIT_SECONDS


def retry_handlers() -> list[RetryHandler]:
    """Retries for dropped connections and short rate limits; not for a 5xx, since the message may have arrived."""
    return [ConnectionErrorRetryHandler(max_retry_count=1), ShortRateLimitRetry(max_retry_count=1)]


def new_client(token: str | None, api_url: str) -> WebClient:
    """The Web API client of one workspace, or of none yet, with time limits and retries."""
    return WebClient(token=token, base_url=api_url, timeout=WEB_API_SECONDS, retry_handlers=retry_handlers())


def respond(
    url: str, client: WebClient, message: Message | None, *,
    public: bool = False, replace: bool = False, thread_ts: str | None = None,
) -> None:  # fmt: skip
    """Post to a response_url, which works where the bot isn't a member; without a message, delete the one pressed.

    For the person alone, or `public` for all in the conversation; with `replace` instead of the message whose button was
    pressed, with its visibility.  Raises ResponseUrlError, or OSError when Slack cannot be reached.
    """
    payload: dict[str, Any] = {"delete_original": True}
    if message:
        payload = {**message.payload(), "replace_original": replace}
        payload |= {} if replace else {"response_type": "in_channel" if public else "ephemeral"}
        payload |= {"thread_ts": thread_ts} if thread_ts else {}
    network: Any = {"proxy": client.proxy, "ssl": client.ssl, "timeout": RESPONSE_URL_SECONDS}
    webhook = WebhookClient(url, **network, retry_handlers=retry_handlers())
    answer = webhook.send_dict(payload)
    refused = answer.status_code == 400 and INVALID_BLOCKS in answer.body
    if message and refused and (older := _without_tables(message, answer.body)):
        answer = webhook.send_dict({**payload, **older.payload()})
    if answer.status_code != 200:
        raise ResponseUrlError(answer.status_code, answer.body)


def post(client: WebClient, channel: str, message: Message, thread_ts: str | None = None) -> None:
    """Post as the bot.  Raises SlackApiError, or OSError when Slack cannot be reached."""
    try:
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **message.payload())
    except SlackApiError as error:
        refused = error.response.get("error") == INVALID_BLOCKS
        older = _without_tables(message, error.response.get("response_metadata")) if refused else None
        if older is None:
            raise
        client.chat_postMessage(channel=channel, thread_ts=thread_ts, **older.payload())


def _without_tables(message: Message, reason: object) -> Message | None:
    older = without_tables(message.blocks)
    if older is None:
        return None
    log.warning("new blocks refused, plain ones sent: %s", reason)
    return Message(message.text, tuple(older))


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
