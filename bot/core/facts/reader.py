"""Strict YAML: a file to plain text, lists and mappings, with the line of every key, item and value."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.core.facts.fields import BIDI_CONTROLS
from bot.core.facts.issues import Place, Problem, quote_value
from bot.core.facts.syntax_help import QUOTE_A_HASH, Mistake, at_the_margin, explain_error

MAX_BYTES = 1_000_000  # ten times a large file
MAX_LINE = 5_000  # characters
MAX_RECORDS = 2_000
MAX_DEPTH = 8  # a record nests four levels
MAX_PROBLEMS = 50  # in one file; more are one mistake many times

# libyaml's parser if PyYAML was built with it: about ten times as fast as the pure Python one.
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

KeyPath: TypeAlias = tuple[str | int, ...]

_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # what YAML takes for the end of a line, besides \n
_CONTROLS = re.compile(f"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[{BIDI_CONTROLS}]")
_MARGIN = re.compile("[\\s\u200b\ufeff]*")  # spaces of every kind, invisible ones included
_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?= |$)")
_COMMENT = re.compile(r"(\s+)#(.*)")
_NULLS = ("~", "null", "Null", "NULL")


@dataclass
class YamlFile:
    """A parsed file.  `unreadable` are the names of records that are not in `data`; `raw` is what the file holds."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    raw: bytes = b""

    @property
    def is_lost(self) -> bool:
        """Whether not even the names of its records are known."""
        return bool(self.problems) and not self.data and not self.unreadable

    def place(self, *path: str | int) -> Place:
        """The line of `path`, or of its nearest parent that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.name, self.lines.get(path, 1))

    def refuse(self, line: int, code: str, message: str, expected: str = "", field: str = "") -> None:
        """Add a problem; `line` counts from 0."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(Place(self.name, line + 1), field, code, message, expected))


