"""Checks the facts: what must be corrected, what needs a person's judgement, what is due for review."""

import datetime
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.core.facts.base import FactBase, same_series
from bot.core.facts.dates import parse_date
from bot.core.facts.evidence import Article, check_evidence, check_numbers, fold
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.loader import Loader, fact_folders
from bot.core.facts.models import DatedEvent, Fact, Position
from bot.core.facts.reader import YamlFile
from bot.core.text import tokens

SIMILAR = 93  # of 100, of titles with their words sorted: those that differ by a letter
_PRONOUN = re.compile(r"(it|they|he|she|this|these|that|those|its|their|his|her|we|our)\b", re.IGNORECASE)
_UNNAMED = re.compile(
    r"(?:(?:the|some|many|most|several|unnamed) )*"
    r"(?:experts|analysts|observers|commentators|critics|officials|sources|bot|unionstate)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][”\"’'»)]*$|[”\"’»]$")
_QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"|‘[^’]*’")
_SECTIONS, _FILE = ("names", "synonyms"), "facts/vocabulary.yaml"  # of words that stand for each other
_HOLDER_STOP_WORDS = frozenset("the and for not its some many most named reported".split())


@dataclass(frozen=True)
class Report:
    """It says how much was checked, so that an empty run is never taken for a clean one."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  # reviews that are due, the longest overdue first
    facts: int = 0
    quotes: int | None = None  # compared with the articles; None if no articles were given
    without_text: tuple[str, ...] = ()  # sources whose quotes were not compared


def check(facts: Path | None = None, articles: Mapping[str, Article] | None = None) -> Report:
    """Load the fact base and check it and its format, and with `articles` its quotes.

    Problems in the data are in the report, never raised.
    """
    loader = Loader(*fact_folders(facts))
    base = loader.load()
    if base is None:
        return Report(tuple(sorted(loader.problems)))
    report = check_base(base, articles)
    return replace(report, warnings=(*report.warnings, *_unformatted(loader.files)))


def _unformatted(files: Mapping[Path, YamlFile]) -> Iterator[Problem]:
    from bot.core.facts.formatter import format_path  # takes a while to load, and only `check` needs it

    for path, file in files.items():
        if file.text != (formatted := format_path(path, file)):
            lines = zip(file.text.splitlines(), [*formatted.splitlines(), ""], strict=False)
            line = next((n for n, (old, new) in enumerate(lines, 1) if old != new), 1)
            message = "order, line ends or quotation marks are not the usual ones from here on"
            expected = "what `unionstate fmt` writes (after a merge it is run for you)"
            yield Problem(Place(file.name, line), "", "format", message, expected)


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
        warnings=tuple(find_warnings(base)),
        notes=tuple(reviews_due(base, today)),
        facts=len(base.facts),
        quotes=quotes,
        without_text=tuple(sorted(base.sources.keys() - (articles or {}).keys())),
    )


def find_problems(base: FactBase, today: datetime.date | None = None) -> list[Problem]:
    """What must be corrected before the facts are used, in file order."""
    today = today or datetime.date.today()
    found = [*check_numbers(base), *_series(base), *_loaded_terms(base)]
    for fact in base.facts:
        found += [*_wording(base, fact), *_time(base, fact, today)]
    return sorted(found)


def find_warnings(base: FactBase) -> list[Problem]:
    """What needs a person's judgement, in file order."""
    return sorted([*base.warnings, *_similar_titles(base), *_shared_asks(base), *_vocabulary(base)])


def reviews_due(base: FactBase, today: datetime.date | None = None) -> Iterator[Problem]:
    """Facts that are due for review, the longest overdue first."""
    today = today or datetime.date.today()
    due = [(day, fact.id) for fact in base.facts if (day := fact.overdue_since(today))]
    for day, fact_id in sorted(due):
        fact = base.by_id[fact_id]
        reviewed, since = parse_date(str(fact.last_checked)), parse_date(str(day))
        message = f"last reviewed on {reviewed}; review overdue since {since}"
        yield base.problem(fact, "checked", "review-due", message, "the day of the next review")


def _series(base: FactBase) -> Iterator[Problem]:
    """The members of a series are one quantity at different times: no time twice, more than one member."""
    for name, members in base.by_series.items():
        if len(members) == 1:
            message = f"{quote_value(name)} has one member"
            yield base.problem(members[0], "series", "series", message, "two members or no series")
        for a, b in itertools.pairwise(members):
            if a.when.edtf == b.when.edtf and a.sources == b.sources:
                message = f"the same time as {a.id} ({a.when})"
                expected = f"different times in the series {name}"
                yield base.problem(b, "series", "series-time", message, expected)


def _wording(base: FactBase, fact: Fact) -> Iterator[Problem]:
    words = fact.statement.split()
    if _PRONOUN.match(fact.statement):
        message = f"the statement begins with {quote_value(words[0])}"
        yield base.problem(fact, "statement", "pronoun", message, "a noun, since it stands alone")
    if not _SENTENCE_END.search(fact.statement):
        message = f"the statement ends with {quote_value(words[-1])}"
        yield base.problem(fact, "statement", "sentence", message, "a whole sentence with its full stop")
    if fact.attribution and _UNNAMED.fullmatch(fact.attribution):
        message = f"{quote_value(fact.attribution)} does not name anyone"
        expected = "a person or body by name, or “many experts, as reported by …”"
        yield base.problem(fact, "attribution", "unnamed-holder", message, expected)
    elif isinstance(fact, Position):
        names = [token for token in tokens(fact.attribution) if len(token.surface) > 2]
        named = {token.term for token in names if token.surface not in _HOLDER_STOP_WORDS}
        if named.isdisjoint(_terms(fact.statement)):
            message = f"the statement does not name {quote_value(fact.attribution)}, who holds it"
            expected = "“… says that …” with the name"
            yield base.problem(fact, "statement", "holder-not-named", message, expected)


