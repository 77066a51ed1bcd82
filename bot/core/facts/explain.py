"""Explains mistakes in YAML and in fields, and what is expected, to people who do not know YAML."""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import yaml
from pydantic import BaseModel
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.facts.issues import quote_value
from bot.core.facts.models import KIND_MODELS, Answers, Evidence

QUOTE_A_HASH = "straight quotation marks around a text that has “ #” in it"
_IN_QUOTES = "straight quotation marks around the whole text: {quoted}"
LINE_LENGTH = 500  # characters of a line that are looked at: no pattern runs over more

Mistake: TypeAlias = tuple[str, str, str]  # code, message, what is expected

# For each kind of mistake: code, pattern, message, what is expected.  FIELD stands for any field's name, NESTED for
# those of evidence and answers, INDENT for the spaces before the fields of the record, {line} for the whole line.
# The mistake that comes first in the record counts.
_MISTAKES = (
    ("dash-space", r"^ *-(?P<name>FIELD):", "`-{name}` has no space after the dash", "`- {name}: …`"),
    ("colon-space", r"^ *(?:- )?(?P<name>FIELD):(?=[^ \n])", "`{name}:` has no space after it", "`{name}: …`"),
    ("colon", r"^(?:INDENT|INDENT {4}| *- )(?P<name>FIELD)(?= [^:\n]*$|$)", "`{name}` lacks its colon", "`{name}: …`"),
    ("indent", r"^(?!INDENT\S) +(?P<name>(?!NESTED)FIELD):", "`{name}` is not in line with its neighbours",
     "{indent} spaces before it"),
    ("indent", r"^(?!INDENT {4}\S) +(?P<name>section|quote):", "`{name}` is not in line with its neighbours",
     "{indent_below} spaces before it"),
    ("quotation-mark", r"^ *(?:- )?(?:[\w-]+: +)?(?P<mark>[\"'])(?:(?!(?P=mark)).)*\n *(?:- |FIELD:)",
     "{line} has an open quotation mark", "the same quotation mark at the end of the text"),
    ("bracket", r"^ *(?:- )?(?:[\w-]+: +)?\[[^\]#\n]*\n *(?:- |FIELD:)", "{line} has an open bracket",
     "the bracket that closes the list, or a comma between its items"),
    ("text-cut", r"^.*\[[^\]#\n]* #", "{line} is cut at the #", QUOTE_A_HASH),
    ("quotes-needed", r"^ *(?:- )?[\w-]+: +(?P<sign>[%@`&*!,\]}])", "the text of `{name}` begins with “{sign}”", _IN_QUOTES),
    ("quotes-needed", r"^ *(?:- )?[\w-]+: +(?P<mark>[\"'])[^\"'\n]*(?P=mark) *[^#\s].*",
     "the text of `{name}` begins with a quoted word", _IN_QUOTES),
    ("quotes-needed", r"^ *(?:- )?FIELD: +[^\[{|>\"'\s#][^\n#]*:(?= |$)|^INDENT +(?! |- |FIELD:)[^\"'#\n]*:(?= |$)",
     "the text of `{name}` has a colon in it", _IN_QUOTES),
)  # fmt: skip
_KEY = re.compile(r"^( *)(?:- )?([\w-]+):(?: +(.*))?$", re.MULTILINE)
_RECORD = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'\[\]{}-][^:]*):(?: |$)")  # how a record begins


@functools.cache
def _patterns(fields: frozenset[str], indent: str) -> list[re.Pattern[str]]:
    names = {
        "FIELD": "(?:" + ("|".join(sorted(fields, key=len, reverse=True)) or r"[\w-]+") + ")",
        "NESTED": "|".join([*Evidence.model_fields, *Answers.model_fields]),
        "INDENT": indent,
    }
    texts = (re.sub("|".join(names), lambda found: names[found[0]], row[1]) for row in _MISTAKES)
    return [re.compile(text, re.MULTILINE) for text in texts]


def at_the_margin(line: str, fields: frozenset[str]) -> Mistake | None:
    """What is wrong with a line at the margin that does not begin a record; None if it does begin one."""
    begins = _RECORD.match(line)
    if begins and line.partition(":")[0] not in fields:
        return None
    expected = "two spaces before it (the margin is for the ids of records)"
    if line.startswith("-"):
        expected = "four spaces before it"
    elif not begins:
        expected = "the id of a record with a colon, or spaces before a text that goes on"
    return "margin", f"{quote_value(line)} is at the margin", expected


