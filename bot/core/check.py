"""Everything that can be said about the quality of a fact base that loads.

Belongs here: comparisons between facts, of facts with the vocabulary, and the report that says how
much was looked at.  Problems must be mended; warnings want a person's look; notes only remind.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz

from bot.core import published
from bot.core.dates import parse_date
from bot.core.evidence import Article, check_evidence, check_numbers, fold, load_articles
from bot.core.freshness import review_due
from bot.core.load import fact_folders, load_fact_base, yaml_files
from bot.core.model import DatedEvent, Fact, FactBase, Figure, Place
from bot.core.present.byline import CREDITS_SHOWN, credits_of
from bot.core.problems import DataError, Problem, shown
from bot.core.site import QUESTIONS, SITE
from bot.core.text import tokens

TITLE_ALIKE = 93  # rapidfuzz token_sort_ratio: titles that differ by a letter or the order of words
_PRONOUN = re.compile(r"(it|they|he|she|this|these|that|those|its|their|his|her|we|our)\b", re.IGNORECASE)
_NOBODY = re.compile(  # holders of whom nobody knows who they are
    r"(?:(?:the|some|many|most|several|unnamed) )*"
    r"(?:experts|analysts|observers|commentators|critics|officials|sources|bot|unionstate)",
    re.IGNORECASE,
)
_NEARLY_YAML = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][”\"’'»)]*$|[”\"’»]$")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’")
_HEDGES = re.compile(
    r"\b(about|around|approximately|roughly|some|over|more than|less than|up to|at least|almost|nearly|another)\b"
)


@dataclass(frozen=True)
class Report:
    """What a check found, and how much it looked at (so that an empty run is never taken for a clean one)."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    counts: dict[str, Counter[str]]  # by "kind", "topic" and "article"
    quotes: int | None = None  # None where no articles were given to compare with
    figures: int | None = None
    notes: tuple[Problem, ...] = ()  # what is due for another look, in the order in which to take it


def check(
    facts: Path | None = None,
    articles: Path | None = None,
    today: datetime.date | None = None,
    asked: Mapping[str, int] | None = None,
) -> Report:
    """Load the fact base and check it, against the texts in the folder `articles` where one is given.

    `today` (default: today) decides what is due for review; `asked`, how often each fact was asked for by
    id, puts the most asked first.  Raises OSError where the folder or the list of published ids cannot be
    read.  Data problems are in the report, never raised.
    """
    texts = load_articles(articles) if articles else None
    base, around = _read(*fact_folders(facts))
    if base is None:
        return Report(_ordered(around), (), {})
    report = check_base(base, texts, today, asked)
    return replace(report, problems=_ordered([*report.problems, *around]))


def load_checked(
    facts: Path | None = None, seeds: Path | None = None, today: datetime.date | None = None
) -> FactBase:
    """The fact base to answer from: the only way in which facts go live.

    The folders default as `load_fact_base` has it.  Raises DataError with every problem that `check` finds
    without the articles.
    """
    folders = fact_folders(facts, seeds)
    try:
        base, problems = _read(*folders)
    except OSError as error:
        place = Place(f"{folders[0].name}/{published.FILE}", 1)
        wanted = "a list that can be read"
        raise DataError([Problem(place, "", error.strerror or type(error).__name__, wanted)]) from error
    if base is not None:
        problems += _problems(base, today or datetime.date.today())
    if base is None or problems:
        raise DataError(problems)
    return base


def _read(facts: Path, seeds: Path) -> tuple[FactBase | None, list[Problem]]:
    """The base, or None where it does not load, with what is wrong with the files and with the published ids."""
    unread = [problem for folder in (facts, seeds) for problem in _unread(folder)]
    try:
        base = load_fact_base(facts, seeds)
    except DataError as error:
        return None, [*error.problems, *unread]
    return base, [*unread, *published.gone(base.by_id.keys() | base.by_former_id.keys(), facts)]


def _problems(base: FactBase, today: datetime.date) -> list[Problem]:
    """What is wrong with a base that has loaded, as far as it can be seen without the articles."""
    return [
        *check_numbers(base),
        *_series(base),
        *_wording(base),
        *_to_come(base, today),
        *_later_than_known(base, today),
    ]


