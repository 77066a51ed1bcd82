"""References to the articles that a fact rests on, ready to be copied.

What was inferred stands in square brackets, as the style guides ask for what the page itself does not say (The
Chicago Manual of Style, 17th edition, 14.93 and 14.145); what is unknown is left out.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

from bot.core.facts.base import FactBase
from bot.core.facts.dates import MONTHS, FactDate, parse_date
from bot.core.facts.models import Evidence, Fact, Source
from bot.core.present.byline import credits_of

Style: TypeAlias = Literal["plain", "markdown", "chicago", "bibtex", "ris", "csl"]

STYLES: tuple[Style, ...] = get_args(Style)
TO_READ = STYLES[:4]  # the others are for programs
STYLE_NAMES: dict[Style, str] = {
    "plain": "Plain text",
    "markdown": "Markdown",
    "chicago": "Chicago (notes)",
    "bibtex": "BibTeX",
    "ris": "RIS",
    "csl": "CSL-JSON",
}
ADDRESS_UNKNOWN = "the article's own address is not known; this is its publisher's site"

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#&])")
_MARKDOWN_ADDRESS = {" ": "%20", "<": "%3C", ">": "%3E", "(": "%28", ")": "%29", "\\": "%5C"}
# BibTeX counts braces even behind a backslash, so that a brace of the text has to be spelt out.
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{sign: f"\\{sign}" for sign in "&%$#_"},
}  # fmt: skip
_BIBTEX_ADDRESS = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"}
_BIBTEX_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_INNER_QUOTES = str.maketrans({"“": "‘", "”": "’", "„": "‘", "«": "‘", "»": "’"})
_STRAIGHT_QUOTED = re.compile(r'"([^"]*)"')


def cite(fact: Fact, base: FactBase, style: Style, accessed: datetime.date) -> str:
    """The references of a fact, one for each article that it rests on, with a blank line between them.

    One line each, but for BibTeX.  `accessed` is the day on which the reader opened the address.
    """
    first: dict[str, Evidence] = {}
    for evidence in fact.evidence:
        first.setdefault(evidence.source, evidence)
    spoken = {c.source.id for c in credits_of(fact, base) if c.source.speaker and c.source.speaker in c.who}
    references = [_Reference(base.sources[i], e, spoken=i in spoken) for i, e in first.items()]
    if style == "csl":
        return json.dumps([_csl(r, accessed) for r in references], ensure_ascii=False, indent=1)
    return "\n\n".join(_WRITERS[style](reference, accessed) for reference in references)


class _Reference:
    """What a reference is made of, with the brackets around what was inferred."""

    def __init__(self, source: Source, evidence: Evidence, *, spoken: bool) -> None:
        self.source, self.section, self.spoken = source, evidence.section, spoken
        self.author = self._marked("author", source.author) if source.author else ""
        self.title = self._marked("title", _inside_quotes(source.title))
        self.publisher = self._marked("publisher", source.publisher)

    def _marked(self, field: str, text: str) -> str:
        return f"[{text}]" if field in self.source.inferred else text

    def date(self, write: Callable[[FactDate], str] = str) -> str:
        """When it was published, or that the page tells only of what day it reports."""
        source = self.source
        if source.published:
            return self._marked("published", write(parse_date(source.published)))
        if source.reports_on:
            event = self._marked("reports_on", write(parse_date(source.reports_on)))
            return f"n.d., on an event of {event}"
        return "n.d."

    @property
    def speaker(self) -> str:
        """Whose remarks these are, where the fact rests on them."""
        source = self.source
        return (
            f"remarks by {self._marked('speaker', source.speaker)}" if self.spoken and source.speaker else ""
        )


def _plain(reference: _Reference, accessed: datetime.date) -> str:
    source = reference.source
    parts = _sentences(reference, f"“{_ended(reference.title)}”")
    note = "" if source.url else f"; {ADDRESS_UNKNOWN}"
    return f"{parts} {source.address} (accessed {_british(accessed)}{note})."


def _markdown(reference: _Reference, accessed: datetime.date) -> str:
    source = reference.source
    address = source.address
    for sign, encoded in _MARKDOWN_ADDRESS.items():
        address = address.replace(sign, encoded)
    title = _escaped_markdown(f"“{_ended(reference.title)}”")
    if source.url:
        return f"{_sentences(reference, f'[{title}]({address})', _escaped_markdown)} Accessed {_british(accessed)}."
    # A title that leads elsewhere would mislead, so the link is under the publisher's site's own name.
    return f"{_sentences(reference, title, _escaped_markdown)} <{address}> (accessed {_british(accessed)}; {ADDRESS_UNKNOWN})."


def _sentences(reference: _Reference, title: str, escape: Callable[[str], str] = str) -> str:
    """Author, title, publisher and date as sentences; `title` is drawn already, `escape` draws the rest."""
    author = escape(reference.author or reference.publisher)
    where = [escape(reference.publisher)] if reference.author else []
    if reference.speaker:
        where.append(escape(reference.speaker))
    where.append(escape(reference.date()))
    if reference.section:
        where.append(escape(f"section “{_inside_quotes(reference.section)}”"))
    tail = ", ".join(where)
    return f"{_stopped(author)} {title} {tail[:1].upper() + tail[1:]}."


def _chicago(reference: _Reference, accessed: datetime.date) -> str:
    """A full note; the comma stands within the quotation marks, also after a question mark (6.125)."""
    source = reference.source
    parts = [reference.author] if reference.author else []
    parts.append(f"“{reference.title},”")
    if reference.section:
        parts.append(f"under “{_inside_quotes(reference.section)},”")
    parts += [p for p in (reference.speaker, reference.publisher, reference.date(_american)) if p]
    parts += [f"accessed {_american_day(accessed)}", source.address]
    note = ", ".join(parts).replace(",”,", ",”")
    return f"{note}." if source.url else f"{note} ({ADDRESS_UNKNOWN})."


def _bibtex(reference: _Reference, accessed: datetime.date) -> str:
    """An entry for the article, whatever passage is cited: two facts of one article give the same entry."""
    source = reference.source
    fields: dict[str, str] = {}
    if reference.author:
        # A bracketed name is no name that BibTeX could take apart.
        inferred = "author" in source.inferred
        name = _escaped_bibtex(reference.author)
        fields["author"] = f"{{{{{name}}}}}" if inferred else f"{{{name}}}"
    else:
        fields["author"] = f"{{{{{_escaped_bibtex(reference.publisher)}}}}}"
    fields["title"] = f"{{{{{_escaped_bibtex(reference.title)}}}}}"
    if reference.author:
        fields["howpublished"] = f"{{{_escaped_bibtex(reference.publisher)}}}"
    fields.update(_bibtex_date(source))
    address = source.address
    for sign, encoded in _BIBTEX_ADDRESS.items():
        address = address.replace(sign, encoded)
    fields["url"] = f"{{{address}}}"
    fields["urldate"] = f"{{{accessed.isoformat()}}}"
    if remarks := "; ".join(_bibtex_remarks(reference)):
        fields["note"] = f"{{{_escaped_bibtex(remarks[:1].upper() + remarks[1:])}}}"
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:<{width}} = {value}" for name, value in fields.items())
    return f"@misc{{{source.id},\n{lines}\n}}"


def _bibtex_date(source: Source) -> dict[str, str]:
    if not source.published:
        return {}
    date = parse_date(source.published)
    if date.is_interval or date.start.precision == "decade" or date.start.approximate:
        text = f"[{date}]" if "published" in source.inferred else str(date)
        return {"year": f"{{{_escaped_bibtex(text)}}}"}
    year = f"[{date.first.year}]" if "published" in source.inferred else str(date.first.year)
    fields = {"year": f"{{{year}}}"}
    if date.has_month:
        fields["month"] = _BIBTEX_MONTHS[date.first.month - 1]
    if date.start.precision == "day":
        fields["day"] = f"{{{date.first.day}}}"
    return fields


def _bibtex_remarks(reference: _Reference) -> list[str]:
    source = reference.source
    remarks = []
    if source.speaker:
        remarks.append(f"with remarks by {source.speaker}")
    if not source.published and source.reports_on:
        remarks.append(f"undated, on an event of {parse_date(source.reports_on)}")
    if not source.url:
        remarks.append(ADDRESS_UNKNOWN)
    return remarks


def _ris(reference: _Reference, accessed: datetime.date) -> str:
    """A record of a web page (type ELEC)."""
    source = reference.source
    date = parse_date(source.published) if source.published else None
    fields = [
        ("TY", "ELEC"),
        ("ID", source.id),
        ("AU", reference.author or reference.publisher),
        ("TI", reference.title),
        ("PB", reference.publisher),
        ("PY", str(date.first.year) if date else ""),
        ("DA", f"{date.first:%Y/%m/%d}" if date and date.start.precision == "day" else ""),
        ("LA", source.language),
        ("UR", source.address),
        ("Y2", f"{accessed:%Y/%m/%d}"),
        ("N1", "; ".join(_bibtex_remarks(reference))),
        ("ER", ""),
    ]
    return "\n".join(f"{tag}  - {value}" for tag, value in fields if value or tag == "ER")


def _csl(reference: _Reference, accessed: datetime.date) -> dict[str, Any]:
    source = reference.source
    item: dict[str, Any] = {
        "id": source.id,
        "type": "webpage",
        "title": reference.title,
        "author": [{"literal": reference.author or reference.publisher}],
        "container-title": reference.publisher,
        "language": source.language,
        "URL": source.address,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
    }
    if source.published:
        date = parse_date(source.published)
        parts = {"day": 3, "month": 2}.get(date.start.precision, 1)
        item["issued"] = {"date-parts": [[date.first.year, date.first.month, date.first.day][:parts]]}
    if remarks := "; ".join(_bibtex_remarks(reference)):
        item["note"] = remarks
    return item


_WRITERS: dict[Style, Callable[[_Reference, datetime.date], str]] = {
    "plain": _plain,
    "markdown": _markdown,
    "chicago": _chicago,
    "bibtex": _bibtex,
    "ris": _ris,
}


def _inside_quotes(text: str) -> str:
    """A text that will stand in quotation marks: its own become single ones."""
    return _STRAIGHT_QUOTED.sub(r"‘\1’", text).translate(_INNER_QUOTES)


def _ended(title: str) -> str:
    """A title as a sentence: with a full stop, unless it ends in a mark of its own."""
    return title if title.rstrip("]’").endswith(("?", "!", ".", "…")) else f"{title}."


def _stopped(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


def _escaped_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _escaped_bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(sign, sign) for sign in text)


def _british(day: datetime.date) -> str:
    return f"{day.day} {MONTHS[day.month]} {day.year}"


def _american_day(day: datetime.date) -> str:
    return f"{MONTHS[day.month]} {day.day}, {day.year}"


def _american(date: FactDate) -> str:
    """The date as Chicago writes it; intervals as their two ends."""
    ends = [date.start] if not date.is_interval else [date.start, date.end]
    written = []
    for end in ends:
        text = _american_day(end.first) if end.precision == "day" else str(end).removeprefix("about ")
        written.append(f"ca. {text}" if end.approximate else text)
    return "–".join(written)
