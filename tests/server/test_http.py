"""The bot over HTTP on a real port: requests, hostile bytes, slow clients, and starts that fail."""

import contextlib
import socket
import time
from pathlib import Path

import pytest

from bot import __version__
from bot.server.protocol import HEAD_LIMIT, MAX_CONNECTIONS, REQUEST_SECONDS
from bot.slack.blocks.card import SHARE_FACT
from tests.support.fake_slack import FakeSlack
from tests.support.process import Served, environment, run_command
from tests.support.requests import FORM, JSON, action_body, dm_event, event_body, signed_headers

HEAD = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SLOW = [
    b"",
    b"POST /sla",
    HEAD,
    HEAD + b"Content-Length: 900000\r\n\r\n{",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    HEAD + b"Content-Length: 900000\r\nExpect: 100-continue\r\n\r\n",
]


def connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=30)


def received(connection: socket.socket) -> bytes:
    """What comes until the connection is closed."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def signed(body: str) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(body, JSON).items())
    return f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def test_command_mention_direct_message_and_share(served: Served) -> None:
    slack, before = served.slack, len(served.slack.posts())
    assert served.command("trade share") == 200
    assert "49.5%" in slack.wait_for(before + 1)[before].text
    assert "$10 billion" in served.ask("nuclear plant loan")
    assert served.post(event_body(dm_event("who is Douglas Envoy")), JSON) == 200
    assert "Douglas Envoy" in slack.wait_for(before + 3)[-1].text
    assert served.post(action_body(SHARE_FACT, "v1:trade-share-2018", slack.new_response_url()), FORM) == 200
    shared, removed = slack.wait_for(before + 5)[-2:]
    assert shared.arguments["response_type"] == "in_channel"
    assert removed.arguments == {"delete_original": True}


def test_healthz_reports_facts_and_version(served: Served) -> None:
    found = served.json("/healthz")
    assert (found["status"], found["facts"], found["version"]) == ("ok", 8, __version__)
    assert found["fact_base"]


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
    with connect(served) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = received(connection)
    assert answer.split(b" ", 2)[1] == status, answer[:200]


@pytest.mark.parametrize(("kind", "status"), [(JSON, 413), ("text/plain", 415)])
def test_a_client_that_sends_all_of_too_long_a_body_gets_the_refusal(
    served: Served, kind: str, status: int
) -> None:
    body = b"x" * 5_000_000
    assert served.request("POST", "/slack/events", body, {"content-type": kind})[0] == status


def test_a_client_that_stops_sending_gets_the_refusal_and_is_closed(served: Served) -> None:
    with connect(served) as connection:
        connection.sendall(HEAD + b"Content-Length: 2000000\r\n\r\n")
        assert received(connection).startswith(b"HTTP/1.1 413")


# Slow, unfinished and unread connections do not delay the requests of others


def test_questions_are_answered_while_160_clients_are_slow(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(served)) for _ in range(160)]
        for number, connection in enumerate(slow):
            connection.sendall(SLOW[number % len(SLOW)])
        for _ in range(3):
            for number, connection in enumerate(slow):
                if number % len(SLOW) in (1, 2):  # these send a byte now and then
                    connection.sendall(b"a")
            assert "49.5%" in served.ask()
            assert served.json("/healthz")["status"] == "ok"


def test_unfinished_requests_are_closed_after_some_seconds(served: Served) -> None:
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(connect(served)) for _ in SLOW]
        for connection, sent in zip(waiting, SLOW, strict=True):
            connection.sendall(sent)
        for connection, sent in zip(waiting, SLOW, strict=True):
            answer = received(connection)
            assert time.monotonic() - started > REQUEST_SECONDS - 1, sent
            assert not answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"), sent


def test_a_request_that_comes_in_pieces_is_answered(served: Served) -> None:
    before = len(served.slack.posts())
    data = signed(event_body(dm_event("trade share")))
    with connect(served) as connection:
        for start in range(0, len(data), 97):
            connection.sendall(data[start : start + 97])
            time.sleep(0.005)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert "49.5%" in served.slack.wait_for(before + 1)[-1].text


def test_pipelined_requests_are_refused_and_unread_answers_do_not_pile_up(served: Served) -> None:
    with connect(served) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 15_000)
        assert received(connection).count(b"HTTP/1.1") <= 2


def test_a_client_that_expects_100_continue_gets_it(served: Served) -> None:
    before = len(served.slack.posts())
    body = event_body(dm_event("trade share"))
    data = signed(body).replace(b"Host: x\r\n", b"Host: x\r\nExpect: 100-continue\r\n")
    with connect(served) as connection:
        connection.sendall(data[: -len(body)])
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body.encode())
        answer = connection.recv(1000)
        while b" 200 " not in answer:
            answer += connection.recv(1000)
    served.slack.wait_for(before + 1)


def test_endless_headers_are_refused(served: Served) -> None:
    with connect(served) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(HEAD + b"X: " + b"x" * (2 * HEAD_LIMIT))
        assert connection.recv(100).startswith(b"HTTP/1.1 431")


def test_the_oldest_of_too_many_slow_clients_is_closed(served: Served) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(served)) for _ in range(MAX_CONNECTIONS + 50)]
        for connection in slow:
            connection.sendall(b"P")
        assert "49.5%" in served.ask()
        with contextlib.suppress(ConnectionError):
            assert not slow[0].recv(100)


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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_leaves_no_temporary_file(tmp_path: Path, workers: str) -> None:
    with (
        FakeSlack() as slack,
        Served(slack, "--http", TMPDIR=str(tmp_path), WEB_CONCURRENCY=workers) as running,
    ):
        assert "49.5%" in running.ask()
        assert list(tmp_path.iterdir())
        running.stop()
    assert not list(tmp_path.iterdir())
