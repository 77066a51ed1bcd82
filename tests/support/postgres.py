"""A real PostgreSQL on loopback for the tests; Debian's package `postgresql` is enough."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.support.process import free_port, wait_until

USER = "unionstate"


def programs() -> Path | None:
    """The folder with initdb and pg_ctl, or None where there is no PostgreSQL."""
    folders = [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def why_not() -> str:
    """Why there can be no PostgreSQL here; empty where there can."""
    if programs() is None:
        return "PostgreSQL is not installed (Debian: apt install postgresql)"
    if os.geteuid() == 0 and not shutil.which("runuser"):
        return "PostgreSQL does not run as root, and there is no runuser"
    return ""


def _answers(address: str) -> bool:
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address, connect_timeout=1):
        return True
    return False


class Postgres:
    """Use it as a context; `new_database` gives the address of an empty one."""

    def __enter__(self) -> Postgres:
        self._folder = Path(tempfile.mkdtemp(prefix="unionstate-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        self.port = free_port()
        self._numbers = itertools.count(1)
        self._run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "--locale=C", "-E", "UTF8")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories= -c fsync=off"
        )
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        """Stops it immediately, closing open connections."""
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def new_database(self) -> str:
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]  # a name of ours
        # As Heroku writes it.
        return self._address(name).replace("postgresql://", "postgres://")

    @contextlib.contextmanager
    def pooled(self, url: str) -> Iterator[str]:
        """The address of the same database behind PgBouncer in transaction mode."""
        port, name, file = free_port(), url.rpartition("/")[2], self._folder / "pgbouncer.ini"
        file.write_text(
            f"[databases]\n{name} = host=127.0.0.1 port={self.port} user={USER}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n"
        )
        running = subprocess.Popen([*self._become(), "pgbouncer", "-q", str(file)], stderr=subprocess.DEVNULL)
        try:
            address = url.replace(f":{self.port}/", f":{port}/")
            wait_until(lambda: _answers(address))
            yield address
        finally:
            running.terminate()
            running.wait()

    def _address(self, name: str) -> str:
        return f"postgresql://{USER}:unused@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *arguments: str) -> None:
        folder = programs()
        assert folder
        done = subprocess.run(
            [*self._become(), str(folder / program), *arguments],
            cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{program}: {done.stderr}"

    def _become(self) -> list[str]:
        return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
