"""Loads the fact base from its files: all of it, or every problem at once."""

import functools
import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.facts import models
from bot.core.facts.base import FactBase, Topic
from bot.core.facts.explain import SIMILARITY, explain_all, nearest
from bot.core.facts.issues import DataError, Place, Problem, quote_value
from bot.core.facts.models import KIND_MODELS, KINDS, Fact, Source, TopicHead
from bot.core.facts.reader import YamlFile, dotted, read_yaml

_PACKAGE = Path(__file__).resolve().parents[2]
TOPIC = "topic"  # the record at the top of each fact file
VOCABULARY, SITE, QUESTIONS, UNANSWERED = "vocabulary", "site", "questions", "unanswered"
_REFERENCES = ("see_also", "actors")
COPIED_IDS = 3  # with as many ids in common, one file is a copy of the other
_TOPIC_FIELDS = frozenset[str]().union(
    *(model.model_fields for model in (*KIND_MODELS.values(), TopicHead, models.Evidence, models.Answers))
)
# What people write as `kind`, and which kind it is.
_KIND_WORDS = {
    "event": "date", "number": "figure", "statistic": "figure", "person": "actor", "organisation": "actor",
    "organization": "actor", "company": "actor", "place": "actor", "opinion": "position", "claim": "position",
    "forecast": "position", "quote": "position",
}  # fmt: skip
_ALMOST_YAML = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)
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
    folders = folder, folder / QUESTIONS
    found = [each / name for each in folders for name in _names(each) if name.endswith(".yaml")]
    return sorted(found, key=str)


def misplaced_files(folder: Path) -> list[Path]:
    """Folders and files that look as if they were read, and are not."""
    others = [folder / name for name in _names(folder) if not name.endswith(".yaml")]
    return [p for p in others if _ALMOST_YAML.search(p.name) or (p.name != QUESTIONS and p.is_dir())]


def files_that_count(folder: Path) -> list[Path]:
    """What decides whether the facts of a folder are used: the files that are read, and those that may not be there."""
    return [*yaml_files(folder), *misplaced_files(folder)]


def _names(folder: Path) -> list[str]:
    """What is in a folder, without what is hidden; nothing where it is missing.  Quick: a running bot looks often."""
    try:
        return [name for name in sorted(os.listdir(folder)) if name[0] != "."]
    except OSError:
        return []


