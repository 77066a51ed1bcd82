"""Workspaces install the app, are answered with their own token, and leave no trace when they remove it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine
from bot.db.engine import Database, open_engine
from bot.db.idempotency import Deduplicator
from bot.db.installations import Installations
from bot.server.log import redact
from bot.slack.app import build_app
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, REMOVAL_EVENTS, manifest
from bot.slack.oauth import STATE_COOKIE, InstallFlow, SignedStates
from bot.slack.responses import new_client
from tests.support.browser import Browser
from tests.support.distribution import (
    CLIENT_ID,
    CLIENT_SECRET,
    IN_ORGANISATION,
    KEY,
    OLD_KEY,
    ORGANISATION,
    OTHER_KEY,
    SHAPES,
    WORKSPACE,
    Distribution,
    Place,
    Visitor,
    revoked,
    uninstalled,
)
from tests.support.fake_slack import SIGNING_SECRET, Call
from tests.support.harness import at_once
from tests.support.requests import FORM, JSON


class Host:
    """One process that serves several workspaces, as `bot.server.bot` builds it."""

    def __init__(self, slack: Distribution, url: str, finder: SearchEngine, *keys: str) -> None:
        self.slack = slack
        self.clock = 0.0
        self.database = Database(open_engine(url), clock=lambda: self.clock)
        self.installations = Installations(CLIENT_ID, self.database, keys or (KEY,))
        self.states = SignedStates(self.database, keys or (KEY,))
        client = self.client = new_client(None, slack.api_url)
        oauth = InstallFlow(client, self.installations, self.states, CLIENT_SECRET)
        self.app = build_app(
            lambda: finder, client=client, signing_secret=SIGNING_SECRET, deduplicator=Deduplicator(self.database),
            oauth=oauth, installations=self.installations,
        )  # fmt: skip
        self.browser = Browser(self.app, oauth, slack)
        self.visitor = Visitor(self.browser)
        self.status = 0
        self.reply = ""

    def close(self) -> None:
        self.browser.close()
        self.database.close()

    def install(self, place: Place = WORKSPACE) -> str:
        """Install the app; returns the token."""
        before = set(self.slack.living)
        status, _, page = self.visitor.install(self.slack, place)
        assert (status, "Thank you" in page) == (200, True)
        (token,) = self.slack.living - before
        return token

    def command(self, place: Place, words: str = "trade share") -> list[Call]:
        return self._send(place.command(words, self.slack.new_response_url()), FORM)

    def mention(self, place: Place, words: str = "trade share") -> list[Call]:
        return self._send(place.mention(words), JSON)

    def notify(self, place: Place, event: dict[str, Any], **more: Any) -> int:
        """One of Slack's notices; returns the status of our answer."""
        self._send(place.event(event, **more), JSON)
        return self.status

    def _send(self, body: str, kind: str) -> list[Call]:
        before = len(self.slack.posts())
        self.status, _, self.reply = self.browser.post(body, kind)
        self.browser.settle()
        return self.slack.posts()[before:]

    def rows(self, *tables: str) -> list[dict[str, Any]]:
        with self.database.connection() as connection:
            found = [connection.execute(text(f"SELECT * FROM {name}")).mappings() for name in tables]
            return [dict(row) for rows in found for row in rows]

    def lose_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unavailable(*_: object, **__: object) -> None:
            raise OSError("no route to the database")

        monkeypatch.setattr(self.database.engine, "begin", unavailable)


@pytest.fixture
def host(slack: Distribution, url: str, finder: SearchEngine) -> Iterator[Host]:
    with closing(Host(slack, url, finder)) as made:
        yield made


@pytest.fixture
def local(slack: Distribution, tmp_path: Path, finder: SearchEngine) -> Iterator[Host]:
    """On SQLite, for tests that do not depend on the database."""
    with closing(Host(slack, f"sqlite:///{tmp_path}/unionstate.sqlite3", finder)) as made:
        yield made


# Installing and removing


@pytest.mark.parametrize("place", SHAPES, ids=["workspace", "in organisation", "organisation"])
@pytest.mark.parametrize(
    "notices", [(uninstalled, revoked), (revoked, uninstalled)], ids=["removed first", "revoked first"]
)
def test_install_answer_uninstall(host: Host, slack: Distribution, place: Place, notices: Any) -> None:
    token = host.install(place)
    assert slack.tokens("auth.test") == [token]

    assert "49.5%" in host.command(place)[0].text
    assert "49.5%" in host.mention(place)[0].text
    assert "$10 billion" in host.mention(place, "nuclear plant loan")[0].text
    assert slack.tokens("chat.postMessage") == [token] * 2
    assert slack.tokens("auth.test") == [token], "auth.test is for installing, not for each request"
    found = host.installations.find_place(place.team or place.enterprise or "")
    assert (found and found.bot_token, host.installations.find_place("T0OTHER")) == (token, None)
    kept = host.rows("slack_bots", "claims")
    assert kept[0]["bot_token"].startswith("gAAAA"), "encrypted"
    for secret in ("xoxb-", token, "U1INSTALLER", "U1ANNA"):
        assert secret not in repr(kept)

    slack.revoke(token)
    first, second = notices
    assert host.notify(place, first()) == 200
    assert host.rows("slack_bots") == []
    assert [host.notify(place, notice()) for notice in (second, first)] == [200, 200]
    assert ENGLISH("no_installation") in [call.text for call in host.command(place)] + [host.reply]
    assert (host.mention(place), host.status) == ([], 200)


