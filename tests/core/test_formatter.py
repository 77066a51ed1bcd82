"""The one layout of fact files: what it changes, what it keeps, and that it says the same."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from bot.core import layout
from bot.core.facts.formatter import (
    EVIDENCE_ORDER,
    FACT_ORDER,
    SOURCE_ORDER,
    TOPIC_ORDER,
    WIDTH,
    LayoutError,
    laid_out,
    layout_of,
)
from bot.core.facts.issues import DataError
from bot.core.facts.loader import data_folder, load_fact_base, yaml_files
from bot.core.facts.models import KIND_MODELS, Evidence, Source, TopicHead
from bot.core.facts.reader import parse_yaml
from tests.core.small import ALL, HEAD, PLANT, SHARE, load, problems

FILES = [path for name in ("facts", "seeds") for path in yaml_files(data_folder() / name)]


def out(text: str, kind: str = "facts", modeline: bool = False) -> str:
    """A text laid out; laying it out again must change nothing."""
    once = laid_out(text.encode(), "facts/trade.yaml", kind, modeline)
    assert laid_out(once.encode(), "facts/trade.yaml", kind, modeline) == once
    return once


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_the_files_of_the_project_are_laid_out(path: Path) -> None:
    """Mend with `unionstate fmt`."""
    raw = path.read_bytes()
    assert laid_out(raw, path.name, layout_of(path), modeline=True) == raw.decode()


def test_every_field_has_its_place() -> None:
    kinds = {name for model in KIND_MODELS.values() for name in model.model_fields}
    assert set(FACT_ORDER) == kinds
    assert set(EVIDENCE_ORDER) == set(Evidence.model_fields)
    assert set(TOPIC_ORDER) == set(TopicHead.model_fields)
    assert set(SOURCE_ORDER) == set(Source.model_fields)


def test_records_stand_by_date_and_fields_in_their_order() -> None:
    shuffled = SHARE.replace("  kind: figure\n", "").replace("  asks:", "  kind: figure\n  asks:")
    assert out(HEAD + shuffled + PLANT) == HEAD + PLANT + "\n" + SHARE


def test_records_of_one_date_keep_their_order() -> None:
    other = SHARE.replace("trade-share-2018", "a-share-2018")
    assert out(HEAD + SHARE + other) == HEAD + SHARE + "\n" + other


def test_a_file_with_a_date_that_cannot_be_read_keeps_its_order() -> None:
    text = HEAD + SHARE.replace("as_of: 2018", "as_of: soon") + "\n" + PLANT
    assert out(text) == text


CASES = {
    "needless quotation marks": ("value: '49.5%'", "value: 49.5%"),
    "a quoted year": ('value: "2018"', "value: 2018"),
    "a quoted day": ("value: '2018-01-31'", "value: 2018-01-31"),
    "a colon": ("value: 'trade: all of it'", 'value: "trade: all of it"'),
    "a colon and quotation marks": ("value: 'trade: \"all\" of it'", "value: 'trade: \"all\" of it'"),
    "both marks": ("value: 'so: it''s \"all\"'", "value: 'so: it''s \"all\"'"),
    "a backslash": ('value: "a: \\\\ b"', "value: 'a: \\ b'"),
    "a word that editors read as false": ("value: 'no'", 'value: "no"'),
    "the same without marks": ("value: no", 'value: "no"'),
    "the text null": ("value: 'null'", 'value: "null"'),
    "a sign": ("value: '%49'", 'value: "%49"'),
    "a hash": ("value: 'share # 1'", 'value: "share # 1"'),
    "a block of text": ("value: >-\n    half of\n    it", "value: half of it"),
    "a block that ends its line": ("value: |\n    half of\n    it", "value: half of it"),
    "too many spaces": ("value:   half    of\n     it", "value: half of it"),
    "a mapping in braces": ("value: {a: b, c: d}", "value:\n    a: b\n    c: d"),
    "nothing": ("value:", "value:"),
    "an empty list": ("value: [ ]", "value: []"),
    "an empty mapping": ("value: { }", "value: {}"),
    "a list by dashes": ("value:\n  - one\n  - two, three", 'value: [one, "two, three"]'),
    "a list in a list": ("value: [[a, b], c]", "value:\n    - [a, b]\n    - c"),
    "a question in a list": ("value: [who pays?]", 'value: ["who pays?"]'),
    "letters of every alphabet": ("value: 'доля России — 🇧🇾'", "value: доля России — 🇧🇾"),
    "an invisible sign": ('value: "a\\u200bb"', 'value: "a\\U0000200Bb"'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_text_has_quotation_marks_where_it_needs_them(name: str) -> None:
    old, new = CASES[name]
    text = HEAD + SHARE
    assert out(text.replace("value: 49.5%", old)) == text.replace("value: 49.5%", new)


def test_long_texts_and_lists_end_their_lines_in_time() -> None:
    statement = "Russia took 49.5% of the trade in 2018, which was more than ever before and rather more than anyone at all had thought."
    asks = [f"what is the share of russia in the trade of {year}" for year in range(2010, 2015)]
    text = (
        (HEAD + SHARE)
        .replace("Russia took 49.5% of the trade in 2018.", statement)
        .replace("trade share]", ", ".join(asks) + "]")
    )
    told = out(text)
    assert max(map(len, told.splitlines())) <= WIDTH
    assert (
        "  statement: Russia took 49.5% of the trade in 2018, which was more than ever before and rather more than\n    anyone at all"
        in told
    )
    assert f"  asks: [{asks[0]}, {asks[1]},\n    {asks[2]}," in told  # between the items, not within them


def test_what_looks_like_yaml_does_not_begin_a_line() -> None:
    words = " ".join(["word"] * 20)
    text = (HEAD + SHARE).replace("statement: Russia took", f"statement: {words} - * & ! ? {words}")
    assert not [line for line in out(text).splitlines() if line.strip()[:2] in ("* ", "& ", "! ", "? ", ": ")]


def test_an_item_longer_than_a_line_is_wrapped() -> None:
    told = out((HEAD + SHARE).replace("[trade share]", f"[short, {'word ' * 40}end, short]"))
    assert max(map(len, told.splitlines())) <= WIDTH


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
    # No more.
  evidence:
    - source: riac-2019
      quote: 49.5 percent of Belarus

# That is all.
"""


