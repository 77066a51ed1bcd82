"""The differences between two versions of the fact files, record by record and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core.facts.base import FactBase
from bot.core.facts.formatter import ORDER
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.loader import QUESTIONS, SITE, TOPIC, VOCABULARY
from bot.core.facts.models import Fact

Files: TypeAlias = Mapping[
    str, Mapping[str, Any]
]  # the records of each file by its name, such as `facts/trade.yaml`
Fields: TypeAlias = Mapping[str, Any]  # texts and lists of texts


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
    removed: Mapping[str, str]  # titles by id
    others: tuple[FieldChange, ...]


def compare(before: Files, after: Files, base: FactBase) -> Comparison:
    """The differences; `base` is what `after` loads as.  A fact that has an old id among its former ids is the old one."""
    (old_facts, old_others), (facts, others) = _fields(before), _fields(after)
    added, changed, kept = [], [], set()
    for fact in base.facts:
        old_id = next((i for i in (fact.id, *fact.former_ids) if i in old_facts and i not in kept), None)
        if old_id is None:
            added.append(fact)
        else:
            kept.add(old_id)
            if fields := tuple(_changes(old_facts[old_id], facts[fact.id])):
                changed.append((fact, fields))
    removed = {i: str(record.get("title", "")) for i, record in old_facts.items() if i not in kept}
    return Comparison(tuple(added), tuple(changed), removed, tuple(_changes(old_others, others)))


def lost_ids(before: Files, base: FactBase) -> Iterator[Problem]:
    """A problem for each id that was published and leads to no fact now, at the fact that was probably renamed."""
    old_facts, _ = _fields(before)
    added = [fact for fact in base.facts if fact.id not in old_facts]
    for old_id, record in old_facts.items():
        for name in (old_id, *record.get("former_ids", ())):
            if base.get(name):
                continue
            expected = f"the line `former_ids: [{name}]`, since links and old messages lead to that id"
            if renamed := next((f for f in added if f.title == record.get("title")), None):
                message = f"{quote_value(name)} was published, and is probably this fact"
                yield base.problem(renamed, "former_ids", "lost-id", message, expected)
            else:
                message = f"{quote_value(name)} was published, and no fact has this id now"
                place = Place(f"facts/{record['topic']}.yaml", 1)
                yield Problem(place, "", "lost-id", message, f"{expected} (in the fact that takes its place)")


def _fields(files: Files) -> tuple[dict[str, Fields], Fields]:
    """The fields of each fact by its id, and everything else by names such as `seeds/riac-2019.title`."""
    facts: dict[str, Fields] = {}
    others: dict[str, Any] = {}
    for file, records in files.items():
        folder, _, name = file.removesuffix(".yaml").rpartition("/")
        if folder == "facts" and name not in (VOCABULARY, SITE):
            for key, record in records.items():
                if key != TOPIC and isinstance(record, dict):
                    named = {"id": key, "topic": name, **record}
                    facts[key] = dict(_flat({k: named[k] for k in ("id", "topic", *ORDER) if k in named}))
            records = {TOPIC: records.get(TOPIC, {})}
        shown = (
            f"{folder}/{name}." if name not in (VOCABULARY, SITE) and QUESTIONS not in folder else f"{name}."
        )
        others |= _flat(records, shown)
    return facts, others


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Texts and lists of texts by names such as `evidence.1.quote`."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        value = {str(number): item for number, item in enumerate(value, 1)}
    if not isinstance(value, dict):
        yield prefix.removesuffix("."), value
        return
    for name, item in value.items():
        yield from _flat(item, f"{prefix}{name}.")


def _changes(before: Fields, after: Fields) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name, ""), after.get(name, "")
        if isinstance(old or new, list):
            old, new = list(old), list(new)
            if sorted(old) != sorted(new):  # else the same in another order
                old, new = [x for x in old if x not in new], [x for x in new if x not in old]
            old, new = ", ".join(old), ", ".join(new)
        if old != new:
            yield FieldChange(name, " ".join(str(old).split()), " ".join(str(new).split()))
