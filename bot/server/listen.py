"""The listening socket and the server on it."""

from __future__ import annotations

import os
import socket

import uvicorn
from starlette.applications import Starlette

from bot.server.config import DEFAULT_PORT, Settings, SettingsError
from bot.server.protocol import BoundedProtocol

GRACEFUL_SECONDS = 20  # hosts kill 30 s after SIGTERM
KEEP_ALIVE_SECONDS = 5
SYSTEMD_FIRST_FD = 3
BACKLOG = 2048


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
        if error.errno in (97, 99) and both:  # IPv6 is turned off
            return socket.create_server((host, port), backlog=BACKLOG)
        place = f"{host or 'all addresses'} port {port}"
        name = "HOST" if settings.host and error.errno not in (13, 98) else "PORT"
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
