"""How the files of the fact base are laid out: one way, so that a change shows only what changed.

Belongs here: order of fields and records, quotation marks, width, and keeping every comment with what it
is about.  Does not belong here: what the fields mean (`model`), or writing files (`files`).

A comment belongs to what follows it, or to what it stands beside, and goes where that goes.  Libraries
that load and dump with comments (ruamel.yaml was tried) hang a comment on what stands *before* it, so
that sorting tears the two apart; they also leave blanks where they wrap a line, and break a list in the
middle of an item.  Hence PyYAML reads (the reader of the facts, so that both agree on what a file
says) and decides what may stand without quotation marks; where lines begin and end is decided here.
Nothing is trusted to have gone well: what was laid out is read again and compared.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.emitter import Emitter

from bot.core.dates import DateError, parse_date
from bot.core.problems import DataError
from bot.core.schema import MODELINE, SCHEMAS
from bot.core.yamlfile import PARSER, parse_yaml

WIDTH = 110
STEP = 2
FACT_ORDER = (
    "kind", "title", "statement", "value", "date", "as_of", "role", "attribution", "series", "see_also", "actors",
    "asks", "answers", "expected", "note", "checked", "review_after", "former_ids", "evidence",
)  # fmt: skip
EVIDENCE_ORDER = ("source", "section", "quote")
TOPIC_ORDER = ("title", "about", "checked")
SOURCE_ORDER = (
    "title", "short", "author", "author_role", "speaker", "publisher", "publisher_url", "disowns_views", "url",
    "published", "reports_on", "language", "standpoint", "inferred",
)  # fmt: skip
FLAGS = ("expected", "disowns_views")  # true or false, also to an editor
TOPIC = "topic"

# Texts to us, but not to every reader of YAML (an editor with a schema, say): they keep their quotation marks.
_LOOKS_OTHERWISE = re.compile(r"(?:~|null|true|false|yes|no|on|off|y|n|=|<<)", re.IGNORECASE)
# A line of a text that goes on from the line above does not begin with what could be taken for YAML.
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")


class LayoutError(Exception):
    """The file cannot be laid out without changing what it says; the message says so in one sentence."""


def layout_of(path: Path) -> str:
    """Which of the SCHEMAS a file goes by: "seeds", "vocabulary" or "facts"."""
    if path.parent.name == "seeds":
        return "seeds"
    return "vocabulary" if path.stem == "vocabulary" else "facts"


def laid_out(raw: bytes, name: str, layout: str, modeline: bool = False) -> str:
    """The content of a file in the one layout; laying that out again changes nothing.

    `modeline` puts the line on top that tells editors where the schema is.  Raises DataError where the
    file is no YAML that we read, and LayoutError where it would come out saying something else.
    """
    before = parse_yaml(raw, name)
    if before.problems:
        raise DataError(before.problems)
    document = _Document(_text(raw))
    if layout == "facts":
        _sort_facts(document.root)
    elif layout == "seeds":
        _sort_fields(document.root, SOURCE_ORDER)
    header = [line for line in document.header if not (modeline and line.startswith(MODELINE))]
    if modeline:
        header.insert(0, MODELINE + Path(SCHEMAS[layout]).name)
    if any(not line.startswith(MODELINE) for line in header):
        header.append("")
    lines = [*header, *_top(document.root, spaced=layout == "facts")]
    text = "\n".join(lines).rstrip("\n") + "\n"
    after = parse_yaml(text.encode(), name)
    if after.problems or _folded(after.data) != _folded(before.data) or not _keeps_comments(raw, text):
        raise LayoutError(f"{name} cannot be laid out without changing what it says; lay it out by hand")
    return text


def record_lines(name: str, fields: Mapping[str, Any], indent: int = 0) -> list[str]:
    """The lines of one record of plain texts, lists and mappings, in the order of a fact's fields."""
    group = _Group.of(fields)
    _sort_record(group)
    return list(_item(_Item(name, group), indent))


def record_starts(raw: bytes) -> dict[str, int]:
    """The line (from 0) at which each record of a file begins, counting the comments above that belong to it."""
    document = _Document(_text(raw))
    return {item.key or "": item.line - len(_stripped(item.lead)) for item in document.root.items}


# -- reading --------------------------------------------------------------------------------------


