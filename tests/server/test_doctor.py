"""`unionstate doctor` names each problem with its fix and shows no secrets."""

from __future__ import annotations

import email.utils
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.facts.loader import load_fact_base
from bot.db.engine import Database, open_engine
from bot.db.installations import Installations
from bot.server.doctor import examine
from bot.slack.manifest import SCOPES
from tests.support.distribution import (
    CLIENT_ID,
    CLIENT_SECRET,
    KEY,
    OLD_KEY,
    ORGANISATION,
    OTHER_KEY,
    SHAPES,
    WORKSPACE,
    Distribution,
)
from tests.support.facts import FOLDER
from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.process import environment, free_port
from tests.support.socket_server import SocketServer

SECRETS = BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, CLIENT_SECRET, KEY, OLD_KEY, OTHER_KEY, "p4ssw0rd", "ws://"


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        fake.scopes = tuple(sorted(SCOPES))
        yield fake


@pytest.fixture
def environ(slack: FakeSlack, tmp_path: Path) -> dict[str, str]:
    """A valid environment: Socket Mode, one workspace."""
    return {
        "SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN,
        "UNIONSTATE_FACTS": str(FOLDER / "facts"), "XDG_DATA_HOME": str(tmp_path),
    }  # fmt: skip


def lines(environ: dict[str, str]) -> list[str]:
    report = list(examine(environ))
    for secret in SECRETS:
        assert secret not in "\n".join(report)
    return report


def wrong(environ: dict[str, str]) -> list[str]:
    return [line for line in lines(environ) if line.startswith("wrong")]


def test_a_good_configuration_passes(environ: dict[str, str], tmp_path: Path) -> None:
    report = lines(environ)
    assert [line.split()[0] for line in report] == ["ok"] * 7
    assert [line[7:19].strip() for line in report] == [
        "variables", "token", "scopes", "socket mode", "database", "facts", "clock",
    ]  # fmt: skip
    assert "Socket Mode, for one workspace" in report[0]
    assert "unionstate (U0BOT) in Team (T0TEAM)" in report[1]
    assert f"all {len(SCOPES)} granted, and no more" in report[2]
    facts = load_fact_base(FOLDER / "facts")
    assert f"{len(facts.facts)} facts of {len(facts.sources)} articles, version {facts.version}" in report[5]
    assert list(tmp_path.iterdir()) == [], "it changes nothing"


def test_it_takes_no_event_from_the_running_bot(environ: dict[str, str], slack: FakeSlack) -> None:
    with SocketServer() as server:
        slack.socket_url = server.url
        assert wrong(environ) == []
        assert server.connections == 0


@pytest.mark.parametrize("host", ["", "::1"])
def test_over_http(environ: dict[str, str], host: str) -> None:
    del environ["SLACK_APP_TOKEN"]
    port = str(free_port())
    report = lines(
        {
            **environ, "SLACK_SIGNING_SECRET": SIGNING_SECRET, "WEB_CONCURRENCY": "2", "PORT": port,
            "HOST": host,
        }
    )  # fmt: skip
    assert [line.split()[0] for line in report] == ["ok"] * 6
    assert "2 processes, for one workspace" in report[0]


