"""The commands of maintainers: check, coverage, new, fmt, diff, schema."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Protocol

from bot.cli.facts import OK, PROBLEMS, CommandError, facts_folder, load_facts


class Command(Protocol):
    """Adds a command to the command line; returns its parser."""

    def __call__(
        self, name: str, run: object, description: str, epilog: str = ""
    ) -> argparse.ArgumentParser: ...


def add_commands(command: Command) -> None:
    """Add the commands of this module to the command line."""
    check = command("check", _check, "validate facts/ and seeds/; with --articles, also the quotes")
    check.add_argument(
        "--articles", type=Path, metavar="DIR", help="a folder with the articles' texts as <source>.txt"
    )
    check.add_argument(
        "--format", choices=("text", "github"), default="text", help="github: as annotations of a workflow"
    )
    check.add_argument(
        "--notes", action="store_true", help="list all that is due for review, not only the first"
    )

    coverage = command("coverage", _coverage, "show how many facts cite each paragraph of the articles")
    coverage.add_argument(
        "--articles", type=Path, metavar="DIR", required=True, help="a folder with the articles' texts"
    )
    coverage.add_argument("--bare", action="store_true", help="only the paragraphs that no fact cites")

    new = command(
        "new",
        _new,
        "print a template of a new record, to be filled in",
        "examples:\n  unionstate new figure\n  unionstate new position --source rta-2021 >> facts/defence.yaml",
    )
    new.add_argument("kind", choices=("figure", "date", "actor", "position"), help="what kind of fact it is")
    new.add_argument("--topic", metavar="T", help="with --write, the file of facts/ that gets the template")
    new.add_argument("--write", action="store_true", help="append the template to the topic's file")
    new.add_argument(
        "--articles", type=Path, metavar="DIR", help="a folder with <source>.txt, to offer passages as quotes"
    )
    new.add_argument("--about", metavar="WORDS", default="", help="with --articles, what the fact is about")
    new.add_argument(
        "--source", metavar="ID", default="", help="the source that it rests on: a file of seeds/"
    )
    new.add_argument("--id", metavar="ID", default="new-id", help="the record's id")

    word = command("word", _word, "show what a word stands for, and which facts have it")
    word.add_argument("word", nargs="+", help="a word or phrase")

    fmt = command("fmt", _fmt, "format the files of facts/ and seeds/")
    fmt.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 if something would change"
    )
    fmt.add_argument(
        "files", nargs="*", type=Path, metavar="FILES", help="or folders; default: all of facts/ and seeds/"
    )

    diff = command(
        "diff",
        _diff,
        "show which facts are added, changed and removed since a revision, and their cards as they look now",
        "examples:\n  unionstate diff                 since the last commit\n  unionstate diff origin/main     before merging",
    )
    diff.add_argument(
        "revision", metavar="REV", nargs="?", default="HEAD", help="a commit, branch or tag; default: HEAD"
    )
    diff.add_argument("--format", choices=("text", "markdown"), default="text", help="default: text")
    diff.add_argument(
        "--strict", action="store_true", help="exit code 1 if an id ends without a `former_ids` entry"
    )

    schema = command("schema", _schema, "print the JSON Schema by which editors complete and explain fields")
    schema.add_argument(
        "name",
        nargs="?",
        choices=("facts", "seeds", "questions", "vocabulary", "site"),
        default="facts",
        help="default: facts",
    )
    schema.add_argument("--write", action="store_true", help="write all of them to their places instead")


def _check(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal, print_data
    from bot.core.facts.loader import fact_folders
    from bot.core.facts.report import check

    try:
        report = check(facts_folder(), arguments.articles)
    except OSError as error:
        raise CommandError(f"--articles: {error}") from None
    if arguments.format == "github":
        from bot.cli.github import report_annotations

        lines = report_annotations(report, fact_folders(facts_folder())[0].parent)
        print_data("".join(f"{line}\n" for line in lines))
        Terminal().report_summary(report)
    else:
        Terminal().report(report, arguments.notes)
    return PROBLEMS if report.problems else OK


def _coverage(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal
    from bot.core.facts.evidence import coverage, load_articles

    base = load_facts()
    try:
        articles = load_articles(arguments.articles)
    except OSError as error:
        raise CommandError(f"--articles: {error}") from None
    Terminal().coverage(coverage(base, articles), arguments.bare)
    return OK


def _new(arguments: argparse.Namespace) -> int:
    from bot.cli.render import print_data
    from bot.core.facts.evidence import load_articles, passages
    from bot.core.facts.formatter import write_atomic
    from bot.core.facts.loader import fact_folders
    from bot.core.facts.template import template

    quotes: tuple[str, ...] = ()
    if arguments.articles:
        try:
            text = load_articles(arguments.articles)[arguments.source]
        except (OSError, KeyError) as error:
            raise CommandError(f"--articles: no text of the source {error}") from None
        quotes = passages(text, arguments.about)
    made = template(arguments.kind, arguments.id, arguments.source, quotes)
    if not arguments.write:
        print_data(made)
        return OK
    path = fact_folders(facts_folder())[0] / f"{arguments.topic}.yaml"
    if not path.is_file():
        raise CommandError(f"--write: no topic {arguments.topic}; give one with --topic")
    before = path.read_text("utf-8").rstrip("\n")
    write_atomic(path, f"{before}\n\n{made}")
    print(
        f"{path}:{before.count(chr(10)) + 3}: fill in the record, then `unionstate fmt` and `unionstate check`"
    )
    return OK


def _word(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal
    from bot.core.facts.words import facts_with, groups_with

    base, word = load_facts(), " ".join(arguments.word)
    groups, facts = groups_with(base, word), facts_with(base, word)
    line = Terminal().line
    for section, head, others in groups:
        line(f"{section}: {', '.join((head, *others))}", hanging="    ")
    for fact in facts:
        line(f"{fact.id} ({base.place(fact)})", "  ")
    line(f"{word}: in {len(groups)} groups of the vocabulary and {len(facts)} facts", style="strong")
    return OK if groups or facts else PROBLEMS


def _schema(arguments: argparse.Namespace) -> int:
    from bot.cli.render import print_data
    from bot.core.facts.formatter import write_atomic
    from bot.core.facts.json_schema import SCHEMAS, schema_text
    from bot.core.facts.loader import fact_folders

    if not arguments.write:
        print_data(schema_text(arguments.name))
        return OK
    facts, seeds = fact_folders(facts_folder())
    for name, file in SCHEMAS.items():
        folder, _, inside = file.partition("/")
        path = (seeds if folder == "seeds" else facts) / inside
        try:
            path.parent.mkdir(exist_ok=True)
            write_atomic(path, schema_text(name))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}", PROBLEMS) from None
        print(path)
    return OK


def _fmt(arguments: argparse.Namespace) -> int:
    from bot.core.facts.formatter import FormatError, format_path, write_atomic
    from bot.core.facts.issues import DataError
    from bot.core.facts.loader import fact_folders, yaml_files

    given = arguments.files or fact_folders(facts_folder())
    files = [file for path in given for file in (yaml_files(path) if path.is_dir() else [path])]
    changed, failed = 0, 0
    for path in files:
        try:
            text = format_path(path)
            if text.encode() != path.read_bytes():
                changed += 1
                if not arguments.check:
                    write_atomic(path, text)
                print(f"{path}: {'not formatted' if arguments.check else 'reformatted'}")
        except (DataError, FormatError) as error:
            failed += 1
            print(*(error.problems if isinstance(error, DataError) else [error]), sep="\n", file=sys.stderr)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
    unchanged = len(files) - changed - failed
    would = "to reformat (run `unionstate fmt`)" if arguments.check and changed else "reformatted"
    print(f"{changed} {would}, {unchanged} unchanged, {failed} unreadable", file=sys.stderr)
    return PROBLEMS if failed or (arguments.check and changed) else OK


# A hook sets these; they would point git at another repository than the one of the folder.
_GIT_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
)


def _git(folder: Path, *arguments: str) -> bytes:
    """The output of git.  Raises CommandError with git's own reason."""
    environment = {name: value for name, value in os.environ.items() if name not in _GIT_VARIABLES}
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
    except FileNotFoundError:
        raise CommandError("git is not installed, and the other version comes from its history") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise CommandError(
            f"git cannot read {folder}: {reason.removeprefix('fatal: ') or 'no such revision'}"
        )
    return done.stdout


