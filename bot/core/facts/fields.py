"""The types of single fields: one rule each, for the models and for the editors' JSON Schema."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    HttpUrl,
    TypeAdapter,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from bot.core.facts.dates import DATE_FORMS, EDTF_PATTERN, DateError, as_edtf, parse_date

QUOTE_WORDS = (2, 8)  # shorter ones locate nothing, longer ones would carry the articles' sentences
ID_LENGTH = 80  # an id travels in Slack's button values and block ids, whose limit is 255
ID_PATTERN = r"[a-z0-9]+(?:-[a-z0-9]+)*"
BIDI_CONTROLS = (
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # a text with one can show other words than it has
)

_ID_FORM = (
    f"an id of at most {ID_LENGTH} small Latin letters, digits and single hyphens, such as trade-share-2018"
)
_QUOTE_FORM = f"a quote of {QUOTE_WORDS[0]} to {QUOTE_WORDS[1]} words"
_UNQUOTED_FORM = "no quotation marks around it, since people would see them"
_DAY_FORM = "a day such as 2026-11-23"
_PERIOD_FORM = "a time such as 6 months or 2 years"
_ADDRESS_FORM = "a web address such as https://example.org/article"
_CONTROLS = re.compile(f"[\x00-\x1f\x7f-\x9f{BIDI_CONTROLS}]")
_PERIOD = re.compile(r"([1-9][0-9]?) (month|year)s?")


def invalid(code: str, what: str, expected: str = "") -> PydanticCustomError:
    """A refusal of a value; `what` completes a sentence that begins with the value."""
    return PydanticCustomError("invalid", "{what}", {"code": code, "what": what, "expected": expected})


def _line(text: str) -> str:
    """One line of text: folds line breaks and runs of spaces, refuses empty texts and control characters."""
    folded = " ".join(text.split())
    if not folded:
        raise invalid("empty", "is empty", "some text")
    if _CONTROLS.search(folded):
        raise invalid("control-character", "has a control character", "text without control characters")
    return folded


def _edtf(text: str) -> str:
    try:
        parse_date(text)
    except DateError as error:
        meant = as_edtf(text)
        expected = f"{meant} ({DATE_FORMS})" if meant else error.expected
        raise invalid("date", f"is not {error.kind}", expected) from None
    return text


def _identifier(text: str) -> str:
    if re.fullmatch(ID_PATTERN, text) and len(text) <= ID_LENGTH:
        return text
    foreign = next((c for c in text if not c.isascii()), "")
    if foreign:
        name = unicodedata.name(foreign, "unnamed character").lower()
        raise invalid("id", f"has the letter “{foreign}” ({name}), which is not a Latin one", _ID_FORM)
    raise invalid("id", "is not a valid id" if text else "is empty", _ID_FORM)


def _quote(text: str) -> str:
    low, high = QUOTE_WORDS
    count = len(text.split())
    if not low <= count <= high:
        raise invalid("quote-length", f"has {count} word{'s' * (count != 1)}", _QUOTE_FORM)
    return text


def _unquoted(text: str) -> str:
    if re.match(_IN_QUOTES, text):
        raise invalid("quotation-marks", "is in quotation marks", _UNQUOTED_FORM)
    return text


def _day(text: str) -> str:
    try:
        datetime.date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        raise invalid("day", "is not a day", _DAY_FORM) from None
    return text


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise invalid("period", "is not a period", _PERIOD_FORM)
    return text


def _web_address(text: str) -> str:
    try:
        _HTTP_URL.validate_python(text)
        if re.search(r"[\s<>|\"]", text):  # signs that would end the address where it is shown as a link
            raise ValueError(text)
    except ValueError:
        raise invalid("address", "is not a web address", _ADDRESS_FORM) from None
    return text


_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule for a text: `check` refuses or returns it; `schema` gives editors the same as far as JSON Schema can."""

    check: Callable[[str], str]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), **self.schema}


def at_most(length: int) -> Rule:
    def check(text: str) -> str:
        if len(text) > length:
            raise invalid("too-long", f"has {len(text)} characters", f"at most {length}")
        return text

    return Rule(check, {"maxLength": length})


def _pattern(pattern: str, expected: str) -> dict[str, str]:
    """A pattern, and what VS Code shows instead of it where a text does not match."""
    return {"pattern": pattern, "patternErrorMessage": f"expected {expected}"}


# An editor reads a plain 2018 or 49.5 as a number, which to us is text; hence the second type in the schemas.
_NUMBER_TOO = ["string", "number"]
_TEXT = r"^(?=[\s\S]*\S)[^\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f]*$"
_IN_QUOTES = r"""^\s*[“”„‘’«"'][^“”„‘’«»"']*[“”‘’»"']\s*$"""
_WORDS = rf"^\s*\S+(?:\s+\S+){{{QUOTE_WORDS[0] - 1},{QUOTE_WORDS[1] - 1}}}\s*$"
_DAY = r"^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$"
_SOME_TEXT = {"type": _NUMBER_TOO, **_pattern(_TEXT, "some text, without control characters")}


def as_tuple(value: Any) -> Any:
    """YAML gives lists; frozen records hold tuples."""
    return tuple(value) if isinstance(value, list) else value


def _as_flag(value: Any) -> Any:
    """Our YAML gives text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Line = Annotated[str, Rule(_line, _SOME_TEXT)]
Unquoted = Annotated[
    Line, Rule(_unquoted, _pattern(f"(?!{_IN_QUOTES}){_TEXT}", f"some text, with {_UNQUOTED_FORM}"))
]
Edtf = Annotated[
    str,
    Rule(
        _edtf,
        {
            "type": ["string", "integer"],
            **_pattern(EDTF_PATTERN, DATE_FORMS),
            "minimum": 1000,
            "maximum": 9999,
        },
    ),
]
Day = Annotated[str, Rule(_day, _pattern(_DAY, _DAY_FORM))]
Period = Annotated[str, Rule(_period, _pattern(f"^{_PERIOD.pattern}$", _PERIOD_FORM))]
Identifier = Annotated[
    str,
    Rule(
        _identifier,
        {
            "type": ["string", "integer"],
            **_pattern(f"^{ID_PATTERN}$", _ID_FORM),
            "maxLength": ID_LENGTH,
            "minimum": 0,
        },
    ),
]
Quote = Annotated[str, Rule(_line, {}), Rule(_quote, {"type": "string", **_pattern(_WORDS, _QUOTE_FORM)})]
WebAddress = Annotated[
    str, Rule(_web_address, _pattern(r'^https?://[^\s<>|"/]+[^\s<>|"]*$', _ADDRESS_FORM)), at_most(1000)
]
Flag = Annotated[bool, BeforeValidator(_as_flag)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(as_tuple)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_tuple)]
