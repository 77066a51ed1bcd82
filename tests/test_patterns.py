"""Every pattern of the code takes linear time: none can be made to hold up the bot by a long message."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LENGTH = 40_000  # the longest message that Slack lets anybody post
CUT = 2_000  # what is searched of it: longer texts are cut first
SECONDS = 1.0  # CPU for an input; a quadratic pattern takes many, a linear one some milliseconds
FUNCTIONS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
UNITS = [
    "a", "1", " ", "_", "@", ".", "<", "(", '"', "=", "a.", "A. ", "1 ", "www.", "<@U",
]  # fmt: skip


LINES: set[str] = set()  # patterns of whole lines
INPUTS = [f"a {(unit * LENGTH)[: LENGTH - 4]}!" for unit in UNITS]


def patterns() -> dict[str, re.Pattern[str]]:
    """The compiled patterns of all modules, and those that are written in calls.

    Those of `bot.core.facts` and `bot.cli` read lines of files that maintainers write, from their beginning.
    """
    found: dict[str, re.Pattern[str]] = {}
    LINES.clear()
    for path in sorted((ROOT / "bot").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.endswith(("__main__", "env")):
            continue
        for value in vars(importlib.import_module(name)).values():
            for pattern in collected(value):
                found.setdefault(pattern.pattern, pattern)
                if name.startswith(("bot.core.facts", "bot.cli")):
                    LINES.add(pattern.pattern)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in FUNCTIONS
                and isinstance(node.args[0], ast.Constant)
            ):
                flags = [k.value for k in node.keywords if k.arg == "flags"]
                if node.func.attr == "compile":
                    flags += node.args[1:2]
                how = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0
                found.setdefault(node.args[0].value, re.compile(node.args[0].value, how))
                if name.startswith(("bot.core.facts", "bot.cli")):
                    LINES.add(node.args[0].value)
    return found


def collected(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(collected, value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from itertools.chain.from_iterable(map(collected, value))


PATTERNS = patterns()


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 40


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda p: p.pattern[:50])
def test_it_takes_linear_time(pattern: re.Pattern[str]) -> None:
    for text in INPUTS:
        started = time.process_time()
        pattern.match(text)
        for _ in () if pattern.pattern in LINES else pattern.finditer(text[:CUT]):
            pass
        spent = time.process_time() - started
        assert spent < SECONDS, f"{spent:.1f} s for {text[:20]!r}"
