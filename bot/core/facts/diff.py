"""The differences between two versions of the fact base, record by record and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.formatter import FACT_ORDER
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.models import Fact


@dataclass(frozen=True)
class FieldChange:
    """A field with its values before and after; of a list, the items that only one of them has."""

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
    """The differences in the order of the facts; a fact that has an old id among its former ids is the old one, renamed."""
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


def lost_ids(before: FactBase, after: FactBase) -> list[Problem]:
    """A problem for each id that answered before and does not now, at the fact that was probably renamed."""
    problems = []
    added = [fact for fact in after.facts if before.get(fact.id) is None]
    for name in (*before.by_id, *before.by_former_id):
        if after.get(name):
            continue
        old = before.get(name)
        renamed = next(
            (f for f in added if old and (f.title == old.title or f.evidence == old.evidence)), None
        )
        expected = f"the line `former_ids: [{name}]`, since links and old messages lead to that id"
        if renamed:
            message = f"{quote_value(name)} was published, and is probably this fact"
            problems.append(after.problem(renamed, "former_ids", "lost-id", message, expected))
        else:
            message = f"{quote_value(name)} was published, and no fact answers to it"
            expected += " (in the fact that takes its place)"
            problems.append(
                Problem(
                    Place(before.places[old.id if old else name].file, 1), "", "lost-id", message, expected
                )
            )
    return problems


def _fields(fact: Fact) -> dict[str, Any]:
    """The fields of a fact by the names that messages use, evidence by evidence."""
    data = fact.model_dump(by_alias=True)
    fields: dict[str, Any] = {"id": fact.id, "topic": fact.topic}
    fields |= {name: data[name] for name in FACT_ORDER if name in data and name != "evidence"}
    for number, evidence in enumerate(data["evidence"], 1):
        fields |= {f"evidence.{number}.{name}": value for name, value in evidence.items()}
    return fields


def _others(base: FactBase) -> dict[str, Any]:
    """Everything besides the facts by unique names, such as `seeds/riac-2019.title` or `names.Belarus`."""
    fields: dict[str, Any] = {}
    for source in base.sources.values():
        fields |= {f"seeds/{source.id}.{name}": value for name, value in source.model_dump().items()}
    for topic in base.topics.values():
        fields |= {
            f"facts/{topic.id}.topic.{name}": getattr(topic, name) for name in ("title", "about", "checked")
        }
    fields |= {f"questions.{name}": asked for name, asked in base.questions.items()}
    for name, section in base.vocabulary.model_dump().items():
        fields |= (
            {f"vocabulary.{name}.{word}": others for word, others in section.items()}
            if isinstance(section, dict)
            else {}
        )
        fields |= {} if isinstance(section, dict) else {f"vocabulary.{name}": section}
    fields |= {f"site.{name}": value for name, value in base.site.model_dump().items()}
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
