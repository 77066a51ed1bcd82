"""The command `unionstate`: its arguments, and the commands of those who ask and of operators."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import errno
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__
from bot.cli import maintain
from bot.cli.facts import CommandError, facts_folder, load_facts

if TYPE_CHECKING:
    from bot.core.browse import Status
    from bot.core.facts.models import Fact
    from bot.core.search import SearchEngine
    from bot.terminal import Terminal

OK, NONE, USAGE = 0, 1, 2
PAGES_HELP = "topics, topic NAME, sources, source NAME, actors, timeline [YEARS], random, about"
END_WORDS = ("exit", "quit")  # of the prompt
EPILOG = """examples:
  unionstate ask                                   a prompt; exit or Ctrl-D ends it
  unionstate ask who financed the nuclear plant    one answer
  unionstate ask --explain kazakhstan trade share  why this answer, or why none
  printf 'trade share\\nloan\\n' | unionstate ask --json -
  unionstate browse topic trade                    facts by topic, source or year
  unionstate check --articles ../articles          validate facts/ and compare the quotes
  unionstate export --format csv > facts.csv
  unionstate serve                                 the bot itself; see the README for its settings
  unionstate playground                            the whole bot in a browser, with no Slack account
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done (answered or offered), 1 no such fact or problems found, 2 usage."""
    with contextlib.suppress(AttributeError):  # a test's own stream; an output without Cyrillic gets "?"
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    if sys.stdout is None:  # closed by whoever started us: the exit code is still an answer
        sys.stdout = io.StringIO()
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _fail(str(error), error.code)
    except BrokenPipeError:  # the reader of our output has gone, as in `unionstate export | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("the output could not be written: the disk is full", NONE)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except Exception as error:
        from bot.core.facts.issues import DataError

        if not isinstance(error, DataError):
            raise
        print(*error.problems, sep="\n", file=sys.stderr)
        return _fail(f"{error}; `unionstate check` lists the same", NONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unionstate",
        description="Curated, dated, attributed facts about the Union State of Russia and Belarus.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"unionstate {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: object, description: str, epilog: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=description,
            description=description[0].upper() + description[1:] + ".",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    ask = command(
        "ask",
        _ask,
        "ask a question; without one, a prompt",
        "exit code: 0 answered or offered, 1 no such fact, 2 usage; with `-`, 0\n\nexamples:\n  unionstate ask trade share\n"
        "  unionstate ask --json 'who financed the nuclear plant?'\n  unionstate ask --json - < questions.txt\n",
    )
    ask.add_argument("query", nargs="*", help="the question, or `-` to read one a line from standard input")
    ask.add_argument("--json", action="store_true", help="print one JSON object a question")
    ask.add_argument(
        "--explain", action="store_true", help="say which words matched what, and why this outcome"
    )
    ask.add_argument("--examples", action="store_true", help="answer five example questions and end")

    browse = command(
        "browse",
        _browse,
        "look around: topics, sources, actors, the timeline",
        f"pages: {PAGES_HELP}\n\nexit code: 0 shown, 1 no such topic or source, 2 no such page\n\nexamples:\n"
        "  unionstate browse topic trade\n  unionstate browse source riac-2019\n  unionstate browse timeline 2015-2019\n",
    )
    browse.add_argument("page", nargs="*", help="the page; without one, the topics")

    cite = command(
        "cite",
        _cite,
        "print the reference to the article behind a fact, in every style or in one",
        "square brackets mark what was inferred\n\nexamples:\n  unionstate cite beltransgaz\n"
        "  unionstate cite --style bibtex beltransgaz >> references.bib\n",
    )
    cite.add_argument("id", metavar="ID", help="the fact's id, as `unionstate export` prints it")
    cite.add_argument("--style", choices=("plain", "markdown", "chicago", "bibtex"), help="default: all four")

    export = command("export", _export, "print every fact")
    export.add_argument("--format", choices=("json", "csv"), default="json", help="default: json")

    maintain.add_commands(command)

    inbox = command(
        "inbox",
        _inbox,
        "show what is missing: questions without an answer, facts found unhelpful, reports",
        "reads the database of the bot (DATABASE_URL, or the SQLite file of this user)\n\nexit code: 0 shown or closed,"
        " 1 the database is away or nothing has that id\n\nexamples:\n  unionstate inbox --since 7d\n"
        "  unionstate inbox --done r3 q12 trade-share-2018\n",
    )
    inbox.add_argument("--json", action="store_true", help="print one JSON object, with all questions")
    _add_environment(inbox)
    inbox.add_argument(
        "--since", metavar="DAY", help="what came since a day (2026-11-23) or in the last days (7d)"
    )
    inbox.add_argument(
        "--done",
        nargs="+",
        metavar="ID",
        help="close a report (r3), a question and those like it (q12), or the thumbs of a fact (its id)",
    )

    serve = command(
        "serve",
        _serve,
        "run the bot: Socket Mode where SLACK_APP_TOKEN is set, else HTTP on PORT",
        "environment: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET (HTTP), SLACK_APP_TOKEN (Socket Mode), PORT (3000),\n"
        "SLACK_API_URL, LOG_LEVEL, UNIONSTATE_FACTS, REPOSITORY_URL, DATABASE_URL, MAINTAINERS_CHANNEL, GAP_LOG;\n"
        "see the README and docs/deploying.md",
    )
    _add_mode(serve)

    doctor = command(
        "doctor",
        _doctor,
        "say what is right and wrong with a deployment",
        "Looks at the variables, the token, its scopes, Socket Mode, the database, the facts and the clock; changes nothing\n"
        "and shows no secret.  exit code: 0 all is well, 1 something is wrong\n",
    )
    _add_mode(doctor)
    _add_environment(doctor)

    playground = command(
        "playground",
        _playground,
        "try the whole bot in a browser, with no Slack account",
        "For this machine only.  environment: PORT (3000; another where it is taken), UNIONSTATE_FACTS, REPOSITORY_URL,\n"
        "LOG_LEVEL (default here: ERROR)\n\nexamples:\n  unionstate playground\n"
        "  unionstate playground --watch      while you edit facts/: saved edits are live, problems are shown\n",
    )
    playground.add_argument("--port", type=_port, metavar="N", help="this port and no other")
    playground.add_argument(
        "--no-browser", dest="browser", action="store_false", help="print the address, open nothing"
    )
    playground.add_argument(
        "--watch", action="store_true", help="edit mode: read facts anew as their files are saved"
    )

    manifest = command(
        "manifest", _manifest, "print the Slack app manifest, for Socket Mode or, with --url, for HTTP"
    )
    manifest.add_argument("--url", metavar="https://HOST", help="where Slack reaches the bot")
    manifest.add_argument(
        "--installable",
        action="store_true",
        help="for several workspaces, which install the app at that address",
    )
    return parser


def _add_environment(command: argparse.ArgumentParser) -> None:
    """Which variables to read, for a bot that runs with others than this shell's."""
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--env-file", type=Path, metavar="FILE", help="the variables of a file, such as /etc/unionstate.env"
    )
    source.add_argument(
        "--unit", metavar="NAME", help="the variables of a running systemd unit, such as unionstate"
    )


