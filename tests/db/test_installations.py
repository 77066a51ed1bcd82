"""Workspaces install the app, are answered with their own token, and leave no trace when they remove it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine
from bot.db.engine import Database, open_engine
from bot.db.idempotency import DatabaseDeduplicator
from bot.db.installations import Installations, KeyUsage
from bot.server.log import redact
from bot.slack.app import build_app
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, REMOVAL_EVENTS, manifest
from bot.slack.oauth import InstallFlow, SignedStates, StateCookies
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
    texts,
    uninstalled,
)
from tests.support.fake_slack import SIGNING_SECRET, Call
from tests.support.requests import FORM, JSON


@pytest.fixture
def slack() -> Iterator[Distribution]:
    with Distribution() as fake:
        yield fake
    assert not fake.problems


class Host:
    """One process that serves several workspaces, as `bot.server.run` builds it."""

    def __init__(
        self, slack: Distribution, url: str, finder: SearchEngine, keys: tuple[str, ...] = (KEY,)
    ) -> None:
        self.slack = slack
        self.clock = 0.0
        self.database = Database(open_engine(url), clock=lambda: self.clock)
        self.installations = Installations(CLIENT_ID, self.database, keys)
        self.states = SignedStates(self.database, keys)
        client = self.client = new_client(None, slack.api_url)
        oauth = InstallFlow(
            client, self.installations, self.states, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )
        self.app = build_app(
            lambda: finder,
            client=client,
            signing_secret=SIGNING_SECRET,
            deduplicator=DatabaseDeduplicator(self.database),
            oauth=oauth,
            installations=self.installations,
        )
        self.browser = Browser(self.app, oauth, slack)
        self.visitor = Visitor(self.get)
        self.status = 0
        self.reply = ""

    def close(self) -> None:
        self.browser.close()
        self.app.listener_runner.listener_executor.shutdown()
        self.database.close()

    def get(self, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        return self.browser.request("GET", path, b"", headers)

    def command(self, place: Place, words: str = "trade share") -> list[Call]:
        return self._send(place.command(words, self.slack.new_response_url()), FORM)

    def mention(self, place: Place, words: str = "trade share") -> list[Call]:
        return self._send(place.mention(words), JSON)

    def tell(self, place: Place, event: dict[str, Any], **more: Any) -> int:
        """One of Slack's notices; returns the status of our answer."""
        self._send(place.event(event, **more), JSON)
        return self.status

    def _send(self, body: str, kind: str) -> list[Call]:
        before = len(self.slack.said())
        self.status, _, self.reply = self.browser.post(body, kind)
        self.browser.settle()
        return self.slack.said()[before:]

    def rows(self) -> list[dict[str, Any]]:
        with self.database.connection() as connection:
            return [dict(row) for row in connection.execute(text("SELECT * FROM slack_bots")).mappings()]

    def everything(self) -> str:
        """All that the database holds, as text."""
        with self.database.connection() as connection:
            return repr(
                [connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("slack_bots", "claims")]
            )

    def lose_the_database(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unavailable(*_: object, **__: object) -> None:
            raise OSError("no route to the database")

        monkeypatch.setattr(self.database.engine, "begin", unavailable)


@pytest.fixture
def host(slack: Distribution, url: str, finder: SearchEngine) -> Iterator[Host]:
    made = Host(slack, url, finder)
    yield made
    made.close()


@pytest.fixture
def local(slack: Distribution, tmp_path: Path, finder: SearchEngine) -> Iterator[Host]:
    """On SQLite, for what has nothing to do with the kind of database."""
    made = Host(slack, f"sqlite:///{tmp_path}/unionstate.sqlite3", finder)
    yield made
    made.close()


# Installing


@pytest.mark.parametrize("place", SHAPES, ids=["workspace", "in organisation", "organisation"])
@pytest.mark.parametrize(
    "notices", [(uninstalled, revoked), (revoked, uninstalled)], ids=["removed first", "revoked first"]
)
def test_install_answer_uninstall(host: Host, slack: Distribution, place: Place, notices: Any) -> None:
    status, _, page = host.visitor.install(slack, place)
    assert status == 200
    assert "Thank you" in page
    (token,) = slack.living
    assert slack.tokens("auth.test") == [token]

    assert "49.5%" in texts(host.command(place))[0]
    assert "49.5%" in texts(host.mention(place))[0]
    assert "$10 billion" in texts(host.mention(place, "nuclear plant loan"))[0]
    assert slack.tokens("chat.postMessage") == [token] * 2
    assert slack.tokens("auth.test") == [token], "auth.test is for installing, not for each request"
    assert host.rows()[0]["bot_token"].startswith("gAAAA"), "encrypted"
    for secret in ("xox", token[-20:], "U1INSTALLER", "U1ANNA"):
        assert secret not in host.everything()

    slack.revoke(token)
    first, second = notices
    assert host.tell(place, first()) == 200
    assert host.rows() == []
    assert host.tell(place, second()) == 200
    assert host.tell(place, first()) == 200
    assert ENGLISH("no_installation") in [call.text for call in host.command(place)] + [host.reply]
    assert host.mention(place) == []
    assert host.status == 200


def test_workspaces_do_not_share_a_token(host: Host, slack: Distribution) -> None:
    for place in SHAPES:
        host.visitor.install(slack, place)
    tokens = dict(slack.granted.values())
    for place in SHAPES:
        host.mention(place)
    assert slack.tokens("chat.postMessage") == [tokens[place] for place in SHAPES]
    slack.revoke(tokens[WORKSPACE])
    host.tell(WORKSPACE, uninstalled())
    assert host.mention(WORKSPACE) == []
    assert len(host.mention(IN_ORGANISATION)) == len(host.mention(ORGANISATION)) == 1


def test_installing_again_replaces_what_was_kept(host: Host, slack: Distribution) -> None:
    host.visitor.install(slack, WORKSPACE)
    slack.living.clear()
    host.visitor.install(slack, WORKSPACE)
    (token,) = slack.living
    assert len(host.rows()) == 1
    host.mention(WORKSPACE)
    assert slack.tokens("chat.postMessage") == [token]


def test_a_notice_of_an_earlier_installation_does_not_end_the_new_one(
    host: Host, slack: Distribution
) -> None:
    host.visitor.install(slack, WORKSPACE)
    (old,) = slack.living
    slack.revoke(old)
    host.visitor.install(slack, WORKSPACE)
    for notice in (revoked(), uninstalled()):
        assert host.tell(WORKSPACE, notice, told_at=time.time() - 60) == 200
    assert len(host.mention(WORKSPACE)) == 1


def test_an_organisation_is_forgotten_when_the_notice_does_not_say_that_it_is_one(
    host: Host, slack: Distribution
) -> None:
    host.visitor.install(slack, ORGANISATION)
    vague = Place("T9", ORGANISATION.enterprise, False)
    host.tell(vague, uninstalled(), authorized=False)
    assert len(host.rows()) == 1, "its token lives: only a workspace of it was meant"
    slack.revoke(*slack.living)
    host.tell(vague, uninstalled(), authorized=False)
    assert host.rows() == []


# Keys


def test_an_older_key_is_still_read_and_then_no_longer_needed(
    slack: Distribution, url: str, finder: SearchEngine
) -> None:
    def with_keys(*keys: str) -> Host:
        return Host(slack, url, finder, keys)

    first, second, third = with_keys(OLD_KEY), with_keys(KEY, OLD_KEY), with_keys(KEY)
    try:
        first.visitor.install(slack, WORKSPACE)
        assert len(second.mention(WORKSPACE)) == 1
        assert second.installations.key_usage() == KeyUsage(newest_key=0, older_keys=1, unreadable=0)
        assert third.mention(WORKSPACE) == []
        assert (second.installations.reencrypt(), second.installations.reencrypt()) == (1, 0)
        assert second.installations.key_usage() == KeyUsage(newest_key=1, older_keys=0, unreadable=0)
        assert len(third.mention(WORKSPACE)) == 1
    finally:
        for made in (first, second, third):
            made.close()


def test_a_token_that_no_key_reads_is_no_installation_and_the_log_names_the_variable(
    slack: Distribution, url: str, finder: SearchEngine, caplog: pytest.LogCaptureFixture
) -> None:
    first, other = Host(slack, url, finder, (KEY,)), Host(slack, url, finder, (OTHER_KEY,))
    try:
        first.visitor.install(slack, WORKSPACE)
        assert other.mention(WORKSPACE) == []
        assert "TOKEN_ENCRYPTION_KEY lacks its key" in caplog.text
        assert other.installations.reencrypt() == 0
        other.tell(WORKSPACE, uninstalled())
        assert other.rows() == []
    finally:
        first.close()
        other.close()


# What goes wrong


def another_browser(host: Host) -> None:
    host.visitor.cookie = ""


def opened_twice(host: Host) -> None:
    host.visitor.come_back(code="invented")


def forged(host: Host) -> None:
    host.visitor.state = SignedStates(host.database, (OTHER_KEY,)).issue()
    host.visitor.cookie = StateCookies().build_set_cookie_for_new_state(host.visitor.state).split(";")[0]


def slack_away(host: Host) -> None:
    host.client.base_url = "http://127.0.0.1:9/api/"


def rotating(host: Host) -> None:
    host.slack.rotation = True


@pytest.mark.parametrize(
    ("prepare", "query", "status", "reason"),
    [
        (another_browser, {}, 400, "invalid_browser"),
        (opened_twice, {}, 401, "invalid_state"),
        (forged, {}, 401, "invalid_state"),
        (None, {"error": "access_denied"}, 200, "access_denied"),
        (None, {"error": "<script>alert(1)</script>"}, 200, "unknown"),
        (None, {"scope": "commands"}, 401, "missing_code"),
        (None, {"code": "invented"}, 401, "invalid_code"),
        (slack_away, {}, 503, "slack_unavailable"),
        (rotating, {}, 401, "invalid_code"),
    ],
)
def test_a_failed_installation_says_why_and_how_to_begin_again(
    local: Host,
    slack: Distribution,
    prepare: Callable[[Host], None] | None,
    query: dict[str, str],
    status: int,
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
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
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    log = redact("\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot.")))
    assert f"installation not done reason={reason}" in log
    for value in ("code-1", "code-2", "invented", "xox", CLIENT_SECRET, local.visitor.state or "-none-"):
        assert value not in log


