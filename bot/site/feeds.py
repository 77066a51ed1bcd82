"""The facts in formats for programs: JSON-LD, Frictionless data package, iCalendar; what Atom lists, and when it changed."""

from __future__ import annotations

import datetime
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import __version__
from bot.core.facts.base import FactBase
from bot.core.facts.models import DatedEvent, Fact, Source
from bot.core.present.byline import byline, credits_of, holder
from bot.core.present.export import CSV_COLUMNS
from bot.core.present.links import fact_path

ENTRIES = 50  # of the feed
LICENCE = {
    "name": "CC-BY-4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
    "title": "Creative Commons Attribution 4.0 International",
}
# A line of a calendar has at most 75 bytes.
_PIECE = re.compile(r"[ -~]{1,73}|.{1,24}")
_TIME, _KEY = "committer-time ", re.compile(r"\t([^\s#:]+):")  # lines of git blame


def json_ld(base: FactBase, fact: Fact, home: str) -> dict[str, Any]:
    """The fact as a schema.org Claim in the articles that it rests on, with its quotes and without a verdict."""
    claim: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Claim",
        "identifier": fact.id,
        "name": fact.title,
        "text": fact.statement,
        "inLanguage": "en",
        "creditText": byline(fact, base),
        "temporalCoverage": fact.when.edtf,
        "appearance": [],
    }
    for credit in credits_of(fact, base):
        quote = {"@type": "Quotation", "text": credit.evidence.quote, "url": base.link(credit.evidence)}
        claim["appearance"].append({**_article(credit.source), "hasPart": quote})
    if home:
        claim["@id"] = claim["url"] = f"{home}{fact_path(fact.id)}"
    if name := holder(fact):
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
    table = {
        "profile": "tabular-data-resource", "name": "facts", "path": "facts.csv", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": {"fields": fields, "primaryKey": "id"},
    }  # fmt: skip
    tree = {"name": "facts-json", "path": "facts.json", "format": "json", "mediatype": "application/json"}
    return {
        "profile": "data-package",
        "name": f"{base.site.name.lower()}-facts",
        "title": f"{base.site.name} facts",
        "description": base.site.description,
        "version": base.version,
        "licenses": [LICENCE],
        "sources": [{"title": source.title, "path": source.address} for source in base.sources.values()],
        "resources": [table, tree],
    }


def latest(
    base: FactBase, today: datetime.date, changed: Mapping[str, datetime.datetime]
) -> list[tuple[str, Fact]]:
    """The facts that were added or changed last, each with when; the review stands in for an unknown time."""
    dated = []
    for fact in base.facts:
        reviewed = f"{fact.last_checked or today}T00:00:00Z"
        dated.append((f"{changed[fact.id]:%FT%TZ}" if fact.id in changed else reviewed, fact))
    return sorted(dated, key=lambda entry: (entry[0], entry[1].id), reverse=True)[:ENTRIES]


def calendar(base: FactBase, home: str, today: datetime.date) -> str:
    """The events that are known to the day, as iCalendar (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{base.site.name}//{__version__}//EN"]
    for fact in base.facts:
        precise = {fact.when.start.precision, fact.when.end.precision} == {"day"}
        if isinstance(fact, DatedEvent) and precise:
            lines += [
                "BEGIN:VEVENT",
                f"UID:{fact.id}@{base.site.name.lower()}",
                f"DTSTAMP:{fact.last_checked or today:%Y%m%d}T000000Z",
                f"DTSTART;VALUE=DATE:{fact.when.first:%Y%m%d}",
                f"DTEND;VALUE=DATE:{fact.when.last + datetime.timedelta(days=1):%Y%m%d}",
                f"SUMMARY:{_escaped(fact.title)}",
                f"DESCRIPTION:{_escaped(f'{fact.statement} {byline(fact, base)}')}",
                *([f"URL:{home}{fact_path(fact.id)}"] if home else []),
                "END:VEVENT",
            ]
    folded = ("\r\n ".join(_PIECE.findall(line)) for line in [*lines, "END:VCALENDAR"])
    return "".join(f"{line}\r\n" for line in folded)


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text)


def change_times(base: FactBase, folder: Path) -> dict[str, datetime.datetime]:
    """The time of the latest commit that changed more of an entry than its review date; without git, of none."""
    times: dict[str, datetime.datetime] = {}
    for file in sorted({base.places[fact.id].file for fact in base.facts}):
        command = ["git", "blame", "-w", "--line-porcelain", "--", file]
        try:
            blame = subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        entry, committed = "", datetime.datetime.min
        for line in blame.stdout.splitlines():
            if line.startswith(_TIME):
                committed = datetime.datetime.fromtimestamp(int(line.removeprefix(_TIME)), datetime.UTC)
            elif key := _KEY.match(line):
                entry = key[1]
            if entry in base.by_id and line.startswith("\t") and not line.startswith("\t  checked:"):
                times[entry] = max(times.get(entry, committed), committed)
    return times
