"""References to the articles that a fact rests on, ready to be copied.

What was inferred stands in square brackets, as the style guides ask for what the page itself does not say (The
Chicago Manual of Style, 17th edition, 14.93 and 14.145); what is unknown is left out.
"""

import datetime
import json
import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from bot.core.facts.base import FactBase
from bot.core.facts.dates import MONTHS, FactDate, parse_date
from bot.core.facts.models import Evidence, Fact, Source
from bot.core.present.byline import credits_of, published
from bot.core.present.strings import capitalised

Style: TypeAlias = Literal["plain", "markdown", "chicago", "bibtex", "ris", "csl"]

STYLE_NAMES: dict[Style, str] = {
    "plain": "Plain text", "markdown": "Markdown", "chicago": "Chicago (notes)", "bibtex": "BibTeX", "ris": "RIS",
    "csl": "CSL-JSON",
}  # fmt: skip
STYLES = tuple(STYLE_NAMES)
TO_READ = STYLES[:4]  # the others are for programs
ADDRESS_UNKNOWN = "the article's own address is not known; this is its publisher's site"

_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>|~#&"})
_MARKDOWN_ADDRESS = str.maketrans({" ": "%20", "<": "%3C", ">": "%3E", "(": "%28", ")": "%29", "\\": "%5C"})
# BibTeX counts braces even behind a backslash, so that a brace of the text has to be spelt out.
_BIBTEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
})  # fmt: skip
_BIBTEX_ADDRESS = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
_INNER_QUOTES = str.maketrans({"“": "‘", "”": "’", "„": "‘", "«": "‘", "»": "’"})


def cite(fact: Fact, base: FactBase, style: Style, accessed: datetime.date) -> str:
    """The references of a fact, one for each article that it rests on, with a blank line between them.

    One line each, but for BibTeX and RIS.  `accessed` is the day on which the reader opened the address.
    """
    spoken = {c.source.id for c in credits_of(fact, base) if c.source.speaker and c.source.speaker in c.who}
    first = {evidence.source: evidence for evidence in reversed(fact.evidence)}
    references = [_Reference(base.sources[i], first[i], i in spoken, accessed) for i in fact.sources]
    if style == "csl":
        return json.dumps([_csl(reference) for reference in references], ensure_ascii=False, indent=1)
    return "\n\n".join(_WRITERS[style](reference) for reference in references)


class _Reference:
    """What a reference is made of; `spoken` if the fact rests on the speaker's remarks."""

    def __init__(self, source: Source, evidence: Evidence, spoken: bool, accessed: datetime.date) -> None:
        self.source, self.accessed = source, accessed
        self.published = parse_date(source.published) if source.published else None
        self.author = self.marked("author", source.author)
        self.publisher = self.marked("publisher", source.publisher)
        self.by = self.author or self.publisher
        self.title = self.marked("title", _inside_quotes(source.title))
        self.section = _inside_quotes(evidence.section or "")
        self.remarks_by = f"remarks by {self.marked('speaker', source.speaker)}" if spoken else ""

    def marked(self, field: str, text: str | None) -> str:
        """A field of the source, in brackets if it was inferred."""
        return f"[{text}]" if text and field in self.source.inferred else text or ""

    def date(self, write: Callable[[FactDate], str] = str) -> str:
        """When it was published, or only of what day it reports."""
        if self.published:
            return self.marked("published", write(self.published))
        if reported := self.source.reports_on:
            return f"n.d., on an event of {self.marked('reports_on', write(parse_date(reported)))}"
        return "n.d."

    @property
    def note(self) -> str:
        """What the fields of a reference manager have no place for."""
        remarks = f"with remarks by {self.source.speaker}" if self.source.speaker else ""
        undated = "" if self.published else f"undated, {published(self.source)}".removesuffix(", ")
        return _joined("; ", remarks, undated, "" if self.source.url else ADDRESS_UNKNOWN)


def _joined(joint: str, *parts: str) -> str:
    return joint.join(part for part in parts if part)


def _plain(reference: _Reference) -> str:
    note = "" if reference.source.url else f"; {ADDRESS_UNKNOWN}"
    said = " ".join(_sentences(reference))
    return f"{said} {reference.source.address} (accessed {_british(reference.accessed)}{note})."


def _markdown(reference: _Reference) -> str:
    author, title, where = (part.translate(_MARKDOWN) for part in _sentences(reference))
    address, day = reference.source.address.translate(_MARKDOWN_ADDRESS), _british(reference.accessed)
    if reference.source.url:
        return f"{author} [{title}]({address}) {where} Accessed {day}."
    # A title that leads elsewhere would mislead, so the link is under the publisher's site's own name.
    return f"{author} {title} {where} <{address}> (accessed {day}; {ADDRESS_UNKNOWN})."


