"""Installing the app in a workspace by Bolt's OAuth pages, and the events that end an installation."""

from __future__ import annotations

import logging
import re
import secrets
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.oauth.callback_options import FailureArgs
from slack_bolt.oauth.oauth_flow import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store import OAuthStateStore

from bot.db.engine import Database, DatabaseUnavailable
from bot.db.idempotency import Deduplicator
from bot.db.installations import Installations, StoredAuthorize
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, REMOVAL_EVENTS, SCOPES

log = logging.getLogger(__name__)

STATE_SECONDS = 600  # between the visit of the install page and the return from Slack's
STATE_COOKIE = "__Host-slack-state"  # for this host alone


class SignedStates(OAuthStateStore):
    """States that cost nothing until they come back: signed, good for `STATE_SECONDS`, and consumed once."""

    logger = log

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database, self._once = database, Deduplicator(database)
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def issue(self, *args: Any, **kwargs: Any) -> str:
        return self._fernet.encrypt(secrets.token_bytes(16)).decode()

    def consume(self, state: str) -> bool:
        """Whether the state was valid; it is used up now.  Raises DatabaseUnavailable."""
        with self._database.connection():
            pass  # the code must not be spent on an installation that cannot be kept
        try:
            self._fernet.decrypt(state, ttl=STATE_SECONDS)
        except InvalidToken:
            return False
        return self._once.acquire(f"oauth state:{state}")


class InstallFlow(OAuthFlow):
    """Bolt's OAuth flow, with a page for every failure."""

    def __init__(
        self, client: WebClient, installations: Installations, states: SignedStates, client_secret: str
    ) -> None:
        settings = OAuthSettings(
            client_id=installations.client_id, client_secret=client_secret, scopes=sorted(SCOPES), user_scopes=[],
            install_path=INSTALL_PATH, redirect_uri_path=REDIRECT_PATH, state_cookie_name=STATE_COOKIE,
            authorization_url=urllib.parse.urljoin(client.base_url, "/oauth/v2/authorize"),
            installation_store=installations, installation_store_bot_only=True,
            state_store=states, state_expiration_seconds=STATE_SECONDS, logger=log,
        )  # fmt: skip
        settings.authorize = StoredAuthorize(installations)
        super().__init__(client=client, logger=log, settings=settings)
        self.failure_handler = _fail

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        try:
            return super().handle_callback(request)
        except DatabaseUnavailable:
            reason = "storage_error"
        except OSError:
            reason = "slack_unavailable"
        return _fail(FailureArgs(
            request=request, reason=reason, suggested_status_code=503, settings=self.settings,
            default=self.default_callback_options,
        ))  # fmt: skip

    def build_authorize_url(self, state: str, request: BoltRequest) -> str:
        """Slack's page; of our own address only an id is passed on, to choose a workspace there."""
        team = (request.query.get("team") or [""])[0]
        chosen = team if re.fullmatch(r"[TE][A-Z0-9]{2,20}", team) else None
        return self.settings.authorize_url_generator.generate(state=state, team=chosen)

    def run_installation(self, code: str) -> Installation | None:
        installation = super().run_installation(code)
        if installation and installation.bot_refresh_token:  # its token would work for twelve hours
            log.error("installation refused code=token_rotation: this bot does not refresh tokens")
            return None
        return installation


def _fail(arguments: FailureArgs) -> BoltResponse:
    if not re.fullmatch(r"[a-z_]{1,60}", arguments.reason):
        arguments.reason = "unknown"
    log.info("installation not done reason=%s", arguments.reason)
    return arguments.default.failure(arguments)


def register_removal(app: App, installations: Installations) -> None:
    """Listen for the events that end an installation.

    Unlike Bolt's own listeners these act before the acknowledgement, so that Slack repeats what could not be done.
    """

    def remove(
        event: dict[str, Any], context: BoltContext, client: WebClient, next: Callable[[], BoltResponse]
    ) -> BoltResponse:
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            try:
                installations.remove(client, context)
            except (DatabaseUnavailable, OSError, SlackApiError) as error:
                reason = type(error).__name__
                log.warning("removal put off code=removal_put_off team=%s: %s", context.team_id, reason)
                return BoltResponse(status=503)
        return next()

    for name in REMOVAL_EVENTS:
        app.event(name, middleware=[remove])(lambda: None)
