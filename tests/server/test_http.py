"""The bot over HTTP on a real port: requests, hostile bytes, and starts that fail."""

import socket

import pytest

from bot import __version__
from bot.slack.blocks.card import SHARE_FACT
from tests.support.fake_slack import FakeSlack
from tests.support.process import Served, environment, run_command
from tests.support.requests import FORM, JSON, action_body, dm_event, event_body


def test_command_mention_direct_message_and_share(served: Served) -> None:
    slack = served.slack
    assert served.command("trade share") == 200
    assert "49.5%" in slack.wait_for(1)[0].text
    assert "$10 billion" in served.ask("nuclear plant loan")
    assert served.post(event_body(dm_event("who is Douglas Envoy")), JSON) == 200
    assert "Douglas Envoy" in slack.wait_for(3)[2].text
    assert served.post(action_body(SHARE_FACT, "v1:trade-share-2018", slack.new_response_url()), FORM) == 200
    shared, removed = slack.wait_for(5)[3:]
    assert shared.arguments["response_type"] == "in_channel"
    assert removed.arguments == {"delete_original": True}


def test_healthz_reports_facts_and_version(served: Served) -> None:
    found = served.json("/healthz")
    assert (found["status"], found["facts"], found["version"]) == ("ok", 8, __version__)
    assert found["fact_base"]


HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"405"),
        (HEAD + b"X-Slack-Signature: \xff\xfe\r\n\r\n", b"401"),
        (HEAD + b"Content-Length: many\r\n\r\n", b"400"),
        (HEAD + b"Content-Length: -1\r\n\r\n", b"400"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 17 + b"0\r\n\r\n", b"413"),
        (b"not http at all\r\n\r\n", b"400"),
        # All of it is sent before the answer is read.
        (b"not http at all\r\n\r\n" + b"x" * 5_000_000, b"400"),
        (HEAD + b"X: " + b"x" * 5_000_000, b"431"),
    ],
    ids=["POST", "signature bytes", "length", "negative", "bad chunk", "long chunks", "no HTTP", "long no HTTP", "long head"],
)  # fmt: skip
def test_hostile_bytes_get_a_4xx(served: Served, data: bytes, status: bytes) -> None:
    answer = served.raw(data)
    assert answer.split(b" ", 2)[1] == status, answer[:200]


@pytest.mark.parametrize(("kind", "status"), [(JSON, 413), ("text/plain", 415)])
def test_a_client_that_sends_all_of_too_long_a_body_gets_the_refusal(
    served: Served, kind: str, status: int
) -> None:
    body = b"x" * 5_000_000
    assert served.request("POST", "/slack/events", body, {"content-type": kind})[0] == status


def test_a_client_that_stops_sending_gets_the_refusal_and_is_closed(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as connection:
        connection.sendall(HEAD + b"Content-Length: 2000000\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
        while connection.recv(100):
            pass


# Starts that fail


def test_unusable_settings_are_named_in_one_line_with_exit_code_2() -> None:
    ended = run_command(environment(None), "serve")
    assert ended.returncode == 2
    assert all(line.startswith("unionstate: ") for line in ended.stderr.splitlines())
    assert "SLACK_SIGNING_SECRET is not set: HTTP needs it, and Socket Mode SLACK_APP_TOKEN" in ended.stderr
    assert "xoxb-" not in ended.stderr.replace("(xoxb-…)", "")


def refused_start(slack: FakeSlack | None, code: int, mode: str = "--http", **more: str) -> str:
    """What a start that fails says."""
    ended = run_command(environment(slack, **{"SLACK_SIGNING_SECRET": "x", **more}), "serve", mode)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    return ended.stderr


@pytest.mark.parametrize(
    ("mode", "name", "token"),
    [("--http", "SLACK_BOT_TOKEN", "xoxb-wrong-token"), ("--socket", "SLACK_APP_TOKEN", "xapp-wrong-token")],
)
def test_a_token_that_slack_refuses_is_named(slack: FakeSlack, mode: str, name: str, token: str) -> None:
    said = refused_start(slack, 2, mode, **{name: token})
    assert f"{name} was refused by Slack (invalid_auth)" in said
    assert "wrong-token" not in said


def test_a_start_ends_with_1_if_slack_is_unreachable_or_failing(slack: FakeSlack) -> None:
    assert "Slack cannot be reached" in refused_start(None, 1, SLACK_API_URL="http://127.0.0.1:9/api/")
    slack.fail("auth.test", status=503)
    assert "Slack refused the bot" in refused_start(slack, 1, WEB_CONCURRENCY="")


def test_facts_that_do_not_load_end_the_start(slack: FakeSlack, tmp_path: object) -> None:
    refused_start(slack, 1, UNIONSTATE_FACTS=str(tmp_path))
    assert slack.posts() == []
