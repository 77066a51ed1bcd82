"""A small fact base with every kind of fact and source, one of them full of markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine

FOLDER = Path(__file__).parent / "data"


@cache
def small_finder() -> SearchEngine:
    return SearchEngine(load_fact_base(FOLDER / "facts", FOLDER / "seeds"))