def read_yaml(path: Path, name: str, fields: frozenset[str] = frozenset()) -> YamlFile:
    """Read the mapping in a file; never raises: what is wrong is in `problems`, and records without mistakes in `data`.

    `name` is what messages call the file; `fields` are the names that must not stand at the margin.
    """
    file = YamlFile(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            file.refuse(0, "file", "not a regular file", "a file of records")
        elif status.st_size > MAX_BYTES:
            file.refuse(0, "file", f"{status.st_size:,} bytes", "at most 1 MB: split the file by topic")
        else:
            return parse_yaml(path.read_bytes(), name, fields)
    except OSError as error:
        file.refuse(0, "file", error.strerror or "the file cannot be read")
    return file


def parse_yaml(raw: bytes, name: str, fields: frozenset[str] = frozenset()) -> YamlFile:
    """Parse the content of a file as `read_yaml` does."""
    file = YamlFile(name, raw=raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        file.refuse(line, "encoding", "not valid UTF-8", "a file saved as UTF-8")
        return file
    lines = _LINE_BREAKS.sub("\n", text).split("\n")
    _refuse_characters(lines, file)
    if mark := next((i for i, line in enumerate(lines) if _CONFLICT.match(line)), None):
        expected = "one of the two: delete the other, and the lines with <<<<<<<, ======= and >>>>>>>"
        file.refuse(mark, "merge-conflict", "a merge left two versions here", expected)
        return file
    heads = [i for i, line in enumerate(lines) if line[:1] not in ("", " ", "#")]
    if heads and all(at_the_margin(lines, i, ()) for i in heads):
        expected = "records such as `trade-share-2018:` with their fields indented under them"
        file.refuse(heads[0], "no-records", f"{quote_value(lines[heads[0]])} is not a record", expected)
        return file
    if len(heads) > MAX_RECORDS:
        file.refuse(
            0, "file", f"{len(heads):,} lines at the margin", f"at most {MAX_RECORDS:,} records in a file"
        )
        return file
    _read_records(lines, heads, fields, file)
    return file


def _refuse(file: YamlFile, mistake: Mistake) -> None:
    file.refuse(mistake.line, mistake.code, mistake.message, mistake.expected)


def _refuse_characters(lines: list[str], file: YamlFile) -> None:
    """Refuse what no line may have, and replace it so that the rest can be parsed."""
    has_records = False
    for at, line in enumerate(lines):
        margin = _MARGIN.match(line)[0]  # type: ignore[index]
        if len(line) > MAX_LINE:
            file.refuse(at, "line-length", f"a line of {len(line):,} characters", f"at most {MAX_LINE:,}")
            lines[at] = ""
        elif bad := _CONTROLS.search(line.lstrip("\ufeff")):
            message = f"a character that is invisible or steers the display (U+{ord(bad[0]):04X})"
            file.refuse(at, "control-character", message, "the line retyped without it")
            lines[at] = _CONTROLS.sub(" ", line)
        elif (other := margin.strip(" ")) and len(margin) < len(line):
            what = "a tab" if "\t" in margin else f"a space of another kind (U+{ord(other[0]):04X})"
            file.refuse(at, "tab", f"{what} before the text", "spaces, which alone may indent a line")
            lines[at] = "".join("  " if c == "\t" else " " for c in margin) + line[len(margin) :]
        elif line.startswith("---") and has_records:
            file.refuse(at, "documents", "a second document", "one document: delete the line `---`")
            lines[at] = ""
        elif line.startswith("---"):
            lines[at] = ""
        has_records |= bool(line.strip()) and line[0] not in "#-"


def _read_records(lines: list[str], heads: list[int], fields: frozenset[str], file: YamlFile) -> None:
    """Parse each record by itself, so that a mistake in one does not hide those of the others."""
    first = next((i for i, line in enumerate(lines) if line.strip() and line.lstrip()[0] != "#"), len(lines))
    starts = [first, *heads] if first < (heads or [len(lines)])[0] else heads
    name = ""
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=False):
        previous, name = name, lines[start].partition(":")[0].strip("\"' ")
        mistake = at_the_margin(lines, start, fields) if lines[start][0] != " " else None
        if lines[start][0] == " ":
            mistake = Mistake(
                start, "margin", f"{quote_value(lines[start])} belongs to no record", "an id above it"
            )
        if mistake:  # the record above goes on here, and is not whole without it
            if previous != "" or start == starts[0]:
                _refuse(file, mistake)
            _forget(file, previous)
            name = previous
            continue
        builder = _Builder(file, lines, start)
        try:
            builder.read("\n".join(lines[start:stop]))
        except yaml.MarkedYAMLError as error:
            if not any(start < problem.place.line <= stop for problem in file.problems):
                _refuse(file, explain_error(lines[start:stop], start, error, fields))
            _forget(file, name)
        except _Refused as refusal:
            _refuse(file, refusal.mistake)
            _forget(file, name)
        except (yaml.YAMLError, ValueError) as error:  # what the parser reports without a line
            file.refuse(start, "syntax", f"not valid YAML ({str(error).splitlines()[0]})")
            _forget(file, name)


def _forget(file: YamlFile, name: str) -> None:
    """The record that could not be read to its end is known by its name only."""
    file.data.pop(name, None)
    file.unreadable.add(name)


class _Refused(Exception):
    """A record that cannot be read further."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


class _Builder:
    """Plain data from the parser's events.

    Not `yaml.compose`: it recurses without a limit, so that a file of brackets overflows the stack.
    """

    def __init__(self, file: YamlFile, lines: list[str], start: int) -> None:
        self.file, self.text, self.start = file, lines, start
        self.depth = 0

    def read(self, text: str) -> None:
        """Add the record in `text` to the file."""
        self.has_hash = "#" in text
        self.events: Iterator[Any] = yaml.parse(text, Loader=PARSER)
        for event in self.events:
            if isinstance(event, yaml.MappingStartEvent):
                self._mapping((), self.file.data)
            elif isinstance(event, yaml.NodeEvent):
                raise _Refused(Mistake(self._line(event), "no-records", "not a record", "an id with a colon"))

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.start

    def _refuse(self, event: Any, path: KeyPath, code: str, message: str, expected: str) -> None:
        dotted = ".".join(p if isinstance(p, str) else f"{p + 1}" for p in path)
        self.file.refuse(self._line(event), code, message, expected, dotted)

    def _value(self, event: Any, path: KeyPath) -> Any:
        self.file.lines.setdefault(path, self._line(event) + 1)
        if isinstance(event, yaml.AliasEvent) or event.anchor or event.tag:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&" if event.anchor else "!"
            expected = f"quotation marks around a text that begins with {sign}"
            self._refuse(event, path, "yaml-sign", f"{sign} has a meaning of its own in YAML", expected)
            if sign == "*":
                return f"*{event.anchor}"
        if isinstance(event, yaml.ScalarEvent):
            if self.has_hash and event.value:
                self._look_for_cut(event, path)
            return "" if event.style in (None, "") and event.value in _NULLS else event.value
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels of brackets or lists"
            raise _Refused(Mistake(self._line(event), "depth", message, "a record as CONTRIBUTING shows it"))
        if isinstance(event, yaml.MappingStartEvent):
            result: Any = self._mapping(path, {})
        else:
            result = list(self._items(path))
        self.depth -= 1
        return result

    def _items(self, path: KeyPath) -> Iterator[Any]:
        for i, event in enumerate(self.events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, (*path, i))

    def _look_for_cut(self, event: Any, path: KeyPath) -> None:
        """A text that ends before a # may be cut there, unless what follows looks like a comment."""
        end = event.end_mark
        found = _COMMENT.match(self.text[end.line + self.start][end.column :])
        if not found:
            return
        message = f"{quote_value(event.value)} ends before {quote_value('#' + found[2])}, which is read as a comment"
        if found[2] and not found[2][0].isspace():
            self._refuse(
                event, path, "text-cut", message, f"{QUOTE_A_HASH}, or a space after the # of a comment"
            )
        elif len(found[1]) == 1 and " " in event.value and event.style in (None, ""):
            dotted = ".".join(str(p) for p in path)
            place = Place(self.file.name, int(end.line) + self.start + 1)
            expected = f"{QUOTE_A_HASH}, or a comment on a line of its own"
            self.file.warnings.append(Problem(place, dotted, "text-cut", message, expected))

    def _mapping(self, path: KeyPath, result: dict[str, Any]) -> dict[str, Any]:
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                raise _Refused(Mistake(self._line(key), "field-name", "a list or group as a name", "a word"))
            if key.value in result:
                first = self.file.lines[(*path, key.value)]
                message = f"{quote_value(key.value)} is there twice (first on line {first})"
                self._refuse(key, (*path, key.value), "duplicate", message, "it once")
                self._value(next(self.events), path)
            else:
                self.file.lines.setdefault((*path, key.value), self._line(key) + 1)
                result[key.value] = self._value(next(self.events), (*path, key.value))
        return result
