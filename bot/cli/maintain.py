"""The commands of maintainers: check, coverage, new, word, fmt and schema; `diff` is in its own module."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.cli.common import OK, PROBLEMS, CommandError, Terminal, facts_folder, load_facts, print_data
from bot.core.facts.evidence import Article, coverage, load_articles, passages
from bot.core.facts.formatter import FormatError, format_path
from bot.core.facts.issues import DataError, Problem
from bot.core.facts.json_schema import SCHEMAS, schema_text
from bot.core.facts.lint import Report, check, facts_with, groups_with
from bot.core.facts.loader import fact_folders, yaml_files
from bot.core.facts.template import template

MAX_NOTES = 10  # facts of one file tend to be due together; GitHub shows no more of a kind for a step


def run_check(arguments: argparse.Namespace) -> int:
    report = check(facts_folder(), _texts(arguments.articles) if arguments.articles else None)
    if arguments.format == "github":
        print_data("".join(f"{line}\n" for line in _annotations(report)))
    else:
        _print_findings(report, arguments.notes)
    _print_summary(report)
    return PROBLEMS if report.problems else OK


def _texts(folder: Path) -> dict[str, Article]:
    try:
        return load_articles(folder)
    except OSError as error:
        raise CommandError(f"--articles: {error}") from None


def _annotations(report: Report) -> Iterator[str]:
    """GitHub's workflow commands, which show findings at their lines; paths are relative to the working directory."""
    above = os.path.relpath(fact_folders(facts_folder())[0].parent, Path.cwd().resolve())
    prefix = "" if above == "." else f"{above}/"
    yield from (annotation("error", problem, prefix) for problem in report.problems)
    yield from (annotation("warning", problem, prefix) for problem in report.warnings)
    yield from (annotation("notice", problem, prefix) for problem in report.notes[:MAX_NOTES])


def annotation(level: str, problem: Problem, prefix: str = "") -> str:
    def escaped(text: str, signs: str = "%\r\n") -> str:  # as GitHub's own toolkit does it
        return "".join(f"%{ord(c):02X}" if c in signs else c for c in text)

    file, title = (escaped(text, "%\r\n:,") for text in (prefix + problem.place.file, problem.field))
    place = f"file={file},line={problem.place.line}{f',title={title}' if title else ''}"
    return f"::{level} {place}::{escaped(problem.advice)}"


def _print_findings(report: Report, all_notes: bool) -> None:
    terminal = Terminal()
    notes = report.notes if all_notes else report.notes[:MAX_NOTES]
    for problem in report.problems:
        terminal.line(str(problem), hanging="    ", style="bad")
    for warning in report.warnings:
        terminal.line(f"{warning} (warning)", hanging="    ", style="warn")
    for note in notes:
        terminal.line(f"{note} (note)", hanging="    ", style="quiet")
    if more := len(report.notes) - len(notes):
        terminal.line(f"… and {more} more that are due; --notes lists them all", style="quiet")


def _print_summary(report: Report) -> None:
    """How much was checked, and how much was found."""
    terminal = Terminal()
    for name, counts in report.counts.items():
        listed = ", ".join(f"{key} {count}" for key, count in sorted(counts.items()))
        terminal.line(f"by {name}: {listed}", hanging="    ", style="quiet")
    total = sum(report.counts.get("kind", {}).values())
    checked = f"{total} facts" if report.counts else "the files, which do not load yet"
    if report.quotes is not None:
        checked += (
            f", {report.quotes} quotes and {report.counts['kind']['figure']} figures against the articles"
        )
        if missing := ", ".join(report.without_text):
            terminal.line(f"no text of {missing}: their quotes were not compared", style="warn")
    elif report.counts:
        terminal.line("quotes were not compared with the articles: --articles DIR does that", style="quiet")
    n, w = len(report.problems), len(report.warnings)
    summary = f"{n} problem{'s' * (n != 1)}, {w} warning{'s' * (w != 1)}; checked {checked}"
    due = f"; {len(report.notes)} due for review" if report.notes else ""
    terminal.line(summary + due, style="bad" if n else "good")


def run_coverage(arguments: argparse.Namespace) -> int:
    terminal = Terminal()
    for name, paragraphs in coverage(load_facts(), _texts(arguments.articles)).items():
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
        text = _texts(arguments.articles).get(arguments.source)
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
    in_groups = f"{len(groups)} group{'s' * (len(groups) != 1)} of the vocabulary"
    in_facts = f"{len(facts)} fact{'s' * (len(facts) != 1)}"
    terminal.line(f"{word}: in {in_groups} and {in_facts}", style="strong")
    return OK if groups or facts else PROBLEMS


def run_schema(arguments: argparse.Namespace) -> int:
    if not arguments.write:
        print_data(schema_text(arguments.name))
        return OK
    facts, seeds = fact_folders(facts_folder())
    for name, file in SCHEMAS.items():
        folder, _, inside = file.partition("/")
        path = (seeds if folder == "seeds" else facts) / inside
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_text(schema_text(name), "utf-8")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}", PROBLEMS) from None
        print(path)
    return OK


def run_fmt(arguments: argparse.Namespace) -> int:
    given = arguments.files or fact_folders(facts_folder())
    files = [file for path in given for file in (yaml_files(path) if path.is_dir() else [path])]
    changed, failed = 0, 0
    for path in files:
        if not path.is_file():
            raise CommandError(f"{path}: no such file")
        try:
            text = format_path(path)
        except (DataError, FormatError) as error:
            failed += 1
            print(*(error.problems if isinstance(error, DataError) else [error]), sep="\n", file=sys.stderr)
            continue
        if text.encode() != path.read_bytes():
            changed += 1
            if not arguments.check:
                path.write_text(text, "utf-8", newline="\n")
            print(f"{path}: {'not formatted' if arguments.check else 'reformatted'}")
    unchanged = len(files) - changed - failed
    would = "to reformat (run `unionstate fmt`)" if arguments.check and changed else "reformatted"
    print(f"{changed} {would}, {unchanged} unchanged, {failed} unreadable", file=sys.stderr)
    return PROBLEMS if failed or (arguments.check and changed) else OK
