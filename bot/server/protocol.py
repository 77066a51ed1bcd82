"""Limits for what clients may send and leave unread, on top of uvicorn's HTTP protocol."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 5.0  # from the first byte of a request to its last; Slack gives a request three in all
FIRST_REQUEST_SECONDS = 1.0  # for the request of a connection that was accepted just before the end
SEND_SECONDS = 10.0  # for a client to read what it was sent
HEAD_LIMIT = 65_536  # bytes; Slack's requests have about one kilobyte of headers
BODY_LIMIT = 1_000_000
RAW_LIMIT = 16 * BODY_LIMIT  # bytes that are read and discarded of a request that is refused
SMALL = 65_536  # bytes of a request that are always accepted
LARGE_LIMIT = (
    16_000_000  # bytes of all larger requests that are arriving; beyond it the oldest connection is closed
)
MAX_CONNECTIONS = 600  # beyond it the oldest one that is still sending its request is closed
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class PipelinedRequest(Exception):
    """A request before the answer to the one before it; Slack and proxies send none."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines and limits for clients of any behaviour."""

    # Connections without a whole request, oldest first, with the bytes that are kept of it.
    _arriving: ClassVar[dict[BoundedProtocol, int]] = {}

    _deadline: asyncio.TimerHandle | None = None
    _send_deadline: asyncio.TimerHandle | None = None
    _head_complete = False
    _received = 0
    _lingering = False
    _ending = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_LingeringTransport(transport, self))  # type: ignore[arg-type]
        self._expect_request()
        if len(self.connections) > MAX_CONNECTIONS:
            next(iter(self._arriving)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_complete()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._expect_request()
        self._received += len(data)
        if not self._lingering:
            super().data_received(data)
        if self not in self._arriving or self.transport.is_closing():
            return
        if self._lingering or self._head_complete:
            self._arriving[self] = 0 if self._lingering or self.cycle.response_complete else self._received
            large = {protocol: size for protocol, size in self._arriving.items() if size > SMALL}
            if self._received > RAW_LIMIT:
                self.transport.abort()
            elif sum(large.values()) > LARGE_LIMIT:
                next(iter(large)).transport.abort()
        elif self._received > HEAD_LIMIT:
            self.transport.write(_TOO_LONG)
            self.transport.close()

    def on_message_begin(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            raise PipelinedRequest
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head_complete = True
        super().on_headers_complete()
        if self._ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        self._request_complete()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._send_deadline = self.loop.call_later(SEND_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._send_deadline:
            self._send_deadline.cancel()

    def shutdown(self) -> None:
        """End the connection: after its first request where none has been read yet, which may be on its way."""
        if self.cycle is None and not self._ending:
            self._ending = True
            self.loop.call_later(FIRST_REQUEST_SECONDS, self.shutdown)
        else:
            super().shutdown()

    def linger(self) -> bool:
        """Whether the client is still sending: then only our side is closed, and the rest is read and discarded."""
        # Closing a socket with unread bytes resets the connection, often before the client has read the answer.
        if self in self._arriving and not self._lingering:
            self._lingering = True
            if self.cycle is not None:
                self.cycle.disconnected = True  # a request before this one is not answered any more
            self.transport.write_eof()
            self.flow.resume_reading()
        return self in self._arriving

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


class _LingeringTransport:
    """A transport that closes as `BoundedProtocol.linger` says."""

    def __init__(self, transport: asyncio.Transport, protocol: BoundedProtocol) -> None:
        self._transport, self._protocol = transport, protocol

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        if not self._protocol.linger():
            self._transport.close()
