"""The one format of the fact files: order of records and fields, quotation marks, width; comments stay.

ruamel.yaml takes four seconds for all files, too long for `check`, and attaches a comment to what stands before it, so
that sorting would separate the two.
"""

import bisect
import datetime
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.core.facts.dates import parse_date
from bot.core.facts.explain import in_quotes
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
_FLAGS = ("expected", "disowns_views", "publishers_own")  # true or false, also to an editor
_ROWS = {"vocabulary": 1000, "questions": 0}  # how many lines a list in brackets may take; 1 elsewhere
_SPACED = ("facts", "vocabulary")  # a blank line between the records
# What needs quotation marks; the words at first are texts to us, but not to every reader of YAML, such as an editor.
_UNSAFE = re.compile(
    r"(?i:~|null|true|false|yes|no|on|off|y|n|=|<<)$|[-?:](?= |$)|[#,\[\]{}&*!|>'\"%@`]|---|\.\.\.|.*(?::(?= |$)| #)"
)
_UNSAFE_IN_BRACKETS = re.compile(r"[,?\[\]{}:]|^$")
_BEFORE_SIGN = re.compile(r" (?=[-?:,\[\]{}#&*!|>'\"%@`])")  # where no line of a text may end
_GLUE = "\0"  # for a space at which no line ends


class FormatError(Exception):
    """The file cannot be formatted without changing what it says; the message says so in one sentence."""


def format_file(file: YamlFile, kind: str, modeline: bool = False) -> str:
    """The content of a file in the one format; formatting it again changes nothing.

    `kind` is one of the SCHEMAS; `modeline` adds the first line, which tells editors the schema.  Raises DataError if
    the file has problems, and FormatError if the result would say something else.
    """
    if file.problems:
        raise DataError(file.problems)
    top, above = _comments(file)
    schema = [MODELINE + Path(SCHEMAS[kind]).name] if modeline else []
    rows, lines = _ROWS.get(kind, 1), [*schema, *top, *[""] * bool(top)]
    data: Any = dict(sorted(file.data.items(), key=_when)) if kind == "facts" else file.data
    data = _fields_in_order(data) if kind in ("facts", "seeds") else data
    for number, (key, value) in enumerate(data.items()):
        lines += [""] * (kind in _SPACED and number > 0)
        lines += _entry((key,), f"{_scalar(key)}:", value, above, rows)
    lines += [""] * (kind in _SPACED and bool(lines))
    formatted = "\n".join([*lines, *above.get((), ())]).rstrip("\n") + "\n"
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


def _comments(file: YamlFile) -> tuple[list[str], Mapping[KeyPath, list[str]]]:
    """The comments at the top, and those above each record and field; above (): those at the end.

    A comment within a field or beside it is moved above it; help and the line for editors are left out.
    """
    text = file.text
    above: dict[KeyPath, list[str]] = {}
    top = re.match(r"(?:#.*\n)+(?=\n)", text)
    comments = re.compile(r"(?m)(?:^|(?<=[ \t]))#.*").finditer(text, top.end() if top else 0)
    found = [comment for comment in comments if not comment[0].startswith((HELP, MODELINE))]
    texts = [
        (event.start_mark.index, event.end_mark.index)  # type: ignore[union-attr]
        for event in (yaml.parse(text, Loader=PARSER) if found else ())
        if isinstance(event, yaml.ScalarEvent)
    ]
    paths = [path for path in file.lines if 0 < len(path) <= 2 and isinstance(path[-1], str)]
    starts = [file.lines[path] for path in paths]
    for comment in found:
        start = comment.start()
        at = bisect.bisect_right(texts, (start, len(text))) - 1
        if at >= 0 and start < texts[at][1]:
            continue  # a # in a text
        before = text[text.rfind("\n", 0, start) + 1 : start]
        at = bisect.bisect_right(starts, text.count("\n", 0, start) + 1)
        field, below = ((), *paths, ())[at : at + 2]
        is_within = before.strip() or len(before) > STEP or (before and len(below) < 2)
        above.setdefault(field if is_within else below, []).append(comment[0].rstrip())
    header = top[0].splitlines() if top else []
    return [line for line in header if not line.startswith(MODELINE)], above


def _when(item: tuple[str, Any]) -> tuple[datetime.date, ...]:
    key, record = item
    try:
        return () if key == "topic" else parse_date(record.get("date") or record.get("as_of") or "").sort_key
    except (ValueError, AttributeError):
        return (datetime.date.max,)


def _fields_in_order(value: Any) -> Any:
    if isinstance(value, list):
        return [_fields_in_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _fields_in_order(value[name]) for name in sorted(value, key=_rank)}


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _entry(
    path: KeyPath, head: str, value: Any, above: Mapping[KeyPath, list[str]], rows: int
) -> Iterator[str]:
    """The lines of a value after its key or dash; a list of more than `rows` lines in brackets has an item a line."""
    margin, inner = " " * STEP * (len(path) - 1), " " * STEP * len(path)
    yield from (margin + comment for comment in above.get(path, ()))
    if isinstance(value, str):
        text = value if path[-1] in _FLAGS and value in ("true", "false") else _scalar(value)
        glued = text if text[:1] in ("'", '"') else _BEFORE_SIGN.sub(_GLUE, text)
        yield from _filled(head, glued, inner)
        return
    if not value:
        yield f"{head} {'[]' if isinstance(value, list) else '{}'}"
        return
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        pieces = (_scalar(item, in_brackets=True).replace(" ", _GLUE) for item in value)
        lines = list(_filled(head, f"[{', '.join(pieces)}]", inner))
        if len(lines) <= rows:
            yield from lines
            return
    if isinstance(value, list):
        items = [((*path, i), f"{inner}-", item) for i, item in enumerate(value)]
    else:
        items = [((*path, name), f"{inner}{_scalar(name)}:", item) for name, item in value.items()]
    below = [line for each in items for line in _entry(*each, above, rows)]
    if isinstance(value, dict) and head.endswith("-"):  # the first field stands beside the dash
        head = f"{head} {below.pop(0).lstrip()}"
    yield head
    yield from below


def _filled(head: str, text: str, margin: str) -> Iterator[str]:
    """The text on lines of at most WIDTH, if no word is longer."""
    lines = [f"{head} {text}".rstrip()]
    if len(lines[0]) > WIDTH:
        lines = textwrap.wrap(
            text, WIDTH, initial_indent=f"{head} ", subsequent_indent=margin,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    return (line.replace(_GLUE, " ") for line in lines)


def _scalar(text: str, in_brackets: bool = False) -> str:
    """A text as YAML, with quotation marks only if it needs them."""
    text = " ".join(text.split())
    if not text.isprintable():
        escaped = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text)
        return f'"{"".join(escaped)}"'
    is_unsafe = _UNSAFE.match(text) or (in_brackets and _UNSAFE_IN_BRACKETS.search(text))
    return in_quotes(text) if is_unsafe else text


def _folded(data: Any) -> Any:
    """Data with the line breaks and runs of spaces of its texts folded, as the models do."""
    if isinstance(data, dict):
        return {" ".join(k.split()): _folded(v) for k, v in data.items()}
    return [_folded(v) for v in data] if isinstance(data, list) else " ".join(data.split())
