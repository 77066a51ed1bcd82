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


class Probed(Protocol):
    """What the probes ask."""

    def health(self) -> dict[str, Any]:
        """What is running."""

    def readiness(self) -> dict[str, str]:
        """What answering needs, each "ok" or why it is not; may wait for the database for a moment."""

    def metrics(self) -> bytes:
        """In Prometheus' text format."""


def create_application(
    probed: Probed,
    routes: Sequence[BaseRoute] = (),
    tick: Callable[[], None] | None = None,
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
        return Response(
            await run_in_threadpool(probed.metrics), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    probes = [Route(f"/{handler.__name__}", handler) for handler in (healthz, livez, readyz, metrics)]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async def run() -> None:
            while tick:
                tick()
                await asyncio.sleep(TICK_SECONDS)

        task = asyncio.create_task(run())
        async with around():
            notify("READY=1")
            yield
            notify("STOPPING=1")
        task.cancel()

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
