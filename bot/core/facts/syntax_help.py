"""What is most probably wrong in lines that the YAML parser refuses, in words for people who do not know YAML."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import yaml

from bot.core.facts.issues import quote_value

QUOTE_A_HASH = "straight quotation marks around a text that has “ #” in it"
_IN_QUOTES = "straight quotation marks around the whole text: {quoted}"
LINE_LENGTH = 500  # characters of a line that are looked at: no pattern runs over more

Mistake: TypeAlias = tuple[str, str, str]  # code, message, what is expected

# For each kind of mistake: code, pattern, message, what is expected.  FIELD stands for any field's name, INDENT for the
# spaces before the fields of the record, {line} for the whole line.  The mistake that comes first in the record counts.
_MISTAKES = (
    ("dash-space", r"^ *-(?P<name>FIELD):", "`-{name}` has no space after the dash", "`- {name}: …`"),
    ("colon-space", r"^ *(?:- )?(?P<name>FIELD):(?=[^ \n])", "`{name}:` has no space after it", "`{name}: …`"),
    ("colon", r"^(?:INDENT|INDENT {4}| *- )(?P<name>FIELD)(?= [^:\n]*$|$)", "`{name}` lacks its colon", "`{name}: …`"),
    ("dash", r"^ *evidence: *\n +(?P<name>source):", "`{name}` lacks its dash", "`- {name}: …`"),
    ("indent", r"^(?!INDENT\S)(?P<spaces> +)(?P<name>(?!source|section|quote)FIELD):",
     "`{name}` is indented by {count}", "{wanted}, as its neighbours"),
    ("indent", r"^(?!INDENT {4}\S)(?P<spaces> +)(?P<name>section|quote):",
     "`{name}` is indented by {count}", "{wanted_below}, as its neighbours"),
    ("quotation-mark", r"^ *(?:- )?[\w-]+: +(?P<mark>[\"'])(?:(?!(?P=mark)).)*\n *(?:- )?FIELD:",
     "{line} has an open quotation mark", "the same quotation mark at the end of the text"),
    ("bracket", r"^ *[\w-]+: +\[[^\]#\n]*\n *(?:- )?FIELD:", "{line} has an open bracket",
     "the bracket that closes the list, or a comma between its items"),
    ("text-cut", r"^.*\[[^\]#\n]* #|^ *(?:- )?[\w-]+: [^\"'\n]*\S #(?=\S).*\n(?! *(?:- )?FIELD:) +\S",
     "{line} is cut at the #", QUOTE_A_HASH),
    ("quotes-needed", r"^ *(?:- )?(?P<name>[\w-]+): +(?P<sign>[%@`&*!,\]}])", "the text of `{name}` begins with “{sign}”",
     _IN_QUOTES),
    ("quotes-needed", r"^ *(?:- )?(?P<name>[\w-]+): +(?P<mark>[\"'])[^\"'\n]*(?P=mark) *[^#\s].*",
     "the text of `{name}` begins with a quoted word", _IN_QUOTES),
    ("quotes-needed", r"^ *(?:- )?(?P<name>FIELD): +[^\[{|>\"'\s#][^\n#]*:(?= |$)",
     "the text of `{name}` has a colon in it", _IN_QUOTES),
    ("quotes-needed", r"^ +(?! |- |FIELD:)[^\"'#\n]*:(?= |$)", "the text of `{name}` has a colon in it", _IN_QUOTES),
)  # fmt: skip
_KEY = re.compile(r"^( *)(?:- )?([\w-]+):(?: +(.*))?$", re.MULTILINE)


@functools.cache
def _patterns(fields: frozenset[str], indent: str) -> list[re.Pattern[str]]:
    names = f"(?:{'|'.join(sorted(fields, key=len, reverse=True)) or '(?!)'})"
    texts = (row[1].replace("FIELD", names).replace("INDENT", indent) for row in _MISTAKES)
    return [re.compile(text, re.MULTILINE) for text in texts]


def at_the_margin(line: str, fields: frozenset[str]) -> Mistake | None:
    """What is wrong with a line at the margin that does not begin a record; None if it does begin one."""
    name = re.sub(r"^-? *([\w-]*).*", r"\1", line)
    if line.startswith("-"):
        expected = f"`- {name}: …` indented four spaces" if name in fields else "items of a list indented"
        return "margin", f"{quote_value(line)} is at the margin", expected
    if name in fields:
        return field_at_the_margin(name)
    if not re.match(r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'\[\]{}][^:]*):(?: |$)", line):
        expected = "the id of a record with a colon, such as `trade-share-2018:`, or spaces before a text that goes on"
        return "margin", f"{quote_value(line)} is at the margin", expected
    return None


def field_at_the_margin(name: str) -> Mistake:
    return (
        "margin",
        f"`{name}` is at the margin",
        "two spaces before it (the margin is for the ids of records)",
    )


def explain_error(
    lines: Sequence[str], error: Exception, fields: frozenset[str]
) -> tuple[int, str, str, str]:
    """The most probable cause of a parser's error in a record: its line (from 0), code, message and what is expected."""
    mark = getattr(error, "problem_mark", None)
    at = min(mark.line if mark else 0, len(lines) - 1)
    text = "\n".join(line[:LINE_LENGTH] for line in lines[: at + 2])
    indent = next((m[1] for m in _KEY.finditer(text) if m[1]), "  ")
    end = sum(len(line[:LINE_LENGTH]) + 1 for line in lines[: at + 1])
    matches = [pattern.search(text) for pattern in _patterns(fields, indent)]
    found = [
        (match.start(), number, match)
        for number, match in enumerate(matches)
        if match and match.start() < end
    ]
    if found:
        start, number, match = min(found, key=lambda f: f[:2])
        code, _, message, expected = _MISTAKES[number]
        values = _parts(match, text, indent, fields)
        line = text.count("\n", 0, start) + (code == "dash")
        return line, code, message.format(**values), expected.format(**values)
    context = getattr(error, "context", None) or ""
    if getattr(error, "context_mark", None) and re.search("quoted scalar|flow", context):
        begun = min(error.context_mark.line, at)  # type: ignore[attr-defined]
        sign, what = ("quotation-mark", "quotation mark") if "quoted" in context else ("bracket", "bracket")
        return begun, sign, f"{quote_value(lines[begun])} has an open {what}", f"the {what} that closes it"
    while at and not lines[at].strip():
        at -= 1
    reason = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error).partition("\n")[0]
    expected = f"`field: text` on each line, indented like its neighbours (the parser says: {reason})"
    return at, "syntax", f"{quote_value(lines[at])} does not fit the lines above it", expected


def _parts(match: re.Match[str], text: str, indent: str, fields: frozenset[str]) -> dict[str, Any]:
    """What the messages name: the field, the line, its indent and the text in quotation marks."""
    groups = {name: value or "" for name, value in match.groupdict().items()}
    keys = [key for key in _KEY.finditer(text) if key.start() <= match.start() and key[2] in fields]
    name, owned = (keys[-1][2], keys[-1][3]) if keys else ("", None)
    line = text[match.start() :].partition("\n")[0]
    count = len(groups.get("spaces", ""))
    return {
        "name": name,
        "line": quote_value(line),
        "count": f"{count} space{'s' * (count != 1)}",
        "wanted": len(indent),
        "wanted_below": len(indent) + 4,
        "quoted": _quoted(owned or line),
        **groups,
    }


def _quoted(text: str) -> str:
    """`text`, or its beginning, in the quotation marks that it needs."""
    text = text.strip()
    if re.fullmatch(r"[“„«\"'][^“”„«»\"]*[”“»\"']", text):
        text = text[1:-1]
    text = text if len(text) <= 60 else f"{text[:60]}…"
    return f'"{text}"' if '"' not in text and "\\" not in text else "'" + text.replace("'", "''") + "'"
