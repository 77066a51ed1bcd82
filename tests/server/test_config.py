"""Missing, malformed and contradictory settings are named in one line each, without their values."""

from pathlib import Path
from typing import Any

import pytest

from bot.server.config import Settings, SettingsError

TOKEN, APP, SECRET = "xoxb-1-secretsecret", "xapp-1-secretsecret", "0123456789abcdef"
WEB = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
SOCKET = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": APP}
KEY = "a" * 43 + "="
INSTALLED = {
    "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secretsecret", "SLACK_SIGNING_SECRET": SECRET, "TOKEN_ENCRYPTION_KEY": KEY,
}  # fmt: skip


def problems(environ: dict[str, str], wanted: Any = "auto") -> list[str]:
    """A line for each, without the values."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ).choose_mode(wanted)
    for part in ("secretsecret", SECRET):
        assert part not in str(caught.value)
    assert not any("\n" in problem for problem in caught.value.problems)
    return list(caught.value.problems)


def test_everything_set(tmp_path: Path) -> None:
    settings = Settings.from_environment({
        **WEB, **SOCKET, "SLACK_API_URL": "http://127.0.0.1:1/api", "PORT": "8080", "WEB_CONCURRENCY": "2", "HOST": "::1",
        "LOG_LEVEL": "debug", "UNIONSTATE_FACTS": str(tmp_path), "REPOSITORY_URL": "https://git.example/o/r/",
        "GAP_LOG": "off", "LOG_QUESTIONS": "On", "OTHER": "x", "MAINTAINERS_CHANNEL": "C0123",
    })  # fmt: skip
    expected = {
        "slack_bot_token": TOKEN, "slack_signing_secret": SECRET, "slack_app_token": APP, "port": 8080, "web_concurrency": 2,
        "slack_api_url": "http://127.0.0.1:1/api", "host": "::1", "log_level": "DEBUG", "unionstate_facts": tmp_path,
        "repository_url": "https://git.example/o/r", "gap_log": False, "log_questions": True, "maintainers_channel": "C0123",
    }  # fmt: skip
    assert {name: getattr(settings, name) for name in expected} == expected
    several = Settings.from_environment({**INSTALLED, "MAINTAINERS_CHANNEL": "T0123/C0456"})
    assert several.maintainers_channel == "T0123/C0456"


@pytest.mark.parametrize("marks", ['"|"', "'|'", "“|”", "„|“", "«|»", '"|', "|'"])
def test_a_value_in_quotation_marks_is_named(marks: str) -> None:
    """Docker's --env-file keeps quotation marks, systemd's removes them: they must not become part of a secret."""
    (problem,) = problems({**WEB, "SLACK_SIGNING_SECRET": marks.replace("|", SECRET)})
    assert problem.startswith("SLACK_SIGNING_SECRET begins or ends with a quotation mark")


@pytest.mark.parametrize(
    ("environ", "wanted", "mode"),
    [
        (WEB, "auto", "http"), (SOCKET, "auto", "socket"), ({**WEB, **SOCKET}, "auto", "socket"),
        ({**WEB, **SOCKET}, "http", "http"), ({**WEB, **SOCKET}, "socket", "socket"),
        (WEB, "http", "http"), (SOCKET, "socket", "socket"), (INSTALLED, "auto", "http"), (INSTALLED, "http", "http"),
    ],
)  # fmt: skip
def test_mode(environ: dict[str, str], wanted: Any, mode: str) -> None:
    assert Settings.from_environment(environ).choose_mode(wanted) == mode


@pytest.mark.parametrize(
    ("environ", "wanted", "named"),
    [
        ({}, "auto", ["SLACK_BOT_TOKEN is not set", "SLACK_SIGNING_SECRET is not set"]),
        (INSTALLED, "socket", ["SLACK_CLIENT_ID is set, but workspaces install the app over HTTP"]),
        ({**INSTALLED, "SLACK_SIGNING_SECRET": ""}, "auto", ["SLACK_SIGNING_SECRET is not set"]),
        (SOCKET, "http", ["SLACK_SIGNING_SECRET is not set"]),
        (WEB, "socket", ["SLACK_APP_TOKEN is not set"]),
        # Settings that contradict each other.
        ({**INSTALLED, "SLACK_CLIENT_ID": ""}, "auto", ["SLACK_CLIENT_ID is not set"]),
        ({**INSTALLED, "TOKEN_ENCRYPTION_KEY": ""}, "auto", ["TOKEN_ENCRYPTION_KEY is not set"]),
        ({**INSTALLED, "SLACK_BOT_TOKEN": TOKEN}, "auto", ["SLACK_BOT_TOKEN and SLACK_CLIENT_ID contradict each other"]),
        ({**INSTALLED, "SLACK_APP_TOKEN": APP}, "auto", ["SLACK_APP_TOKEN and SLACK_CLIENT_ID contradict each other"]),
        ({**INSTALLED, "MAINTAINERS_CHANNEL": "C0456"}, "auto", ["MAINTAINERS_CHANNEL is a channel id where one workspace"]),
        ({**INSTALLED, "SLACK_CLIENT_ID": TOKEN}, "auto", ["SLACK_CLIENT_ID does not hold an app credential"]),
        # All at once.
        ({"PORT": "x", "LOG_LEVEL": "x", "SLACK_CLIENT_ID": "1"}, "auto", ["PORT", "LOG_LEVEL", "SLACK_CLIENT_SECRET", "TOKEN_ENCRYPTION_KEY"]),
    ],
)  # fmt: skip
def test_missing_and_contradictory_settings_are_named(
    environ: dict[str, str], wanted: str, named: list[str]
) -> None:
    found = problems(environ, wanted)
    assert [line.startswith(part) for line, part in zip(found, named, strict=True)] == [True] * len(named)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SLACK_BOT_TOKEN", APP, "does not hold a token that begins with xoxb-"),
        ("SLACK_APP_TOKEN", TOKEN, "does not hold a token that begins with xapp-"),
        ("SLACK_SIGNING_SECRET", TOKEN, "does not hold an app credential"),
        ("SLACK_SIGNING_SECRET", "secretsecret\u200b", "does not hold an app credential"),
        ("SLACK_API_URL", "slack.com/api", "is not a web address"),
        ("REPOSITORY_URL", "github", "is not a web address"),
        ("PORT", "0", "is not a whole number from 1 to 65535"),
        ("PORT", "80a", "is not a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "two", "is not a whole number from 1 to 64"),
        ("LOG_LEVEL", "loud", "is not one of DEBUG, INFO, WARNING, ERROR"),
        ("UNIONSTATE_FACTS", "/no/such/folder", "is not a folder"),
        ("GAP_LOG", "no", "is not one of ON, OFF"),
        ("MAINTAINERS_CHANNEL", "#facts", "is not a channel id"),
        ("MAINTAINERS_CHANNEL", "T012/C012", "is a channel id where one workspace is served"),
        ("DATABASE_URL", "secretsecret", "cannot be used, it is not a database address"),
        ("TOKEN_ENCRYPTION_KEY", f"{KEY},secretsecret", "key 2 is not 32 bytes in base64"),
    ],
)
def test_malformed_settings_are_named_without_their_value(name: str, value: str, expected: str) -> None:
    assert problems({name: value})[0].startswith(f"{name} {expected}")


def test_keys_come_newest_first_in_either_spelling_of_base64() -> None:
    plain = "+/" + "a" * 40 + "8="  # as openssl writes it
    settings = Settings.from_environment({**INSTALLED, "TOKEN_ENCRYPTION_KEY": f" {plain}, {KEY} ,"})
    assert settings.token_encryption_key == ("-_" + "a" * 40 + "8=", KEY)


def test_secrets_do_not_show_in_repr() -> None:
    database = {"DATABASE_URL": "postgres://u:secretsecret@h/d"}
    shown = repr([Settings.from_environment(each) for each in (WEB | SOCKET, INSTALLED | database)])
    assert not [value for value in (TOKEN, APP, SECRET, "secretsecret", KEY) if value in shown]