def test_comments_and_blank_lines_stay_with_what_they_are_about() -> None:
    assert out(COMMENTED) == COMMENTED


def test_comments_go_where_their_record_and_field_go() -> None:
    head, plant, share, end = (COMMENTED.split("\n\n# The plant")[0], "# The plant" + COMMENTED.split("# The plant")[1].split("\n\ntrade")[0],
                               "trade" + COMMENTED.split("\n\ntrade")[1].split("\n\n# That")[0], "# That is all.\n")  # fmt: skip
    moved = plant.replace("  # In our own words.\n  title: The plant is begun\n", "").replace(
        "  date: 2013-11\n", "  date: 2013-11\n  # In our own words.\n  title: The plant is begun\n"
    )
    assert moved != plant
    told = out("\n\n".join([head, share, moved, end]))
    assert (
        told.index("# The plant")
        < told.index("plant-begun:")
        < told.index("trade-share-2018:")
        < told.index("# That is all.")
    )
    assert "  # In our own words.\n  title: The plant is begun\n" in told


def test_comments_between_brackets_turn_the_list_into_lines() -> None:
    text = (HEAD + SHARE).replace(
        "[trade share]", "[ # as typed\n    trade share, # often\n    # rarely\n    share\n    # no more\n  ]"
    )
    assert "  asks: # as typed\n    - trade share # often\n    # rarely\n    - share\n    # no more\n" in out(
        text
    )


def test_a_comment_that_does_not_fit_beside_stands_above() -> None:
    long = "# " + "why " * 25
    text = (HEAD + SHARE).replace("value: 49.5%", f"value: 49.5% {long}")
    assert f"  {long.strip()}\n  value: 49.5%\n" in out(text)


def test_the_comment_of_a_block_of_text_is_kept() -> None:
    text = (HEAD + SHARE).replace("value: 49.5%", "value: >- # as printed\n    49.5%")
    assert "  value: 49.5% # as printed\n" in out(text)


