"""GitHub's formats: annotations on lines, and the summary of what a change does to the facts."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

from bot.cli.render import ID_LOST, MAX_WIDTH, Terminal, counted, differences
from bot.core.facts.base import FactBase
from bot.core.facts.diff import Comparison, FieldChange
from bot.core.facts.issues import Problem
from bot.core.facts.models import Fact
from bot.core.facts.report import Report

MAX_CARDS = 60  # of a summary, whose limit is 1 MB; a change of more is looked at in the files
NOTICES = 10  # GitHub shows no more of a kind for a step


def report_annotations(report: Report, folder: Path) -> Iterator[str]:
    """The workflow commands that show a report's problems, warnings and first notes beside their lines.

    `folder` holds facts/ and seeds/; GitHub expects paths relative to where the workflow runs.
    """
    above = os.path.relpath(folder.resolve(), Path.cwd().resolve()).replace(os.sep, "/")
    prefix = "" if above == "." else f"{above}/"
    yield from (annotation("error", problem, prefix) for problem in report.problems)
    yield from (annotation("warning", problem, prefix) for problem in report.warnings)
    yield from (annotation("notice", problem, prefix) for problem in report.notes[:NOTICES])


def annotation(level: str, problem: Problem, prefix: str = "") -> str:
    place = f"file={_property(prefix + problem.place.file)},line={problem.place.line}"
    title = f",title={_property(problem.field)}" if problem.field else ""
    return f"::{level} {place}{title}::{_data(problem.advice)}"


def _data(text: str) -> str:
    """Text of a workflow command, escaped as GitHub's own toolkit does it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary(base: FactBase, comparison: Comparison, revision: str) -> str:
    """What a change does to the facts, as Markdown: each added and changed fact with its card as it will look."""
    return "\n".join(_summary(base, comparison, revision)) + "\n"


def _summary(base: FactBase, comparison: Comparison, revision: str) -> Iterator[str]:
    yield f"## Facts since {_code(revision)}"
    yield ""
    yield f"{counted(comparison)}."
    cards = MAX_CARDS
    for title, facts in (("Added", comparison.added), ("Removed", comparison.removed)):
        if facts:
            yield from ("", f"### {title}")
        for fact in facts:
            yield from ("", f"**{_code(fact.id)}** · {_text(fact.title)}")
            if title == "Added":
                if cards > 0:
                    yield from _card(base, fact)
                cards -= 1
            elif base.get(fact.id) is None:
                yield from ("", ID_LOST)
    if comparison.changed:
        yield from ("", "### Changed")
    for change in comparison.changed:
        yield from ("", f"**{_code(change.after.id)}** · {_text(change.after.title)}", "")
        yield from _table(change.fields)
        if cards > 0:
            yield from _card(base, change.after)
        cards -= 1
    if cards < 0:
        yield from ("", f"The cards of {-cards} more are left out here; `unionstate diff` shows them all.")
    if comparison.others:
        yield from ("", "### Topics, sources and words", "")
        yield from _table(comparison.others)


def _table(changes: tuple[FieldChange, ...]) -> Iterator[str]:
    yield "| field | before | after |"
    yield "|---|---|---|"
    for change in changes:
        before, after = (_text(t) for t in differences(change))
        yield f"| {_code(change.field)} | {before} | {after} |"


def _card(base: FactBase, fact: Fact) -> Iterator[str]:
    drawn = io.StringIO()
    terminal = Terminal(drawn)
    terminal.width = MAX_WIDTH  # as in a window
    terminal.card(base, fact)
    longest = max((len(run) for run in re.findall("`+", drawn.getvalue())), default=0)
    fence = "`" * max(3, longest + 1)
    yield from ("", f"{fence}text", drawn.getvalue().rstrip("\n"), fence)


def _text(text: str) -> str:
    """Text that Markdown shows as it is: no links, no tags, no mentions, no cell of its own."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~!&$])", r"\\\1", " ".join(text.split()))
    return escaped.replace("@", "@\u200b")


def _code(text: str) -> str:
    return f"`{' '.join(text.replace('`', chr(0x2019)).replace('|', '/').split())}`"
