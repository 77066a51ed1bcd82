"""Strict YAML: a file to plain text, lists and mappings, each with its line.

Belongs here: what YAML itself can get wrong.  Scalars stay text, so that nothing turns `49.50`
into 49.5, `no` into false or `12:30` into 750; duplicate keys, aliases, tags and tabs are refused.
Does not belong here: what the fields mean (`load`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.core.model import Place
from bot.core.problems import Problem, shown

MAX_BYTES = 1_000_000  # the largest file of a fact base of 400 facts is under a tenth of it
MAX_DEPTH = 8  # a record nests four levels; the limit keeps the parser's recursion within the stack

# libyaml's parser where PyYAML was built with it: some ten times the speed of the pure Python one.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_: TypeAlias = tuple[str | int, ...]


@dataclass
class YamlFile:
    """A parsed file: `data` in plain types, and the line of every key, item and value by its path."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, *path: str | int) -> Place:
        """Where `path` stands, or the nearest of its parents that does."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.name, self.lines.get(path, 1))


def read_yaml(path: Path, name: str) -> YamlFile:
    """Read the mapping that a file holds; everything wrong with it as YAML is in `problems`, and nothing is raised.

    `name` is what messages call the file.  A file that cannot be read or parsed gives empty `data`.
    """
    file = YamlFile(name)

    def refuse(line: int, found: str, wanted: str, where: str = "") -> YamlFile:
        file.problems.append(Problem(Place(name, line), where, found, wanted))
        return file

    try:
        if path.stat().st_size > MAX_BYTES:
            return refuse(1, f"{path.stat().st_size:,} bytes", "a file of at most 1 MB; split it by topic")
        raw = path.read_bytes()
    except OSError as error:
        return refuse(1, error.strerror or "an unreadable file", "a file that can be read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return refuse(
            raw.count(b"\n", 0, error.start) + 1, "bytes that are no UTF-8", "the file saved as UTF-8"
        )

    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r" *\t", line):
            refuse(number, "a tab", "spaces: YAML is indented with spaces only")
    if file.problems:
        return file
    if (line_number := _too_deep(text)) is not None:
        return refuse(line_number, f"more than {MAX_DEPTH} levels", "a record as CONTRIBUTING shows it")
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = _hint(text, mark.line if mark else 0)
        return refuse(
            (mark.line if mark else 0) + 1, f"what is no YAML ({error.problem or error.context})", hint
        )
    except (yaml.YAMLError, ValueError) as error:
        return refuse(1, f"what is no YAML ({str(error).splitlines()[0]})", "text without control characters")
    if root is None:
        return file
    if not isinstance(root, yaml.MappingNode):
        return refuse(
            1, "no mapping", "records such as `trade-share-2018:` with their fields indented under them"
        )
    file.data = _plain(root, (), file, set())
    return file


def _too_deep(text: str) -> int | None:
    """The line where flow brackets or block indentation nest deeper than `MAX_DEPTH`, found without parsing.

    Brackets in plain words or quotation marks count too, so text with eight unclosed brackets is refused: a fair
    price for never handing a bracket bomb to a recursive parser.
    """
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        dashes = re.match(r"(?:[-?:] +)*", line.lstrip(" "))
        if dashes and len(dashes[0].split()) > MAX_DEPTH:
            return number
        for character in line:
            if character in "[{":
                depth += 1
                if depth > MAX_DEPTH:
                    return number
            elif character in "]}":
                depth = max(0, depth - 1)
    indents: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        while indents and indents[-1] >= indent:
            indents.pop()
        indents.append(indent)
        if len(indents) > MAX_DEPTH * 2:
            return number
    return None


def _hint(text: str, line: int) -> str:
    """What most often mends a line that the parser stumbled over."""
    lines = text.splitlines()
    for near in (line, line - 1):
        if 0 <= near < len(lines) and re.search(r":\s+[^\"'#\[{|>&*!][^\"'#]*:(\s|$)", lines[near]):
            return "quotation marks around a text that has a colon in it"
        if 0 <= near < len(lines) and re.search(r":\s+[%@`&*!|>\"']", lines[near]):
            return "quotation marks around a text that begins with a sign, and closed ones"
    return "`field: text` on each line, indented alike"


def _plain(node: yaml.Node, path: Path_, file: YamlFile, seen: set[int]) -> Any:
    """The node as text, list or dict, noting lines and refusing what the format has no use for."""

    def refuse(at: yaml.Node, found: str, wanted: str) -> None:
        dotted = ".".join(str(p) if isinstance(p, str) else f"{p + 1}" for p in path)
        file.problems.append(Problem(Place(file.name, at.start_mark.line + 1), dotted, found, wanted))

    file.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        refuse(node, "an alias (*name)", "the value itself: anchors and aliases are not used here")
        return ""
    seen.add(id(node))
    if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.startswith("tag:yaml.org,2002:python"):
        refuse(node, f"the tag {shown(node.tag)}", "plain text, lists and fields, without tags")
        return ""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.style is None and node.value in ("~", "null") else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), file, seen) for i, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            refuse(key, "a list or mapping as a field's name", "a word")
            continue
        name = key.value
        if name in result:
            first = file.lines[(*path, name)]
            dotted = ".".join([*(str(p) for p in path), name])
            file.problems.append(
                Problem(
                    Place(file.name, key.start_mark.line + 1),
                    dotted,
                    f"{shown(name)} a second time",
                    f"it once (the first is on line {first})",
                )
            )
            continue
        file.lines[(*path, name)] = key.start_mark.line + 1
        result[name] = _plain(value, (*path, name), file, seen)
    return result
