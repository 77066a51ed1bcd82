"""`unionstate diff`: what has changed in the facts since a revision."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.cli.facts import OK, PROBLEMS, CommandError, facts_folder
from bot.cli.maintain import annotation
from bot.cli.render import print_card
from bot.cli.terminal import MAX_WIDTH, Terminal, print_data
from bot.core.facts.base import FactBase
from bot.core.facts.diff import Comparison, FieldChange, compare, lost_ids
from bot.core.facts.issues import DataError
from bot.core.facts.loader import Loader, fact_folders
from bot.core.facts.reader import parse_yaml


def run_diff(arguments: argparse.Namespace) -> int:
    folders = fact_folders(facts_folder())
    loader = Loader(*folders)
    base = loader.load()
    if base is None:
        raise DataError(loader.problems)
    after = {file.name: file.data for file in loader.files.values()}
    before = {name: data for folder in folders for name, data in _at_revision(arguments.revision, folder)}
    comparison = compare(before, after, base)
    if arguments.format == "markdown":
        drawn = io.StringIO()
        terminal = Terminal(drawn)
        terminal.width = MAX_WIDTH
        _print(terminal, base, comparison, arguments.revision)
        title = f"## Facts since `{arguments.revision.replace('`', '')}`"
        print_data(f"{title}\n\n````text\n{drawn.getvalue().replace('````', '')}````\n")
    else:
        _print(Terminal(), base, comparison, arguments.revision)
    lost = list(lost_ids(before, base)) if arguments.strict else []
    for problem in lost:
        in_workflow = os.environ.get("GITHUB_ACTIONS") == "true"
        print(annotation("error", problem) if in_workflow else problem, file=sys.stderr)
    return PROBLEMS if lost else OK


def _at_revision(revision: str, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The names and records of the files that `folder` had at a revision.  Raises CommandError."""
    _git(folder, "rev-parse", "--show-toplevel")  # for git's own reason if this is not a repository
    try:
        commit = _git(folder, "rev-parse", "--verify", "-q", "--end-of-options", f"{revision}^{{commit}}")
    except CommandError:
        raise CommandError(f"the repository has no revision {revision}") from None
    archive = _git(folder, "archive", "--format=tar", commit.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.name.endswith(".yaml") and (file := tar.extractfile(member)):
                name = f"{folder.name}/{member.name}"
                yield name, parse_yaml(file.read(), name).data


def _git(folder: Path, *arguments: str) -> bytes:
    """The output of git.  Raises CommandError with git's own reason."""
    # A hook sets GIT_DIR and others, which would point git at another repository than the one of the folder.
    ours = ("GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in ours}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, check=False, env=environment
        )
    except FileNotFoundError:
        raise CommandError("git is not installed, and the other version comes from its history") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise CommandError(f"git cannot read {folder}: {reason or 'no such revision'}")
    return done.stdout


def _print(terminal: Terminal, base: FactBase, comparison: Comparison, revision: str) -> None:
    """What is different; each added and changed fact with its card as it looks now."""
    for fact in comparison.added:
        terminal.line(f"+ {fact.id} ({base.places[fact.id]})", style="good")
        print_card(terminal, base, fact)
        terminal.line()
    for fact, fields in comparison.changed:
        terminal.line(f"~ {fact.id} ({base.places[fact.id]})", style="accent")
        _print_fields(terminal, fields)
        print_card(terminal, base, fact)
        terminal.line()
    for fact_id, title in comparison.removed.items():
        terminal.line(f"- {fact_id}: {title}", style="bad")
        if base.get(fact_id) is None:
            terminal.line("This id no longer resolves; existing links will break.", "    ", style="warn")
    if comparison.others:
        terminal.line("Topics, sources and words", style="accent")
        _print_fields(terminal, comparison.others)
    added, changed, removed = (len(x) for x in (comparison.added, comparison.changed, comparison.removed))
    others = f"; topics, sources and words: {len(comparison.others)} changed" if comparison.others else ""
    summary = f"Facts: {added} added, {changed} changed, {removed} removed{others}, since {revision}"
    terminal.line(summary, style="strong")


def _print_fields(terminal: Terminal, changes: Iterable[FieldChange]) -> None:
    for change in changes:
        before, after = change.before or "nothing", change.after or "nothing"
        terminal.line(f"{change.field}: {before} → {after}", "    ", "        ")
