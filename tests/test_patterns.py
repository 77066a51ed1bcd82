"""Every regular expression in the code takes linear time."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

Apply: TypeAlias = Callable[[re.Pattern[str], str], object]

ROOT = Path(__file__).resolve().parents[1]
LENGTH = 40_000  # the longest message that can be posted in Slack
SECONDS = 1.0  # of CPU for an input: a quadratic pattern takes many, a linear one some milliseconds
FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
UNITS = ["a", "1", " ", "_", "@", ".", "<", "(", '"', "=", "a.", "A. ", "1 ", "www.", "<@U"]
INPUTS = [f"a {(unit * LENGTH)[: LENGTH - 4]}!" for unit in UNITS]


def find_all(pattern: re.Pattern[str], text: str) -> object:
    return [None for _ in pattern.finditer(text)]


def patterns() -> Iterator[tuple[re.Pattern[str], Apply]]:
    """The compiled patterns of all modules, and those that are written in calls, with how they are applied.

    Those of `bot.core.facts` and `bot.cli` read lines of files that maintainers write, from their beginning.
    """
    for path in sorted((ROOT / "bot").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith(("__main__", "env")):
            continue
        default: Apply = re.Pattern.match if name.startswith(("bot.core.facts", "bot.cli")) else find_all
        for value in vars(importlib.import_module(name)).values():
            yield from ((pattern, default) for pattern in compiled(value))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(ast.Attribute(ast.Name("re"), function), [ast.Constant(written), *rest]):
                    if function in FUNCTIONS:
                        flags = [k.value for k in node.keywords if k.arg == "flags"]
                        flags += rest[:1] if function == "compile" else []
                        pattern = re.compile(written, eval(ast.unparse(flags[0]), {"re": re}) if flags else 0)
                        yield pattern, re.Pattern.fullmatch if function == "fullmatch" else default


def compiled(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict | list | tuple | set | frozenset):
        for part in value.values() if isinstance(value, dict) else value:
            yield from compiled(part)


PATTERNS = list({(pattern.pattern, apply): (pattern, apply) for pattern, apply in patterns()}.values())


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 40


@pytest.mark.parametrize(("pattern", "apply"), PATTERNS, ids=lambda p: getattr(p, "pattern", "")[:50])
def test_it_takes_linear_time(pattern: re.Pattern[str], apply: Apply) -> None:
    for text in INPUTS:
        started = time.process_time()
        apply(pattern, text)
        spent = time.process_time() - started
        assert spent < SECONDS, f"{spent:.1f} s for {text[:20]!r}"
