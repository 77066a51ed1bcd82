"""The web server: its socket, its limits, and what it tells systemd."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from bot.server.config import DEFAULT_PORT, Settings, SettingsError
from bot.server.protocol import BoundedProtocol

TICK_SECONDS = 5.0
GRACEFUL_SECONDS = 20  # hosts kill 30 s after SIGTERM
KEEP_ALIVE_SECONDS = 5
SYSTEMD_FIRST_FD = 3
BACKLOG = 2048


def create_application(
    routes: Sequence[BaseRoute],
    tick: Callable[[], None] = lambda: None,
    around: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Starlette:
    """A web application that runs within `around`; `tick` is called every `TICK_SECONDS`."""

    async def tick_for_ever() -> None:
        while True:
            tick()
            await asyncio.sleep(TICK_SECONDS)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        ticking = asyncio.create_task(tick_for_ever())
        async with around():
            notify("READY=1")
            yield
            notify("STOPPING=1")
        ticking.cancel()

    return Starlette(routes=routes, exception_handlers={HTTPException: _refuse}, lifespan=lifespan)


def notify(message: str) -> None:
    """Tell systemd, where it listens (sd_notify)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect("\0" + address[1:] if address.startswith("@") else address)
            sender.send(message.encode())


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def open_socket(settings: Settings) -> socket.socket:
    """The listening socket: systemd's, where it passes one, else one of ours.  Raises SettingsError."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS"):
        return socket.socket(fileno=SYSTEMD_FIRST_FD)
    host, port = settings.host or "", settings.port or DEFAULT_PORT
    both = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both or ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    except OSError as error:
        if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL) and both:  # IPv6 is turned off
            return socket.create_server((host, port), backlog=BACKLOG)
        place = f"{host or 'all addresses'}, port {port}"
        raise SettingsError(f"HOST and PORT cannot be used: {place}: {error.strerror}") from None


def http_server(application: Starlette) -> uvicorn.Server:
    """uvicorn with our limits, which ends when what it has accepted is answered."""
    quiet: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    waits = {"timeout_keep_alive": KEEP_ALIVE_SECONDS, "timeout_graceful_shutdown": GRACEFUL_SECONDS}
    limits: dict[str, Any] = {"http": BoundedProtocol, "ws": "none", "proxy_headers": False, **waits}
    return uvicorn.Server(uvicorn.Config(application, **quiet, **limits))
