"""Comparing the facts with their quotes, and these with the articles.

Belongs here: folding of typography, finding a quote, saying where it diverges, digits.  The texts
come from a folder outside the project (`<source id>.txt`); none of them is kept here.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from bot.core.model import Fact, FactBase, Figure
from bot.core.problems import Problem, shown

# Typography that differs between a page, a copy of it and a keyboard; words are never folded.
FOLDED = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\u00ad": "",  # soft hyphen
        "\ufeff": "",
    }
)
ALIKE = 80  # rapidfuzz partial_ratio of a quote and the passage that was meant: below it lies chance
_NUMBER_WORDS = re.compile(
    r"\b(?:half|third|quarter|double|twice|twofold|threefold|tenfold|dozens?|hundreds?|thousands?|millions?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|twenty)\b",
    re.IGNORECASE,
)
_IN_WORD = re.compile(r"(?<=\w)['.:·]\w")  # a sign within a word, by Unicode's rules for word boundaries
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def fold(text: str) -> str:
    """`text` with quotation marks, dashes, spaces and line breaks made alike."""
    return " ".join(text.translate(FOLDED).split())


def numbers(text: str) -> list[str]:
    """The numbers of a text without thousands separators: `1,880` is `1880`, `49.5` stays."""
    return [re.sub(r",(?=\d{3}(?!\d))", "", n).replace(",", ".") for n in _NUMBER.findall(text)]


@dataclass(frozen=True)
class Article:
    """A folded text, the numbers in it, and where its paragraphs begin.

    A paragraph is a line of the file that is not blank; the folded text joins them with spaces, so
    that a quote may run from one into the next.
    """

    text: str
    numbers: frozenset[str]
    paragraphs: tuple[str, ...]
    starts: tuple[int, ...]  # where each paragraph begins in `text`

    @classmethod
    def of(cls, raw: str) -> Article:
        paragraphs = tuple(p for line in raw.splitlines() if (p := fold(line)))
        starts, at = [], 0
        for paragraph in paragraphs:
            starts.append(at)
            at += len(paragraph) + 1
        text = " ".join(paragraphs)
        return cls(text, frozenset(numbers(text)), paragraphs, tuple(starts))

    def paragraph_at(self, position: int) -> int:
        """The number of the paragraph (from 0) that a position of the text lies in."""
        return bisect.bisect_right(self.starts, position) - 1

    def occurrences(self, quote: str) -> list[int]:
        """Where the folded quote stands as whole words; places that overlap count each."""
        return [m.start() for m in re.finditer(_whole(fold(quote)), self.text)]

    def why_unfound(self, start: int, quote: str) -> str:
        """Why a browser does not find the quote that stands at `start`; empty where it does."""
        end = start + len(fold(quote))
        if self.paragraph_at(start) != self.paragraph_at(end - 1):
            return "runs over the end of a paragraph"
        inside = any(_IN_WORD.match(self.text, at) for at in (end, start - 1) if at > 0)
        return "begins or ends inside a word such as state's" if inside else ""

    def divergence(self, quote: str) -> str:
        """Where a quote that does not occur leaves the text: the word, and what the article has there."""
        words = fold(quote).split()
        at = self.text.find(" ".join(words))
        if at >= 0:
            longer = self._words_around(at, at + len(" ".join(words)))
            return f"“{longer}”: a word of the quote is cut"
        count = end = 0
        for length in range(len(words) - 1, 0, -1):
            beginning = " ".join(words[:length])
            if match := re.search(_whole(beginning), self.text):
                count, end = length, match.start() + len(beginning)
                break
        if count == 0 or (count == 1 and len(words) > 2):  # one word says little of where the quote was meant
            near = fuzz.partial_ratio_alignment(" ".join(words), self.text, score_cutoff=ALIKE)
            if not near:
                return "nothing like it"
            nearest = self._words_around(near.dest_start, near.dest_end)
            pairs = enumerate(zip(words, [*nearest.split(), *words], strict=False), 1)
            number, word = next(((n, w) for n, (w, other) in pairs if w != other), (1, words[0]))
            return f"“{nearest}” as the nearest, which differs at the quote's word {number}, “{word}”"
        after = next(iter(self.text[end:].split()), "")
        has = f"“{after}”" if after else "no more text"
        return f"{has} where the quote's word {count + 1} says “{words[count]}”"

    def _words_around(self, start: int, end: int) -> str:
        """The text from `start` to `end`, made longer until it ends and begins between words."""
        start = self.text.rfind(" ", 0, start + 1) + 1
        stop = self.text.find(" ", end)
        return self.text[start : stop if stop >= 0 else None]


def _whole(text: str) -> str:
    """A pattern for the places where `text` begins and stands as whole words."""
    return rf"(?<!\w)(?={re.escape(text)}(?!\w))"


def load_articles(folder: Path) -> dict[str, Article]:
    """The texts of a folder by source id; raises OSError for a text that cannot be read or is no UTF-8."""
    articles = {}
    for path in sorted(folder.glob("*.txt")):
        try:
            articles[path.stem] = Article.of(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise OSError(f"{path} is no UTF-8: save it as UTF-8") from None
    return articles


def check_numbers(base: FactBase) -> Iterator[Problem]:
    """Hold the numbers of each fact against its own quotes, for which it takes no article.

    A figure's value stands in a quote and in the statement.  Of the other kinds, whose statements need not
    give every number of a quote, a statement is told that has a number of its own in the place of the quote's.
    """
    for fact in base.facts:
        quotes = [numbers(fold(e.quote)) for e in fact.evidence]
        quoted = {n for quote in quotes for n in quote}
        stated = numbers(fact.statement)
        if isinstance(fact, Figure):
            yield from _figure(base, fact, quoted, stated)
            continue
        date = {n.lstrip("0") for n in re.findall(r"\d+", fact.when.edtf)}
        known = quoted | date | set(numbers(fact.note or "")) | _years_of_sources(base, fact)
        own = [n for n in stated if n not in known]
        if not own:
            continue
        for quote in quotes:
            if quote and not set(quote) & set(stated):
                found = f"the number {own[0]}, where a quote of the fact has {' and '.join(quote)}"
                yield _problem(base, fact, "statement", found, "the numbers of the quotes")
                break


def _figure(base: FactBase, fact: Figure, quoted: set[str], stated: list[str]) -> Iterator[Problem]:
    wanted = numbers(fact.value)
    for number in wanted:
        if number not in quoted:
            found = f"{number}, which is in no quote"
            yield _problem(base, fact, "value", found, "a quote that has the figure's digits")
    if unsaid := [n for n in wanted if n in quoted and n not in stated]:
        found = f"no {' and '.join(unsaid)}, which is the value"
        yield _problem(base, fact, "statement", found, "a statement that gives the value in the same digits")
    if not wanted:  # a figure in words: "about a third"
        words = {w.lower() for w in _NUMBER_WORDS.findall(fact.value)}
        in_quotes = {w.lower() for e in fact.evidence for w in _NUMBER_WORDS.findall(fold(e.quote))}
        if not words & in_quotes:
            found, mended = shown(fact.value), "digits or a number word that stands in a quote"
            yield _problem(base, fact, "value", found, mended)


def _problem(base: FactBase, fact: Fact, field: str, found: str, wanted: str) -> Problem:
    path = [int(p) - 1 if p.isdecimal() else p for p in field.split(".")]
    return Problem(base.place(fact, *path), f"{fact.id}.{field}", found, wanted)


@dataclass(frozen=True)
class EvidenceReport:
    problems: tuple[Problem, ...]
    quotes: int
    figures: int


def check_evidence(base: FactBase, articles: dict[str, Article]) -> EvidenceReport:
    """Compare every quote and every statement's numbers with the articles; `check_numbers` holds the facts to the quotes."""
    problems: list[Problem] = []
    quotes = figures = 0

    def problem(fact: Fact, field: str, found: str, wanted: str) -> None:
        problems.append(_problem(base, fact, field, found, wanted))

    for fact in base.facts:
        for i, evidence in enumerate(fact.evidence, 1):
            article = articles.get(evidence.source)
            if article is None:
                problem(
                    fact,
                    f"evidence.{i}.source",
                    f"no text for {shown(evidence.source)}",
                    f"{evidence.source}.txt in the folder of articles",
                )
                continue
            quotes += 1
            places = article.occurrences(evidence.quote)
            if not places:
                problem(
                    fact,
                    f"evidence.{i}.quote",
                    shown(evidence.quote),
                    f"words of the article; it has {article.divergence(evidence.quote)}",
                )
            elif len(places) > 1:
                problem(
                    fact,
                    f"evidence.{i}.quote",
                    f"{shown(evidence.quote)} {len(places)} times in the article",
                    "a quote that occurs once: add a word before or after",
                )
            elif why := article.why_unfound(places[0], evidence.quote):
                problem(
                    fact,
                    f"evidence.{i}.quote",
                    f"{shown(evidence.quote)}, which {why}",
                    "whole words of one paragraph: the browser finds no other passage",
                )
            if evidence.section and fold(evidence.section) not in article.text:
                problem(
                    fact,
                    f"evidence.{i}.section",
                    shown(evidence.section),
                    "a heading of the article, as it stands there",
                )
        figures += isinstance(fact, Figure)
        cited = frozenset[str]().union(*(articles[s].numbers for s in fact.sources if s in articles))
        inferred = set(numbers(fact.note or "")) | _years_of_sources(base, fact)
        for number in dict.fromkeys(numbers(fact.statement)):
            if number not in cited and number not in inferred and all(s in articles for s in fact.sources):
                problem(
                    fact,
                    "statement",
                    f"the number {number}, which the article does not have",
                    "numbers of the article, or a `note` that says how it was inferred",
                )
    return EvidenceReport(tuple(problems), quotes, figures)


def _years_of_sources(base: FactBase, fact: Fact) -> set[str]:
    """The years of the cited articles: a text of 2021 need not name the year in which its author says something."""
    return {
        str(date.first.year) for s in fact.sources if s in base.sources and (date := base.sources[s].dated)
    }


def coverage(base: FactBase, articles: dict[str, Article]) -> dict[str, list[tuple[str, int]]]:
    """For each article, its paragraphs in order, each with how many quotes of facts stand in it."""
    cited: dict[str, Counter[int]] = {name: Counter() for name in articles}
    for fact in base.facts:
        for evidence in fact.evidence:
            article = articles.get(evidence.source)
            if article:
                cited[evidence.source].update(
                    article.paragraph_at(at) for at in article.occurrences(evidence.quote)
                )
    return {
        name: [(paragraph, cited[name][i]) for i, paragraph in enumerate(article.paragraphs)]
        for name, article in articles.items()
    }