def check_base(
    base: FactBase,
    articles: dict[str, Article] | None = None,
    today: datetime.date | None = None,
    asked: Mapping[str, int] | None = None,
) -> Report:
    """Check a fact base that has loaded."""
    today = today or datetime.date.today()
    problems = _problems(base, today)
    quotes = figures = None
    if articles is not None:
        evidence = check_evidence(base, articles)
        problems += evidence.problems
        quotes, figures = evidence.quotes, evidence.figures
    warnings = list(_alike(base))
    counts: dict[str, Counter[str]] = {
        "kind": Counter(f.kind for f in base.facts),
        "topic": Counter(f.topic for f in base.facts),
        "article": Counter(source for f in base.facts for source in f.sources),
    }
    notes = tuple(_due(base, today, asked or {}))
    return Report(_ordered(problems), _ordered(warnings), counts, quotes, figures, notes)


def files_that_count(folder: Path) -> list[Path]:
    """What decides whether the facts of a folder go live: the files that are read, and what is a problem beside them."""
    entries = folder.iterdir() if folder.is_dir() else ()
    unread = (path for path in entries if path.is_dir() or _NEARLY_YAML.search(path.name))
    beside = (path for path in unread if not path.name.startswith("."))
    return sorted({*yaml_files(folder), *beside, *folder.glob(published.FILE)})


