"""What most probably went wrong in lines that the YAML parser refuses, in words for people who do not know YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import yaml

from bot.core.facts.issues import quote_value

_QUOTED_OR_FLOW = re.compile(r"quoted scalar|flow (?:sequence|mapping)")
_KEY = re.compile(r"( *)((?:- )?)([\w-]+):(?: +(.*))?$")
_DASH_WITHOUT_SPACE = re.compile(r" *-([a-z_]+):")
_COLON_WITHOUT_SPACE = re.compile(r" *(?:- )?([a-z_]+):(?=[^ /])")
_COLON = re.compile(r":(?= |$)")
_HASH = re.compile(r"(?<=\S)\s+#(?=\S)")  # a comment that somebody meant begins with "# "
_IN_QUOTES = re.compile(r"\"[^\"]*\"|'[^']*'")
QUOTE_A_HASH = "straight quotation marks around a text that has “ #” in it"
NEIGHBOURS = "`field: text` on each line, indented like its neighbours"


@dataclass(frozen=True)
class Mistake:
    """`line` counts from 0."""

    line: int
    code: str
    message: str
    expected: str = ""


def at_the_margin(lines: Sequence[str], at: int, fields: Iterable[str]) -> Mistake | None:
    """What is wrong with a line at the margin that does not begin a record; None if it does begin one."""
    line = lines[at]
    if line.startswith("- ") or _DASH_WITHOUT_SPACE.match(line):
        name = re.sub(r"\W*([\w-]*).*", r"\1", line)
        expected = f"`- {name}: …` indented four spaces" if name in fields else "items of a list indented"
        return Mistake(at, "margin", f"{quote_value(line)} is at the margin", expected)
    found = re.match(r"([a-z_]+)(?=[: ]|$)", line)
    if found and found[1] in fields:
        expected = "two spaces before it (the margin is for the ids of records)"
        return Mistake(at, "margin", f"`{found[1]}` is at the margin", expected)
    if not re.match(r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'\[\]{}][^:]*):(?: |$)", line):
        expected = "the id of a record with a colon, such as `trade-share-2018:`, or spaces before a text that goes on"
        return Mistake(at, "margin", f"{quote_value(line)} is at the margin", expected)
    return None


def explain_error(
    lines: Sequence[str], start: int, error: yaml.MarkedYAMLError, fields: Iterable[str]
) -> Mistake:
    """The most probable cause of a parser's error in a record; `lines` are those of the record, from line `start` on."""
    at = min(error.problem_mark.line if error.problem_mark else 0, len(lines) - 1)
    begun = min(error.context_mark.line if error.context_mark else at, at)
    context = error.context or ""
    found = _unclosed(lines, begun, at, context) if _QUOTED_OR_FLOW.search(context) else None
    found = found or next(_mistakes(lines[: at + 1], frozenset(fields)), None)
    if found is None:
        while at and not lines[at].strip():
            at -= 1
        found = Mistake(
            at, "syntax", quote_value(lines[at]), f"{NEIGHBOURS} (the parser says: {error.problem})"
        )
    return Mistake(start + found.line, found.code, found.message, found.expected)


def _unclosed(lines: Sequence[str], begun: int, at: int, context: str) -> Mistake | None:
    if "quoted" not in context:
        if (cut := next((i for i in range(begun, at + 1) if _has_hash(lines[i])), None)) is not None:
            return Mistake(cut, "text-cut", f"{quote_value(lines[cut])} is cut at the #", QUOTE_A_HASH)
        expected = "the bracket that closes the list, or a comma between its items"
        return Mistake(begun, "bracket", f"{quote_value(lines[begun])} has an open bracket", expected)
    if key := _KEY.match(lines[begun]):
        if _closes_early(key[4] or ""):
            return None
        expected = "the same quotation mark at the end of the text"
        return Mistake(
            begun, "quotation-mark", f"{quote_value(lines[begun])} has an open quotation mark", expected
        )
    return None


