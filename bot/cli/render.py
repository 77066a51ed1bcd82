"""How replies look in a terminal and in a pipe."""

import datetime
import os
import shlex
from collections.abc import Callable, Sequence

from bot import __version__
from bot.cli.common import PAGES, Terminal, facts_folder
from bot.core.facts.base import FactBase
from bot.core.facts.dates import parse_date
from bot.core.facts.loader import fact_folders, yaml_files
from bot.core.facts.models import Fact
from bot.core.pages.pages import Page, Status, page_of_words
from bot.core.present import replies
from bot.core.present.card import entry_of, headline
from bot.core.present.comparison import table_of
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Answer, NoAnswer, Outcome

SHARES_SHOWN = 12  # features that an explanation names
UNKNOWN_SHOWN = 6  # words of a question that a reply names


def print_outcome(terminal: Terminal, base: FactBase, outcome: Outcome) -> dict[str, Fact]:
    """An answer with its source, choices, or a decline; returns the facts that are numbered, by number."""
    unknown = outcome.unknown[:UNKNOWN_SHOWN]
    if isinstance(outcome, NoAnswer):
        _print_none(terminal, base, outcome)
    elif outcome.form == "comparison":
        table = table_of(outcome.facts, base, text)
        terminal.line(table.title, style="strong")
        for row in table.lines():
            terminal.line(row, "  ", "    ")
    elif replies.is_overview(outcome):
        overview = replies.overview_of(outcome, base, text)
        terminal.line(f"{overview.title}: {overview.intro}", style="strong")
        return _print_numbered(terminal, overview.entries)
    elif isinstance(outcome, Answer):
        print_card(terminal, base, outcome.fact, outcome.query)
        if unknown:
            terminal.line(text("ignored", words=text.quoted(unknown)), "  ", style="quiet")
    elif outcome.form == "closest":
        terminal.line(replies.closest_intro(outcome, text), style="strong")
        print_card(terminal, base, outcome.facts[0])
    else:
        intro = replies.choices_intro(len(outcome.facts), outcome.fit, unknown, outcome.missing, text)
        terminal.line(intro, style="strong")
        return _print_numbered(terminal, outcome.facts)
    return {}


def _print_numbered(terminal: Terminal, facts: Sequence[Fact]) -> dict[str, Fact]:
    numbered = {str(number): fact for number, fact in enumerate(facts, 1)}
    for number, fact in numbered.items():
        terminal.line(headline(fact), f"  {number}. ", "     ")
        terminal.line(f"unionstate ask {fact.id}", "     ", style="quiet")
    return numbered


def _print_none(terminal: Terminal, base: FactBase, outcome: NoAnswer) -> None:
    if outcome.talk == "thanks":
        terminal.line(text("thanks"))
    elif outcome.talk:
        print_help(terminal, base)
    else:
        terminal.line(replies.decline(outcome.unknown[:UNKNOWN_SHOWN], text), style="strong")
        for topic in outcome.topics:
            terminal.line(f"{topic.title}: unionstate browse topic {topic.id}", "  ", "    ")
        terminal.line(f"{text('see_examples')}: unionstate ask --examples", "  ", style="quiet")


def print_help(terminal: Terminal, base: FactBase) -> None:
    """What can be asked, and how, with the questions to try."""
    terminal.line(text("help_title", subject=base.site.subject), style="strong")
    terminal.line(replies.help_intro(base, text), "  ")
    for example in base.site.examples:
        terminal.line(f"unionstate ask {shlex.quote(example)}", "    ")
    terminal.line(f"{text('help_also')}: unionstate browse, with {PAGES}", "  ", "    ")


def print_card(terminal: Terminal, base: FactBase, fact: Fact, question: str = "") -> None:
    """A fact: value or date first, statement, related lines, byline, links."""
    entry = entry_of(fact, base, text, question)
    terminal.line(f"{entry.label}: {entry.answer}{entry.rest}", style="strong")
    terminal.line(entry.statement, "  ")
    terminal.line(f"“{entry.quote}”", "    ")
    for heading, line in entry.others:
        terminal.line(f"{heading}: {line}", "  ", "    ", style="accent")
    if fact.note:
        terminal.line(f"{text('note')}: {fact.note}", "  ", "    ", style="quiet")
    if due := fact.overdue_since(datetime.date.today()):
        terminal.line(text("due", when=parse_date(due.isoformat())), "  ", style="quiet")
    terminal.line(entry.byline, "  ", "    ", style="quiet")
    for label, address in entry.passages:
        terminal.unwrapped(f"    {label}: {address}", "quiet")


def typed_page(words: str, base: FactBase, ask: Callable[[str], Outcome] | None = None) -> Page | None:
    """The page that words open, whole; None if they are a question."""
    times = [path.stat().st_mtime for folder in fact_folders(facts_folder()) for path in yaml_files(folder)]
    changed = datetime.datetime.fromtimestamp(max(times), datetime.UTC) if times else None
    status = Status(__version__, changed, os.environ.get("REPOSITORY_URL", "").rstrip("/") or None)
    return page_of_words(words, base, ask, status, rows=None)


def print_page(terminal: Terminal, base: FactBase, page: Page) -> None:
    """A whole page, with the command that opens each of its lines."""
    if page.fact:
        print_card(terminal, base, page.fact)
        return
    count = f" ({text('entries', count=page.total)})" if page.total else ""
    terminal.line(f"{page.title}{count}", style="strong")
    for line in page.lines:
        terminal.line(line, "  ", "    ")
    for label, address in page.links:
        terminal.unwrapped(f"  {label}: {address}")
    for section in page.sections:
        if section.heading:
            terminal.line(f"\n{section.heading}", style="accent")
        for entry in section.entries:
            terminal.line(f"{entry.title} ({text('entries', count=entry.count)})", "  ")
            for line in entry.lines:
                terminal.line(line, "    ")
            opens = f"unionstate browse {entry.address.page} {entry.address.argument}"
            terminal.line(opens, "    ", style="quiet")
        for fact in section.facts:
            terminal.line(headline(fact), "  ", "    ")
            terminal.line(f"unionstate ask {fact.id}", "    ", style="quiet")


def print_explanation(terminal: Terminal, outcome: Outcome) -> None:
    """Why this outcome: the words of the question, and what they matched in the best facts."""
    terminal.line(f"Outcome: {outcome.status} — {replies.explanation(outcome)}", style="accent")
    for word in outcome.unknown:
        terminal.line(f"{word:<18} unknown to the fact base", "    ", style="warning")
    for hit in outcome.hits[:3]:
        terminal.line(f"{hit.score:.2f}  {hit.fact.id}", "  ", style="strong")
        for m in hit.matches:
            found = f"{m.how} “{m.matched}” in {m.field}"
            terminal.line(f"{m.word:<18} {found:<45} {m.similarity:.2f} × {m.weight:.1f}", "    ")
        for word in hit.missing:
            terminal.line(f"{word:<18} not in this fact", "    ", style="warning")
    if outcome.dropped:
        terminal.line(f"Dropped words: {', '.join(outcome.dropped)}")
    for name, share in list(outcome.explanation.items())[:SHARES_SHOWN]:
        terminal.line(f"{share:+.2f}  {name.replace('_', ' ')}", "    ")