def test_the_line_for_editors_comes_first_and_once() -> None:
    line = "# yaml-language-server: $schema=schema.json\n"
    assert out(HEAD + SHARE, modeline=True) == line + HEAD + SHARE
    assert out(line + HEAD + SHARE, modeline=True) == line + HEAD + SHARE
    assert (
        out("# yaml-language-server: $schema=elsewhere.json\n" + HEAD + SHARE, modeline=True)
        == line + HEAD + SHARE
    )
    assert out("# Why.\n\n" + HEAD + SHARE, modeline=True) == line + "# Why.\n\n" + HEAD + SHARE


def test_the_vocabulary_keeps_its_order_and_its_blank_lines() -> None:
    text = '# Words.\n\nsynonyms:\n  b: [c]\n\n  # Then.\n  a: [d]\n\nignore: [the, "on"]\n'
    assert out(text, "vocabulary") == text


def test_windows_line_ends_and_a_byte_order_mark_go() -> None:
    assert laid_out(b"\xef\xbb\xbf" + ALL.replace("\n", "\r\n").encode(), "a", "facts") == out(ALL)


def test_a_file_that_is_no_yaml_is_refused_with_its_problems() -> None:
    with pytest.raises(DataError) as told:
        laid_out((HEAD + SHARE + "  value: twice\n").encode(), "facts/trade.yaml", "facts")
    assert "a second time" in str(told.value.problems[0])


def test_what_would_come_out_different_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last look: whatever goes wrong in laying out is seen before anything is written."""
    scalar = layout._scalar
    monkeypatch.setattr(
        layout, "_scalar", lambda text, in_brackets=False: scalar(text.replace("49.5%", "50%"), in_brackets)
    )
    with pytest.raises(
        LayoutError, match=r"facts/trade\.yaml cannot be laid out without changing what it says"
    ):
        laid_out((HEAD + SHARE).encode(), "facts/trade.yaml", "facts")
    monkeypatch.setattr(layout, "_scalar", scalar)
    monkeypatch.setattr(
        layout, "_children", lambda group, indent: iter(()) if group.tail else iter(["    a: b"])
    )
    with pytest.raises(LayoutError):
        laid_out(b"topic: {a: b}\nx:\n  a: b\n  # c\n", "facts/trade.yaml", "facts")


# -- any file -------------------------------------------------------------------------------------

_WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list("-?:,[]{}#&*!|>'\"%@` \\~=<49")),
    max_size=40,
)
_COMMENT = st.sampled_from(["", "", "", " # beside", " # x: [y"])
_AFTER_NO_TEXT = st.one_of(_COMMENT, st.just(" #x: [y"))  # after a text, a # wants a space behind it
_ABOVE = st.sampled_from(["", "", "", "\n", "# above\n", "\n\n# above\n\n", "    # deep\n", "#\n"])


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
@example("---\n# a\nfact-0:\n  kind: a # b\n...\n# c\n")
def test_any_file_comes_out_the_same_for_good_and_says_the_same(text: str) -> None:
    before = parse_yaml(text.encode(), "a")
    assert before.problems == []
    told = out(text)
    assert layout._folded(parse_yaml(told.encode(), "a").data) == layout._folded(before.data)
    assert sorted(c.text for c in layout._comments(text) if c.text) == sorted(
        c.text for c in layout._comments(told) if c.text
    )
    assert "\n\n\n" not in told
    assert not [line for line in told.splitlines() if line != line.rstrip()]


@given(_files())
def test_another_reader_of_yaml_reads_what_we_read(text: str) -> None:
    """ruamel.yaml, which reads YAML 1.2 where PyYAML reads 1.1, is the witness."""
    told = out(text)
    reader = YAML(typ="base", pure=True)
    assert _texts(reader.load(io.StringIO(told)) or {}) == layout._folded(parse_yaml(told.encode(), "a").data)


def _texts(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(k): _texts(v) for k, v in data.items()}
    return [_texts(v) for v in data] if isinstance(data, list) else " ".join(str(data or "").split())


def test_the_facts_are_the_same_after_laying_out(tmp_path: Path) -> None:
    before = load(tmp_path, ALL)
    path = tmp_path / "facts" / "trade.yaml"
    path.write_text(out(ALL))
    after = load_fact_base(tmp_path / "facts")
    assert {f.id: f for f in after.facts} == {f.id: f for f in before.facts}
    assert not problems(tmp_path, out(ALL))
