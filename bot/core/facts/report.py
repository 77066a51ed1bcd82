"""What `unionstate check` reports: problems, warnings, reviews that are due, and how much was checked."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.core.facts.base import FactBase
from bot.core.facts.evidence import Article, check_evidence, load_articles
from bot.core.facts.formatter import format_path
from bot.core.facts.issues import Place, Problem
from bot.core.facts.lint import find_problems, find_warnings, reviews_due
from bot.core.facts.loader import fact_folders, read_fact_base, yaml_files
from bot.core.facts.words import check_words


@dataclass(frozen=True)
class Report:
    """The counts say how much was checked, so that an empty run is never taken for a clean one."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  # reviews that are due, in the order in which to do them
    counts: Mapping[str, Counter[str]] = field(default_factory=dict)  # by "kind", "topic" and "article"
    quotes: int | None = None  # compared with the articles; None if no articles were given
    figures: int | None = None
    without_text: tuple[str, ...] = ()  # sources whose quotes were not compared


def check(
    facts: Path | None = None, articles: Path | None = None, today: datetime.date | None = None
) -> Report:
    """Load the fact base and check it and its format, with the texts in the folder `articles` if one is given.

    Raises OSError if the folder has no texts.  Problems in the data are in the report, never raised.
    """
    texts = load_articles(articles) if articles else None
    folders = fact_folders(facts)
    base, problems = read_fact_base(*folders)
    if base is None:
        return Report(tuple(sorted(problems)))
    report = check_base(base, texts, today)
    return replace(report, warnings=(*report.warnings, *_unformatted(folders)))


def _unformatted(folders: Iterable[Path]) -> Iterator[Problem]:
    for path in (path for folder in folders for path in yaml_files(folder)):
        text, formatted = path.read_text("utf-8-sig"), format_path(path)
        if text != formatted:
            lines = zip(text.splitlines(), [*formatted.splitlines(), ""], strict=False)
            line = next((n for n, (old, new) in enumerate(lines, 1) if old != new), 1)
            place = Place(
                path.relative_to(path.parents[path.parent.name == "questions"].parent).as_posix(), line
            )
            yield Problem(place, "", "format", "not formatted from here on", "what `unionstate fmt` writes")


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
        warnings=tuple(sorted([*find_warnings(base), *check_words(base)])),
        notes=tuple(reviews_due(base, today, asked)),
        counts={
            "kind": Counter(f.kind for f in base.facts),
            "topic": Counter(f.topic for f in base.facts),
            "article": Counter(source for f in base.facts for source in f.sources),
        },
        quotes=evidence.quotes if evidence else None,
        figures=evidence.figures if evidence else None,
        without_text=tuple(sorted(base.sources.keys() - (articles or {}).keys())),
    )
