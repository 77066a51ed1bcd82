"""`unionstate ask`: one question, many from standard input, or a prompt."""

import argparse
import contextlib
import io
import sys
from collections.abc import Iterator, Sequence

from bot.cli.browse import status
from bot.cli.common import OK, PROBLEMS, CommandError, Terminal, load_search, print_json
from bot.cli.render import print_card, print_explanation, print_help, print_outcome, print_page
from bot.core.facts.models import Fact
from bot.core.pages.pages import page_of_words
from bot.core.pages.routes import HELP_WORDS, question_of_words
from bot.core.present.export import outcome_as_json
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.core.search.results import Choices, NoAnswer, Outcome

END_WORDS = ("exit", "quit")  # of the prompt


def run_ask(arguments: argparse.Namespace) -> int:
    # Invalid bytes of the command line arrive as lone surrogates, which cannot be printed.
    query = " ".join(arguments.query).strip().encode(errors="replace").decode()
    interactive = bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())
    if not query and not arguments.examples and not interactive:
        raise CommandError("no question: give one, or `-` to read a question a line from standard input")
    engine = load_search()
    if arguments.examples:
        for example in engine.base.site.examples:
            print(f"? {example}\n")
            _answer(engine, example, arguments)
            print()
    elif query == "-" and sys.stdin:
        if isinstance(sys.stdin, io.TextIOWrapper):  # not if the caller put another stream there
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        for number, line in enumerate(sys.stdin):
            if number and not arguments.json:
                print()
            _answer(engine, line.rstrip("\r\n"), arguments)
    elif not query:
        _prompt(engine, arguments.explain)
    elif _answer(engine, query, arguments) == "none":
        return PROBLEMS
    return OK


def _answer(engine: SearchEngine, query: str, arguments: argparse.Namespace) -> str:
    """Answer one query on the standard output; returns the outcome's status."""
    if not arguments.json:
        outcome = _reply(engine, query, Terminal(), arguments.explain)
        return outcome.status if isinstance(outcome, Outcome) else outcome
    outcome = engine.ask(query)
    print_json(outcome_as_json(engine.base, outcome, query))
    return outcome.status


def _reply(engine: SearchEngine, query: str, terminal: Terminal, explain: bool) -> Outcome | str:
    """Answer typed words as Slack does; returns the outcome, or the status of a page."""
    if page := page_of_words(query, engine.base, engine.ask, status(), rows=None):
        print_page(terminal, engine.base, page)
        return "answer" if page.fits else "none"
    outcome = engine.ask(question_of_words(query))
    print_outcome(terminal, engine.base, outcome)
    if explain:
        print_explanation(terminal, outcome)
    return outcome


def _prompt(engine: SearchEngine, explain: bool) -> None:
    """Questions until Ctrl-D or `exit`; those without an answer are kept in the local inbox."""
    from bot.server.local_inbox import local_inbox  # the database takes a while to load

    terminal, base = Terminal(prompt=True), engine.base
    offered: Sequence[Fact] = ()
    examples = " · ".join(base.site.examples[:2])
    terminal.line(f"{text('help_title', subject=base.site.subject)}, for instance: {examples}")
    terminal.line("help shows more; exit or Ctrl-D ends.")
    with contextlib.suppress(ImportError):  # line editing, if Python has it
        import readline  # noqa: F401
    with local_inbox() as inbox:
        for query in _typed():
            if query.lower() in HELP_WORDS:
                print_help(terminal, base)
            elif query.isdecimal() and 1 <= int(query) <= len(offered):
                print_card(terminal, base, offered[int(query) - 1])
            elif query:
                outcome = _reply(engine, query, terminal, explain)
                offered = outcome.facts if isinstance(outcome, Choices) else ()
                if not isinstance(outcome, str) and _is_missed(outcome):
                    nearest = outcome.hits[0].fact.id if outcome.hits else None
                    inbox.unanswered(query, "none", outcome.unknown, nearest)
                    terminal.line("Kept: `unionstate inbox` lists it.", "  ", style="quiet")


def _is_missed(outcome: Outcome) -> bool:
    """Whether a question found nothing, or only what comes near."""
    if isinstance(outcome, NoAnswer):
        return not outcome.talk
    return isinstance(outcome, Choices) and not outcome.fit


def _typed() -> Iterator[str]:
    while True:
        try:
            query = input("\n? ").strip()
        except KeyboardInterrupt:  # gives up the line, as in a shell
            print()
            continue
        except EOFError:
            print()
            return
        # What the pages print works here as well.
        query = query.removeprefix("unionstate ask ").removeprefix("unionstate browse ")
        if query.lower() in END_WORDS:
            return
        yield query
