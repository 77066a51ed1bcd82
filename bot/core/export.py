"""Facts as plain data: the JSON and CSV that the command line prints.

Belongs here: the field names of the contract in the README.  A field is absent where it does not apply.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from bot.core.byline import byline
from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, DatedEvent, Evidence, Fact, Figure
from bot.core.search.results import Answer, Outcome

CSV_COLUMNS = (
    "id",
    "kind",
    "topic",
    "title",
    "statement",
    "value",
    "date",
    "as_of",
    "attribution",
    "byline",
    "role",
    "series",
    "asks",
    "note",
    "source",
    "section",
    "quote",
    "link",
)


def fact_as_json(base: FactBase, fact: Fact, score: float | None = None) -> dict[str, Any]:
    """One fact by the names of the contract; `source`, `section`, `quote` and `link` are the first evidence's."""
    first = fact.evidence[0]
    fields: dict[str, Any] = {
        "id": fact.id,
        "kind": fact.kind,
        "topic": fact.topic,
        "title": fact.title,
        "statement": fact.statement,
        "value": fact.value if isinstance(fact, Figure) else None,
        "date": fact.date if isinstance(fact, DatedEvent) else None,
        "as_of": None if isinstance(fact, DatedEvent) else fact.as_of,
        "attribution": fact.attribution,
        "byline": byline(fact, base),
        "role": fact.role if isinstance(fact, Actor) else None,
        "series": fact.series,
        "see_also": list(fact.see_also),
        "actors": list(fact.actors),
        "asks": list(fact.asks),
        "expected": fact.expected or None,
        "note": fact.note,
        "checked": fact.last_checked.isoformat() if fact.last_checked else None,
        "former_ids": list(fact.former_ids),
        "source": _source(base, first),
        "section": first.section,
        "quote": first.quote,
        "link": base.link(first),
        "evidence": [
            _present({"source": e.source, "section": e.section, "quote": e.quote, "link": base.link(e)})
            for e in fact.evidence
        ],
        "score": None if score is None else round(score, 4),
    }
    return _present(fields)


def outcome_as_json(base: FactBase, outcome: Outcome, query: str) -> dict[str, Any]:
    """One line of `ask --json`."""
    hits = outcome.hits if outcome.status != "none" else ()
    return {
        "query": query,
        "status": outcome.status,
        "facts": [fact_as_json(base, hit.fact, hit.score) for hit in hits],
        "unknown": list(outcome.unknown),
        "topics": [topic.id for topic in outcome.topics],
    }


def facts_as_csv(base: FactBase) -> str:
    """Every fact as a row; lists are joined with `; `, and cells that a spreadsheet would run as a formula are defused."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for fact in base.facts:
        row = fact_as_json(base, fact)
        row["source"] = row["source"]["id"]
        row["asks"] = "; ".join(row.get("asks", ()))
        writer.writerow({k: _cell(v) for k, v in row.items() if isinstance(v, str)})
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@" else text


def _source(base: FactBase, evidence: Evidence) -> dict[str, Any]:
    source = base.sources[evidence.source]
    return _present(
        {
            "id": source.id,
            "title": source.title,
            "author": source.author,
            "publisher": source.publisher,
            "published": source.published,
            "url": source.url,
        }
    )


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v not in (None, [], ())}


__all__ = ["Answer", "fact_as_json", "facts_as_csv", "outcome_as_json"]
