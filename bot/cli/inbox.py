"""`unionstate inbox`: prints the maintainers' inbox, adds questions to facts, and closes what is done."""

import argparse
import logging
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.cli.common import OK, PROBLEMS, CommandError, Terminal, print_json
from bot.core.cache import load_engine
from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError
from bot.core.facts.loader import fact_folders
from bot.core.facts.template import add_question
from bot.core.feedback.inbox import InboxContents
from bot.core.feedback.unanswered import QuestionGroup
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable, open_engine, parse_database_url
from bot.db.inbox import close_report, delete_questions, delete_thumbs, read
from bot.server.config import Settings, deployed_environment
from bot.server.log import redact

QUESTIONS_SHOWN, ALIKE_SHOWN, UNKNOWN_SHOWN = 50, 4, 6

_DAYS = re.compile(r"(\d{1,4})d")
_NUMBERED = re.compile(r"([qr])(\d{1,9})")


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
            return _answer(database, engine, facts, *arguments.answer)
        if arguments.done:
            return _close(database, engine, [written.lower() for written in arguments.done])
        contents = read(database, engine, since)
    except DatabaseUnavailable as error:
        message = f"the database {name} does not answer ({error}): is DATABASE_URL right, and does it run?"
        raise CommandError(redact(message), PROBLEMS) from None
    finally:
        database.close()
    if arguments.json:
        print_json(contents_as_json(contents), indent=1)
    else:
        _print(contents, engine.base if engine else None, name)
    return OK