def _add_mode(command: argparse.ArgumentParser) -> None:
    mode = command.add_mutually_exclusive_group()
    mode.add_argument(
        "--http",
        dest="mode",
        action="store_const",
        const="http",
        default="auto",
        help="HTTP, whatever is set",
    )
    mode.add_argument(
        "--socket", dest="mode", action="store_const", const="socket", help="Socket Mode, whatever is set"
    )


def _fail(message: str, code: int = USAGE) -> int:
    print(f"unionstate: {message}", file=sys.stderr)
    return code


# -- ask ------------------------------------------------------------------------------------------


def _ask(arguments: argparse.Namespace) -> int:
    from bot.core.examples import EXAMPLES
    from bot.core.search import SearchEngine

    # Bytes of the command line that are no text would come in as lone surrogates, which cannot be printed.
    query = " ".join(arguments.query).strip().encode(errors="replace").decode()
    interactive = bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())
    if not query and not arguments.examples and not interactive:
        return _fail("no question: give one, or `-` to read a question a line from standard input")
    finder = SearchEngine(load_facts())
    if arguments.examples:
        for example in EXAMPLES:
            print(f"? {example}\n")
            _answer(finder, example, arguments)
            print()
        return OK
    if query == "-" and sys.stdin:
        if isinstance(sys.stdin, io.TextIOWrapper):  # not where a program put a stream of its own
            with contextlib.suppress(UnicodeDecodeError):
                sys.stdin.reconfigure(errors="replace")
        for number, line in enumerate(sys.stdin):
            if number and not arguments.json:
                print()
            _answer(finder, line.rstrip("\r\n"), arguments)
        return OK
    if not query:
        return _prompt(finder, arguments)
    return NONE if _answer(finder, query, arguments) == "none" else OK


