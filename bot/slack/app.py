"""Builds the Bolt app: dependencies, listeners, error handling, and a correction of Bolt's parser."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import slack_bolt.request.request
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.listener.listener_start_handler import ListenerStartHandler
from slack_bolt.oauth import OAuthFlow
from slack_sdk import WebClient

from bot.core.feedback.inbox import Inbox
from bot.core.pages.pages import Status
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine
from bot.db.conversations import Conversations
from bot.db.idempotency import Deduplicator
from bot.slack import listeners
from bot.slack.caps import DailyCaps
from bot.slack.errors import handle_error

if TYPE_CHECKING:  # it takes a while to load, and most bots serve one workspace
    from bot.db.installations import Installations


def build_app(
    engine: Callable[[], SearchEngine],
    *,
    client: WebClient,
    signing_secret: str | None = None,
    deduplicator: Deduplicator | None = None,
    inbox: Inbox | None = None,
    repository_url: str | None = None,
    site_url: str | None = None,
    maintainers_channel: str | None = None,
    maintainers_client: Callable[[], WebClient | None] | None = None,
    status: Callable[[], Status] = Status,
    oauth: OAuthFlow | None = None,
    installations: "Installations | None" = None,
    conversations: Conversations | None = None,
) -> App:
    """The app with all its listeners.

    `engine` gives the search engine of the current facts; `inbox` keeps what maintainers should know;
    `maintainers_client` gives the client of the workspace of `maintainers_channel`, where there are several.
    `signing_secret` may be absent in Socket Mode only.  With `oauth`, the token is that of the workspace that a request
    comes from, and `installations` are removed when Slack says so.

    Listeners run in the thread that calls `dispatch`, which returns when they have ended: what serves the app sends
    the acknowledgement when `context.ack` is called (`bot.server.dispatch`).

    Raises BoltError when Slack refuses the token, OSError when Slack cannot be reached.
    """
    slack_bolt.request.request.parse_body = parse_body  # type: ignore[attr-defined]  # imported there, not exported
    app = App(
        name="unionstate",
        client=client,
        signing_secret=signing_secret or secrets.token_hex(16),  # an empty one could be forged
        raise_error_for_unhandled_request=True,
        process_before_response=True,  # Bolt's own threads would each be polled every 10 ms
        oauth_flow=oauth,
        # Otherwise Bolt makes its own from SLACK_CLIENT_ID, with a store of files in the home directory.
        oauth_settings=oauth.settings if oauth else None,
        user_facing_authorize_error_message=ENGLISH("no_installation"),
    )
    dependencies = {
        "deduplicator": deduplicator or Deduplicator(),
        "conversations": conversations or Conversations(),
        "caps": DailyCaps(),
        "inbox": inbox or Inbox(),
        "site_url": site_url,
        "repository": Repository(repository_url) if repository_url else None,
        "maintainers_channel": maintainers_channel,
        "maintainers_client": maintainers_client,
        "status": lambda: replace(status(), repository_url=repository_url),
    }

    def add_dependencies(context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Inject what listeners take as arguments; `engine` stays the same for the whole request."""
        context.update(dependencies, engine=engine())
        return next()

    app.use(add_dependencies)
    listeners.register(app, engine().base.site.command)
    if installations:
        from bot.slack.oauth import register_removal

        register_removal(app, installations)
    app.error(handle_error)
    app.listener_runner.listener_start_handler = _AckEvents()
    return app


class _AckEvents(ListenerStartHandler):
    """Acknowledges events before their listener runs, as Bolt's own threads do."""

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:
        if "event" in request.body:
            request.context.ack()


def parse_body(body: str, content_type: str | None) -> dict[str, Any]:
    """A request's body as a mapping.  Raises ValueError if it is not an object.

    Bolt 1.30 takes any form body that contains the letters "payload" for an interaction, so that a command whose
    text has the word arrives empty (`slack_bolt/request/internals.py`).
    """
    if not body:
        return {}
    if content_type == "application/json" or body.startswith("{"):
        return _object(json.loads(body))
    form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=200))
    return _object(json.loads(form["payload"])) if "payload" in form else form


def _object(parsed: Any) -> dict[str, Any]:
    if not isinstance(parsed, dict):
        raise ValueError("the body is not a JSON object")
    return parsed
