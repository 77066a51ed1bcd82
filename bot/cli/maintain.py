"""The commands of maintainers: check, coverage, new, word, fmt and schema; `diff` is in its own module."""

import argparse
import os
import sys
from pathlib import Path

from bot.cli.common import OK, PROBLEMS, CommandError, Terminal, facts_folder, load_facts, print_data
from bot.core.facts.evidence import coverage, load_articles, passages
from bot.core.facts.formatter import FormatError, format_path
from bot.core.facts.issues import DataError, Problem
from bot.core.facts.json_schema import SCHEMAS, schema_text
from bot.core.facts.lint import Report, check, facts_with, groups_with
from bot.core.facts.loader import fact_folders, yaml_files
from bot.core.facts.template import template

MAX_NOTES = 10  # facts of one file tend to be due together; GitHub shows no more of a kind for a step


def run_check(arguments: argparse.Namespace) -> int:
    report = check(facts_folder(), load_articles(arguments.articles) if arguments.articles else None)
    # Annotations are relative to the working directory; others to the folder that holds facts/ and seeds/.
    folder = os.path.relpath(fact_folders(facts_folder())[0].parent, Path.cwd().resolve())
    notes = report.notes if arguments.notes else report.notes[:MAX_NOTES]
    found = (("error", report.problems), ("warning", report.warnings), ("notice", notes))
    for level, problems in found:
        for problem in problems:
            if arguments.format == "github":
                print_data(f"{annotation(level, problem, folder)}\n")
            else:
                Terminal().line(f"{problem} ({level})", hanging="    ", style=level)
    _print_summary(report)
    return PROBLEMS if report.problems else OK


def annotation(level: str, problem: Problem, folder: str = ".") -> str:
    """GitHub's workflow command that shows a problem at its line; `folder` holds facts/ and seeds/."""

    def escaped(text: str, signs: str) -> str:  # as GitHub's own toolkit does it
        return "".join(f"%{ord(c):02X}" if c in signs else c for c in text)

    file = os.path.normpath(f"{folder}/{problem.place.file}")
    place, title = (escaped(text, "%\r\n:,") for text in (file, problem.field))
    message = escaped(problem.advice, "%\r\n")
    return f"::{level} file={place},line={problem.place.line},title={title}::{message}"


def _print_summary(report: Report) -> None:
    checked = f"{report.facts} facts" if report.facts else "files that do not load yet"
    if report.quotes is not None:
        checked += f" and {report.quotes} quotes"
        if missing := ", ".join(report.without_text):
            checked += f" (but those of {missing}, of which there is no text)"
    summary = f"{len(report.problems)} problems, {len(report.warnings)} warnings; checked {checked}"
    due = f"; {len(report.notes)} due for review" if report.notes else ""
    Terminal().line(summary + due, style="error" if report.problems else "good")


def run_coverage(arguments: argparse.Namespace) -> int:
    terminal = Terminal()
    for name, paragraphs in coverage(load_facts(), load_articles(arguments.articles)).items():
        counts = [count for _, count in paragraphs]
        cited = f"{sum(counts)} quotes in {len(counts) - counts.count(0)} of {len(counts)} paragraphs"
        terminal.line(f"{name}: {cited}", style="strong")
        for number, (paragraph, count) in enumerate(paragraphs, 1):
            if not (arguments.bare and count):
                words = " ".join(paragraph.split()[:8])
                terminal.line(f"{number:>4} {count:>4}  {words}", style="" if count else "quiet")
    return OK


def run_new(arguments: argparse.Namespace) -> int:
    quotes: tuple[str, ...] = ()
    if arguments.articles:
        text = load_articles(arguments.articles).get(arguments.source)
        if text is None:
            raise CommandError(f"--articles: no text of the source “{arguments.source}” (--source)")
        quotes = passages(text, arguments.about or arguments.ask)
    made = template(arguments.kind, arguments.id, arguments.source, quotes, arguments.ask)
    if not arguments.write:
        print_data(made)
        return OK
    path = fact_folders(facts_folder())[0] / f"{arguments.topic}.yaml"
    if not path.is_file():
        raise CommandError(f"--write: no topic {arguments.topic}; give one with --topic")
    before = path.read_text("utf-8").rstrip("\n")
    path.write_text(f"{before}\n\n{made}", "utf-8")
    line = before.count("\n") + 3
    print(f"{path}:{line}: fill in the record, then `unionstate fmt` and `unionstate check`")
    return OK


def run_word(arguments: argparse.Namespace) -> int:
    base, word, terminal = load_facts(), " ".join(arguments.word), Terminal()
    groups, facts = groups_with(base, word), facts_with(base, word)
    for section, head, others in groups:
        terminal.line(f"{section}: {', '.join((head, *others))}", hanging="    ")
    for fact in facts:
        terminal.line(f"{fact.id} ({base.place(fact)})", "  ")
    summary = f"groups of the vocabulary: {len(groups)}, facts: {len(facts)}"
    terminal.line(f"{word}: {summary}", style="strong")
    return OK if groups or facts else PROBLEMS


def run_schema(arguments: argparse.Namespace) -> int:
    if not arguments.write:
        print_data(schema_text(arguments.name))
        return OK
    facts, seeds = fact_folders(facts_folder())
    for name, file in SCHEMAS.items():
        folder, _, inside = file.partition("/")
        path = (seeds if folder == "seeds" else facts) / inside
        path.parent.mkdir(exist_ok=True)
        path.write_text(schema_text(name), "utf-8")
        print(path)
    return OK


def run_fmt(arguments: argparse.Namespace) -> int:
    given = arguments.files or fact_folders(facts_folder())
    files = [file for path in given for file in (yaml_files(path) if path.is_dir() else [path])]
    changed, unreadable, done = 0, 0, "not formatted" if arguments.check else "reformatted"
    for path in files:
        try:
            text = format_path(path)
        except (DataError, FormatError) as error:
            unreadable += 1
            print(*(error.problems if isinstance(error, DataError) else [error]), sep="\n", file=sys.stderr)
            continue
        if text.encode() != path.read_bytes():
            changed += 1
            print(f"{path}: {done}")
            if not arguments.check:
                path.write_text(text, "utf-8", newline="\n")
    unchanged = len(files) - changed - unreadable
    print(f"{changed} {done}, {unchanged} unchanged, {unreadable} unreadable", file=sys.stderr)
    return PROBLEMS if unreadable or (arguments.check and changed) else OK
