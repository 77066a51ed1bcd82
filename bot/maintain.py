"""The commands of those who keep the facts: schema, new, fmt, diff, publish.

Belongs here: their arguments, what they ask on a terminal, and which part of the core they call.  Does
not belong here: what a record may hold or how it is laid out (`bot.core`), and how things look
(`bot.terminal`).  The commands of those who ask, and `check`, are in `bot.cli`.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # the models take a while to load, and `unionstate --help` does not need them
    from bot.core.problems import Problem

OK, PROBLEMS, USAGE = 0, 1, 2


class Command(Protocol):
    """Adds a command to the command line; returns its parser."""

    def __call__(
        self, name: str, run: object, description: str, epilog: str = ""
    ) -> argparse.ArgumentParser: ...


def add_commands(command: Command) -> None:
    """Add the commands of this module to the command line."""
    new = command(
        "new",
        _new,
        "write a new record at its place in the file, asking for what is missing",
        "examples:\n  unionstate new figure --source riac-2019 --topic trade --articles ../articles\n"
        "  unionstate new date --source rta-2021 --topic defence --id joint-doctrine-2021-11-04 \\\n"
        "      --field 'title=Joint military doctrine' --field date=2021-11-04 …\n\n"
        "exit code: 0 written, 1 refused (the file is as it was), 2 usage",
    )
    new.add_argument("kind", choices=("figure", "date", "actor", "position"), help="what kind of fact it is")
    new.add_argument("--source", metavar="ID", help="the source that it rests on: a file of seeds/")
    new.add_argument("--topic", metavar="T", help="the topic that it belongs to: a file of facts/")
    new.add_argument("--id", metavar="ID", help="the record's id")
    new.add_argument(
        "--field", action="append", default=[], metavar="NAME=TEXT", help="a field, or `quote` or `section`; may be repeated"
    )  # fmt: skip
    new.add_argument(
        "--articles", type=Path, metavar="DIR", help="a folder with <source>.txt, to find the quote in"
    )

    fmt = command("fmt", _fmt, "lay out the files of facts/ and seeds/ in the one way")
    fmt.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 where something would change"
    )
    fmt.add_argument(
        "files", nargs="*", type=Path, metavar="FILES", help="or folders; default: all of facts/ and seeds/"
    )

    diff = command(
        "diff",
        _diff,
        "show which facts are added, changed and removed since a revision, and how they look now",
        "examples:\n  unionstate diff HEAD            since the last commit\n  unionstate diff origin/main     before merging",
    )
    diff.add_argument("revision", metavar="REV", help="a commit, branch or tag of the repository")
    diff.add_argument("--format", choices=("text", "markdown"), default="text", help="default: text")

    schema = command("schema", _schema, "print the JSON Schema that editors complete and explain fields by")
    schema.add_argument(
        "name", nargs="?", choices=("facts", "seeds", "vocabulary"), default="facts", help="default: facts"
    )
    schema.add_argument("--write", action="store_true", help="write all of them to their places instead")

    publish = command(
        "publish", _publish, "add the ids of new facts to the list of those that go on answering"
    )
    publish.add_argument(
        "--check", action="store_true", help="change nothing; exit code 1 where ids are missing"
    )


def _fail(message: str, code: int = USAGE) -> int:
    print(f"unionstate: {message}", file=sys.stderr)
    return code


def facts_folder() -> Path | None:
    """The folder that UNIONSTATE_FACTS names, or None for the project's own.  Ends the command where there is no such folder."""
    named = os.environ.get("UNIONSTATE_FACTS", "").strip()
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        from bot.settings import NO_FOLDER

        raise SystemExit(_fail(f"UNIONSTATE_FACTS {NO_FOLDER}"))
    return folder


def _told(problems: Iterable[Problem], message: str) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return _fail(message, PROBLEMS)


# -- schema and publish ---------------------------------------------------------------------------


def _schema(arguments: argparse.Namespace) -> int:
    from bot.core.files import write_whole
    from bot.core.load import fact_folders
    from bot.core.schema import SCHEMAS, schema_text

    if not arguments.write:
        print(schema_text(arguments.name), end="")
        return OK
    facts, seeds = fact_folders(facts_folder())
    for name, file in SCHEMAS.items():
        path = (seeds if name == "seeds" else facts) / Path(file).name
        try:
            write_whole(path, schema_text(name))
        except OSError as error:
            return _fail(f"{path} cannot be written: {error.strerror}", PROBLEMS)
        print(path)
    return OK


