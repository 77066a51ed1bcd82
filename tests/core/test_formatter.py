"""Formatting fact files keeps data and comments."""

import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.core.facts.formatter import WIDTH, format_file
from bot.core.facts.issues import DataError
from bot.core.facts.models import KIND_MODELS
from bot.core.facts.reader import parse_yaml
from bot.core.facts.template import template
from tests.core.small import HEAD, PLANT, SHARE


def out(text: str, kind: str = "facts", modeline: bool = False) -> str:
    """A text formatted; formatting it again must change nothing."""
    once = format_file(parse_yaml(text.encode(), "facts/trade.yaml"), kind, modeline)
    assert format_file(parse_yaml(once.encode(), "facts/trade.yaml"), kind, modeline) == once
    return once


def test_records_are_ordered_by_date_and_fields_by_rank() -> None:
    shuffled = SHARE.replace("  kind: figure\n", "").replace("  asks:", "  kind: figure\n  asks:")
    assert out(HEAD + shuffled + PLANT) == HEAD + PLANT + "\n" + SHARE
    undated = SHARE.replace("trade-share-2018", "a-share").replace("as_of: 2018", "as_of: soon")
    assert out(HEAD + undated + SHARE) == HEAD + SHARE + "\n" + undated


CASES = {
    "needless quotation marks": ("value: '49.5%'", "value: 49.5%"),
    "a quoted year": ('value: "2018"', "value: 2018"),
    "a colon": ("value: 'trade: all of it'", 'value: "trade: all of it"'),
    "both marks": ("value: 'so: it''s \"all\"'", "value: 'so: it''s \"all\"'"),
    "a backslash": ('value: "a: \\\\ b"', "value: 'a: \\ b'"),
    "a word that editors read as false": ("value: 'no'", 'value: "no"'),
    "a block of text": ("value: >-\n    half of\n    it", "value: half of it"),
    "too many spaces": ("value:   half    of\n     it", "value: half of it"),
    "a mapping in braces": ("value: {a: b, c: d}", "value:\n    a: b\n    c: d"),
    "an empty list": ("value: [ ]", "value: []"),
    "a list by dashes": ("value:\n  - one\n  - two, three", 'value: [one, "two, three"]'),
    "a question in a list": ("value: [who pays?]", 'value: ["who pays?"]'),
    "letters of every alphabet": ("value: 'доля России — 🇧🇾'", "value: доля России — 🇧🇾"),
    "an invisible sign": ('value: "a\\u200bb"', 'value: "a\\U0000200Bb"'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_text_has_quotation_marks_if_it_needs_them(name: str) -> None:
    old, new = CASES[name]
    text = HEAD + SHARE
    assert out(text.replace("value: 49.5%", old)) == text.replace("value: 49.5%", new)


def test_a_list_is_in_brackets_if_it_fits_the_line_and_else_has_an_item_a_line() -> None:
    asks = [f"what is the share of russia in the trade of {year}" for year in range(2010, 2013)]
    text = (HEAD + SHARE).replace("trade share]", ", ".join(asks) + "]")
    assert "  asks:\n" + "".join(f"    - {ask}\n" for ask in asks) in out(text)
    assert out(out(text).replace("\n    - ".join(["", *asks]), " [trade share]")) == HEAD + SHARE
    vocabulary = f"names:\n  trade: [{', '.join(asks)}]\n"
    assert out(vocabulary, "vocabulary") == f"names:\n  trade: [{asks[0]}, {asks[1]},\n    {asks[2]}]\n"


def test_lines_have_a_width_and_none_begins_like_yaml() -> None:
    words = " ".join(["word"] * 20)
    formatted = out(
        (HEAD + SHARE).replace("statement: Russia took", f"statement: {words} - * & ! ? {words} and")
    )
    assert max(map(len, formatted.splitlines())) <= WIDTH
    assert not [line for line in formatted.splitlines() if line.strip()[:2] in ("* ", "& ", "! ", "? ", ": ")]


COMMENTED = """\
# The trade of the two.

# About the topic.
topic:
  # As people call it.
  title: Trade
  about: Who trades with whom.

# The plant comes second, by its date.
plant-begun:
  kind: date
  # Nothing more is known.
  date: 2013-11

trade-share-2018:
  kind: figure
  value: 49.5%
  as_of: 2018
  # People say so.
  asks: [trade share, share of trade]

# That is all.
"""


def test_comments_stay_with_what_they_are_about() -> None:
    assert out(COMMENTED.replace("trade-share-2018:\n", "trade-share-2018:\n\n")) == COMMENTED


def test_comments_within_a_field_move_above_it() -> None:
    text = (HEAD + SHARE).replace(
        "[trade share]", "[ # often\n    trade share, # rarely\n    # no\n    share\n  ]"
    )
    assert "  # often\n  # rarely\n  # no\n  asks: [trade share, share]\n" in out(text)
    text = (HEAD + SHARE).replace("      section", "      # why\n      section")
    assert "  # why\n  evidence:\n    - source: riac-2019\n      section" in out(text)


@pytest.mark.parametrize("kind", KIND_MODELS)
def test_the_help_of_a_template_is_removed(kind: str) -> None:
    assert "#:" in template(kind)
    formatted = out(HEAD + template(kind, "new-id", "riac-2019"))
    assert "#" not in formatted
    assert f"new-id:\n  kind: {kind}\n  title:\n" in formatted


def test_the_line_for_editors_comes_first_and_once() -> None:
    line = "# yaml-language-server: $schema=schema.json\n"
    for before in ("", line, "# yaml-language-server: $schema=elsewhere.json\n"):
        assert out(before + HEAD + SHARE, modeline=True) == line + HEAD + SHARE
    assert out("# Why.\n\n" + HEAD + SHARE, modeline=True) == line + "# Why.\n\n" + HEAD + SHARE


def test_the_vocabulary_and_questions_keep_their_order() -> None:
    text = '# Words.\n\nsynonyms:\n  b: [c]\n  # Then.\n  a: [d]\n\nignore: [the, "on"]\n'
    assert out(text, "vocabulary") == text
    assert out("z-1: [b, a]\na-1: [c]\n", "questions") == "z-1:\n  - b\n  - a\na-1:\n  - c\n"


def test_a_file_that_cannot_be_parsed_is_refused_with_its_problems() -> None:
    with pytest.raises(DataError) as caught:
        out(HEAD + SHARE + "  value: twice\n")
    assert [p.code for p in caught.value.problems] == ["duplicate"]


_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list("-?:,[]{}#&*!|>'\"%@` \\~=<49")),
    max_size=40,
)
_BESIDE = st.sampled_from(["", "", "", " # beside", " # x: [y"])
_ABOVE = st.sampled_from(["", "", "\n", "# above\n", "  # above\n", "\n\n# above\n\n", "#\n"])
_DATES = st.sampled_from(["2018", "2015-12", "199X", "2015~"])


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return "'" + text.replace("'", "''") + "'" if all(c.isprintable() for c in text) else "plain"


