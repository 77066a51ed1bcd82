"""Installing the app in a workspace by Bolt's OAuth pages, and the events that end an installation."""

from __future__ import annotations

import logging
import re
import secrets
import time
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_flow import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store import OAuthStateStore

from bot.db.engine import Database, DatabaseUnavailable
from bot.db.idempotency import DatabaseDeduplicator
from bot.db.installations import Installations, StoredAuthorize, remove_installation
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES

log = logging.getLogger(__name__)

STATE_SECONDS = 600  # between the visit of the install page and the return from Slack's
ALREADY_INSTALLED = "<html><body><h2>The app is installed</h2><p>You can close this page.</p></body></html>"
PAGE_HEADERS = {
    "cache-control": "no-store",
    # The address of the page holds Slack's code and our state.
    "referrer-policy": "no-referrer",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src https://platform.slack-edge.com; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
}


class SignedStates(OAuthStateStore):
    """States that cost nothing until they come back: signed, good for `STATE_SECONDS`, and consumed once."""

    def __init__(self, database: Database, keys: Sequence[str]) -> None:
        self._database, self._once = database, DatabaseDeduplicator(database)
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @property
    def logger(self) -> logging.Logger:
        return log

    def issue(self, *args: Any, **kwargs: Any) -> str:
        return self._fernet.encrypt(secrets.token_bytes(16)).decode().rstrip("=")

    def consume(self, state: str) -> bool:
        """Whether the state was good, which it is no longer.  Raises DatabaseUnavailable."""
        with self._database.connection():
            pass  # the code must not be spent on an installation that cannot be kept
        return self._is_ours(state) and self._once.acquire(f"oauth state:{state}")

    def mark_installed(self, state: str) -> None:
        """Remember that this state ended in an installation."""
        self._once.acquire(f"installed:{state}")

    def was_installed(self, state: str) -> bool:
        """Whether a state that was consumed before ended in an installation."""
        return self._is_ours(state) and not self._once.acquire(f"installed:{state}")

    def _is_ours(self, state: str) -> bool:
        try:
            return bool(self._fernet.decrypt(state + "=" * (-len(state) % 4), ttl=STATE_SECONDS))
        except InvalidToken:
            return False


class StateCookies(OAuthStateUtils):
    """A cookie per state, so that two tabs do not end each other's installation; it ends by itself."""

    def build_set_cookie_for_new_state(self, state: str) -> str:
        name = self._name(state)
        return f"{name}={state}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age={self.expiration_seconds}"

    def build_set_cookie_for_deletion(self) -> str:
        return super().build_set_cookie_for_deletion() + "; SameSite=Lax"

    def is_valid_browser(self, state: str | None, request_headers: Any) -> bool:
        cookies = "; ".join(request_headers.get("cookie") or [])
        return bool(state) and f"{self._name(str(state))}={state}" in cookies.split("; ")

    @staticmethod
    def _name(state: str) -> str:
        return f"__Host-slack-state-{re.sub(r'[^A-Za-z0-9]', '', state)[-12:]}"


class InstallFlow(OAuthFlow):
    """Bolt's OAuth flow, with an answer whatever fails on the way."""

    def __init__(
        self,
        client: WebClient,
        installations: Installations,
        states: SignedStates,
        *,
        client_id: str,
        client_secret: str,
    ) -> None:
        settings = OAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=sorted(SCOPES),
            user_scopes=[],
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=urllib.parse.urljoin(client.base_url, "/oauth/v2/authorize"),
            callback_options=CallbackOptions(success=self._succeed, failure=self._fail),
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            logger=log,
        )
        settings.authorize = StoredAuthorize(installations)
        settings.state_utils = StateCookies(expiration_seconds=STATE_SECONDS)
        self._states = states
        super().__init__(client=client, logger=log, settings=settings)

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        try:
            return super().handle_callback(request)
        except (DatabaseUnavailable, OSError) as error:
            reason = "storage_error" if isinstance(error, DatabaseUnavailable) else "slack_unavailable"
            return self._fail(
                FailureArgs(
                    request=request,
                    reason=reason,
                    suggested_status_code=503,
                    settings=self.settings,
                    default=self.default_callback_options,
                )
            )

    def build_authorize_url(self, state: str, request: BoltRequest) -> str:
        """Slack's page; of our own address only an id is passed on, to choose a workspace there."""
        team = (request.query.get("team") or [""])[0]
        return self.settings.authorize_url_generator.generate(
            state=state, team=team if re.fullmatch(r"[TE][A-Z0-9]{2,20}", team) else None
        )

    def run_installation(self, code: str) -> Installation | None:
        installation = super().run_installation(code)
        if installation and installation.bot_refresh_token:  # its token would work for twelve hours
            log.error(
                "installation refused code=token_rotation: the app rotates tokens, which this bot does not refresh"
            )
            return None
        return installation

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        self.settings.installation_store.save(installation)
        log.info("installed team=%s enterprise=%s", installation.team_id, installation.enterprise_id)

    def _succeed(self, arguments: SuccessArgs) -> BoltResponse:
        self._states.mark_installed(_state_of(arguments.request))
        return arguments.default.success(arguments)

    def _fail(self, arguments: FailureArgs) -> BoltResponse:
        if arguments.reason == "invalid_state" and self._states.was_installed(_state_of(arguments.request)):
            return BoltResponse(
                status=200, body=ALREADY_INSTALLED, headers={"content-type": "text/html; charset=utf-8"}
            )
        reason = arguments.reason if re.fullmatch(r"[a-z_]{1,60}", arguments.reason) else "unknown"
        log.info("installation not done reason=%s", reason)
        arguments.reason = reason
        return arguments.default.failure(arguments)


def register_removal(app: App, installations: Installations) -> None:
    """Listen for the events that end an installation.

    Unlike Bolt's own listeners these act before the acknowledgement, so that Slack repeats what could not be done.
    """

    def remove(
        event: dict[str, Any],
        body: dict[str, Any],
        context: BoltContext,
        client: WebClient,
        next: Callable[[], Any],
    ) -> BoltResponse | None:
        if event.get("type") == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            sent = body.get("event_time")
            try:
                remove_installation(
                    installations,
                    client,
                    enterprise_id=context.enterprise_id,
                    team_id=context.team_id,
                    is_enterprise_install=bool(context.is_enterprise_install),
                    noticed_at=float(sent) if isinstance(sent, int | float) else time.time(),
                )
            except (DatabaseUnavailable, OSError, SlackApiError) as error:
                log.warning(
                    "removal put off code=removal_put_off team=%s: %s", context.team_id, type(error).__name__
                )
                return BoltResponse(status=503)
        next()
        return None

    for name in ("app_uninstalled", "tokens_revoked"):
        app.event(name, middleware=[remove])(lambda: None)


def _state_of(request: BoltRequest) -> str:
    return str((request.query.get("state") or [""])[0])
