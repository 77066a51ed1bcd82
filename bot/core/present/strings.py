"""What people read, by key, in the language of the question."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("en", "ru", "be")
_BELARUSIAN = re.compile(r"[ўі]|\b(хто|калі|колькі|што|дзе|чаму|дапамога|дзякуй|ці)\b", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яёўі]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


class Strings:
    """The texts of one language; what it lacks is English."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language, self._texts = language, texts

    def __call__(self, key: str, /, **values: object) -> str:
        """The text with the values filled in; `count` chooses the plural.  Raises KeyError for an unknown key."""
        found = self._texts[key]
        if isinstance(found, Mapping):
            found = found.get(self._plural(int(str(values["count"])))) or found["other"]
        return str(found).format_map(values) if values else str(found)

    def table(self, key: str) -> Mapping[str, str]:
        """Several texts under one key."""
        table: Mapping[str, str] = self._texts[key]
        return table

    def quoted(self, words: Sequence[str], last: str = "or") -> str:
        """`“a”, “b” or “c”`."""
        opening, closing = "“”" if self.language == "en" else "«»"
        return self.listed([f"{opening}{word}{closing}" for word in words], last)

    def listed(self, words: Sequence[str], last: str = "and") -> str:
        return ", ".join(words[:-1]) + f" {self(last)} {words[-1]}" if len(words) > 1 else "".join(words)

    def _plural(self, count: int) -> str:
        """The category of Unicode's plural rules, and "two" for English."""
        if self.language == "en":
            return {1: "one", 2: "two"}.get(count, "other")
        if count % 10 == 1 and count % 100 != 11:
            return "one"
        return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "other"


@cache
def strings(language: str = "en") -> Strings:
    """Reads the texts of a language.  Raises FileNotFoundError for another than LANGUAGES."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML has it
    texts: dict[str, Any] = {}
    for name in dict.fromkeys(("en", language)):
        sections = yaml.load((files("bot.core.present") / "texts" / f"{name}.yaml").read_bytes(), loader)
        for section in sections.values():
            texts |= section
    return Strings(language, texts)


def strings_for(question: str) -> Strings:
    """The texts in the language that most of the question's letters are of."""
    if len(_CYRILLIC.findall(question)) <= len(_LATIN.findall(question)):
        return strings()
    return strings("be" if _BELARUSIAN.search(question) else "ru")


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


ENGLISH = strings()
