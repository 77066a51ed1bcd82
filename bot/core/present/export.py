"""Facts and outcomes as plain data: the JSON and CSV that the command line prints, by the field names of the README."""

import csv
import io
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.models import Evidence, Fact, Source
from bot.core.present.byline import byline
from bot.core.present.replies import overview_of
from bot.core.present.strings import ENGLISH
from bot.core.search.results import Choices, NoAnswer, Outcome

_FIELDS = (
    "id", "kind", "topic", "title", "statement", "value", "date", "as_of", "attribution", "byline", "role", "series",
    "see_also", "actors", "asks", "expected", "note", "checked", "former_ids", "source", "section", "quote", "link",
    "evidence", "score",
)  # fmt: skip
CSV_COLUMNS = tuple(
    name
    for name in _FIELDS
    if name not in ("see_also", "actors", "expected", "checked", "former_ids", "evidence", "score")
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula


def fact_as_json(base: FactBase, fact: Fact, score: float | None = None) -> dict[str, Any]:
    """One fact by the names of the contract; `source`, `section`, `quote` and `link` are the first evidence's."""
    evidence = [
        {**_fields(passage, "source", "section", "quote"), "link": base.link(passage)}
        for passage in fact.evidence
    ]
    source = base.sources[fact.evidence[0].source]
    computed = {
        "byline": byline(fact, base),
        "expected": fact.expected or None,
        "checked": fact.last_checked and fact.last_checked.isoformat(),
        **evidence[0],
        "source": _fields(source, "id", "title", "author", "publisher", "published", "url"),
        "evidence": evidence,
        "score": None if score is None else round(score, 4),
    }
    values = _fields(fact, *_FIELDS) | computed
    return {name: values[name] for name in _FIELDS if values.get(name) is not None}


def outcome_as_json(base: FactBase, outcome: Outcome, query: str) -> dict[str, Any]:
    """One line of `ask --json`."""
    fields: dict[str, Any] = {"query": query, "status": outcome.status}
    hits = () if isinstance(outcome, NoAnswer) else outcome.hits
    if not isinstance(outcome, NoAnswer):
        fields["form"] = outcome.form
    if isinstance(outcome, Choices):
        fields["fit"] = outcome.fit
        if outcome.form == "overview":
            fields["total"] = len(overview_of(outcome, base, ENGLISH).entries)
    return fields | {
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


def _fields(record: Fact | Source | Evidence, *names: str) -> dict[str, Any]:
    """The fields of a record that apply."""
    found = ((name, getattr(record, name, None)) for name in names)
    return {name: list(v) if isinstance(v, tuple) else v for name, v in found if v not in (None, ())}
