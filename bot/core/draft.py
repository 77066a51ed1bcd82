"""A new record: the passages of its article that may be its quote, its text, and its place in the file.

Belongs here: what `unionstate new` needs to know of facts.  Does not belong here: asking a person
(`bot.maintain`), or the rules of fields (`model`).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.dates import parse_date
from bot.core.evidence import FOLDED, Article, fold, numbers
from bot.core.layout import FACT_ORDER, TOPIC, record_lines, record_starts
from bot.core.load import fact_folders, load_fact_base, yaml_files
from bot.core.model import KIND_MODELS, QUOTE_WORDS, Evidence, FactBase, Identifier
from bot.core.problems import shown
from bot.core.text import tokens
from bot.core.yamlfile import parse_yaml

OFFERED = 5
VALUE_WEIGHT = 4  # a figure's quote has its value whole, with the unit
_SENTENCE_END = re.compile(r"[.?!][)\]\"']*$")
_EDGES = " \t.,;:!?()[]\"'“”‘’«»"
LISTS = ("see_also", "actors", "asks", "former_ids")
IN_EVIDENCE = ("section", "quote")


def required_fields(kind: str) -> tuple[str, ...]:
    """The fields that a new record of a kind must be given, in the order in which a person thinks of them."""
    model = KIND_MODELS[kind]
    names = [n for n in FACT_ORDER if n in model.model_fields and model.model_fields[n].is_required()]
    return (*(n for n in names if n not in ("kind", "evidence")), "quote")


def known_fields(kind: str) -> tuple[str, ...]:
    """All that may be given of a new record of a kind."""
    model = KIND_MODELS[kind]
    return (
        *(n for n in FACT_ORDER if n in model.model_fields and n not in ("kind", "evidence")),
        *IN_EVIDENCE,
    )


def explained(kind: str, name: str) -> tuple[str, str]:
    """A field's sentence, and an example of it."""
    model = Evidence if name in IN_EVIDENCE else KIND_MODELS[kind]
    about = model.model_fields[name]
    example = (about.examples or [""])[0]
    return about.description or "", ", ".join(example) if isinstance(example, list) else str(example)


def field_value(name: str, text: str) -> Any:
    """What a person typed as the value that the file holds: lists are typed with commas."""
    if name in LISTS:
        return [part for p in text.split(",") if (part := " ".join(p.split()))]
    return " ".join(text.split())


def complaint(kind: str, name: str, value: Any) -> str:
    """What is wrong with a field's value, as "found …; wanted …"; empty where nothing is."""
    model = Evidence if name in IN_EVIDENCE else KIND_MODELS[kind]
    return _invalid(TypeAdapter(model.model_fields[name].rebuild_annotation()), value)


def _invalid(rule: TypeAdapter[Any], value: Any) -> str:
    try:
        rule.validate_python(value, strict=True)
    except ValidationError as error:
        detail = error.errors()[0]
        return f"found {shown(detail['input'])}; wanted {detail.get('ctx', {}).get('wanted', detail['msg'])}"
    return ""


class Passages:
    """The text of one article, to find quotes in; what it offers is written as the article prints it."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.article = Article.of(raw)
        letters: list[str] = []
        self._at: list[int] = []  # where each letter of the folded text stands in the raw one
        for i, c in enumerate(raw):
            folded = FOLDED.get(ord(c), c)
            if folded.isspace():
                if letters and letters[-1] != " ":
                    letters.append(" ")
                    self._at.append(i)
            elif folded:
                letters.append(folded)
                self._at.append(i)
        self._folded = "".join(letters)

    def as_printed(self, quote: str) -> str:
        """The quote with the article's own dashes and quotation marks, which links to the passage need."""
        (start,) = self.article.occurrences(quote)
        end = start + len(" ".join(quote.translate(FOLDED).split()))
        return self._printed(start, end)

    def refusal(self, quote: str) -> str:
        """Why a text is no quote of the article; empty where it is one."""
        places = len(self.article.occurrences(quote))
        if places == 1:
            return ""
        if places:
            return f"{shown(quote)} stands {places} times in the article: add a word before or after"
        return f"{shown(quote)} is not in the article; it has {self.article.divergence(quote)}"

    def no_heading(self, section: str) -> str:
        """Why a text is no heading of the article; empty where it may be one."""
        found = fold(section) in self.article.text
        return "" if found else f"{shown(section)} is not in the article; wanted a heading as it stands there"

    def offered(self, about: str, value: str = "", ignore: Iterable[str] = ()) -> tuple[str, ...]:
        """The passages that fit best what a record says, best first: quotes of 2 to 8 words, each found once.

        Those of a figure have the digits of its value.  Words to `ignore` say nothing of what fits.
        """
        words = [(m.start(), m.end()) for m in re.finditer(r"\S+", self._folded)]
        sentences = self._sentences(words)
        terms = [{t.term for t in tokens(self._folded[a:b])} for a, b in words]
        frequency = Counter(term for found in terms for term in found)
        of_value = {t.term for t in tokens(value)}
        said = of_value | {t.term for t in tokens(about)} - {t.term for w in ignore for t in tokens(w)}
        wanted = {t: (VALUE_WEIGHT if t in of_value else 1) / frequency[t] for t in said if t in frequency}
        digits = set(numbers(value))
        found: list[tuple[float, int, int]] = []
        for first in range(len(words)):
            last = min(first + QUOTE_WORDS[1], len(words)) - 1
            if not terms[first] & wanted.keys():
                continue
            while last > first and (sentences[last] != sentences[first] or not terms[last] & wanted.keys()):
                last -= 1
            held = set().union(*terms[first : last + 1]) & wanted.keys()
            if digits <= set(numbers(self._folded[words[first][0] : words[last][1]])):
                found.append((sum(wanted[t] for t in held), first, last))
        quotes: list[str] = []
        taken: set[int] = set()
        for _, first, last in sorted(found, key=lambda f: (-f[0], f[2] - f[1], f[1])):
            if taken.isdisjoint(range(first, last + 1)) and (
                quote := self._once(words, sentences, first, last)
            ):
                taken |= set(range(first, last + 1))
                quotes.append(quote)
                if len(quotes) == OFFERED:
                    break
        return tuple(quotes)

    def _once(self, words: list[tuple[int, int]], sentences: list[int], first: int, last: int) -> str:
        """The words from first to last, and as many more as it takes to occur once; empty where that takes too many."""
        while last - first < QUOTE_WORDS[1]:
            quote = self._printed(words[first][0], words[last][1]).strip(_EDGES)
            if last > first and len(quote.split()) >= QUOTE_WORDS[0] and not self.refusal(quote):
                return quote
            if last + 1 < len(words) and sentences[last + 1] == sentences[first]:
                last += 1
            elif first and sentences[first - 1] == sentences[first]:
                first -= 1
            else:
                break
        return ""

    def _sentences(self, words: list[tuple[int, int]]) -> list[int]:
        """The number of the sentence that each word is in: a quote over the end of one reads badly, and a link to
        a passage does not reach over the end of a paragraph."""
        number, numbers_ = 0, []
        for i, (start, end) in enumerate(words):
            numbers_.append(number)
            if i + 1 < len(words):
                following = words[i + 1][0]
                ends = _SENTENCE_END.search(self._folded[start:end]) and not self._folded[following].islower()
                number += bool(ends) or self.article.paragraph_at(start) != self.article.paragraph_at(
                    following
                )
        return numbers_

    def _printed(self, start: int, end: int) -> str:
        return " ".join(self.raw[self._at[start] : self._at[end - 1] + 1].split())


