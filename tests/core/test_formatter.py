"""The one format of fact files: what it changes, what it keeps, and that the file says the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.core.facts.formatter import WIDTH, format_file
from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.core.facts.models import KIND_MODELS
from bot.core.facts.reader import parse_yaml
from bot.core.facts.template import template
from tests.core.small import ALL, HEAD, PLANT, SHARE, load


def out(text: str, kind: str = "facts", modeline: bool = False) -> str:
    """A text formatted; formatting it again must change nothing."""
    once = format_file(text.encode(), "facts/trade.yaml", kind, modeline)
    assert format_file(once.encode(), "facts/trade.yaml", kind, modeline) == once
    return once


def test_records_are_ordered_by_date_and_fields_by_rank() -> None:
    shuffled = SHARE.replace("  kind: figure\n", "").replace("  asks:", "  kind: figure\n  asks:")
    assert out(HEAD + shuffled + PLANT) == HEAD + PLANT + "\n" + SHARE
    other = SHARE.replace("trade-share-2018", "a-share-2018")
    assert out(HEAD + SHARE + other) == HEAD + SHARE + "\n" + other


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
    told = out((HEAD + SHARE).replace("statement: Russia took", f"statement: {words} - * & ! ? {words} and"))
    assert max(map(len, told.splitlines())) <= WIDTH
    assert not [line for line in told.splitlines() if line.strip()[:2] in ("* ", "& ", "! ", "? ", ": ")]


COMMENTED = """\
# The trade of the two.

# About the topic.
topic:
  title: Trade # as people call it
  about: Who trades with whom.

# The plant comes second, by its date.
plant-begun: # still building
  kind: date
  # In our own words.
  title: The plant is begun
  statement: Work on the plant began in November 2013.
  date: 2013-11
  evidence: # one is enough
    # The council again.
    - source: riac-2019 # checked twice
      quote: began in November
  # Nothing more is known.

trade-share-2018:
  kind: figure
  title: Share of Russia in the trade
  statement: Russia took 49.5% of the trade in 2018.
  value: 49.5%
  as_of: 2018
  asks:
    - trade share
    # People say so.
    - share of trade # often
    - half of it
  evidence:
    - source: riac-2019
      quote: 49.5 percent of Belarus

