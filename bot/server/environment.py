"""The environment that a deployed bot runs with, for commands that look at it from outside."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from bot.server.config import SettingsError

UNIT_STATE = Path("/var/lib/unionstate")  # the StateDirectory of deploy/unionstate.service


def deployed_environment(env_file: Path | None = None, unit: str | None = None) -> Mapping[str, str]:
    """The variables of a file with NAME=VALUE lines, those of a running unit, or our own.  Raises SettingsError."""
    try:
        if env_file:
            lines = env_file.read_text(encoding="utf-8-sig").splitlines()
            pairs = [line.strip().partition("=") for line in lines if not line.strip().startswith(("#", ";"))]
            state = {"STATE_DIRECTORY": str(UNIT_STATE)} if UNIT_STATE.is_dir() else {}
            kept = {name: os.environ[name] for name in ("HOME", "XDG_DATA_HOME") if name in os.environ}
            return {**kept, **state, **{name.strip(): value.strip() for name, _, value in pairs}}
        if unit:
            show = ["systemctl", "show", unit, "-p", "MainPID", "--value"]
            pid = subprocess.run(show, capture_output=True, text=True).stdout.strip() or "0"
            entries = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
            return dict(entry.split("=", 1) for entry in entries if "=" in entry)
    except (OSError, UnicodeDecodeError) as error:
        fix = "is it running? Or give --env-file" if unit else "is that the file?"
        raise SettingsError(
            f"the environment of {unit or env_file} cannot be read ({error}): {fix}"
        ) from None
    return os.environ
