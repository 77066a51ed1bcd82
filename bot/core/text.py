"""Text to words: folding, splitting, stemming, numbers and dates, and the one measure of similar spelling."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import Stemmer
import yaml
from rapidfuzz.distance import OSA

Kind: TypeAlias = Literal["word", "number", "year", "month"]

YEAR = re.compile(r"(?:1[89]|20)\d\d")
SHORT_STEM = 5  # shorter words are compared as written where a stem could be another word's
ALIKE = 0.80  # words of such similarity may be one word with a typing error: one letter in five

_WORD = re.compile(r"\d{3}0s\b|q[1-4]\b|\d+(?:[.,]\d+)*|[^\W\d_]+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?=\W|$)")
_THOUSANDS = re.compile(r"[ ,.\u00a0\u202f](?=\d{3}(?!\d))")
_FOLDED_SIGNS = str.maketrans(
    {**dict.fromkeys("’‘ʼ`´′＇", "'"), "ё": "е", "ґ": "г", "ł": "l", "ø": "o", "ß": "ss"}
)
_ENGLISH, _RUSSIAN = Stemmer.Stemmer("english"), Stemmer.Stemmer("russian")
_FOLDER = Path(__file__).with_name("languages")

LONGEST_WORD = 60  # letters: the caches of words below are bounded by their number alone


@functools.cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    """The data of each language by its code, from languages/*.yaml."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {path.stem: yaml.load(path.read_bytes(), loader) for path in sorted(_FOLDER.glob("*.yaml"))}


@functools.cache
def listed(section: str) -> tuple[str, ...]:
    """The entries of a section that is a list, of all languages."""
    return tuple(str(entry) for data in languages().values() for entry in data.get(section, ()))


@functools.cache
def mapped(section: str) -> Mapping[str, Any]:
    """The entries of a section that is a mapping, of all languages; of words in two languages, the first one's."""
    return {
        key: value
        for data in reversed(list(languages().values()))
        for key, value in data.get(section, {}).items()
    }


@dataclass(frozen=True)
class Token:
    """A word of a text: as written (`surface`, folded), what sort it is, and the `term` by which it is compared."""

    surface: str
    term: str
    kind: Kind = "word"

    @property
    def exact(self) -> bool:
        """Whether it is a number or part of a date, which fits or does not and is never guessed."""
        return self.kind != "word"


class _Unaccented(dict[int, str]):
    """What a character is without its accent, by its code point; for str.translate."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        plain = "".join(c for c in parts if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
        if len(self) < 5_000:
            self[code] = plain
        return plain


_UNACCENTED = _Unaccented({ord(c): c for c in "йў"})  # separate letters, on which the stemmer relies


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes and no invisible signs; letters of every alphabet stay."""
    if text.isascii():
        return text.translate(_FOLDED_SIGNS).lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED_SIGNS).translate(_UNACCENTED)


def is_cyrillic(word: str) -> bool:
    return not word.isascii() and any("а" <= c <= "я" or c in "іў" for c in word)


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem of a folded word (Porter's English 2, or Russian), after folding American spelling."""
    if is_cyrillic(word):
        return str(_RUSSIAN.stemWord(word))
    if word in (exceptions := mapped("stem_exceptions")):
        return str(exceptions[word])
    for pattern, replacement in _respellings():
        word = pattern.sub(replacement, word)
    return str(_ENGLISH.stemWord(word))


@functools.cache
def _respellings() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(p), r) for data in languages().values() for p, r in data.get("respell", ()))


@functools.lru_cache(maxsize=20_000)
def romanised(word: str) -> str:
    """A folded Cyrillic word in Latin letters; other letters stay."""
    letters = mapped("letters")
    return "".join(letters.get(c, c) for c in word)


@functools.lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The words, numbers, years and months of a text, in order; function words included."""
    if "." in text:
        text = _DOTTED.sub(lambda m: m[0].replace(".", ""), text)
    folded = fold(text)
    if "'" in folded:
        folded = _POSSESSIVE.sub("", folded).replace("'", "")
    return tuple(_token(word[:LONGEST_WORD]) for word in _WORD.findall(folded))


def surfaces(text: str) -> tuple[str, ...]:
    """The words of a text as written, folded."""
    return tuple(token.surface for token in tokens(text))


def plain(text: str) -> str:
    """A text as the sequence of its words, for comparing whole phrases: case, accents, signs and spaces do not matter."""
    return " ".join(surfaces(text))


@functools.lru_cache(maxsize=50_000)
def _token(surface: str) -> Token:
    if surface[0].isdigit():
        number = plain_number(surface.rstrip("s"))  # 1990s
        if surface[-1] == "s" and len(surface) == 5:
            return Token(surface, f"decade:{number[:3]}", "year")
        kind: Kind = "year" if YEAR.fullmatch(number) else "number"
        return Token(surface, f"{kind}:{number}", kind)
    month = month_number(surface)
    if month and surface not in _ambiguous():
        return Token(surface, f"month:{month}", "month")
    return Token(surface, stem(surface))


def plain_number(text: str) -> str:
    """A number in one spelling: no mark between thousands, a point before decimals (`1,880` and `1 880`, `49,5`)."""
    if text.isdigit():
        return text.lstrip("0") or "0"
    if "." in text and "," not in text:  # 1.500 is a decimal in English
        return text
    return _THOUSANDS.sub("", text).replace(",", ".")


@functools.cache
def _ambiguous() -> frozenset[str]:
    return frozenset(listed("ambiguous"))


@functools.cache
def _calendar() -> tuple[Mapping[str, int], Mapping[str, tuple[int, ...]]]:
    """Months and seasons by word; Cyrillic ones also by stem, as they are inflected."""
    months = {key: number for word, number in mapped("months").items() for key in _keys(word)}
    seasons = {key: tuple(numbers) for word, numbers in mapped("seasons").items() for key in _keys(word)}
    return months, seasons


def _keys(word: str) -> set[str]:
    return {word, stem(word)} if is_cyrillic(word) else {word}


def month_number(word: str) -> int | None:
    """The month that a folded word names, in any language."""
    months = _calendar()[0]
    return months.get(word) or (months.get(stem(word)) if is_cyrillic(word) else None)


def months_meant(token: Token, beside_year: bool) -> tuple[int, ...]:
    """The months that a word may mean: one for a month's name, three for a season's; ambiguous ones only next to a year."""
    if token.surface in _ambiguous() and not beside_year:
        return ()
    if month := month_number(token.surface):
        return (month,)
    seasons = _calendar()[1]
    return (
        seasons.get(token.surface) or (seasons.get(token.term) if is_cyrillic(token.surface) else None) or ()
    )


def same_word(a: Token, b: Token) -> bool:
    """Whether two words are one, in another form or with a typing error; numbers and dates must be equal."""
    if a.term == b.term:
        return True
    return not (a.exact or b.exact) and OSA.normalized_similarity(a.surface, b.surface) >= ALIKE
