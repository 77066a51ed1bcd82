"""`unionstate ask`: one question, many from standard input, or a prompt."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.cli.browse import status
from bot.cli.facts import OK, PROBLEMS, CommandError, load_search
from bot.cli.render import Terminal, print_json
from bot.core.facts.models import Fact
from bot.core.pages.pages import page_of_words
from bot.core.pages.routes import HELP_WORDS, question_of_words
from bot.core.present.export import outcome_as_json
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine

END_WORDS = ("exit", "quit")  # of the prompt
HISTORY, HISTORY_LENGTH = ".unionstate_history", 500


def run_ask(arguments: argparse.Namespace) -> int:
    # Bytes of the command line that are not text would come in as lone surrogates, which cannot be printed.
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
        return OK
    if query == "-" and sys.stdin:
        if isinstance(sys.stdin, io.TextIOWrapper):  # not if the caller put another stream there
            sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
        for number, line in enumerate(sys.stdin):
            if number and not arguments.json:
                print()
            _answer(engine, line.rstrip("\r\n"), arguments)
        return OK
    if not query:
        _prompt(engine, arguments)
        return OK
    return PROBLEMS if _answer(engine, query, arguments) == "none" else OK


def _answer(engine: SearchEngine, query: str, arguments: argparse.Namespace) -> str:
    """Answer one query on the standard output; returns the outcome's status."""
    if not arguments.json:
        return _reply(engine, query, Terminal(), explain=arguments.explain)[0]
    outcome = engine.ask(query)
    print_json(outcome_as_json(engine.base, outcome, query))
    return outcome.status


def _reply(
    engine: SearchEngine, query: str, terminal: Terminal, *, explain: bool
) -> tuple[str, Sequence[Fact]]:
    """Answer typed words as Slack does, with a page, a card or choices; returns the status and the facts offered."""
    if page := page_of_words(query, engine.base, engine.ask, status(), rows=None):
        terminal.page(engine.base, page)
        return "answer" if page.fits else "none", ()
    outcome = engine.ask(question_of_words(query))
    terminal.outcome(engine.base, outcome)
    if explain:
        terminal.explanation(outcome)
    return outcome.status, outcome.facts if outcome.status == "choices" else ()


def _prompt(engine: SearchEngine, arguments: argparse.Namespace) -> None:
    """Questions until Ctrl-D or `exit`."""
    terminal, base = Terminal(prompt=True), engine.base
    offered: Sequence[Fact] = ()
    terminal.line(
        f"{text('help_title', subject=base.site.subject)}, for instance: {' · '.join(base.site.examples[:2])}"
    )
    terminal.line("help shows more; exit or Ctrl-D ends.")
    from bot.cli.inbox import local_inbox  # the database takes a while to load

    with _history(), local_inbox() as inbox:
        for query in _typed():
            if query.lower() in HELP_WORDS:
                terminal.help(base)
            elif query.isdecimal() and 1 <= int(query) <= len(offered):
                terminal.card(base, offered[int(query) - 1])
            elif query:
                found, offered = _reply(engine, query, terminal, explain=arguments.explain)
                if found == "none":
                    inbox.unanswered(query, found, (), None)


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


@contextlib.contextmanager
def _history() -> Iterator[None]:
    """Line editing, and a history that is kept between sessions, if Python has readline and the user a home."""
    try:
        import readline

        path = Path.home() / HISTORY
    except (ImportError, RuntimeError):
        yield
        return
    with contextlib.suppress(OSError):
        readline.read_history_file(path)
    readline.set_history_length(HISTORY_LENGTH)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            readline.write_history_file(path)
