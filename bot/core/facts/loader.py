"""Loads the fact base from its files: all of it, or every problem at once."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.explain import explain_all, nearest
from bot.core.facts.fields import Identifier
from bot.core.facts.issues import DataError, Place, Problem, quote_value
from bot.core.facts.models import KIND_MODELS, KINDS, Asks, Evidence, Fact, Source, TopicHead
from bot.core.facts.reader import YamlFile, read_yaml
from bot.core.facts.references import References
from bot.core.facts.site import Site
from bot.core.facts.vocabulary import Vocabulary

_PACKAGE = Path(__file__).resolve().parents[2]
TOPIC = "topic"  # the record at the top of each fact file
VOCABULARY, SITE, QUESTIONS, UNANSWERED = "vocabulary", "site", "questions", "unanswered"
COPIED_IDS = 3  # so many ids in common make one file the copy of another
FACT_FIELDS = frozenset[str]().union(
    *(model.model_fields for model in KIND_MODELS.values()), TopicHead.model_fields, Evidence.model_fields
)
# What people write as `kind`, and which kind it is.
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


def files_that_count(folder: Path) -> list[Path]:
    """What decides whether the facts of a folder are used: the files that are read, and those that may not be there."""
    entries = list(folder.iterdir()) if folder.is_dir() else []
    misplaced = [
        p for p in entries if not p.name.startswith(".") and (p.is_dir() or _ALMOST_YAML.search(p.name))
    ]
    return sorted({*yaml_files(folder), *misplaced})


def load_fact_base(facts: Path | None = None, seeds: Path | None = None) -> FactBase:
    """Load the whole fact base; the folders default as in `fact_folders`.

    Raises DataError with every problem of every file, including those that `lint` finds: no base with a problem is
    ever used.
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
    loader = _Loader(facts, seeds)
    base = loader.load()
    return (None, loader.problems) if loader.problems else (base, [])


