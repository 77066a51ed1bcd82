"""Keeps connections to Slack open between requests, where slack_sdk would open one, with TLS, for each."""

from __future__ import annotations

import http.client
import io
import os
import select
import ssl
import threading
import time
import urllib.error
import urllib.request
from urllib.response import addinfourl

IDLE_SECONDS = 20.0  # servers close connections that are idle for longer


class KeptConnections(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens http and https addresses over connections that are kept after the answer is read."""

    def __init__(self) -> None:
        super().__init__()
        self._tls = ssl.create_default_context()
        self._lock = threading.Lock()
        self._idle: list[tuple[float, str, http.client.HTTPConnection]] = []
        os.register_at_fork(after_in_child=self._idle.clear)  # two processes must not write to one connection

    def https_open(self, request: urllib.request.Request) -> addinfourl:  # type: ignore[override]
        """Raises URLError as urllib's own does; slack_sdk tries once more after a connection that was lost."""
        where = f"{request.type}://{request.host}"
        connection = self._take(where)
        if connection is None and request.type == "https":
            connection = http.client.HTTPSConnection(request.host, context=self._tls)
        connection = connection or http.client.HTTPConnection(request.host)
        connection.timeout = request.timeout
        if connection.sock:
            connection.sock.settimeout(request.timeout)
        try:
            headers = {**request.unredirected_hdrs, **request.headers}
            connection.request(request.get_method(), request.selector, request.data, headers)
            answer = connection.getresponse()
            body = answer.read()
        except OSError as error:
            connection.close()
            raise urllib.error.URLError(error) from error
        except BaseException:
            connection.close()
            raise
        if not answer.will_close:
            with self._lock:
                self._idle.append((time.monotonic(), where, connection))
        made = addinfourl(io.BytesIO(body), answer.headers, request.full_url, answer.status)
        made.msg = answer.reason  # type: ignore[attr-defined]  # which urllib reads of an error
        return made

    http_open = https_open  # type: ignore[assignment]

    def close_all(self) -> None:
        """Close what is idle."""
        with self._lock:
            for _, _, connection in self._idle:
                connection.close()
            self._idle.clear()

    def _take(self, where: str) -> http.client.HTTPConnection | None:
        """An idle connection that is still open; old ones are closed here."""
        with self._lock:
            while self._idle and time.monotonic() - self._idle[0][0] > IDLE_SECONDS:
                self._idle.pop(0)[2].close()
            for entry in reversed(self._idle):
                if entry[1] == where:
                    self._idle.remove(entry)
                    break
            else:
                return None
        waiting = select.poll()
        waiting.register(entry[2].sock, select.POLLIN)
        if waiting.poll(0):  # closed by the other side
            entry[2].close()
            return self._take(where)
        return entry[2]


def keep_connections() -> None:
    """For this process; addresses that are reached through a proxy still get a connection for each request."""
    urllib.request.install_opener(urllib.request.build_opener(KeptConnections))
