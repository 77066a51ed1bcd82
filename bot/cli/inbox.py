"""`unionstate inbox`: prints the maintainers' inbox, and closes what is done."""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.core.gaps import Found, GapGroup, Report
from bot.core.search import SearchEngine
from bot.db.engine import Database, DatabaseUnavailable, open_engine, parse_database_url
from bot.db.inbox import close_report, delete_questions, delete_thumbs, read
from bot.server.config import Settings, SettingsError
from bot.server.environment import deployed_environment
from bot.server.log import redact
from bot.terminal import Terminal

QUESTIONS_SHOWN = 50
ALIKE_SHOWN = 4
UNKNOWN_SHOWN = 6

_DAYS = re.compile(r"(\d{1,4})d")
_NUMBERED = re.compile(r"([qr])(\d{1,9})")


def run(arguments: argparse.Namespace) -> int:
    """The command; returns the exit code: 0 shown or closed, 1 no database or nothing of that id, 2 usage."""
    try:
        environ = deployed_environment(arguments.env_file, arguments.unit)
        settings = Settings.from_environment(
            {name: environ.get(name, "") for name in ("DATABASE_URL", "UNIONSTATE_FACTS")}
        )
        since = read_since(arguments.since) if arguments.since else None
        url = settings.resolve_database_url(environ)
    except SettingsError as error:
        return _fail(str(error), 2)
    except ValueError as error:
        return _fail(f"--since: {error}", 2)
    except OSError as error:
        return _fail(f"no file for the database can be made here ({error}): set DATABASE_URL")
    address = parse_database_url(url)
    if address.drivername == "sqlite" and not Path(address.database or "").exists():
        return _fail(f"no database at {address.database}: is DATABASE_URL that of the bot, and has it run?")
    logging.getLogger("bot").addHandler(logging.NullHandler())  # what happens is said here
    database, done = Database(open_engine(url)), [written.lower() for written in arguments.done or ()]
    try:
        engine = SearchEngine(load_fact_base(settings.unionstate_facts))
    except DataError:  # a bad edit does not hide what people asked
        engine = None
    try:
        if not done:
            show(database, engine, since, as_json=arguments.json)
            return 0
        missing = close(database, engine, done)
    except DatabaseUnavailable as error:
        where = database.engine.url.render_as_string(hide_password=True)
        return _fail(
            f"the database {where} does not answer ({error}): is DATABASE_URL right, and does it run?"
        )
    finally:
        database.close()
    for name in done:
        if name not in missing:
            print(f"closed {name}")
    return _fail(f"nothing in the inbox is called {', '.join(missing)}") if missing else 0


def _fail(message: str, code: int = 1) -> int:
    print(f"unionstate: {redact(message)}", file=sys.stderr)
    return code


