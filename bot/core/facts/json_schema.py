"""JSON Schemas made from the models, by which editors complete and explain fields; the rules are for `unionstate check`."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from bot.core.facts.models import KIND_MODELS, Asks, Source, TopicHead
from bot.core.facts.site import Site
from bot.core.facts.vocabulary import Vocabulary

DRAFT = "http://json-schema.org/draft-07/schema#"  # which the YAML extension of VS Code knows best
# Each schema by name, with its file relative to the folder that holds facts/ and seeds/.
SCHEMAS = {
    "facts": "facts/schema.json",
    "seeds": "seeds/schema.json",
    "questions": "facts/questions/schema.json",
    "vocabulary": "facts/vocabulary.schema.json",
    "site": "facts/site.schema.json",
}
MODELINE = "# yaml-language-server: $schema="
_MODELS: dict[str, type[BaseModel]] = {"seeds": Source, "vocabulary": Vocabulary, "site": Site}


def schema(name: str) -> dict[str, Any]:
    """The schema of one kind of file, by its name in SCHEMAS."""
    if name == "facts":
        return {"$schema": DRAFT, **_facts()}
    if name == "questions":
        questions = TypeAdapter(Asks).json_schema(schema_generator=_Generator)
        description = "For the id of a fact, the questions that should find it."
        return {
            "$schema": DRAFT,
            "description": description,
            "type": "object",
            "additionalProperties": questions,
        }
    return {"$schema": DRAFT, **_MODELS[name].model_json_schema(schema_generator=_Generator)}


def schema_text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


class _Generator(GenerateJsonSchema):
    """Leaves out generated titles, and null, which our YAML does not have."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def str_schema(self, schema: core_schema.StringSchema) -> dict[str, Any]:
        return {"type": ["string", "number"]}  # an editor reads a plain 2018 as a number, which to us is text

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def _facts() -> dict[str, Any]:
    """`topic:` at the top, then facts by id; `kind` decides which fields a fact has."""
    _, made = models_json_schema(
        [(model, "validation") for model in (TopicHead, *KIND_MODELS.values())],
        schema_generator=_Generator,
        ref_template="#/definitions/{model}",
    )
    definitions = made["$defs"]
    kinds = {
        kind: definitions[m.__name__]["properties"]["kind"]["description"] for kind, m in KIND_MODELS.items()
    }
    about = " ".join(f"{kind}: {description}" for kind, description in kinds.items())
    fact = {
        "required": ["kind"],
        "properties": {"kind": {"enum": list(kinds), "description": about, "examples": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}},
                "then": {"$ref": f"#/definitions/{model.__name__}"},
            }
            for kind, model in KIND_MODELS.items()
        ],
    }
    return {
        "type": "object",
        "required": ["topic"],
        "properties": {"topic": {"$ref": "#/definitions/TopicHead"}},
        "additionalProperties": fact,
        "definitions": definitions,
    }
