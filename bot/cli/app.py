"""The command line: its arguments, and how commands start and end."""

import argparse
import contextlib
import errno
import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot import __version__
from bot.cli.common import OK, PROBLEMS, USAGE, CommandError
from bot.core.facts.issues import DataError

PAGES_HELP = "topics, topic NAME, sources, source NAME, actors, timeline [YEARS], random, about"
EPILOG = """examples:
  unionstate ask                                   a prompt; exit or Ctrl-D ends it
  unionstate ask --explain kazakhstan trade share  why this answer, or why none
  printf 'trade share\\nloan\\n' | unionstate ask --json -
  unionstate browse topic trade                    facts by topic, source or year
  unionstate check --articles ../articles          validate facts/ and compare the quotes
  unionstate playground                            the whole bot in a browser, with no Slack account
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done (answered or offered), 1 no such fact or problems found, 2 usage."""
    if sys.stdout is None:  # closed by the calling process: the exit code is still an answer
        sys.stdout = io.StringIO()
    with contextlib.suppress(AttributeError):  # a stream of a test; an output without Cyrillic gets "?"
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    arguments = _parser().parse_args(argv)
    module, _, function = arguments.run.partition(":")
    try:
        # Imported only now, so that `--help` is quick and no command waits for what only others need.
        code: int = getattr(importlib.import_module(f"bot.cli.{module}"), function)(arguments)
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
    except Exception as error:
        from bot.server.config import SettingsError  # only now, as it takes a while to load

        if not isinstance(error, SettingsError):
            raise
        return _fail(str(error), USAGE)


def _fail(message: str, code: int) -> int:
    print(f"unionstate: {message}", file=sys.stderr)
    return code


Add = Callable[..., argparse.ArgumentParser]


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 1 to 65535")
    return int(text)


