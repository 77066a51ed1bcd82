"""The command line: its arguments, and how commands start and end."""

import argparse
import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot import __version__
from bot.cli.common import OK, PAGES, PROBLEMS, USAGE, CommandError
from bot.core.facts.issues import DataError

ABOUT = "Curated, dated, attributed facts about the Union State of Russia and Belarus."
EXAMPLES = """examples:
  unionstate ask                                   a prompt; exit or Ctrl-D ends it
  unionstate ask --explain kazakhstan trade share  why this answer, or why none
  printf 'trade share\\nloan\\n' | unionstate ask --json -
  unionstate browse topic trade                    facts by topic, source or year
  unionstate check --articles ../articles          validate facts/ and compare the quotes
  unionstate playground                            the whole bot in a browser, with no Slack account
"""
EXIT_CODES = "exit code: 0 answered or offered, 1 no such fact, 2 usage; with `-`, 0"
ARTICLES: dict[str, Any] = {"type": Path, "metavar": "DIR", "help": "the articles' texts as <source>.txt"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 answered or offered, 1 no such fact or problems found, 2 usage."""
    if sys.stdout is None:  # closed by the calling process, which may only want the exit code
        sys.stdout = io.TextIOWrapper(io.BytesIO())
    # Characters that the output's encoding lacks become "?".
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    arguments = _parser().parse_args(argv)
    try:
        # Imported only now, so that `--help` is quick and no command loads what only others need.
        gc.disable()  # importing creates many objects and no garbage: collections would take a tenth of the time
        module = importlib.import_module(f"bot.cli.{arguments.module}")
        gc.enable()
        code: int = getattr(module, arguments.function)(arguments)
        sys.stdout.flush()
        return code
    except CommandError as error:
        return _fail(error, error.code)
    except DataError as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return _fail(f"{error}; `unionstate check` lists the same", PROBLEMS)
    except OSError as error:
        pipe_closed = error.errno == errno.EPIPE  # as in `unionstate export | head`
        if pipe_closed or error.errno == errno.ENOSPC:  # the rest of the output would fail again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK if pipe_closed else _fail(error, PROBLEMS)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except Exception as error:
        from bot.server.config import SettingsError  # only now, as it takes a while to load

        if not isinstance(error, SettingsError):
            raise
        return _fail(error, USAGE)


def _fail(message: object, code: int) -> int:
    print(f"unionstate: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("unionstate", description=ABOUT, epilog=EXAMPLES, formatter_class=form)
    parser.add_argument("--version", action="version", version=f"unionstate {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, module: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
        """Add a command, whose function `run_NAME` is in that module of `bot.cli`."""
        sub = commands.add_parser(name, help=about, description=about, epilog=epilog, formatter_class=form)
        sub.set_defaults(module=module, function=f"run_{name}")
        return sub

    ask = add("ask", "ask", "ask a question; without one, a prompt", EXIT_CODES)
    ask.add_argument("query", nargs="*", help="the question, or `-` to read one a line from standard input")
    _flag(ask, "--json", "print one JSON object a question, in UTF-8")
    _flag(ask, "--explain", "say which words matched, and why this outcome")
    _flag(ask, "--examples", "answer the example questions and end")

    browse = add("browse", "browse", "show a page of facts", f"pages: {PAGES}")
    browse.add_argument("page", nargs="*", help="the page; without one, the topics")

    cite = add("cite", "browse", "print the reference to the article behind a fact")
    cite.add_argument("id", metavar="ID", help="the fact's id, as `unionstate export` prints it")
    cite.add_argument("--style", choices=("plain", "markdown", "chicago", "bibtex", "ris", "csl"))

    export = add("export", "browse", "print every fact, in UTF-8")
    _format(export, "json", "csv")

    check = add("check", "maintain", "validate facts/ and seeds/; with --articles, also the quotes")
    check.add_argument("--articles", **ARTICLES)
    _format(check, "text", "github")
    _flag(check, "--notes", "list all that is due for review, not only the first")

    coverage = add("coverage", "maintain", "show how many facts cite each paragraph")
    coverage.add_argument("--articles", required=True, **ARTICLES)
    _flag(coverage, "--bare", "only the paragraphs that no fact cites")

    example = "example: unionstate new position --source rta-2021 >> facts/defence.yaml"
    new = add("new", "maintain", "print a template of a new record, to be filled in", example)
    new.add_argument("kind", choices=("figure", "date", "actor", "position"), help="what kind of fact it is")
    new.add_argument("--id", metavar="ID", default="new-id", help="the record's id")
    new.add_argument("--ask", metavar="QUESTION", default="", help="a question that it answers")
    new.add_argument("--source", metavar="ID", default="", help="the file of seeds/ that it rests on")
    new.add_argument("--articles", **ARTICLES)
    new.add_argument("--about", metavar="WORDS", default="", help="with --articles, what the fact is about")
    new.add_argument("--topic", metavar="T", help="with --write, the file of facts/ that gets the template")
    _flag(new, "--write", "append the template to the topic's file")

    word = add("word", "maintain", "show what a word stands for, and which facts have it")
    word.add_argument("word", nargs="+", help="a word or phrase")

    fmt = add("fmt", "maintain", "format the files of facts/ and seeds/")
    fmt.add_argument("files", nargs="*", type=Path, metavar="FILES", help="or folders; default: all of them")
    _flag(fmt, "--check", "change nothing; exit code 1 if something would change")

    diff = add("diff", "diff", "show which facts have changed since a revision, with their cards")
    diff.add_argument("revision", metavar="REV", nargs="?", default="HEAD", help="default: HEAD")
    _format(diff, "text", "markdown")
    _flag(diff, "--strict", "exit code 1 if an id ends without a `former_ids` entry")

    schema = add("schema", "maintain", "print the JSON Schema by which editors explain fields")
    names = ("facts", "seeds", "questions", "vocabulary", "site")
    schema.add_argument("name", nargs="?", choices=names, default="facts", help="default: facts")
    _flag(schema, "--write", "write all of them to their places instead")

    inbox = add("inbox", "inbox", "show unanswered questions, unhelpful facts and reports")
    _flag(inbox, "--json", "print one JSON object, with all questions")
    inbox.add_argument("--since", metavar="DAY", help="what came since 2026-11-23, or in the last days (7d)")
    inbox.add_argument(
        "--done", nargs="+", metavar="ID", help="close report r3, question q12, thumbs of a fact"
    )
    inbox.add_argument("--answer", nargs=2, metavar=("Q", "FACT"), help="add question q12 to those of a fact")

    serve = add("serve", "run", "run the bot: Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT")
    doctor = add("doctor", "run", "say what is right and wrong with a deployment, without changing anything")
    for sub in (serve, doctor):
        modes = sub.add_mutually_exclusive_group()
        modes.add_argument("--http", dest="mode", action="store_const", const="http", default="auto")
        modes.add_argument("--socket", dest="mode", action="store_const", const="socket")
    for sub in (inbox, doctor):
        source = sub.add_mutually_exclusive_group()
        source.add_argument("--env-file", type=Path, metavar="FILE", help="the variables of a file")
        source.add_argument("--unit", metavar="NAME", help="the variables of a running systemd unit")

    playground = add("playground", "run", "try the whole bot in a browser, with no Slack account")
    playground.add_argument("--port", type=_port, metavar="N", help="this port and no other")
    _flag(playground, "--no-browser", "print the address, open nothing")
    _flag(playground, "--watch", "edit mode: reload facts when their files are saved")

    manifest = add("manifest", "run", "print the Slack app manifest, for Socket Mode or, with --url, HTTP")
    manifest.add_argument("--url", metavar="https://HOST", help="where Slack reaches the bot")
    _flag(manifest, "--link", "print the address at Slack that creates the app from it")
    _flag(manifest, "--installable", "for several workspaces, which install the app at that address")

    site = add("site", "run", "write a static site of the facts, to be served at SITE_URL")
    site.add_argument("folder", type=Path, metavar="DIR", help="the folder to write to")

    mcp = add("mcp", "run", "serve the facts to AI assistants (MCP) over standard input and output")
    _flag(mcp, "--http", "over HTTP on this machine instead")
    mcp.add_argument("--port", type=_port, default=3001, metavar="N", help="with --http; default: 3001")
    return parser


def _flag(parser: argparse.ArgumentParser, name: str, about: str) -> None:
    parser.add_argument(name, action="store_true", help=about)


def _format(parser: argparse.ArgumentParser, *choices: str) -> None:
    parser.add_argument("--format", choices=choices, default=choices[0], help=f"default: {choices[0]}")


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)