def _browse(arguments: argparse.Namespace) -> int:
    from bot.core.browse import SourcesPage, TopicsPage, page_of_words
    from bot.terminal import Terminal
    from bot.terminal_pages import print_page

    words = " ".join(arguments.page).strip().encode(errors="replace").decode() or "topics"
    base = load_facts()
    page = page_of_words(words, base, status=_status(), rows=None)
    if page is None:
        return _fail(f"no such page: {words}; the pages are {PAGES_HELP}")
    print_page(Terminal(), base, page)
    return NONE if isinstance(page, TopicsPage | SourcesPage) and not page.fits else OK


def _status() -> Status:
    """What `browse about` tells besides the facts: when they last changed, and where they are kept."""
    from bot.core.browse import Status
    from bot.core.facts.loader import fact_folders, yaml_files

    times = [path.stat().st_mtime for folder in fact_folders(facts_folder()) for path in yaml_files(folder)]
    changed = datetime.datetime.fromtimestamp(max(times), datetime.UTC) if times else None
    return Status(__version__, changed, os.environ.get("REPOSITORY_URL", "").rstrip("/") or None)


def _answer(finder: object, query: str, arguments: argparse.Namespace) -> str:
    """Answer one query on the standard output; returns the outcome's status."""
    from bot.core.search import SearchEngine

    assert isinstance(finder, SearchEngine)
    if not arguments.json:
        from bot.terminal import Terminal

        return _said(finder, query, Terminal(), arguments)[0]
    from bot.core.export import outcome_as_json

    outcome = finder.ask(query)
    print(json.dumps(outcome_as_json(finder.base, outcome, query), ensure_ascii=False), flush=True)
    return outcome.status


def _said(
    finder: SearchEngine, query: str, terminal: Terminal, arguments: argparse.Namespace
) -> tuple[str, Sequence[Fact]]:
    """Answer typed words as Slack does, with a page, a card or choices; returns the status and the facts offered."""
    from bot.core.browse import SourcesPage, TopicsPage, page_of_words, question_of_words
    from bot.terminal_pages import print_page

    if page := page_of_words(query, finder.base, finder.ask, _status(), rows=None):
        print_page(terminal, finder.base, page)
        return "none" if isinstance(page, TopicsPage | SourcesPage) and not page.fits else "answer", ()
    outcome = finder.ask(question_of_words(query))
    terminal.outcome(finder.base, outcome)
    if arguments.explain:
        terminal.explanation(outcome)
    return outcome.status, outcome.facts if outcome.status == "choices" else ()


def _prompt(finder: object, arguments: argparse.Namespace) -> int:
    """Questions until Ctrl-D or `exit`, with the line editing and the history that readline gives (kept between sessions)."""
    from bot.core.browse import HELP_WORDS
    from bot.core.examples import EXAMPLES
    from bot.core.search import SearchEngine
    from bot.slack import strings as wording
    from bot.terminal import Terminal

    assert isinstance(finder, SearchEngine)
    terminal = Terminal(prompt=True)
    offered: Sequence[Fact] = ()
    history = Path.home() / ".unionstate_history"
    try:
        import readline
    except ImportError:  # a Python that was built without it: no history, the same prompt
        has_history = False
    else:
        has_history = True
        with contextlib.suppress(OSError):
            readline.read_history_file(history)
        readline.set_history_length(500)
    terminal.line(f"{wording.HELP_TITLE}, for instance: {EXAMPLES[0]} · {EXAMPLES[1]}")
    terminal.line("help shows more; exit or Ctrl-D ends.")
    try:
        while True:
            try:
                query = input("\n? ").strip()
            except KeyboardInterrupt:  # gives up the line, as in a shell
                print()
                continue
            # What the pages print works here as well.
            query = query.removeprefix("unionstate ask ").removeprefix("unionstate browse ")
            if query.lower() in END_WORDS:
                break
            if query.lower() in HELP_WORDS:
                terminal.help(finder.base)
            elif query.isdecimal() and 1 <= int(query) <= len(offered):
                terminal.card(finder.base, offered[int(query) - 1])
            elif query:
                _, offered = _said(finder, query, terminal, arguments)
    except EOFError:
        print()
    finally:
        if has_history:
            with contextlib.suppress(OSError):
                readline.write_history_file(history)
    return OK


