"""The types of single fields, with one rule each."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from bot.core.facts.dates import parse_date

QUOTE_WORDS = (2, 8)  # shorter ones locate nothing, longer ones would carry the articles' sentences
ID_LENGTH = 80  # an id travels in Slack's button values and block ids, whose limit is 255
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they can make a text look like another

_CONTROLS = re.compile(f"[\x00-\x1f\x7f-\x9f{BIDI_CONTROLS}]")
_IN_QUOTES = re.compile(r"""[“”„‘’«"'][^“”„‘’«»"']*[“”‘’»"']""")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PERIOD = re.compile(r"[1-9][0-9]? (?:month|year)s?")
_ADDRESS = re.compile(r"https?://[^\s/<>|\"]+\.[^\s/<>|\"]+(?:/[^\s<>|\"]*)?")  # no sign that ends a link


def refusal(code: str, message: str, expected: str) -> PydanticCustomError:
    """The error for a text; `message` completes a sentence that begins with the text."""
    return PydanticCustomError(
        "invalid", "{message}", {"code": code, "message": message, "expected": expected}
    )


def rule(code: str, expected: str, check: Callable[[Any], str | None]) -> AfterValidator:
    """Refuses values for which `check` returns what is wrong."""

    def validate(value: Any) -> Any:
        if message := check(value):
            raise refusal(code, message, expected)
        return value

    return AfterValidator(validate)


def at_most(length: int) -> AfterValidator:
    return rule(
        "too-long", f"at most {length}", lambda t: f"has {len(t)} characters" if len(t) > length else None
    )


def _line(text: str) -> str:
    folded = " ".join(text.split())
    if not folded:
        raise refusal("empty", "is empty", "some text")
    if _CONTROLS.search(folded):
        raise refusal("control-character", "has a control character", "ordinary text")
    return folded


def _id(text: str) -> str | None:
    if foreign := next((c for c in text if not c.isascii()), ""):
        name = unicodedata.name(foreign, "unnamed character").lower()
        return f"has the letter “{foreign}” ({name}), which is not a Latin one"
    return None if _ID.fullmatch(text) and len(text) <= ID_LENGTH else "is not a valid id"


def _quote(text: str) -> str | None:
    count, (low, high) = len(text.split()), QUOTE_WORDS
    return None if low <= count <= high else f"has {count} word{'s' * (count != 1)}"


def _unquoted(text: str) -> str | None:
    return "is in quotation marks" if _IN_QUOTES.fullmatch(text) else None


def _edtf(text: str) -> str | None:
    try:
        parse_date(text)
    except ValueError as error:
        return str(error)
    return None


def _day(text: str) -> str | None:
    try:
        day = datetime.date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        return "is not a day"
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)  # today elsewhere
    return "is in the future" if day > tomorrow else None


def _period(text: str) -> str | None:
    return None if _PERIOD.fullmatch(text) else "is not a period"


def _address(text: str) -> str | None:
    return None if _ADDRESS.fullmatch(text) else "is not a web address"


_ID_FORM = f"at most {ID_LENGTH} small Latin letters, digits and single hyphens, such as trade-share-2018"
_QUOTE_FORM = f"a quote of {QUOTE_WORDS[0]} to {QUOTE_WORDS[1]} words"
_NO_MARKS = "no quotation marks around it, since people would see them"
_DATE_FORM = "a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~"
_ADDRESS_FORM = "a web address such as https://example.org/article"

NOT_EMPTY = rule("empty", "at least one item", lambda items: None if items else "has no items")
Line = Annotated[str, AfterValidator(_line)]
Lines = tuple[Line, ...]
Identifier = Annotated[str, rule("id", _ID_FORM, _id)]
Identifiers = tuple[Identifier, ...]
Quote = Annotated[Line, rule("quote-length", _QUOTE_FORM, _quote)]
Unquoted = Annotated[Line, rule("quotation-marks", _NO_MARKS, _unquoted)]
Edtf = Annotated[str, rule("date", _DATE_FORM, _edtf)]
Day = Annotated[str, rule("day", "a day such as 2026-11-23, not later than today", _day)]
Period = Annotated[str, rule("period", "a time such as 6 months or 2 years", _period)]
WebAddress = Annotated[str, rule("address", _ADDRESS_FORM, _address), at_most(1000)]
