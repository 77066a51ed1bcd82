"""How answers look in a terminal and in a pipe.

Belongs here: wrapping, colour and order of what `unionstate` prints.  Does not belong here: what is
printed as JSON or CSV (`bot.core.export`), and which fact is right (`bot.core`).
"""

from __future__ import annotations

import datetime
import os
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

from bot.core.check import Report
from bot.core.compare import Comparison, FieldChange
from bot.core.model import Fact, FactBase, Position
from bot.core.outcome import Answer, Choices, Outcome
from bot.core.phrasing import headline, lead, review, short, timing

MAX_NOTES = 10  # of a check: facts of one file tend to be due together
MAX_WIDTH = 100  # longer lines are hard to read, however wide the window
HOW = {
    "same": "the same word", "name": "a name for it", "synonym": "a synonym", "typo": "as a typing error",
    "related": "a related word", "joined": "joined", "number": "the number", "date": "the date",
}  # fmt: skip


class Terminal:
    """Draws to a stream; in colour and wrapped to the window where that is a terminal, plain in a pipe (or with NO_COLOR)."""

    def __init__(self, stream: TextIO | None = None, today: datetime.date | None = None) -> None:
        self.today = today or datetime.date.today()
        self.stream = stream or sys.stdout
        interactive = self.stream.isatty()
        self.coloured = interactive and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = min(shutil.get_terminal_size().columns, MAX_WIDTH) if interactive else 0

    def line(self, text: str = "", indent: str = "", hanging: str | None = None, style: str = "") -> None:
        lines = [indent + text]
        if self.width and len(indent) + len(text) > self.width:
            lines = textwrap.wrap(
                text,
                self.width,
                initial_indent=indent,
                subsequent_indent=indent if hanging is None else hanging,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [""]
        for line in lines:
            print(self.styled(line, style), file=self.stream)

    def styled(self, text: str, style: str) -> str:
        codes = {"strong": "1", "quiet": "2", "accent": "36", "bad": "31", "warn": "33", "good": "32"}
        return f"\033[{codes[style]}m{text}\033[0m" if self.coloured and style else text

    def outcome(self, base: FactBase, outcome: Outcome) -> None:
        """An answer with its source, choices with their ids, or a kind no."""
        if isinstance(outcome, Answer):
            self.card(base, outcome.fact)
        elif isinstance(outcome, Choices):
            self.line("Several facts may be what you are looking for:", style="strong")
            for number, fact in enumerate(outcome.facts, 1):
                self.line(headline(fact), f"  {number}. ", "     ")
                self.line(f"unionstate ask {fact.id}", "     ", style="quiet")
        else:
            self.line("The fact base has no such fact.", style="strong")
            if outcome.topics:
                self.line("Nearest topics: " + ", ".join(t.title for t in outcome.topics) + ".", "  ")
        if outcome.unknown:
            words = ", ".join(f"“{w}”" for w in outcome.unknown[:6])
            self.line(f"It knows nothing about {words}.", "  ", style="quiet")

    def card(self, base: FactBase, fact: Fact) -> None:
        """A fact: value or date first, statement, others of its series, who says so, as of when, where."""
        self.line(lead(fact), style="strong")
        self.line(fact.statement, "  ")
        series = base.series_of(fact)
        if series:
            self.line(
                "At other times: " + "; ".join(f"{f.when}: {short(f)}" for f in series),
                "  ",
                "    ",
                style="accent",
            )
        if fact.note:
            self.line(f"Note: {fact.note}", "  ", "    ", style="quiet")
        holder = f"{fact.attribution} · " if fact.attribution and not isinstance(fact, Position) else ""
        due = review(fact, self.today)
        self.line(f"{holder}{timing(fact)}{f' · {due}' if due else ''}", "  ", style="quiet")
        for evidence in fact.evidence:
            source = base.sources[evidence.source]
            dated = f" ({source.dated})" if source.dated else ""
            place = f", “{evidence.section}”" if evidence.section else ""
            self.line(f"{source.by}: {source.title}{dated}{place}", "  ", "    ", style="quiet")
            # Never wrapped: a link that is broken over lines is no link.
            print(self.styled(f"  {base.link(evidence)}", "quiet"), file=self.stream)
            if not source.url:
                self.line(
                    "The article's own address is unknown; the link opens the publisher's site.",
                    "    ",
                    style="quiet",
                )

    def explanation(self, outcome: Outcome) -> None:
        """Why this outcome: the words of the question, and what they matched in the best facts."""
        self.line(f"Outcome: {outcome.status} — {outcome.reason}", style="accent")
        for word in outcome.unknown:
            self.line(f"{word:<18} unknown to the fact base", "    ", style="warn")
        for hit in outcome.hits[:3]:
            self.line(f"{hit.score:.2f}  {hit.fact.id}", "  ", style="strong")
            for m in hit.matches:
                how = f"{HOW[m.how]} “{m.matched}”" if m.matched != m.word else HOW[m.how]
                self.line(
                    f"{m.word:<18} {how:<34} {m.field:<11} fit {m.similarity:.2f}  weight {m.weight:.1f}",
                    "    ",
                )
            for word in hit.missing:
                self.line(f"{word:<18} not in this fact", "    ", style="warn")

    def report(self, report: Report, all_notes: bool = False) -> None:
        """The problems, warnings and (the first of the) notes of a check, and how much was checked."""
        for problem in report.problems:
            self.line(str(problem), hanging="    ", style="bad")
        for warning in report.warnings:
            self.line(f"{warning} (warning)", hanging="    ", style="warn")
        shown = report.notes if all_notes else report.notes[:MAX_NOTES]
        for note in shown:
            self.line(f"{note} (note)", hanging="    ", style="quiet")
        if len(shown) < len(report.notes):
            self.line(
                f"… and {len(report.notes) - len(shown)} more that are due; --notes lists them all",
                style="quiet",
            )
        self.report_summary(report)

    def report_summary(self, report: Report) -> None:
        """How much was checked, and how much was found."""
        total = sum(report.counts.get("kind", {}).values())
        if report.counts:
            for name, counts in report.counts.items():
                self.line(
                    f"by {name}: " + ", ".join(f"{k} {n}" for k, n in sorted(counts.items())),
                    hanging="    ",
                    style="quiet",
                )
        looked_at = f"{total} facts" if report.counts else "the files, which do not load yet"
        if report.quotes is not None:
            looked_at += f", {report.quotes} quotes and {report.figures} figures against the articles"
        n, w = len(report.problems), len(report.warnings)
        summary = (
            f"{n} problem{'' if n == 1 else 's'}, {w} warning{'' if w == 1 else 's'}; checked {looked_at}"
        )
        if report.notes:
            summary += f"; {len(report.notes)} due for review"
        self.line(summary, style="bad" if n else "good")

    def coverage(self, articles: dict[str, list[tuple[str, int]]], bare_only: bool) -> None:
        """How many facts cite each paragraph; a paragraph is shown by its first words."""
        for name, paragraphs in articles.items():
            cited = sum(1 for _, count in paragraphs if count)
            total = sum(count for _, count in paragraphs)
            self.line(f"{name}: {total} quotes in {cited} of {len(paragraphs)} paragraphs", style="strong")
            for number, (text, count) in enumerate(paragraphs, 1):
                if not (bare_only and count):
                    words = " ".join(text.split()[:8])
                    self.line(f"{number:>4} {count:>4}  {words}", style="" if count else "quiet")

    def comparison(self, base: FactBase, comparison: Comparison, revision: str) -> None:
        """What is different since a revision; each added and changed fact with its card as it looks now."""
        for fact in comparison.added:
            self.line(f"+ {fact.id} ({base.places[fact.id]})", style="good")
            self.card(base, fact)
            self.line()
        for change in comparison.changed:
            self.line(f"~ {change.after.id} ({base.places[change.after.id]})", style="accent")
            self._fields(change.fields)
            self.card(base, change.after)
            self.line()
        for fact in comparison.removed:
            self.line(f"- {fact.id}: {fact.title}", style="bad")
            if base.get(fact.id) is None:
                self.line("Nothing answers to this id any more: links to it end.", "    ", style="warn")
        if comparison.others:
            self.line("Topics, sources and words", style="accent")
            self._fields(comparison.others)
        self.line(f"{counted(comparison)}, since {revision}", style="strong")

    def _fields(self, changes: Iterable[FieldChange]) -> None:
        for change in changes:
            before, after = differences(change)
            self.line(f"{change.field}: {before} → {after}", "    ", "        ")


def differences(change: FieldChange) -> tuple[str, str]:
    """The two sides of a change as a person reads them."""
    return change.before or "nothing", change.after or "nothing"


def counted(comparison: Comparison) -> str:
    """How much is different, in a phrase."""
    added, changed, removed = (len(x) for x in (comparison.added, comparison.changed, comparison.removed))
    others = f"; topics, sources and words: {len(comparison.others)} changed" if comparison.others else ""
    return f"Facts: {added} added, {changed} changed, {removed} removed{others}"