def test_the_database_away_while_somebody_installs(
    local: Host, slack: Distribution, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.visitor.begin()
    local.lose_the_database(monkeypatch)
    status, _, page = local.visitor.come_back(code=slack.code(WORKSPACE))
    assert (status, "storage_error" in page) == (503, True)
    assert slack.living == set(), "the code is not spent"


def test_a_page_that_is_reloaded_says_that_the_app_is_installed(local: Host, slack: Distribution) -> None:
    local.visitor.install(slack, WORKSPACE)
    status, _, page = local.visitor.come_back(code="code-1")
    assert (status, "is installed" in page) == (200, True)
    assert len(local.rows()) == 1


def test_two_tabs_do_not_end_each_others_installation(local: Host, slack: Distribution) -> None:
    first, second = Visitor(local.get), Visitor(local.get)
    first.begin()
    second.begin()
    first.cookie = second.cookie = f"{first.cookie}; {second.cookie}"
    assert [tab.come_back(code=slack.code(WORKSPACE))[0] for tab in (first, second)] == [200, 200]


def test_the_cookie_is_for_this_host_and_not_for_other_sites(local: Host) -> None:
    _, headers, _ = local.visitor.begin()
    assert headers["set-cookie"].startswith("__Host-")
    assert "Secure; HttpOnly; SameSite=Lax; Path=/" in headers["set-cookie"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "scope=app_mentions:read" in local.visitor.address
    assert local.visitor.address.startswith(local.slack.url + "/oauth/v2/authorize?")


@pytest.mark.parametrize(
    ("query", "passed_on"),
    [
        ("team=T0ABC", True),
        ("team=T1%26scope%3Dadmin", False),
        ("team=%22%3E%3Cscript%3E", False),
        ("team=", False),
    ],
)
def test_a_workspace_may_be_chosen_but_nothing_else_is_passed_on(
    local: Host, query: str, passed_on: bool
) -> None:
    _, _, page = local.get(f"{INSTALL_PATH}?{query}", {})
    assert ("team=T0ABC" in page) == passed_on
    assert "admin" not in page
    assert "<script" not in page


def test_a_state_is_good_once_among_many(host: Host) -> None:
    state, start, got = host.states.issue(), threading.Barrier(8), []

    def consume() -> None:
        start.wait()
        got.append(host.states.consume(state))

    threads = [threading.Thread(target=consume) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 7 + [True]


def test_a_state_ends_after_ten_minutes(local: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    states = [local.states.issue() for _ in range(2)]
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 590)
    assert local.states.consume(states[0])
    monkeypatch.setattr("time.time", lambda: now + 620)
    assert not local.states.consume(states[1])


def test_a_workspace_that_joined_an_organisation_is_still_served(local: Host, slack: Distribution) -> None:
    local.visitor.install(slack, WORKSPACE)
    joined = Place(WORKSPACE.team, "E9")
    assert "49.5%" in texts(local.command(joined))[0]
    assert "49.5%" in texts(local.mention(joined))[0]
    slack.revoke(*slack.living)
    assert local.tell(joined, uninstalled()) == 200
    assert local.rows() == []


@pytest.mark.parametrize("place", SHAPES, ids=lambda place: place.name)
def test_an_installation_is_found_by_its_place_alone(local: Host, slack: Distribution, place: Place) -> None:
    local.visitor.install(slack, place)
    found = local.installations.find_place(place.team or place.enterprise or "")
    assert found
    assert [found.bot_token] == list(slack.living)
    assert local.installations.find_place("T0OTHER") is None


# The pages


@pytest.mark.parametrize("path", [INSTALL_PATH, REDIRECT_PATH])
def test_the_pages_take_only_get_and_short_addresses(local: Host, path: str) -> None:
    for method in ("POST", "PUT"):
        assert local.browser.request(method, path)[0] == 405
    assert local.browser.request("GET", f"{path}?a=" + "b" * 2_000)[0] == 414


def test_bolt_makes_nothing_of_its_own_from_the_environment(
    slack: Distribution, tmp_path: Path, finder: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("SLACK_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    made = Host(slack, f"sqlite:///{tmp_path}/unionstate.sqlite3", finder)
    try:
        made.visitor.install(slack, WORKSPACE)
        assert len(made.mention(WORKSPACE)) == 1
    finally:
        made.close()
    assert not (tmp_path / "home").exists()


# The database unavailable


def test_known_workspaces_are_answered_while_the_database_is_away(
    local: Host, slack: Distribution, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    local.visitor.install(slack, WORKSPACE)
    local.visitor.install(slack, IN_ORGANISATION)
    local.mention(WORKSPACE)
    with monkeypatch.context() as patched:
        local.lose_the_database(patched)
        assert len(local.mention(WORKSPACE)) == 1
        assert len(local.command(WORKSPACE)) == 1
        assert "Something broke" in texts(local.command(IN_ORGANISATION))[0]
        assert local.tell(WORKSPACE, uninstalled()) == 503
        assert (
            caplog.text.count("database unavailable code=database_unavailable: no route to the database") == 1
        )
    local.clock += 10
    slack.revoke(dict(slack.granted.values())[WORKSPACE])
    assert local.tell(WORKSPACE, uninstalled()) == 200
    assert caplog.text.count("database available again") == 1
    assert local.mention(WORKSPACE) == []


def test_the_installable_manifest_adds_the_way_in_and_the_notices() -> None:
    url = "https://bot.example.org"
    one, several = manifest(url), manifest(url, installable=True)
    assert several["oauth_config"].pop("redirect_urls") == [url + REDIRECT_PATH]
    events = several["settings"]["event_subscriptions"]["bot_events"]
    assert [e for e in events if e not in one["settings"]["event_subscriptions"]["bot_events"]] == list(
        REMOVAL_EVENTS
    )
    one["settings"]["event_subscriptions"]["bot_events"] = events
    assert several["settings"]["org_deploy_enabled"]
    assert one == several
    with pytest.raises(ValueError, match="over HTTP"):
        manifest(installable=True)