def explain_error(
    lines: Sequence[str], error: Exception, fields: frozenset[str]
) -> tuple[int, str, str, str]:
    """The most probable cause of a parser's error in a record: its line (from 0), code, message and what is expected."""
    mark = getattr(error, "problem_mark", None)
    at = min(mark.line if mark else 0, len(lines) - 1)
    lines = [line[:LINE_LENGTH] for line in lines]
    text, end = "\n".join(lines[: at + 2]), len("\n".join(lines[: at + 1]))
    indent = next((m[1] for m in _KEY.finditer(text) if m[1]), "  ")
    matches = [pattern.search(text) for pattern in _patterns(fields, indent)]
    found = [(match.start(), n, match) for n, match in enumerate(matches) if match and match.start() <= end]
    if not found:
        while at and not lines[at].strip():
            at -= 1
        reason = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error).partition("\n")[0]
        expected = f"`field: text` on each line, indented like its neighbours (the parser says: {reason})"
        return at, "syntax", f"{quote_value(lines[at])} does not fit the lines above it", expected
    start, number, match = min(found, key=lambda f: f[:2])
    code, _, message, expected = _MISTAKES[number]
    line = text[start:].partition("\n")[0]
    keys = [key for key in _KEY.finditer(text) if key.start() <= start and key[2] in fields]
    name, owned = (keys[-1][2], keys[-1][3] or line) if keys else ("", line)
    beginning = re.sub(r"^[“„«](.*)[”“»]$", r"\1", owned.strip())[:60]
    values = {"name": name, "line": quote_value(line), "quoted": in_quotes(beginning), **match.groupdict()}
    values |= {"indent": len(indent), "indent_below": len(indent) + 4}
    return text.count("\n", 0, start), code, message.format(**values), expected.format(**values)


def in_quotes(text: str) -> str:
    """`text` in the quotation marks that YAML wants around it."""
    return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"


SIMILARITY = 0.6  # that of `valeu` and `value`, or of `quotes` and `quote`

Location: TypeAlias = tuple[str | int, ...]
# By pydantic's type of error: code, message and what is expected.
_MESSAGES = {
    "missing": ("missing-field", "`{name}` is missing", "a line `{name}: …`"),
    "string_type": ("type", "{value} instead of text", "text"),
    "tuple_type": ("type", "{value} is not a list", "a list: `[a, b]`, or `- a` on lines below it"),
    "model_type": ("type", "{value} instead of fields", "fields indented under it"),
    "dict_type": ("type", "{value} instead of words with their lists", "lines such as `loan: [credit, кредит]`"),
    "bool_parsing": ("type", "{value} is neither true nor false", "true or false"),
    "literal_error": ("choice", "{value} is not one of the choices", "{choices}"),
}  # fmt: skip


def explain_all(details: Sequence[Any], model: Any) -> Iterator[tuple[Location, str, str, str]]:
    """For each of pydantic's errors its location, code, message and what is expected.

    A field that is misspelt, or belongs to another kind, is one mistake and not also a missing field.
    """
    missing = [d["loc"] for d in details if d["type"] == "missing"]
    meant: dict[Location, str] = {}
    for where in (d["loc"] for d in details if d["type"] == "extra_forbidden"):
        beside = [m[-1] for m in missing if m[:-1] == where[:-1]]
        near = nearest(where[-1], _fields(where, model), SIMILARITY)
        meant[where] = near or (beside[0] if len(beside) == 1 else "")
    instead = {(*where[:-1], name) for where, name in meant.items()}
    for detail in details:
        where = detail["loc"]
        if where in meant:
            yield where, "unknown-field", *_unknown_field(where, meant[where], model)
        elif where not in instead or detail["type"] != "missing":
            yield where, *_explain(detail, where)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.75) -> str:
    """Which of `names` is probably meant; "" if none is near."""
    found = process.extractOne(
        name.lower(), list(names), scorer=OSA.normalized_similarity, score_cutoff=cutoff
    )
    return str(found[0]) if found else ""


def _explain(detail: Any, where: Location) -> Mistake:
    kind, value = detail["type"], detail["input"]
    if value == "" and kind != "missing":
        return "empty", "the text is missing", "some text, or the line deleted"
    if kind == "invalid":
        context = detail["ctx"]
        return context["code"], f"{quote_value(value)} {context['message']}", context["expected"]
    if kind == "string_type" and isinstance(value, dict):
        text = ", ".join(f"{k}: {v}" for k, v in value.items())
        return (
            "quotes-needed",
            "the colon makes it a group of fields",
            f'straight quotation marks: `"{text}"`',
        )
    code, message, expected = _MESSAGES.get(kind, ("type", f"{{value}}: {detail['msg']}", "another value"))
    choices = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
    values = {"name": where[-1] if where else "", "value": quote_value(value), "choices": choices}
    return code, message.format(**values), expected.format(**values)


def _fields(where: Location, model: Any) -> dict[str, Any]:
    """The fields of the record, or of the part of it, in which something is wrong."""
    part = Evidence if "evidence" in where else Answers if "answers" in where else model
    return part.model_fields if isinstance(part, type) and issubclass(part, BaseModel) else {}


def _unknown_field(where: Location, meant: str, model: Any) -> tuple[str, str]:
    kinds = [f"`kind: {kind}`" for kind, m in KIND_MODELS.items() if where[-1] in m.model_fields]
    message = f"`{where[-1]}` is not a field here" + (f", but of {' and '.join(kinds)}" if kinds else "")
    others = "the line deleted" if kinds else f"one of {', '.join(_fields(where, model))}"
    return message, f"`{meant}`" if meant else others
