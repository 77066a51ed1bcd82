"""The schemas that editors read: made from the models, true of every file, and as strict as a schema can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.core.facts.formatter import kind_of_file
from bot.core.facts.json_schema import MODELINE, SCHEMAS, schema, schema_text
from bot.core.facts.loader import data_folder, yaml_files
from bot.core.facts.models import KIND_MODELS
from tests.core.small import ALL, HEAD, SEED, SHARE
from tests.core.test_loader import BAD_FACTS, BAD_SEEDS, BAD_VOCABULARIES, found

ROOT = data_folder()
FILES = [path for name in ("facts", "seeds") for path in yaml_files(ROOT / name)]
VALIDATORS = {name: Draft7Validator(schema(name)) for name in SCHEMAS}


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it: 1.2, where `no` and 12:30 are texts, and a day is one too, but 2018 is a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    EditorLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), list(first) + [""] * (tag == "null")
    )


def complaints(name: str, text: str) -> list[str]:
    """What an editor underlines; a text that is no YAML is underlined for that."""
    try:
        data = yaml.load(text, EditorLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return [str(error)]
    return [e.message for e in VALIDATORS[name].iter_errors(data)]


# -- held to the models ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_project_is_the_models(name: str) -> None:
    """Update them with `unionstate schema --write`."""
    assert (ROOT / SCHEMAS[name]).read_text(encoding="utf-8") == schema_text(name)
    Draft7Validator.check_schema(schema(name))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_each_file_names_its_schema_first_and_fits_it(path: Path) -> None:
    name = kind_of_file(path)
    first, rest = path.read_text(encoding="utf-8").split("\n", 1)
    assert first == f"{MODELINE}{Path(SCHEMAS[name]).name}"
    assert (path.parent / first.removeprefix(MODELINE)).samefile(ROOT / SCHEMAS[name])
    assert complaints(name, rest) == []


def fields(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in node.get("properties", {}).items():
        yield f"{where}{name}", field
        yield from fields(field, f"{where}{name}.")
    for name, definition in node.get("definitions", {}).items():
        yield from fields(definition, f"{name}.")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_explained_by_a_sentence_and_an_example_that_fits(name: str) -> None:
    made = schema(name)
    explained = [(where, f) for where, f in fields(made) if "$ref" not in f]
    assert explained or name == "questions"
    for where, field in explained:
        assert re.fullmatch(r"[A-Za-z].+[.]", field["description"]), where
        assert field["examples"], where
        checker = Draft7Validator({**field, "definitions": made.get("definitions", {})})
        for example in field["examples"]:
            assert list(checker.iter_errors(example)) == [], where


def test_each_kind_shows_its_own_fields_only() -> None:
    made = schema("facts")
    branches = {
        b["if"]["properties"]["kind"]["const"]: b["then"]["$ref"]
        for b in made["definitions"]["Fact"]["allOf"]
    }
    assert list(branches) == list(KIND_MODELS)
    for kind, model in KIND_MODELS.items():
        shown = made["definitions"][branches[kind].rsplit("/", 1)[1]]
        assert set(shown["properties"]) == set(model.model_fields)
        assert shown["additionalProperties"] is False
        assert set(shown["required"]) == {n for n, f in model.model_fields.items() if f.is_required()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_patterns_are_such_as_editors_take(name: str) -> None:
    """JavaScript with the `u` flag refuses what Python lets pass: escapes without need, and Python's own groups."""
    patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', schema_text(name))
    assert patterns
    for text in map(json.loads, patterns):
        assert not re.search(r"\\[^sSdDwWbBunrtx^$\\.*+?()\[\]{}|/]", text), text
        assert "(?P" not in text
        re.compile(text)


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_person_is_shown_a_pattern(name: str) -> None:
    """VS Code shows `patternErrorMessage` if a pattern does not match."""

    def patterns(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield where, node
            for key, value in node.items():
                yield from patterns(value, key)
        elif isinstance(node, list):
            for value in node:
                yield from patterns(value, where)

    found = list(patterns(schema(name), ""))
    assert found
    for where, node in found:
        assert node.get("patternErrorMessage", "").startswith("expected "), where


def test_an_editor_says_what_check_says(tmp_path: Path) -> None:
    facts = (HEAD + SHARE).replace("as_of: 2018", "as_of: last year")
    (problem,) = found(tmp_path, facts)
    (error,) = VALIDATORS["facts"].iter_errors(yaml.load(facts, EditorLoader))
    assert error.schema["patternErrorMessage"] == f"expected {problem.expected}"


# -- as strict as `check`, as far as a schema can be -----------------------------------------------

# What takes a look at other records or files, at the calendar, or at YAML that editors read another way.
BEYOND = {
    "an unknown source",
    "a reversed interval",
    "itself in see_also",
    "nothing known in see_also",
    "a source in see_also",
    "a see_also that is not returned",
    "an actor that is none",
    "an actor that nobody knows",
    "a former id in see_also",
    "a former id that is the fact's own",
    "a former id that is in use",
    "a former id that is a source's",
    "a former id that two facts claim",
    "a day of the last look that no calendar has",
    "an anchor",  # YAML to an editor
    "a # that cuts a text off",
    "a field twice",  # an editor's own YAML check says so; PyYAML, which stands in for it here, does not
    "a record twice",
    "the topic twice",
    "a word twice",
}


def by_name(cases: list[Any]) -> dict[str, tuple[str, ...]]:
    return {case.id: case.values[0] for case in cases}


@pytest.mark.parametrize(("name", "parts"), by_name(BAD_FACTS).items())
def test_a_bad_fact_is_underlined(name: str, parts: tuple[str, ...]) -> None:
    old, new, *_ = parts
    assert bool(complaints("facts", (HEAD + SHARE).replace(old, new))) == (name not in BEYOND)


@pytest.mark.parametrize(("name", "parts"), by_name(BAD_SEEDS).items())
def test_a_bad_source_is_underlined(name: str, parts: tuple[str, ...]) -> None:
    old, new, *_ = parts
    assert complaints("seeds", SEED.replace(old, new)), name


@pytest.mark.parametrize(("name", "parts"), by_name(BAD_VOCABULARIES).items())
def test_a_bad_vocabulary_is_underlined(name: str, parts: tuple[str, ...]) -> None:
    content, *_ = parts
    assert bool(complaints("vocabulary", content)) == (name not in BEYOND)


@pytest.mark.parametrize(
    "text", ["49.50", "1e3", "2018", "12:30", "no", "=", "half", "2015-12-14", "~5%", "5 “units”"]
)
def test_what_check_accepts_is_not_underlined(tmp_path: Path, text: str) -> None:
    facts = (HEAD + SHARE).replace("section: Trends", f"section: {text}")
    assert found(tmp_path, facts) == ()
    assert complaints("facts", facts) == []


@pytest.mark.parametrize(
    "date",
    ["2015", "2015-12", "2015-12-14", "2015-12-14/2015-12-15", "2016-02-29", "199X", "2015~", "199X~", "2015/2016-01", "2015-12~/2016"],
)  # fmt: skip
def test_dates_that_check_accepts_are_not_underlined(tmp_path: Path, date: str) -> None:
    facts = (HEAD + SHARE).replace("as_of: 2018", f"as_of: {date}")
    assert found(tmp_path, facts) == ()
    assert complaints("facts", facts) == []


@pytest.mark.parametrize(
    "date",
    ["2015-02-30", "2015-04-31", "2015-00", "2015-1", "15", "0000", "000X", "2015-12-14/", "2015?", "20151"],
)
def test_dates_that_check_refuses_are_underlined(tmp_path: Path, date: str) -> None:
    facts = (HEAD + SHARE).replace("as_of: 2018", f"as_of: {date}")
    assert found(tmp_path, facts)
    assert complaints("facts", facts)


def test_records_of_every_kind_fit() -> None:
    assert complaints("facts", ALL) == []
    assert complaints("seeds", SEED) == []
