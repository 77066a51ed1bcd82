"""The commands of maintainers."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.facts import OK, PROBLEMS, CommandError, facts_folder
from bot.maintain import Command
from bot.maintain import add_commands as add_other_commands


def add_commands(command: Command) -> None:
    """Add the commands of this module to the command line."""
    check = command("check", _check, "validate facts/ and seeds/; with --articles, also the quotes")
    check.add_argument(
        "--articles", type=Path, metavar="DIR", help="a folder with the articles' texts as <source>.txt"
    )
    check.add_argument(
        "--format", choices=("text", "github"), default="text", help="github: as annotations of a workflow"
    )
    check.add_argument(
        "--notes", action="store_true", help="list all that is due for review, not only the first"
    )
    coverage = command("coverage", _coverage, "show how many facts cite each paragraph of the articles")
    coverage.add_argument(
        "--articles", type=Path, metavar="DIR", required=True, help="a folder with the articles' texts"
    )
    coverage.add_argument("--bare", action="store_true", help="only the paragraphs that no fact cites")
    add_other_commands(command)


def _articles(arguments: argparse.Namespace) -> None:
    if arguments.articles and not any(arguments.articles.glob("*.txt")):
        raise CommandError(
            f"no texts in {arguments.articles}: --articles wants a folder with <source>.txt files"
        )


def _check(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal
    from bot.core.check import check

    _articles(arguments)
    try:
        report = check(facts_folder(), arguments.articles)
    except OSError as error:
        raise CommandError(f"--articles: {error}") from None
    if arguments.format == "github":
        from bot.core.load import fact_folders
        from bot.github import annotated

        for line in annotated(report, fact_folders(facts_folder())[0].parent):
            print(line)
        Terminal().report_summary(report)
    else:
        Terminal().report(report, arguments.notes)
    return PROBLEMS if report.problems else OK


def _coverage(arguments: argparse.Namespace) -> int:
    from bot.cli.render import Terminal
    from bot.core.evidence import coverage, load_articles
    from bot.core.load import load_fact_base

    _articles(arguments)
    base = load_fact_base(facts_folder())
    try:
        articles = load_articles(arguments.articles)
    except OSError as error:
        raise CommandError(f"--articles: {error}") from None
    Terminal().coverage(coverage(base, articles), arguments.bare)
    return OK
