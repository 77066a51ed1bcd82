"""Installing the app in a workspace, and what happens when it is removed again.

Belongs here: the way through Slack's OAuth, the pages that people see on it, the events that end an
installation.  Does not belong here: keeping installations (`installations`), the routes (`web`), what the
pages say (`wording`).
"""

from __future__ import annotations

import html
import logging
import re
import time
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_flow import OAuthFlow
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation

from bot.slack import strings as wording
from bot.slack.installations import STATE_SECONDS, Installations, States, StoredAuthorize, forget
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.store import DatabaseAway

log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # The page's address holds Slack's code and state: no other site is to see it, and nothing is loaded from one.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#1d1c1d;"
    "background:#fff}h1{font-size:1.5rem;line-height:1.25}a.button{display:inline-block;padding:.6rem 1.2rem;"
    "border-radius:.4rem;background:#1f3a5f;color:#fff;text-decoration:none}a{color:#1f3a5f}a:focus{outline:3px solid"
    " #e0a526;outline-offset:2px}@media(prefers-color-scheme:dark){body{background:#1a1d21;color:#e8e8e8}a{color:#9cc3f5}"
    "a.button{background:#9cc3f5;color:#1a1d21}}"
)


class Installing(OAuthFlow):
    """Bolt's way through OAuth, with our pages, our log, and an answer whatever fails on the way.

    The log never holds the code or the state, which Bolt's own would.
    """

    def __init__(
        self,
        client: WebClient,
        installations: Installations,
        states: States,
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
            callback_options=CallbackOptions(success=_success, failure=_failure),
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
        )
        settings.authorize = StoredAuthorize(installations)
        self.installations = installations
        super().__init__(client=client, settings=settings)

    def handle_installation(self, request: BoltRequest) -> BoltResponse:
        try:
            response = super().handle_installation(request)
        except DatabaseAway:
            return _failed("storage_error", 503)
        response.headers.update({name.lower(): [value] for name, value in _HEADERS.items()})
        return response

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        try:
            return super().handle_callback(request)
        except DatabaseAway:
            return _failed("storage_error", 503)
        except OSError as error:
            log.warning("Slack cannot be reached: %s", error)
            return _failed("slack_away", 503)

    def build_authorize_url(self, state: str, request: BoltRequest) -> str:
        """Slack's page.  `team` in our address chooses a workspace there; slack_sdk would pass on anything in its place."""
        team = (request.query.get("team") or [""])[0]
        return self.settings.authorize_url_generator.generate(
            state=state, team=team if re.fullmatch(r"[TE][A-Z0-9]{2,20}", team) else None
        )

    def too_many(self) -> BoltResponse:
        """For whoever comes when too many have come already."""
        return _failed("too_many", 429)

    def build_install_page_html(self, url: str, request: BoltRequest) -> str:
        features = "".join(f"<li>{html.escape(what)}</li>" for what in sorted(set(SCOPES.values())))
        return _page(
            wording.INSTALL_TITLE,
            f"<p>{html.escape(wording.INSTALL_ASKS)}</p><ul>{features}</ul>",
            url,
            wording.INSTALL_BUTTON,
        )

    def run_installation(self, code: str) -> Installation | None:
        """What Slack gives for the code; None when it does not take it.  Raises OSError when Slack cannot be reached."""
        try:
            answer = self.client.oauth_v2_access(
                code=code,
                client_id=self.settings.client_id,
                client_secret=self.settings.client_secret,
                redirect_uri=self.settings.redirect_uri,
            )
            token = answer.get("access_token")
            tested = self.client.auth_test(token=token)
        except SlackApiError as error:
            log.warning("installation refused by Slack: %s", error.response.get("error"))
            return None
        if answer.get("refresh_token"):
            # It would work for twelve hours.  The manifest has it off, and only on purpose is it turned on.
            log.error("installation refused: the app rotates tokens, which this bot does not refresh")
            return None
        enterprise, team = answer.get("enterprise") or {}, answer.get("team") or {}
        return Installation(
            app_id=answer.get("app_id"),
            enterprise_id=enterprise.get("id"),
            enterprise_name=enterprise.get("name"),
            team_id=team.get("id"),
            team_name=team.get("name"),
            bot_token=token,
            bot_id=tested.get("bot_id"),
            bot_user_id=answer.get("bot_user_id") or tested.get("user_id"),
            bot_scopes=answer.get("scope") or "",
            user_id="",
            is_enterprise_install=bool(answer.get("is_enterprise_install")),
            token_type=answer.get("token_type"),
        )

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        self.installations.save(installation)
        log.info("installed team=%s enterprise=%s", installation.team_id, installation.enterprise_id)


