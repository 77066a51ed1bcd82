"""The command line: its arguments, and how commands start and end."""

from __future__ import annotations

import argparse
import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot import __version__
from bot.cli import maintain
from bot.cli.facts import OK, PROBLEMS, CommandError
from bot.core.facts.issues import DataError

PAGES_HELP = "topics, topic NAME, sources, source NAME, actors, timeline [YEARS], random, about"
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
    if sys.stdout is None:  # closed by the calling process: the exit code is still an answer
        sys.stdout = io.StringIO()
    with contextlib.suppress(AttributeError):  # a stream of a test; an output without Cyrillic gets "?"
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    arguments = _parser().parse_args(argv)
    try:
        code: int = _function(arguments.run)(arguments)
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _fail(str(error), error.code)
    except DataError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return _fail(f"{error}; `unionstate check` lists the same", PROBLEMS)
    except BrokenPipeError:  # the reader of the output has gone, as in `unionstate export | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("the output could not be written: the disk is full", PROBLEMS)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _function(run: str | Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command's function; `module:name` is imported only now, so that `--help` is quick."""
    if not isinstance(run, str):
        return run
    module, _, name = run.partition(":")
    function: Callable[[argparse.Namespace], int] = getattr(
        importlib.import_module(f"bot.cli.{module}"), name
    )
    return function


def _fail(message: str, code: int) -> int:
    print(f"unionstate: {message}", file=sys.stderr)
    return code


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
            description=f"{description[0].upper()}{description[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(run=run)
        return sub

    ask = command(
        "ask",
        "ask:run_ask",
        "ask a question; without one, a prompt",
        "exit code: 0 answered or offered, 1 no such fact, 2 usage; with `-`, 0\n\nexamples:\n  unionstate ask trade share\n"
        "  unionstate ask --json 'who financed the nuclear plant?'\n  unionstate ask --json - < questions.txt\n",
    )
    ask.add_argument("query", nargs="*", help="the question, or `-` to read one a line from standard input")
    ask.add_argument("--json", action="store_true", help="print one JSON object a question, in UTF-8")
    ask.add_argument("--explain", action="store_true", help="say which words matched, and why this outcome")
    ask.add_argument("--examples", action="store_true", help="answer the example questions and end")

    browse = command(
        "browse",
        "browse:run_browse",
        "browse topics, sources, actors and the timeline",
        f"pages: {PAGES_HELP}\n\nexit code: 0 shown, 1 no such topic or source, 2 no such page\n\nexamples:\n"
        "  unionstate browse topic trade\n  unionstate browse source riac-2019\n  unionstate browse timeline 2015-2019\n",
    )
    browse.add_argument("page", nargs="*", help="the page; without one, the topics")

    cite = command(
        "cite",
        "browse:run_cite",
        "print the reference to the article behind a fact, in every style or in one",
        "square brackets mark what was inferred\n\nexamples:\n  unionstate cite beltransgaz\n"
        "  unionstate cite --style bibtex beltransgaz >> references.bib\n",
    )
    cite.add_argument("id", metavar="ID", help="the fact's id, as `unionstate export` prints it")
    cite.add_argument(
        "--style",
        choices=("plain", "markdown", "chicago", "bibtex", "ris", "csl"),
        help="default: all of them",
    )

    export = command("export", "browse:run_export", "print every fact, in UTF-8")
    export.add_argument("--format", choices=("json", "csv"), default="json", help="default: json")

    maintain.add_commands(command)

    inbox = command(
        "inbox",
        "inbox:run_inbox",
        "show what is missing: questions without an answer, facts found unhelpful, reports",
        "reads the database of the bot (DATABASE_URL, or the SQLite file of this user)\n\nexit code: 0 shown or closed,"
        " 1 the database is unavailable or nothing has that id\n\nexamples:\n  unionstate inbox --since 7d\n"
        "  unionstate inbox --done r3 q12 trade-share-2018\n",
    )
    inbox.add_argument("--json", action="store_true", help="print one JSON object, with all questions")
    inbox.add_argument(
        "--since", metavar="DAY", help="what came since a day (2026-11-23) or in the last days (7d)"
    )
    inbox.add_argument(
        "--done",
        nargs="+",
        metavar="ID",
        help="close a report (r3), a question and those like it (q12), or the thumbs of a fact (its id)",
    )

    inbox.add_argument(
        "--answer", nargs=2, metavar=("Q", "FACT"), help="add question q12 to the questions of a fact"
    )

    serve = command(
        "serve",
        "run:run_serve",
        "run the bot: Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT",
        "environment: SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET (HTTP), SLACK_APP_TOKEN (Socket Mode), PORT (3000),\n"
        "SLACK_API_URL, LOG_LEVEL, UNIONSTATE_FACTS, REPOSITORY_URL, DATABASE_URL, MAINTAINERS_CHANNEL, GAP_LOG;\n"
        "see the README and docs/deploying.md",
    )
    doctor = command(
        "doctor",
        "run:run_doctor",
        "say what is right and wrong with a deployment",
        "Checks the variables, the token, its scopes, Socket Mode, the database, the facts and the clock; changes nothing\n"
        "and shows no secret.  exit code: 0 no problem, 1 a problem\n",
    )
    for sub in (serve, doctor):
        mode = sub.add_mutually_exclusive_group()
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

    for sub in (inbox, doctor):
        variables = sub.add_mutually_exclusive_group()
        variables.add_argument(
            "--env-file",
            type=Path,
            metavar="FILE",
            help="the variables of a file, such as /etc/unionstate.env",
        )
        variables.add_argument(
            "--unit", metavar="NAME", help="the variables of a running systemd unit, such as unionstate"
        )

    playground = command(
        "playground",
        "run:run_playground",
        "try the whole bot in a browser, with no Slack account",
        "For this machine only.  environment: PORT (3000, or another if it is taken), UNIONSTATE_FACTS, REPOSITORY_URL,\n"
        "LOG_LEVEL (default here: ERROR)\n\nexamples:\n  unionstate playground\n"
        "  unionstate playground --watch      while you edit facts/: saved edits are live, problems are shown\n",
    )
    playground.add_argument("--port", type=_port, metavar="N", help="this port and no other")
    playground.add_argument(
        "--no-browser", dest="browser", action="store_false", help="print the address, open nothing"
    )
    playground.add_argument(
        "--watch", action="store_true", help="edit mode: reload facts when their files are saved"
    )

    site = command(
        "site",
        "run:run_site",
        "write a static site of the facts: a page for each, search, data and feeds",
        "environment: SITE_URL (where it will be), REPOSITORY_URL, UNIONSTATE_FACTS\n",
    )
    site.add_argument("folder", type=Path, metavar="DIR", help="the folder to write to")

    mcp = command(
        "mcp",
        "run:run_mcp",
        "serve the facts to AI assistants (MCP) over standard input and output, or with --http over HTTP",
        "needs the extra: pip install 'unionstate-bot[mcp]'\n",
    )
    mcp.add_argument("--http", action="store_true", help="over HTTP on this machine")
    mcp.add_argument("--port", type=_port, default=3001, metavar="N", help="with --http; default: 3001")

    manifest = command(
        "manifest",
        "run:run_manifest",
        "print the Slack app manifest, for Socket Mode or, with --url, for HTTP",
    )
    manifest.add_argument("--url", metavar="https://HOST", help="where Slack reaches the bot")
    manifest.add_argument(
        "--link", action="store_true", help="print the address at Slack that creates the app from it"
    )
    manifest.add_argument(
        "--installable",
        action="store_true",
        help="for several workspaces, which install the app at that address",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)