@dataclass(eq=False)
class _Item:
    """A key with its value, or an item of a list; with the comments (and "" for blank lines) above it and beside it."""

    key: str | None
    value: str | _Group
    start: int = 0
    line: int = 0
    column: int = 0
    group: _Group | None = None
    lead: list[str] = field(default_factory=list)
    beside: str = ""


@dataclass(eq=False)
class _Group:
    """A mapping or a list; `tail` are comments after its last item."""

    is_map: bool
    items: list[_Item] = field(default_factory=list)
    begin: int = 0
    end: int = 0
    column: int = 0
    flow: bool = False
    holder: _Item | None = None
    tail: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, data: Mapping[str, Any] | Sequence[Any]) -> _Group:
        """Plain data as a group without comments."""
        pairs = data.items() if isinstance(data, Mapping) else ((None, value) for value in data)
        return cls(
            isinstance(data, Mapping), [_Item(k, v if isinstance(v, str) else cls.of(v)) for k, v in pairs]
        )

    @property
    def commented(self) -> bool:
        """Whether a comment stands somewhere in it."""
        return bool(self.tail) or any(
            i.beside or any(i.lead) or (isinstance(i.value, _Group) and i.value.commented) for i in self.items
        )


def _text(raw: bytes) -> str:
    return re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", raw.decode("utf-8-sig"))


