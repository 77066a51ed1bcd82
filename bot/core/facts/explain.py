"""pydantic's validation errors as codes and messages for authors of facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.core.facts.issues import quote_value
from bot.core.facts.models import KIND_MODELS, Answers, Evidence

FIELD_SIMILARITY = 0.6  # that of `valeu` and `value`, or of `quotes` and `quote`
_COUNTERPARTS = {"date": "as_of", "as_of": "date"}

Location: TypeAlias = tuple[str | int, ...]


def explain_all(details: Sequence[Any], model: Any) -> Iterator[tuple[Location, str, str, str]]:
    """For each of pydantic's errors its location, code, message and what is expected.

    A field that is misspelt, or belongs to another kind, is one mistake and not also a missing field.
    """
    instead = _meant_fields(details)
    for detail in details:
        where = detail["loc"]
        if detail["type"] == "missing" and where in instead.values():
            continue
        if where in instead:
            kind = next((name for name, m in KIND_MODELS.items() if m is model), "record")
            message = f"`{where[-1]}` is not a field of {'an' if kind == 'actor' else 'a'} {kind}"
            yield where, "unknown-field", message, f"`{instead[where][-1]}`"
        else:
            yield where, *_explain(detail, model)


def nearest(name: str, names: Sequence[str]) -> str:
    """Which of `names` is probably meant; "" if none is near."""
    found = process.extractOne(name, names, scorer=fuzz.ratio, score_cutoff=75)
    return found[0] if found else ""


def _meant_fields(details: Sequence[Any]) -> dict[Location, Location]:
    """Unknown fields with the missing field beside them that they probably are."""
    missing = [d["loc"] for d in details if d["type"] == "missing"]
    meant: dict[Location, Location] = {}
    for unknown in (d["loc"] for d in details if d["type"] == "extra_forbidden"):
        name = str(unknown[-1])
        beside = {str(m[-1]): m for m in missing if m[:-1] == unknown[:-1] and m not in meant.values()}
        counterpart = _COUNTERPARTS.get(name, "")
        if counterpart in beside:
            meant[unknown] = beside[counterpart]
        elif near := _nearest_field(name, beside):
            meant[unknown] = beside[near]
    return meant


def _nearest_field(name: str, fields: Mapping[str, Any]) -> str:
    best = max(fields, key=lambda field: OSA.normalized_similarity(name.lower(), field), default="")
    return best if OSA.normalized_similarity(name.lower(), best) >= FIELD_SIMILARITY else ""


def _explain(detail: Any, model: Any) -> tuple[str, str, str]:
    kind, value, where = detail["type"], detail["input"], detail["loc"]
    shown = quote_value(value)
    if kind == "invalid":
        context = detail["ctx"]
        if context["code"] == "empty" or value == "":
            optional = " (or the line deleted)" if _is_optional(where, model) else ""
            return "empty", "there is no text", context["expected"] + optional
        return context["code"], f"{shown} {context['what']}", context["expected"]
    if kind == "missing":
        return "missing-field", f"`{where[-1]}` is missing", f"a line `{where[-1]}: …`"
    if kind == "extra_forbidden":
        return "unknown-field", *_unknown_field(str(where[-1]), where, model)
    if kind == "string_type" and isinstance(value, dict):
        text = ", ".join(f"{k}: {v}" for k, v in value.items())
        return (
            "quotes-needed",
            "the colon makes it a group of fields",
            f'straight quotation marks: `"{text}"`',
        )
    if kind == "tuple_type":
        lists = (
            "`- source: …` and below it `quote: …`"
            if where == ("evidence",)
            else "a list: `[a, b]`, or `- a` on lines below it"
        )
        return "type", f"{shown} is not a list" if value else "there is no list", lists
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        fields = "`source: …` and `quote: …`" if "evidence" in where else "fields or words indented under it"
        return "type", f"{shown} instead of fields", fields
    if kind == "bool_type":
        return "type", f"{shown} is neither true nor false", "true or false"
    if kind == "literal_error":
        return "choice", f"{shown} is not one of the choices", detail["ctx"]["expected"].replace("'", "")
    if kind == "too_short":
        return "empty", "an empty list", "at least one item"
    return (
        "type",
        f"{shown} instead of text" if kind == "string_type" else f"{shown}: {detail['msg']}",
        "text",
    )


def _unknown_field(name: str, where: Location, model: Any) -> tuple[str, str]:
    fields = _fields(where, model)
    own = next((kind for kind, m in KIND_MODELS.items() if m is model), "")
    others = [k for k, m in KIND_MODELS.items() if name in m.model_fields] if own and len(where) == 1 else []
    if name in _COUNTERPARTS and others:
        return f"{'an' if own == 'actor' else 'a'} {own} has no `{name}`", f"`{_COUNTERPARTS[name]}` instead"
    if others:
        return (
            f"{'an' if own == 'actor' else 'a'} {own} has no `{name}`, only {' and '.join(others)}",
            "the line deleted",
        )
    if near := _nearest_field(name, fields):
        return f"`{name}` is not a field", f"`{near}`"
    return f"`{name}` is not a field", f"one of {', '.join(fields)}"


def _fields(where: Location, model: Any) -> dict[str, FieldInfo]:
    """The fields of the record, or of the part of it, in which something is wrong, by the names in the file."""
    part: Any = Evidence if "evidence" in where else Answers if "answers" in where else model
    if not (isinstance(part, type) and issubclass(part, BaseModel)):
        return {}
    return {info.alias or name: info for name, info in part.model_fields.items()}


def _is_optional(where: Location, model: Any) -> bool:
    names = [p for p in where if isinstance(p, str)]
    field = _fields(where, model).get(names[-1]) if names else None
    return field is not None and not field.is_required()
