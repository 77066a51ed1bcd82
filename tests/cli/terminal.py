"""Runs the command in separate processes and in pseudo-terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios

from tests.conftest import FIXTURES

START = (
    "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); from bot.cli import main; sys.exit(main())"
)


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without variables that change the output, with the tests' facts."""
    ours = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
    tests = {"UNIONSTATE_FACTS": str(FIXTURES / "facts"), "TERM": "xterm", "PYTHONWARNINGS": "error"}
    return {**ours, **tests, **changes}


def run(*arguments: str | bytes, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, env=environment(**changes), timeout=60)


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """A line of a shell, with $U as the command."""
    variables = environment(U=f"{sys.executable} -m bot")
    return subprocess.run(["sh", "-c", line], capture_output=True, env=variables, timeout=60)


class Pty:
    """A command in a terminal of a given width; `text` is the output that no `expect` has consumed yet."""

    def __init__(self, *arguments: str, columns: int = 80, **changes: str) -> None:
        self.fd, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        # Opening the terminal by name makes it the new session's own, so that Ctrl-C reaches the process.
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *arguments],
            stdin=inner, stdout=inner, stderr=inner, env=environment(**changes), start_new_session=True,
        )  # fmt: skip
        os.close(inner)
        self.text = ""

    def __enter__(self) -> Pty:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def send(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def expect(self, text: str) -> None:
        """Wait until `text` has come, and forget what came up to it."""
        while text not in self.text:
            if not self._more():
                raise AssertionError(f"no {text!r} in {self.text!r}")
        self.text = self.text.partition(text)[2]

    def end(self) -> int:
        """Wait for the end; returns the exit code."""
        while self._more():
            pass
        return self.process.wait(10)

    def _more(self) -> bool:
        if not select.select([self.fd], [], [], 30)[0]:
            raise AssertionError(f"silence after {self.text!r}")
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # Linux ends a terminal whose process has gone with EIO
            return False
        self.text += piece.decode(errors="replace")
        return bool(piece)
