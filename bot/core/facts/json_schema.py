"""JSON Schemas for editors, made from the models.

Draft 7, which the YAML extension of VS Code knows best.  Editors read `2018` and `49.5` as numbers where we read text,
so texts that may look like numbers allow both.  What takes more than one record to see is for `unionstate check`.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from bot.core.facts.fields import Identifier
from bot.core.facts.models import KIND_MODELS, Asks, Source, TopicHead
from bot.core.facts.site import Site
from bot.core.facts.vocabulary import Vocabulary

DRAFT = "http://json-schema.org/draft-07/schema#"
# Each schema by name, with its file relative to the folder that holds facts/ and seeds/.
SCHEMAS = {
    "facts": "facts/schema.json",
    "seeds": "seeds/schema.json",
    "questions": "facts/questions/schema.json",
    "vocabulary": "facts/vocabulary.schema.json",
    "site": "facts/site.schema.json",
}
MODELINE = "# yaml-language-server: $schema="


def schema(name: str) -> dict[str, Any]:
    """The schema of one kind of file, by its name in SCHEMAS."""
    if name == "facts":
        return _facts()
    if name == "questions":
        return _questions()
    models: dict[str, type[BaseModel]] = {"seeds": Source, "vocabulary": Vocabulary, "site": Site}
    made = models[name].model_json_schema(schema_generator=_Generator)
    if name == "seeds":
        fields = [field for field in Source.model_fields if field != "inferred"]
        made["properties"]["inferred"]["propertyNames"] = {"enum": fields}
    return {"$schema": DRAFT, **made}


def schema_text(name: str) -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


class _Generator(GenerateJsonSchema):
    """Leaves out generated titles, and null, which our YAML does not have."""

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
    """The rules of a text for the name of a field, which is never a number."""
    return {name: rule for name, rule in of_text.items() if name not in ("type", "minimum")}


def _questions() -> dict[str, Any]:
    return {
        "$schema": DRAFT,
        "title": "Questions of one topic",
        "description": "For the id of a fact, the questions that should find it.",
        "type": "object",
        "propertyNames": _bare(TypeAdapter(Identifier).json_schema()),
        "additionalProperties": {
            "description": "Questions as people ask them, in any language that the bot understands.",
            "examples": [["how much of the trade is with Russia", "доля России в торговле"]],
            **TypeAdapter(Asks).json_schema(schema_generator=_Generator),
        },
    }
