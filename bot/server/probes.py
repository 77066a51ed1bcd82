"""What a host asks the bot about itself: /healthz, /livez, /readyz, /metrics, and systemd's notifications."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

TICK_SECONDS = 5.0
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Probed(Protocol):
    """What the probes ask: what is running, what answering needs ("ok" or why it is not), and the metrics."""

    def health(self) -> dict[str, Any]: ...

    def readiness(self) -> dict[str, str]: ...

    def metrics(self) -> bytes: ...


def create_application(
    probed: Probed,
    routes: Sequence[BaseRoute] = (),
    tick: Callable[[], None] = lambda: None,
    around: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Starlette:
    """A web application with the probes and `routes`, which runs within `around`; `tick` is called every `TICK_SECONDS`."""

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
