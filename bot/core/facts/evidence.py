"""Compares the facts with their quotes, and the quotes with the texts of the articles."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from rapidfuzz import fuzz

from bot.core.facts.base import FactBase
from bot.core.facts.issues import Problem, quote_value
from bot.core.facts.models import QUOTE_WORDS, Fact, Figure
from bot.core.text import tokens

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
OFFERED = 5
COPIED_WORDS = 9  # as many words in a row are the article's sentence, not ours
ALIKE = 80  # rapidfuzz partial_ratio of a quote and the intended passage: lower scores are chance
_NUMBER_WORDS = re.compile(
    r"\b(?:half|third|quarter|double|twice|twofold|threefold|tenfold|dozens?|hundreds?|thousands?|millions?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|twenty)\b"
)
_HEDGES = re.compile(
    r"\b(about|around|approximately|roughly|some|over|more than|less than|up to|at least|almost|nearly|another)\b"
)
_MAGNITUDES = frozenset({"thousand", "million", "billion", "trillion", "percent", "per", "%"})
_IN_WORD = re.compile(r"(?<=\w)['.:·]\w")  # a sign within a word, by Unicode's rules for word boundaries
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def fold(text: str) -> str:
    """`text` with quotation marks, dashes, spaces and line breaks made alike."""
    return " ".join(text.translate(FOLDED).split())


def numbers(text: str) -> list[str]:
    """The numbers of a text without thousands separators: `1,880` is `1880`, `49.5` stays."""
    return [re.sub(r",(?=\d{3}(?!\d))", "", n).replace(",", ".") for n in _NUMBER.findall(text)]


class Article:
    """A folded text: its paragraphs, which are the lines that are not blank."""

    def __init__(self, raw: str) -> None:
        self.paragraphs = [p for line in raw.splitlines() if (p := fold(line))]
        self.text = "\n".join(self.paragraphs)
        self.numbers = frozenset(numbers(self.text))

    def occurrences(self, quote: str) -> list[int]:
        """Where the folded quote stands as whole words; places that overlap count each."""
        words = "[ \n]".join(map(re.escape, fold(quote).split()))
        return [m.start() for m in re.finditer(rf"(?<!\w)(?={words}(?!\w))", self.text)]

    def why_not_found(self, start: int, quote: str) -> str:
        """Why a browser does not find the quote at `start`; empty if it does."""
        end = start + len(fold(quote))
        if "\n" in self.text[start:end]:
            return "runs over the end of a paragraph"
        inside = any(_IN_WORD.match(self.text, at) for at in (end, start - 1) if at > 0)
        return "begins or ends inside a word such as state's" if inside else ""

    def nearest(self, quote: str) -> str:
        """The passage that a quote which does not occur was probably taken from; empty if there is none."""
        found = fuzz.partial_ratio_alignment(fold(quote), self.text, score_cutoff=ALIKE)
        if not found:
            return ""
        text = self.text.replace("\n", " ")
        start = text.rfind(" ", 0, found.dest_start + 1) + 1
        return text[start : found.dest_end] + text[found.dest_end :].partition(" ")[0]


def load_articles(folder: Path) -> dict[str, Article]:
    """The texts of a folder by source id.  Raises OSError for a text that cannot be read or is not UTF-8."""
    articles: dict[str, Article] = {}
    for path in sorted(p for p in folder.glob("*.txt") if p.is_file()):
        try:
            articles[path.stem] = Article(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            raise OSError(f"{path} is not valid UTF-8: save it as UTF-8") from None
    if not articles:
        raise OSError(f"no texts in {folder}: expected files such as <source>.txt")
    return articles


def check_numbers(base: FactBase) -> Iterator[Problem]:
    """Numbers that differ from the fact's own quotes, which takes no article to see.

    A figure's value stands in a quote, and with its unit in the statement.  The statements of other kinds need not give
    every number of a quote, but may not have one of their own in its place.
    """
    for fact in base.facts:
        if isinstance(fact, Figure):
            yield from _check_value(base, fact)
            continue
        quotes, stated = [numbers(e.quote) for e in fact.evidence], numbers(fact.statement)
        known = _inferred(base, fact).union(
            *quotes, (n.lstrip("0") for n in re.findall(r"\d+", fact.when.edtf))
        )
        own = next((n for n in stated if n not in known), None)
        missed = next((quote for quote in quotes if quote and not set(quote) & set(stated)), None)
        if own and missed:
            message = f"the statement has the number {own}, and a quote of the fact {' and '.join(missed)}"
            yield base.problem(fact, "statement", "number-not-quoted", message, "the numbers of the quotes")


def _check_value(base: FactBase, fact: Figure) -> Iterator[Problem]:
    quote = " ".join(e.quote for e in fact.evidence).lower()
    value = fold(fact.value).lower()
    quoted = {*numbers(quote), *_NUMBER_WORDS.findall(quote)}
    wanted = numbers(value) or _NUMBER_WORDS.findall(value)
    if unquoted := ", ".join(n for n in wanted or [value] if n not in quoted):
        message = f"{unquoted} is in no quote of the fact"
        yield base.problem(
            fact, "value", "number-not-quoted", message, "the digits or number words of a quote"
        )
        return
    stated = iter(_words(fact.statement))
    is_stated = all(word in stated for word in _words(_HEDGES.sub(" ", value)))  # all of them, in this order
    if not is_stated or next(stated, "") in _MAGNITUDES:  # "$40" where the statement says "$40 thousand"
        message = f"{quote_value(fact.value)} is not in the statement as it stands"
        expected = "the value with its unit as in the statement"
        yield base.problem(fact, "value", "value-not-stated", message, expected)


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", fold(text).lower())
    return [word for w in text.split() if (word := w.strip(".,;:!?()\"'"))]


def check_evidence(base: FactBase, articles: Mapping[str, Article]) -> Iterator[Problem]:
    """Compare every quote, heading and number with its article."""
    phrases = {phrase for article in articles.values() for phrase in _phrases(article.text)}
    for fact in base.facts:
        for i, evidence in enumerate(fact.evidence, 1):
            if article := articles.get(evidence.source):
                yield from _check_passage(base, fact, i, article)
        if all(s in articles for s in fact.sources):
            known = _inferred(base, fact).union(*(articles[s].numbers for s in fact.sources))
            for number in dict.fromkeys(n for n in numbers(fact.statement) if n not in known):
                message = f"the article does not have the number {number}"
                expected = "numbers of the article, or a `note` that says how it was inferred"
                yield base.problem(fact, "statement", "number-not-in-article", message, expected)
        for field in ("title", "statement", "note"):
            if phrase := next((p for p in _phrases(getattr(fact, field) or "") if p in phrases), None):
                message = f"{COPIED_WORDS} words in a row of an article: {quote_value(' '.join(phrase))}"
                yield base.problem(fact, field, "copied", message, "our own words")


def _phrases(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of COPIED_WORDS words of a text."""
    words = re.findall(r"[\w%$.,'-]*\w", fold(text).lower())
    yield from zip(*(words[i:] for i in range(COPIED_WORDS)), strict=False)


