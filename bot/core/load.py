"""Reading the fact base from its files, all or nothing.

Belongs here: files to models, with every problem of every file collected and told at once.  Does
not belong here: what a field may hold (`model`), comparisons between facts that only advise (`check`).
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from rapidfuzz.distance import OSA

from bot.core.model import (
    ID_PATTERN,
    KIND_MODELS,
    KINDS,
    WORD_LENGTH,
    Evidence,
    Fact,
    FactBase,
    Identifier,
    Place,
    Source,
    Topic,
    TopicHead,
    Vocabulary,
)
from bot.core.problems import DataError, Problem, shown
from bot.core.published import gone, published_ids
from bot.core.site import SITE, load_questions, load_site
from bot.core.yamlfile import YamlFile, read_yaml

_PACKAGE = Path(__file__).resolve().parent.parent
_TOPIC = "topic"  # the record on top of each fact file that names the topic
_VOCABULARY = "vocabulary"
COPIED = 3  # ids that two files have in common: one of them is a copy
FIELD_ALIKE = 0.6  # as alike as `valeu` and `value`, or `quotes` and `quote`
_WORD_LISTS = ("ignore", "light", "asked", "loaded")
_WORD_GROUPS = ("names", "synonyms")


def data_folder() -> Path:
    """The folder that holds facts/ and seeds/: the checkout's where there is one, else the installed package's own."""
    checkout = _PACKAGE.parent
    return checkout if (checkout / "facts").is_dir() and (checkout / "seeds").is_dir() else _PACKAGE / "_data"


def load_fact_base(facts: Path | None = None, seeds: Path | None = None) -> FactBase:
    """Read and validate the whole fact base.

    `facts` defaults to the project's own folder; `seeds` to the folder `seeds` beside `facts`, or
    to the project's own where there is none.  Raises DataError with every problem of every file.
    """
    return _Reader(*fact_folders(facts, seeds)).read()


def fact_folders(facts: Path | None = None, seeds: Path | None = None) -> tuple[Path, Path]:
    """The folders that `load_fact_base` reads, links followed: the one of the facts, the one of the sources."""
    facts = (facts or data_folder() / "facts").resolve()
    if seeds is None:
        beside = facts.parent / "seeds"
        seeds = beside if beside.is_dir() else data_folder() / "seeds"
    return facts, seeds.resolve()


def yaml_files(folder: Path) -> list[Path]:
    """The files of a folder that are read, in order."""
    return sorted(p for p in folder.glob("*.yaml") if not p.name.startswith(".") and p.name != SITE)


class _Reader:
    """One reading: collects the problems while it goes."""

    def __init__(self, facts: Path, seeds: Path) -> None:
        self.facts_folder, self.seeds_folder = facts, seeds
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self.digest = hashlib.sha256()
        self.broken: dict[str, dict[str, Any]] = {}  # records that do not validate, as the file has them
        self.files: dict[str, YamlFile] = {}  # by fact id, for the lines of fields
        self.lines: dict[str, Mapping[tuple[str | int, ...], int]] = {}  # by file name
        self.unreadable: set[str] = set()  # names of records that could not be parsed
        self.twice: dict[
            tuple[str, str], list[tuple[str, Place]]
        ] = {}  # ids of a file that an earlier one has too
        self.unknown = False  # whether there is a file of which not even these names are known
        self.lost: dict[
            str, list[Place]
        ] = {}  # published ids that no record has, with who names them all the same

    def read(self) -> FactBase:
        sources = self._sources()
        vocabulary = Vocabulary()
        topics: dict[str, Topic] = {}
        facts: list[Fact] = []
        files = yaml_files(self.facts_folder)
        if not files:
            self._problem(
                Place(self.facts_folder.name, 1),
                "",
                f"no fact files in {self.facts_folder}",
                "a folder with <topic>.yaml files",
            )
        for path in files:
            file = self._read(path)
            if path.stem == _VOCABULARY:
                vocabulary = self._vocabulary(file)
                continue
            head, members = self._topic(path.stem, file)
            if head:
                topics[path.stem] = Topic(path.stem, head.title, head.about, tuple(members), head.checked)
            facts += members
        self._twice()
        self._references(facts, sources)
        self._former_ids(facts)
        self._gone(facts)
        if files and not facts and not self.problems:
            self._problem(Place(self.facts_folder.name, 1), "", "files without a fact", "at least one fact")
        if self.problems:
            raise DataError(self.problems)
        return FactBase(
            facts=tuple(facts),
            topics=topics,
            sources=sources,
            vocabulary=vocabulary,
            places=self.places,
            lines=self.lines,
            site=load_site(self.facts_folder),
            questions=load_questions(self.facts_folder, self.files),
            version=self.digest.hexdigest()[:12],
        )

    def _problem(self, place: Place, field: str, found: str, wanted: str) -> None:
        self.problems.append(Problem(place, field, found, wanted))

    def _read(self, path: Path) -> YamlFile:
        name = f"{path.parent.name}/{path.name}"
        file = read_yaml(path, name)
        self.problems += file.problems
        self.digest.update(name.encode())
        self.digest.update(file.raw)
        return file

    def _sources(self) -> dict[str, Source]:
        sources: dict[str, Source] = {}
        for path in yaml_files(self.seeds_folder):
            file = self._read(path)
            if file.problems and not file.data:
                continue
            source = self._validated(Source, file, (), path.stem)
            if isinstance(source, Source):
                source._id = path.stem
                for name in source.inferred:
                    if name not in Source.model_fields or name == "inferred":
                        self._problem(
                            file.place("inferred", name),
                            f"{path.stem}.inferred",
                            shown(name),
                            "a field of the source",
                        )
                sources[path.stem] = source
                self.places[path.stem] = Place(file.name, 1)
        if not sources and not self.problems:
            self._problem(
                Place(self.seeds_folder.name, 1),
                "",
                f"no sources in {self.seeds_folder}",
                "a folder with <source>.yaml files",
            )
        return sources

    def _topic(self, name: str, file: YamlFile) -> tuple[TopicHead | None, list[Fact]]:
        head: TopicHead | None = None
        facts: list[Fact] = []
        readable = bool(file.data) or not file.problems
        if readable and _TOPIC not in file.data and _TOPIC not in file.unreadable:
            self._problem(
                Place(file.name, 1),
                _TOPIC,
                "no such record",
                "`topic:` with `title` and `about` on top of the file",
            )
        self.lines[file.name] = file.lines
        self.unreadable |= file.unreadable
        self.unknown |= not readable
        for key, record in file.data.items():
            if key == _TOPIC:
                head = self._validated(TopicHead, file, (key,), key, record)
                continue
            fact = self._fact(name, key, record, file)
            if fact:
                facts.append(fact)
        for fact in facts:
            fact._topic_checked = head.checked if head else None
        return head, facts

    def _fact(self, topic: str, key: str, record: Any, file: YamlFile) -> Fact | None:
        place = file.place(key)
        try:
            _ID_CHECK.validate(key)
        except ValidationError as error:
            self._problem(place, key, shown(key), error.errors()[0]["msg"])
        if key in self.places:
            self.twice.setdefault((file.name, self.places[key].file), []).append((key, place))
            return None
        self.places[key] = place
        self.files[key] = file
        if not isinstance(record, dict):
            self._problem(place, key, shown(record), "fields indented under the id")
            return None
        kind = record.get("kind")
        if kind not in KINDS:
            self.broken[key] = record
            like = next((n for n in record if _alike(n, "kind") >= FIELD_ALIKE), None)
            if "kind" in record or like is None:
                found = shown(kind) if "kind" in record else "no such field"
                wanted = "figure, date, actor or position"
                self._problem(file.place(key, "kind"), f"{key}.kind", found, wanted)
            else:
                self._problem(file.place(key, like), f"{key}.{like}", "an unknown field", "`kind`")
            return None
        fact: Fact | None = self._validated(KIND_MODELS[kind], file, (key,), key, record)
        if fact is None:
            self.broken[key] = record
            return None
        fact._id, fact._topic = key, topic
        return fact

    def _twice(self) -> None:
        """Ids that are taken: each by itself, or as one mistake where a file is the copy of another."""
        for (file, other), taken in self.twice.items():
            if len(taken) >= COPIED:
                found = f"{len(taken)} ids that {other} has too, the first of them {shown(taken[0][0])}"
                self._problem(
                    Place(file, taken[0][1].line), "", found, "each record in one file: delete the copy"
                )
                continue
            for key, place in taken:
                wanted = f"another id (the first is at {self.places[key]})"
                self._problem(place, key, f"the id {shown(key)} a second time", wanted)

    def _validated(
        self, model: type[Any], file: YamlFile, path: tuple[str, ...], name: str, record: Any = None
    ) -> Any:
        """The record as `model`, or None with a problem for each field that does not fit."""
        try:
            return model.model_validate(file.data if record is None else record)
        except ValidationError as error:
            details = error.errors()
            misspelt = _misspelt(details)
            for detail in details:
                where = detail["loc"]
                if detail["type"] == "missing" and where in misspelt.values():
                    continue
                field = ".".join(str(p + 1) if isinstance(p, int) else str(p) for p in where)
                found, wanted = _told(detail, model)
                if where in misspelt:
                    wanted = f"`{misspelt[where][-1]}`"
                self._problem(
                    file.place(*path, *where), ".".join(x for x in (name, field) if x), found, wanted
                )
            return None

    def _vocabulary(self, file: YamlFile) -> Vocabulary:
        lists: dict[str, tuple[str, ...]] = {}
        groups: dict[str, dict[str, tuple[str, ...]]] = {}
        for section, content in file.data.items():
            if section in _WORD_LISTS and isinstance(content, list):
                lists[section] = self._words(content, file, section)
            elif section in _WORD_GROUPS and isinstance(content, dict):
                groups[section] = {}
                for word, others in content.items():
                    if isinstance(others, list):
                        groups[section][word] = self._words(others, file, section, word)
                    else:
                        self._problem(
                            file.place(section, word),
                            f"{section}.{word}",
                            shown(others),
                            "a list of words: [a, b]",
                        )
            elif section in _WORD_LISTS + _WORD_GROUPS:
                wanted = (
                    "a list of words"
                    if section in _WORD_LISTS
                    else "words, each with a list of others that mean the same"
                )
                self._problem(file.place(section), section, shown(content), wanted)
            else:
                self._problem(
                    file.place(section),
                    section,
                    "an unknown section",
                    "names, synonyms, ignore, light, asked or loaded",
                )
        return Vocabulary(
            names=groups.get("names", {}),
            synonyms=groups.get("synonyms", {}),
            ignore=lists.get("ignore", ()),
            light=lists.get("light", ()),
            asked=lists.get("asked", ()),
            loaded=lists.get("loaded", ()),
        )

    def _words(self, items: list[Any], file: YamlFile, *path: str) -> tuple[str, ...]:
        words = []
        for i, item in enumerate(items):
            if isinstance(item, str) and item.strip() and len(item) <= WORD_LENGTH:
                words.append(item.strip())
            else:
                self._problem(file.place(*path, i), ".".join(path), shown(item), "a word or short phrase")
        return tuple(words)

    def _references(self, facts: Iterable[Fact], sources: dict[str, Source]) -> None:
        """Every id that a record names must exist, and `see_also` must point both ways."""
        known = {fact.id: fact for fact in facts}
        former = {name: fact.id for fact in known.values() for name in fact.former_ids}
        published = self._published()
        complete = not self.problems  # a record that did not load is no reason to blame those that name it

        def renamed(other: str) -> bool:
            """Whether no record has the id, but one had: those that name it may mean a record of another name."""
            return other not in self.files and (other in former or other in published)

        for fact in known.values():
            file = self.files[fact.id]
            self._named_sources(fact.id, [e.source for e in fact.evidence], sources, complete)
            for field in ("see_also", "actors"):
                for i, other in enumerate(getattr(fact, field)):
                    place = file.place(fact.id, field, i)
                    target = known.get(other)
                    if target is None:
                        if other in self.files or other in self.unreadable or self.unknown:
                            continue
                        if other in former:
                            wanted = f"{former[other]}, as it is called now"
                            self._problem(place, f"{fact.id}.{field}", shown(other), wanted)
                        elif other in published:
                            self.lost.setdefault(other, []).append(place)
                        else:
                            self._problem(place, f"{fact.id}.{field}", shown(other), "the id of a fact")
                    elif other == fact.id:
                        self._problem(place, f"{fact.id}.{field}", "the fact itself", "another fact's id")
                    elif field == "actors" and target.kind != "actor":
                        self._problem(
                            place, f"{fact.id}.{field}", shown(other), "the id of a fact of kind actor"
                        )
                    elif (
                        field == "see_also"
                        and fact.id not in target.see_also
                        and not any(map(renamed, target.see_also))
                    ):
                        self._problem(
                            place,
                            f"{fact.id}.see_also",
                            f"{shown(other)}, which does not name this fact",
                            f"`see_also: [{fact.id}]` at {self.places[other]} too",
                        )

        # A record that is broken elsewhere names its sources all the same: every mistake is told in one run.
        for key, record in self.broken.items():
            evidence = record.get("evidence")
            named = (
                [e.get("source") for e in evidence if isinstance(e, dict)]
                if isinstance(evidence, list)
                else []
            )
            self._named_sources(
                key,
                [n for n in named if isinstance(n, str) and re.fullmatch(ID_PATTERN, n)],
                sources,
                complete,
            )

    def _named_sources(self, key: str, named: list[str], sources: dict[str, Source], complete: bool) -> None:
        for i, source in enumerate(named):
            if source not in sources and (complete or not (self.seeds_folder / f"{source}.yaml").exists()):
                self._problem(
                    self.files[key].place(key, "evidence", i, "source"),
                    f"{key}.evidence.{i + 1}.source",
                    shown(source),
                    f"a source of seeds/: {', '.join(sorted(sources)) or 'none loaded'}",
                )

    def _former_ids(self, facts: Iterable[Fact]) -> None:
        """An id of the past leads to one fact: it is in use nowhere else and nobody else's past."""
        claimed: dict[str, Fact] = {}
        for fact in facts:
            for i, former in enumerate(fact.former_ids):
                file = self.files[fact.id]
                place, field = file.place(fact.id, "former_ids", i), f"{fact.id}.former_ids"
                if former in self.places:
                    whose = "the fact's own id" if former == fact.id else f"in use at {self.places[former]}"
                    self._problem(place, field, f"{shown(former)}, {whose}", "an id that no record has now")
                elif former in claimed:
                    other = claimed[former]
                    at = self.files[other.id].place(other.id, "former_ids")
                    found = f"{shown(former)} a second time"
                    self._problem(place, field, found, f"it once (the first is at {at})")
                else:
                    claimed[former] = fact

    def _published(self) -> Mapping[str, int]:
        try:
            return published_ids(self.facts_folder)
        except OSError:  # the facts do not need the list; `check` says what is wrong with it
            return {}

    def _gone(self, facts: Iterable[Fact]) -> None:
        """Published ids that are gone, where the facts do not load: `check` looks for them in those that do."""
        if self.unknown or not (self.problems or self.lost):
            return
        answered = {*self.files, *self.unreadable, *(name for fact in facts for name in fact.former_ids)}
        for record in self.broken.values():
            former = record.get("former_ids")
            answered |= (
                {name for name in former if isinstance(name, str)} if isinstance(former, list) else set()
            )
        if self.unreadable:  # whose former ids nobody knows
            answered |= self._published().keys() - self.lost.keys()
        with contextlib.suppress(OSError):
            self.problems += gone(answered, self.facts_folder, self.lost)