def _publish(arguments: argparse.Namespace) -> int:
    from bot.core.load import fact_folders, load_fact_base
    from bot.core.problems import DataError
    from bot.core.published import FILE, publish, published_ids

    folder, seeds = fact_folders(facts_folder())
    try:
        base = load_fact_base(folder, seeds)
        if arguments.check:
            new = tuple(sorted(set(base.by_id) - set(published_ids(folder))))
        else:
            new = publish(base, folder)
    except DataError as error:
        return _told(error.problems, f"{error}; nothing was published")
    except OSError as error:
        return _fail(f"{FILE}: {error.strerror}", PROBLEMS)
    for name in new:
        print(name)
    verb = "not in the list yet" if arguments.check else "added to the list"
    print(f"{len(new)} of {len(base.facts)} ids {verb}", file=sys.stderr)
    return PROBLEMS if arguments.check and new else OK


# -- fmt ------------------------------------------------------------------------------------------


def _fmt(arguments: argparse.Namespace) -> int:
    from bot.core.files import write_whole
    from bot.core.layout import LayoutError, laid_out, layout_of
    from bot.core.load import fact_folders, yaml_files
    from bot.core.problems import DataError
    from bot.core.schema import SCHEMAS

    given = arguments.files or fact_folders(facts_folder())
    files = [file for path in given for file in (yaml_files(path) if path.is_dir() else [path])]
    changed, failed = [], 0
    for path in files:
        name = f"{path.resolve().parent.name}/{path.name}"
        layout = layout_of(path.resolve())
        try:
            raw = path.read_bytes()
            # Editors are told of the schema where there is one beside the file.
            text = laid_out(raw, name, layout, (path.parent / Path(SCHEMAS[layout]).name).exists())
            if text.encode() == raw:
                continue
            if not arguments.check:
                write_whole(path, text)
            changed.append(name)
        except DataError as error:
            failed += 1
            for problem in error.problems:
                print(problem, file=sys.stderr)
        except LayoutError as error:
            failed += 1
            print(error, file=sys.stderr)
        except OSError as error:
            return _fail(f"{path}: {error.strerror}")
    for name in changed:
        print(f"{name}: {'to be laid out' if arguments.check else 'laid out anew'}")
    kept = len(files) - len(changed) - failed
    print(
        f"{len(changed)} changed, {kept} as {'they' if kept != 1 else 'it'} should be, {failed} unreadable",
        file=sys.stderr,
    )
    if arguments.check and changed:
        print("`unionstate fmt` lays them out", file=sys.stderr)
    return PROBLEMS if failed or (arguments.check and changed) else OK


# -- diff -----------------------------------------------------------------------------------------


class _GitError(Exception):
    """Git could not do it; the message is one sentence for a person."""


def _git(*arguments: str, folder: Path) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise _GitError("git is not installed, and the other version comes from its history") from None
    if done.returncode:
        raise _GitError(
            done.stderr.decode(errors="replace").strip().splitlines()[-1:][0] if done.stderr else "git failed"
        )
    return done.stdout


def _checked_out(revision: str, folder: Path, target: Path) -> None:
    """Puts the files that `folder` held at a revision into `target`.  Raises _GitError."""
    try:
        top = Path(_git("rev-parse", "--show-toplevel", folder=folder).decode().rstrip("\n"))
    except _GitError as error:
        if "git is not" in str(error):
            raise
        raise _GitError(f"{folder} is in no git repository, so there is no other version of it") from None
    try:
        commit = _git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", folder=folder
        )
    except _GitError:
        raise _GitError(f"the repository has no revision {revision}") from None
    inside = folder.resolve().relative_to(top.resolve()).as_posix()
    tree = f"{commit.decode().strip()}:{inside}" if inside != "." else commit.decode().strip()
    try:
        archive = _git("archive", "--format=tar", tree, folder=top)
    except _GitError:
        raise _GitError(f"{folder.name}/ was not there at {revision}") from None
    target.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            if member.isfile() and "/" not in member.name and (file := tar.extractfile(member)):
                (target / member.name).write_bytes(file.read())