def _sentences(reference: _Reference) -> tuple[str, str, str]:
    """Author, title, and publisher with date."""
    publisher = reference.publisher if reference.author else ""
    section = f"section “{reference.section}”" if reference.section else ""
    where = capitalised(_joined(", ", publisher, reference.remarks_by, reference.date(), section))
    # A title that ends in punctuation has no full stop.
    ended = reference.title.rstrip("]’").endswith(("?", "!", ".", "…"))
    title = f"“{reference.title}{'' if ended else '.'}”"
    return f"{reference.by.removesuffix('.')}.", title, f"{where}."


def _chicago(reference: _Reference) -> str:
    """A full note; the comma stands within the quotation marks, also after a question mark (6.125)."""
    source = reference.source
    note = _joined(
        ", ",
        reference.author,
        f"“{reference.title},”",
        f"under “{reference.section},”" if reference.section else "",
        reference.remarks_by,
        reference.publisher,
        reference.date(lambda date: _american(date.first) if _to_the_day(date) else str(date)),
        f"accessed {_american(reference.accessed)}",
        source.address,
    ).replace(",”,", ",”")
    return f"{note}." if source.url else f"{note} ({ADDRESS_UNKNOWN})."


def _bibtex(reference: _Reference) -> str:
    """An entry for the article, without the passage: two facts of one article give the same entry."""
    source = reference.source
    author = reference.by.translate(_BIBTEX)
    # An organisation or a bracketed name isn't taken apart into first and last names.
    whole = not source.author or "author" in source.inferred
    fields = {
        "author": f"{{{author}}}" if whole else author,
        "title": f"{{{reference.title.translate(_BIBTEX)}}}",
        "howpublished": reference.publisher.translate(_BIBTEX) if source.author else "",
        **_bibtex_date(reference),
        "url": source.address.translate(_BIBTEX_ADDRESS),
        "urldate": reference.accessed.isoformat(),
        "note": capitalised(reference.note).translate(_BIBTEX),
    }
    fields = {name: value for name, value in fields.items() if value}
    width = max(map(len, fields))
    # The months are macros, which take no braces.
    lines = [f"  {n:<{width}} = {v if n == 'month' else f'{{{v}}}'}" for n, v in fields.items()]
    return "\n".join([f"@misc{{{source.id},", ",\n".join(lines), "}"])


def _bibtex_date(reference: _Reference) -> dict[str, str]:
    date = reference.published
    if not date:
        return {}
    if date.is_interval or date.start.precision == "decade" or date.start.approximate:
        return {"year": reference.date().translate(_BIBTEX)}
    month = MONTHS[date.first.month][:3].lower() if date.has_month else ""
    day = str(date.first.day) if _to_the_day(date) else ""
    return {"year": reference.marked("published", str(date.first.year)), "month": month, "day": day}


def _ris(reference: _Reference) -> str:
    """A record of a web page (type ELEC)."""
    source, date = reference.source, reference.published
    fields = {
        "TY": "ELEC",
        "ID": source.id,
        "AU": reference.by,
        "TI": reference.title,
        "PB": reference.publisher,
        "PY": str(date.first.year) if date else "",
        "DA": f"{date.first:%Y/%m/%d}" if date and _to_the_day(date) else "",
        "LA": source.language,
        "UR": source.address,
        "Y2": f"{reference.accessed:%Y/%m/%d}",
        "N1": reference.note,
    }
    return "\n".join([*(f"{tag}  - {value}" for tag, value in fields.items() if value), "ER  - "])


def _csl(reference: _Reference) -> dict[str, Any]:
    source, accessed, date = reference.source, reference.accessed, reference.published
    item: dict[str, Any] = {
        "id": source.id,
        "type": "webpage",
        "title": reference.title,
        "author": [{"literal": reference.by}],
        "container-title": reference.publisher,
        "language": source.language,
        "URL": source.address,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
    }
    if date:
        parts = {"day": 3, "month": 2}.get(date.start.precision, 1)
        item["issued"] = {"date-parts": [[date.first.year, date.first.month, date.first.day][:parts]]}
    return item | ({"note": reference.note} if reference.note else {})


_WRITERS: dict[Style, Callable[[_Reference], str]] = {
    "plain": _plain, "markdown": _markdown, "chicago": _chicago, "bibtex": _bibtex, "ris": _ris,
}  # fmt: skip


def _inside_quotes(text: str) -> str:
    """A text for use in quotation marks: the marks inside become single ones."""
    return re.sub(r'"([^"]*)"', r"‘\1’", text).translate(_INNER_QUOTES)


def _to_the_day(date: FactDate) -> bool:
    return date.start.precision == "day" and not date.is_interval


def _british(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def _american(day: datetime.date) -> str:
    return f"{MONTHS[day.month]} {day.day}, {day.year}"