def commented_record(fact_id: str, kind: str, source: str, fields: Mapping[str, Any]) -> list[str]:
    """The lines of a new record, and below it as comments the fields that it might have, each with its sentence."""
    evidence = {"source": source, **{n: fields[n] for n in IN_EVIDENCE if fields.get(n)}}
    given = {n: v for n, v in fields.items() if v and n not in IN_EVIDENCE}
    lines = record_lines(fact_id, {"kind": kind, **given, "evidence": [evidence]})
    if "section" not in evidence:
        lines.append(f"    {_commented(kind, 'section')}")
    lines += [
        _commented(kind, name)
        for name in known_fields(kind)
        if name not in given and name not in (*IN_EVIDENCE, "former_ids", "checked", "review_after")
    ]
    return [
        "# Fill in, or delete, the lines of the record that begin with #; then `unionstate fmt` and `check`.",
        *lines,
    ]


def _commented(kind: str, name: str) -> str:
    sentence, example = explained(kind, name)
    return f"  # {name}: {f'[{example}]' if name in LISTS else example}   ({sentence})"


def with_record(raw: bytes, lines: Iterable[str], when: str) -> tuple[str, int]:
    """The content of a file of facts with a record put in its place by date, and the line (from 1) where that is.

    Nothing else in the file moves.
    """
    text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    data = parse_yaml(raw, "").data
    starts = record_starts(raw)
    key = parse_date(when).sort_key
    later = [
        starts[name]
        for name, record in data.items()
        if name != TOPIC and parse_date(record.get("date") or record["as_of"]).sort_key > key
    ]
    before = text.rstrip("\n").split("\n")
    if later:
        at = min(later)
        return "\n".join([*before[:at], *lines, "", *before[at:]]) + "\n", at + 1
    return "\n".join([*before, "", *lines]) + "\n", len(before) + 2


def tried(facts: Path | None, file: str, text: str) -> FactBase:
    """The fact base as it would be if `file` of the folder of facts held `text`; raises DataError where it would not load."""
    folder, seeds = fact_folders(facts)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / folder.name
        copy.mkdir()
        for path in yaml_files(folder):
            shutil.copyfile(path, copy / path.name)
        (copy / file).write_text(text, encoding="utf-8")
        return load_fact_base(copy, seeds)


def id_complaint(base: FactBase, text: str) -> str:
    """What is wrong with a text as the id of a new record; empty where nothing is."""
    if place := base.places.get(text):
        return f"found the id {shown(text)}, which is taken at {place}; wanted another"
    if former := base.get(text):
        return f"found {shown(text)}, to which {former.id} answers as a former id; wanted another"
    return _invalid(TypeAdapter(Identifier), text)


def suggested_id(title: str, when: str) -> str:
    """An id that a person can guess: the words of the title, and the year."""
    words = re.sub(r"[^a-z0-9]+", " ", title.lower().replace("'s", "").replace("’s", "")).split()
    words = [
        w for w in words if w not in ("a", "an", "the", "of", "in", "for", "and", "to", "by", "on", "is")
    ][:6]
    year = when[:4].rstrip("X")
    return "-".join([*words, *([year] if year and year not in words else [])]) if words else ""
