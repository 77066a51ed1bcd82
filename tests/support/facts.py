"""A small fact base of every kind of fact and source, one of them full of markup."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.core.answer import FactFinder
from bot.core.facts.loader import load_fact_base

FOLDER = Path(__file__).parent / "data"


@cache
def small_finder() -> FactFinder:
    return FactFinder(load_fact_base(FOLDER / "facts", FOLDER / "seeds"))
