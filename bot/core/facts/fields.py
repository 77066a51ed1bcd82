"""The types of single fields, with one rule each."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, HttpUrl, TypeAdapter
from pydantic_core import PydanticCustomError

from bot.core.facts.dates import DateError, parse_date

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
_IN_QUOTES = re.compile(r"""[“”„‘’«"'][^“”„‘’«»"']*[“”‘’»"']""")
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
        raise invalid("date", f"is not {error.kind}", error.expected) from None
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
    if _IN_QUOTES.fullmatch(text):
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


def at_most(length: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(text) > length:
            raise invalid("too-long", f"has {len(text)} characters", f"at most {length}")
        return text

    return AfterValidator(check)


def as_tuple(value: Any) -> Any:
    """YAML gives lists; frozen records hold tuples."""
    return tuple(value) if isinstance(value, list) else value


def _as_flag(value: Any) -> Any:
    """Our YAML gives text."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


Line = Annotated[str, AfterValidator(_line)]
Unquoted = Annotated[Line, AfterValidator(_unquoted)]
Edtf = Annotated[str, AfterValidator(_edtf)]
Day = Annotated[str, AfterValidator(_day)]
Period = Annotated[str, AfterValidator(_period)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Quote = Annotated[Line, AfterValidator(_quote)]
WebAddress = Annotated[str, AfterValidator(_web_address), at_most(1000)]
Flag = Annotated[bool, BeforeValidator(_as_flag)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(as_tuple)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_tuple)]
