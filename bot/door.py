"""gunicorn's threads, kept for requests that have arrived: slow clients wait outside.

Belongs here: when a connection gets a thread, and how long it waited for one.  Does not belong here: what is refused once it has one
(`bot.slack.web`), gunicorn's other settings (`serve`).

gunicorn's gthread worker gives a connection a thread at its first byte, and the thread then waits for the rest:
sixteen clients that send a byte now and then stop the bot.  Here the main loop reads, never waiting, until a
request is whole.  Slack takes a request for failed after three seconds, so what takes longer is not Slack's.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from bot.slack.web import BODY_LIMIT

ARRIVAL_SECONDS = 5.0  # from a request's first moment to its last byte
STOPPING_SECONDS = 2.0  # the same when the worker is ending
HEAD_LIMIT = 65_536  # bytes; Slack's requests have about one kilobyte of headers
ARRIVING_LIMIT = 500  # connections of which a request is arriving; the one that waited longest makes room
BUFFER_LIMIT = 32_000_000  # bytes that they may have sent, all together
READ_SECONDS = 3  # what a thread waits for bytes at most, where a request only seemed to be whole

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSED = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW, _TOO_LONG = b"408 Request Timeout", b"431 Request Header Fields Too Large"
_LAST_CHUNK = b"0\r\n\r\n"


_handled = threading.local()  # what each thread knows of the request that it handles


def waited_seconds() -> float:
    """How long the request that this thread handles was whole before a thread was free for it; 0 elsewhere."""
    return float(getattr(_handled, "waited", 0.0))


class _Arrival:
    """What has come of a request so far."""

    def __init__(self, conn: TConn, buffered: bytes) -> None:
        self.conn = conn
        self.buffer = bytearray(buffered)
        self.begun = time.monotonic()
        self._head: int | None = None  # its length, once it is there
        self._body: int | None = None  # the body's; None for chunks
        self.expects = False  # the client sends the body only when it is told to

    @property
    def head_is_too_long(self) -> bool:
        return self._head is None and len(self.buffer) > HEAD_LIMIT

    def is_whole(self) -> bool:
        """Whether a thread that takes it over has nothing to wait for: all is there, or it will be refused as it is."""
        if self._head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            self._head = end + 4
            self._read_head(bytes(self.buffer[:end]))
        if self._body is None:
            return self.buffer.endswith(_LAST_CHUNK) or len(self.buffer) - self._head > BODY_LIMIT
        return self._body > BODY_LIMIT or len(self.buffer) - self._head >= self._body

    def _read_head(self, head: bytes) -> None:
        self._body = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            name, value = name.strip().lower(), value.strip()
            if name == b"transfer-encoding":
                self._body = None
                return
            if name == b"content-length" and value.isdigit() and len(value) < 20:
                self._body = int(value)
            elif name == b"expect":
                self.expects = True


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gthread, with `enqueue_req` put off until the request is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[TConn, _Arrival] = {}  # in the order of their beginning
        self._buffered = 0

    def enqueue_req(self, conn: TConn) -> None:
        """From the main loop, for each request on a connection: wait for it there, then give it a thread."""
        left = conn.parser.unreader.take_buffered() if conn.parser else b""  # it came with the request before
        arrival = _Arrival(conn, left)
        conn.sock.setblocking(False)
        self._arriving[conn] = arrival
        self._buffered += len(left)
        self.poller.register(conn.sock, EVENT_READ, partial(self._read, arrival))
        if left:
            self._go_on(arrival)
        if conn in self._arriving:
            self._read(arrival, conn.sock)
        while self._arriving and (len(self._arriving) > ARRIVING_LIMIT or self._buffered > BUFFER_LIMIT):
            self._turn_away(next(iter(self._arriving.values())), _TOO_SLOW)

    def handle(self, conn: TConn) -> Any:
        """In a thread of its own."""
        _handled.waited = time.monotonic() - conn.whole_since
        return super().handle(conn)

    def murder_pending(self) -> None:
        """The main loop calls this at least once a second."""
        super().murder_pending()
        patience = ARRIVAL_SECONDS if self.alive else STOPPING_SECONDS
        overdue = time.monotonic() - patience
        while self._arriving:
            oldest = next(iter(self._arriving.values()))
            if oldest.begun > overdue:
                break
            self._turn_away(oldest, _TOO_SLOW)

    def _read(self, arrival: _Arrival, sock: socket.socket) -> None:
        try:
            part = sock.recv(65_536)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            part = b""
        arrival.buffer += part
        self._buffered += len(part)
        if part:
            self._go_on(arrival)
        else:
            self._give_thread(arrival)  # which finds the end of what was sent, and answers or closes

    def _go_on(self, arrival: _Arrival) -> None:
        if arrival.is_whole():
            self._give_thread(arrival)
        elif arrival.head_is_too_long:
            self._turn_away(arrival, _TOO_LONG)
        elif arrival.expects:
            arrival.expects = False
            with contextlib.suppress(OSError):
                arrival.conn.sock.send(_CONTINUE)

    def _give_thread(self, arrival: _Arrival) -> None:
        self._forget(arrival)
        conn = arrival.conn
        try:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", READ_SECONDS, 0))
            conn.init()
        except OSError:
            self._close(conn)
            return
        conn.parser.unreader.unread(bytes(arrival.buffer))
        conn.whole_since = time.monotonic()
        super().enqueue_req(conn)

    def _turn_away(self, arrival: _Arrival, status: bytes) -> None:
        self._forget(arrival)
        if arrival.buffer:
            with contextlib.suppress(OSError):
                arrival.conn.sock.send(_CLOSED % status)
        self._close(arrival.conn)

    def _forget(self, arrival: _Arrival) -> None:
        self.poller.unregister(arrival.conn.sock)
        del self._arriving[arrival.conn]
        self._buffered -= len(arrival.buffer)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
