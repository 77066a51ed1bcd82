"""`unionstate inbox`: prints the maintainers' inbox, adds questions to facts, and closes what is done; the local inbox."""

import argparse
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cli.common import OK, PROBLEMS, CommandError, Terminal, print_json
from bot.core.cache import load_engine
from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError
from bot.core.facts.loader import fact_folders
from bot.core.facts.template import add_question
from bot.core.feedback.inbox import Inbox, InboxContents, QuestionGroup
from bot.db.engine import Database, DatabaseUnavailable, open_engine, parse_database_url
from bot.db.inbox import KEPT_DAYS, DatabaseInbox, close_report, delete_questions, delete_thumbs, read
from bot.server.config import Settings, SettingsError, deployed_environment
from bot.server.log import redact

_REPORT = re.compile(r"r(\d{1,9})")


def run_inbox(arguments: argparse.Namespace) -> int:
    since = _since(arguments.since) if arguments.since else None
    database, facts = _open_database(arguments)
    name = database.engine.url.render_as_string(hide_password=True)
    logging.getLogger("bot").addHandler(logging.NullHandler())  # errors are printed here
    try:
        engine = load_engine(facts)
    except DataError:  # a bad edit must not hide what people asked
        engine = None
    try:
        if arguments.answer:
            return _answer(database, facts, *arguments.answer)
        if arguments.done:
            return _close(database, [written.lower() for written in arguments.done])
        contents = read(database, engine, since)
    except DatabaseUnavailable as error:
        message = f"the database {name} does not answer ({error}): is DATABASE_URL right, and does it run?"
        raise CommandError(redact(message), PROBLEMS) from None
    finally:
        database.close()
    fields = _contents_as_json(contents)
    if arguments.json:
        print_json(fields, indent=1)
    else:
        _print(fields, name, engine.base if engine else None)
    return OK


def _since(text: str) -> date:
    """A day as `--since` takes it: 2026-11-23, or 7d for the last seven days."""
    try:
        if text.endswith("d"):
            return datetime.now(UTC).date() - timedelta(days=int(text[:-1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        expected = "write 2026-11-23, or 7d for the last seven days"
        raise CommandError(f"--since: “{text}” is not a date: {expected}") from None


def _open_database(arguments: argparse.Namespace) -> tuple[Database, Path | None]:
    """The database of the bot with those variables, and its folder of facts, if not the project's own."""
    environ = deployed_environment(arguments.env_file, arguments.unit)
    names = ("DATABASE_URL", "UNIONSTATE_FACTS")
    settings = Settings.from_environment({name: environ.get(name, "") for name in names})
    url = settings.resolve_database_url(environ)
    address = parse_database_url(url)
    if address.drivername == "sqlite" and not Path(address.database or "").exists():
        message = f"no database at {address.database}: has the bot run? Else set DATABASE_URL to its address"
        raise CommandError(message, PROBLEMS)
    return Database(open_engine(url)), settings.unionstate_facts


def _groups(database: Database) -> dict[str, QuestionGroup]:
    """The groups of like questions by the id of each question."""
    return {f"q{question.id}": group for group in read(database).groups for question in group.questions}


def _answer(database: Database, folder: Path | None, name: str, fact_id: str) -> int:
    """Add a question to those of a fact; the inbox shows it as answered if it now finds the fact."""
    if (group := _groups(database).get(name)) is None:
        raise CommandError(f"no question {name}", PROBLEMS)
    words, fact = group.head.words, load_engine(folder).base.get(fact_id)
    if fact is None:
        message = f"no fact {fact_id}; `unionstate new KIND --ask '{words}'` prints a template of one"
        raise CommandError(message, PROBLEMS)
    path, line = add_question(fact_folders(folder)[0], fact, words)
    found = load_engine(folder).ask(words)
    print(f"{path}:{line}: “{words}” now gets {found.status}: {', '.join(f.id for f in found.facts[:3])}")
    return OK


def _close(database: Database, ids: Sequence[str]) -> int:
    """Close what the ids name: r3 a report, q12 a question with those like it, a fact's id its thumbs."""
    groups, missing = _groups(database), []
    for written in ids:
        if group := groups.get(written):
            closed = bool(delete_questions(database, [question.id for question in group.questions]))
        elif report := _REPORT.fullmatch(written):
            closed = close_report(database, int(report[1]))
        else:
            closed = delete_thumbs(database, written)
        if closed:
            print(f"closed {written}")
        else:
            missing.append(written)
    if missing:
        raise CommandError(f"nothing in the inbox is called {', '.join(missing)}", PROBLEMS)
    return OK


def _contents_as_json(contents: InboxContents) -> dict[str, Any]:
    """The inbox as `--json` prints it; a field of a question that does not apply is absent."""
    return {
        "reports": [
            {"id": f"r{r.id}", "fact": r.fact_id, "version": r.version, "reason": r.reason, "remark": r.remark,
             "made": str(r.made)}
            for r in contents.reports
        ],
        "unhelpful": [
            {"fact": t.fact_id, "unhelpful": t.unhelpful, "helpful": t.helpful} for t in contents.unhelpful
        ],
        "questions": [_group_as_json(group) for group in contents.groups],
    }  # fmt: skip


def _group_as_json(group: QuestionGroup) -> dict[str, Any]:
    fields = {
        "id": f"q{group.head.id}", "words": group.head.words, "asked": group.count, "first": str(group.first_seen),
        "last": str(group.last_seen), "outcome": group.head.outcome, "unknown": list(group.head.unknown),
        "nearest": group.head.nearest, "answered": group.answered,
        "alike": [{"words": question.words, "asked": question.count} for question in group.questions[1:]],
    }  # fmt: skip
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _print(contents: dict[str, Any], database: str, base: FactBase | None) -> None:
    """The same as text: an entry a line, with its fields, and with the file and line of each fact."""
    terminal = Terminal()
    for kind, entries in contents.items():
        terminal.line(f"{kind.capitalize()}: {len(entries)}", style="strong")
        for entry in entries:
            first, *fields = (_text(name, value, base) for name, value in entry.items())
            terminal.line(f"{first}  {' · '.join(fields)}", "  ", "      ")
    terminal.line("--answer Q FACT adds a question to a fact, --done ID closes an entry.", style="quiet")
    terminal.line(f"Kept for {KEPT_DAYS} days in {database}.", style="quiet")


def _text(name: str, value: Any, base: FactBase | None) -> str:
    """A field; ids and words need no name."""
    if isinstance(value, list):
        value = ", ".join(item["words"] if isinstance(item, dict) else item for item in value)
    if name in ("fact", "nearest") and base:
        fact = base.get(value)
        value = f"{value} ({base.place(fact) if fact else 'no such fact now'})"
    return str(value) if name in ("id", "fact", "words") else f"{name}: {value}"


@contextmanager
def local_inbox() -> Iterator[Inbox]:
    """The inbox of this user's own questions, at the prompt and in edit mode; it keeps nothing without a database."""
    names = ("DATABASE_URL", "GAP_LOG")
    try:
        settings = Settings.from_environment({name: os.environ.get(name, "") for name in names})
        database = Database(open_engine(settings.resolve_database_url(os.environ)))
    except SettingsError:
        yield Inbox()
        return
    logging.getLogger("bot").addHandler(logging.NullHandler())
    inbox = DatabaseInbox(database, questions=settings.gap_log)
    inbox.start()
    try:
        yield inbox
    finally:
        inbox.close()
        database.close()