def _since(text: str) -> date:
    """A day as `--since` takes it: 2026-11-23, or 7d for the last seven days."""
    try:
        if found := _DAYS.fullmatch(text):
            return datetime.now(UTC).date() - timedelta(days=int(found[1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        expected = "write 2026-11-23, or 7d for the last seven days"
        raise CommandError(f"--since: “{text}” is not a date: {expected}") from None


def _open_database(arguments: argparse.Namespace) -> tuple[Database, Path | None]:
    """The database of the bot with those variables, and its folder of facts, if not the project's own."""
    environ = deployed_environment(arguments.env_file, arguments.unit)
    names = ("DATABASE_URL", "UNIONSTATE_FACTS")
    settings = Settings.from_environment({name: environ.get(name, "") for name in names})
    try:
        url = settings.resolve_database_url(environ)
    except OSError as error:
        message = f"the database file cannot be created here ({error}): set DATABASE_URL"
        raise CommandError(message, PROBLEMS) from None
    address = parse_database_url(url)
    if address.drivername == "sqlite" and not Path(address.database or "").exists():
        message = f"no database at {address.database}: is DATABASE_URL that of the bot, and has it run?"
        raise CommandError(message, PROBLEMS)
    return Database(open_engine(url)), settings.unionstate_facts


def _answer(
    database: Database, engine: SearchEngine | None, folder: Path | None, name: str, fact_id: str
) -> int:
    """Add a question to those of a fact; the inbox shows it as answered if it now finds the fact."""
    group = _group_of(read(database, engine).groups, name)
    if group is None:
        raise CommandError(f"no question {name}", PROBLEMS)
    words = group.head.words
    fact = engine.base.get(fact_id) if engine else None
    if fact is None:
        message = f"no fact {fact_id}; `unionstate new KIND --ask '{words}'` prints a template of one"
        raise CommandError(message, PROBLEMS)
    path, line = add_question(fact_folders(folder)[0], fact, words)
    found = load_engine(folder).ask(words)
    print(f"{path}:{line}: “{words}” now gets {found.status}: {', '.join(f.id for f in found.facts[:3])}")
    return OK


def _group_of(groups: Sequence[QuestionGroup], name: str) -> QuestionGroup | None:
    return next((g for g in groups if any(f"q{question.id}" == name for question in g.questions)), None)


def _close(database: Database, engine: SearchEngine | None, ids: Sequence[str]) -> int:
    """Close what the ids name: r3 a report, q12 a question with those like it, a fact's id its thumbs."""
    groups = read(database, engine).groups if any(written.startswith("q") for written in ids) else ()
    missing = []
    for written in ids:
        numbered = _NUMBERED.fullmatch(written)
        if not numbered:
            closed = delete_thumbs(database, written)
        elif numbered[1] == "r":
            closed = close_report(database, int(numbered[2]))
        else:
            group = _group_of(groups, written)
            closed = bool(group and delete_questions(database, [q.id for q in group.questions]))
        if closed:
            print(f"closed {written}")
        else:
            missing.append(written)
    if missing:
        raise CommandError(f"nothing in the inbox is called {', '.join(missing)}", PROBLEMS)
    return OK


def contents_as_json(contents: InboxContents) -> dict[str, Any]:
    """The inbox as `--json` prints it; a field that does not apply is absent."""
    return {
        "reports": [
            {"id": f"r{r.id}", "fact": r.fact_id, "version": r.version, "reason": r.reason, "remark": r.remark,
             "made": r.made.isoformat()}
            for r in contents.reports
        ],
        "unhelpful": [
            {"fact": t.fact_id, "unhelpful": t.unhelpful, "helpful": t.helpful} for t in contents.unhelpful
        ],
        "questions": [_group_as_json(group) for group in contents.groups],
    }  # fmt: skip


def _group_as_json(group: QuestionGroup) -> dict[str, Any]:
    head, others = group.head, group.questions[1:]
    entry: dict[str, Any] = {
        "id": f"q{head.id}", "words": head.words, "asked": group.count, "first": group.first_seen.isoformat(),
        "last": group.last_seen.isoformat(), "outcome": head.outcome, "unknown": list(group.unknown),
        "nearest": group.nearest, "answered": group.answered,
        "alike": [{"words": question.words, "asked": question.count} for question in others],
    }  # fmt: skip
    return {name: value for name, value in entry.items() if value not in (None, [])}


def _print(contents: InboxContents, base: FactBase | None, database: str) -> None:
    terminal = Terminal()

    def about(fact_id: str, more: str = "") -> None:
        """The title of the fact and where it is defined."""
        if base:
            fact = base.get(fact_id)
            title = f"{fact.title} ({base.place(fact)})" if fact else "no such fact now"
            terminal.line(f"{title}{more}", "      ", style="quiet")

    if contents.is_empty:
        terminal.line("The inbox is empty.", style="good")
    if contents.reports:
        terminal.line(f"Open reports: {len(contents.reports)}", style="strong")
    for report in contents.reports:
        remark = f": “{report.remark}”" if report.remark else ""
        terminal.line(f"r{report.id}  {report.fact_id}, {report.reason}{remark}", "  ", "      ")
        about(report.fact_id, f", seen {report.made} in version {report.version}")
    if contents.unhelpful:
        terminal.line(f"Facts found unhelpful: {len(contents.unhelpful)}", style="strong")
    for thumbs in contents.unhelpful:
        helpful = f", helpful {thumbs.helpful}" if thumbs.helpful else ""
        terminal.line(f"{thumbs.fact_id}: unhelpful {thumbs.unhelpful}{helpful}", "  ", "    ")
        about(thumbs.fact_id)
    if groups := contents.groups:
        asked = sum(group.count for group in groups)
        terminal.line(f"Questions without an answer: {len(groups)}, asked {asked} times", style="strong")
        for group in groups[:QUESTIONS_SHOWN]:
            _print_group(terminal, group)
        if (hidden := len(groups) - QUESTIONS_SHOWN) > 0:
            terminal.line(f"and {hidden} more; --json prints all", "  ", style="quiet")
        terminal.line("--answer Q FACT adds a question to a fact.", "  ", style="quiet")
    terminal.line(f"Kept for 180 days in {database}; close with --done ID.", style="quiet")


def _print_group(terminal: Terminal, group: QuestionGroup) -> None:
    head = group.head
    terminal.line(f"q{head.id}  {head.words}  ×{group.count}", "  ", "      ")
    if alike := [question.words for question in group.questions[1:]]:
        rest = f", and {len(alike) - ALIKE_SHOWN} more" if len(alike) > ALIKE_SHOWN else ""
        terminal.line(f"also: {'; '.join(alike[:ALIKE_SHOWN])}{rest}", "      ", style="quiet")
    unknown = f"unknown: {', '.join(group.unknown[:UNKNOWN_SHOWN])}" if group.unknown else ""
    state = f"nearest: {group.nearest}" if group.nearest else ""
    chosen = "choices of which none was chosen" if head.outcome == "choices" else ""
    if group.answered:
        state, chosen = f"answered by now: {group.answered}", ""
    if remarks := "; ".join(filter(None, (unknown, state, chosen))):
        terminal.line(remarks, "      ", style="good" if group.answered else "quiet")
