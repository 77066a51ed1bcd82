"""Strict YAML: a file to plain text, lists and mappings, each with its line.

Belongs here: what YAML itself can get wrong.  Scalars stay text, so that nothing turns `49.50`
into 49.5, `no` into false or `12:30` into 750; duplicate keys, aliases, tags and tabs are refused.
Does not belong here: what the fields mean (`load`).
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bot.core.model import Place
from bot.core.problems import Problem, shown

MAX_BYTES = 1_000_000  # the largest file of a fact base of 400 facts is under a tenth of it
MAX_DEPTH = (
    8  # a record nests four levels; the limit keeps our recursion, and nobody else's, within the stack
)
MAX_PROBLEMS = 100  # of one file as YAML: more are one mistake many times, or no fact file at all
MAX_UNREADABLE = 10  # records that are set aside, so that the mistakes of the others are told too

# libyaml's parser where PyYAML was built with it: some ten times the speed of the pure Python one.
PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path_: TypeAlias = tuple[str | int, ...]

_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # what YAML takes for the end of a line, apart from \n
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTED_OR_FLOW = re.compile(r"quoted scalar|flow (?:sequence|mapping)")
_MARGIN = re.compile("[\\s\u200b\ufeff]*")  # spaces of every kind, those that nobody sees among them
_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})(?= |$)")
_CUT_OFF = re.compile(r"\s+#(?=\S)")  # what a comment that its author wrote begins with is "# "
_NO_SPACE = re.compile(r"\s*(?:- )?([a-z_]+):(?=[^ /])")  # and no web address
_IN_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'")
_QUOTE_A_HASH = "quotation marks around a text that has “ #” in it, or a space after the # of a comment"


@dataclass
class YamlFile:
    """A parsed file: `data` in plain types, and the line of every key, item and value by its path.

    `unreadable` are the names of the records that could not be parsed and are not in `data`; `raw`
    is what the file held (empty where it could not be read).
    """

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    raw: bytes = b""

    def place(self, *path: str | int) -> Place:
        """Where `path` stands, or the nearest of its parents that does."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.name, self.lines.get(path, 1))


def read_yaml(path: Path, name: str) -> YamlFile:
    """Read the mapping that a file holds; everything wrong with it as YAML is in `problems`, and nothing is raised.

    `name` is what messages call the file.  A record that cannot be parsed is left out of `data`, and
    the others are read all the same, so that one run tells of every mistake.
    """
    file = YamlFile(name)

    def refuse(line: int, found: str, wanted: str) -> YamlFile:
        file.problems.append(Problem(Place(name, line), "", found, wanted))
        return file

    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return refuse(1, "what is no file", "a file of records")
        if status.st_size > MAX_BYTES:
            return refuse(1, f"{status.st_size:,} bytes", "a file of at most 1 MB; split it by topic")
        file.raw = path.read_bytes()
    except OSError as error:
        return refuse(1, error.strerror or "an unreadable file", "a file that can be read")
    return _filled(file)


def parse_yaml(raw: bytes, name: str) -> YamlFile:
    """The same of what a file holds, or is to hold."""
    return _filled(YamlFile(name, raw=raw))


def _filled(file: YamlFile) -> YamlFile:
    """The file with the data of its `raw` bytes and what is wrong with them."""

    def refuse(line: int, found: str, wanted: str) -> YamlFile:
        file.problems.append(Problem(Place(file.name, line), "", found, wanted))
        return file

    try:
        text = file.raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = file.raw.count(b"\n", 0, error.start) + 1
        return refuse(number, "bytes that are no UTF-8", "the file saved as UTF-8")

    lines = _BREAKS.sub("\n", text).split("\n")
    mended: set[int] = set()  # lines already complained of: what the parser says of them would only confuse
    for at, line in enumerate(lines):
        if bad := _UNPRINTABLE.search(line):
            if len(mended) < MAX_PROBLEMS:
                refuse(
                    at + 1, f"a control character (U+{ord(bad[0]):04X})", "text without it: retype the line"
                )
            lines[at] = _UNPRINTABLE.sub(" ", line)
            mended.add(at)
        margin = _MARGIN.match(line)[0]  # type: ignore[index]
        if other := margin.strip(" "):
            found = "a tab" if "\t" in margin else f"a space of another kind (U+{ord(other[0]):04X})"
            if len(margin) < len(line) and len(mended) < MAX_PROBLEMS:
                refuse(at + 1, found, "spaces: YAML is indented with spaces only")
            lines[at] = "".join("  " if c == "\t" else " " for c in margin) + lines[at][len(margin) :]
            mended.add(at)
    _settle(lines, file)
    _parse(lines, mended, file)
    return file