class _Document:
    """A file as items with their comments.  The text is known to be YAML of the kind that `parse_yaml` accepts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.order: list[_Item] = []  # as they begin in the file
        node = yaml.compose(text, Loader=PARSER)
        self.root = self._group(node, None) if node is not None else _Group(True)
        for comment in _comments(text):
            self._attach(comment)
        self.header: list[str] = []
        if self.order:
            self._split_header()
        else:
            self.root.tail = [line for line in self.root.tail if line] or []

    def _group(self, node: Any, holder: _Item | None) -> _Group:
        is_map = isinstance(node, yaml.MappingNode)
        group = _Group(
            is_map, [], node.start_mark.index, node.end_mark.index, node.start_mark.column, bool(node.flow_style), holder
        )  # fmt: skip
        for child in node.value:
            key, value = child if is_map else (None, child)
            mark = (key or value).start_mark
            item = _Item(key.value if key else None, "", mark.index, mark.line, mark.column, group)
            group.items.append(item)
            self.order.append(item)
            item.value = value.value if isinstance(value, yaml.ScalarNode) else self._group(value, item)
        return group

    def _attach(self, comment: _Comment) -> None:
        before = [i for i in self.order if i.start < comment.index]
        following = self.order[len(before)] if len(before) < len(self.order) else None
        if comment.beside and before:
            owner = before[-1]
            while (
                owner.group and owner.group.flow and owner.group.end <= comment.index and owner.group.holder
            ):
                owner = owner.group.holder
            if owner.beside or (owner.key is None and isinstance(owner.value, _Group)):
                owner.lead.append(comment.text)
            else:
                owner.beside = comment.text
            return
        self._place(comment, before[-1] if before else None, following).append(comment.text)

    def _place(self, comment: _Comment, before: _Item | None, following: _Item | None) -> list[str]:
        """The list that takes a comment (or a blank line) on a line of its own."""
        inside = before.group if before else None
        if before and isinstance(before.value, _Group) and before.value.begin < comment.index:
            inside = before.value
        while inside and not (inside.flow and inside.begin < comment.index < inside.end):
            inside = inside.holder.group if inside.holder else None
        if inside:  # between the brackets of a list
            return following.lead if following and following.start < inside.end else inside.tail
        if following and (
            before is None
            or comment.column <= following.column
            or (following.group and following.group.items[0] is following)
        ):
            return following.lead
        group = before.group if before else self.root
        while group and group.holder and (group.flow or comment.column < group.column):
            group = group.holder.group
        return (group or self.root).tail

    def _split_header(self) -> None:
        """What stands on top of the file, up to a blank line, is about the file and not about its first field."""
        first = self.order[0]
        lead = _stripped(first.lead)
        cut = max((i for i, line in enumerate(lead) if not line), default=-1) + 1
        if not cut and lead and lead[0].startswith(MODELINE):
            cut = 1
        while cut and not lead[cut - 1]:
            lead.pop(cut := cut - 1)
        self.header, first.lead = _squeezed(lead[:cut]), lead[cut:]


@dataclass(frozen=True)
class _Comment:
    """A comment, or "" for blank lines; `beside` something on its line or on a line of its own."""

    index: int
    column: int
    text: str
    beside: bool


def _comments(text: str) -> Iterator[_Comment]:
    """The comments of a text, in order, and the blank lines between what is no comment: all that stands between tokens."""
    end = 0
    for token in yaml.scan(text, Loader=PARSER):
        start, stop = token.start_mark.index, token.end_mark.index
        if stop <= start or start < end:
            continue
        yield from _between(text, end, start)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            head = text[start : text.find("\n", start)]
            if "#" in head:  # a comment beside the sign of a block of text is within the token
                at = head.index("#")
                yield _Comment(start + at, 0, head[at:].rstrip(), True)
        end = stop
    yield from _between(text, end, len(text), last=True)


def _between(text: str, start: int, stop: int, last: bool = False) -> Iterator[_Comment]:
    blank = False
    at = start
    while at <= stop:
        end = min(e if (e := text.find("\n", at)) >= 0 else len(text), stop)
        line = text[at:end]
        beside = at == start and start > 0 and text[start - 1] != "\n"
        whole = end < stop or (end == len(text) and last)  # and not the margin of the token that follows
        column = len(line) - len(line.lstrip())
        if line.strip():
            if not line.lstrip().startswith("#"):  # a directive, or a sign of the order marks
                at = end + 1
                continue
            if blank:
                yield _Comment(at, column, "", False)
            blank = False
            yield _Comment(at + column, column, line.strip(), beside)
        elif whole and not beside:
            blank = True
        at = end + 1
    if blank and not last:
        yield _Comment(stop - 1, stop - 1 - text.rfind("\n", 0, stop), "", False)


def _keeps_comments(raw: bytes, text: str) -> bool:
    def of(text: str) -> Counter[str]:
        return Counter(c.text for c in _comments(text) if c.text and not c.text.startswith(MODELINE))

    return of(_text(raw)) == of(text)


# -- order ----------------------------------------------------------------------------------------


def _sort_facts(root: _Group) -> None:
    for item in root.items:
        if isinstance(item.value, _Group):
            if item.key == TOPIC:
                _sort_fields(item.value, TOPIC_ORDER)
            else:
                _sort_record(item.value)
    whens = {id(item): _when(item) for item in root.items}
    if all(
        when is not None or item.key == TOPIC for item, when in zip(root.items, whens.values(), strict=True)
    ):
        root.items.sort(key=lambda item: (item.key != TOPIC, item.key != TOPIC and whens[id(item)]))


def _sort_record(record: _Group) -> None:
    _sort_fields(record, FACT_ORDER)
    for item in record.items:
        if item.key == "evidence" and isinstance(item.value, _Group):
            for evidence in item.value.items:
                if isinstance(evidence.value, _Group):
                    _sort_fields(evidence.value, EVIDENCE_ORDER)


def _sort_fields(group: _Group, order: Sequence[str]) -> None:
    places = {name: i for i, name in enumerate(order)}
    if group.is_map:
        group.items.sort(key=lambda item: places.get(item.key or "", len(places)))


def _when(item: _Item) -> tuple[Any, ...] | None:
    """What a record is sorted by; None where it has no date that can be read."""
    fields = item.value.items if isinstance(item.value, _Group) and item.value.is_map else []
    texts = {i.key: i.value for i in fields}
    text = texts.get("date", texts.get("as_of"))
    try:
        return parse_date(text).sort_key if isinstance(text, str) else None
    except DateError:
        return None


# -- writing --------------------------------------------------------------------------------------


def _top(root: _Group, spaced: bool) -> Iterator[str]:
    """The lines of a file; `spaced` puts one blank line between its records, else blank lines stay as they are."""
    for number, item in enumerate(root.items):
        item.lead = _squeezed(item.lead)
        if spaced or not number:
            item.lead = _stripped(item.lead)
        if spaced and number:
            yield ""
        yield from _item(item, 0)
    if root.items and root.tail and spaced:
        yield ""
    yield from (_stripped(root.tail) if spaced or not root.items else _squeezed(root.tail))


def _stripped(lines: list[str]) -> list[str]:
    """Without blank lines at the beginning."""
    start = next((i for i, line in enumerate(lines) if line), len(lines))
    return lines[start:]


def _squeezed(lines: Sequence[str]) -> list[str]:
    """One blank line where there were several."""
    return [line for i, line in enumerate(lines) if line or not i or lines[i - 1]]


def _children(group: _Group, indent: int) -> Iterator[str]:
    for number, item in enumerate(group.items):
        item.lead = _squeezed(item.lead) if number else _stripped(_squeezed(item.lead))
        yield from _item(item, indent)
    for line in _squeezed(group.tail):
        yield _margin(line, indent)


def _item(item: _Item, indent: int) -> Iterator[str]:
    """The lines of a field or of an item of a list, with its comments."""
    lines = list(_value(item, indent))
    beside = item.beside
    holds = isinstance(item.value, _Group) and not _in_brackets(item.value)
    if beside and (holds or len(lines) == 1) and len(lines[0]) + 1 + len(beside) <= WIDTH:
        lines[0] += f" {beside}"
        beside = ""
    yield from (_margin(line, indent) for line in item.lead + [beside] * bool(beside))
    yield from lines


def _margin(line: str, indent: int) -> str:
    return f"{' ' * indent}{line}" if line else ""


def _in_brackets(group: _Group) -> bool:
    """Whether the group is written between brackets: nothing, or texts without comments."""
    return (not group.items and not group.tail) or (
        not group.is_map and not group.commented and all(isinstance(i.value, str) for i in group.items)
    )  # fmt: skip


def _value(item: _Item, indent: int) -> Iterator[str]:
    margin = " " * indent
    head = f"{margin}-" if item.key is None else f"{margin}{_scalar(item.key)}:"
    value = item.value
    if isinstance(value, str):
        text = value if item.key in FLAGS and value in ("true", "false") else _scalar(value)
        if text == '""' and item.key is not None:
            yield head
        else:
            yield from _filled(head, _chunks(text), indent + STEP)
    elif not _in_brackets(value):
        inner = list(_children(value, indent + STEP))
        if item.key is None and inner[0].strip()[:1] != "#":  # the first field stands beside the dash
            yield f"{head} {inner.pop(0).lstrip()}"
        else:
            yield head
        yield from inner
    elif value.is_map or not value.items:
        yield f"{head} {'{}' if value.is_map else '[]'}"
    else:
        texts = [_scalar(i.value, in_brackets=True) for i in value.items if isinstance(i.value, str)]
        pieces = [f"{text}," for text in texts[:-1]] + [f"{texts[-1]}]"]
        pieces[0] = f"[{pieces[0]}"
        rooms = [WIDTH - len(head) - 1] + [WIDTH - indent - STEP] * (len(pieces) - 1)
        fits = zip(pieces, rooms, strict=True)
        chunks = [c for piece, room in fits for c in ([piece] if len(piece) <= room else _chunks(piece))]
        yield from _filled(head, chunks, indent + STEP)


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
    """The chunks with spaces between them, on lines of at most WIDTH where chunks are no longer than that."""
    line, fresh = f"{head} {chunks[0]}", False
    for chunk in chunks[1:]:
        if len(line) + 1 + len(chunk) > WIDTH:
            yield line
            line, fresh = " " * indent, True
        line += chunk if fresh else f" {chunk}"
        fresh = False
    yield line


def _scalar(text: str, in_brackets: bool = False) -> str:
    """A text as YAML, with quotation marks only where it needs them."""
    text = " ".join(text.split())
    analysis = _EMITTER.analyze_scalar(text)
    plain = analysis.allow_flow_plain if in_brackets else analysis.allow_block_plain
    if not text.isprintable():
        return '"' + "".join(_escaped(c) for c in text) + '"'
    if text and plain and not _LOOKS_OTHERWISE.fullmatch(text):
        return text
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _escaped(c: str) -> str:
    if c in '"\\':
        return f"\\{c}"
    return c if c.isprintable() else f"\\U{ord(c):08X}"


_EMITTER: Any = Emitter(io.StringIO(), allow_unicode=True)


def _folded(data: Any) -> Any:
    """Data with the breaks and runs of spaces of its texts made alike, as the models do."""
    if isinstance(data, dict):
        return {" ".join(k.split()): _folded(v) for k, v in data.items()}
    return [_folded(v) for v in data] if isinstance(data, list) else " ".join(data.split())