def _success(arguments: SuccessArgs) -> BoltResponse:
    installed = arguments.installation
    query = {"app": installed.app_id, "team": installed.team_id or installed.enterprise_id}
    address = urllib.parse.urlsplit(arguments.settings.authorization_url)
    opened = f"{address.scheme}://{address.netloc}/app_redirect?" + urllib.parse.urlencode(
        {name: value for name, value in query.items() if value}
    )
    where = installed.team_name or installed.enterprise_name
    next_step = wording.INSTALLED_ORGANISATION if installed.is_enterprise_install else wording.INSTALLED_NEXT
    page = _page(
        wording.installed(where), f"<p>{html.escape(next_step)}</p>", opened, wording.INSTALLED_BUTTON
    )
    return _answer(200, page, arguments.settings.state_utils.build_set_cookie_for_deletion())


def _failure(arguments: FailureArgs) -> BoltResponse:
    cookie = arguments.settings.state_utils.build_set_cookie_for_deletion()
    return _failed(arguments.reason, arguments.suggested_status_code, cookie)


def _failed(reason: str, status: int, cookie: str | None = None) -> BoltResponse:
    """A page that says what went wrong and how to begin again."""
    word = reason if re.fullmatch(r"[a-z_]{1,60}", reason) else "unknown"  # it comes with the address
    log.info("installation not done reason=%s", word)
    said = wording.NOT_INSTALLED.get(word) or wording.not_installed(word)
    page = _page(
        wording.NOT_INSTALLED_TITLE, f"<p>{html.escape(said)}</p>", INSTALL_PATH, wording.BEGIN_AGAIN
    )
    return _answer(status, page, cookie)


def _answer(status: int, page: str, cookie: str | None = None) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {**_HEADERS, **({"Set-Cookie": cookie} if cookie else {})}
    return BoltResponse(status=status, body=page, headers=headers)


def _page(title: str, content: str, link: str, button: str) -> str:
    escaped = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main><h1>{escaped}</h1>'
        f'{content}<p><a class="button" href="{html.escape(link)}">{html.escape(button)}</a></p></main></body></html>'
    )


# Removal


def register_removal(app: App, installations: Installations) -> None:
    """The events by which Slack tells that an installation has ended."""

    def handle(
        event: dict[str, Any],
        body: dict[str, Any],
        context: BoltContext,
        client: WebClient,
        next: Callable[[], Any],
    ) -> BoltResponse | None:
        """Before the acknowledgement: what could not be forgotten is refused, so that Slack tells us again."""
        if event.get("type") == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            next()
            return None
        told_at = body.get("event_time")
        try:
            forget(
                installations,
                client,
                enterprise_id=context.enterprise_id,
                team_id=context.team_id,
                is_enterprise_install=bool(context.is_enterprise_install),
                told_at=float(told_at) if isinstance(told_at, int | float) else time.time(),
            )
        except (DatabaseAway, OSError, SlackApiError) as error:
            log.warning("removal put off team=%s: %s", context.team_id, type(error).__name__)
            return BoltResponse(status=503)
        next()
        return None

    for name in ("app_uninstalled", "tokens_revoked"):
        app.event(name, middleware=[handle])(_nothing)


def _nothing() -> None:
    """The work is done before the acknowledgement."""
