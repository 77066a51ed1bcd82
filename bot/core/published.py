"""The list of ids that have been published, by which an id outlives the name of its fact.

Belongs here: reading and extending `facts/published-ids.txt`, and saying which of its ids nothing
answers to any more.  Does not belong here: former ids that clash (`load`).

A plain list rather than the history of the repository: it is there in a zip, in a wheel, in a shallow
clone and in the web editor, and taking a line out of it is an act that a reviewer sees.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.core.files import write_whole
from bot.core.load import fact_folders
from bot.core.model import FactBase, Place
from bot.core.problems import Problem, shown

FILE = "published-ids.txt"
HEADER = """\
# Every id that was ever published, one a line: links and old messages lead to them, so each must go on answering.
# `unionstate publish` adds the new ones (the workflow does it on the main branch); nobody needs to edit this file.
"""


def published_ids(facts: Path | None = None) -> dict[str, int]:
    """The ids of the list with their lines; empty where the folder of facts has no list.  Raises OSError."""
    path = _path(facts)
    if not path.exists():
        return {}
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    return {text: number for number, line in lines if (text := line.split("#")[0].strip())}


def gone(base: FactBase, published: dict[str, int], folder: str = "facts") -> Iterator[Problem]:
    """A problem for each published id that no fact answers to."""
    for name, line in published.items():
        if base.get(name) is None:
            wanted = f"`former_ids: [{name}]` on the fact that took its place: published ids go on answering"
            yield Problem(
                Place(f"{folder}/{FILE}", line), "", f"{shown(name)}, which no fact answers to", wanted
            )


def publish(base: FactBase, facts: Path | None = None) -> tuple[str, ...]:
    """Adds the ids of the base to the list, in order; returns those that were new.  Raises OSError."""
    before = published_ids(facts)
    new = tuple(sorted(set(base.by_id) - set(before)))
    if new:
        write_whole(_path(facts), HEADER + "".join(f"{name}\n" for name in sorted({*before, *new})))
    return new


def _path(facts: Path | None) -> Path:
    return fact_folders(facts)[0] / FILE
