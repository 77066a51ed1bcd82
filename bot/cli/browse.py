"""`unionstate browse`, `cite` and `export`."""

import argparse
import datetime
import os

from bot import __version__
from bot.cli.common import (
    OK,
    PROBLEMS,
    CommandError,
    Terminal,
    facts_folder,
    load_facts,
    print_data,
    print_json,
)
from bot.cli.render import print_page
from bot.core.facts.loader import fact_folders, yaml_files
from bot.core.pages.pages import Status, page_of_words
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from bot.core.present.export import fact_as_json, facts_as_csv


def run_browse(arguments: argparse.Namespace) -> int:
    from bot.cli.app import PAGES_HELP

    words = " ".join(arguments.page).strip().encode(errors="replace").decode() or "topics"
    base = load_facts()
    page = page_of_words(words, base, status=status(), rows=None)
    if page is None:
        raise CommandError(f"no such page: {words}; the pages are {PAGES_HELP}")
    print_page(Terminal(), base, page)
    return OK if page.fits else PROBLEMS


def status() -> Status:
    """What the page `about` adds: when the facts last changed, and the repository."""
    times = [path.stat().st_mtime for folder in fact_folders(facts_folder()) for path in yaml_files(folder)]
    changed = datetime.datetime.fromtimestamp(max(times), datetime.UTC) if times else None
    return Status(__version__, changed, os.environ.get("REPOSITORY_URL", "").rstrip("/") or None)


def run_cite(arguments: argparse.Namespace) -> int:
    from rapidfuzz import fuzz, process

    base = load_facts()
    fact = base.get(arguments.id.strip().lower())
    if fact is None:
        known = {fact_id: fact_id.replace("-", " ") for fact_id in base.by_id}
        words = arguments.id.lower().replace("-", " ")
        found = process.extract(words, known, scorer=fuzz.token_set_ratio, limit=3, score_cutoff=70)
        near = " or ".join(fact_id for _, _, fact_id in found)
        hint = f"did you mean {near}?" if near else "`unionstate export` prints the ids"
        raise CommandError(f"no fact has the id {arguments.id}: {hint}", PROBLEMS)
    today = datetime.date.today()
    if arguments.style:
        print_data(f"{cite(fact, base, arguments.style, today)}\n")
    else:
        styles = [f"{STYLE_NAMES[style]}:\n{cite(fact, base, style, today)}\n" for style in STYLES]
        print_data("\n".join(styles))
    return OK


def run_export(arguments: argparse.Namespace) -> int:
    base = load_facts()
    if arguments.format == "csv":
        print_data(facts_as_csv(base))
    else:
        print_json([fact_as_json(base, fact) for fact in base.facts], indent=1)
    return OK