def _unread(folder: Path) -> Iterator[Problem]:
    """What lies beside the files of a folder as if it were read, and is not."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name in (SITE, QUESTIONS) or path in yaml_files(folder):
            continue
        place = Place(f"{folder.name}/{path.name}", 1)
        if path.is_dir():
            yield Problem(
                place, "", "a folder, in which nothing is read", f"its files in {folder.name}/ itself"
            )
        elif ending := _NEARLY_YAML.search(path.name):
            wanted = f"{path.name[: ending.start()]}.yaml as its name"
            yield Problem(place, "", f"a file that is not read: its name ends in {ending[0]}", wanted)


def _due(base: FactBase, today: datetime.date, asked: Mapping[str, int]) -> Iterator[Problem]:
    """Facts whose last look is too long ago: the most asked first, and of those the longest due."""
    due = [(day, fact) for fact in base.facts if (day := review_due(fact, today))]
    for day, fact in sorted(due, key=lambda d: (-asked.get(d[1].id, 0), d[0], d[1].id)):
        times = f", asked for {asked[fact.id]} times" if fact.id in asked else ""
        yield Problem(
            base.place(fact, "checked"),
            f"{fact.id}.checked",
            f"a last look on {parse_date(str(fact.last_checked))}, due again since {parse_date(str(day))}{times}",
            "another look at its sources, and the day of it as `checked`",
        )


def _to_come(base: FactBase, today: datetime.date) -> Iterator[Problem]:
    """Looks that nobody can have had yet, for which a fact would never be due again."""
    tomorrow = today + datetime.timedelta(days=1)  # which it may be already where the file was written
    for topic in base.topics.values():
        looks = [(fact.id, fact.checked, base.place(fact, "checked")) for fact in topic.facts]
        if topic.facts:
            file = base.places[topic.facts[0].id].file
            line = base.lines.get(file, {}).get(("topic", "checked"), 1)
            looks.append(("topic", topic.checked, Place(file, line)))
        for name, day, place in looks:
            if day and datetime.date.fromisoformat(day) > tomorrow:
                yield Problem(
                    place, f"{name}.checked", shown(day), "a day that has been: the day of the last look"
                )


def _later_than_known(base: FactBase, today: datetime.date) -> Iterator[Problem]:
    """Facts of a time that no article on their card could know, unless it was still to come."""
    for fact in base.facts:
        dated = [credit.source.dated for credit in credits_of(fact, base)[:CREDITS_SHOWN]]
        latest = max(date.last if date else today for date in dated)
        if fact.when.end.first > latest and not fact.expected:
            field = "date" if isinstance(fact, DatedEvent) else "as_of"
            yield Problem(
                base.place(fact, field),
                f"{fact.id}.{field}",
                f"{shown(fact.when.edtf)}, later than what it rests on",
                "a time that an article of the card could know, or `expected: true` where it was said to come",
            )


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.place.file, p.place.line, p.field)))


def _series(base: FactBase) -> Iterator[Problem]:
    """The members of a series are one quantity at different times: one unit, no time twice, and more than one member."""
    for name, members in base.by_series.items():
        if len(members) == 1:
            fact = members[0]
            yield Problem(
                base.place(fact, "series"),
                f"{fact.id}.series",
                f"{shown(name)} with one member",
                "two members or no series",
            )
        units = defaultdict(list)
        for fact in members:
            if isinstance(fact, Figure) and (unit := unit_of(fact.value)):
                units[unit].append(fact)
        if len(units) > 1:
            fewest = min(len(facts) for facts in units.values())
            odd = [
                facts[0] for facts in units.values() if len(facts) == fewest
            ]  # of two alike, either may be wrong
            others = " or ".join(sorted(repr(u) for u in units))
            for fact in odd:
                yield Problem(
                    base.place(fact, "value"),
                    f"{fact.id}.value",
                    shown(fact.value),
                    f"one unit throughout the series {name}, not {others}",
                )
        for a, b in itertools.pairwise(members):
            if a.when.edtf == b.when.edtf and a.sources == b.sources:
                yield Problem(
                    base.place(b, "series"),
                    f"{b.id}.series",
                    f"the same time as {a.id} ({a.when})",
                    f"different times within the series {name}",
                )


def unit_of(value: str) -> str:
    """What a value counts, without its digits and hedges: `over $10 billion` is `$ billion`; empty for bare words."""
    if not any(c.isdigit() for c in value):
        return ""
    text = _HEDGES.sub(" ", value.lower())
    text = re.sub(r"[\d.,–—\-+−~/]+", " ", text)
    return " ".join(re.findall(r"[^\s]+", re.sub(r"\b(to|and|per cent)\b", " ", text)))


def _wording(base: FactBase) -> Iterator[Problem]:
    loaded = {fold(term).casefold(): term for term in base.vocabulary.loaded}
    longest_first = sorted(map(re.escape, loaded), key=len, reverse=True)
    is_loaded = re.compile(rf"\b(?:{'|'.join(longest_first)})\b" if loaded else r"(?!)", re.IGNORECASE)
    for fact in base.facts:
        if _PRONOUN.match(fact.statement):
            word = fact.statement.split()[0]
            yield Problem(
                base.place(fact, "statement"),
                f"{fact.id}.statement",
                f"{shown(word)} at the beginning",
                "a noun: the statement stands alone",
            )
        if not _SENTENCE_END.search(fact.statement):
            end = " ".join(fact.statement.split()[-3:])
            wanted = "a whole sentence, with its full stop"
            yield Problem(
                base.place(fact, "statement"), f"{fact.id}.statement", f"{shown(end)} at the end", wanted
            )
        if fact.attribution and _NOBODY.fullmatch(fact.attribution):
            yield Problem(
                base.place(fact, "attribution"),
                f"{fact.id}.attribution",
                shown(fact.attribution),
                "a person or body by name, or by whose report: “many experts, as reported by …”",
            )
        for field in ("title", "statement"):
            text = fold(_QUOTED.sub(" ", getattr(fact, field)))
            for term in dict.fromkeys(found.casefold() for found in is_loaded.findall(text)):
                yield Problem(
                    base.place(fact, field),
                    f"{fact.id}.{field}",
                    shown(loaded.get(term, term)),
                    "the loaded term in quotation marks, or a neutral word",
                )


def _alike(base: FactBase) -> Iterator[Problem]:
    """Facts that a reader could not tell apart by title or that claim the same ask, series aside."""

    def apart(a: Fact, b: Fact) -> bool:
        return a.id != b.id and not (a.series and a.series == b.series)

    for a, b in itertools.combinations(base.facts, 2):
        if apart(a, b) and fuzz.token_sort_ratio(a.title, b.title, score_cutoff=TITLE_ALIKE):
            yield Problem(
                base.place(b, "title"),
                f"{b.id}.title",
                f"{shown(b.title)}, much like {a.id} at {base.place(a, 'title')}",
                "titles that tell the two apart, or one record",
            )
    asks: dict[tuple[str, ...], list[tuple[Fact, str]]] = defaultdict(list)
    for fact in base.facts:
        for ask in dict.fromkeys(fact.asks):
            asks[tuple(sorted(t.term for t in tokens(ask)))].append((fact, ask))
    for holders in asks.values():
        first, first_ask = holders[0]
        for fact, ask in holders[1:]:
            if apart(first, fact):
                yield Problem(
                    base.place(fact, "asks", fact.asks.index(ask)),
                    f"{fact.id}.asks",
                    f"{shown(ask)}, which {first.id} at {base.place(first, 'asks', first.asks.index(first_ask))} has too ({shown(first_ask)})",
                    "an ask that leads to one fact",
                )
