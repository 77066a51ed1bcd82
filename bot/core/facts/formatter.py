"""The one format of the fact files: order of records and fields, quotation marks, width; comments stay.

ruamel.yaml hangs a comment on what stands before it, so that sorting would tear the two apart, and it takes four
seconds for all files, too long for `check`.  Hence PyYAML reads, and decides which texts need quotation marks.
"""

from __future__ import annotations

import bisect
import contextlib
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.emitter import Emitter

from bot.core.facts.dates import DateError, parse_date
from bot.core.facts.issues import DataError
from bot.core.facts.json_schema import MODELINE, SCHEMAS
from bot.core.facts.models import Answers, Evidence
from bot.core.facts.reader import PARSER, parse_yaml

HELP = "#:"  # begins the comments of a template, which formatting removes
WIDTH = 110
STEP = 2
FACT_ORDER = (
    "kind", "title", "statement", "value", "date", "as_of", "role", "attribution", "series", "see_also", "actors",
    "asks", "answers", "expected", "note", "checked", "review_after", "former_ids", "evidence",
)  # fmt: skip
TOPIC_ORDER = ("title", "about", "checked")
SOURCE_ORDER = (
    "title", "short", "author", "author_role", "speaker", "publisher", "publisher_url", "disowns_views", "url",
    "published", "reports_on", "language", "standpoint", "inferred",
)  # fmt: skip
_NESTED_ORDER = {
    "evidence": tuple(Evidence.model_fields),
    "answers": tuple(info.alias or name for name, info in Answers.model_fields.items()),
}
_FLAGS = ("expected", "disowns_views", "publishers_own")  # true or false, also to an editor
_LISTS = {"vocabulary": 1000, "questions": 0}  # how many lines a list in brackets may take
_SPACED = ("facts", "vocabulary")  # a blank line between the records

# Texts to us, but not to every reader of YAML (an editor with a schema, for instance): they keep quotation marks.
_NOT_TEXT_ELSEWHERE = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|=|<<)", re.IGNORECASE)
# A continuation line does not begin with what could be taken for YAML.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_PLAIN = re.compile(r"[^\W\d_][\w /'’-]*")  # surely needs no quotation marks
_EMITTER: Any = Emitter(io.StringIO(), allow_unicode=True)


class FormatError(Exception):
    """The file cannot be formatted without changing what it says; the message says so in one sentence."""


def kind_of_file(path: Path) -> str:
    """Which of the SCHEMAS applies to a file."""
    folder = path.parent.name
    return folder if folder in ("seeds", "questions") else path.stem if path.stem in SCHEMAS else "facts"


def format_file(raw: bytes, name: str, kind: str, modeline: bool = False) -> str:
    """The content of a file in the one format; formatting it again changes nothing.

    `modeline` adds the first line, which tells editors the schema.  Raises DataError if the file cannot be parsed, and
    FormatError if the result would say something else.
    """
    before = parse_yaml(raw, name)
    if before.problems:
        raise DataError(before.problems)
    text = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", raw.decode("utf-8-sig"))
    document = _Document(text)
    _sort(document.items, kind)
    header = [line for line in document.header if not line.startswith(MODELINE)]
    if modeline:
        header.insert(0, MODELINE + Path(SCHEMAS[kind]).name)
    if any(not line.startswith(MODELINE) for line in header):
        header.append("")
    lines = [*header, *_records(document, kind in _SPACED, _LISTS.get(kind, 1))]
    formatted = "\n".join(lines).rstrip("\n") + "\n"
    if formatted == text:
        return text
    after = parse_yaml(formatted.encode(), name)
    same = not after.problems and _folded(after.data) == _folded(before.data)
    if not same or _comment_texts(text) != _comment_texts(formatted):
        raise FormatError(f"{name} cannot be formatted without changing what it says; format it by hand")
    return formatted


def format_path(path: Path) -> str:
    """The formatted content of a file; it names its schema where that is beside it.  Raises also OSError."""
    kind = kind_of_file(path.resolve())
    has_schema = (path.parent / Path(SCHEMAS[kind]).name).exists()
    return format_file(path.read_bytes(), f"{path.resolve().parent.name}/{path.name}", kind, has_schema)