def _mistakes(lines: Sequence[str], fields: frozenset[str]) -> Iterator[Mistake]:
    """Mistakes in the lines of a record, first to last."""
    indent = next((len(m[1]) for line in lines[1:] if (m := _KEY.match(line)) and not m[2]), 2)
    item_indent = indent + 4
    owner: re.Match[str] | None = None
    for at, line in enumerate(lines):
        if dash := _DASH_WITHOUT_SPACE.match(line):
            message = f"`-{dash[1]}` has no space after the dash"
            yield Mistake(at, "dash-space", message, f"`- {dash[1]}: …`")
        if (colon := _COLON_WITHOUT_SPACE.match(line)) and colon[1] in fields:
            yield Mistake(at, "colon-space", f"`{colon[1]}:` has no space after it", f"`{colon[1]}: …`")
        word = re.match(r"( *)(?:- )?([a-z_]+)(?: |$)", line)
        if word and word[2] in fields and len(word[1]) <= item_indent and ":" not in line[: word.end() + 1]:
            yield Mistake(at, "colon", f"`{word[2]}` lacks its colon", f"`{word[2]}: …`")
        key = _KEY.match(line)
        if key and key[3] == "source" and not key[2] and lines[at - 1].strip() == "evidence:":
            yield Mistake(at, "dash", "`source` lacks its dash", "`- source: …`")
        if key and at:
            is_field = key[3] in fields
            nested = key[3] in ("source", "section", "quote")
            expected_indent = (item_indent if nested else indent) - 2 * bool(nested and key[2])
            if key[2]:
                item_indent = len(key[1]) + 2
            elif is_field and len(key[1]) != expected_indent and not (owner and _is_block(owner)):
                spaces = f"{len(key[1])} space{'s' * (len(key[1]) != 1)}"
                message = f"`{key[3]}` is indented by {spaces}"
                yield Mistake(at, "indent", message, f"{expected_indent}, as its neighbours")
        if key and (at == 0 or key[3] in fields or len(key[1]) <= indent):
            owner = key
            yield from _in_text(at, key[3], key[4] or "", key[4] or "")
        elif owner and line.strip() and not line.lstrip().startswith("#"):
            yield from _in_text(at, owner[3], line.strip(), owner[4] or "")
        if _has_hash(line) and at + 1 < len(lines) and not _KEY.match(lines[at + 1]):
            yield Mistake(at, "text-cut", f"{quote_value(line)} is cut at the #", QUOTE_A_HASH)


def _in_text(at: int, name: str, text: str, beginning: str) -> Iterator[Mistake]:
    """What a text has that it may only have between quotation marks."""
    if (beginning[:1] in "[{|>" and beginning) or _IN_QUOTES.fullmatch(text.strip()):
        return
    sign = re.match(r"[%@`&*!,\]}]", beginning)
    if _COLON.search(text) or _closes_early(beginning) or sign:
        what = "a colon" if _COLON.search(text) else f"“{beginning[0]}”"
        yield Mistake(
            at,
            "quotes-needed",
            f"the text of `{name}` has {what} in it"
            if not sign
            else f"the text of `{name}` begins with {what}",
            f"straight quotation marks around the whole text: {_quoted(beginning)}",
        )


def _is_block(key: re.Match[str]) -> bool:
    return (key[4] or "")[:1] in ("|", ">")


def _closes_early(text: str) -> bool:
    """Whether a text begins with a quotation mark whose partner comes before its end."""
    mark = text[:1]
    return mark in ("'", '"') and mark in text[1:] and bool(text[text.index(mark, 1) + 1 :].strip())


def _quoted(text: str) -> str:
    """`text`, or its beginning, in the quotation marks that it needs."""
    text = text.strip()
    if re.fullmatch(r"[“„«\"'][^“”„«»\"]*[”“»\"']", text):
        text = text[1:-1]
    text = text if len(text) <= 60 else f"{text[:60]}…"
    return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"


def _has_hash(line: str) -> bool:
    """Whether a # without a space after it ends a text of the line, which its author may not have meant."""
    return bool(line.strip() and _HASH.search(_IN_QUOTES.sub("", line.lstrip())))