def _settle(lines: list[str], file: YamlFile) -> None:
    """Tells of each place where a merge left two versions, and goes on with the first of them."""
    inside = dropped = False
    for at, line in enumerate(lines):
        if mark := _CONFLICT.match(line):
            if not inside and len(file.problems) < MAX_PROBLEMS:
                wanted = "one of them: delete the other, and the lines of <<<<<<<, ======= and >>>>>>>"
                found = f"a mark of a merge that left two versions ({mark[0]})"
                file.problems.append(Problem(Place(file.name, at + 1), "", found, wanted))
            inside = mark[0][0] == "<" or (inside and mark[0][0] != ">")
            dropped = inside and mark[0][0] in "|="
        if dropped:
            file.unreadable |= _names(lines[at : at + 1])
        if mark or dropped:
            lines[at] = ""


def _names(lines: list[str]) -> set[str]:
    """The names of the records that begin in these lines."""
    names = (re.match(r"[\"']?([^\s\"':#][^\"':]*?)[\"']?\s*:", line) for line in lines)
    return {m[1] for m in names if m}


def _parse(lines: list[str], mended: set[int], file: YamlFile) -> None:
    """Fills `data` from the lines, setting aside what cannot be parsed and trying again without it."""
    for _ in range(MAX_UNREADABLE):
        builder = _Builder(file.name)
        try:
            data = builder.build("\n".join(lines))
        except _NoAnswerFile as error:
            file.problems += [
                *builder.problems,
                Problem(Place(file.name, error.line + 1), "", error.found, error.wanted),
            ]
            return
        except _Unreadable as error:
            first = last = error.line
            found, wanted = error.found, error.wanted
        except yaml.MarkedYAMLError as error:
            first, last, found, wanted = _told(error, lines)
        except (yaml.YAMLError, ValueError) as error:  # what the parser tells without a line
            found = f"what is no YAML ({str(error).splitlines()[0]})"
            file.problems.append(
                Problem(Place(file.name, 1), "", found, "records as CONTRIBUTING shows them")
            )
            return
        else:
            file.data, file.lines = data, builder.lines
            file.problems += builder.problems
            return
        start, stop = _record_around(lines, first, last)
        if mended.isdisjoint(range(start, stop)):
            file.problems.append(Problem(Place(file.name, first + 1), "", found, wanted))
        file.unreadable |= _names(lines[start:stop])
        if not any(line.strip() for line in lines[start:stop]):
            break
        lines[start:stop] = [""] * (stop - start)
    if not file.problems:
        file.problems.append(
            Problem(Place(file.name, 1), "", "what is no YAML", "records as CONTRIBUTING shows them")
        )


def _line(event: yaml.Event) -> int:
    """The line of an event, from 0."""
    return event.start_mark.line if event.start_mark else 0


def _record_around(lines: list[str], first: int, last: int) -> tuple[int, int]:
    """The lines from the beginning of the record that holds `first` to the end of the one that holds `last`."""

    def begins(line: str) -> bool:
        return bool(line) and line[0] not in " #" and not line.startswith("- ")

    first = min(first, len(lines) - 1)
    start = next((i for i in range(first, -1, -1) if begins(lines[i])), 0)
    stop = next((i for i in range(max(first, last) + 1, len(lines)) if begins(lines[i])), len(lines))
    return start, stop


def _told(error: yaml.MarkedYAMLError, lines: list[str]) -> tuple[int, int, str, str]:
    """A parser's complaint as the lines (from 0) it is about, what was found and what mends it."""
    at = error.problem_mark.line if error.problem_mark else 0
    begun = error.context_mark.line if error.context_mark else at
    at = min(at, len(lines) - 1)
    if error.context and _QUOTED_OR_FLOW.search(error.context) and begun <= at:
        quoted = "quoted" in error.context
        if (
            not quoted
            and (cut := next((i for i in range(begun, at + 1) if _cuts(lines[i])), None)) is not None
        ):
            return begun, at, shown(lines[cut]), _QUOTE_A_HASH
        wanted = "the quotation mark that closes it" if quoted else "the bracket that closes it, or a comma"
        return begun, at, shown(lines[begun]), wanted
    if error.context == "while scanning a simple key":  # a line without a colon, found out on a later one
        at = begun
    while at and not lines[at].strip():
        at -= 1
    if at and _cuts(lines[at - 1]) and not re.match(r"\s*(?:- )?[\w-]+:", lines[at]):
        return at - 1, at - 1, shown(lines[at - 1]), _QUOTE_A_HASH
    if at and _NO_SPACE.match(lines[at - 1]) and not _NO_SPACE.match(lines[at]):
        at -= 1
    return at, at, shown(lines[at]), _hint(lines, at, error.problem or error.context or "no YAML")


def _cuts(line: str) -> bool:
    """Whether a # that no space follows ends a text of the line, which its author may not have meant."""
    return bool(line.strip() and _CUT_OFF.search(_IN_QUOTES.sub("", line.lstrip())))


