"""Texts are complete in every language, exist for every key in the code, and have the right plurals."""

import re
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
import yaml

from bot.core.present.replies import explanation
from bot.core.present.strings import strings, strings_for
from bot.core.search.results import Code, NoAnswer, Rejection

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ROOT / "bot" / "core" / "present" / "texts"
USED = re.compile(r"""\b(?:text|ENGLISH|words)\(\s*f?["']([a-z_]+)["'{]""")


def texts(language: str) -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((TEXTS / f"{language}.yaml").read_text("utf-8"))
    return loaded


def fields(value: Any) -> set[str]:
    forms = value.values() if isinstance(value, dict) else [value]
    return {name for form in forms for _, name, _, _ in Formatter().parse(str(form)) if name}


@pytest.mark.parametrize("language", ["ru", "be"])
def test_no_text_of_the_frame_is_missing_in_any_language(language: str) -> None:
    english, other = texts("en")["frame"], texts(language)["frame"]
    assert other.keys() == english.keys()
    for key, value in english.items():
        assert fields(other[key]) == fields(value), key
        assert isinstance(other[key], dict) == isinstance(value, dict), key
        if isinstance(value, dict):
            assert {"one", "few", "other"} == other[key].keys(), key


def test_every_key_that_the_code_names_exists() -> None:
    known = {key for section in texts("en").values() for key in section}
    for path in (ROOT / "bot").rglob("*.py"):
        for key in USED.findall(path.read_text("utf-8")):
            assert key in known or any(name.startswith(key) for name in known), (path.name, key)


@pytest.mark.parametrize("code", get_args(Code))
def test_every_reason_for_an_outcome_has_words(code: Code) -> None:
    outcome = NoAnswer("q", (), rejection=Rejection(code, ("how_much",), 0.5))
    assert explanation(outcome)


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 1, "1 fact"), ("en", 2, "2 facts"), ("ru", 1, "1 факт"), ("ru", 3, "3 факта"),
        ("ru", 11, "11 фактов"), ("ru", 21, "21 факт"), ("be", 5, "5 фактаў"),
    ],
)  # fmt: skip
def test_plurals(language: str, count: int, words: str) -> None:
    assert strings(language)("facts", count=count) == words


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("trade share", "en"), ("доля торговли", "ru"), ("доля гандлю з Расіяй", "be"),
        ("что такое EAEU?", "ru"), ("who is Лукашенко, the president", "en"), ("колькі?", "be"),
        ("2015", "en"),
    ],
)  # fmt: skip
def test_the_language_is_that_of_most_letters(question: str, language: str) -> None:
    assert strings_for(question).language == language
