"""What is different between two versions of the fact base, record by record and field by field.

Belongs here: finding the differences.  Does not belong here: where the other version comes from, or
how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.layout import FACT_ORDER
from bot.core.model import Fact, FactBase


@dataclass(frozen=True)
class FieldChange:
    """A field, and what it held before and holds now; of a list, what only the one or only the other has."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class FactChange:
    """A fact that is in both versions, perhaps under another id."""

    before: Fact
    after: Fact
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Comparison:
    """What was added, changed and removed; `others` are changes of sources, topics and words, by name."""

    added: tuple[Fact, ...]
    changed: tuple[FactChange, ...]
    removed: tuple[Fact, ...]
    others: tuple[FieldChange, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.others)


def compare(before: FactBase, after: FactBase) -> Comparison:
    """The differences, in the order of the facts.  A fact that names an old one among its former ids is that one, renamed."""
    changed, kept = [], set()
    added = []
    for fact in after.facts:
        names = (fact.id, *fact.former_ids)
        old = next((f for name in names if (f := before.by_id.get(name)) and f.id not in kept), None)
        if old is None:
            added.append(fact)
            continue
        kept.add(old.id)
        fields = tuple(_changes(_fields(old), _fields(fact)))
        if fields:
            changed.append(FactChange(old, fact, fields))
    removed = tuple(f for f in before.facts if f.id not in kept)
    return Comparison(tuple(added), tuple(changed), removed, tuple(_changes(_others(before), _others(after))))


def _fields(fact: Fact) -> dict[str, Any]:
    """The fields of a fact by the names that messages use, evidence by evidence."""
    data = fact.model_dump()
    fields: dict[str, Any] = {"id": fact.id, "topic": fact.topic}
    fields |= {name: data[name] for name in FACT_ORDER if name in data and name != "evidence"}
    for number, evidence in enumerate(data["evidence"], 1):
        fields |= {f"evidence.{number}.{name}": value for name, value in evidence.items()}
    return fields


def _others(base: FactBase) -> dict[str, Any]:
    """Everything beside the facts, by names that do not meet: `seeds/riac-2019.title`, `trade.about`, `names.Belarus`."""
    fields: dict[str, Any] = {}
    for source in base.sources.values():
        fields |= {f"seeds/{source.id}.{name}": value for name, value in source.model_dump().items()}
    for topic in base.topics.values():
        fields |= {
            f"facts/{topic.id}.topic.{name}": getattr(topic, name) for name in ("title", "about", "checked")
        }
    words = base.vocabulary
    for section in ("names", "synonyms"):
        fields |= {f"vocabulary.{section}.{word}": others for word, others in getattr(words, section).items()}
    fields |= {f"vocabulary.{name}": getattr(words, name) for name in ("ignore", "light", "asked", "loaded")}
    return fields


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name), after.get(name)
        if (old or None) == (new or None):
            continue
        if isinstance(old or new, tuple):
            old, new = old or (), new or ()
            gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
            if not gone and not come:
                gone, come = list(old), list(new)  # the same in another order
            yield FieldChange(name, ", ".join(gone), ", ".join(come))
        elif isinstance(old or new, dict):
            yield from _changes(
                {f"{name}.{k}": v for k, v in (old or {}).items()},
                {f"{name}.{k}": v for k, v in (new or {}).items()},
            )
        else:
            yield FieldChange(name, _text(old), _text(new))


def _text(value: Any) -> str:
    """A field as a person reads it; empty where it is not set."""
    return "true" if value is True else value or ""