@st.composite
def _files(draw: Any) -> str:
    """Fact files as people write them: any texts, any order, comments and blank lines anywhere."""
    lines = []
    for number in range(draw(st.integers(0, 3))):
        items = ", # inside\n    ".join(_quoted(t) for t in draw(st.lists(_WORDS, max_size=4)))
        text = _quoted(draw(_WORDS))
        fields = draw(
            st.permutations(
                [f"kind: {text}{draw(_BESIDE)}", f"as_of: {draw(_DATES)}", f"asks: [{items}]", f"odd: {text}",
                 f"evidence:\n    # inside\n    - source: a\n      quote: {text}{draw(_BESIDE)}"]
            )
        )  # fmt: skip
        lines += [f"{draw(_ABOVE)}fact-{number}:\n", *(f"{draw(_ABOVE)}  {field}\n" for field in fields)]
    return "".join([*lines, draw(_ABOVE)])


@given(_files())
@example("\ufeffa: b\r\n")
@example("# only this\n")
@example("\n\n# a\n\n\n# b\n\n")
@example("---\n# a\nfact-0:\n  kind: a # b\n")
def test_formatting_keeps_the_data_for_two_yaml_parsers(text: str) -> None:
    """The second parser is ruamel.yaml, which reads YAML 1.2 where PyYAML reads 1.1."""
    before = parse_yaml(text.encode(), "a")
    assert [p.code for p in before.problems] in ([], ["text-cut"])  # `kind: 'a b' # x` is not cut
    formatted = out(text)
    assert _texts(parse_yaml(formatted.encode(), "a").data) == _texts(before.data)
    assert _texts(YAML(typ="base", pure=True).load(io.StringIO(formatted)) or {}) == _texts(before.data)
    for comment in ("# above", "# beside", "# inside", "# x: [y"):
        assert formatted.count(comment) >= text.count(comment)
    assert "\n\n\n" not in formatted
    assert not [line for line in formatted.splitlines() if line != line.rstrip()]


def _texts(data: Any) -> Any:
    if isinstance(data, dict):
        return {" ".join(str(k).split()): _texts(v) for k, v in data.items()}
    return [_texts(v) for v in data] if isinstance(data, list) else " ".join(str(data or "").split())
