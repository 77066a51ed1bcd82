"""The web server: its socket, its limits, and what a host asks it: /healthz, /livez, /readyz and /metrics."""

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
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.server.config import DEFAULT_PORT, Settings, SettingsError
from bot.server.protocol import BoundedProtocol

TICK_SECONDS = 5.0
GRACEFUL_SECONDS = 20  # hosts kill 30 s after SIGTERM
KEEP_ALIVE_SECONDS = 5
SYSTEMD_FIRST_FD = 3
BACKLOG = 2048
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def create_application(
    probed: Any,
    routes: Sequence[BaseRoute] = (),
    tick: Callable[[], None] = lambda: None,
    around: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Starlette:
    """A web application with `routes` and the probes, which ask `probed` for health, readiness and metrics.

    It runs within `around`; `tick` is called every `TICK_SECONDS`.
    """

    async def healthz(request: Request) -> Response:
        return JSONResponse(probed.health())

    async def livez(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(request: Request) -> Response:
        parts = await run_in_threadpool(probed.readiness)
        ready = all(state == "ok" or state.startswith("note: ") for state in parts.values())
        return JSONResponse({"status": "ok" if ready else "unavailable", **parts}, 200 if ready else 503)

    async def metrics(request: Request) -> Response:
        return Response(await run_in_threadpool(probed.metrics), media_type=_METRICS_TYPE)

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

    probes = [Route(f"/{handler.__name__}", handler) for handler in (healthz, livez, readyz, metrics)]
    return Starlette(
        routes=[*routes, *probes], exception_handlers={HTTPException: _refuse}, lifespan=lifespan
    )


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
        place = f"{host or 'all addresses'} port {port}"
        name = "HOST" if settings.host and error.errno not in (errno.EACCES, errno.EADDRINUSE) else "PORT"
        raise SettingsError(f"{name} cannot be used: {place}: {error.strerror}") from None


def http_server(application: Starlette) -> uvicorn.Server:
    """uvicorn with our limits, which ends when what it has accepted is answered."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )
