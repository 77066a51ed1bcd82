"""Text to words: folding, splitting, stemming, and the numbers and dates among them.

Belongs here: everything about a word that can be said without knowing the facts.  Does not belong
here: what words mean (facts/vocabulary.yaml) and what they weigh (`search`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import Stemmer

_MONTHS = {
    **{m: i for i, m in enumerate(
        "january february march april may june july august september october november december".split(), 1)},
    **{m: i for i, m in enumerate("jan feb mar apr _ jun jul aug sep oct nov dec".split(), 1)},
    "sept": 9,
    # Russian months by stem: январь, января, январе …
    **{m: i for i, m in enumerate("январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split(), 1)},
}  # fmt: skip
_MONTHS.pop("_")
_SEASONS = {
    "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "fall": (9, 10, 11), "winter": (12, 1, 2),
    "весн": (3, 4, 5), "лет": (6, 7, 8), "осен": (9, 10, 11), "зим": (12, 1, 2),
}  # fmt: skip
# Words that are a month or a season only beside a year; alone they are ordinary words (may, fall, лет: "of years").
_AMBIGUOUS = {"may", "march", "fall", "spring", "mar", "лет", "март", "ма", "jan", "sep", "dec"}

YEAR = re.compile(r"(?:1[89]|20)\d\d")
_WORD = re.compile(r"\d{3}0s\b|\d+(?:[.,]\d+)*|[^\W\d_]+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?=\W|$)")
_FOLDED_SIGNS = str.maketrans(
    {**dict.fromkeys("’‘ʼ`´′＇", "'"), "ё": "е", "ґ": "г", "ł": "l", "ø": "o", "ß": "ss"}
)
_SPELLING = (  # American and British spellings meet; a key only, so it need not be a word
    (re.compile(r"([iy])z(?=e|i|a)"), r"\1s"),
    (re.compile(r"(?<=\w\w)our(?=$|s$|al$|ed$|ing$|hood)"), "or"),
    (re.compile(r"ence(?=$|s$)"), "ense"),
    (re.compile(r"(?<=\w\w)tre(?=$|s$)"), "ter"),
    (re.compile(r"amme(?=$|s$|d$)"), "am"),
    (re.compile(r"ll(?=ed$|ing$|er$)"), "l"),
)
# GOST 7.79-like romanisation, reduced to what English-language texts write.
_LATIN = {
    **dict(zip("абвгдезиклмнопрстуфыэіў", "abvgdeziklmnoprstufyeiu", strict=True)),
    "ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word of a text: as written (`surface`, folded), and the key it is compared by (`term`).

    Terms are stems of words; `n:49.5` for a number, `y:2019` for a year, `m:11` for a month.
    """

    surface: str
    term: str

    @property
    def exact(self) -> bool:
        """Whether it is a number or part of a date, which fits or does not and is never guessed."""
        return self.term[1:2] == ":" and self.term[0] in "nym"


@functools.lru_cache(maxsize=20_000)
def fold_words(text: str) -> str:
    """Lower case, no accents, plain apostrophes and no invisible signs; letters of every alphabet stay."""
    if text.isascii():
        return text.translate(_FOLDED_SIGNS).lower()
    text = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDED_SIGNS)
    return "".join(_without_accent(c) for c in text)


@functools.lru_cache(maxsize=5_000)
def _without_accent(character: str) -> str:
    if character in "йў":  # letters of their own, on which the stemmer relies
        return character
    return "".join(
        c
        for c in unicodedata.normalize("NFD", character)
        if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
    )


# Words that Snowball gives the stem of another meaning (import, author, custom, position, access, good, unit, head).
_STEMS = {
    "important": "importanc", "importance": "importanc", "importantly": "importanc",
    "authority": "authoriti", "authorities": "authoriti", "customs": "customs", "customer": "customer", "customers": "customer",
    "positive": "positiv", "positively": "positiv", "accession": "accession", "goods": "goods", "united": "united",
    "heading": "heading",
}  # fmt: skip
_ENGLISH, _RUSSIAN = Stemmer.Stemmer("english"), Stemmer.Stemmer("russian")


def is_cyrillic(word: str) -> bool:
    return not word.isascii() and any("а" <= c <= "я" or c in "іў" for c in word)


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball stem of a folded word (Porter's English 2, or Russian), after folding American spelling."""
    if is_cyrillic(word):
        return str(_RUSSIAN.stemWord(word))
    if word in _STEMS:
        return _STEMS[word]
    for pattern, replacement in _SPELLING:
        word = pattern.sub(replacement, word)
    return str(_ENGLISH.stemWord(word))


@functools.lru_cache(maxsize=20_000)
def romanised(word: str) -> str:
    """A folded Cyrillic word in Latin letters; other letters stay."""
    return "".join(_LATIN.get(c, c) for c in word)


def tokens(text: str) -> tuple[Token, ...]:
    """The words, numbers, years and months of a text, in order; function words included."""
    if "." in text:
        text = _DOTTED.sub(lambda m: m[0].replace(".", ""), text)
    folded = fold_words(text) if len(text) < 400 else fold_words.__wrapped__(text)
    if "'" in folded:
        folded = _POSSESSIVE.sub("", folded).replace("'", "")
    return tuple(map(_token, _WORD.findall(folded)))


@functools.lru_cache(maxsize=50_000)
def _token(surface: str) -> Token:
    if surface[0].isdigit():
        plain = surface.rstrip("s")  # 1990s
        number = re.sub(r",(?=\d{3}(?!\d))", "", plain).replace(",", ".")
        return Token(surface, f"y:{number}" if YEAR.fullmatch(plain) else f"n:{number}")
    key = stem(surface)
    month = _MONTHS.get(surface) or (_MONTHS.get(key) if is_cyrillic(surface) else None)
    if month and surface not in _AMBIGUOUS and key not in _AMBIGUOUS:
        return Token(surface, f"m:{month}")
    return Token(surface, key)


def months_meant(token: Token, beside_year: bool) -> tuple[int, ...]:
    """The months that a word may mean: one for a month's name, three for a season's; ambiguous ones only beside a year."""
    if token.term.startswith("m:"):
        return (int(token.term[2:]),)
    if beside_year:
        for word in (token.surface, token.term):
            if word in _MONTHS:
                return (_MONTHS[word],)
            if word in _SEASONS:
                return _SEASONS[word]
    elif token.surface not in _AMBIGUOUS and token.term not in _AMBIGUOUS:
        return _SEASONS.get(token.surface) or _SEASONS.get(token.term) or ()
    return ()