def read_since(text: str) -> date:
    """A day as `--since` takes it: 2026-11-23, or 7d for the last seven days.  Raises ValueError."""
    if found := _DAYS.fullmatch(text):
        return datetime.now(UTC).date() - timedelta(days=int(found[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a date: write 2026-11-23, or 7d for the last seven days") from None


def show(database: Database, finder: SearchEngine | None, since: date | None, *, as_json: bool) -> None:
    """Print the inbox.  Raises DatabaseUnavailable."""
    found = read(database, finder, since)
    if as_json:
        print(json.dumps(inbox_as_json(found), ensure_ascii=False, indent=1))
        return
    where = database.engine.url.render_as_string(hide_password=True)
    _Drawing(Terminal(), finder).draw(found, where)


def close(database: Database, finder: SearchEngine | None, ids: Sequence[str]) -> list[str]:
    """Close what the ids name: r3 a report, q12 a question with those like it, a fact's id its thumbs.

    Gives the ids that name nothing that is there.  Raises DatabaseUnavailable.
    """
    groups = read(database, finder).groups if any(written.startswith("q") for written in ids) else ()
    return [written for written in ids if not _close(database, groups, written)]


def _close(database: Database, groups: Sequence[GapGroup], written: str) -> bool:
    numbered = _NUMBERED.fullmatch(written)
    if not numbered:
        return delete_thumbs(database, written)
    number = int(numbered[2])
    if numbered[1] == "r":
        return close_report(database, number)
    alike = next((g for g in groups if any(gap.id == number for gap in g.gaps)), None)
    return bool(alike and delete_questions(database, [gap.id for gap in alike.gaps]))


def inbox_as_json(found: Found) -> dict[str, Any]:
    """The inbox as `--json` prints it; a field that does not apply is absent."""
    return {
        "reports": [
            {
                "id": f"r{report.id}",
                "fact": report.fact_id,
                "version": report.version,
                "reason": report.reason,
                "remark": report.remark,
                "made": report.made.isoformat(),
            }
            for report in found.reports
        ],
        "unhelpful": [
            {"fact": thumbs.fact_id, "unhelpful": thumbs.unhelpful, "helpful": thumbs.helpful}
            for thumbs in found.unhelpful
        ],
        "questions": [_question_as_json(group) for group in found.groups],
    }


def _question_as_json(group: GapGroup) -> dict[str, Any]:
    head = group.head
    entry: dict[str, Any] = {
        "id": f"q{head.id}",
        "words": head.words,
        "asked": group.count,
        "first": group.first_seen.isoformat(),
        "last": group.last_seen.isoformat(),
        "outcome": head.outcome,
        "unknown": list(group.unknown),
        "nearest": group.nearest,
        "answered": group.answered,
        "alike": [{"words": gap.words, "asked": gap.count} for gap in group.gaps[1:]],
    }
    return {name: value for name, value in entry.items() if value not in (None, [])}


class _Drawing:
    def __init__(self, terminal: Terminal, finder: SearchEngine | None) -> None:
        self._terminal, self._base = terminal, finder.base if finder else None

    def draw(self, found: Found, where: str) -> None:
        line = self._terminal.line
        if found.is_empty:
            line("The inbox is empty.", style="good")
        if found.reports:
            self._heading("Open reports", len(found.reports))
            for report in found.reports:
                self._report(report)
        if found.unhelpful:
            self._heading("Facts found unhelpful", len(found.unhelpful))
            for thumbs in found.unhelpful:
                helpful = f", helpful {thumbs.helpful}" if thumbs.helpful else ""
                line(f"{thumbs.fact_id}: unhelpful {thumbs.unhelpful}{helpful}", "  ", "    ")
                self._about(thumbs.fact_id)
        if found.groups:
            asked = sum(group.count for group in found.groups)
            self._heading("Questions without an answer", len(found.groups), f", asked {asked} times")
            for group in found.groups[:QUESTIONS_SHOWN]:
                self._question(group)
            if (hidden := len(found.groups) - QUESTIONS_SHOWN) > 0:
                line(f"and {hidden} more; --json prints all", "  ", style="quiet")
        line(f"Kept for 180 days in {where}; close with --done ID.", style="quiet")

    def _heading(self, name: str, count: int, more: str = "") -> None:
        self._terminal.line(f"{name}: {count}{more}", style="strong")

    def _report(self, report: Report) -> None:
        remark = f": “{report.remark}”" if report.remark else ""
        self._terminal.line(f"r{report.id}  {report.fact_id}, {report.reason}{remark}", "  ", "      ")
        self._about(report.fact_id, f", seen {report.made} in version {report.version}")

    def _about(self, fact_id: str, more: str = "") -> None:
        """The title of the fact and where it is defined."""
        fact = self._base.get(fact_id) if self._base else None
        title = f"{fact.title} ({self._base.place(fact)})" if fact and self._base else "no such fact now"
        if self._base:
            self._terminal.line(f"{title}{more}", "      ", style="quiet")

    def _question(self, group: GapGroup) -> None:
        head = group.head
        self._terminal.line(f"q{head.id}  {head.words}  ×{group.count}", "  ", "      ")
        if alike := [gap.words for gap in group.gaps[1:]]:
            rest = f", and {len(alike) - ALIKE_SHOWN} more" if len(alike) > ALIKE_SHOWN else ""
            self._terminal.line(f"also: {'; '.join(alike[:ALIKE_SHOWN])}{rest}", "      ", style="quiet")
        remarks = []
        if group.unknown:
            remarks.append("unknown: " + ", ".join(group.unknown[:UNKNOWN_SHOWN]))
        if group.answered:
            remarks.append(f"answered by now: {group.answered}")
        elif group.nearest:
            remarks.append(f"nearest: {group.nearest}")
        if head.outcome == "choices" and not group.answered:
            remarks.append("choices of which none was chosen")
        if remarks:
            style = "good" if group.answered else "quiet"
            self._terminal.line("; ".join(remarks), "      ", style=style)
