"""Loads the fact base from its files: all of it, or every problem at once."""

import functools
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.explain import explain_all, nearest
from bot.core.facts.fields import Identifier
from bot.core.facts.issues import DataError, Place, Problem, quote_value
from bot.core.facts.models import (
    KIND_MODELS,
    KINDS,
    Answers,
    Asks,
    Evidence,
    Fact,
    Site,
    Source,
    TopicHead,
    Vocabulary,
)  # fmt: skip
from bot.core.facts.reader import YamlFile, read_yaml

_PACKAGE = Path(__file__).resolve().parents[2]
TOPIC = "topic"  # the record at the top of each fact file
VOCABULARY, SITE, QUESTIONS, UNANSWERED = "vocabulary", "site", "questions", "unanswered"
_REFERENCES = ("see_also", "actors")
COPIED_IDS = 3  # with as many ids in common, one file is a copy of the other
_TOPIC_FIELDS = frozenset[str]().union(
    *(model.model_fields for model in (*KIND_MODELS.values(), TopicHead, Evidence, Answers))
)
# What people write as `kind`, and which kind it is; and by which field a kind is recognised.
_KIND_WORDS = {
    "event": "date", "number": "figure", "statistic": "figure", "person": "actor", "organisation": "actor",
    "organization": "actor", "company": "actor", "place": "actor", "opinion": "position", "claim": "position",
    "forecast": "position", "quote": "position",
}  # fmt: skip
_KIND_FIELDS = {"value": "figure", "date": "date", "role": "actor", "attribution": "position"}
_ALMOST_YAML = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)
_COPY_NAME = re.compile(r"copy|conflict|backup|old|копия|\(\d+\)|~| - |[-_ ]\d$", re.IGNORECASE)
_adapter = functools.cache(TypeAdapter)


def data_folder() -> Path:
    """The folder that holds facts/ and seeds/: that of the checkout, or else of the installed package."""
    checkout = _PACKAGE.parent
    return checkout if (checkout / "facts").is_dir() and (checkout / "seeds").is_dir() else _PACKAGE / "_data"


def fact_folders(facts: Path | None = None, seeds: Path | None = None) -> tuple[Path, Path]:
    """The folders of facts and sources, with links resolved.

    `facts` defaults to the project's own folder; `seeds` to the folder `seeds` beside `facts`, or to the project's
    own if there is none.
    """
    facts = (facts or data_folder() / "facts").resolve()
    if seeds is None:
        beside = facts.parent / "seeds"
        seeds = beside if beside.is_dir() else data_folder() / "seeds"
    return facts, seeds.resolve()


def yaml_files(folder: Path) -> list[Path]:
    """The files of facts/ (with those of facts/questions/) or seeds/ that are read, in order."""
    found = [*folder.glob("*.yaml"), *(folder / QUESTIONS).glob("*.yaml")]
    return sorted(p for p in found if not p.name.startswith("."))


def misplaced_files(folder: Path) -> list[Path]:
    """Folders and files that look as if they were read, and are not."""
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    others = [p for p in entries if p.suffix != ".yaml" and p.name[0] != "."]
    return [p for p in others if (p.is_dir() and p.name != QUESTIONS) or _ALMOST_YAML.search(p.name)]


def files_that_count(folder: Path) -> list[Path]:
    """What decides whether the facts of a folder are used: the files that are read, and those that may not be there."""
    return sorted({*yaml_files(folder), *misplaced_files(folder)})


def load_fact_base(facts: Path | None = None, seeds: Path | None = None) -> FactBase:
    """Load the whole fact base; the folders default as in `fact_folders`.

    Raises DataError with every problem of every file, including those that `lint` finds: a base with a problem is never
    used.
    """
    from bot.core.facts.lint import find_problems

    base, problems = read_fact_base(*fact_folders(facts, seeds))
    if base is not None:
        problems = find_problems(base)
    if base is None or problems:
        raise DataError(problems)
    return base


def read_fact_base(facts: Path, seeds: Path) -> tuple[FactBase | None, list[Problem]]:
    """The fact base of two folders, or None with the problems that prevent loading it."""
    loader = Loader(facts, seeds)
    return loader.load(), loader.problems


