"""The list of ids that have been published, by which an id outlives the name of its fact.

Belongs here: reading and extending `facts/published-ids.txt`, and saying which of its ids nothing
answers to any more.  Does not belong here: former ids that clash (`load`).

A plain list rather than the history of the repository: it is there in a zip, in a wheel, in a shallow
clone and in the web editor, and taking a line out of it is an act that a reviewer sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from bot.core.files import write_whole
from bot.core.model import FactBase, Place
from bot.core.problems import Problem, shown

FILE = "published-ids.txt"
HEADER = """\
# Every id that was ever published, one a line: links and old messages lead to them, so each must go on answering.
# `unionstate publish` adds the new ones (the workflow does it on the main branch); nobody needs to edit this file.
"""


def published_ids(folder: Path) -> dict[str, int]:
    """The ids of the list with their lines; empty where the folder of facts has no list.  Raises OSError."""
    path = folder / FILE
    if not path.exists():
        return {}
    lines = enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
    return {text: number for number, line in lines if (text := line.split("#")[0].strip())}


def gone(
    answered: Collection[str], folder: Path, named: Mapping[str, Sequence[Place]] | None = None
) -> Iterator[Problem]:
    """A problem for each published id of the folder that is not among those that facts answer to.  Raises OSError.

    `named` are the places that name such ids all the same: they are right as soon as the id answers again.
    """
    for name, line in published_ids(folder).items():
        if name not in answered:
            found = f"{shown(name)}, which no fact answers to"
            if places := (named or {}).get(name):
                others = f" and {len(places) - 1} more name it" if len(places) > 1 else " names it"
                found += f", though {places[0]}{others}"
            wanted = (
                f"its record under that id again, or `former_ids: [{name}]` on the fact that took its place:"
                " published ids go on answering"
            )
            yield Problem(Place(f"{folder.name}/{FILE}", line), "", found, wanted)


def publish(base: FactBase, folder: Path) -> tuple[str, ...]:
    """Adds the ids of the base to the folder's list, in order; returns those that were new.  Raises OSError."""
    before = published_ids(folder)
    new = tuple(sorted(set(base.by_id) - set(before)))
    if new:
        write_whole(folder / FILE, HEADER + "".join(f"{name}\n" for name in sorted({*before, *new})))
    return new
