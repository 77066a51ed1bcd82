"""How replies look in a terminal and in a pipe."""

import datetime
import shlex

from bot.cli.common import Terminal
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

SHARES_SHOWN = 12  # features that an explanation names
UNKNOWN_SHOWN = 6  # words of a question that a reply names
_HOW = {
    "same": "the same word", "name": "a name for it", "synonym": "a synonym", "typo": "as a typing error",
    "joined": "joined", "number": "the number", "date": "the date",
}  # fmt: skip


def print_outcome(terminal: Terminal, base: FactBase, outcome: Outcome) -> None:
    """An answer with its source, choices with how to get their cards, a decline, or the help if nothing was asked."""
    unknown = outcome.unknown[:UNKNOWN_SHOWN]
    if outcome.status != "none" and outcome.form == "comparison":
        table = table_of(outcome.facts, base, text)
        terminal.line(table.title, style="strong")
        for row in table.lines():
            terminal.line(row, "  ", "    ")
    elif isinstance(outcome, Answer | Choices) and is_overview(outcome):
        _print_choices(terminal, base, outcome)
    elif isinstance(outcome, Answer):
        print_card(terminal, base, outcome.fact, outcome.query)
        if unknown:
            terminal.line(text("ignored", words=text.quoted(unknown)), "  ", style="quiet")
    elif isinstance(outcome, Choices) and outcome.form == "closest":
        terminal.line(closest_intro(outcome, text), style="strong")
        print_card(terminal, base, outcome.facts[0])
    elif isinstance(outcome, Choices):
        _print_choices(terminal, base, outcome)
    elif outcome.talk == "thanks":
        terminal.line(text("thanks"))
    elif outcome.talk:
        print_help(terminal, base)
    else:
        terminal.line(decline(unknown, text), style="strong")
        if outcome.topics:
            terminal.line(f"{text('nearest_topics')}:", "  ")
        for topic in outcome.topics:
            terminal.line(
                f"{topic.title}: {terminal.command('browse', f'topic {topic.id}')}", "    ", "      "
            )
        typed = "help" if terminal.prompt else "unionstate ask --examples"
        terminal.line(f"{text('see_examples')}: {typed}", "  ", style="quiet")


def _print_choices(terminal: Terminal, base: FactBase, choices: Answer | Choices) -> None:
    """A numbered line for each fact, below the intro of an overview; at the prompt the number is enough."""
    facts = choices.facts
    if isinstance(choices, Choices) and not is_overview(choices):
        unknown = choices.unknown[:UNKNOWN_SHOWN]
        intro = choices_intro(len(facts), choices.fit, unknown, choices.missing, text)
    else:
        overview = overview_of(choices, base, text)
        intro, facts = f"{overview.title}: {overview.intro}", overview.entries
    terminal.line(intro, style="strong")
    for number, fact in enumerate(facts, 1):
        terminal.line(headline(fact), f"  {number}. ", "     ")
        if not terminal.prompt:
            terminal.line(terminal.command("ask", fact.id), "     ", style="quiet")
    if terminal.prompt:
        terminal.line("A number shows its card.", "  ", style="quiet")


def print_help(terminal: Terminal, base: FactBase) -> None:
    """What can be asked, and how, with the questions to try."""
    terminal.line(text("help_title", subject=base.site.subject), style="strong")
    terminal.line(help_intro(base, text), "  ")
    terminal.line(f"{text('try_asking')}:", "  ")
    for example in base.site.examples:
        terminal.line(terminal.command("ask", example if terminal.prompt else shlex.quote(example)), "    ")
    pages = "topics, sources, actors, timeline 2019, random, about"
    terminal.line(f"{text('help_also')}: {terminal.command('browse', pages)}", "  ", "    ")


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
    for passage in entry.passages:
        terminal.unwrapped(f"    {passage.label}: {passage.address}", "quiet")


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
            terminal.line()
            terminal.line(section.heading, style="accent")
        for line in section.lines:
            terminal.line(line, "  ", "    ")
        for entry in section.entries:
            first, *rest = entry.lines
            terminal.line(f"{entry.title} ({text('entries', count=entry.count)}): {first}", "  ", "    ")
            for line in rest:
                terminal.line(line, "    ")
            opens = f"unionstate browse {entry.address.page} {entry.address.argument}"
            terminal.line(opens, "    ", style="quiet")
        for fact in section.facts:
            terminal.line(headline(fact), "  ", "    ")
            terminal.line(f"unionstate ask {fact.id}", "    ", style="quiet")


def print_explanation(terminal: Terminal, outcome: Outcome) -> None:
    """Why this outcome: the words of the question, and what they matched in the best facts."""
    terminal.line(f"Outcome: {outcome.status} — {explanation(outcome)}", style="accent")
    for word in outcome.unknown:
        terminal.line(f"{word:<18} unknown to the fact base", "    ", style="warn")
    for hit in outcome.hits[:3]:
        terminal.line(f"{hit.score:.2f}  {hit.fact.id}", "  ", style="strong")
        for m in hit.matches:
            how = f"{_HOW[m.how]} “{m.matched}”" if m.matched != m.word else _HOW[m.how]
            numbers = f"fit {m.similarity:.2f}  weight {m.weight:.1f}"
            terminal.line(f"{m.word:<18} {how:<34} {m.field:<11} {numbers}", "    ")
        for word in hit.missing:
            terminal.line(f"{word:<18} not in this fact", "    ", style="warn")
    if outcome.dropped:
        terminal.line(f"Dropped words: {', '.join(outcome.dropped)}")
    for name, share in list(outcome.explanation.items())[:SHARES_SHOWN]:
        terminal.line(f"{share:+.2f}  {name.replace('_', ' ')}", "    ")
