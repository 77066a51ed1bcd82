"""Turns pydantic's validation errors into codes and messages for authors of facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.facts.issues import quote_value
from bot.core.facts.models import KIND_MODELS, Answers, Evidence

SIMILARITY = 0.6  # that of `valeu` and `value`, or of `quotes` and `quote`
_COUNTERPARTS = {"date": "as_of", "as_of": "date"}

Location: TypeAlias = tuple[str | int, ...]
# By pydantic's type of error: code, message and what is expected.
_MESSAGES = {
    "missing": ("missing-field", "`{name}` is missing", "a line `{name}: …`"),
    "string_type": ("type", "{value} instead of text", "text"),
    "tuple_type": ("type", "{value} is not a list", "a list: `[a, b]`, or `- a` on lines below it"),
    "model_type": ("type", "{value} instead of fields", "fields indented under it"),
    "dict_type": ("type", "{value} instead of words with their lists", "lines such as `loan: [credit, кредит]`"),
    "bool_type": ("type", "{value} is neither true nor false", "true or false"),
    "literal_error": ("choice", "{value} is not one of the choices", "{choices}"),
    "too_short": ("empty", "an empty list", "at least one item"),
}  # fmt: skip
_MESSAGES["mapping_type"] = _MESSAGES["dict_type"]
_EVIDENCE = "`- source: …` and below it `quote: …`"


def explain_all(details: Sequence[Any], model: Any) -> Iterator[tuple[Location, str, str, str]]:
    """For each of pydantic's errors its location, code, message and what is expected.

    A field that is misspelt, or belongs to another kind, is one mistake and not also a missing field.
    """
    meant = {d["loc"]: _meant_field(d["loc"], model) for d in details if d["type"] == "extra_forbidden"}
    instead = {(*where[:-1], name) for where, name in meant.items()}
    for detail in details:
        where = detail["loc"]
        if where in meant:
            yield where, "unknown-field", *_unknown_field(where, meant[where], model)
        elif detail["type"] != "missing" or where not in instead:
            yield where, *_explain(detail, where, model)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.75) -> str:
    """Which of `names` is probably meant; "" if none is near."""
    found = process.extractOne(
        name.lower(), list(names), scorer=OSA.normalized_similarity, score_cutoff=cutoff
    )
    return str(found[0]) if found else ""


def _explain(detail: Any, where: Location, model: Any) -> tuple[str, str, str]:
    kind, value = detail["type"], detail["input"]
    if value == "" and kind != "missing":
        names = [p for p in where if isinstance(p, str)]
        field = _fields(where, model).get(names[-1]) if names else None
        optional = field is not None and not field.is_required()
        return "empty", "there is no text", f"some text{' (or the line deleted)' * optional}"
    if kind == "invalid":
        context = detail["ctx"]
        return context["code"], f"{quote_value(value)} {context['message']}", context["expected"]
    if kind == "string_type" and isinstance(value, dict):
        text = ", ".join(f"{k}: {v}" for k, v in value.items())
        expected = f'straight quotation marks: `"{text}"`'
        return "quotes-needed", "the colon makes it a group of fields", expected
    code, message, expected = _MESSAGES.get(kind, ("type", f"{{value}}: {detail['msg']}", "another value"))
    if "evidence" in where and kind in ("tuple_type", "model_type"):
        expected = _EVIDENCE
    choices = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
    values = {"name": where[-1] if where else "", "value": quote_value(value), "choices": choices}
    return code, message.format(**values), expected.format(**values)


def _fields(where: Location, model: Any) -> dict[str, Any]:
    """The fields of the record, or of the part of it, in which something is wrong."""
    part = Evidence if "evidence" in where else Answers if "answers" in where else model
    return part.model_fields if isinstance(part, type) and issubclass(part, BaseModel) else {}


def _meant_field(where: Location, model: Any) -> str:
    fields, name = _fields(where, model), str(where[-1])
    return _COUNTERPARTS[name] if _COUNTERPARTS.get(name) in fields else nearest(name, fields, SIMILARITY)


def _unknown_field(where: Location, meant: str, model: Any) -> tuple[str, str]:
    name = where[-1]
    kind = next((kind for kind, m in KIND_MODELS.items() if m is model), "")
    others = [_with_article(k) for k, m in KIND_MODELS.items() if name in m.model_fields]
    if kind and others and len(where) == 1:
        message = f"`{name}` is a field of {' and '.join(others)}, not of {_with_article(kind)}"
        return message, f"`{meant}` instead" if name in _COUNTERPARTS else "the line deleted"
    return f"`{name}` is not a field", f"`{meant}`" if meant else f"one of {', '.join(_fields(where, model))}"


def _with_article(kind: str) -> str:
    return f"{'an' if kind == 'actor' else 'a'} {kind}"
