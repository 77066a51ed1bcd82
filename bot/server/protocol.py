"""Limits for what clients may send and leave unread, on top of uvicorn's HTTP protocol."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 5.0  # from the first byte of a request to its last; Slack gives a request three in all
SEND_SECONDS = 10.0  # for a client to read what it was sent
HEAD_LIMIT = 65_536  # bytes; Slack's requests have about one kilobyte of headers
BODY_LIMIT = 1_000_000
RAW_LIMIT = (
    16 * BODY_LIMIT
)  # bytes that are read of a request that is refused, so that its sender reads the refusal
SMALL = 65_536  # bytes of a request that are always accepted
LARGE_LIMIT = 16_000_000  # bytes of all larger requests that are arriving; the oldest makes room
MAX_CONNECTIONS = 600  # the oldest one that is still sending its request makes room
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PipelinedRequest(Exception):
    """A request before the answer to the one before it; Slack and proxies send none."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines and limits that hold however a client behaves."""

    _arriving: ClassVar[
        dict[BoundedProtocol, int]
    ] = {}  # connections without a whole request, oldest first; bytes

    _deadline: asyncio.TimerHandle | None = None
    _send_deadline: asyncio.TimerHandle | None = None
    _head_complete = False
    _received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_request()
        if len(self.connections) > MAX_CONNECTIONS:
            next(iter(self._arriving)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_complete()
        self._stop_send_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._expect_request()
        self._received += len(data)
        super().data_received(data)
        if self not in self._arriving or self.transport.is_closing():
            return
        if not self._head_complete:
            if self._received > HEAD_LIMIT:
                self.transport.write(_TOO_LONG)
                self.transport.close()
            return
        self._arriving[self] = 0 if self.cycle.response_complete else self._received  # what is kept of it
        if self._received > RAW_LIMIT:
            self.transport.abort()
        elif self._arriving[self] > SMALL:
            large = {protocol: size for protocol, size in self._arriving.items() if size > SMALL}
            if sum(large.values()) > LARGE_LIMIT:
                next(iter(large)).transport.abort()

    def on_message_begin(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            raise PipelinedRequest
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_complete = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._request_complete()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._send_deadline = self.loop.call_later(SEND_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_send_deadline()

    def _expect_request(self) -> None:
        if self._deadline is None:
            self._head_complete, self._received = False, 0
            self._arriving[self] = 0
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _request_complete(self) -> None:
        self._arriving.pop(self, None)
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _stop_send_deadline(self) -> None:
        if self._send_deadline:
            self._send_deadline.cancel()
            self._send_deadline = None
