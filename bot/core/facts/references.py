"""Checks that every id a fact names exists, and resolves former ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence

from bot.core.facts.explain import nearest
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.models import Fact, Source
from bot.core.facts.reader import YamlFile

_FIELDS = ("see_also", "actors")


class References:
    """The references between the facts that loaded.

    `known_elsewhere` are ids of records that exist and did not load, which no reference to them is blamed for; None if
    not all of their names are known.
    """

    def __init__(
        self,
        facts: Sequence[Fact],
        sources: Mapping[str, Source],
        files: Mapping[str, YamlFile],
        places: Mapping[str, Place],
        known_elsewhere: Container[str] | None,
    ) -> None:
        self.facts = {fact.id: fact for fact in facts}
        self.sources, self.files, self.places = sources, files, places
        self.known_elsewhere = known_elsewhere
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def check(self) -> list[Fact]:
        """The facts with former ids replaced by present ones; mistakes are in `problems` and `warnings`."""
        former = self._former_ids()
        self.facts = {fact.id: self._with_present_ids(fact, former) for fact in self.facts.values()}
        missing: dict[str, list[tuple[Fact, str, Place]]] = defaultdict(list)
        for fact in self.facts.values():
            self._check_sources(fact)
            for name in _FIELDS:
                for i, other in enumerate(getattr(fact, name)):
                    place = self._place(fact, name, i)
                    if other in self.facts:
                        self._check_target(fact, name, self.facts[other], place)
                    elif not self._may_exist(other):
                        missing[other].append((fact, name, place))
        for other, named in missing.items():
            self._unknown(other, named)
        return list(self.facts.values())

    def _may_exist(self, name: str) -> bool:
        return self.known_elsewhere is None or name in self.known_elsewhere

    def _place(self, fact: Fact, *path: str | int) -> Place:
        return self.files[fact.id].place(fact.id, *path)

    def _refuse(self, place: Place, fact: Fact, field: str, code: str, message: str, expected: str) -> None:
        self.problems.append(Problem(place, f"{fact.id}.{field}", code, message, expected))

    def _former_ids(self) -> dict[str, str]:
        """Present ids by former ids, each of which leads to one fact."""
        present: dict[str, str] = {}
        for fact in self.facts.values():
            for i, former in enumerate(fact.former_ids):
                place, shown = self._place(fact, "former_ids", i), quote_value(former)
                expected = "an id that no other record has or had"
                if former in self.places:
                    message = f"{shown} is in use at {self.places[former]}"
                    self._refuse(place, fact, "former_ids", "former-id", message, expected)
                elif former in present:
                    message = f"{shown} is a former id of {present[former]} too"
                    self._refuse(place, fact, "former_ids", "former-id", message, expected)
                else:
                    present[former] = fact.id
        return present

    def _with_present_ids(self, fact: Fact, former: Mapping[str, str]) -> Fact:
        changed = {}
        for name in _FIELDS:
            ids = getattr(fact, name)
            if any(i in former for i in ids):
                changed[name] = tuple(dict.fromkeys(former.get(i, i) for i in ids))
                at, old = next((at, i) for at, i in enumerate(ids) if i in former)
                place = self._place(fact, name, at)
                message = f"{quote_value(old)} is called {former[old]} now"
                self.warnings.append(
                    Problem(place, f"{fact.id}.{name}", "former-id", message, f"`{former[old]}`")
                )
        return fact.model_copy(update=changed) if changed else fact

    def _check_sources(self, fact: Fact) -> None:
        for i, evidence in enumerate(fact.evidence):
            name = evidence.source
            if name not in self.sources and not self._may_exist(name):
                near = nearest(name, list(self.sources))
                expected = (
                    f"`{near}`" if near else f"a file of seeds/: {', '.join(sorted(self.sources)) or 'none'}"
                )
                message = f"{quote_value(name)} is not a source"
                place = self._place(fact, "evidence", i, "source")
                self._refuse(place, fact, f"evidence.{i + 1}.source", "unknown-source", message, expected)

    def _check_target(self, fact: Fact, name: str, target: Fact, place: Place) -> None:
        shown = quote_value(target.id)
        if target is fact or target.id == fact.id:
            self._refuse(place, fact, name, "self-reference", f"{shown} is the fact itself", "another id")
        elif name == "actors" and target.kind != "actor":
            self._refuse(
                place, fact, name, "not-an-actor", f"{shown} is a {target.kind}", "the id of an actor"
            )
        elif name == "see_also" and fact.id not in target.see_also and not self._renamed(fact, target):
            expected = f"`see_also: [{fact.id}]` at {self.places[target.id]} too"
            self._refuse(place, fact, name, "one-way", f"{shown} does not name this fact", expected)

    def _renamed(self, fact: Fact, target: Fact) -> bool:
        """Whether `target` names an id that nothing has, which may be the former one of `fact`."""
        return any(i not in self.facts for i in target.see_also)

    def _unknown(self, name: str, named: Sequence[tuple[Fact, str, Place]]) -> None:
        """One problem for an id that nothing has: at the record that was probably renamed, else where it is named."""
        fact, field, place = named[0]
        naming = {f.id for f, _, _ in named}
        back = [
            f for f in self.facts.values()
            if any(i in naming and f.id not in self.facts[i].see_also for i in f.see_also) and f.id not in naming
        ]  # fmt: skip
        shown = quote_value(name)
        if len(back) == 1:
            others = f"{len(named)} facts name" if len(named) > 1 else f"{fact.id} names"
            message = f"{others} {shown}, which no record has and which was probably this one"
            expected = f"the line `former_ids: [{name}]` here"
            at = self.places[back[0].id]
            self._refuse(at, back[0], "former_ids", "renamed", message, expected)
            return
        more = f" (named by {len(named)} facts)" if len(named) > 1 else ""
        near = nearest(name, list(self.facts))
        expected = f"`{near}`" if near else "the id of a fact"
        self._refuse(place, fact, field, "unknown-id", f"{shown} is not the id of a fact{more}", expected)
