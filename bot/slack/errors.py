"""What people and the log get when something fails or no listener handles a request."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.present.strings import ENGLISH as words
from bot.slack.blocks.elements import notice
from bot.slack.blocks.home import build_home_notice
from bot.slack.responses import UNREACHABLE, ResponseUrlError, is_home, post, publish, respond

log = logging.getLogger(__name__)


def handle_error(
    error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient
) -> BoltResponse:
    """For `app.error`: a listener failed, or none handles the request."""
    if not isinstance(error, BoltUnhandledRequestError):
        report_error(error, body, context, client)
        return BoltResponse(status=200)
    event = body.get("event") or {}
    log.info("unhandled request type=%s event=%s", body.get("type"), event.get("type"))
    if "command" in body:
        text = words("unknown_command", command=f"/{context['engine'].base.site.command}")
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    if body.get("type") == "block_actions":  # a button of an older version
        context.ack()
        _reply(words("out_of_date"), body, client, "-")
    return BoltResponse(status=200)


def report_error(error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """Log the exception, and send the person one sentence with a reference to it.  Never raises."""
    reference = secrets.token_hex(4)
    place = (reference, body.get("event_id"), context.team_id, context.channel_id, context.user_id)
    if _is_unreachable(error):
        log.warning("reply not delivered ref=%s event=%s team=%s channel=%s user=%s: %s", *place, error)
        return
    log.error("failed ref=%s event=%s team=%s channel=%s user=%s", *place, exc_info=error)
    _reply(words("broke", reference=reference), body, client, reference)


def _is_unreachable(error: Exception) -> bool:
    if isinstance(error, SlackApiError):
        return error.response.get("error") in UNREACHABLE
    return isinstance(error, ResponseUrlError) and error.status in (404, 410)  # expired, or used up


def _reply(text: str, body: Mapping[str, Any], client: WebClient, reference: str) -> None:
    """Say it where the person asked: privately for a command or a button, on Home, in the thread or message for an
    event, to a workflow's owner for a step.  Never raises."""
    message, event = notice(text), body.get("event") or {}
    try:
        if body.get("response_url"):
            respond(str(body["response_url"]), client, message)
        elif is_home(body):
            publish(client, str(body["user"]["id"]), build_home_notice(text), None)
        elif event.get("type") == "app_mention":
            post(client, event["channel"], message, event.get("thread_ts") or event["ts"])
        elif event.get("type") == "message" and event.get("channel_type") == "im":
            post(client, event["channel"], message, event.get("thread_ts"))
        elif event.get("type") == "function_executed":
            execution = str(event.get("function_execution_id"))
            client.functions_completeError(function_execution_id=execution, error=text)
        elif body.get("type") in ("shortcut", "view_submission", "block_actions"):
            # Pressed in a modal, or a global shortcut: a direct message reaches the person.
            post(client, str(body["user"]["id"]), message)
    except Exception as error:
        log.warning("error message not delivered ref=%s: %s", reference, error)