# -- maintainers ----------------------------------------------------------------------------------


def _cite(arguments: argparse.Namespace) -> int:
    from rapidfuzz import fuzz, process

    from bot.core.cite import STYLE_NAMES, STYLES, cite

    base = load_facts()
    fact = base.get(arguments.id.strip().lower())
    if fact is None:
        known = {fact_id: fact_id.replace("-", " ") for fact_id in base.by_id}
        words = arguments.id.lower().replace("-", " ")
        found = process.extract(words, known, scorer=fuzz.token_set_ratio, limit=3, score_cutoff=70)
        near = [fact_id for _, _, fact_id in found]
        hint = f"did you mean {' or '.join(near)}?" if near else "`unionstate export` prints the ids"
        return _fail(f"no fact has the id {arguments.id}: {hint}", NONE)
    today = datetime.date.today()
    if arguments.style:
        print(cite(fact, base, arguments.style, today))
        return OK
    for number, style in enumerate(STYLES):
        print(f"{'' if number == 0 else chr(10)}{STYLE_NAMES[style]}:\n{cite(fact, base, style, today)}")
    return OK


def _export(arguments: argparse.Namespace) -> int:
    from bot.core.export import fact_as_json, facts_as_csv

    base = load_facts()
    if arguments.format == "csv":
        print(facts_as_csv(base), end="")
    else:
        print(json.dumps([fact_as_json(base, fact) for fact in base.facts], ensure_ascii=False, indent=1))
    return OK


def _inbox(arguments: argparse.Namespace) -> int:
    from bot.cli import inbox

    return inbox.run(arguments)


# -- the bot --------------------------------------------------------------------------------------


def _serve(arguments: argparse.Namespace) -> int:
    from bot.server.run import serve

    return serve(arguments.mode)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to 65535")
    return int(text)


def _playground(arguments: argparse.Namespace) -> int:
    from bot.playground.server import run
    from bot.server.config import Settings, SettingsError
    from bot.server.log import configure_log

    kept = ("PORT", "UNIONSTATE_FACTS", "REPOSITORY_URL", "LOG_LEVEL")  # the rest is of a real workspace
    environ = {"LOG_LEVEL": "ERROR", **{name: os.environ[name] for name in kept if name in os.environ}}
    try:
        settings = Settings.from_environment(environ)
        configure_log(settings.log_level)
        return run(
            settings.unionstate_facts,
            port=arguments.port,
            default_port=settings.port or 3000,
            browser=arguments.browser,
            watch=arguments.watch,
        )
    except SettingsError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"the playground cannot start: {error.strerror or error}")


def _manifest(arguments: argparse.Namespace) -> int:
    from bot.core.facts.loader import load_fact_base
    from bot.slack.links import unfurl_domains
    from bot.slack.manifest import manifest

    if arguments.url and not arguments.url.startswith("https://"):
        return _fail(f"--url wants an address that begins with https://, not {arguments.url}")
    domains = None
    if facts := facts_folder():
        domains = unfurl_domains(load_fact_base(facts))
    try:
        made = manifest(arguments.url, domains=domains, installable=arguments.installable)
    except ValueError as error:
        return _fail(f"--url: {error}")
    print(json.dumps(made, indent=2, ensure_ascii=False))
    return OK


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.server import doctor
    from bot.server.config import SettingsError
    from bot.server.environment import deployed_environment

    try:
        environ = deployed_environment(arguments.env_file, arguments.unit)
    except SettingsError as error:
        return _fail(str(error))
    return doctor.run(arguments.mode, environ)


if __name__ == "__main__":
    sys.exit(main())