def load_fact_base(facts: Path | None = None, seeds: Path | None = None) -> FactBase:
    """Load the whole fact base; the folders default as in `fact_folders`.

    Raises DataError with every problem of every file, including those that `lint` finds: a base with a problem is never
    used.
    """
    from bot.core.facts.lint import find_problems

    loader = Loader(*fact_folders(facts, seeds))
    base = loader.load()
    problems = find_problems(base) if base else loader.problems
    if base is None or problems:
        raise DataError(problems)
    return base


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
                place, expected = Place(f"{folder.name}/{path.name}", 1), "a file whose name ends in .yaml"
                self._problem(place, "file-name", f"{path.name} is not read", expected)
            for path in yaml_files(folder):
                fields = _TOPIC_FIELDS if self._is_topic(path) else frozenset[str]()
                file = read_yaml(path, path.relative_to(folder.parent).as_posix(), fields)
                self.problems += file.problems
                self.files[path] = file
        sources = self._sources()
        vocabulary, site = self._single(models.Vocabulary, VOCABULARY), self._single(models.Site, SITE)
        heads, read = self._topics(self._without_copies())
        for folder, records in ((self.seeds_folder, sources), (self.facts_folder, read)):
            if not records and not self.problems:
                self._problem(Place(folder.name, 1), "no-records", f"{folder} has no records")
        if self.problems:
            return None
        now = {former: fact.id for fact in read for former in fact.former_ids}
        facts, files = tuple(_with_present_ids(fact, now) for fact in read), self.files.values()
        base = FactBase(
            facts=facts,
            topics={
                name: Topic(
                    name, head.title, head.about, tuple(f for f in facts if f.topic == name), head.checked
                )
                for name, head in heads.items()
            },
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
                self._problem(file.place(*path, *where), code, message, expected, dotted((name, *where)))
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
                    source.__dict__["id"] = path.stem
                    sources[path.stem] = source
        return sources

    def _without_copies(self) -> dict[str, YamlFile]:
        """The files of topics by name; one that is the copy of another is refused once, instead of each id in it."""
        files = {path.stem: file for path, file in self.files.items() if self._is_topic(path)}
        known: set[str] = {TOPIC}
        for stem in sorted(files, key=len):  # the name of a copy is longer: `trade (copy)`, `trade-conflict`
            ids = files[stem].data.keys() - {TOPIC}
            if len(ids & known) >= COPIED_IDS:
                place = Place(files.pop(stem).name, 1)
                message = f"{len(ids & known)} ids that another file has too, so this is probably a copy"
                self._problem(place, "copy", message, "one of the two files: delete the copy")
            known |= ids
        return files

    def _topics(self, files: dict[str, YamlFile]) -> tuple[dict[str, TopicHead], list[Fact]]:
        heads: dict[str, TopicHead] = {}
        facts: list[Fact] = []
        for stem, file in files.items():
            head = None
            if TOPIC in file.data:
                head = self._validated(TopicHead, file, (TOPIC,), file.data[TOPIC])
            elif not file.problems:
                expected = "`topic:` with `title` and `about` at the top"
                self._problem(Place(file.name, 1), "no-topic", "no `topic:` in the file", expected, TOPIC)
            if head:
                heads[stem] = head
            for key, record in file.data.items():
                if key != TOPIC and (fact := self._fact(key, record, file)):
                    fact.__dict__.update(id=key, topic=stem, topic_checked=head and head.checked)
                    facts.append(fact)
        return heads, facts

    def _fact(self, key: str, record: Any, file: YamlFile) -> Any:
        """The record as a fact; None if it is not valid, with its problems."""
        place = file.place(key)
        self._validated(models.Identifier, file, (key,), key)
        if key in self.places:
            message = f"the id {quote_value(key)} is taken at {self.places[key]}"
            self._problem(place, "duplicate", message, "another id", key)
            return None
        self.places[key] = place
        fields = record if isinstance(record, dict) else {}
        kind: Any = fields.get("kind")
        if kind not in KINDS:
            code, message = "kind", f"{quote_value(kind)} is not a kind"
            if kind is None:
                code, message = "missing-field", "`kind` is missing"
            kind = _KIND_WORDS.get(str(kind).lower()) or nearest(str(kind), KINDS, SIMILARITY)
            expected = " or ".join(f"`kind: {k}`" for k in KINDS if k == kind or not kind)
            self._problem(file.place(key, "kind"), code, message, expected, f"{key}.kind")
        return self._validated(KIND_MODELS[kind], file, (key,), {**fields, "kind": kind}) if kind else None

    def _questions(self, base: FactBase) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
        """The questions that should find a fact, and those that no fact answers, by the id of the (nearest) fact."""
        answered: dict[str, tuple[str, ...]] = {}
        unanswered: dict[str, tuple[str, ...]] = {}
        unknown = set[str]()  # each is reported once, and not if a wrong reference may be the cause
        check = not self.problems
        for path, file in self.files.items():
            found = unanswered if path.stem == UNANSWERED else answered
            for key, record in file.data.items() if path.parent.name == QUESTIONS else ():
                asked = self._validated(models.Asks, file, (key,), record)
                if fact := base.get(key):
                    found[fact.id] = found.get(fact.id, ()) + (asked or ())
                elif check and key not in unknown:
                    unknown.add(key)
                    message, near = _not_an_id(base, key)
                    expected = f"{near}; if the fact was renamed, the line `former_ids: [{key}]` in it"
                    self._problem(file.place(key), "unknown-id", message, expected, key)
        return answered, unanswered


def _not_an_id(base: FactBase, name: str) -> tuple[str, str]:
    """The message for an id that no fact has, and what is expected."""
    near = nearest(name, base.by_id)
    return f"{quote_value(name)} is not the id of a fact", f"`{near}`" if near else "the id of a fact"


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
    claimed: set[str] = set()
    unknown: dict[str, list[tuple[Fact, str]]] = defaultdict(list)
    for fact in base.facts:
        for i, former in enumerate(fact.former_ids, 1):
            if former in base.places or former in claimed:
                message = f"{quote_value(former)} is or was the id of another record"
                yield base.problem(fact, f"former_ids.{i}", "former-id", message, "an id of its own")
            claimed.add(former)
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
    elif field.startswith("actors"):
        if target.kind != "actor":
            yield base.problem(
                fact, field, "not-an-actor", f"{shown} is a {target.kind}", "the id of an actor"
            )
    elif fact.id not in target.see_also and all(
        i in base.by_id for i in target.see_also
    ):  # else by an unknown id
        expected = f"`see_also: [{fact.id}]` at {base.places[target.id]} too"
        yield base.problem(fact, field, "one-way", f"{shown} does not name this fact", expected)


def _unknown(base: FactBase, name: str, named: Sequence[tuple[Fact, str]]) -> Problem:
    """One problem for an id that nothing has: at the record that was probably renamed, else where it is named."""
    naming = {fact.id for fact, _ in named}
    renamed = [
        other for other in base.facts
        if any(i in naming and other.id not in base.by_id[i].see_also for i in other.see_also)
    ]  # fmt: skip
    if len(renamed) == 1:
        message = (
            f"{' and '.join(sorted(naming))} name {quote_value(name)}, which was probably the id of this fact"
        )
        expected = f"the line `former_ids: [{name}]` here"
        return base.problem(renamed[0], "former_ids", "renamed", message, expected)
    return base.problem(*named[0], "unknown-id", *_not_an_id(base, name))