def _check_passage(base: FactBase, fact: Fact, number: int, article: Article) -> Iterator[Problem]:
    evidence = fact.evidence[number - 1]
    places = article.occurrences(evidence.quote)
    shown, field = quote_value(evidence.quote), f"evidence.{number}.quote"
    if not places:
        near = article.nearest(evidence.quote)
        expected = f"words of the article, which has “{near}”" if near else "words of the article"
        yield base.problem(fact, field, "quote-not-found", f"{shown} is not in the article", expected)
    elif len(places) > 1:
        message = f"{shown} is {len(places)} times in the article"
        yield base.problem(fact, field, "quote-not-unique", message, "a word more before or after")
    elif why := article.why_not_found(places[0], evidence.quote):
        expected = "whole words of one paragraph: the browser finds no other passage"
        yield base.problem(fact, field, "quote-not-linkable", f"{shown} {why}", expected)
    if evidence.section and fold(evidence.section) not in article.text:
        message = f"{quote_value(evidence.section)} is not in the article"
        expected = "a heading as the article has it"
        yield base.problem(fact, f"evidence.{number}.section", "section-not-found", message, expected)


def _inferred(base: FactBase, fact: Fact) -> set[str]:
    """Numbers that need not be in a quote: those of the note, and the years of the cited articles, which need not name
    the year in which their author says something."""
    dates = [base.sources[s].dated for s in fact.sources if s in base.sources]
    return set(numbers(fact.note or "")) | {str(date.first.year) for date in dates if date}


def coverage(base: FactBase, articles: Mapping[str, Article]) -> dict[str, list[tuple[str, int]]]:
    """For each article, its paragraphs in order, each with how many quotes of facts stand in it."""
    cited = Counter(
        (e.source, articles[e.source].text.count("\n", 0, at))
        for fact in base.facts
        for e in fact.evidence
        if e.source in articles
        for at in articles[e.source].occurrences(e.quote)
    )
    return {
        name: [(text, cited[name, i]) for i, text in enumerate(article.paragraphs)]
        for name, article in articles.items()
    }


def passages(article: Article, about: str) -> tuple[str, ...]:
    """Up to OFFERED quotes of an article, the best of each paragraph: with the most words of `about`, found once."""
    wanted, (low, high) = {token.term for token in tokens(about)}, QUOTE_WORDS
    found: list[tuple[int, int, str]] = []
    for words in map(str.split, article.paragraphs):
        starts = [i for i, word in enumerate(words) if any(t.term in wanted for t in tokens(word))]
        spans = (words[start : start + count] for start in starts for count in range(low, high + 1))
        quotes = {" ".join(span).strip(" .,;:!?()\"'") for span in spans}
        ranked = sorted((-len(wanted & {t.term for t in tokens(q)}), len(q), q) for q in quotes if " " in q)
        found += next(([rank] for rank in ranked if len(article.occurrences(rank[2])) == 1), [])
    return tuple(quote for *_, quote in sorted(found))[:OFFERED]
