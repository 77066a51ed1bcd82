"""What `unionstate check` reports: problems, warnings, reviews that are due, and how much was checked."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.core.facts.base import FactBase
from bot.core.facts.evidence import Article, check_evidence, load_articles
from bot.core.facts.formatter import format_path
from bot.core.facts.issues import Place, Problem
from bot.core.facts.lint import find_problems, find_warnings, reviews_due
from bot.core.facts.loader import Loader, fact_folders
from bot.core.facts.models import Figure
from bot.core.facts.reader import YamlFile
from bot.core.facts.words import check_words


@dataclass(frozen=True)
class Report:
    """The counts say how much was checked, so that an empty run is never taken for a clean one."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  # reviews that are due, the longest overdue first
    counts: Mapping[str, Counter[str]] = field(default_factory=dict)  # by "kind", "topic" and "article"
    quotes: int | None = None  # compared with the articles; None if no articles were given
    figures: int = 0
    without_text: tuple[str, ...] = ()  # sources whose quotes were not compared


def check(
    facts: Path | None = None, articles: Path | None = None, today: datetime.date | None = None
) -> Report:
    """Load the fact base and check it and its format, with the texts in the folder `articles` if one is given.

    Raises OSError if the folder has no texts.  Problems in the data are in the report, never raised.
    """
    texts = load_articles(articles) if articles else None
    loader = Loader(*fact_folders(facts))
    base = loader.load()
    if base is None:
        return Report(tuple(sorted(loader.problems)))
    report = check_base(base, texts, today)
    return replace(report, warnings=(*report.warnings, *_unformatted(loader.files)))


def _unformatted(files: Mapping[Path, YamlFile]) -> Iterator[Problem]:
    for path, file in files.items():
        if file.text != (formatted := format_path(path, file)):
            lines = zip(file.text.splitlines(), [*formatted.splitlines(), ""], strict=False)
            line = next((n for n, (old, new) in enumerate(lines, 1) if old != new), 1)
            message = "order, line ends or quotation marks are not the usual ones from here on"
            yield Problem(
                Place(file.name, line),
                "",
                "format",
                message,
                "what `unionstate fmt` writes (after a merge it is run for you)",
            )


def check_base(
    base: FactBase, articles: Mapping[str, Article] | None = None, today: datetime.date | None = None
) -> Report:
    """Check a fact base that has loaded."""
    problems = find_problems(base, today)
    quotes = None
    if articles is not None:
        problems += check_evidence(base, articles)
        quotes = sum(e.source in articles for fact in base.facts for e in fact.evidence)
    return Report(
        problems=tuple(sorted(problems)),
        warnings=tuple(sorted([*find_warnings(base), *check_words(base)])),
        notes=tuple(reviews_due(base, today)),
        counts={
            "kind": Counter(f.kind for f in base.facts),
            "topic": Counter(f.topic for f in base.facts),
            "article": Counter(source for f in base.facts for source in f.sources),
        },
        quotes=quotes,
        figures=sum(isinstance(f, Figure) for f in base.facts),
        without_text=tuple(sorted(base.sources.keys() - (articles or {}).keys())),
    )
