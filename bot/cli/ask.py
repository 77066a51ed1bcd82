"""`unionstate ask`: one question, many from standard input, or a prompt."""

import argparse
import contextlib
import io
import sys

from bot.cli.common import (
    OK,
    PROBLEMS,
    CommandError,
    Terminal,
    load_search,
    print_json,
)
from bot.cli.render import print_card, print_explanation, print_help, print_outcome, print_page, typed_page
from bot.core.facts.models import Fact
from bot.core.pages.routes import HELP_WORDS, question_of_words
from bot.core.present.export import outcome_as_json
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
    if not query and not arguments.examples:
        _prompt(engine, arguments.explain)
        return OK
    if query != "-" and not arguments.examples:
        return OK if _answer(engine, query, arguments) else PROBLEMS
    if isinstance(sys.stdin, io.TextIOWrapper):  # not if the caller put another stream there
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    for line in engine.base.site.examples if arguments.examples else sys.stdin or ():
        question = line.rstrip("\r\n")
        if not arguments.json:
            print(f"\n? {question}")
        _answer(engine, question, arguments)
    return OK


def _answer(engine: SearchEngine, query: str, arguments: argparse.Namespace) -> bool:
    """Print the reply to a question; returns whether it answers or offers something."""
    if arguments.json:
        outcome = engine.ask(query)
        print_json(outcome_as_json(engine.base, outcome, query))
    elif page := typed_page(query, engine.base, engine.ask):
        print_page(Terminal(), engine.base, page)
        return page.fits
    else:
        outcome, _ = _reply(engine, query, arguments.explain)
    return outcome.status != "none"


def _reply(engine: SearchEngine, query: str, explain: bool) -> tuple[Outcome, dict[str, Fact]]:
    """Print the outcome of a question; returns it with the facts that are numbered."""
    outcome = engine.ask(question_of_words(query))
    numbered = print_outcome(Terminal(), engine.base, outcome)
    if explain:
        print_explanation(Terminal(), outcome)
    return outcome, numbered


def _prompt(engine: SearchEngine, explain: bool) -> None:
    """Questions until Ctrl-D or `exit`; those without an answer are kept in the local inbox."""
    from bot.cli.inbox import local_inbox  # the database takes a while to load

    terminal, base = Terminal(), engine.base
    numbered: dict[str, Fact] = {}
    print_help(terminal, base)
    terminal.line("A number shows the card of a line; exit or Ctrl-D ends.")
    with contextlib.suppress(ImportError):  # line editing, if Python has it
        import readline  # noqa: F401
    with local_inbox() as inbox, contextlib.suppress(EOFError):
        while (query := input("\n? ").strip()).lower() not in END_WORDS:
            # What the pages print works here as well.
            query = query.removeprefix("unionstate ask ").removeprefix("unionstate browse ")
            if query.lower() in HELP_WORDS:
                print_help(terminal, base)
            elif fact := numbered.get(query):
                print_card(terminal, base, fact)
            elif page := typed_page(query, base, engine.ask):
                print_page(terminal, base, page)
            elif query:
                outcome, numbered = _reply(engine, query, explain)
                match outcome:
                    case Choices(fit=False) | NoAnswer(talk=""):
                        closest = outcome.hits[0].fact.id if outcome.hits else None
                        inbox.unanswered(query, "none", outcome.unknown, closest)
                        terminal.line("Kept: `unionstate inbox` lists it.", "  ", style="quiet")
    print()