def test_the_maintainers_channel_needs_an_invitation(environ: dict[str, str]) -> None:
    report = lines({**environ, "MAINTAINERS_CHANNEL": "C0123"})
    assert [line.split()[0] for line in report] == ["ok", "note", *["ok"] * 6]
    assert "/invite @UnionState" in report[1]
    assert "C0123" in report[1]


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    ("nothing set", {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, ["variables    SLACK_BOT_TOKEN is not set", "variables    neither SLACK_APP_TOKEN"]),
    ("contradiction", {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "x", "TOKEN_ENCRYPTION_KEY": KEY}, ["variables    SLACK_BOT_TOKEN and SLACK_APP_TOKEN and SLACK_CLIENT_ID contradict"]),
    ("bad bot token", {"SLACK_BOT_TOKEN": "xoxb-p4ssw0rd"}, ["token        Slack refused SLACK_BOT_TOKEN (invalid_auth): copy it again"]),
    ("bad app token", {"SLACK_APP_TOKEN": "xapp-p4ssw0rd"}, ["socket mode  Slack gives no connection (invalid_auth)"]),
    ("no folder", {"UNIONSTATE_FACTS": "/no/such/folder"}, ["variables    UNIONSTATE_FACTS is not a folder"]),
    ("empty folder", {"UNIONSTATE_FACTS": "{tmp}"}, ["facts        "]),
    ("database away", {"DATABASE_URL": "postgres://user:p4ssw0rd@127.0.0.1:9/d"}, ["database     the database cannot be used"]),
    ("Slack away", {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, ["token        Slack cannot be reached", "socket mode  Slack cannot", "clock        Slack cannot"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_problems_are_reported(
    environ: dict[str, str], tmp_path: Path, change: dict[str, str], found: list[str]
) -> None:
    report = wrong(
        {**environ, **{name: value.replace("{tmp}", str(tmp_path)) for name, value in change.items()}}
    )
    assert len(report) == len(found)
    for line, part in zip(report, found, strict=True):
        assert part in line


def test_missing_scopes_are_named_with_what_needs_them(environ: dict[str, str], slack: FakeSlack) -> None:
    slack.scopes = tuple(scope for scope in slack.scopes if scope != "im:history")
    (line,) = wrong(environ)
    assert f"not granted: im:history ({SCOPES['im:history']})" in line
    assert "install it again" in line


def test_unnecessary_scopes_are_noted(environ: dict[str, str], slack: FakeSlack) -> None:
    slack.scopes = (*slack.scopes, "admin.users:read")
    assert wrong(environ) == []
    assert "more than are needed: admin.users:read" in "\n".join(lines(environ))


@pytest.mark.parametrize(
    ("ahead", "verdict", "expected"),
    [
        (0, "ok", "as Slack's"), (-60, "note", "s behind Slack's"),
        (300, "wrong", "300 s ahead of Slack's: signatures will be refused"),
    ],
)  # fmt: skip
def test_the_clock(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, ahead: float, verdict: str, expected: str
) -> None:
    moment = float(int(time.time()))
    monkeypatch.setattr(
        "http.server.BaseHTTPRequestHandler.date_time_string",
        lambda *_: email.utils.formatdate(moment, usegmt=True),
    )
    monkeypatch.setattr("bot.server.doctor.time.time", lambda: moment + ahead)
    line = next(line for line in lines(environ) if " clock " in line)
    assert line.split()[0] == verdict
    assert expected in line


def test_a_file_that_is_not_a_database(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_text("not a database, " * 100)
    report = lines({**environ, "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"})
    assert "file is not a database" in next(line for line in report if " database " in line)


# Several workspaces


@pytest.fixture
def distribution() -> Iterator[Distribution]:
    with Distribution() as fake:
        fake.scopes = tuple(sorted(SCOPES))
        yield fake


def installable(slack: Distribution, url: str, keys: str = KEY) -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url, "SLACK_CLIENT_ID": CLIENT_ID, "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET, "TOKEN_ENCRYPTION_KEY": keys, "DATABASE_URL": url,
        "UNIONSTATE_FACTS": str(FOLDER / "facts"),
    }  # fmt: skip


def install_everywhere(slack: Distribution, url: str, key: str) -> None:
    from slack_sdk.oauth.installation_store import Installation

    database = Database(open_engine(url))
    kept = Installations(CLIENT_ID, database, (key,))
    for place in SHAPES:
        token = slack.granted[slack.code(place)][1]
        slack.living.add(token)
        kept.save(
            Installation(
                app_id="A1", enterprise_id=place.enterprise, team_id=place.team, bot_token=token, bot_id="B1",
                bot_user_id="U1", user_id="", is_enterprise_install=place.organisation,
            )
        )  # fmt: skip
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_several_workspaces(
    distribution: Distribution, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    slack, url = distribution, f"sqlite:///{tmp_path}/unionstate.sqlite3"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
    before = lines(installable(slack, url))
    assert "no workspace yet" in next(line for line in before if " installed " in line)
    install_everywhere(slack, url, OLD_KEY)
    report = lines(installable(slack, url, f"{KEY},{OLD_KEY}"))
    assert not [line for line in report if line.startswith("wrong")]
    assert "3 workspaces or organisations; the newest 3 work" in "\n".join(report)
    assert "3 tokens are encrypted with an older key" in "\n".join(report)
    (line,) = wrong(installable(slack, url, OTHER_KEY))
    assert "3 of 3 tokens cannot be decrypted: add their key" in line
    slack.revoke(dict(slack.granted.values())[WORKSPACE])
    (line,) = wrong(installable(slack, url, OLD_KEY))
    assert "Slack refused the token of T1 (token_revoked): it has to install the app again" in line
    slack.scopes = slack.scopes[1:]
    assert any(
        f"{ORGANISATION.enterprise}: not granted" in line for line in wrong(installable(slack, url, OLD_KEY))
    )


def test_without_its_database_nothing_can_be_installed(distribution: Distribution) -> None:
    report = wrong(installable(distribution, "postgres://user:p4ssw0rd@127.0.0.1:9/d"))
    assert [line.split()[1] for line in report] == ["installed", "database"]


# The command


def run(environ: dict[str, str], *arguments: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "bot", "doctor", *arguments],
        env=environ, capture_output=True, text=True, timeout=30,
    )  # fmt: skip


def test_exit_codes(slack: FakeSlack, tmp_path: Path) -> None:
    good = run(
        environment(slack, SLACK_SIGNING_SECRET="s3cret", PORT=str(free_port()), XDG_DATA_HOME=str(tmp_path))
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.count("\n") == good.stdout.count("ok     ") == 6
    bad = run(
        environment(slack, SLACK_SIGNING_SECRET="s3cret", PORT=str(free_port()), XDG_DATA_HOME=str(tmp_path)),
        "--socket",
    )
    assert (bad.returncode, bad.stderr) == (1, "")
    assert bad.stdout.endswith("1 wrong\n")
    assert "SLACK_APP_TOKEN is not set" in bad.stdout
