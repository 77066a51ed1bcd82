"""JSON Schemas made from the models, by which editors complete and explain fields; the rules are for `unionstate check`."""

import ast
import inspect
import itertools
import json
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from bot.core.facts.models import KIND_MODELS, Asks, Site, Source, TopicHead, Vocabulary

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
_TYPES: dict[str, Any] = {
    "seeds": Source,
    "vocabulary": Vocabulary,
    "site": Site,
    "questions": dict[str, Asks],
}


def descriptions(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field.  pydantic's `use_attribute_docstrings` would read it at each start of the bot."""
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if part.__module__ == model.__module__:
            (parsed,) = ast.parse(inspect.getsource(part)).body
            for field, text in itertools.pairwise(getattr(parsed, "body", ())):
                match field, text:
                    case ast.AnnAssign(ast.Name(name)), ast.Expr(ast.Constant(str(written))):
                        found[name] = written
    return found


class _Generator(GenerateJsonSchema):
    """Leaves out generated titles, and null, which our YAML does not have."""

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        made = super().model_schema(schema)
        for name, text in descriptions(schema["cls"]).items():
            made["properties"][name]["description"] = text
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def str_schema(self, schema: core_schema.StringSchema) -> dict[str, Any]:
        return {"type": ["string", "number"]}  # an editor reads a plain 2018 as a number, which to us is text

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])


def schema_text(name: str) -> str:
    """The schema of one kind of file, by its name in SCHEMAS, as its file holds it."""
    made = _facts() if name == "facts" else TypeAdapter(_TYPES[name]).json_schema(schema_generator=_Generator)
    return json.dumps({"$schema": DRAFT, **made}, ensure_ascii=False, indent=2) + "\n"


def _facts() -> dict[str, Any]:
    """`topic:` at the top, then facts by id; `kind` decides which fields a fact has."""
    models = [(model, "validation") for model in (TopicHead, *KIND_MODELS.values())]
    _, made = models_json_schema(models, schema_generator=_Generator, ref_template="#/definitions/{model}")  # type: ignore[arg-type]
    definitions = made["$defs"]
    by_kind, about = [], []
    for name, model in KIND_MODELS.items():
        target = {"$ref": f"#/definitions/{model.__name__}"}
        by_kind.append({"if": {"properties": {"kind": {"const": name}}}, "then": target})
        about.append(f"{name}: {descriptions(model)['kind']}")
    kind = {"enum": list(KIND_MODELS), "description": " ".join(about)}
    return {
        "type": "object",
        "required": ["topic"],
        "properties": {"topic": {"$ref": "#/definitions/TopicHead"}},
        "additionalProperties": {"required": ["kind"], "properties": {"kind": kind}, "allOf": by_kind},
        "definitions": definitions,
    }