def _flag(parser: Any, name: str, description: str) -> None:
    parser.add_argument(name, action="store_true", help=description)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    about = "Curated, dated, attributed facts about the Union State of Russia and Belarus."
    parser = argparse.ArgumentParser("unionstate", description=about, epilog=EPILOG, formatter_class=form)
    parser.add_argument("--version", action="version", version=f"unionstate {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: str, description: str, epilog: str = "") -> argparse.ArgumentParser:
        """Add a command; `run` is its function as `module:name`."""
        about = f"{description[0].upper()}{description[1:]}."
        sub = commands.add_parser(
            name, help=description, description=about, epilog=epilog, formatter_class=form
        )
        sub.set_defaults(run=run)
        return sub

    _add_questions(add)
    _add_maintenance(add)
    _add_services(add)
    return parser


def _add_questions(add: Add) -> None:
    codes = "exit code: 0 answered or offered, 1 no such fact, 2 usage; with `-`, 0"
    ask = add("ask", "ask:run_ask", "ask a question; without one, a prompt", codes)
    ask.add_argument("query", nargs="*", help="the question, or `-` to read one a line from standard input")
    _flag(ask, "--json", "print one JSON object a question, in UTF-8")
    _flag(ask, "--explain", "say which words matched, and why this outcome")
    _flag(ask, "--examples", "answer the example questions and end")

    codes = f"pages: {PAGES_HELP}\n\nexit code: 0 shown, 1 no such topic or source, 2 no such page"
    browse = add("browse", "browse:run_browse", "browse topics, sources, actors and the timeline", codes)
    browse.add_argument("page", nargs="*", help="the page; without one, the topics")

    description = "print the reference to the article behind a fact, in every style or in one"
    cite = add("cite", "browse:run_cite", description, "square brackets mark what was inferred")
    cite.add_argument("id", metavar="ID", help="the fact's id, as `unionstate export` prints it")
    styles = ("plain", "markdown", "chicago", "bibtex", "ris", "csl")
    cite.add_argument("--style", choices=styles, help="default: all of them")

    export = add("export", "browse:run_export", "print every fact, in UTF-8")
    export.add_argument("--format", choices=("json", "csv"), default="json", help="default: json")


def _add_maintenance(add: Add) -> None:
    def articles(sub: argparse.ArgumentParser, use: str, **options: Any) -> None:
        texts = f"a folder with the articles' texts as <source>.txt, {use}"
        sub.add_argument("--articles", type=Path, metavar="DIR", help=texts, **options)

    check = add("check", "maintain:run_check", "validate facts/ and seeds/; with --articles, also the quotes")
    articles(check, "to compare the quotes with")
    formats = "github: as annotations of a workflow"
    check.add_argument("--format", choices=("text", "github"), default="text", help=formats)
    _flag(check, "--notes", "list all that is due for review, not only the first")

    description = "show how many facts cite each paragraph of the articles"
    coverage = add("coverage", "maintain:run_coverage", description)
    articles(coverage, "to show", required=True)
    _flag(coverage, "--bare", "only the paragraphs that no fact cites")

    example = "example: unionstate new position --source rta-2021 >> facts/defence.yaml"
    new = add("new", "maintain:run_new", "print a template of a new record, to be filled in", example)
    new.add_argument("kind", choices=("figure", "date", "actor", "position"), help="what kind of fact it is")
    new.add_argument("--id", metavar="ID", default="new-id", help="the record's id")
    new.add_argument("--ask", metavar="QUESTION", default="", help="a question that it answers")
    new.add_argument("--source", metavar="ID", default="", help="the file of seeds/ that it rests on")
    articles(new, "to offer passages as quotes")
    new.add_argument("--about", metavar="WORDS", default="", help="with --articles, what the fact is about")
    new.add_argument("--topic", metavar="T", help="with --write, the file of facts/ that gets the template")
    _flag(new, "--write", "append the template to the topic's file")

    word = add("word", "maintain:run_word", "show what a word stands for, and which facts have it")
    word.add_argument("word", nargs="+", help="a word or phrase")

    fmt = add("fmt", "maintain:run_fmt", "format the files of facts/ and seeds/")
    _flag(fmt, "--check", "change nothing; exit code 1 if something would change")
    default = "or folders; default: all of facts/ and seeds/"
    fmt.add_argument("files", nargs="*", type=Path, metavar="FILES", help=default)

    description = "show which facts are added, changed and removed since a revision, with their cards"
    diff = add("diff", "diff:run_diff", description)
    default = "a commit, branch or tag; default: HEAD"
    diff.add_argument("revision", metavar="REV", nargs="?", default="HEAD", help=default)
    diff.add_argument("--format", choices=("text", "markdown"), default="text", help="default: text")
    _flag(diff, "--strict", "exit code 1 if an id ends without a `former_ids` entry")

    description = "print the JSON Schema by which editors complete and explain fields"
    schema = add("schema", "maintain:run_schema", description)
    names = ("facts", "seeds", "questions", "vocabulary", "site")
    schema.add_argument("name", nargs="?", choices=names, default="facts", help="default: facts")
    _flag(schema, "--write", "write all of them to their places instead")

    inbox = add(
        "inbox",
        "inbox:run_inbox",
        "show what is missing: questions without an answer, facts found unhelpful, reports",
        "reads the database of the bot (DATABASE_URL, or the SQLite file of this user)\n\n"
        "exit code: 0 shown or closed, 1 the database is unavailable or nothing has that id\n",
    )
    _flag(inbox, "--json", "print one JSON object, with all questions")
    since = "what came since a day (2026-11-23) or in the last days (7d)"
    inbox.add_argument("--since", metavar="DAY", help=since)
    done = "close a report (r3), a question and those like it (q12), or the thumbs of a fact (its id)"
    inbox.add_argument("--done", nargs="+", metavar="ID", help=done)
    answer = "add question q12 to the questions of a fact"
    inbox.add_argument("--answer", nargs=2, metavar=("Q", "FACT"), help=answer)
    _add_variables(inbox)


def _add_variables(sub: argparse.ArgumentParser) -> None:
    variables = sub.add_mutually_exclusive_group()
    file = "the variables of a file, such as /etc/unionstate.env"
    variables.add_argument("--env-file", type=Path, metavar="FILE", help=file)
    unit = "the variables of a running systemd unit, such as unionstate"
    variables.add_argument("--unit", metavar="NAME", help=unit)


def _add_services(add: Add) -> None:
    description = "run the bot: Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT"
    serve = add("serve", "run:run_serve", description, "the README and docs/deploying.md list its variables")
    codes = "changes nothing and shows no secret\n\nexit code: 0 no problem, 1 a problem"
    doctor = add("doctor", "run:run_doctor", "say what is right and wrong with a deployment", codes)
    for sub in (serve, doctor):
        modes = sub.add_mutually_exclusive_group()
        for mode, name in (("http", "HTTP"), ("socket", "Socket Mode")):
            use = f"{name}, whatever is set"
            modes.add_argument(f"--{mode}", dest="mode", action="store_const", const=mode, help=use)
        sub.set_defaults(mode="auto")
    _add_variables(doctor)

    playground = add(
        "playground",
        "run:run_playground",
        "try the whole bot in a browser, with no Slack account",
        "For this machine only.  environment: PORT (3000, or another if it is taken), UNIONSTATE_FACTS,\n"
        "REPOSITORY_URL, LOG_LEVEL (default here: ERROR)\n",
    )
    playground.add_argument("--port", type=_port, metavar="N", help="this port and no other")
    no_browser = "print the address, open nothing"
    playground.add_argument("--no-browser", dest="browser", action="store_false", help=no_browser)
    _flag(playground, "--watch", "edit mode: reload facts when their files are saved")

    description = "print the Slack app manifest, for Socket Mode or, with --url, for HTTP"
    manifest = add("manifest", "run:run_manifest", description)
    manifest.add_argument("--url", metavar="https://HOST", help="where Slack reaches the bot")
    _flag(manifest, "--link", "print the address at Slack that creates the app from it")
    _flag(manifest, "--installable", "for several workspaces, which install the app at that address")

    variables = "environment: SITE_URL (where it will be), REPOSITORY_URL, UNIONSTATE_FACTS"
    description = "write a static site of the facts: a page for each, search, data and feeds"
    site = add("site", "run:run_site", description, variables)
    site.add_argument("folder", type=Path, metavar="DIR", help="the folder to write to")

    description = "serve the facts to AI assistants (MCP) over standard input and output"
    mcp = add("mcp", "run:run_mcp", description, "needs the extra: pip install 'unionstate-bot[mcp]'")
    _flag(mcp, "--http", "over HTTP on this machine instead")
    mcp.add_argument("--port", type=_port, default=3001, metavar="N", help="with --http; default: 3001")
