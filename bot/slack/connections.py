"""Keeps connections to Slack open between requests, where slack_sdk would open one, with TLS, for each."""

from __future__ import annotations

import http.client
import io
import os
import select
import ssl
import time
import urllib.error
import urllib.request
from collections import deque
from functools import cache
from urllib.response import addinfourl

IDLE_SECONDS = 20.0  # servers close connections that are idle for longer


class KeptConnections(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https addresses over connections that are kept after the answer is read."""

    def __init__(self) -> None:
        super().__init__()
        self._idle: dict[str, deque[tuple[float, http.client.HTTPConnection]]] = {}
        os.register_at_fork(after_in_child=self._idle.clear)  # two processes must not write to one connection

    def https_open(self, request: urllib.request.Request) -> addinfourl:  # type: ignore[override]
        """Raises URLError as urllib's own does; slack_sdk tries once more after a connection that was lost."""
        idle = self._idle.setdefault(f"{request.type}://{request.host}", deque())
        connection = _take(idle)
        if connection is None and request.type == "https":
            connection = http.client.HTTPSConnection(request.host, context=_tls())
        connection = connection or http.client.HTTPConnection(request.host)
        connection.timeout = request.timeout
        if connection.sock:
            connection.sock.settimeout(request.timeout)
        try:
            headers = {**request.unredirected_hdrs, **request.headers}
            connection.request(request.get_method(), request.selector, request.data, headers)
            answer = connection.getresponse()
            body = answer.read()
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError):
                raise urllib.error.URLError(error) from error
            raise
        if not answer.will_close:
            idle.append((time.monotonic(), connection))
        made = addinfourl(io.BytesIO(body), answer.headers, request.full_url, answer.status)
        made.msg = answer.reason  # type: ignore[attr-defined]  # which urllib reads of an error
        return made

    http_open = https_open  # type: ignore[assignment]

    def close_all(self) -> None:
        """Close what is idle."""
        for idle in self._idle.values():
            while idle:
                idle.pop()[1].close()


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()  # reads all certificates


def _take(idle: deque[tuple[float, http.client.HTTPConnection]]) -> http.client.HTTPConnection | None:
    """The connection that has been idle longest, if it is still open; others are closed here."""
    while idle:
        used_at, connection = idle.popleft()
        incoming = select.poll()
        incoming.register(connection.sock, select.POLLIN)
        if time.monotonic() - used_at <= IDLE_SECONDS and not incoming.poll(0):
            return connection
        connection.close()  # by the other side, or soon
    return None


def keep_connections() -> None:
    """For this process; addresses that are reached through a proxy still get a connection for each request."""
    urllib.request.install_opener(urllib.request.build_opener(KeptConnections))