def write_atomic(path: Path, text: str) -> None:
    """Replace a file, keeping its mode and following links.  Raises OSError, and then the file is unchanged."""
    path = path.resolve()
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(
        prefix=f".{path.name}.", dir=path.parent
    )  # hidden from readers of the folder
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@dataclass(eq=False)
class _Item:
    """A key with its value, or an item of a list; with the comments above it, beside it and below its value."""

    key: str | None
    node: Any
    line: int
    start: int
    column: int
    parent: _Item | None = None
    items: list[_Item] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    beside: str = ""
    tail: list[str] = field(default_factory=list)

    @property
    def is_text(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_short_list(self) -> bool:
        """Whether it may be written in brackets: a list of texts without comments."""
        return isinstance(self.node, yaml.SequenceNode) and all(
            i.is_text and not i.lead and not i.beside for i in self.items
        )

    def text_of(self, key: str) -> str:
        return next((i.node.value for i in self.items if i.key == key and i.is_text), "")


class _Document:
    """A file as items with their comments; a comment belongs to what follows it, or to what it stands beside."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.order: list[_Item] = []  # as they begin in the file
        self.spans: list[tuple[int, int]] = []  # of texts, in which a # begins no comment
        root = yaml.compose(text, Loader=PARSER)
        self.items = self._items(root, None) if root is not None else []
        self.header: list[str] = []
        self.tail: list[str] = []
        for comment in self._comments():
            self._attach(*comment)

    def _items(self, node: Any, parent: _Item | None) -> list[_Item]:
        items = []
        for child in node.value if not isinstance(node, yaml.ScalarNode) else ():
            key, value = child if isinstance(node, yaml.MappingNode) else (None, child)
            mark = (key or value).start_mark
            item = _Item(key.value if key else None, value, mark.line, mark.index, mark.column, parent)
            items.append(item)
            self.order.append(item)
            self.spans += [
                (n.start_mark.index, n.end_mark.index) for n in (key, value) if isinstance(n, yaml.ScalarNode)
            ]
            item.items = self._items(value, item)
        return items

    def _comments(self) -> Iterator[tuple[int, int, int, str]]:
        """Line, index, column and text of each comment; the text of one beside something has its spaces before it."""
        start = 0
        for number, line in enumerate(self.text.split("\n")):
            for found in re.finditer(r"(?:^|(?<=\s))#", line) if "#" in line else ():
                index = start + found.start()
                at = bisect.bisect_right(self.spans, (index, index)) - 1
                if at < 0 or index >= self.spans[at][1]:
                    if line.startswith(HELP, found.start()):
                        break
                    before = line[: found.start()]
                    space = len(before) - len(before.rstrip()) if before.strip() else 0
                    yield number, index, found.start(), " " * min(space, 2) + line[found.start() :].rstrip()
                    break
            start += len(line) + 1

    def _attach(self, line: int, index: int, column: int, text: str) -> None:
        at = bisect.bisect_right([i.start for i in self.order], index)
        before = self.order[at - 1] if at else None
        after = self.order[at] if at < len(self.order) else None
        if text.startswith(" ") and before:
            while (
                before.parent and before.parent.node.flow_style and before.parent.node.end_mark.index <= index
            ):
                before = before.parent
            before.beside += text if not before.beside else text.lstrip()
        elif before is None and after and any(not x.strip() for x in self._lines(line, after.line)):
            self.header.append(text)  # on top of the file, with a blank line below: about the file
        elif before is None and after and text.startswith(MODELINE):
            self.header.append(text)
        elif column and before and (after is None or after.column == 0):
            next(i for i in reversed(self.items) if i.start <= index).tail.append(text)
        elif after:
            after.lead.append(text.lstrip())
        else:
            self.tail.append(text.lstrip())

    def _lines(self, first: int, last: int) -> list[str]:
        return self.text.split("\n")[first:last]


def _comment_texts(text: str) -> Counter[str]:
    if text.count("#") == text.count(MODELINE):
        return Counter()
    document = _Document(text)
    return Counter(c.strip() for *_, c in document._comments() if not c.startswith(MODELINE))


def _sort(items: list[_Item], kind: str) -> None:
    if kind == "seeds":
        _sort_fields(items, SOURCE_ORDER)
    if kind != "facts":
        return
    for item in items:
        _sort_fields(item.items, TOPIC_ORDER if item.key == "topic" else FACT_ORDER)
    whens = {id(item): _when(item) for item in items}
    if all(when or item.key == "topic" for item, when in zip(items, whens.values(), strict=True)):
        items.sort(key=lambda item: (item.key != "topic", item.key != "topic" and whens[id(item)]))


def _sort_fields(items: list[_Item], order: Sequence[str]) -> None:
    places = {name: i for i, name in enumerate(order)}
    items.sort(key=lambda item: places.get(item.key or "", len(places)))
    for item in items:
        if nested := _NESTED_ORDER.get(item.key or ""):
            for part in [i.items for i in item.items] if item.key == "evidence" else [item.items]:
                _sort_fields(part, nested)


def _when(item: _Item) -> tuple[Any, ...] | None:
    """What a record is sorted by; None if it has no valid date."""
    try:
        return parse_date(item.text_of("date") or item.text_of("as_of")).sort_key
    except DateError:
        return None


def _records(document: _Document, spaced: bool, rows: int) -> Iterator[str]:
    for number, item in enumerate(document.items):
        if spaced and number:
            yield ""
        yield from _item(item, 0, rows)
    if document.tail and document.items and spaced:
        yield ""
    yield from document.tail


def _item(item: _Item, indent: int, rows: int) -> Iterator[str]:
    """The lines of an item; a list of more than `rows` lines in brackets has an item a line."""
    margin = " " * indent
    yield from (margin + line for line in item.lead)
    *lines, last = _value(item, indent, rows)
    if item.beside and lines and not item.is_text:  # beside the key, above what it holds
        lines[0] += item.beside
        yield from (*lines, last)
    else:
        yield from (*lines, last + item.beside)
    yield from (" " * (indent + STEP) + line for line in item.tail)


def _value(item: _Item, indent: int, rows: int) -> Iterator[str]:
    head = f"{' ' * indent}-" if item.key is None else f"{' ' * indent}{_scalar(item.key)}:"
    if item.is_text:
        text = item.node.value
        text = text if item.key in _FLAGS and text in ("true", "false") else _scalar(text)
        yield from (
            [head] if text == '""' and item.key is not None else _filled(head, _chunks(text), indent + STEP)
        )
        return
    if item.is_short_list:
        pieces = [_scalar(i.node.value, in_brackets=True) + "," for i in item.items] or [""]
        lines = list(_filled(head, [f"[{pieces[0]}", *pieces[1:]], indent + STEP))
        if len(lines) <= rows or not item.items:
            yield from [*lines[:-1], lines[-1].rstrip(",") + "]"]
            return
    if not item.items:
        yield f"{head} {{}}"
        return
    inner = [line for child in item.items for line in _item(child, indent + STEP, rows)]
    if item.key is None and not inner[0].lstrip().startswith("#"):  # the first field stands beside the dash
        yield f"{head} {inner.pop(0).lstrip()}"
    else:
        yield head
    yield from inner


def _chunks(text: str) -> list[str]:
    """A text at the places where a line may end."""
    chunks: list[str] = []
    for word in text.split(" "):
        if chunks and text[0] not in "\"'" and word[:1] in _INDICATORS:
            chunks[-1] += f" {word}"
        else:
            chunks.append(word)
    return chunks


def _filled(head: str, chunks: Sequence[str], indent: int) -> Iterator[str]:
    """The chunks on lines of at most WIDTH, if no chunk is longer."""
    line = f"{head} {chunks[0]}"
    for chunk in chunks[1:]:
        if len(line) + 1 + len(chunk) > WIDTH:
            yield line
            line = " " * indent + chunk
        else:
            line += f" {chunk}"
    yield line


def _scalar(text: str, in_brackets: bool = False) -> str:
    """A text as YAML, with quotation marks only if it needs them."""
    text = " ".join(text.split())
    if not text.isprintable():
        return (
            '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08X}" for c in text) + '"'
        )
    if _PLAIN.fullmatch(text) and not _NOT_TEXT_ELSEWHERE.fullmatch(text):
        return text
    analysis = _EMITTER.analyze_scalar(text)
    plain = analysis.allow_flow_plain if in_brackets else analysis.allow_block_plain
    if text and plain and not _NOT_TEXT_ELSEWHERE.fullmatch(text):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _folded(data: Any) -> Any:
    """Data with the line breaks and runs of spaces of its texts folded, as the models do."""
    if isinstance(data, dict):
        return {" ".join(k.split()): _folded(v) for k, v in data.items()}
    return [_folded(v) for v in data] if isinstance(data, list) else " ".join(data.split())
