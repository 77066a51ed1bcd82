"""The JSON schemas for editors match the models and describe every field."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.core.facts.json_schema import SCHEMAS, schema_text
from bot.core.facts.loader import data_folder
from bot.core.facts.models import KIND_MODELS
from tests.core.small import ALL, HEAD, SEED, SHARE


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it: 1.2, where `no`, 12:30 and a day are texts, but 2018 is a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012


for tag, pattern in (
    ("bool", "true|false"), ("int", "[-+]?[0-9]+"), ("float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?"), ("null", "null|"),
):  # fmt: skip
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), None)


def schema(name: str) -> Any:
    return json.loads(schema_text(name))


def complaints(name: str, text: str) -> list[str]:
    """What an editor underlines."""
    return [e.message for e in Draft7Validator(schema(name)).iter_errors(yaml.load(text, EditorLoader))]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_project_is_the_models(name: str) -> None:
    """Update them with `unionstate schema --write`."""
    assert (data_folder() / SCHEMAS[name]).read_text(encoding="utf-8") == schema_text(name)
    Draft7Validator.check_schema(schema(name))


def fields(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from node.get("properties", {}).items()
    for definition in node.get("definitions", {}).values():
        yield from fields(definition)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_has_a_sentence_and_an_example(name: str) -> None:
    shown = [(where, field["description"]) for where, field in fields(schema(name)) if "$ref" not in field]
    assert [where for where, text in shown if not re.search("`[^`]+`", text)] == []


def test_each_kind_has_its_own_fields_only() -> None:
    definitions = schema("facts")["definitions"]
    for model in KIND_MODELS.values():
        shown = definitions[model.__name__]
        assert set(shown["properties"]) == set(model.model_fields)
        assert set(shown["required"]) == {n for n, f in model.model_fields.items() if f.is_required()}


@pytest.mark.parametrize(
    ("old", "new"),
    [("value:", "valeu:"), ("kind: figure", "kind: number"), ("  value: 49.5%\n", ""), ("[trade share]", "trade share"),
     ("quote:", "words:")],
)  # fmt: skip
def test_an_editor_underlines_wrong_fields(old: str, new: str) -> None:
    assert complaints("facts", (HEAD + SHARE).replace(old, new))


@pytest.mark.parametrize("text", ["49.50", "2018", "12:30", "no", "half", "2015-12-14"])
def test_an_editor_takes_texts_that_look_otherwise(text: str) -> None:
    assert complaints("facts", (HEAD + SHARE).replace("value: 49.5%", f"value: {text}")) == []
    assert complaints("facts", ALL) == complaints("seeds", SEED) == []