def _diff(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal
    from bot.core.compare import compare
    from bot.core.load import fact_folders, load_fact_base
    from bot.core.problems import DataError
    from bot.github import summary

    facts, seeds = fact_folders(facts_folder())
    try:
        after = load_fact_base(facts, seeds)
    except DataError as error:
        return _told(error.problems, f"{error}; first mend what is told above")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            for folder, name in ((facts, "facts"), (seeds, "seeds")):
                _checked_out(arguments.revision, folder, Path(scratch) / name)
            before = load_fact_base(Path(scratch) / "facts", Path(scratch) / "seeds")
        except _GitError as error:
            return _fail(str(error))
        except DataError as error:
            return _told(
                error.problems[:3],
                f"the facts of {arguments.revision} do not load with this version of the program",
            )
    comparison = compare(before, after)
    if arguments.format == "markdown":
        print(summary(after, comparison, arguments.revision), end="")
    else:
        Terminal().comparison(after, comparison, arguments.revision)
    return OK


# -- new ------------------------------------------------------------------------------------------


class _Refused(Exception):
    """The record is not written; the message says why, and `code` is the exit code."""

    def __init__(self, message: str, code: int = PROBLEMS) -> None:
        super().__init__(message)
        self.code = code


def _new(arguments: argparse.Namespace) -> int:
    from bot.core.load import load_fact_base
    from bot.core.problems import DataError

    try:
        base = load_fact_base(facts_folder())
    except DataError as error:
        return _told(error.problems, f"{error}; first mend what is told above")
    interactive = bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())
    try:
        return _Draft(arguments, base, interactive).write()
    except _Refused as error:
        return _fail(str(error), error.code)
    except EOFError:
        print()
        return _fail("nothing was written", PROBLEMS)