def test_workspaces_do_not_share_a_token(local: Host, slack: Distribution) -> None:
    tokens = {place: local.install(place) for place in SHAPES}
    for place in SHAPES:
        local.mention(place)
    assert slack.tokens("chat.postMessage") == list(tokens.values())
    slack.revoke(tokens[WORKSPACE])
    local.notify(WORKSPACE, uninstalled())
    assert [len(local.mention(place)) for place in (WORKSPACE, IN_ORGANISATION, ORGANISATION)] == [0, 1, 1]


def test_installing_again_replaces_what_was_kept_and_older_notices_do_not_end_it(
    local: Host, slack: Distribution
) -> None:
    slack.revoke(local.install())
    token = local.install()
    assert len(local.rows("slack_bots")) == 1
    for notice in (revoked(), uninstalled()):
        assert local.notify(WORKSPACE, notice, event_time=time.time() - 60) == 200
    assert len(local.mention(WORKSPACE)) == 1
    assert slack.tokens("chat.postMessage") == [token]


def test_a_workspace_that_joined_an_organisation_is_still_served(local: Host, slack: Distribution) -> None:
    token, joined = local.install(), Place(WORKSPACE.team, "E9")
    assert "49.5%" in local.command(joined)[0].text
    assert "49.5%" in local.mention(joined)[0].text
    slack.revoke(token)
    assert local.notify(joined, uninstalled()) == 200
    assert local.rows("slack_bots") == []


def test_an_organisation_is_forgotten_when_the_notice_does_not_say_that_it_is_one(
    local: Host, slack: Distribution
) -> None:
    token, vague = local.install(ORGANISATION), Place("T9", ORGANISATION.enterprise, False)
    local.notify(vague, uninstalled(), authorized=False)
    assert len(local.rows("slack_bots")) == 1, "its token lives: only a workspace of it was meant"
    slack.revoke(token)
    local.notify(vague, uninstalled(), authorized=False)
    assert local.rows("slack_bots") == []


# Keys


def test_keys_are_changed_in_two_phases(slack: Distribution, url: str, finder: SearchEngine) -> None:
    """Processes with only the old key, then with both in either order, then with only the new one."""
    with ExitStack() as stack:
        old, first, second, new = (
            stack.enter_context(closing(Host(slack, url, finder, *keys)))
            for keys in ((OLD_KEY,), (OLD_KEY, KEY), (KEY, OLD_KEY), (KEY,))
        )
        old.install()
        assert first.installations.reencrypt() == 0
        assert [len(host.mention(WORKSPACE)) for host in (old, first, second, new)] == [1, 1, 1, 0]
        assert [len(tokens) for tokens in second.installations.tokens()] == [1, 0]
        assert [second.installations.reencrypt() for _ in range(2)] == [1, 0]
        assert [len(tokens) for tokens in second.installations.tokens()] == [0, 0]
        assert [len(host.mention(WORKSPACE)) for host in (old, first, second, new)] == [0, 1, 1, 1]


def test_a_token_that_no_key_decrypts_is_named_in_the_log_and_can_be_removed(
    slack: Distribution, url: str, finder: SearchEngine, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Host(slack, url, finder)) as first, closing(Host(slack, url, finder, OTHER_KEY)) as other:
        first.install()
        assert other.mention(WORKSPACE) == []
        assert "TOKEN_ENCRYPTION_KEY lacks its key" in caplog.text
        assert other.installations.reencrypt() == 0
        other.notify(WORKSPACE, uninstalled())
        assert other.rows("slack_bots") == []


# What goes wrong


def forged(host: Host) -> None:
    host.visitor.state = SignedStates(host.database, (OTHER_KEY,)).issue()
    host.visitor.cookie = f"{STATE_COOKIE}={host.visitor.state}"


def away(host: Host) -> None:
    host.client.base_url = "http://127.0.0.1:9/api/"


