"""When each entry last changed, from the git repository that holds the files."""

from __future__ import annotations

import datetime
import re
import subprocess
from pathlib import Path

from bot.core.facts.base import FactBase

_TIME, _KEY = "committer-time ", re.compile(r"\t([^\s#:]+):")


def change_times(base: FactBase, folder: Path) -> dict[str, datetime.datetime]:
    """The time of the latest commit to each entry; files in no git repository are left out.

    A new review date (`checked`) or different whitespace does not count as a change.
    """
    times: dict[str, datetime.datetime] = {}
    for file in sorted({base.places[fact.id].file for fact in base.facts}):
        command = ["git", "blame", "-w", "--line-porcelain", "--", file]
        try:
            blame = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        entry, committed = "", datetime.datetime.min
        for line in blame.stdout.splitlines():
            if line.startswith(_TIME):
                committed = datetime.datetime.fromtimestamp(int(line.removeprefix(_TIME)), datetime.UTC)
            elif key := _KEY.match(line):
                entry = key[1]
            if entry in base.by_id and line.startswith("\t") and not line.startswith("\t  checked:"):
                times[entry] = max(times.get(entry, committed), committed)
    return times
