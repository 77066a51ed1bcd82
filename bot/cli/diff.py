"""`unionstate diff`: what has changed in the facts since a revision."""

import argparse
import io
import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from bot.cli.common import MAX_WIDTH, OK, PROBLEMS, CommandError, Terminal, facts_folder, print_data
from bot.cli.maintain import annotation
from bot.cli.render import print_card
from bot.core.facts.base import FactBase
from bot.core.facts.formatter import ORDER
from bot.core.facts.issues import DataError, Place, Problem, quote_value
from bot.core.facts.loader import QUESTIONS, SITE, TOPIC, VOCABULARY, Loader, fact_folders
from bot.core.facts.reader import parse_yaml

Files: TypeAlias = Mapping[
    str, Mapping[str, Any]
]  # the records of each file by its name, such as `facts/trade.yaml`
Fields: TypeAlias = Mapping[str, Any]  # texts and lists of texts
Change: TypeAlias = tuple[
    str, str, str
]  # a field with its texts before and after; of a list, the items that differ


def run_diff(arguments: argparse.Namespace) -> int:
    folders = fact_folders(facts_folder())
    loader = Loader(*folders)
    base = loader.load()
    if base is None:
        raise DataError(loader.problems)
    after = {file.name: file.data for file in loader.files.values()}
    before = {name: data for folder in folders for name, data in _at_revision(arguments.revision, folder)}
    if arguments.format == "markdown":
        drawn = io.StringIO()
        terminal = Terminal(drawn)
        terminal.width = MAX_WIDTH
        _print_changes(terminal, base, before, after, arguments.revision)
        title = f"## Facts since `{arguments.revision.replace('`', '')}`"
        print_data(f"{title}\n\n````text\n{drawn.getvalue().replace('````', '')}````\n")
    else:
        _print_changes(Terminal(), base, before, after, arguments.revision)
    lost = list(_lost_ids(before, base)) if arguments.strict else []
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


def _print_changes(terminal: Terminal, base: FactBase, before: Files, after: Files, revision: str) -> None:
    """What is different; each added and changed fact with its card as it looks now.

    `base` is what `after` loads as.  A fact that has an old id among its former ids is the old one, renamed.
    """
    (old_facts, old_others), (facts, others) = _fields(before), _fields(after)
    counts, kept = Counter[str](), set()
    for fact in base.facts:
        old_id = next((i for i in (fact.id, *fact.former_ids) if i in old_facts and i not in kept), None)
        if old_id:
            kept.add(old_id)
        fields = list(_changes(old_facts[old_id], facts[fact.id])) if old_id else []
        if fields or not old_id:
            sign, style, kind = ("~", "accent", "changed") if old_id else ("+", "good", "added")
            counts[kind] += 1
            terminal.line(f"{sign} {fact.id} ({base.places[fact.id]})", style=style)
            _print_fields(terminal, fields)
            print_card(terminal, base, fact)
            terminal.line()
    for fact_id, record in old_facts.items():
        if fact_id not in kept:
            counts["removed"] += 1
            terminal.line(f"- {fact_id}: {record.get('title', '')}", style="bad")
            if base.get(fact_id) is None:
                terminal.line("This id no longer resolves; existing links will break.", "    ", style="warn")
    other_fields = list(_changes(old_others, others))
    if other_fields:
        terminal.line("Topics, sources and words", style="accent")
        _print_fields(terminal, other_fields)
    summary = ", ".join(f"{counts[kind]} {kind}" for kind in ("added", "changed", "removed"))
    more = f"; topics, sources and words: {len(other_fields)} changed" if other_fields else ""
    terminal.line(f"Facts: {summary}{more}, since {revision}", style="strong")


def _print_fields(terminal: Terminal, changes: Iterable[Change]) -> None:
    for name, before, after in changes:
        terminal.line(f"{name}: {before or 'nothing'} → {after or 'nothing'}", "    ", "        ")


def _lost_ids(before: Files, base: FactBase) -> Iterator[Problem]:
    """A problem for each id that was published and leads to no fact now, at the fact that was probably renamed."""
    old_facts, _ = _fields(before)
    added = [fact for fact in base.facts if fact.id not in old_facts]
    for old_id, record in old_facts.items():
        for name in (old_id, *record.get("former_ids", ())):
            if base.get(name):
                continue
            expected = f"the line `former_ids: [{name}]`, since links and old messages lead to that id"
            if renamed := next((f for f in added if f.title == record.get("title")), None):
                message = f"{quote_value(name)} was published, and is probably this fact"
                yield base.problem(renamed, "former_ids", "lost-id", message, expected)
            else:
                message = f"{quote_value(name)} was published, and no fact has this id now"
                place = Place(f"facts/{record['topic']}.yaml", 1)
                yield Problem(place, "", "lost-id", message, f"{expected} (in the fact that takes its place)")


def _fields(files: Files) -> tuple[dict[str, Fields], Fields]:
    """The fields of each fact by its id, and everything else by names such as `seeds/riac-2019.title`."""
    facts: dict[str, Fields] = {}
    others: dict[str, Any] = {}
    for file, records in files.items():
        folder, _, name = file.removesuffix(".yaml").rpartition("/")
        if folder == "facts" and name not in (VOCABULARY, SITE):
            for key, record in records.items():
                if key != TOPIC and isinstance(record, dict):
                    named = {"id": key, "topic": name, **record}
                    facts[key] = dict(_flat({k: named[k] for k in ("id", "topic", *ORDER) if k in named}))
            records = {TOPIC: records.get(TOPIC, {})}
        is_whole = name in (VOCABULARY, SITE) or QUESTIONS in folder
        others |= _flat(records, f"{name}." if is_whole else f"{folder}/{name}.")
    return facts, others


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Texts and lists of texts by names such as `evidence.1.quote`."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        value = {str(number): item for number, item in enumerate(value, 1)}
    if not isinstance(value, dict):
        yield prefix.removesuffix("."), value
        return
    for name, item in value.items():
        yield from _flat(item, f"{prefix}{name}.")


def _changes(before: Fields, after: Fields) -> Iterator[Change]:
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name, ""), after.get(name, "")
        if isinstance(old or new, list):
            old, new = list(old), list(new)
            if sorted(old) != sorted(new):  # else the same in another order
                old, new = [x for x in old if x not in new], [x for x in new if x not in old]
            old, new = ", ".join(old), ", ".join(new)
        if old != new:
            yield name, " ".join(str(old).split()), " ".join(str(new).split())
