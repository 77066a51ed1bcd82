"""Reads a YAML file as text, lists and mappings, with the line of every key, item and value."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.core.facts.explain import QUOTE_A_HASH, at_the_margin, explain_error
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.models import BIDI_CONTROLS

MAX_BYTES = 1_000_000  # ten times a large file
MAX_DEPTH = 8  # a record nests four levels

# libyaml's parser if PyYAML was built with it: about ten times as fast as the pure Python one.
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

KeyPath: TypeAlias = tuple[str | int, ...]

_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # what YAML takes for the end of a line, besides \n
_BEGINS = re.compile(r"(?![ #]|---|$)")  # a line at the margin, which begins a record
_CUT = re.compile(r"\s#(.*)")
# What no file may have anywhere: code, pattern, message and what is expected.
_UNREADABLE = (
    ("merge-conflict", re.compile(r"^(?:<{7}|>{7}|={7})(?= |$)", re.MULTILINE), "a merge left two versions here",
     "one of the two: delete the other, and the lines with <<<<<<<, ======= and >>>>>>>"),
    ("tab", re.compile("^ *[\t\u00a0\u2000-\u200b\u202f\u3000](?=\\s*\\S)", re.MULTILINE),
     "a tab or a special space before the text", "ordinary spaces, which alone may indent a line"),
    ("control-character",
     re.compile(f"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[{BIDI_CONTROLS}]"),
     "an invisible character, or one that changes how the line is displayed", "the line retyped without it"),
)  # fmt: skip


class _Refused(Exception):
    """A record cannot be read further; the problem is in the file already."""


@dataclass
class YamlFile:
    """A parsed file.  With `problems`, `data` has the records that can be read; `raw` is what the file holds."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    raw: bytes = b""
    text: str = ""

    def place(self, *path: str | int) -> Place:
        """The line of `path`, or of its nearest parent that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.name, self.lines.get(path, 1))

    def refuse(self, line: int, code: str, message: str, expected: str = "", field: str = "") -> None:
        """Add a problem; `line` counts from 0."""
        self.problems.append(Problem(Place(self.name, line + 1), field, code, message, expected))


def read_yaml(path: Path, name: str, fields: frozenset[str] = frozenset()) -> YamlFile:
    """Read the mapping in a file.  Never raises: what is wrong is in `problems`.

    `name` is what messages call the file; `fields` are the names of the fields of its records.
    """
    file = YamlFile(name)
    try:
        if not path.is_file():
            file.refuse(0, "file", "not a regular file", "a file of records")
        elif (size := path.stat().st_size) > MAX_BYTES:
            file.refuse(0, "file", f"{size:,} bytes", "at most 1 MB: split the file by topic")
        else:
            return parse_yaml(path.read_bytes(), name, fields)
    except OSError as error:
        file.refuse(0, "file", error.strerror or "the file cannot be read")
    return file


def parse_yaml(raw: bytes, name: str, fields: frozenset[str] = frozenset()) -> YamlFile:
    """Parse the content of a file as `read_yaml` does: each record by itself, so that no mistake hides another."""
    file = YamlFile(name, raw=raw)
    try:
        file.text = _LINE_BREAKS.sub("\n", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        file.refuse(raw.count(b"\n", 0, error.start), "encoding", "not valid UTF-8", "a file saved as UTF-8")
        return file
    for code, pattern, message, expected in _UNREADABLE:
        if found := pattern.search(file.text):
            file.refuse(file.text.count("\n", 0, found.start()), code, message, expected)
            return file
    lines = file.text.split("\n")
    first, *others = [at for at, line in enumerate(lines) if _BEGINS.match(line)] or [0]
    above = ""  # the record before, unless it ends at a mistake at the margin
    for start, stop in itertools.pairwise([0, *others, len(lines)]):
        head = lines[start or first]
        if mistake := _BEGINS.match(head) and at_the_margin(head, fields):
            if above or not start:  # only the first of several in a row
                file.refuse(start or first, *mistake)
            file.data.pop(above, None)  # it continues here, so it would look incomplete
            above = ""
            continue
        above = head.partition(":")[0].strip("\"'")
        try:
            _Builder(file, lines[start:stop], start).read()
        except _Refused:
            pass
        except (yaml.YAMLError, ValueError) as error:
            file.data.pop(above, None)
            if not any(start < problem.place.line <= stop for problem in file.problems):
                at, *cause = explain_error(lines[start:stop], error, fields)
                file.refuse(start + at, *cause)
    return file


class _Builder:
    """Plain data from the parser's events.

    Not `yaml.compose`: it recurses without a limit, so that a file of brackets overflows the stack.
    """

    def __init__(self, file: YamlFile, lines: list[str], start: int) -> None:
        self.file, self.lines, self.start = file, lines, start
        self.events: Iterator[Any] = yaml.parse("\n".join(lines), Loader=PARSER)

    def read(self) -> None:
        """Add the record to the file.  Raises yaml.YAMLError, ValueError and _Refused."""
        for event in self.events:
            if isinstance(event, yaml.MappingStartEvent):
                self._mapping((), self.file.data)
            elif isinstance(event, yaml.DocumentStartEvent) and event.explicit and self.file.data:
                self._stop(event, (), "documents", "a second document", "one: delete the line `---`")
            elif isinstance(event, yaml.NodeEvent):
                expected = "records such as `trade-share-2018:` with their fields indented under them"
                self._stop(event, (), "no-records", "not a record", expected)

    def _refuse(self, event: Any, path: KeyPath, code: str, message: str, expected: str) -> None:
        self.file.refuse(event.start_mark.line + self.start, code, message, expected, dotted(path))

    def _stop(self, *problem: Any) -> None:
        self._refuse(*problem)
        raise _Refused

    def _mapping(self, path: KeyPath, result: dict[str, Any]) -> dict[str, Any]:
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                self._stop(key, path, "field-name", "a list or group as a name", "a word")
            here = (*path, key.value)
            if key.value in result:
                message = f"{quote_value(key.value)} is there twice (first on line {self.file.lines[here]})"
                self._refuse(key, here, "duplicate", message, "it once")
                self._value(next(self.events), here)
            else:
                self.file.lines.setdefault(here, key.start_mark.line + self.start + 1)
                result[key.value] = self._value(next(self.events), here)
        return result

    def _items(self, path: KeyPath) -> Iterator[Any]:
        for i, event in enumerate(self.events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, (*path, i))

    def _value(self, event: Any, path: KeyPath) -> Any:
        self.file.lines.setdefault(path, event.start_mark.line + self.start + 1)
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&" if event.anchor else "!"
            expected = f"quotation marks around a text that begins with {sign}"
            self._stop(event, path, "yaml-sign", f"{sign} has a special meaning in YAML", expected)
        if isinstance(event, yaml.ScalarEvent):
            if event.style in (None, "") and " " in event.value:
                self._look_for_cut(event, path)
            return event.value
        if len(path) > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of brackets or lists"
            self._stop(event, path[:1], "depth", message, "a record as CONTRIBUTING shows it")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        return self._mapping(path, {}) if is_mapping else list(self._items(path))

    def _look_for_cut(self, event: Any, path: KeyPath) -> None:
        """A text of several words that ends at a # may be cut off there: certainly before #1, perhaps before # 1."""
        end = event.end_mark
        if found := _CUT.match(self.lines[end.line], end.column):
            message = f"{quote_value(event.value)} ends before {quote_value('#' + found[1])}, which is read as a comment"
            expected = f"{QUOTE_A_HASH}, or the comment on a line of its own"
            place = Place(self.file.name, end.line + self.start + 1)
            problem = Problem(place, dotted(path), "text-cut", message, expected)
            (self.file.problems if found[1][:1].strip() else self.file.warnings).append(problem)


def dotted(path: KeyPath) -> str:
    """A path as messages name it; items of lists count from 1."""
    return ".".join(p if isinstance(p, str) else f"{p + 1}" for p in path)
