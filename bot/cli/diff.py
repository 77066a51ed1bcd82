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
from bot.core.facts.issues import DataError, Place, Problem, quote_value
from bot.core.facts.loader import SITE, TOPIC, VOCABULARY, Loader, fact_folders
from bot.core.facts.reader import YamlFile, parse_yaml

# Fields such as `evidence.1.quote`, each a text or a list of texts, of each fact by its id and of other files.
Records: TypeAlias = dict[str, dict[str, Any]]


def run_diff(arguments: argparse.Namespace) -> int:
    folders = fact_folders(facts_folder())
    loader = Loader(*folders)
    base = loader.load()
    if base is None:
        raise DataError(loader.problems)
    before = _records(file for folder in folders for file in _files_at(arguments.revision, folder))
    after = _records(loader.files.values())
    drawn = io.StringIO() if arguments.format == "markdown" else None
    terminal = Terminal(drawn)
    if drawn:
        terminal.width = MAX_WIDTH
    _print_changes(terminal, base, before, after)
    if drawn:
        title = f"## Facts since `{arguments.revision.replace('`', '')}`"
        print_data(f"{title}\n\n````text\n{drawn.getvalue().replace('````', '')}````\n")
    lost = list(_lost_ids(before, base))
    for problem in lost:
        in_workflow = os.environ.get("GITHUB_ACTIONS") == "true"
        print(annotation("error", problem) if in_workflow else problem, file=sys.stderr)
    return PROBLEMS if lost and arguments.strict else OK


def _files_at(revision: str, folder: Path) -> Iterator[YamlFile]:
    """The files that a folder had at a revision.  Raises CommandError."""
    commit = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    archive = _git(folder, "archive", "--format=tar", commit.decode().strip())
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.name.endswith(".yaml") and (file := tar.extractfile(member)):
                yield parse_yaml(file.read(), f"{folder.name}/{member.name}")


def _git(folder: Path, *arguments: str) -> bytes:
    """The output of git.  Raises CommandError with git's own reason."""
    # A hook sets these, which would point git at another repository than the one of the folder.
    hook = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    environment = {name: value for name, value in os.environ.items() if name not in hook}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, env=environment)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise CommandError(f"{reason} ({' '.join(command)})")
    return done.stdout


def _records(files: Iterable[YamlFile]) -> Records:
    records: Records = {}
    for file in files:
        folder, _, name = file.name.removesuffix(".yaml").rpartition("/")
        is_topic = folder == "facts" and name not in (VOCABULARY, SITE)
        for key, value in file.data.items():
            if is_topic and key != TOPIC and isinstance(value, dict):
                records[key] = dict(_flat({"id": key, "topic": name, **value}))
            else:
                records.setdefault(f"{folder}/{name}", {}).update(_flat({key: value}))
    return records


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        value = {str(number): item for number, item in enumerate(value, 1)}
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _flat(item, f"{prefix}.{name}".lstrip("."))
    else:
        yield prefix, value


def _print_changes(terminal: Terminal, base: FactBase, before: Records, after: Records) -> None:
    """What is different; each added and changed fact with its card as it looks now."""
    counts, gone = Counter[str](), dict(before)
    for name, record in after.items():
        fact = base.by_id.get(name)
        # With an old id among its former ids, a fact is the old one, renamed.
        ids = (name, *fact.former_ids) if fact else (name,)
        old = next((gone.pop(i) for i in ids if i in gone), None)
        changes = list(_changes(old or {}, record))
        if not changes:
            continue
        counts["changed" if old else "added"] += 1
        at = f" ({base.place(fact)})" if fact else ""
        terminal.line(f"{'~' if old else '+'} {name}{at}", style="accent" if old else "good")
        for change in changes if old or not fact else ():
            terminal.line(change, "    ", "        ")
        if fact:
            print_card(terminal, base, fact)
        terminal.line()
    for name, record in gone.items():
        terminal.line(f"- {name}: {record.get('title', '')}", style="error")
    summary = f"{counts['added']} added, {counts['changed']} changed, {len(gone)} removed"
    terminal.line(summary, style="strong")


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """The fields that differ, with what is before and after; of a list the items that differ."""
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name, ""), after.get(name, "")
        if isinstance(old or new, list):
            old, new = ", ".join(x for x in old if x not in new), ", ".join(x for x in new if x not in old)
        old, new = " ".join(old.split()), " ".join(new.split())
        if old != new:
            yield f"{name}: {old or 'nothing'} → {new or 'nothing'}"


def _lost_ids(before: Records, base: FactBase) -> Iterator[Problem]:
    """A problem for each id that was published and leads to no fact, at the fact that has its title now."""
    by_title = {fact.title: fact for fact in base.facts}
    for name, record in before.items():
        published = (name, *record.get("former_ids", ())) if "topic" in record else ()
        for lost in (fact_id for fact_id in published if base.get(fact_id) is None):
            fact = by_title.get(record.get("title", ""))
            place = base.place(fact) if fact else Place(f"facts/{record['topic']}.yaml", 1)
            message = f"{quote_value(lost)} was published, and leads to no fact now"
            expected = f"the line `former_ids: [{lost}]` in the fact that takes its place"
            yield Problem(place, "former_ids", "lost-id", message, expected)
