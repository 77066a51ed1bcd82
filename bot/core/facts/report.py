"""What `unionstate check` reports: problems, warnings, reviews that are due, and how much was checked."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.facts.base import FactBase
from bot.core.facts.evidence import Article, check_evidence, load_articles
from bot.core.facts.issues import Problem
from bot.core.facts.lint import find_problems, find_warnings, reviews_due
from bot.core.facts.loader import fact_folders, read_fact_base


@dataclass(frozen=True)
class Report:
    """The counts say how much was checked, so that an empty run is never taken for a clean one."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  # reviews that are due, in the order in which to do them
    counts: Mapping[str, Counter[str]] = field(default_factory=dict)  # by "kind", "topic" and "article"
    quotes: int | None = None  # compared with the articles; None if no articles were given
    figures: int | None = None


def check(
    facts: Path | None = None, articles: Path | None = None, today: datetime.date | None = None
) -> Report:
    """Load the fact base and check it, with the texts in the folder `articles` if one is given.

    Raises OSError if the folder cannot be read.  Problems in the data are in the report, never raised.
    """
    texts = load_articles(articles) if articles else None
    base, problems = read_fact_base(*fact_folders(facts))
    return check_base(base, texts, today) if base else Report(tuple(sorted(problems)))


def check_base(
    base: FactBase,
    articles: Mapping[str, Article] | None = None,
    today: datetime.date | None = None,
    asked: Mapping[str, int] | None = None,
) -> Report:
    """Check a fact base that has loaded; `asked` counts how often each fact was asked for."""
    evidence = check_evidence(base, articles) if articles is not None else None
    return Report(
        problems=tuple(sorted([*find_problems(base, today), *(evidence.problems if evidence else ())])),
        warnings=tuple(find_warnings(base)),
        notes=tuple(reviews_due(base, today, asked)),
        counts={
            "kind": Counter(f.kind for f in base.facts),
            "topic": Counter(f.topic for f in base.facts),
            "article": Counter(source for f in base.facts for source in f.sources),
        },
        quotes=evidence.quotes if evidence else None,
        figures=evidence.figures if evidence else None,
    )
