"""The one format of the fact files: order of records and fields, quotation marks, width; comments stay.

ruamel.yaml takes four seconds for all files, too long for `check`, and attaches a comment to what stands before it, so
that sorting would separate the two.
"""

import bisect
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.core.facts.dates import DateError, parse_date
from bot.core.facts.issues import DataError
from bot.core.facts.json_schema import MODELINE, SCHEMAS
from bot.core.facts.models import Answers, Evidence
from bot.core.facts.reader import PARSER, KeyPath, YamlFile, parse_yaml, read_yaml

HELP = "#:"  # begins the comments of a template, which formatting removes
WIDTH = 110
STEP = 2
ORDER = (
    "kind", "title", "about", "statement", "value", "date", "as_of", "role", "attribution", "series", "see_also",
    "actors", "asks", "answers", "expected", "note", "checked", "review_after", "former_ids", "evidence",
    *Evidence.model_fields, *Answers.model_fields,
    "short", "author", "author_role", "speaker", "publisher", "publisher_url", "disowns_views", "url",
    "published", "reports_on", "language", "standpoint", "inferred",
)  # fmt: skip
_PLACES = {name: place for place, name in enumerate(ORDER)}
_FLAGS = ("expected", "disowns_views", "publishers_own")  # true or false, also to an editor
_ROWS = {"vocabulary": 1000, "questions": 0}  # how many lines a list in brackets may take; 1 elsewhere
_SPACED = ("facts", "vocabulary")  # a blank line between the records

# Texts to us, but not to every reader of YAML (an editor with a schema, for instance): they keep quotation marks.
_NOT_TEXT_ELSEWHERE = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|=|<<)?", re.IGNORECASE)
_PLAIN = re.compile(r"[^\W\d_][\w /'’-]*")  # most texts, which need no closer look
_UNSAFE = re.compile(r"[-?:](?= |$)|[#,\[\]{}&*!|>'\"%@`]|---|\.\.\.")  # where a text begins
_UNSAFE_WITHIN = re.compile(r":(?= |$)| #")
_UNSAFE_IN_BRACKETS = re.compile(r"[,?\[\]{}:]")
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")  # a line of a continued text does not begin with one


class FormatError(Exception):
    """The file cannot be formatted without changing what it says; the message says so in one sentence."""


def format_file(file: YamlFile, kind: str, modeline: bool = False) -> str:
    """The content of a file in the one format; formatting it again changes nothing.

    `kind` is one of the SCHEMAS; `modeline` adds the first line, which tells editors the schema.  Raises DataError if
    the file has problems, and FormatError if the result would say something else.
    """
    if file.problems:
        raise DataError(file.problems)
    comments = _Comments(file)
    header = [line for line in comments.header if not line.startswith(MODELINE)]
    schema = [MODELINE + Path(SCHEMAS[kind]).name] if modeline else []
    rows, lines = _ROWS.get(kind, 1), [*schema, *header, *[""] * bool(header)]
    for number, (key, value) in enumerate(_in_order(file.data, kind).items()):
        lines += [""] * (kind in _SPACED and number > 0)
        lines += _entry((key,), value, comments, rows)
    lines += [""] * (kind in _SPACED and bool(lines))
    formatted = "\n".join([*lines, *comments.lead[()]]).rstrip("\n") + "\n"
    if formatted == file.text:
        return formatted
    after = parse_yaml(formatted.encode(), file.name)
    if after.problems or _folded(after.data) != _folded(file.data):
        raise FormatError(f"{file.name} cannot be formatted without changing what it says; format it by hand")
    return formatted


def format_path(path: Path, file: YamlFile | None = None) -> str:
    """The formatted content of a file, which may have been read already; it names its schema where that is beside it.

    Raises what `format_file` does.
    """
    folder = path.resolve().parent.name
    kind = folder if folder in ("seeds", "questions") else path.stem if path.stem in SCHEMAS else "facts"
    file = file or read_yaml(path, f"{folder}/{path.name}")
    return format_file(file, kind, (path.parent / Path(SCHEMAS[kind]).name).exists())


class _Comments:
    """The comments of a file, by the record or field that each stands above, or beside if that is one text.

    A comment within a field, or below the last one, is moved above the field.
    """

    def __init__(self, file: YamlFile) -> None:
        self.header: list[str] = []
        self.lead: defaultdict[KeyPath, list[str]] = defaultdict(list)  # of (): those at the end of the file
        self.beside: dict[KeyPath, str] = {}
        if "#" not in file.text:
            return
        data: Any = file.data
        lines = file.text.split("\n")
        paths = [path for path in file.lines if 0 < len(path) <= 2 and isinstance(path[-1], str)]
        starts = [file.lines[path] for path in paths]
        first = starts[0] if starts else len(lines) + 1
        blank = next((n for n, line in enumerate(lines[: first - 1], 1) if not line.strip() and n > 1), 0)
        for line, column, text in _comments(file.text):
            at = bisect.bisect_right(starts, line)
            within, below = ((), *paths, ())[at : at + 2]
            before = lines[line - 1][:column]
            value = functools.reduce(lambda inner, key: inner[key], within, data)
            if before.strip() and isinstance(value, str) and within not in self.beside:
                self.beside[within] = f"  {text}" if before.endswith("  ") else f" {text}"
            elif line < first and (line < blank or text.startswith(MODELINE)):
                self.header.append(text)
            elif within and (before.strip() or column > STEP or (column and len(below) < 2)):
                self.lead[within].append(text)
            else:
                self.lead[below].append(text)