class _IdCheck(BaseModel):
    id: Identifier

    @classmethod
    def validate(cls, text: str) -> None:  # type: ignore[override]
        cls.model_validate({"id": text})


_ID_CHECK = _IdCheck


def _alike(written: str, field: str) -> float:
    """How much a written name is like a field's, from 0 to 1."""
    return OSA.normalized_similarity(written.lower(), field)


def _misspelt(details: Iterable[Any]) -> dict[tuple[str | int, ...], tuple[str | int, ...]]:
    """Unknown fields that look like one that is missing beside them: one mistake, told once."""
    missing = [d["loc"] for d in details if d["type"] == "missing"]
    pairs: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
    for unknown in (d["loc"] for d in details if d["type"] == "extra_forbidden"):
        beside = [m for m in missing if m[:-1] == unknown[:-1] and m not in pairs.values()]
        alike = [(_alike(str(unknown[-1]), str(m[-1])), m) for m in beside]
        best = max(alike, default=(0.0, ()))
        if best[0] >= FIELD_ALIKE:
            pairs[unknown] = best[1]
    return pairs


def _told(detail: Any, model: type[Any]) -> tuple[str, str]:
    """A pydantic error as "found", "wanted"."""
    kind, value = detail["type"], detail["input"]
    if kind == "wanted":
        empty = isinstance(value, str) and not value.strip()
        leave_out = " (leave the field out where there is nothing to say)"
        return shown(value), detail["ctx"]["wanted"] + leave_out * (
            empty and _is_optional(detail["loc"], model)
        )
    if kind == "missing":
        return "no such field", f"a line `{detail['loc'][-1]}: …`, which is required"
    if kind == "extra_forbidden":
        return "an unknown field", f"one of {', '.join(_fields(detail['loc'], model))}"
    if kind in ("string_type", "tuple_type", "dict_type", "model_type", "model_attributes_type"):
        lists = "a list: [a, b]"
        if detail["loc"] == ("evidence",):
            lists = "a list: under it `- source: …`, and `quote: …` below that"
        fields = "`source: …` and `quote: …`" if "evidence" in detail["loc"] else "fields indented under it"
        wanted = {"string_type": "text", "tuple_type": lists}.get(kind, fields)
        return shown(value), wanted
    if kind == "bool_type":
        return shown(value), "true or false"
    if kind == "literal_error":
        return shown(value), detail["ctx"]["expected"].replace("'", "")
    if kind == "too_short":
        return "an empty list", "at least one of them"
    return shown(value), detail["msg"]


def _fields(where: tuple[str | int, ...], model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of the record, or of its evidence, in which something is wrong."""
    return Evidence.model_fields if "evidence" in where else model.model_fields


def _is_optional(where: tuple[str | int, ...], model: type[BaseModel]) -> bool:
    field = _fields(where, model).get(str(where[-1]))
    return field is not None and not field.is_required()
