"""Facts and outcomes as plain data: the JSON and CSV that the command line prints, by the field names of the README."""

from __future__ import annotations

import csv
import io
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, DatedEvent, Evidence, Fact, Figure
from bot.core.present.byline import byline
from bot.core.present.overview import overview_of
from bot.core.present.strings import ENGLISH
from bot.core.search.results import Choices, NoAnswer, Outcome

CSV_COLUMNS = (
    "id", "kind", "topic", "title", "statement", "value", "date", "as_of", "attribution", "byline", "role", "series",
    "asks", "note", "source", "section", "quote", "link",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula


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
        **_evidence(base, first),
        "source": _source(base, first),
        "evidence": [_evidence(base, evidence) for evidence in fact.evidence],
        "score": None if score is None else round(score, 4),
    }
    return _present(fields)


def outcome_as_json(base: FactBase, outcome: Outcome, query: str) -> dict[str, Any]:
    """One line of `ask --json`."""
    hits = outcome.hits if outcome.status != "none" else ()
    total = None
    if isinstance(outcome, Choices) and outcome.form == "overview":
        total = len(overview_of(query, outcome.facts, outcome.topics, base, ENGLISH).entries)
    return {
        "query": query,
        "status": outcome.status,
        **({} if isinstance(outcome, NoAnswer) else {"form": outcome.form}),
        **({"fit": outcome.fit} if isinstance(outcome, Choices) else {}),
        **({"total": total} if total else {}),
        "facts": [fact_as_json(base, hit.fact, hit.score) for hit in hits],
        "unknown": list(outcome.unknown),
        "topics": [topic.id for topic in outcome.topics],
    }


def facts_as_csv(base: FactBase) -> str:
    """Every fact as a row; lists are joined with `; `, and no cell is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for fact in base.facts:
        row = fact_as_json(base, fact)
        row["source"] = row["source"]["id"]
        row["asks"] = "; ".join(row.get("asks", ()))
        writer.writerow({name: _cell(value) for name, value in row.items() if isinstance(value, str)})
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _evidence(base: FactBase, evidence: Evidence) -> dict[str, Any]:
    return _present(
        {
            "source": evidence.source,
            "section": evidence.section,
            "quote": evidence.quote,
            "link": base.link(evidence),
        }
    )


def _source(base: FactBase, evidence: Evidence) -> dict[str, Any]:
    source = base.sources[evidence.source]
    names = ("id", "title", "author", "publisher", "published", "url")
    return _present({name: getattr(source, name) for name in names})


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that apply."""
    return {name: value for name, value in fields.items() if value not in (None, [], ())}
