"""Mistakes in fact files are reported with line, field and code."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.facts import reader
from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError, Problem
from bot.core.facts.loader import Loader, fact_folders
from bot.core.facts.models import Actor, DatedEvent, Figure, Position
from tests.core.small import ALL, BANK, HEAD, PLANT, SEED, SHARE, load, write


def found(folder: Path, facts: str | bytes = HEAD + SHARE, **files: str | bytes) -> tuple[Problem, ...]:
    """The problems that loading reports; empty if it loads."""
    return problems_in(write(folder, facts, **files))


def problems_in(facts: Path) -> tuple[Problem, ...]:
    loader = Loader(*fact_folders(facts))
    loader.load()
    return DataError(loader.problems).problems


def short(problem: Problem) -> str:
    return f"{problem.place.line} {problem.field} {problem.code}"


F = "trade-share-2018"
EVIDENCE = (
    "  evidence:\n    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n"
)
# What is replaced in HEAD + SHARE, what by, "line field code" of the problem, and a part of the advice.
MISTAKES = {
    "a field twice": ("  value: 49.5%\n", "  value: 49.5%\n  value: 50%\n", f"10 {F}.value duplicate", ""),
    "a record twice": (SHARE, SHARE + SHARE, f"16 {F} duplicate", ""),
    "a tab": ("  value: 49.5%", "\tvalue: 49.5%", "9  tab", ""),
    "a no-break space in the margin": ("  value: 49.5%\n  as_of: 2018", "\u00a0 value: 49.5%\n \u200b as_of: 2018", "9  tab", ""),
    "no space after a colon": ("source: riac-2019", "source:riac-2019", "13  colon-space", "`source: …`"),
    "two versions that a merge left": ("  value: 49.5%\n",
        "<<<<<<< HEAD\n  value: 49.5%\n||||||| 1a2b3c4\n  value: 49%\n=======\n  value: 50%\nother:\n>>>>>>> main\n", "9  merge-conflict", ""),
    "a # that cuts off a text of two lines": ("  statement: Russia took 49.5% of the trade in 2018.",
        "  statement: Russia, Belarus's #1 partner, took\n    49.5% of the trade in 2018.", f"8 {F}.statement text-cut", "straight quotation"),
    "a list in brackets cut off at a #": ("[trade share]", "[trade share, the #1 partner]", "11  text-cut", "straight quotation marks"),
    "a value in quotation marks": ("value: 49.5%", "value: “up to 49.5%”", f"9 {F}.value quotation-marks", ""),
    "an anchor": ("  value: 49.5%", "  value: &share 49.5%", f"9 {F}.value yaml-sign", ""),
    "a text that begins with a sign": ("  value: 49.5%", "  value: %49", "9  quotes-needed", '"%49"'),
    "a quotation mark that stays open": ("  title: Share", '  title: "Share', "7  quotation-mark", ""),
    "a quotation mark that stays open in a list": ("[trade share]", '\n    - "trade share\n    - share', "12  quotation-mark", ""),
    "a bracket that stays open": ("asks: [trade share]", "asks: [trade share", "11  bracket", ""),
    "two documents": (SHARE, "---\n" + SHARE, "5  documents", ""),
    "an empty file": (HEAD + SHARE, "", "1 topic no-topic", ""),
    "a list as a name": ("  value: 49.5%", "  ? [a, b]\n  : 49.5%", f"9 {F} field-name", ""),
    "a missing field": ("  value: 49.5%\n", "", f"5 {F}.value missing-field", ""),
    "no evidence": (EVIDENCE, "", f"5 {F}.evidence missing-field", ""),
    "an empty list of evidence": (EVIDENCE, "  evidence: []\n", f"12 {F}.evidence empty", ""),
    "no kind": ("  kind: figure\n", "", f"5 {F}.kind missing-field", "`kind: figure` or"),
    "a topic without a sentence": ("  about: Who trades with whom.\n", "", "1 topic.about missing-field", ""),
    "a text for a list": ("  asks: [trade share]", "  asks: trade share", f"11 {F}.asks type", "a list"),
    "a quote of one word": ("49.5 percent of Belarus", "49.5", f"15 {F}.evidence.1.quote quote-length", ""),
    "an id with capitals": ("trade-share-2018:", "Trade_Share:", "5 Trade_Share id", ""),
    "itself in see_also": ("  asks:", f"  see_also: [{F}]\n  asks:", f"11 {F}.see_also.1 self-reference", ""),
    "a see_also that is not returned": (SHARE, SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:") + PLANT,
        f"11 {F}.see_also.1 one-way", ""),
    "an actor of another kind": (SHARE, SHARE.replace("  asks:", "  actors: [plant-begun]\n  asks:") + PLANT,
        f"11 {F}.actors.1 not-an-actor", ""),
    "a former id in see_also": (SHARE,
        SHARE.replace("  asks:", "  see_also: [plant]\n  asks:") + PLANT.replace("  date:", "  former_ids: [plant]\n  date:"),
        f"11 {F}.see_also.1 one-way", ""),
    "a former id that two facts claim": (SHARE,
        SHARE.replace("  asks:", "  former_ids: [share]\n  asks:") + PLANT.replace("  date:", "  former_ids: [share]\n  date:"),
        "21 plant-begun.former_ids.1 former-id", ""),
    "a review day that does not exist": ("  about:", "  checked: 2026-11-31\n  about:", "3 topic.checked day", ""),
    "a control character": ("  value: 49.5%", "  value: 49.5\x07%", "9  control-character", ""),
    "nine levels": ("[trade share]", "[[[[[[[[[trade share]]]]]]]]]", f"11 {F} depth", ""),
    # Frequent mistakes of people who do not know YAML.
    "a colon after an apostrophe": ("title: Share of Russia in the trade", "title: Belarus's plan: a loan",
        "7  quotes-needed", '"Belarus\'s plan: a loan"'),
    "a colon in a continued line": ("Russia took 49.5% of the trade in 2018.", "Russia took this\n    share: 49.5% of the trade in 2018.",
        "9  quotes-needed", '`statement` has a colon in it; expected straight quotation marks around the whole text: "Russia took this'),
    "a colon in an ask": ("[trade share]", "\n    - trade: the share", f"12 {F}.asks.1 quotes-needed", '"trade: the share"'),
    "a colon in an ask in brackets": ("[trade share]", "[trade: the share]", f"11 {F}.asks.1 quotes-needed", '"trade: the share"'),
    "a quoted name at the beginning": ("title: Share of Russia in the trade", 'title: "Redki" post: closed',
        "7  quotes-needed", "'\"Redki\" post: closed'"),
    "curly quotation marks around a colon": ("title: Share of Russia in the trade", "title: “Trade: the share”",
        "7  quotes-needed", '"Trade: the share"'),
    "a field at the margin": ("  title: Share", "title: Share", "7  margin", "two spaces"),
    "the last field at the margin": (EVIDENCE, "note: None\n", "12  margin", "two spaces"),
    "a list of evidence at the margin": ("    - source:", "- source:", "13  margin", "four spaces before it"),
    "no space after the dash": ("    - source: riac-2019", "    -source: riac-2019", "13  dash-space", "`- source: …`"),
    "no dash": ("    - source: riac-2019", "      source: riac-2019", f"12 {F}.evidence type", "`- a` on lines below"),
    "an indent of one": ("  value:", " value:", "9  indent", "2 spaces before it"),
    "an indent of three": ("  value:", "   value:", "9  indent", "2 spaces before it"),
    "an indent of five in evidence": ("      quote:", "     quote:", "15  indent", "6 spaces before it"),
    "a colon that is missing": ("  value: 49.5%", "  value 49.5%", "9  colon", "lacks its colon"),
    "an equals sign": ("  value: 49.5%", "  value = 49.5%", "9  colon", "lacks its colon"),
    "an id without its colon": ("trade-share-2018:", "trade-share-2018", "5  margin", "with a colon"),
    "a list whose items are not in one column": ("[trade share]", "\n    - trade share\n   - share", "13  syntax", "does not fit the lines above"),
    "a kind in another word": ("kind: figure", "kind: statistic", f"6 {F}.kind kind", "`kind: figure`"),
    "a misspelt field": ("  value:", "  valeu:", f"9 {F}.valeu unknown-field", "`value`"),
    "a misspelt field of evidence": ("quote:", "words:", f"15 {F}.evidence.1.words unknown-field", "`quote`"),
    "a field with a capital": ("  title: Share", "  Title: Share", f"7 {F}.Title unknown-field", "`title`"),
    "a field of another kind instead of its own": ("  as_of: 2018", "  date: 2018", f"10 {F}.date unknown-field", "`as_of`"),
    "a field that only another kind has": ("  value:", "  role: share\n  value:", f"9 {F}.role unknown-field", "but of `kind: actor`"),
    "a Cyrillic letter in a source": ("source: riac-2019", "source: riaс-2019", f"13 {F}.evidence.1.source id", "cyrillic small letter es"),
    "a misspelt source": ("source: riac-2019", "source: raic-2019", f"13 {F}.evidence.1.source unknown-source", "`riac-2019`"),
    "a misspelt actor": (SHARE, SHARE.replace("  asks:", "  actors: [lendin-bank]\n  asks:") + BANK,
        f"11 {F}.actors.1 unknown-id", "`lending-bank`"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_fact_is_one_problem_with_line_field_code_and_the_fix(
    tmp_path: Path, name: str
) -> None:
    old, new, expected, advice = MISTAKES[name]
    assert (HEAD + SHARE).count(old) == 1
    (problem,) = found(tmp_path, (HEAD + SHARE).replace(old, new))
    assert problem.place.file == "facts/trade.yaml"
    assert short(problem) == expected
    assert advice in problem.advice


# The vocabulary, and "line field code" of the problem.
VOCABULARIES = [
    ("- a\n", "1  margin"),
    ("words: {a: [b]}\n", "1 vocabulary.words unknown-field"),
    ("names: [a, b]\n", "1 vocabulary.names type"),
    ("names: {eaeu: EEU}\n", "1 vocabulary.names.eaeu type"),
    ("ignore: [the, '']\n", "1 vocabulary.ignore.2 empty"),
    ("synonyms: {loan: [[credit]]}\n", "1 vocabulary.synonyms.loan.1 type"),
    (f"ignore: [{'x' * 81}]\n", "1 vocabulary.ignore.1 too-long"),
    ("ignore:\n", "1 vocabulary.ignore empty"),
    ("names:\n  two words: [a]\n  eaeu [EEU]\n  loan: [credit]\n", "3  colon"),
    ("names:\n  eaeu: [EEU]\n  eaeu: [EAEC]\n", "3 names.eaeu duplicate"),
]


@pytest.mark.parametrize(("content", "expected"), VOCABULARIES)
def test_a_mistake_in_the_vocabulary_is_reported(tmp_path: Path, content: str, expected: str) -> None:
    assert [short(p) for p in found(tmp_path, vocabulary=content)] == [expected]


# What is replaced in SEED, what by, and "line field code" of the problem.
SEEDS = [
    ("short:", "shrot:", "2 riac-2019.shrot unknown-field"),
    ("language: en\n", "", "1 riac-2019.language missing-field"),
    ("language: en", "language: fr", "8 riac-2019.language choice"),
    ("url: https://council.example/en/trade/", "url: council", "6 riac-2019.url address"),
    ("published: 2019", "published: last year", "7 riac-2019.published date"),
    ("standpoint: An", "disowns_views: maybe\nstandpoint: An", "9 riac-2019.disowns_views type"),
    ("standpoint: An", "inferred: title\nstandpoint: An", "9 riac-2019.inferred type"),
]


@pytest.mark.parametrize(("old", "new", "expected"), SEEDS)
def test_a_mistake_in_a_source_is_reported(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert [short(p) for p in found(tmp_path, seed_riac_2019=SEED.replace(old, new))] == [expected]


def test_a_wrong_kind_does_not_hide_the_other_mistakes_of_the_record(tmp_path: Path) -> None:
    text = PLANT.replace("kind: date", "kind: event").replace("date: 2013-11", "date: 2013-13")
    assert [p.code for p in found(tmp_path, HEAD + text)] == ["kind", "date"]


def test_a_hash_that_may_cut_a_text_is_a_warning(tmp_path: Path) -> None:
    base = load(tmp_path, (HEAD + SHARE).replace("title: Share of Russia", "title: Share of Russia # 1"))
    assert [short(w) for w in base.warnings] == ["7 trade-share-2018.title text-cut"]


def test_a_renamed_fact_is_one_problem_at_its_record(tmp_path: Path) -> None:
    names = ("plant-begun", "share-two", "share-three")
    share = SHARE.replace("  asks:", "  see_also: [old]\n  asks:")
    others = [share.replace("trade-share-2018", name) for name in names[1:]]
    plant = PLANT.replace("  date:", f"  see_also: [{', '.join(names[1:])}]\n  date:")
    (problem,) = found(tmp_path, HEAD + plant + "".join(others))
    assert (problem.place.line, problem.code) == (5, "renamed")
    assert "former_ids: [old]" in problem.expected
    renamed = plant.replace("  date:", "  former_ids: [old]\n  date:")
    assert load(tmp_path, HEAD + renamed + "".join(others)).by_id["share-two"].see_also == ("plant-begun",)


def test_an_id_in_two_files_names_the_other_place(tmp_path: Path) -> None:
    (problem,) = found(tmp_path, energy=HEAD + PLANT + SHARE)
    assert short(problem) == "5 trade-share-2018 duplicate"
    assert "facts/energy.yaml:13" in problem.message


@pytest.mark.parametrize("name", ["trade (copy).yaml", "trade-conflict.yaml", "a backup.yaml"])
def test_a_copy_of_a_file_is_one_problem_at_the_copy(tmp_path: Path, name: str) -> None:
    facts = write(tmp_path, ALL)
    (facts / name).write_text(ALL, encoding="utf-8")
    (problem,) = problems_in(facts)
    assert (problem.place.file, problem.code) == (f"facts/{name}", "copy")


@pytest.mark.parametrize("name", ["west.yml", "west.YAML", "west.yaml.txt"])
def test_a_file_with_another_ending_is_the_only_problem(tmp_path: Path, name: str) -> None:
    share = SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:")
    facts = write(tmp_path, HEAD + share)
    (facts / name).write_text(HEAD + PLANT, encoding="utf-8")
    (problem,) = problems_in(facts)
    assert (problem.place.file, problem.code) == (f"facts/{name}", "file-name")


def test_a_fact_that_is_renamed_is_one_problem_with_its_questions(tmp_path: Path) -> None:
    questions = tmp_path / "facts" / "questions"
    questions.mkdir(parents=True)
    for name in ("trade", "unanswered"):
        (questions / f"{name}.yaml").write_text("trade-share-2017: [how much]\n")
    (problem,) = found(tmp_path)
    assert problem.code == "unknown-id"
    assert problem.expected.startswith("`trade-share-2018`; if the fact was renamed, the line `former_ids")


def test_references_to_records_that_cannot_be_read_are_not_reported(tmp_path: Path) -> None:
    share = SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:")
    problems = found(tmp_path, HEAD + share, energy=(HEAD + PLANT).encode("utf-16"))
    assert [short(p) for p in problems] == ["1  encoding"]


def test_a_record_that_cannot_be_parsed_hides_no_other_mistake(tmp_path: Path) -> None:
    broken = PLANT.replace("title: The plant", "title: The plant: it")
    share = SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:").replace(
        "as_of: 2018", "as_of: 2018-02-30"
    )
    problems = found(tmp_path, HEAD + broken + "\n" + share)
    assert [short(p) for p in problems] == ["7  quotes-needed", "19 trade-share-2018.as_of date"]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    problems = found(
        tmp_path,
        (HEAD + SHARE).replace("as_of: 2018", "as_of: 2018-13"),
        energy=HEAD + PLANT.replace("date:", "dat:"),
        vocabulary="ignore: word\n",
        seed_riac_2015=SEED.replace("language: en", "language: eng"),
    )
    assert [str(p.place) for p in problems] == [
        "facts/energy.yaml:9", "facts/trade.yaml:10", "facts/vocabulary.yaml:1", "seeds/riac-2015.yaml:8",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["no", "12:30", "49.50", "1e3", "0x1F", "2018", "true", "1_000", "=", "<<", ".inf"]
)
def test_a_value_stays_the_text_that_was_written(tmp_path: Path, text: str) -> None:
    (fact,) = load(tmp_path, (HEAD + SHARE).replace("section: Trends", f"section: {text}")).facts
    assert fact.evidence[0].section == text


@pytest.mark.parametrize(("encoding", "line"), [("utf-16", 1), ("cp1251", 8)])
def test_another_encoding_is_reported_with_the_line(tmp_path: Path, encoding: str, line: int) -> None:
    text = (HEAD + SHARE).replace("Russia took", "Россия: took")
    assert [short(p) for p in found(tmp_path, text.encode(encoding))] == [f"{line}  encoding"]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + (HEAD + SHARE).replace("\n", "\r\n").encode()
    base = load(tmp_path, windows)
    assert base.facts[0].title == "Share of Russia in the trade"
    assert str(base.places["trade-share-2018"]) == "facts/trade.yaml:5"


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\u200f", "\x1b"])
def test_characters_that_steer_the_display_are_refused(tmp_path: Path, character: str) -> None:
    text = (HEAD + SHARE).replace("Share of", f"Share {character}of")
    problems = found(tmp_path, text)
    assert [short(p) for p in problems] == ["7  control-character"]
    assert str(problems[0]).isprintable()


BOMBS = {
    "a long file": "# long\n" * 150_000,
    "brackets": "[" * 999_000,
    "mappings in brackets": "a: " + "[a: " * 1_000,
    "dashes": "- " * 2_000,
    "a dash a line": "a:\n" + "\n".join(" " * i + "-" for i in range(1_000)),
    "anchors and aliases": "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60)),
    "tabs": "\ta: b\n" * 100_000,
    "quotation marks": '"' * 900_000,
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[name])
    assert reader.read_yaml(path, "facts/bomb.yaml").problems


def test_what_is_not_a_file_is_reported(tmp_path: Path) -> None:
    facts = write(tmp_path)
    (facts / "folder.yaml").mkdir()
    (facts / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (facts / "notes").mkdir()
    assert [(p.place.file, p.code) for p in problems_in(facts)] == [
        ("facts/folder.yaml", "file"), ("facts/gone.yaml", "file"), ("facts/notes", "file-name"),
    ]  # fmt: skip


def test_a_folder_without_facts_or_sources_is_reported(tmp_path: Path) -> None:
    facts = write(tmp_path)
    for file in (*facts.glob("*"), *(tmp_path / "seeds").glob("*")):
        file.unlink()
    assert [(p.place.file, p.code) for p in problems_in(facts)] == [("seeds", "no-records")]
    assert [str(p.place) for p in found(tmp_path, HEAD)] == ["facts:1"]


def test_questions_belong_to_facts(tmp_path: Path) -> None:
    questions = tmp_path / "facts" / "questions"
    questions.mkdir(parents=True)
    (questions / "trade.yaml").write_text("trade-share-2018:\n  - how much trade is with Russia\n")
    (questions / "unanswered.yaml").write_text("trade-share-2018:\n  - why is it so high\n")
    base = load(tmp_path)
    assert base.questions == {"trade-share-2018": ("how much trade is with Russia",)}
    assert base.unanswered == {"trade-share-2018": ("why is it so high",)}
    (questions / "trade.yaml").write_text("trade-share-2017: [a]\nplant:\n")
    assert [short(p) for p in found(tmp_path)] == [
        "1 trade-share-2017 unknown-id", "2 plant empty", "2 plant unknown-id",
    ]  # fmt: skip


def test_a_fact_may_say_what_it_answers(tmp_path: Path) -> None:
    answers = "  answers:\n    types: [how_much]\n    giver: Russia\n"
    (fact,) = load(tmp_path, HEAD + SHARE.replace("  evidence:", answers + "  evidence:")).facts
    assert fact.answers is not None
    assert (fact.answers.types, fact.answers.giver) == (("how_much",), "Russia")
    wrong = answers.replace("how_much", "how_come").replace("giver", "gvier")
    problems = found(tmp_path, HEAD + SHARE.replace("  evidence:", wrong + "  evidence:"))
    assert [short(p) for p in problems] == [
        f"13 {F}.answers.types.1 choice", f"14 {F}.answers.gvier unknown-field",
    ]  # fmt: skip


def test_the_site_has_its_own_file(tmp_path: Path) -> None:
    assert load(tmp_path, site="name: Tides\ncommand: /tides\nexamples: [spring tide]\n").site.name == "Tides"
    assert [short(p) for p in found(tmp_path, site="nmae: Tides\n")] == ["1 site.nmae unknown-field"]


def test_the_good_base_loads_with_its_places_and_types(tmp_path: Path) -> None:
    base: FactBase = load(tmp_path, ALL)
    assert [type(f) for f in base.facts] == [Figure, DatedEvent, Actor, Position]
    assert {f.topic for f in base.facts} == {"trade"}
    assert base.topics["trade"].facts == base.facts
    share = base.facts[0]
    assert [
        str(base.place(share, *path)) for path in ((), ("asks", 0), ("evidence", 0, "quote"), ("note",))
    ] == [f"facts/trade.yaml:{line}" for line in (5, 11, 15, 5)]


def test_equal_files_give_equal_versions_and_any_change_another(tmp_path: Path) -> None:
    versions = [
        load(tmp_path, **files).version
        for files in ({}, {}, {"vocabulary": "ignore: [the]"}, {"facts": HEAD + SHARE + "#"})
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


_PIECES = st.lists(
    st.sampled_from(
        [*ALL.splitlines(keepends=True), "  - ", "\t", "? ", "&a ", "*a", "!!python/none ", "[", "]", "{", '"', "'", "|\n",
         "#", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "\0", "\x85", "\u2028", "\ufeff", ": ", "\r", "null", "\\x00"]
    )
).map("".join)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), _PIECES.map(str.encode)))
@example(b"")
@example(b"\xff\xfe")
@example(b"topic: {title: a, about: b}\n")
def test_any_bytes_give_a_base_or_problems_of_that_file(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    problems = found(tmp_path_factory.getbasetemp(), content, energy=HEAD + PLANT)
    assert {p.place.file for p in problems} <= {"facts/trade.yaml"}
    assert all(str(p).isprintable() for p in problems)
