"""How replies look in a terminal and in a pipe, and how data is printed."""

from __future__ import annotations

import datetime
import io
import json
import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TextIO

from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.models import Fact
from bot.core.pages.pages import Page
from bot.core.present.card import entry_of, headline
from bot.core.present.comparison import table_of
from bot.core.present.overview import is_overview, overview_of
from bot.core.present.replies import choices_intro, closest_intro, decline, explanation, help_intro
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Answer, Choices, Outcome

if TYPE_CHECKING:  # these take a while to load, and most commands do not need them
    from bot.core.facts.diff import Comparison, FieldChange
    from bot.core.facts.report import Report

SHARES_SHOWN = 12  # features that an explanation names
UNKNOWN_SHOWN = 6  # words of a question that a reply names
MAX_NOTES = 10  # of a check: facts of one file tend to be due together
ID_LOST = "This id no longer resolves; existing links will break."
MAX_WIDTH = 100  # longer lines are hard to read, however wide the window
HOW = {
    "same": "the same word", "name": "a name for it", "synonym": "a synonym", "typo": "as a typing error",
    "joined": "joined", "number": "the number", "date": "the date",
}  # fmt: skip


def print_data(text: str) -> None:
    """Print data for programs: in UTF-8 whatever the console's encoding, and at once."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(text, end="", flush=True)


def print_json(value: Any, indent: int | None = None) -> None:
    print_data(f"{json.dumps(value, ensure_ascii=False, indent=indent)}\n")


class Terminal:
    """Draws to a stream; in colour and wrapped to the window where that is a terminal, plain in a pipe (or with NO_COLOR).

    `prompt` where the reader types at ours, and not at the shell's.
    """

    def __init__(
        self, stream: TextIO | None = None, today: datetime.date | None = None, *, prompt: bool = False
    ) -> None:
        self.prompt = prompt
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
        """An answer with its source, choices with how to get their cards, a kind no, or the help where nothing was asked."""
        unknown = outcome.unknown[:UNKNOWN_SHOWN]
        if outcome.status != "none" and outcome.form == "comparison":
            for row in table_of(outcome.facts, base, text).lines():
                self.line(row, "  ", "    ")
        elif isinstance(outcome, Answer | Choices) and is_overview(outcome):
            self.choices(base, outcome)
        elif isinstance(outcome, Answer):
            self.card(base, outcome.fact, outcome.query)
            if unknown:
                self.line(text("ignored", words=text.quoted(unknown)), "  ", style="quiet")
        elif isinstance(outcome, Choices) and outcome.form == "closest":
            self.line(closest_intro(outcome, text), style="strong")
            self.card(base, outcome.facts[0])
        elif isinstance(outcome, Choices):
            self.choices(base, outcome)
        elif outcome.is_thanks:
            self.line(text("thanks"))
        elif outcome.is_talk:
            self.help(base)
        else:
            self.line(decline(unknown, text), style="strong")
            if outcome.topics:
                self.line(f"{text('nearest_topics')}:", "  ")
            for topic in outcome.topics:
                self.line(f"{topic.title}: {self.command('browse', f'topic {topic.id}')}", "    ", "      ")
            typed = "help" if self.prompt else "unionstate ask --examples"
            self.line(f"{text('see_examples')}: {typed}", "  ", style="quiet")

    def choices(self, base: FactBase, choices: Answer | Choices) -> None:
        """A numbered line for each fact, below the intro of an overview; at the prompt the number is enough."""
        unknown, facts = choices.unknown[:UNKNOWN_SHOWN], choices.facts
        if isinstance(choices, Choices) and not is_overview(choices):
            intro = choices_intro(len(facts), choices.fit, unknown, choices.missing, text)
        else:
            overview = overview_of(choices, base, text)
            intro, facts = f"{overview.title}: {overview.intro}", overview.entries
        self.line(intro, style="strong")
        for number, fact in enumerate(facts, 1):
            self.line(headline(fact), f"  {number}. ", "     ")
            if not self.prompt:
                self.line(self.command("ask", fact.id), "     ", style="quiet")
        if self.prompt:
            self.line("A number shows its card.", "  ", style="quiet")

    def help(self, base: FactBase) -> None:
        """What can be asked, and how, with the questions to try."""
        self.line(text("help_title", subject=base.site.subject), style="strong")
        self.line(help_intro(base, text), "  ")
        self.line(f"{text('try_asking')}:", "  ")
        for example in base.site.examples:
            self.line(self.command("ask", example if self.prompt else shlex.quote(example)), "    ")
        pages = ", ".join(("topics", "sources", "actors", "timeline 2019", "random", "about"))
        self.line(f"{text('help_also')}: {self.command('browse', pages)}", "  ", "    ")

    def command(self, name: str, words: str) -> str:
        """What to type for `unionstate NAME WORDS`: at our prompt the words are enough."""
        return words if self.prompt else f"unionstate {name} {words}"

    def card(self, base: FactBase, fact: Fact, question: str = "") -> None:
        """A fact: value or date first, statement, what stands beside it, who says so, as of when, where."""
        entry = entry_of(fact, base, text, question)
        self.line(f"{entry.label}: {entry.answer}{entry.rest}", style="strong")
        self.line(entry.statement, "  ")
        self.line(f"“{entry.quote}”", "    ")
        for heading, line in entry.others:
            self.line(f"{heading}: {line}", "  ", "    ", style="accent")
        if fact.note:
            self.line(f"{text('note')}: {fact.note}", "  ", "    ", style="quiet")
        if due := fact.overdue_since(self.today):
            self.line(text("due", when=parse_date(due.isoformat())), "  ", style="quiet")
        self.line(entry.byline, "  ", "    ", style="quiet")
        for passage in entry.passages:
            # Never wrapped: a link that is broken over lines doesn't open.
            print(self.styled(f"    {passage.label}: {passage.address}", "quiet"), file=self.stream)

    def page(self, base: FactBase, page: Page) -> None:
        """A whole page, with the command that opens each of its lines."""
        if page.fact:
            self.card(base, page.fact)
            return
        count = f" ({text('entries', count=page.total)})" if page.total else ""
        self.line(f"{page.title}{count}", style="strong")
        for line in page.lines:
            self.line(line, "  ", "    ")
        for label, address in page.links:
            print(f"  {label}: {address}", file=self.stream)  # never wrapped: a broken link does not open
        for section in page.sections:
            if section.heading:
                self.line()
                self.line(section.heading, style="accent")
            for line in section.lines:
                self.line(line, "  ", "    ")
            for entry in section.entries:
                first, *rest = entry.lines
                self.line(f"{entry.title} ({text('entries', count=entry.count)}): {first}", "  ", "    ")
                for line in rest:
                    self.line(line, "    ")
                self.line(
                    f"unionstate browse {entry.address.page} {entry.address.argument}", "    ", style="quiet"
                )
            for fact in section.facts:
                self.line(headline(fact), "  ", "    ")
                self.line(f"unionstate ask {fact.id}", "    ", style="quiet")

    def explanation(self, outcome: Outcome) -> None:
        """Why this outcome: the words of the question, and what they matched in the best facts."""
        self.line(f"Outcome: {outcome.status} — {explanation(outcome)}", style="accent")
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
        if outcome.dropped:
            self.line(f"Dropped words: {', '.join(outcome.dropped)}")
        for name, share in list(outcome.explanation.items())[:SHARES_SHOWN]:
            self.line(f"{share:+.2f}  {name.replace('_', ' ')}", "    ")

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
        if report.without_text and report.quotes is not None:
            self.line(
                f"no text of {', '.join(report.without_text)}: their quotes were not compared", style="warn"
            )
        elif report.counts and report.quotes is None:
            self.line("quotes were not compared with the articles: --articles DIR does that", style="quiet")
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
            for number, (paragraph, count) in enumerate(paragraphs, 1):
                if not (bare_only and count):
                    words = " ".join(paragraph.split()[:8])
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
                self.line(ID_LOST, "    ", style="warn")
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
