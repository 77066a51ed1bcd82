"""What people type around and inside a question: list marks, links, quoted lines, addressees, dates, another keyboard
layout, Russian in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.core.text import Token, fold, is_cyrillic, listed, mapped, romanised, stem, tokens

_LINK = re.compile(
    r"<(?:[a-z][a-z0-9+.-]*://|mailto:|tel:)[^>\s|]*(?:\|[^>]*)?>|\[[^\[\]]*\]\([^()\s]*\)"
    r"|(?<![\w.+-])(?:[a-z][a-z0-9+.-]*://\S+|www\.\S+|(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_ADDRESSEES = re.compile(
    r"(?:^|(?<=\s))/?(?:b?cc|c\.c\.|fyi|копи[яю]|копія)\s*:?\s*(?:@[\w.-]+[\s,;]*)+", re.IGNORECASE
)
_MENTION = re.compile(r"(?<!\w)@[\w.-]+")
_QUOTED = re.compile(r"^[^\S\n]*(?:>|&gt;){3}.*|^[^\S\n]*(?:>|&gt;).*?$", re.MULTILINE | re.DOTALL)
_LIST_MARK = re.compile(
    r"""^[^\S\n]*(?:
      [-*•▪–—]\s+ | \[[\sx]?\]\s                                  # bullets and boxes
      | [#№]\s*\d{1,2}[.:)]?\s+ | no\.\s*\d{1,2}[.:)]\s+           # #1, No. 1:
      | \(?\d{1,2}(?:\.\d{1,2})*(?:[.:/)](?=\s)|[.)](?=[^\W\d])) | [\[(]\d{1,2}(?:\.\d{1,2})*[\])]
      | \d{1,2}\s+[-–—]\s+(?=[^\W\d]) | \d\ufe0f?\u20e3 | [\u2460-\u249b\u2776-\u2793]
      | \(?(?:[^\W\d_]|[ivx]{2,5})\)\s | [ivx]{2,5}\.\s | (?-i:[a-zа-яёіў])\.\s  # a), ii., but not an initial
      | (?:question|вопрос|пытанне)\s*(?:[#№]|no\.)?\s*\d{1,2}\s*[-–—.:)]?\s | (?:item|пункт)\s*\d{1,2}\s*[-–—.:)]\s
      | q[.\s]\s*\d{1,2}\s | q\s*(?:[#№]?\s*\d{1,2})?\s*[:.)]\s* | (?:question|вопрос|пытанне|re|fwd?)\s*[:.)]\s*
    )[^\S\n]*""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_DAY_FIRST = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-]((?:18|19|20)?\d\d)\b")
_YEAR_FIRST = re.compile(r"\b((?:18|19|20)\d\d)[./-](\d{1,2})(?:[./-](\d{1,2}))?\b")
_MONTH_AND_YEAR = re.compile(r"\b(\d{1,2})[./]((?:18|19|20)\d\d)\b")
_RANGE = re.compile(r"\b((?:18|19|20)(\d\d))\s?[-–—/]\s?(\d\d)\b")
_ORDINAL = re.compile(r"(?<=\d)(?:-?(?:го|й|ый|ого|ом|м)|st|nd|rd|th)\b", re.IGNORECASE)
_DECADE = re.compile(r"(?<!\w)(?:(19|20)|['’])?(\d0)(?:['’]?s|-?(?:е|х|ые|ых))\b", re.IGNORECASE)
_QUARTER = re.compile(
    r"\b(?:q([1-4])|([1-4])(?:-?(?:й|м|ом))? (?:квартал|квартале|quarter))\b", re.IGNORECASE
)
_LONG_LATIN = 4  # letters: shorter words in Latin letters are Russian only beside a longer one that is
_MOSTLY = 0.6  # the share of words that must be unknown as typed, and known as respelt
_WORD, _DOUBLED = re.compile(r"\w+"), re.compile(r"(.)\1+")
_BELARUSIAN = re.compile(r"[ўі]", re.IGNORECASE)
_WORD_OF_SOUNDS = 4  # letters: shorter Belarusian words are not respelt
_ALIKE = 0.75  # of the sounds of a Belarusian word and a known one, whose endings differ


def normalise(
    text: str, knows: Callable[[Token], bool], latin: Mapping[str, str], sounding: Mapping[str, str]
) -> str:
    """The text without what is not the question; empty where nothing is left.

    `knows` says whether a word is known, `latin` finds a known Cyrillic word by its `latin_key`, `sounding` by `sounds`.
    """
    bare = _MENTION.sub(" hello, ", own_words(text))  # a mention is a greeting
    if any(c.isdigit() for c in bare):
        bare = _plain_dates(bare)
    text = _from_latin(_in_other_layout(bare, knows), knows, latin)
    return (_from_belarusian(text, knows, sounding) if _BELARUSIAN.search(text) else text).strip()


def own_words(text: str) -> str:
    """The text without quoted lines (unless that is all there is), links, addressees and the marks of lists."""
    own = _QUOTED.sub(" ", text)
    if not any(map(str.isalnum, own)):
        own = re.sub(r"^[^\S\n]*(?:>|&gt;)+", "", text, flags=re.MULTILINE)
    own = _ADDRESSEES.sub(" ", _LINK.sub(" ", own))
    for _ in range(3):  # `- 1. Q:`
        own = _LIST_MARK.sub("", own)
    return own


def _plain_dates(text: str) -> str:
    """Dates in words that the index has: `27.04.2024` is `27 april 2024`, `90-е` is `1990s`."""
    months = {n: name for name, n in reversed(list(mapped("months").items())) if name.isascii()}

    def written(day: str | None, month: str, year: str, typed: str) -> str:
        year = year if len(year) == 4 else f"20{year}"
        day, month = (month, day) if day and int(month) > 12 >= int(day) else (day, month)  # American
        if not 1 <= int(month) <= 12 or (day and int(day) > 31):
            return typed
        return f"{int(day)} {months[int(month)]} {year}" if day else f"{months[int(month)]} {year}"

    text = _DAY_FIRST.sub(lambda m: written(m[1], m[2], m[3], m[0]), text)
    text = _YEAR_FIRST.sub(lambda m: written(m[3], m[2], m[1], m[0]), text)
    text = _MONTH_AND_YEAR.sub(lambda m: written(None, m[1], m[2], m[0]), text)
    text = _RANGE.sub(lambda m: f"{m[1]} {m[1][:2]}{m[3]}" if m[3] > m[2] else m[0], text)
    text = _DECADE.sub(lambda m: f"{m[1] or (20 if m[2] < '30' else 19)}{m[2]}s", text)
    text = _QUARTER.sub(lambda m: f"q{m[1] or m[2]}", text)
    return _ORDINAL.sub("", text)


def _in_other_layout(text: str, knows: Callable[[Token], bool]) -> str:
    """The text as the same keys give it in the other layout, where that has known words and this has not."""
    if _known_share(text, knows) > 1 - _MOSTLY:
        return text
    keys = mapped("keys")
    back = {cyrillic: key for key, cyrillic in keys.items()}
    for table in (keys, back):
        typed = "".join(table.get(c, c) for c in text.lower())
        if typed != text.lower() and _known_share(typed, knows) >= _MOSTLY:
            return typed
    return text


def _known_share(text: str, knows: Callable[[Token], bool]) -> float:
    words = [token for token in tokens(text) if token.kind == "word"]
    return sum(map(knows, words)) / len(words) if words else 1.0


def _from_latin(text: str, knows: Callable[[Token], bool], latin: Mapping[str, str]) -> str:
    """Unknown words in Latin letters as the Russian or Belarusian words that they spell."""
    written = tokens(text)
    unknown = {t.surface for t in written if t.surface.isascii() and t.surface[0].isalpha() and not knows(t)}
    found = {s: word for s in unknown if (word := latin.get(latin_key(s)))}
    if not any(len(surface) >= _LONG_LATIN for surface in found):
        return text
    short = {t.surface for t in written if t.surface.isascii() and len(t.surface) < _LONG_LATIN}
    found |= {s: word for s in short if (word := latin.get(latin_key(s)))}
    return " ".join(found.get(word.strip(".,;:!?"), word) for word in fold(text).split())


def latin_key(word: str) -> str:
    """What a word's stem has in common with its spelling in the other alphabet, whichever way it is romanised."""
    if not is_cyrillic(word):
        word = _to_cyrillic(word)
    key = romanised(stem(word))
    for spelling, common in _common_spellings():
        key = key.replace(spelling, common)
    return key


@cache
def _common_spellings() -> tuple[tuple[str, str], ...]:
    return tuple(mapped("same_sounds").items())


def _to_cyrillic(word: str) -> str:
    letters = mapped("from_latin")
    result, at = "", 0
    while at < len(word):
        size = next((n for n in (4, 3, 2, 1) if word[at : at + n] in letters), 0)
        result += letters[word[at : at + size]] if size else word[at]
        at += size or 1
    return result


def sounds(word: str) -> str:
    """What a folded Russian word and the Belarusian one of the same origin have in common."""
    for letters, common in mapped("sounds").items():
        word = word.replace(letters, common)
    return _DOUBLED.sub(r"\1", word)


def _from_belarusian(text: str, knows: Callable[[Token], bool], sounding: Mapping[str, str]) -> str:
    """Unknown words of a Belarusian text as the known ones, mostly Russian, that sound most alike."""

    def known(word: re.Match[str]) -> str:
        token = next(iter(tokens(word[0])), None)
        if len(word[0]) < _WORD_OF_SOUNDS or not is_cyrillic(fold(word[0])) or token is None or knows(token):
            return word[0]
        heard = sounds(fold(word[0]))
        near = process.extractOne(heard, sounding, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE)
        return near[2] if near else word[0]

    return _WORD.sub(known, text)


@cache
def common_words() -> frozenset[str]:
    """The Cyrillic words of the languages themselves, as written."""
    return frozenset(
        t.surface for entry in listed("stop_words") for t in tokens(entry) if is_cyrillic(t.surface)
    )
