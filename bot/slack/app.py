"""The Bolt app: put together, mended where Bolt errs, and calm when something breaks.

Belongs here: making the app, its error handler, and the mend of Bolt's body parser.  Does not belong
here: what is heard (`listeners`), how requests arrive (`web`, `bot.serve`).
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import slack_bolt.request.request
from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.feedback.inbox import Inbox, NullInbox
from bot.core.pages.pages import Status
from bot.core.present.links import Repository
from bot.slack import wording
from bot.slack.blocks import build_notice
from bot.slack.dedupe import Claims, MemoryClaims
from bot.slack.home import build_home_notice, is_home, publish
from bot.slack.install import Installing, register_removal
from bot.slack.listeners import register
from bot.slack.replies import UNREACHABLE, ResponseUrl, Undelivered, post
from bot.slack.surroundings import Finder, Surroundings

log = logging.getLogger(__name__)

# Commands and actions are acknowledged from these threads.  Nobody who is let in waits for one: there is a thread for
# each request that may be in work, and for those that the server's threads (gunicorn's 16, Socket Mode's 10) are
# letting in at that moment.
WEB_THREADS = 16
IN_WORK_LIMIT = 64
LISTENER_THREADS = IN_WORK_LIMIT + WEB_THREADS


def build_app(
    finder: Callable[[], Finder],
    *,
    client: WebClient,
    signing_secret: str | None = None,
    claims: Claims | None = None,
    inbox: Inbox | None = None,
    repository_url: str | None = None,
    maintainers_channel: str | None = None,
    maintainers_client: Callable[[], WebClient | None] | None = None,
    status: Callable[[], Status] = Status,
    executor: ThreadPoolExecutor | None = None,
    verify_token: bool = True,
    installing: Installing | None = None,
) -> App:
    """The app with all its listeners.

    `finder` gives the facts of the moment; `inbox` keeps what the maintainers should hear of (nothing does,
    where none is given); `repository_url` and `maintainers_channel` are told to people and posted to where
    they are known; `status` is what the running program tells of itself on the page `about`.  `signing_secret` may be absent in Socket Mode only.  The
    caller shuts `executor` down (or `app.listener_runner.listener_executor`, where none is given).
    With `verify_token`, auth.test is called: raises BoltError when Slack refuses the token, OSError
    when Slack cannot be reached.  With `installing`, the token is that of the workspace that a request
    comes from, and `client` has none.
    """
    mend_bolt()
    app = App(
        name="unionstate",
        client=client,
        signing_secret=signing_secret
        or secrets.token_hex(16),  # never empty: an empty one would be forgeable
        token_verification_enabled=verify_token,
        raise_error_for_unhandled_request=True,
        listener_executor=executor or ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener"),
        oauth_flow=installing,
        # Bolt would make settings of its own from SLACK_CLIENT_ID, with a store of files in the home directory.
        oauth_settings=installing.settings if installing else None,
        user_facing_authorize_error_message=wording.NO_INSTALLATION,
    )
    surroundings = Surroundings(
        finder,
        claims=claims or MemoryClaims(),
        inbox=inbox or NullInbox(),
        repository=Repository(repository_url) if repository_url else None,
        maintainers_channel=maintainers_channel,
        maintainers_client=maintainers_client,
        status=status,
    )
    register(app, surroundings, tell_failure)
    if installing:
        register_removal(app, installing.installations)
    app.error(_Unheard(app).handle)
    return app


def mend_bolt() -> None:
    """Replace the body parser that Bolt's requests use; see `parse_body`."""
    slack_bolt.request.request.parse_body = parse_body  # type: ignore[attr-defined]  # imported there, not exported


def parse_body(body: str, content_type: str | None) -> dict[str, Any]:
    """A request's body as a mapping.  Raises ValueError for what is none.

    Bolt 1.30 takes any form body that contains the letters "payload" for an interaction, so that a
    command whose text has the word comes out empty (`slack_bolt/request/internals.py`).
    """
    if not body:
        return {}
    if content_type == "application/json" or body.startswith("{"):
        return _mapping(json.loads(body))
    form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=200))
    return _mapping(json.loads(form["payload"])) if "payload" in form else form


def _mapping(parsed: Any) -> dict[str, Any]:
    if not isinstance(parsed, dict):
        raise ValueError("the body is not a JSON object")
    return parsed


def tell_failure(error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """A listener failed: the log gets the exception, the person one sentence with a reference to it.  Never raises."""
    reference = secrets.token_hex(4)
    place = (reference, body.get("event_id"), context.team_id, context.channel_id, context.user_id)
    if _nobody_to_tell(error):
        log.warning("reply not delivered ref=%s event=%s team=%s channel=%s user=%s: %s", *place, error)
        return
    log.error("failed ref=%s event=%s team=%s channel=%s user=%s", *place, exc_info=error)
    try:
        _tell(wording.broke(reference), body, client)
    except Exception as second:
        log.warning("could not tell the person ref=%s: %s", reference, second)


class _Unheard:
    """Requests that no listener takes, and failures before any listener: answered calmly."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle(
        self, error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient
    ) -> BoltResponse:
        if not isinstance(error, BoltUnhandledRequestError):
            tell_failure(error, body, context, client)
            return BoltResponse(status=200)
        event = body.get("event") or {}
        log.info("nobody listens type=%s event=%s", body.get("type"), event.get("type"))
        if "command" in body:
            return BoltResponse(
                status=200, body={"response_type": "ephemeral", "text": wording.UNKNOWN_COMMAND}
            )
        if body.get("type") == "block_actions":
            # A button of an older version.  Not answered from here: this runs before the acknowledgement.
            self._app.listener_runner.listener_executor.submit(
                _quietly, _tell, wording.OUT_OF_DATE, body, client
            )
        return BoltResponse(status=200)


def _nobody_to_tell(error: Exception) -> bool:
    if isinstance(error, SlackApiError):
        return error.response.get("error") in UNREACHABLE
    return isinstance(error, Undelivered) and error.status in (404, 410)  # expired, or used up


def _tell(sentence: str, body: Mapping[str, Any], client: WebClient) -> None:
    """Say it where the person asked: privately for a command or a button, on Home, in the thread or message for an event,
    to a workflow's owner for a step."""
    notice = build_notice(sentence)
    event = body.get("event") or {}
    if body.get("response_url"):
        ResponseUrl(str(body["response_url"]), client).private(notice)
    elif is_home(body):
        publish(client, str(body["user"]["id"]), build_home_notice(sentence), None)
    elif event.get("type") == "app_mention":
        post(client, event["channel"], notice, event.get("thread_ts") or event["ts"])
    elif event.get("type") == "message" and event.get("channel_type") == "im":
        post(client, event["channel"], notice, event.get("thread_ts"))
    elif event.get("type") == "function_executed":
        execution = str(event.get("function_execution_id"))
        client.functions_completeError(function_execution_id=execution, error=sentence)
    elif body.get("type") in ("shortcut", "view_submission", "block_actions") and body.get("user"):
        # Pressed in a modal, or begun nowhere in particular: a direct message reaches the person.
        post(client, str(body["user"]["id"]), notice)


def _quietly(send: Callable[..., None], *arguments: Any) -> None:
    try:
        send(*arguments)
    except Exception as error:
        log.warning("reply not delivered: %s", error)