def _comments(text: str) -> Iterator[tuple[int, int, str]]:
    """Line (from 1), column and text of each comment, those of templates left out."""
    spans = [
        (event.start_mark.index, event.end_mark.index)  # type: ignore[union-attr]
        for event in yaml.parse(text, Loader=PARSER)
        if isinstance(event, yaml.ScalarEvent)
    ]
    for found in re.finditer(r"(?m)(?:^|(?<=[ \t]))#.*", text):
        at = bisect.bisect_right(spans, (found.start(), len(text))) - 1
        if (at < 0 or found.start() >= spans[at][1]) and not found[0].startswith(HELP):
            column = found.start() - text.rfind("\n", 0, found.start()) - 1
            yield text.count("\n", 0, found.start()) + 1, column, found[0].rstrip()


def _in_order(data: dict[str, Any], kind: str) -> dict[str, Any]:
    """Fields by ORDER; the records of a topic by date."""
    if kind == "seeds":
        return dict(_fields_in_order(data))
    if kind != "facts":
        return data
    records = {key: _fields_in_order(record) for key, record in data.items()}
    try:
        return dict(sorted(records.items(), key=lambda item: (item[0] != "topic", _when(*item))))
    except (DateError, AttributeError):  # a record without a valid date
        return records


def _fields_in_order(value: Any) -> Any:
    if isinstance(value, list):
        return [_fields_in_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = sorted(value, key=lambda name: _PLACES.get(name, len(ORDER)))
    return {name: _fields_in_order(value[name]) for name in names}


def _when(key: str, record: Any) -> tuple[Any, ...]:
    return () if key == "topic" else parse_date(record.get("date") or record.get("as_of") or "").sort_key


def _entry(path: KeyPath, value: Any, comments: _Comments, rows: int) -> Iterator[str]:
    """The lines of a record or field with its comments."""
    indent = STEP * (len(path) - 1)
    margin = " " * indent
    yield from (margin + line for line in comments.lead[path])
    if len(path) == 1 and isinstance(value, dict) and value:
        yield f"{_scalar(str(path[0]))}:"
        for name, inner in value.items():
            yield from _entry((*path, name), inner, comments, rows)
    else:
        *lines, last = _value(f"{margin}{_scalar(str(path[-1]))}:", value, indent, rows)
        yield from [*lines, last + comments.beside.get(path, "")]


def _value(head: str, value: Any, indent: int, rows: int) -> Iterator[str]:
    """The lines of a value after its key or dash; a list of more than `rows` lines in brackets has an item a line."""
    inner = " " * (indent + STEP)
    if isinstance(value, str):
        text = value if head.strip(" -:") in _FLAGS and value in ("true", "false") else _scalar(value)
        is_empty = text == '""' and head.endswith(":")
        if is_empty or len(head) + len(text) < WIDTH:
            yield head if is_empty else f"{head} {text}"
        else:
            yield from _filled(head, _chunks(text), inner)
        return
    if not value:
        yield f"{head} {'[]' if isinstance(value, list) else '{}'}"
        return
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        pieces = [_scalar(item, in_brackets=True) + "," for item in value]
        lines = list(_filled(head, [f"[{pieces[0]}", *pieces[1:]], inner))
        if len(lines) <= rows:
            yield from [*lines[:-1], lines[-1].rstrip(",") + "]"]
            return
    if isinstance(value, list):
        below = [line for item in value for line in _value(f"{inner}-", item, indent + STEP, rows)]
    else:
        below = [
            line for name, item in value.items()
            for line in _value(f"{inner}{_scalar(name)}:", item, indent + STEP, rows)
        ]  # fmt: skip
        if head.endswith("-"):  # the first field stands beside the dash
            head = f"{head} {below.pop(0).lstrip()}"
    yield head
    yield from below


def _chunks(text: str) -> list[str]:
    """A text at the places where a line may end."""
    chunks: list[str] = []
    for word in text.split(" "):
        if chunks and text[0] not in "\"'" and word[:1] in _INDICATORS:
            chunks[-1] += f" {word}"
        else:
            chunks.append(word)
    return chunks


def _filled(head: str, chunks: Sequence[str], margin: str) -> Iterator[str]:
    """The chunks on lines of at most WIDTH, if no chunk is longer."""
    line = f"{head} {chunks[0]}"
    for chunk in chunks[1:]:
        if len(line) + 1 + len(chunk) > WIDTH:
            yield line
            line = margin + chunk
        else:
            line += f" {chunk}"
    yield line


def _scalar(text: str, in_brackets: bool = False) -> str:
    """A text as YAML, with quotation marks only if it needs them."""
    text = " ".join(text.split())
    if _PLAIN.fullmatch(text) and not _NOT_TEXT_ELSEWHERE.fullmatch(text):
        return text
    if not text.isprintable():
        escaped = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text)
        return f'"{"".join(escaped)}"'
    unsafe = _UNSAFE.match(text) or _UNSAFE_WITHIN.search(text) or _NOT_TEXT_ELSEWHERE.fullmatch(text)
    if not unsafe and not (in_brackets and _UNSAFE_IN_BRACKETS.search(text)):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _folded(data: Any) -> Any:
    """Data with the line breaks and runs of spaces of its texts folded, as the models do."""
    if isinstance(data, dict):
        return {" ".join(k.split()): _folded(v) for k, v in data.items()}
    return [_folded(v) for v in data] if isinstance(data, list) else " ".join(data.split())
