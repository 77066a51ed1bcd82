"""Requests to Slack reuse connections, and open new ones where those were closed."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.slack import connections
from bot.slack.connections import KeptConnections


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answers with the client's port, which identifies the connection."""
        self.rfile.read(int(self.headers["content-length"]))
        body = str(self.client_address[1]).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path == "/last"  # without saying so, as after an idle minute

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def kept() -> Iterator[KeptConnections]:
    handler = KeptConnections()
    yield handler
    handler.close_all()


def post(kept: KeptConnections, address: str) -> bytes:
    request = urllib.request.Request(address, b"{}", method="POST")
    found: bytes = urllib.request.build_opener(kept).open(request, timeout=5).read()
    return found


def test_one_connection_serves_one_request_after_another(kept: KeptConnections, url: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        post(kept, f"{url}/missing")
    assert {post(kept, url) for _ in range(3)} == {missing.value.read()}


def test_a_connection_that_was_closed_or_is_old_is_replaced(
    kept: KeptConnections, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = post(kept, f"{url}/last")
    threading.Event().wait(0.1)
    second = post(kept, url)
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    assert len({closed, second, post(kept, url)}) == 3


def test_an_unreachable_host_raises_an_error_that_is_retried(kept: KeptConnections) -> None:
    with pytest.raises(urllib.error.URLError):
        post(kept, "http://127.0.0.1:9/")
