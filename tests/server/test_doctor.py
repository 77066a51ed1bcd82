"""`unionstate doctor` names each problem with its fix and shows no secrets."""

from __future__ import annotations

import email.utils
import time
from pathlib import Path

import pytest
from slack_sdk.oauth.installation_store import Installation

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
    installable,
)
from tests.support.facts import FOLDER
from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.support.process import environment, free_port, run_command
from tests.support.socket_server import SocketServer

SECRETS = BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, CLIENT_SECRET, KEY, OLD_KEY, OTHER_KEY, "p4ssw0rd", "ws://"


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
    assert [line[:19].split(maxsplit=1) for line in report] == [
        ["ok", f"{about:<12}"]
        for about in ("variables", "token", "token", "socket mode", "database", "facts", "clock")
    ]
    assert "Socket Mode, for one workspace" in report[0]
    assert "unionstate (U0BOT) in Team (T0TEAM)" in report[1]
    assert f"all {len(SCOPES)} scopes granted, and no more" in report[2]
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
    more = {"SLACK_SIGNING_SECRET": SIGNING_SECRET, "PORT": str(free_port()), "HOST": host}
    assert wrong({**environ, **more, "WEB_CONCURRENCY": "2"}) == []


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    ("nothing set", {"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, ["wrong  variables    SLACK_BOT_TOKEN is not set", "wrong  variables    SLACK_SIGNING_SECRET is not set"]),
    ("invitation", {"MAINTAINERS_CHANNEL": "C0123"}, ["note   variables    MAINTAINERS_CHANNEL: type /invite @UnionState in C0123"]),
    ("bad bot token", {"SLACK_BOT_TOKEN": "xoxb-p4ssw0rd"}, ["wrong  token        Slack refused SLACK_BOT_TOKEN (invalid_auth): copy it again"]),
    ("bad app token", {"SLACK_APP_TOKEN": "xapp-p4ssw0rd"}, ["wrong  socket mode  Slack refused SLACK_APP_TOKEN (invalid_auth)"]),
    ("empty folder", {"UNIONSTATE_FACTS": "{tmp}"}, ["wrong  facts        "]),
    ("database away", {"DATABASE_URL": "postgres://user:p4ssw0rd@127.0.0.1:9/d"}, ["wrong  database     the database cannot be used"]),
    ("no database", {"DATABASE_URL": "sqlite:////{tmp}/text"}, ["wrong  database     the database cannot be used: file is not a database"]),
    ("Slack away", {"SLACK_API_URL": "http://127.0.0.1:9/api/"}, ["wrong  token        Slack cannot be reached", "wrong  socket mode  Slack cannot", "wrong  clock        Slack cannot"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_problems_are_reported(
    environ: dict[str, str], tmp_path: Path, change: dict[str, str], found: list[str]
) -> None:
    (tmp_path / "text").write_text("not a database, " * 100)
    change = {name: value.replace("{tmp}", str(tmp_path)) for name, value in change.items()}
    report = [line for line in lines({**environ, **change}) if not line.startswith("ok")]
    assert [line.startswith(part) for line, part in zip(report, found, strict=True)] == [True] * len(found)


def test_missing_and_unnecessary_scopes_are_named(environ: dict[str, str], slack: FakeSlack) -> None:
    slack.scopes = (*SCOPES, "admin.users:read")
    assert wrong(environ) == []
    assert "note   token        scopes that are not needed: admin.users:read" in lines(environ)
    slack.scopes = tuple(scope for scope in SCOPES if scope != "im:history")
    (line,) = wrong(environ)
    assert f"not granted: im:history ({SCOPES['im:history']})" in line
    assert "install it again" in line


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [(0, "ok     clock        as Slack's"), (-60, "note   clock        -60 s"), (300, "wrong  clock        300 s")],
)  # fmt: skip
def test_the_clock(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, ahead: float, expected: str
) -> None:
    moment = float(int(time.time()))
    monkeypatch.setattr(
        "http.server.BaseHTTPRequestHandler.date_time_string",
        lambda *_: email.utils.formatdate(moment, usegmt=True),
    )
    monkeypatch.setattr("bot.server.doctor.time.time", lambda: moment + ahead)
    assert lines(environ)[-1].startswith(expected)


def install_everywhere(slack: Distribution, url: str, key: str) -> None:
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


def test_several_workspaces(distribution: Distribution, url: str) -> None:
    slack = distribution

    def environ(url: str, keys: str = KEY) -> dict[str, str]:
        return environment(slack, **installable(url, keys))

    before = lines(environ(url))
    assert "no workspace yet" in next(line for line in before if " installed " in line)
    install_everywhere(slack, url, OLD_KEY)
    report = lines(environ(url, f"{KEY},{OLD_KEY}"))
    assert not [line for line in report if line.startswith("wrong")]
    assert "3 workspaces or organisations" in "\n".join(report)
    assert "3 tokens are encrypted with an older key" in "\n".join(report)
    (line,) = wrong(environ(url, OTHER_KEY))
    assert "3 of 3 tokens cannot be decrypted: add their key" in line
    slack.revoke(dict(slack.granted.values())[WORKSPACE])
    (line,) = wrong(environ(url, OLD_KEY))
    assert "T1: Slack refused its token (token_revoked): it has to install the app again" in line
    slack.scopes = slack.scopes[1:]
    wrongs = "\n".join(wrong(environ(url, OLD_KEY)))
    assert f"{ORGANISATION.enterprise}: scopes not granted" in wrongs
    wrongs = "\n".join(wrong(environ("postgres://user:p4ssw0rd@127.0.0.1:9/d")))
    assert "wrong  installed    the database cannot be used" in wrongs


def test_the_command_ends_with_1_where_something_is_wrong(slack: FakeSlack, tmp_path: Path) -> None:
    more = {"SLACK_SIGNING_SECRET": "s3cret", "PORT": str(free_port()), "XDG_DATA_HOME": str(tmp_path)}
    environ = environment(slack, **more)
    done = [run_command(environ, "doctor", *arguments) for arguments in ([], ["--socket"])]
    assert [(each.returncode, each.stderr) for each in done] == [(0, ""), (1, "")]
    good, bad = (each.stdout for each in done)
    assert good.count("\n") == good.count("ok     ") == 6
    assert bad.endswith("1 wrong\n")
    assert "SLACK_APP_TOKEN is not set" in bad
