"""The facts in formats for programs: JSON-LD, Frictionless data package, Atom, iCalendar and llms.txt."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from bot import __version__
from bot.core.facts.base import FactBase
from bot.core.facts.models import DatedEvent, Fact, Source
from bot.core.present.byline import byline, credits_of, holder
from bot.core.present.card import headline
from bot.core.present.export import CSV_COLUMNS

ENTRIES = 50  # of the feed
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ATOM = "http://www.w3.org/2005/Atom"


def json_ld(base: FactBase, fact: Fact, url: str) -> dict[str, Any]:
    """The fact as a schema.org Claim in the articles that it rests on, with its quotes and without a verdict."""
    appearances = []
    for credit in credits_of(fact, base):
        quote = {"@type": "Quotation", "text": credit.evidence.quote, "url": base.link(credit.evidence)}
        appearances.append({**_article(credit.source), "hasPart": quote})
    claim: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Claim",
        **({"@id": url, "url": url} if url else {}),
        "identifier": fact.id,
        "name": fact.title,
        "text": fact.statement,
        "inLanguage": "en",
        "creditText": byline(fact, base),
        "temporalCoverage": fact.when.edtf,
        "appearance": appearances[0] if len(appearances) == 1 else appearances,
    }
    if fact.attribution and (name := holder(fact)):
        claim["author"] = {"@type": "Thing", "name": name}
    return claim


def _article(source: Source) -> dict[str, Any]:
    article: dict[str, Any] = {
        "@type": "Article",
        "headline": source.title,
        "inLanguage": source.language,
        "publisher": {"@type": "Organization", "name": source.publisher, "url": source.publisher_url},
    }
    if source.author and "author" not in source.inferred:
        article["author"] = {"@type": "Person", "name": source.author}
    if source.published and "published" not in source.inferred:
        article["datePublished"] = source.published
    if source.url:
        article["url"] = source.url
    return article


def data_package(base: FactBase) -> dict[str, Any]:
    """The Frictionless description of facts.json and facts.csv."""
    fields = [{"name": name, "type": "string"} for name in CSV_COLUMNS]
    licence = {
        "name": "CC-BY-4.0",
        "path": LICENCE,
        "title": "Creative Commons Attribution 4.0 International",
    }
    return {
        "profile": "data-package",
        "name": f"{base.site.name.lower()}-facts",
        "title": f"{base.site.name} facts",
        "description": base.site.description,
        "version": base.version,
        "licenses": [licence],
        "sources": [{"title": source.title, "path": source.address} for source in base.sources.values()],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": "facts",
                "path": "facts.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": fields, "primaryKey": "id"},
            },
            {"name": "facts-json", "path": "facts.json", "format": "json", "mediatype": "application/json"},
        ],
    }


def atom(base: FactBase, url: str, today: datetime.date, changed: Mapping[str, datetime.datetime]) -> str:
    """The facts that were added or changed last, as an Atom feed; the review stands in for an unknown time."""
    home = f"{url}/" if url else ""
    dates = {
        f.id: f"{changed[f.id]:%FT%TZ}" if f.id in changed else f"{f.last_checked or today}T00:00:00Z"
        for f in base.facts
    }
    latest = sorted(base.facts, key=lambda fact: (dates[fact.id], fact.id), reverse=True)[:ENTRIES]
    feed = ElementTree.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", home if url else f"urn:{base.site.name.lower()}")
    _add(feed, "title", f"{base.site.name}: facts added or changed")
    _add(feed, "updated", max(dates.values(), default=f"{today}T00:00:00Z"))
    ElementTree.SubElement(feed, "link", {"rel": "self", "href": f"{home}feed.xml"})
    _add(ElementTree.SubElement(feed, "author"), "name", base.site.name)
    for fact in latest:
        entry = ElementTree.SubElement(feed, "entry")
        address = f"{home}facts/{fact.id}/"
        _add(entry, "id", address if url else f"urn:{base.site.name.lower()}:{fact.id}")
        _add(entry, "title", headline(fact))
        _add(entry, "updated", dates[fact.id])
        ElementTree.SubElement(entry, "link", {"href": address})
        _add(entry, "summary", f"{fact.statement} {byline(fact, base)}")
    ElementTree.indent(feed, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, encoding="unicode")}\n'


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def calendar(base: FactBase, url: str, today: datetime.date) -> str:
    """The events that are known to the day, as iCalendar (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{base.site.name}//{__version__}//EN"]
    for fact in base.facts:
        if not isinstance(fact, DatedEvent) or {fact.when.start.precision, fact.when.end.precision} != {
            "day"
        }:
            continue
        after = fact.when.last + datetime.timedelta(days=1)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{fact.id}@{base.site.name.lower()}",
            f"DTSTAMP:{fact.last_checked or today:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{fact.when.first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            f"SUMMARY:{_escaped(fact.title)}",
            f"DESCRIPTION:{_escaped(f'{fact.statement} {byline(fact, base)}')}",
            *([f"URL:{url}/facts/{fact.id}/"] if url else []),
            "END:VEVENT",
        ]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text


def _folded(line: str) -> str:
    """A line in pieces of at most 75 bytes."""
    pieces, piece = [], ""
    for character in line:
        if len(f"{piece}{character}".encode()) > 74:
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join([*pieces, piece])


def llms_text(base: FactBase) -> str:
    """What a language model should know of the site (llmstxt.org)."""
    topics = "\n".join(f"- [{t.title}](topics/{t.id}/): {t.about}" for t in base.topics.values())
    sources = "\n".join(f"- [{s.short}](sources/{s.id}/): {s.title}. {s.by}" for s in base.sources.values())
    return f"""# {base.site.name}

> {base.site.description}

Each entry says what one article states, when that held and who says so. Figures and events are reported by an article;
opinions belong to their holder. Cite an entry with its byline and link; the site gives no verdict on what is true.

## Data

- [facts.json](facts.json): every entry with its byline, quote and link
- [facts.csv](facts.csv): the same as a table

## Topics

{topics}

## Sources

{sources}
"""
