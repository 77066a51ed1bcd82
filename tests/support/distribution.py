"""A fake Slack for an app that several workspaces install: codes become tokens, valid until revoked."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from tests.support.browser import Browser
from tests.support.fake_slack import APP, BOT_TOKEN, BOT_USER, SIGNING_SECRET, FakeSlack
from tests.support.process import Served
from tests.support.requests import command_body, event_body, mention_event

CLIENT_ID, CLIENT_SECRET = "111.222", "client-secret-of-the-app"
KEY, OLD_KEY, OTHER_KEY = ("k" * 42 + "0=", "o" * 42 + "0=", "x" * 42 + "0=")


def installable(database_url: str, keys: str = KEY) -> dict[str, str]:
    """The variables of a bot that workspaces install."""
    return {
        "SLACK_BOT_TOKEN": "", "SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET, "TOKEN_ENCRYPTION_KEY": keys, "DATABASE_URL": database_url,
    }  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the app is installed: a workspace, a workspace of an organisation, or an organisation."""

    team: str | None = "T1"
    enterprise: str | None = None
    organisation: bool = False

    @property
    def name(self) -> str:
        return f"Place {self.team or self.enterprise}"

    def command(self, text: str, response_url: str, **more: str) -> str:
        """A command from there; that of an organisation comes from one of its workspaces."""
        enterprise = {"enterprise_id": self.enterprise} if self.enterprise else {}
        return command_body(
            text, response_url, team_id=self.team or "T0ANY", is_enterprise_install=str(self.organisation).lower(),
            **enterprise, **more,
        )  # fmt: skip

    def event(
        self, event: dict[str, Any], *, event_time: float | None = None, authorized: bool = True
    ) -> str:
        where = {"enterprise_id": self.enterprise, "is_enterprise_install": self.organisation}
        body = json.loads(event_body(event)) | where
        body |= {"event_time": int(event_time or time.time()), "team_id": self.team or "T0ANY"}
        (bot,) = body.pop("authorizations")
        if authorized:
            body["authorizations"] = [bot | {"team_id": self.team, **where}]
        return json.dumps(body)

    def mention(self, text: str) -> str:
        return self.event(mention_event(f"<@{BOT_USER}> {text}"))


WORKSPACE = Place("T1")
IN_ORGANISATION = Place("T2", "E2")
ORGANISATION = Place(None, "E3", True)
SHAPES = [WORKSPACE, IN_ORGANISATION, ORGANISATION]


@dataclass
class Distribution(FakeSlack):
    """A fake Slack that accepts the tokens it has issued."""

    granted: dict[str, tuple[Place, str]] = field(default_factory=dict)  # code -> place and token
    living: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    used: list[tuple[str, str]] = field(default_factory=list)  # method and token of each call
    rotation: bool = False

    def code(self, place: Place) -> str:
        """The code that Slack adds to the redirect address."""
        code = f"code-{len(self.granted) + 1}"
        self.granted[code] = (place, f"xoxb-granted-{len(self.granted) + 1}-{'s3cr3t' * 8}")
        return code

    def revoke(self, token: str) -> None:
        self.living.discard(token)
        self.dead.add(token)

    def tokens(self, method: str) -> list[str]:
        return [token for called, token in self.used if called == method]

    def _web_api(self, method: str, headers: Mapping[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
        if method == "oauth.v2.access":
            return self._grant(headers, arguments)
        token = str(arguments.get("token") or headers.get("authorization", "").removeprefix("Bearer "))
        self.used.append((method, token))
        if token not in self.living:
            return {"ok": False, "error": "token_revoked" if token in self.dead else "invalid_auth"}
        known = {**headers, "authorization": f"Bearer {BOT_TOKEN}"}
        return super()._web_api(method, known, {**arguments, "token": BOT_TOKEN})

    def _grant(self, headers: Mapping[str, str], arguments: dict[str, Any]) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if headers.get("authorization") != f"Basic {basic}":
            return {"ok": False, "error": "bad_client_secret"}
        found = self.granted.get(str(arguments.get("code")))
        if found is None or found[1] in self.living | self.dead:
            return {"ok": False, "error": "invalid_code"}
        place, token = found
        self.living.add(token)
        return {
            "ok": True, "app_id": APP, "access_token": token, "token_type": "bot", "bot_user_id": BOT_USER,
            "scope": ",".join(sorted(SCOPES)), "authed_user": {"id": "U1INSTALLER"},
            "is_enterprise_install": place.organisation,
            "team": {"id": place.team, "name": place.name} if place.team else None,
            "enterprise": {"id": place.enterprise, "name": f"Org {place.enterprise}"} if place.enterprise else None,
            **({"refresh_token": "xoxe-1-refresh", "expires_in": 43200} if self.rotation else {}),
        }  # fmt: skip


class Visitor:
    """A person who installs the app in a browser."""

    def __init__(self, browser: Browser | Served) -> None:
        self._browser = browser
        self.cookie = ""
        self.state = ""
        self.address = ""

    def begin(self) -> tuple[int, dict[str, str], str]:
        status, headers, page = self._browser.request("GET", INSTALL_PATH)
        if status == 200:
            self.cookie = headers["set-cookie"].split(";")[0]
            self.address = page.split('<a href="')[1].split('"')[0].replace("&amp;", "&")
            self.state = urllib.parse.parse_qs(urllib.parse.urlsplit(self.address).query)["state"][0]
        return status, headers, page

    def come_back(self, **query: str) -> tuple[int, dict[str, str], str]:
        """What Slack's page leads to, with the state of `begin` unless another is given."""
        path = f"{REDIRECT_PATH}?{urllib.parse.urlencode({'state': self.state, **query})}"
        return self._browser.request("GET", path, headers={"cookie": self.cookie})

    def install(self, slack: Distribution, place: Place) -> tuple[int, dict[str, str], str]:
        self.begin()
        return self.come_back(code=slack.code(place))


def uninstalled() -> dict[str, Any]:
    return {"type": "app_uninstalled"}


def revoked(*, bots: tuple[str, ...] = (BOT_USER,), users: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "tokens_revoked", "tokens": {"oauth": list(users), "bot": list(bots)}}
