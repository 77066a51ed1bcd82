"""Slow, unfinished and unread connections do not delay the requests of others."""

from __future__ import annotations

import contextlib
import socket
import time

from bot.server.protocol import HEAD_LIMIT, MAX_CONNECTIONS, REQUEST_SECONDS
from tests.support.process import Served
from tests.support.requests import JSON, dm_event, event_body, signed_headers

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
    return socket.create_connection(("127.0.0.1", served.port), timeout=10)


def signed(body: str, kind: str) -> bytes:
    headers = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(body, kind).items())
    return f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}".encode()


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
            answer = b""
            while part := connection.recv(1000):
                answer += part
            assert time.monotonic() - started > REQUEST_SECONDS - 1, sent
            assert not answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"), sent


def test_a_request_that_comes_in_pieces_is_answered(served: Served) -> None:
    before = len(served.slack.posts())
    data = signed(event_body(dm_event("trade share")), JSON)
    with connect(served) as connection:
        for start in range(0, len(data), 97):
            connection.sendall(data[start : start + 97])
            time.sleep(0.005)
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert "49.5%" in served.slack.wait_for(before + 1)[-1].text


def test_pipelined_requests_are_refused_and_unread_answers_do_not_pile_up(served: Served) -> None:
    with connect(served) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 15_000)
        answer = b""
        while part := connection.recv(100_000):
            answer += part
        assert answer.count(b"HTTP/1.1") <= 2


def test_a_client_that_expects_100_continue_gets_it(served: Served) -> None:
    before = len(served.slack.posts())
    body = event_body(dm_event("trade share"))
    data = signed(body, JSON).replace(b"Host: x\r\n", b"Host: x\r\nExpect: 100-continue\r\n")
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
