"""JSON Schemas for editors, made from the models.

Belongs here: turning the models into what the YAML extension of VS Code (and of other editors) reads to
complete fields, explain them and underline mistakes.  Does not belong here: rules; these are the
models' (`model`), each beside its check.

Draft 7, which those editors know best.  They read `2018` and `49.5` as numbers where we read text, so
texts that may look like numbers allow both.  What takes more than one record to see (an id twice, a
source that does not exist, `see_also` one way) is beyond a schema: `unionstate check` says it.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from bot.core.model import KIND_MODELS, Identifier, Source, TopicHead, Vocabulary

DRAFT = "http://json-schema.org/draft-07/schema#"
# Each schema by name, with its file relative to the folder that holds facts/ and seeds/.
SCHEMAS = {
    "facts": "facts/schema.json",
    "seeds": "seeds/schema.json",
    "vocabulary": "facts/vocabulary.schema.json",
}
MODELINE = "# yaml-language-server: $schema="


def schema(name: str) -> dict[str, Any]:
    """The schema of the files in facts/, of those in seeds/, or of the vocabulary."""
    return {"facts": _facts, "seeds": _seeds, "vocabulary": _vocabulary}[name]()


def schema_text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


class _Generator(GenerateJsonSchema):
    """Says of a field what helps its author: no machine-made titles, and no null, which our YAML does not have."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def _facts() -> dict[str, Any]:
    models = [TopicHead, *KIND_MODELS.values()]
    _, made = models_json_schema(
        [(model, "validation") for model in models],
        schema_generator=_Generator,
        ref_template="#/definitions/{model}",
    )
    definitions = made["$defs"]
    kinds = [definitions[model.__name__]["properties"]["kind"] for model in KIND_MODELS.values()]
    definitions["Fact"] = {
        "description": "A fact; `kind` decides which fields it has.",
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {
                "enum": [kind["const"] for kind in kinds],
                "description": " ".join(f"{kind['const']}: {kind['description']}" for kind in kinds),
                "examples": [kind["const"] for kind in kinds],
            }
        },
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/definitions/{model.__name__}"},
            }
            for kind, model in KIND_MODELS.items()
        ],
    }
    return {
        "$schema": DRAFT,
        "title": "Facts of one topic",
        "description": "A file of facts: `topic:` on top, then one record per fact under its id.",
        "type": "object",
        "required": ["topic"],
        "properties": {"topic": {"$ref": "#/definitions/TopicHead"}},
        "propertyNames": _bare(TypeAdapter(Identifier).json_schema()),
        "additionalProperties": {"$ref": "#/definitions/Fact"},
        "definitions": definitions,
    }


def _bare(of_text: dict[str, Any]) -> dict[str, Any]:
    """A text's rules for the name of a field, which is never a number."""
    return {name: rule for name, rule in of_text.items() if name not in ("type", "minimum")}


def _seeds() -> dict[str, Any]:
    made = Source.model_json_schema(schema_generator=_Generator)
    made["properties"]["inferred"]["propertyNames"] = {
        "enum": [name for name in Source.model_fields if name != "inferred"]
    }
    return {"$schema": DRAFT, **made}


def _vocabulary() -> dict[str, Any]:
    made = TypeAdapter(Vocabulary).json_schema(schema_generator=_Generator)
    return {"$schema": DRAFT, **made, "additionalProperties": False}
