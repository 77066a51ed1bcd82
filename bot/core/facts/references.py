"""Checks that every id a fact names exists, and resolves former ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.core.facts.base import FactBase
from bot.core.facts.explain import nearest
from bot.core.facts.issues import Problem, quote_value
from bot.core.facts.models import Fact

FIELDS = ("see_also", "actors")


def with_present_ids(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts with the former ids that they name replaced by the present ones."""
    present = {former: fact.id for fact in facts for former in fact.former_ids}
    return tuple(_with_present_ids(fact, present) for fact in facts)


def _with_present_ids(fact: Fact, present: Mapping[str, str]) -> Fact:
    changed = {
        name: tuple(dict.fromkeys(present.get(i, i) for i in getattr(fact, name)))
        for name in FIELDS
        if any(i in present for i in getattr(fact, name))
    }
    return fact.model_copy(update=changed) if changed else fact


def check_references(base: FactBase) -> Iterator[Problem]:
    """Former ids that are not unique, and ids that name nothing or the wrong thing."""
    claimed: dict[str, str] = {}
    unknown: dict[str, list[tuple[Fact, str]]] = defaultdict(list)
    for fact in base.facts:
        for i, former in enumerate(fact.former_ids, 1):
            if former in base.places or former in claimed:
                of = f"a former id of {claimed[former]}" if former in claimed else "in use"
                where = "" if former in claimed else f" at {base.places[former]}"
                message = f"{quote_value(former)} is {of}{' too' * (former in claimed)}{where}"
                expected = "an id that no other record has or had"
                yield base.problem(fact, f"former_ids.{i}", "former-id", message, expected)
            claimed.setdefault(former, fact.id)
        for i, evidence in enumerate(fact.evidence, 1):
            if evidence.source not in base.sources:
                near = nearest(evidence.source, base.sources)
                expected = f"`{near}`" if near else f"a file of seeds/: {', '.join(sorted(base.sources))}"
                message = f"{quote_value(evidence.source)} is not a source"
                yield base.problem(fact, f"evidence.{i}.source", "unknown-source", message, expected)
        for name in FIELDS:
            for i, other in enumerate(getattr(fact, name), 1):
                if target := base.by_id.get(other):
                    yield from _check_target(base, fact, f"{name}.{i}", target)
                else:
                    unknown[other].append((fact, f"{name}.{i}"))
    for other, named in unknown.items():
        yield _unknown(base, other, named)


def _check_target(base: FactBase, fact: Fact, field: str, target: Fact) -> Iterator[Problem]:
    shown = quote_value(target.id)
    if target.id == fact.id:
        yield base.problem(fact, field, "self-reference", f"{shown} is the fact itself", "another id")
    elif field.startswith("actors") and target.kind != "actor":
        yield base.problem(fact, field, "not-an-actor", f"{shown} is a {target.kind}", "the id of an actor")
    elif (
        field.startswith("see_also")
        and fact.id not in target.see_also
        and all(i in base.by_id for i in target.see_also)  # else it may name this fact by another id
    ):
        expected = f"`see_also: [{fact.id}]` at {base.places[target.id]} too"
        yield base.problem(fact, field, "one-way", f"{shown} does not name this fact", expected)


def _unknown(base: FactBase, name: str, named: Sequence[tuple[Fact, str]]) -> Problem:
    """One problem for an id that nothing has: at the record that was probably renamed, else where it is named."""
    fact, field = named[0]
    naming = {fact.id for fact, _ in named}
    renamed = [
        other for other in base.facts
        if any(i in naming and other.id not in base.by_id[i].see_also for i in other.see_also)
    ]  # fmt: skip
    count = f"{len(named)} facts name" if len(named) > 1 else f"{fact.id} names"
    if len(renamed) == 1:
        message = f"{count} {quote_value(name)}, which no record has and which was probably this one"
        expected = f"the line `former_ids: [{name}]` here"
        return base.problem(renamed[0], "former_ids", "renamed", message, expected)
    near = nearest(name, base.by_id)
    more = f" ({count} it)" if len(named) > 1 else ""
    message = f"{quote_value(name)} is not the id of a fact{more}"
    return base.problem(fact, field, "unknown-id", message, f"`{near}`" if near else "the id of a fact")
