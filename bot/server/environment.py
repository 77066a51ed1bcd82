"""The environment that a deployed bot runs with, for commands that look at it from outside."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.server.config import SettingsError

UNIT = "unionstate"
UNIT_STATE = Path("/var/lib") / UNIT  # the StateDirectory of deploy/unionstate.service


def deployed_environment(env_file: Path | None = None, unit: str | None = None) -> Mapping[str, str]:
    """The variables of a file with NAME=VALUE lines, those of a running unit, or our own.  Raises SettingsError."""
    if env_file:
        try:
            lines = env_file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{env_file} cannot be read: {error}") from None
        pairs = [line.strip().partition("=") for line in lines if "=" in line and line.strip()[0] not in "#;"]
        state = {"STATE_DIRECTORY": str(UNIT_STATE)} if UNIT_STATE.is_dir() else {}
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "XDG_DATA_HOME") if name in os.environ}
        return {**kept, **state, **{name.strip(): value.strip() for name, _, value in pairs}}
    if unit:
        found = subprocess.run(
            ["systemctl", "show", unit, "-p", "MainPID", "--value"], capture_output=True, text=True
        )
        pid = found.stdout.strip() or "0"
        try:
            entries = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
        except OSError as error:
            reason = "it is not running" if pid == "0" else str(error)
            raise SettingsError(
                f"the environment of the unit {unit} cannot be read ({reason}): give --env-file"
            ) from None
        return dict(entry.split("=", 1) for entry in entries if "=" in entry)
    return os.environ