@dataclass
class _Loader:
    facts_folder: Path
    seeds_folder: Path
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    files: dict[str, YamlFile] = field(default_factory=dict)  # by fact id
    broken: set[str] = field(default_factory=set)  # ids of records that exist and are not valid
    complete: bool = True  # whether the names of all records are known

    def load(self) -> FactBase:
        digest = hashlib.sha256()
        self._refuse_misplaced_files()
        seeds = list(self._read(self.seeds_folder, digest))
        files = {
            (path.parent.name == QUESTIONS, path.stem): file
            for path, file in self._read(self.facts_folder, digest)
        }
        lines = {file.name: file.lines for file in files.values()}
        sources = self._sources(seeds)
        vocabulary = self._single(Vocabulary, files.pop((False, VOCABULARY), None))
        site = self._single(Site, files.pop((False, SITE), None))
        topic_files = {stem: file for (is_questions, stem), file in files.items() if not is_questions}
        self._drop_copies(topic_files)
        if not topic_files:
            self._problem(
                Place(self.facts_folder.name, 1), "no-files", f"{self.facts_folder} has no fact files"
            )
        topics, facts = self._topics(topic_files)
        references = References(
            facts, sources, self.files, self.places, self.broken if self.complete else None
        )
        facts = references.check()
        self.problems += references.problems
        self.warnings += references.warnings
        by_topic = {name: tuple(f for f in facts if f.topic == name) for name in topics}
        unanswered = files.pop((True, UNANSWERED), None)
        question_files = [file for (is_questions, _), file in files.items() if is_questions]
        if topic_files and not facts and not self.problems:
            self._problem(Place(self.facts_folder.name, 1), "no-facts", "no fact in any file")
        return FactBase(
            facts=tuple(facts),
            topics={name: replace(topic, facts=by_topic[name]) for name, topic in topics.items()},
            sources=sources,
            vocabulary=vocabulary,
            places=self.places,
            lines=lines,
            version=digest.hexdigest()[:12],
            questions=self._questions(question_files, facts),
            unanswered=self._questions([unanswered] if unanswered else [], facts),
            site=site,
            warnings=tuple(self.warnings),
        )

    def _problem(self, place: Place, code: str, message: str, expected: str = "", field: str = "") -> None:
        self.problems.append(Problem(place, field, code, message, expected))

    def _refuse_misplaced_files(self) -> None:
        """Files that look as if they were read, and are not."""
        for folder in (self.facts_folder, self.seeds_folder):
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                place = Place(f"{folder.name}/{path.name}", 1)
                if path.name.startswith(".") or path.suffix == ".yaml":
                    continue
                if path.is_dir():
                    if path.name != QUESTIONS or folder == self.seeds_folder:
                        self._problem(
                            place, "folder", "a folder, which is not read", f"its files in {folder.name}/"
                        )
                        self.complete = False
                elif ending := _ALMOST_YAML.search(path.name):
                    expected = f"the name {path.name[: ending.start()]}.yaml"
                    self._problem(
                        place, "file-name", f"a name that ends in {ending[0]}, so it is not read", expected
                    )
                    self.complete = False

    def _read(self, folder: Path, digest: Any) -> Iterator[tuple[Path, YamlFile]]:
        for path in yaml_files(folder):
            is_topic = (
                folder == self.facts_folder and path.stem not in (VOCABULARY, SITE) and path.parent == folder
            )
            name = path.relative_to(folder.parent).as_posix()
            file = read_yaml(path, name, FACT_FIELDS if is_topic else frozenset())
            self.problems += file.problems
            self.warnings += file.warnings
            self.broken |= file.unreadable
            self.complete &= not file.is_lost and "" not in file.unreadable
            digest.update(name.encode() + file.raw)
            yield path, file

    def _validated(self, model: Any, file: YamlFile, path: tuple[str, ...], record: Any) -> Any:
        """The record as `model`; None if it is not valid, with a problem for each field that is not."""
        try:
            return _adapter(model).validate_python(record)
        except ValidationError as error:
            name = ".".join(path) or file.name.rpartition("/")[2].removesuffix(".yaml")
            for where, code, message, expected in explain_all(error.errors(), model):
                field = ".".join([name, *(str(p + 1) if isinstance(p, int) else str(p) for p in where)])
                self._problem(file.place(*path, *where), code, message, expected, field)
            return None

    def _single(self, model: type[Any], file: YamlFile | None) -> Any:
        """The vocabulary or the site; the defaults if there is no such file."""
        found = self._validated(model, file, (), file.data) if file and not file.is_lost else None
        return model() if found is None else found

    def _sources(self, files: list[tuple[Path, YamlFile]]) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for path, file in files:
            if file.problems:
                continue
            source = self._validated(Source, file, (), file.data)
            if source is None:
                continue
            source._id = path.stem
            for name in source.inferred:
                if name not in Source.model_fields or name == "inferred":
                    message = f"{quote_value(name)} is not a field of a source"
                    place = file.place("inferred", name)
                    self._problem(place, "unknown-field", message, field=f"{path.stem}.inferred")
            sources[path.stem] = source
            self.places[path.stem] = Place(file.name, 1)
        if not files:
            self._problem(Place(self.seeds_folder.name, 1), "no-files", f"{self.seeds_folder} has no sources")
        elif len(sources) < len(files):
            self.broken |= {path.stem for path, _ in files} - sources.keys()
        return sources

    def _drop_copies(self, files: dict[str, YamlFile]) -> None:
        """Refuse a file that is the copy of another once, instead of each id in it."""
        for stem in sorted(files, key=lambda s: (not _COPY_NAME.search(s), -len(s))):
            for other in files:
                common = (files[stem].data.keys() & files[other].data.keys()) - {TOPIC}
                if other != stem and len(common) >= COPIED_IDS:
                    file = files.pop(stem)
                    message = f"{len(common)} ids that {files[other].name} has too: one of the two is a copy"
                    self.problems = [p for p in self.problems if p.place.file != file.name]
                    self._problem(
                        Place(file.name, 1), "copy", message, "one of the two files: delete the copy"
                    )
                    break

    def _topics(self, files: dict[str, YamlFile]) -> tuple[dict[str, Topic], list[Fact]]:
        topics: dict[str, Topic] = {}
        facts: list[Fact] = []
        for stem, file in files.items():
            head = None
            if TOPIC in file.data:
                head = self._validated(TopicHead, file, (TOPIC,), file.data[TOPIC])
            elif not file.is_lost and TOPIC not in file.unreadable:
                expected = "`topic:` with `title` and `about` at the top"
                self._problem(Place(file.name, 1), "no-topic", "no `topic:` in the file", expected, TOPIC)
            records = [
                self._fact(stem, key, record, file) for key, record in file.data.items() if key != TOPIC
            ]
            for fact in (fact for fact in records if fact):
                fact._topic_checked = head.checked if head else None
                facts.append(fact)
            if head:
                topics[stem] = Topic(stem, head.title, head.about, (), head.checked)
        return topics, facts

    def _fact(self, topic: str, key: str, record: Any, file: YamlFile) -> Fact | None:
        place = file.place(key)
        try:
            _adapter(Identifier).validate_python(key)
        except ValidationError as error:
            _, code, message, expected = next(iter(explain_all(error.errors(), None)))
            self._problem(place, code, message, expected, key)
        if key in self.places:
            message = f"the id {quote_value(key)} is taken at {self.places[key]}"
            self._problem(place, "duplicate", message, "another id", key)
            return None
        self.places[key], self.files[key] = place, file
        fact: Fact | None = None
        if not isinstance(record, dict):
            message = f"{quote_value(record)} instead of fields" if record else "a record without fields"
            self._problem(place, "not-a-record", message, "fields indented under the id", key)
        elif kind := self._kind(key, record, file):
            fact = self._validated(KIND_MODELS[kind], file, (key,), {**record, "kind": kind})
        if fact is None:
            self.broken.add(key)
            return None
        fact._id, fact._topic = key, topic
        return fact

    def _kind(self, key: str, record: dict[str, Any], file: YamlFile) -> str:
        """The kind of a record; if it gives none that exists, the one that is probably meant, or ""."""
        given = record.get("kind")
        if given in KINDS:
            return str(given)
        likely = next((kind for name, kind in _KIND_FIELDS.items() if name in record), "")
        likely = likely or _KIND_WORDS.get(str(given).lower(), "")
        if "kind" in record:
            message = f"{quote_value(given)} is not a kind"
            expected = f"`{likely}`" if likely else "figure, date, actor or position"
            self._problem(file.place(key, "kind"), "kind", message, expected, f"{key}.kind")
        else:
            expected = f"`kind: {likely}`" if likely else "`kind: figure`, `date`, `actor` or `position`"
            self._problem(file.place(key), "missing-field", "`kind` is missing", expected, f"{key}.kind")
        self.broken.add(key)
        return likely

    def _questions(self, files: list[YamlFile], facts: list[Fact]) -> dict[str, tuple[str, ...]]:
        current = {name: fact.id for fact in facts for name in (fact.id, *fact.former_ids)}
        questions: dict[str, tuple[str, ...]] = {}
        for file in files:
            for key, record in file.data.items():
                asked = self._validated(Asks, file, (key,), record)
                if key in current:
                    questions[current[key]] = questions.get(current[key], ()) + (asked or ())
                elif key not in self.broken and self.complete:
                    near = nearest(key, list(current))
                    expected = f"`{near}`" if near else "the id of a fact"
                    self._problem(
                        file.place(key),
                        "unknown-id",
                        f"{quote_value(key)} is not the id of a fact",
                        expected,
                        key,
                    )
        return questions