class _Draft:
    """One new record: what is given on the command line, and on a terminal what else is asked."""

    def __init__(self, arguments: argparse.Namespace, base: Any, interactive: bool) -> None:
        from bot.core.draft import Passages

        self.base, self.kind, self.interactive = base, arguments.kind, interactive
        self.fields = self._given(arguments.field)
        self.fact_id: str = arguments.id or ""
        self.topic = self._chosen("topic", arguments.topic, base.topics)
        self.source = self._chosen("source", arguments.source, base.sources)
        self.passages: Passages | None = None
        if arguments.articles:
            path = arguments.articles / f"{self.source}.txt"
            try:
                self.passages = Passages(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise _Refused(f"--articles: {path} cannot be read ({error})", USAGE) from None

    def write(self) -> int:
        """Asks, tries the file with the record in it, and only then writes it."""
        from bot.core.draft import commented_record, tried, with_record
        from bot.core.files import write_whole
        from bot.core.load import fact_folders
        from bot.core.problems import DataError

        self._complete()
        lines = commented_record(self.fact_id, self.kind, self.source, self.fields)
        path = fact_folders(facts_folder())[0] / f"{self.topic}.yaml"
        when = self.fields["date" if self.kind == "date" else "as_of"]
        text, line = with_record(path.read_bytes(), lines, when)
        try:
            after = tried(facts_folder(), path.name, text)
        except DataError as error:
            return _told(
                error.problems, f"{path.parent.name}/{path.name} is as it was: the record would not load"
            )
        about_it = self._checked(after)
        if about_it:
            return _told(about_it, f"{path.parent.name}/{path.name} is as it was")
        try:
            write_whole(path, text)
        except OSError as error:
            raise _Refused(f"{path} cannot be written: {error.strerror}") from None
        print(
            f"{path.parent.name}/{path.name}:{line}: {self.fact_id} is written; fill in the commented lines, then `unionstate fmt` and `unionstate check`"
        )
        return OK

    def _checked(self, after: Any) -> list[Problem]:
        """What `check` would say against the new record, of its quote and its wording."""
        from bot.core.check import check_base

        articles = {self.source: self.passages.article} if self.passages else None
        problems = check_base(after, articles).problems
        return [
            p for p in problems if p.field.startswith(f"{self.fact_id}.") and not p.field.endswith(".series")
        ]

    # -- what is given -----------------------------------------------------------------------------

    def _given(self, pairs: list[str]) -> dict[str, Any]:
        from bot.core.draft import complaint, field_value, known_fields

        fields: dict[str, Any] = {}
        known = known_fields(self.kind)
        for pair in pairs:
            name, equals, text = pair.partition("=")
            if not equals or name not in known:
                raise _Refused(
                    f"--field wants NAME=TEXT with a name of {', '.join(known)}, not {pair}", USAGE
                )
            value = field_value(name, text)
            if wrong := complaint(self.kind, name, value):
                raise _Refused(f"--field {name}: {wrong}", USAGE)
            fields[name] = value
        return fields

    def _chosen(self, what: str, given: str | None, known: Mapping[str, object]) -> str:
        names = ", ".join(known)
        if given is None and self.interactive:
            return self._asked(f"{what} ({names})", lambda t: "" if t in known else f"wanted one of {names}")
        if given is None or given not in known:
            raise _Refused(f"--{what} wants one of {names}{f', not {given}' if given else ''}", USAGE)
        return given

    # -- what is asked -----------------------------------------------------------------------------

    def _complete(self) -> None:
        from bot.core.draft import explained, field_value, required_fields, suggested_id

        required = required_fields(self.kind)
        missing = [name for name in required if not self.fields.get(name)]
        if not self.interactive and missing == ["quote"] and self.fact_id and self.passages:
            missing = []  # the passages that fit are told below
        if not self.interactive and (missing or not self.fact_id):
            wanted = [f"--field {n}=…  {explained(self.kind, n)[0]}" for n in missing]
            wanted += [] if self.fact_id else ["--id …  The record's id, which never changes once published."]
            raise _Refused("without a terminal to ask on, give also\n  " + "\n  ".join(wanted), USAGE)
        for name in missing:
            if name != "quote":
                self._say(name)
                self.fields[name] = field_value(name, self._asked(name, self._complaint(name)))
        self._complete_id(suggested_id)
        self._complete_quote()
        for name, prompt in (("section", "section"), ("asks", "asks, with commas")):
            if self.interactive and name not in self.fields:
                self._say(name)
                typed = self._asked(f"{prompt} (Enter: none)", self._complaint(name), optional=True)
                self.fields[name] = field_value(name, typed)

    def _complaint(self, name: str) -> Callable[[str], str]:
        from bot.core.draft import complaint, field_value

        def wrong(text: str) -> str:
            return complaint(self.kind, name, field_value(name, text)) or (
                self.passages.no_heading(text) if self.passages and name == "section" else ""
            )

        return wrong

    def _complete_id(self, suggested: Callable[[str, str], str]) -> None:
        from bot.core.draft import id_complaint

        def wrong(text: str) -> str:
            return id_complaint(self.base, text)

        if self.fact_id:
            if message := wrong(self.fact_id):
                raise _Refused(f"--id: {message}", USAGE)
            return
        suggestion = suggested(self.fields["title"], self.fields.get("date") or self.fields["as_of"])
        print(
            "\nThe id never changes once published: small letters, digits and hyphens, as a person would guess it."
        )
        self.fact_id = self._asked(f"id (Enter: {suggestion})", wrong, suggestion)

    def _complete_quote(self) -> None:
        from bot.core.draft import complaint

        def wrong(text: str) -> str:
            if offered and text.isdecimal() and 1 <= int(text) <= len(offered):
                return ""
            return complaint(self.kind, "quote", text) or (
                self.passages.refusal(text) if self.passages else ""
            )

        offered: tuple[str, ...] = ()
        quote = self.fields.get("quote", "")
        message = wrong(quote) if quote else "give also --field quote=…"
        if not message:
            self.fields["quote"] = self._printed(quote)
            return
        if self.passages:
            about = f"{self.fields['title']} {self.fields['statement']}"
            offered = self.passages.offered(about, self.fields.get("value", ""), self.base.vocabulary.ignore)
        if not self.interactive:
            listed = "".join(f"\n  {q}" for q in offered)
            raise _Refused(f"{message}{'; passages that fit:' if offered else ''}{listed}")
        if quote:
            print(f"  {message}")
        self._say("quote")
        for number, passage in enumerate(offered, 1):
            print(f"  {number}. {passage}")
        typed = self._asked("quote, or a number" if offered else "quote", wrong)
        if offered and typed.isdecimal() and 1 <= int(typed) <= len(offered):
            typed = offered[int(typed) - 1]
        self.fields["quote"] = self._printed(typed)

    def _printed(self, quote: str) -> str:
        return self.passages.as_printed(quote) if self.passages else quote

    def _say(self, name: str) -> None:
        from bot.core.draft import explained

        sentence, example = explained(self.kind, name)
        print(f"\n{sentence}" + (f" For instance: {example}" if example else ""))

    def _asked(
        self, prompt: str, wrong: Callable[[str], str], default: str = "", optional: bool = False
    ) -> str:
        """What a person types, asked again until nothing is wrong with it."""
        while True:
            text = input(f"{prompt}: ").strip() or default
            if optional and not text:
                return ""
            message = wrong(text)
            if not message:
                return text
            print(f"  {message}")
