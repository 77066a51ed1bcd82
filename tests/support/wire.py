"""A TCP proxy whose connections can be cut, or silenced like half-open connections."""

from __future__ import annotations

import contextlib
import socket
import threading


class Wire:
    """Forwards a new port to `target`; use it as a context."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open: list[tuple[socket.socket, socket.socket, threading.Event]] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Wire:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join()
        for client, server, _ in self._open:
            client.close()
            server.close()

    def cut(self) -> None:
        """End the connections that there are, at both ends."""
        self.freeze()
        for end in (end for *ends, _ in self._open for end in ends):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """From now on nothing goes through the connections that there are, though both ends take them for open."""
        for *_, frozen in self._open:
            frozen.set()

    def _start(self, run: object, *arguments: object) -> None:
        self._threads.append(threading.Thread(target=run, args=arguments, name="wire"))  # type: ignore[arg-type]
        self._threads[-1].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listening.accept()
                server, frozen = socket.create_connection(("127.0.0.1", self._target)), threading.Event()
                self._open.append((client, server, frozen))
                self._start(self._forward, client, server, frozen)
                self._start(self._forward, server, client, frozen)

    def _forward(self, source: socket.socket, target: socket.socket, frozen: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if not frozen.is_set():
                    target.sendall(data)
            if not frozen.is_set():
                target.shutdown(socket.SHUT_WR)