@pytest.mark.parametrize(
    ("prepare", "query", "status", "reason"),
    [
        (lambda host: setattr(host.visitor, "cookie", ""), {}, 400, "invalid_browser"),
        (lambda host: host.visitor.come_back(code="invented"), {}, 401, "invalid_state"),
        (forged, {}, 401, "invalid_state"),
        (None, {"error": "access_denied"}, 200, "access_denied"),
        (None, {"error": "<script>alert(1)</script>"}, 200, "unknown"),
        (None, {"scope": "commands"}, 401, "missing_code"),
        (None, {"code": "invented"}, 401, "invalid_code"),
        (away, {}, 503, "slack_unavailable"),
        (lambda host: setattr(host.slack, "rotation", True), {}, 401, "invalid_code"),
    ],
)
def test_a_failed_installation_says_why_and_how_to_begin_again(
    local: Host, slack: Distribution, prepare: Callable[[Host], object] | None, query: dict[str, str], status: int,
    reason: str, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.INFO)
    local.visitor.begin()
    if prepare:
        prepare(local)
    answered, headers, page = local.visitor.come_back(**(query or {"code": slack.code(WORKSPACE)}))
    assert answered == status
    assert reason in page
    assert f'href="{INSTALL_PATH}"' in page
    assert "<script" not in page
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
    log = redact("\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot.")))
    assert f"installation not done reason={reason}" in log
    for value in ("code-1", "code-2", "invented", "xoxb-", CLIENT_SECRET, local.visitor.state or "-none-"):
        assert value not in log


def test_the_database_unavailable_during_an_installation(
    local: Host, slack: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.visitor.begin()
    local.lose_the_database(monkeypatch)
    status, _, page = local.visitor.come_back(code=slack.code(WORKSPACE))
    assert (status, "storage_error" in page) == (503, True)
    assert slack.living == set(), "the code is not spent"


def test_known_workspaces_are_answered_while_the_database_is_unavailable(
    local: Host, slack: Distribution, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = local.install()
    local.install(IN_ORGANISATION)
    local.mention(WORKSPACE)
    with monkeypatch.context() as patched:
        local.lose_the_database(patched)
        assert len(local.mention(WORKSPACE)) == len(local.command(WORKSPACE)) == 1
        assert "Something broke" in local.command(IN_ORGANISATION)[0].text
        assert local.notify(WORKSPACE, uninstalled()) == 503
    assert caplog.text.count("code=database_unavailable: no route to the database") == 1
    local.clock += 10
    slack.revoke(token)
    assert local.notify(WORKSPACE, uninstalled()) == 200
    assert caplog.text.count("database available again") == 1
    assert local.mention(WORKSPACE) == []


# The pages


def test_the_cookie_is_for_this_host_alone(local: Host) -> None:
    _, headers, _ = local.visitor.begin()
    assert headers["set-cookie"].startswith("__Host-")
    assert "Secure; HttpOnly; Path=/; Max-Age=600" in headers["set-cookie"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "scope=app_mentions:read" in local.visitor.address
    assert local.visitor.address.startswith(local.slack.url + "/oauth/v2/authorize?")


@pytest.mark.parametrize(
    ("team", "passed_on"),
    [("T0ABC", True), ("T1%26scope%3Dadmin", False), ("%22%3E%3Cscript%3E", False), ("", False)],
)
def test_a_workspace_may_be_chosen_but_nothing_else_is_passed_on(
    local: Host, team: str, passed_on: bool
) -> None:
    _, _, page = local.browser.request("GET", f"{INSTALL_PATH}?team={team}")
    assert ("team=T0ABC" in page) == passed_on
    assert "admin" not in page
    assert "<script" not in page


def test_a_state_is_good_once_among_many(host: Host) -> None:
    state = host.states.issue()
    assert sorted(at_once(8, lambda _: host.states.consume(state))) == [False] * 7 + [True]


def test_a_state_ends_after_ten_minutes(local: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    states = [local.states.issue() for _ in range(2)]
    now = time.time()
    for state, age, good in zip(states, (590, 620), (True, False), strict=True):
        monkeypatch.setattr("time.time", lambda age=age: now + age)
        assert local.states.consume(state) == good


@pytest.mark.parametrize("path", [INSTALL_PATH, REDIRECT_PATH])
def test_the_pages_take_only_get_and_short_addresses(local: Host, path: str) -> None:
    assert [local.browser.request(method, path)[0] for method in ("POST", "PUT")] == [405, 405]
    assert local.browser.request("GET", f"{path}?a=" + "b" * 2_000)[0] == 414


def test_bolt_makes_nothing_of_its_own_from_the_environment(
    slack: Distribution, tmp_path: Path, finder: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CLIENT_ID", CLIENT_ID), ("CLIENT_SECRET", CLIENT_SECRET)):
        monkeypatch.setenv(f"SLACK_{name}", value)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with closing(Host(slack, f"sqlite:///{tmp_path}/unionstate.sqlite3", finder)) as host:
        host.install()
        assert len(host.mention(WORKSPACE)) == 1
    assert not (tmp_path / "home").exists()


def test_the_installable_manifest_adds_the_redirect_and_the_notices() -> None:
    url = "https://bot.example.org"
    one, several = manifest(url), manifest(url, installable=True)
    assert several["oauth_config"].pop("redirect_urls") == [url + REDIRECT_PATH]
    one["settings"]["event_subscriptions"]["bot_events"] += REMOVAL_EVENTS
    assert several["settings"]["org_deploy_enabled"]
    assert one == several
    with pytest.raises(ValueError, match="over HTTP"):
        manifest(installable=True)