def _check_out(revision: str, folder: Path, target: Path) -> None:
    """Write the files that `folder` had at a revision to `target`.  Raises CommandError."""
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    try:
        commit = _git(folder, "rev-parse", "--verify", "-q", "--end-of-options", f"{revision}^{{commit}}")
    except CommandError:
        raise CommandError(f"the repository has no revision {revision}") from None
    inside = folder.resolve().relative_to(top.resolve()).as_posix()
    tree = commit.decode().strip() + (f":{inside}" if inside != "." else "")
    try:
        _git(top, "rev-parse", "--verify", "-q", tree)
    except CommandError:
        raise CommandError(f"{folder.name}/ did not exist at {revision}") from None
    archive = _git(top, "archive", "--format=tar", tree)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")


def _diff(arguments: argparse.Namespace) -> int:
    from bot.cli.github import annotation, summary
    from bot.cli.render import Terminal, print_data
    from bot.core.facts.diff import compare, lost_ids
    from bot.core.facts.issues import DataError
    from bot.core.facts.loader import fact_folders, read_fact_base

    folders = fact_folders(facts_folder())
    after, problems = read_fact_base(*folders)
    if after is None:
        raise DataError(problems)
    with tempfile.TemporaryDirectory() as scratch:
        for folder, name in zip(folders, ("facts", "seeds"), strict=True):
            _check_out(arguments.revision, folder, Path(scratch) / name)
        before, problems = read_fact_base(Path(scratch) / "facts", Path(scratch) / "seeds")
    if before is None:
        print(*problems[:3], sep="\n", file=sys.stderr)
        raise CommandError(
            f"the facts of {arguments.revision} do not load with this version of the program", PROBLEMS
        )
    comparison = compare(before, after)
    lost = lost_ids(before, after)
    if arguments.format == "markdown":
        print_data(summary(after, comparison, arguments.revision))
    else:
        Terminal().comparison(after, comparison, arguments.revision)
    if not arguments.strict:
        return OK
    for problem in lost:
        in_workflow = os.environ.get("GITHUB_ACTIONS") == "true"
        print(annotation("error", problem) if in_workflow else problem, file=sys.stderr)
    return PROBLEMS if lost else OK
