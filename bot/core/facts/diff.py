"""The differences between two versions of the fact base, record by record and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.formatter import ORDER
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.models import Fact


@dataclass(frozen=True)
class FieldChange:
    """A field with its values before and after; of a list, the items that only one of them has."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """What was added, changed and removed; `others` are changes of sources, topics and words, by name."""

    added: tuple[Fact, ...]
    changed: tuple[tuple[Fact, tuple[FieldChange, ...]], ...]  # the fact as it is now
    removed: tuple[Fact, ...]
    others: tuple[FieldChange, ...]


def compare(before: FactBase, after: FactBase) -> Comparison:
    """The differences in the order of the facts; a fact that has an old id among its former ids is the old one, renamed."""
    added, changed, kept = [], [], set()
    for fact in after.facts:
        names = (fact.id, *fact.former_ids)
        old = next((f for name in names if (f := before.by_id.get(name)) and f.id not in kept), None)
        if old is None:
            added.append(fact)
        else:
            kept.add(old.id)
            if fields := tuple(_changes(_fields(old), _fields(fact))):
                changed.append((fact, fields))
    removed = tuple(f for f in before.facts if f.id not in kept)
    others = tuple(_changes(_others(before), _others(after)))
    return Comparison(tuple(added), tuple(changed), removed, others)


def lost_ids(before: FactBase, after: FactBase) -> Iterator[Problem]:
    """A problem for each id that answered before and does not now, at the fact that was probably renamed."""
    added = [fact for fact in after.facts if before.get(fact.id) is None]
    for name in (*before.by_id, *before.by_former_id):
        old = before.get(name)
        if old is None or after.get(name):
            continue
        expected = f"the line `former_ids: [{name}]`, since links and old messages lead to that id"
        renamed = next((f for f in added if f.title == old.title or f.evidence == old.evidence), None)
        if renamed:
            message = f"{quote_value(name)} was published, and is probably this fact"
            yield after.problem(renamed, "former_ids", "lost-id", message, expected)
        else:
            message = f"{quote_value(name)} was published, and no fact has this id now"
            place = Place(before.places[old.id].file, 1)
            yield Problem(place, "", "lost-id", message, f"{expected} (in the fact that takes its place)")


def _fields(fact: Fact) -> dict[str, Any]:
    """The fields of a fact by the names that messages use, evidence by evidence."""
    data = fact.model_dump()
    fields: dict[str, Any] = {"id": fact.id, "topic": fact.topic}
    fields |= {name: data[name] for name in ORDER if name in data and name != "evidence"}
    return fields | {"evidence": {str(n): item for n, item in enumerate(data["evidence"], 1)}}


def _others(base: FactBase) -> dict[str, Any]:
    """Everything besides the facts by unique names, such as `seeds/riac-2019` or `vocabulary`."""
    return {
        **{f"seeds/{source.id}": source.model_dump() for source in base.sources.values()},
        **{
            f"facts/{topic.id}.topic": {"title": topic.title, "about": topic.about, "checked": topic.checked}
            for topic in base.topics.values()
        },
        "questions": base.questions,
        "unanswered": base.unanswered,
        "vocabulary": base.vocabulary.model_dump(),
        "site": base.site.model_dump(),
    }


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> Iterator[FieldChange]:
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name), after.get(name)
        if (old or None) == (new or None):
            continue
        if isinstance(old or new, Mapping):
            yield from _changes(old or {}, new or {}, f"{prefix}{name}.")
        elif isinstance(old or new, tuple):
            old, new = old or (), new or ()
            if set(old) != set(new):  # else the same in another order
                old, new = [x for x in old if x not in new], [x for x in new if x not in old]
            yield FieldChange(f"{prefix}{name}", ", ".join(old), ", ".join(new))
        else:
            yield FieldChange(f"{prefix}{name}", _text(old), _text(new))


def _text(value: Any) -> str:
    """A field as a person reads it; empty where it is not set."""
    return "true" if value is True else value or ""