def _loaded_terms(base: FactBase) -> Iterator[Problem]:
    terms = [
        (term, re.compile(rf"\b{re.escape(fold(term))}\b", re.IGNORECASE)) for term in base.vocabulary.loaded
    ]
    for fact, name in itertools.product(base.facts, ("title", "statement")):
        text = fold(_QUOTED.sub(" ", getattr(fact, name)))
        for term in (term for term, pattern in terms if pattern.search(text)):
            message = f"{quote_value(term)} takes a side"
            yield base.problem(fact, name, "loaded-term", message, "it in quotation marks, or a neutral word")


def _time(base: FactBase, fact: Fact, today: datetime.date) -> Iterator[Problem]:
    """Refuses a time that no cited article could know, unless it was still to come."""
    dates = [base.sources[name].dated for name in fact.sources]
    if fact.when.end.first > max(date.last if date else today for date in dates) and not fact.expected:
        field = "date" if isinstance(fact, DatedEvent) else "as_of"
        message = f"{quote_value(fact.when.edtf)} is later than the articles it rests on"
        expected = "a time that an article could know, or `expected: true` if it was still to come"
        yield base.problem(fact, field, "later-than-sources", message, expected)


def _similar_titles(base: FactBase) -> Iterator[Problem]:
    titles = [" ".join(sorted(fact.title.lower().split())) for fact in base.facts]
    for at, fact in enumerate(base.facts):
        found = process.extract(titles[at], titles[:at], scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=None)
        for other in (base.facts[i] for *_, i in found):
            if not same_series(other, fact):
                place = base.place(other, "title")
                message = f"{quote_value(fact.title)} is much like the title of {other.id} at {place}"
                expected = "titles that differ, or one record"
                yield base.problem(fact, "title", "similar-title", message, expected)


def _shared_asks(base: FactBase) -> Iterator[Problem]:
    first: dict[tuple[str, ...], tuple[Fact, int]] = {}
    for fact in base.facts:
        for i, ask in enumerate(fact.asks):
            other, at = first.setdefault(tuple(sorted(t.term for t in tokens(ask))), (fact, i))
            if other.id != fact.id and not same_series(other, fact):
                place = base.place(other, "asks", at)
                message = f"{quote_value(ask)} is an ask of {other.id} at {place} too"
                expected = "an ask that leads to one fact"
                yield base.problem(fact, f"asks.{i + 1}", "shared-ask", message, expected)


def groups_with(base: FactBase, word: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """The groups of the vocabulary that have a word: section, first word and the others."""
    return [
        (section, head, others)
        for section in _SECTIONS
        for head, others in getattr(base.vocabulary, section).items()
        if _terms(word) in map(_terms, (head, *others))
    ]


def facts_with(base: FactBase, word: str) -> list[Fact]:
    """The facts whose texts or questions have all the words of a phrase, or of another name for it."""
    groups = groups_with(base, word)
    names = [
        word,
        *(name for section, head, others in groups if section == "names" for name in (head, *others)),
    ]
    wanted = [terms for terms in map(_terms, names) if terms]
    return [fact for fact in base.facts if any(terms <= _terms(_text(base, fact)) for terms in wanted)]


def _vocabulary(base: FactBase) -> Iterator[Problem]:
    """Mistakes in the vocabulary: a separator in a word, a name of two things, a group that no fact needs."""
    used = _terms(" ".join({word for fact in base.facts for word in _text(base, fact).split()}))
    names: dict[frozenset[str], str] = {}
    for section in _SECTIONS:
        for head, others in getattr(base.vocabulary, section).items():
            place = Place(_FILE, base.lines.get(_FILE, {}).get((section, head), 1))
            field, words = f"{section}.{head}", (head, *others)
            for word in words:
                if any(sign in word for sign in ";|,"):
                    message = f"{quote_value(word)} has a separator in it"
                    yield Problem(place, field, "separator", message, "a comma between the words")
                other = names.setdefault(_terms(word), head) if section == "names" else head
                if other != head:
                    message = f"{quote_value(word)} is a name of {quote_value(other)} too"
                    yield Problem(place, field, "two-names", message, "the word in one group")
            if not any(_terms(word) <= used for word in words):
                message = "no fact has any of these words"
                yield Problem(place, field, "unused-words", message, "the group deleted")


def _terms(text: str) -> frozenset[str]:
    return frozenset(token.term for token in tokens(text))


def _text(base: FactBase, fact: Fact) -> str:
    sources = [base.sources[name] for name in fact.sources]
    texts = [fact.title, fact.statement, fact.note, fact.attribution, getattr(fact, "role", ""), *fact.asks]
    texts += [getattr(fact, "value", ""), *base.questions.get(fact.id, ())]
    texts += [text for source in sources for text in (source.title, source.author, source.publisher)]
    return " ".join(text for text in texts if text)
