"""The types of single fields, with one rule each."""

import datetime
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from bot.core.facts.dates import DateError, parse_date

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


def rule(code: str, expected: str, check: Callable[[str], str | None]) -> AfterValidator:
    """Refuses texts for which `check` returns what is wrong."""

    def validate(text: str) -> str:
        if message := check(text):
            raise refusal(code, message, expected)
        return text

    return AfterValidator(validate)


def at_most(length: int) -> AfterValidator:
    def check(text: str) -> str | None:
        return f"has {len(text)} characters" if len(text) > length else None

    return rule("too-long", f"at most {length}", check)


def as_tuple(value: Any) -> Any:
    """YAML gives lists; frozen records hold tuples."""
    return tuple(value) if isinstance(value, list) else value


def _id(text: str) -> str | None:
    if foreign := next((c for c in text if not c.isascii()), ""):
        name = unicodedata.name(foreign, "unnamed character").lower()
        return f"has the letter “{foreign}” ({name}), which is not a Latin one"
    return None if _ID.fullmatch(text) and len(text) <= ID_LENGTH else "is not a valid id"


def _quote(text: str) -> str | None:
    count, (low, high) = len(text.split()), QUOTE_WORDS
    return None if low <= count <= high else f"has {count} word{'s' * (count != 1)}"


def _day(text: str) -> str | None:
    try:
        day = datetime.date.fromisoformat(text if len(text) == 10 else "")
    except ValueError:
        return "is not a day"
    tomorrow = datetime.date.today() + datetime.timedelta(
        days=1
    )  # it may be tomorrow already where people write
    return "is in the future" if day > tomorrow else None


def _edtf(text: str) -> str:
    try:
        parse_date(text)
    except DateError as error:
        raise refusal("date", error.message, error.expected) from None
    return text


def _line(text: str) -> str:
    folded = " ".join(text.split())
    if not folded:
        raise refusal("empty", "is empty", "some text")
    if _CONTROLS.search(folded):
        raise refusal("control-character", "has a control character", "ordinary text")
    return folded


def _one_of(pattern: re.Pattern[str], message: str) -> Callable[[str], str | None]:
    return lambda text: None if pattern.fullmatch(text) else message


_ID_FORM = f"at most {ID_LENGTH} small Latin letters, digits and single hyphens, such as trade-share-2018"
_NO_MARKS = "no quotation marks around it, since people would see them"

Line = Annotated[str, AfterValidator(_line)]
Lines = Annotated[tuple[Line, ...], BeforeValidator(as_tuple)]
Edtf = Annotated[str, AfterValidator(_edtf)]
Identifier = Annotated[str, rule("id", _ID_FORM, _id)]
Identifiers = Annotated[tuple[Identifier, ...], BeforeValidator(as_tuple)]
Quote = Annotated[
    Line, rule("quote-length", f"a quote of {QUOTE_WORDS[0]} to {QUOTE_WORDS[1]} words", _quote)
]
Unquoted = Annotated[
    Line,
    rule("quotation-marks", _NO_MARKS, lambda t: "is in quotation marks" if _IN_QUOTES.fullmatch(t) else None),
]  # fmt: skip
Day = Annotated[str, rule("day", "a day such as 2026-11-23, not later than today", _day)]
Period = Annotated[
    str, rule("period", "a time such as 6 months or 2 years", _one_of(_PERIOD, "is not a period"))
]
WebAddress = Annotated[
    str,
    rule("address", "a web address such as https://example.org/article", _one_of(_ADDRESS, "is not a web address")),
    at_most(1000),
]  # fmt: skip
# Our YAML reader gives text for `true` and `false`.
Flag = Annotated[bool, BeforeValidator(lambda value: {"true": True, "false": False}.get(value, value))]
