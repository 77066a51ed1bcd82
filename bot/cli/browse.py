"""`unionstate browse`, `cite` and `export`."""

import argparse
import datetime

from bot.cli.common import OK, PAGES, PROBLEMS, CommandError, Terminal, load_facts, print_data, print_json
from bot.cli.render import print_page, typed_page
from bot.core.facts.explain import nearest
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from bot.core.present.export import fact_as_json, facts_as_csv


def run_browse(arguments: argparse.Namespace) -> int:
    words = " ".join(arguments.page).strip().encode(errors="replace").decode() or "topics"
    base = load_facts()
    page = typed_page(words, base)
    if page is None:
        raise CommandError(f"no such page: {words}; the pages are {PAGES}")
    print_page(Terminal(), base, page)
    return OK if page.fits else PROBLEMS


def run_cite(arguments: argparse.Namespace) -> int:
    base = load_facts()
    fact = base.get(arguments.id.strip().lower())
    if fact is None:
        near = nearest(arguments.id, base.by_id)
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