def _hint(lines: list[str], at: int, complaint: str) -> str:
    """What most often mends a line that the parser stumbled over."""
    if field := _NO_SPACE.match(lines[at]):
        return f"a space after the colon: `{field[1]}: …`"
    for near in (at, at - 1):
        if near >= 0 and re.search(r":\s+[^\"'#\[{|>&*!][^\"'#]*:(\s|$)", lines[near]):
            return "quotation marks around a text that has a colon in it"
        if near >= 0 and re.search(r":\s+[%@`&*!|>\"']", lines[near]):
            return "quotation marks around a text that begins with a sign, and closed ones"
    return f"`field: text` on each line, indented like its neighbours (the parser says: {complaint})"


class _Unreadable(Exception):
    """A record that is refused whole: a line of it (from 0), what was found and wanted."""

    def __init__(self, line: int, found: str, wanted: str) -> None:
        super().__init__(found)
        self.line, self.found, self.wanted = line, found, wanted


class _NoAnswerFile(_Unreadable):
    """The same of the file as a whole: reading on would only say it again."""


class _Builder:
    """Plain data from the parser's events.

    Events rather than `yaml.compose`, whose recursion a million brackets drive through the end of
    the stack: here nothing deeper than MAX_DEPTH is ever opened.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self.depth = 0

    def build(self, text: str) -> dict[str, Any]:
        self.text = text.split("\n")
        self.events: Iterator[Any] = yaml.parse(text, Loader=PARSER)
        data: dict[str, Any] = {}
        documents = 0
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event)
                    raise _Unreadable(line, "a second document", "one document: take out the line `---`")
            elif isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent, yaml.CollectionStartEvent)):
                if isinstance(event, yaml.ScalarEvent) and not event.value and event.style in (None, ""):
                    continue  # an empty document
                if not isinstance(event, yaml.MappingStartEvent):
                    line = _line(event)
                    wanted = "records such as `trade-share-2018:` with their fields indented under them"
                    raise _NoAnswerFile(line, "no records", wanted)
                data = self._value(event, ())
        return data

    def _refuse(self, event: Any, path: Path_, found: str, wanted: str) -> None:
        dotted = ".".join(p if isinstance(p, str) else f"{p + 1}" for p in path)
        line = _line(event)
        if len(self.problems) >= MAX_PROBLEMS:
            raise _NoAnswerFile(line, f"more than {MAX_PROBLEMS} mistakes", "a file of facts")
        self.problems.append(Problem(Place(self.name, line + 1), dotted, found, wanted))

    def _value(self, event: Any, path: Path_) -> Any:
        self.lines.setdefault(path, _line(event) + 1)
        if isinstance(event, yaml.AliasEvent):
            wanted = "the text itself, in quotation marks where it begins with a star"
            self._refuse(event, path, f"a reference (*{event.anchor})", wanted)
            return (
                f"*{event.anchor}"  # as the author may have meant it, so that the field is not blamed twice
            )
        if event.anchor:
            wanted = "quotation marks around a text that begins with &"
            self._refuse(event, path, f"an anchor (&{event.anchor})", wanted)
        if event.tag:
            tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._refuse(event, path, f"the tag {tag}", "quotation marks around a text that begins with “!”")
        if isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "")
            end: Any = event.end_mark
            rest = self.text[end.line][end.column :] if end.line < len(self.text) else ""
            if _CUT_OFF.match(rest) and (event.value or not plain):
                found = f"{shown(event.value)} and, as a comment, {shown(rest)}"
                self._refuse(event, path, found, _QUOTE_A_HASH)
            return "" if plain and event.value in ("~", "null", "Null", "NULL") else event.value
        self.depth += 1
        if self.depth > MAX_DEPTH:
            line = _line(event)
            raise _Unreadable(line, f"more than {MAX_DEPTH} levels", "a record as CONTRIBUTING shows it")
        result = self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else list(self._items(path))
        self.depth -= 1
        return result

    def _items(self, path: Path_) -> Iterator[Any]:
        for i, event in enumerate(self.events):
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, (*path, i))

    def _mapping(self, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key in self.events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                self._refuse(key, path, "a list or group as a field's name", "a word")
                self._ignored(key, path)
                self._ignored(next(self.events), path)
                continue
            name = key.value
            if name in result:
                first = self.lines[(*path, name)]
                wanted = f"it once (the first is on line {first})"
                self._refuse(key, (*path, name), f"{shown(name)} a second time", wanted)
                self._ignored(next(self.events), path)
                continue
            self.lines[(*path, name)] = _line(key) + 1
            result[name] = self._value(next(self.events), (*path, name))
        return result

    def _ignored(self, event: Any, path: Path_) -> None:
        """Reads a value that is not kept, without its lines taking the place of those that are."""
        kept = self.lines
        self.lines = {}
        try:
            self._value(event, path)
        finally:
            self.lines = kept