@dataclass
class Loader:
    """Reads two folders once; `files` and `problems` stay for `check`."""

    facts_folder: Path
    seeds_folder: Path
    problems: list[Problem] = field(default_factory=list)
    files: dict[Path, YamlFile] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def load(self) -> FactBase | None:
        """The fact base, or None if there are problems.

        References are only checked if nothing else is wrong: one to a record that cannot be read is not a mistake.
        """
        for folder in (self.facts_folder, self.seeds_folder):
            for path in misplaced_files(folder):
                ending = _ALMOST_YAML.search(path.name)
                what = f"a name that ends in {ending[0]}" if ending else "a folder"
                place = Place(f"{folder.name}/{path.name}", 1)
                self._problem(place, "file-name", f"{what}, which is not read", "files that end in .yaml")
            for path in yaml_files(folder):
                fields = _TOPIC_FIELDS if self._is_topic(path) else frozenset[str]()
                file = read_yaml(path, path.relative_to(folder.parent).as_posix(), fields)
                self.problems += file.problems
                self.files[path] = file
        sources = self._sources()
        vocabulary, site = self._single(Vocabulary, VOCABULARY), self._single(Site, SITE)
        topics, facts = self._topics(self._without_copies())
        if not sources and not self.problems:
            self._problem(Place("seeds", 1), "no-files", f"{self.seeds_folder} has no sources")
        if not facts and not self.problems:
            self._problem(Place("facts", 1), "no-facts", f"{self.facts_folder} has no facts")
        if self.problems:
            return None
        now = {former: fact.id for fact in facts for former in fact.former_ids}
        present, files = tuple(_with_present_ids(fact, now) for fact in facts), self.files.values()
        of_topic = {name: tuple(f for f in present if f.topic == name) for name in topics}
        base = FactBase(
            facts=present,
            topics={name: replace(topic, facts=of_topic[name]) for name, topic in topics.items()},
            sources=sources,
            vocabulary=vocabulary,
            places=self.places,
            lines={file.name: file.lines for file in files},
            version=hashlib.sha256(b"".join(f.name.encode() + f.raw for f in files)).hexdigest()[:12],
            site=site,
            warnings=tuple(warning for file in files for warning in file.warnings),
        )
        self.problems += _check_references(base)
        questions, unanswered = self._questions(base)
        return None if self.problems else replace(base, questions=questions, unanswered=unanswered)

    def _is_topic(self, path: Path) -> bool:
        return path.parent == self.facts_folder and path.stem not in (VOCABULARY, SITE)

    def _problem(self, place: Place, code: str, message: str, expected: str = "", field: str = "") -> None:
        self.problems.append(Problem(place, field, code, message, expected))

    def _validated(self, model: Any, file: YamlFile, path: tuple[str, ...], record: Any) -> Any:
        """The record as `model`; None if it is not valid, with a problem for each field that is not."""
        try:
            return _adapter(model).validate_python(record)
        except ValidationError as error:
            name = ".".join(path) if path else Path(file.name).stem
            for where, code, message, expected in explain_all(error.errors(), model):
                field = ".".join([name, *(str(p + 1) if isinstance(p, int) else str(p) for p in where)])
                self._problem(file.place(*path, *where), code, message, expected, field)
            return None

    def _single(self, model: type[Any], stem: str) -> Any:
        """The vocabulary or the site; the defaults if the file is missing or invalid."""
        file = self.files.get(self.facts_folder / f"{stem}.yaml")
        found = self._validated(model, file, (), file.data) if file and not file.problems else None
        return model() if found is None else found

    def _sources(self) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for path, file in self.files.items():
            if path.parent == self.seeds_folder and not file.problems:
                self.places[path.stem] = Place(file.name, 1)
                if source := self._validated(Source, file, (), file.data):
                    source._id = path.stem
                    sources[path.stem] = source
        return sources

    def _without_copies(self) -> dict[str, YamlFile]:
        """The files of topics by name; one that is the copy of another is refused once, instead of each id in it."""
        files = {path.stem: file for path, file in self.files.items() if self._is_topic(path)}
        for stem in sorted(files, key=lambda s: (not _COPY_NAME.search(s), -len(s))):
            for other in files.keys() - {stem}:
                common = (files[stem].data.keys() & files[other].data.keys()) - {TOPIC}
                if len(common) >= COPIED_IDS:
                    file = files.pop(stem)
                    message = f"{len(common)} ids that {files[other].name} has too: one of the two is a copy"
                    self.problems = [p for p in self.problems if p.place.file != file.name]
                    expected = "one of the two files: delete the copy"
                    self._problem(Place(file.name, 1), "copy", message, expected)
                    break
        return files

    def _topics(self, files: dict[str, YamlFile]) -> tuple[dict[str, Topic], list[Fact]]:
        topics: dict[str, Topic] = {}
        facts: list[Fact] = []
        for stem, file in files.items():
            head = None
            if TOPIC in file.data:
                head = self._validated(TopicHead, file, (TOPIC,), file.data[TOPIC])
            elif not file.problems:
                expected = "`topic:` with `title` and `about` at the top"
                self._problem(Place(file.name, 1), "no-topic", "no `topic:` in the file", expected, TOPIC)
            for key, record in file.data.items():
                if key != TOPIC and (fact := self._fact(key, record, file)):
                    fact._id, fact._topic = key, stem
                    fact._topic_checked = head.checked if head else None
                    facts.append(fact)
            if head:
                topics[stem] = Topic(stem, head.title, head.about, (), head.checked)
        return topics, facts

    def _fact(self, key: str, record: Any, file: YamlFile) -> Any:
        """The record as a fact; None if it is not valid, with its problems."""
        place = file.place(key)
        self._validated(Identifier, file, (key,), key)
        if key in self.places:
            message = f"the id {quote_value(key)} is taken at {self.places[key]}"
            self._problem(place, "duplicate", message, "another id", key)
            return None
        self.places[key] = place
        if not isinstance(record, dict):
            message = f"{quote_value(record)} instead of fields" if record else "a record without fields"
            self._problem(place, "not-a-record", message, "fields indented under the id", key)
            return None
        kind = self._kind(key, record, file)
        fields = {**record, "kind": kind}
        return self._validated(KIND_MODELS[kind], file, (key,), fields) if kind else None

    def _kind(self, key: str, record: dict[str, Any], file: YamlFile) -> Any:
        """The kind of a record; if it gives none that exists, the one that is probably meant, or None."""
        given = record.get("kind")
        if given in KINDS:
            return given
        by_field = (kind for name, kind in _KIND_FIELDS.items() if name in record)
        likely = _KIND_WORDS.get(str(given).lower()) or next(by_field, None)
        expected = f"`kind: {likely}`" if likely else "`kind: figure`, `date`, `actor` or `position`"
        code, message = ("kind", f"{quote_value(given)} is not a kind")
        if given is None:
            code, message = "missing-field", "`kind` is missing"
        self._problem(file.place(key, "kind"), code, message, expected, f"{key}.kind")
        return likely

    def _questions(self, base: FactBase) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """The questions that should find a fact, and those that no fact answers, by the id of the (nearest) fact."""
        answered: dict[str, tuple[str, ...]] = {}
        unanswered: dict[str, tuple[str, ...]] = {}
        unknown: set[str] = set()  # each is reported once, and not if a wrong reference may be the cause
        check = not self.problems
        for path, file in self.files.items():
            found = unanswered if path.stem == UNANSWERED else answered
            for key, record in file.data.items() if path.parent.name == QUESTIONS else ():
                asked = self._validated(Asks, file, (key,), record)
                if fact := base.get(key):
                    found[fact.id] = found.get(fact.id, ()) + (asked or ())
                elif check and key not in unknown:
                    unknown.add(key)
                    message = f"{quote_value(key)} is not the id of a fact"
                    near = nearest(key, base.by_id)
                    known = f"`{near}`" if near else "the id of a fact"
                    expected = f"{known}; if the fact was renamed, the line `former_ids: [{key}]` in it"
                    self._problem(file.place(key), "unknown-id", message, expected, key)
        return answered, unanswered


def _with_present_ids(fact: Fact, present: Mapping[str, str]) -> Fact:
    """The fact with the former ids that it names replaced by the present ones."""
    changed = {
        name: tuple(dict.fromkeys(present.get(i, i) for i in getattr(fact, name)))
        for name in _REFERENCES
        if any(i in present for i in getattr(fact, name))
    }
    return fact.model_copy(update=changed) if changed else fact


def _check_references(base: FactBase) -> Iterator[Problem]:
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
        for name in _REFERENCES:
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