# That is all.
"""


def test_comments_and_blank_lines_stay_with_what_they_are_about() -> None:
    assert out(COMMENTED) == COMMENTED


def test_a_comment_within_brackets_makes_a_line_of_each_item() -> None:
    text = (HEAD + SHARE).replace(
        "[trade share]", "[\n    trade share, # often\n    # rarely\n    share\n  ]"
    )
    assert "  asks:\n    - trade share # often\n    # rarely\n    - share\n" in out(text)


@pytest.mark.parametrize("kind", KIND_MODELS)
def test_the_help_of_a_template_is_removed(kind: str) -> None:
    assert "#:" in template(kind)
    told = out(HEAD + template(kind, "new-id", "riac-2019"))
    assert "#" not in told
    assert f"new-id:\n  kind: {kind}\n  title:\n" in told


def test_the_line_for_editors_comes_first_and_once() -> None:
    line = "# yaml-language-server: $schema=schema.json\n"
    for before in ("", line, "# yaml-language-server: $schema=elsewhere.json\n"):
        assert out(before + HEAD + SHARE, modeline=True) == line + HEAD + SHARE
    assert out("# Why.\n\n" + HEAD + SHARE, modeline=True) == line + "# Why.\n\n" + HEAD + SHARE


def test_the_vocabulary_and_questions_keep_their_order() -> None:
    text = '# Words.\n\nsynonyms:\n  b: [c]\n  # Then.\n  a: [d]\n\nignore: [the, "on"]\n'
    assert out(text, "vocabulary") == text
    assert out("z-1: [b, a]\na-1: [c]\n", "questions") == "z-1:\n  - b\n  - a\na-1:\n  - c\n"


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert format_file(b"\xef\xbb\xbf" + ALL.replace("\n", "\r\n").encode(), "a", "facts") == out(ALL)


def test_a_file_that_cannot_be_parsed_is_refused_with_its_problems() -> None:
    with pytest.raises(DataError) as told:
        format_file((HEAD + SHARE + "  value: twice\n").encode(), "facts/trade.yaml", "facts")
    assert [p.code for p in told.value.problems] == ["duplicate"]


def test_formatting_loses_no_fact(tmp_path: Path) -> None:
    before = load(tmp_path, ALL)
    (tmp_path / "facts" / "trade.yaml").write_text(out(ALL))
    assert {f.id: f for f in load_fact_base(tmp_path / "facts").facts} == {f.id: f for f in before.facts}


_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list("-?:,[]{}#&*!|>'\"%@` \\~=<49")),
    max_size=40,
)
_COMMENT = st.sampled_from(["", "", "", " # beside", " # x: [y"])
_AFTER_NO_TEXT = st.one_of(_COMMENT, st.just(" #x: [y"))  # after a text, a # wants a space behind it
_ABOVE = st.sampled_from(["", "", "", "\n", "# above\n", "\n\n# above\n\n", "#\n"])


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return "'" + text.replace("'", "''") + "'" if all(c.isprintable() for c in text) else "plain"


@st.composite
def _files(draw: Any) -> str:
    """Fact files as hands write them: any texts, any order, comments and blank lines anywhere."""
    lines = [draw(_ABOVE)]
    for number in range(draw(st.integers(0, 4))):
        lines += [draw(_ABOVE), f"fact-{number}:{draw(_AFTER_NO_TEXT)}\n"]
        fields = draw(st.permutations(["kind", "title", "as_of", "asks", "evidence", "odd"]))
        for name in fields:
            above = draw(_ABOVE)
            lines.append(above.replace("#", "  #", 1) if draw(st.booleans()) else above)
            beside, text = draw(_COMMENT), _quoted(draw(_WORDS))
            if name == "asks":
                items = [_quoted(t) for t in draw(st.lists(_WORDS, max_size=5))]
                inside = draw(st.sampled_from([", ", ",\n    ", ", # why\n    "]))
                lines.append(f"  asks: [{inside.join(items)}]{draw(_AFTER_NO_TEXT)}\n")
            elif name == "evidence":
                lines += [
                    f"  evidence:{draw(_AFTER_NO_TEXT)}\n",
                    draw(st.sampled_from(["", "    # first\n"])),
                ]
                lines += ["    - source: a\n", f"      quote: {text}{draw(_COMMENT)}\n"]
            elif name == "as_of":
                lines.append(
                    f"  as_of: {draw(st.sampled_from(['2018', '2015-12', '199X', '2015~']))}{beside}\n"
                )
            else:
                lines.append(f"  {name}: {text}{beside}\n")
    return "".join(lines) + draw(_ABOVE)


@given(_files())
@example("")
@example("# only this\n")
@example("\n\n# a\n\n\n# b\n\n")
@example("---\n# a\nfact-0:\n  kind: a # b\n")
def test_any_file_says_the_same_when_formatted_and_to_another_reader_of_yaml_too(text: str) -> None:
    """ruamel.yaml, which reads YAML 1.2 where PyYAML reads 1.1, is the other reader."""
    before = parse_yaml(text.encode(), "a")
    assert before.problems == []
    told = out(text)
    assert _texts(parse_yaml(told.encode(), "a").data) == _texts(before.data)
    assert _texts(YAML(typ="base", pure=True).load(io.StringIO(told)) or {}) == _texts(before.data)
    assert sorted(
        c for c in ("# above", "# beside", "# why", "# first") for _ in range(told.count(c))
    ) == sorted(c for c in ("# above", "# beside", "# why", "# first") for _ in range(text.count(c)))
    assert "\n\n\n" not in told
    assert not [line for line in told.splitlines() if line != line.rstrip()]


def _texts(data: Any) -> Any:
    if isinstance(data, dict):
        return {" ".join(str(k).split()): _texts(v) for k, v in data.items()}
    return [_texts(v) for v in data] if isinstance(data, list) else " ".join(str(data or "").split())
