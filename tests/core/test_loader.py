"""Mistakes in fact files are reported with line, field and code."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.facts import reader
from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError, Problem
from bot.core.facts.loader import fact_folders, load_fact_base, read_fact_base
from bot.core.facts.models import Actor, DatedEvent, Figure, Position
from tests.core.small import ALL, BANK, HEAD, PLANT, SEED, SHARE, load, write


def case(name: str, *parts: str) -> object:
    """A row of a table: its name is the test's id."""
    return pytest.param(parts, id=name)


def found(folder: Path, facts: str | bytes = HEAD + SHARE, **files: str | bytes) -> tuple[Problem, ...]:
    """The problems that loading reports; empty if it loads."""
    return problems_in(write(folder, facts, **files))


def problems_in(facts: Path) -> tuple[Problem, ...]:
    return DataError(read_fact_base(*fact_folders(facts))[1]).problems


def short(problem: Problem) -> str:
    return f"{problem.place.line} {problem.field} {problem.code}"


# What is replaced in HEAD + SHARE, what by, and "line field code" of each problem.
BAD_FACTS = [
    case("a field twice", "  value: 49.5%\n", "  value: 49.5%\n  value: 50%\n", "10 trade-share-2018.value duplicate"),
    case("a record twice", SHARE, SHARE + SHARE, "16 trade-share-2018 duplicate"),
    case("an unknown field of evidence", "      section: Trends", "      chapter: Trends", "14 trade-share-2018.evidence.1.chapter unknown-field"),
    case("a tab", "  value: 49.5%", "\tvalue: 49.5%", "9  tab"),
    case("a no-break space in the margin", "  value: 49.5%\n  as_of: 2018", "\u00a0 value: 49.5%\n \u200b as_of: 2018", "9  tab"),
    case("no space after a colon", "  value: 49.5%", "  value:49.5%", "9  colon-space"),
    case("no space after the colon of a source", "source: riac-2019", "source:riac-2019", "13  colon-space"),
    case("two versions that a merge left", "  value: 49.5%\n",
         "<<<<<<< HEAD\n  value: 49.5%\n||||||| 1a2b3c4\n  value: 49%\n=======\n  value: 50%\nother:\n>>>>>>> main\n", "9  merge-conflict"),
    case("a # that cuts off a text of two lines", "  statement: Russia took 49.5% of the trade in 2018.",
         "  statement: Russia, Belarus's #1 partner, took\n    49.5% of the trade in 2018.", "8 trade-share-2018.statement text-cut"),
    case("a value in quotation marks", "value: 49.5%", "value: “up to 49.5%”", "9 trade-share-2018.value quotation-marks"),
    case("an anchor", "  value: 49.5%", "  value: &share 49.5%", "9 trade-share-2018.value yaml-sign"),
    case("a text that begins with a sign", "  value: 49.5%", "  value: %49", "9  quotes-needed"),
    case("a quotation mark that stays open", "  title: Share", '  title: "Share', "7  quotation-mark"),
    case("a bracket that stays open", "asks: [trade share]", "asks: [trade share", "11  bracket"),
    case("two documents", SHARE, "---\n" + SHARE, "5  documents"),
    case("an empty file", HEAD + SHARE, "", "1 topic no-topic"),
    case("a list as a name", "  value: 49.5%", "  ? [a, b]\n  : 49.5%", "9 trade-share-2018 field-name"),
    case("a missing field", "  value: 49.5%\n", "", "5 trade-share-2018.value missing-field"),
    case("a text for a list", "  asks: [trade share]", "  asks: trade share", "11 trade-share-2018.asks type"),
    case("a quote of one word", "49.5 percent of Belarus", "49.5", "15 trade-share-2018.evidence.1.quote quote-length"),
    case("no kind", "  kind: figure\n", "", "5 trade-share-2018.kind missing-field"),
    case("a topic without a sentence", "  about: Who trades with whom.\n", "", "1 topic.about missing-field"),
    case("no evidence", "  evidence:\n    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n", "",
         "5 trade-share-2018.evidence missing-field"),
    case("a quote that is missing", "      quote: 49.5 percent of Belarus\n", "", "13 trade-share-2018.evidence.1.quote missing-field"),
    case("an id with capitals", "trade-share-2018:", "Trade_Share:", "5 Trade_Share id"),
    case("itself in see_also", "  asks:", "  see_also: [trade-share-2018]\n  asks:", "11 trade-share-2018.see_also.1 self-reference"),
    case("a see_also that is not returned", SHARE, SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:") + PLANT,
         "11 trade-share-2018.see_also.1 one-way"),
    case("an actor of another kind", SHARE, SHARE.replace("  asks:", "  actors: [plant-begun]\n  asks:") + PLANT,
         "11 trade-share-2018.actors.1 not-an-actor"),
    case("a former id in see_also", SHARE,
         SHARE.replace("  asks:", "  see_also: [plant]\n  asks:") + PLANT.replace("  date:", "  former_ids: [plant]\n  date:"),
         "11 trade-share-2018.see_also.1 one-way"),
    case("a former id that two facts claim", SHARE,
         SHARE.replace("  asks:", "  former_ids: [share]\n  asks:") + PLANT.replace("  date:", "  former_ids: [share]\n  date:"),
         "21 plant-begun.former_ids.1 former-id"),
    case("a review day that does not exist", "  about:", "  checked: 2026-11-31\n  about:", "3 topic.checked day"),
    case("a control character", "  value: 49.5%", "  value: 49.5\x07%", "9  control-character"),
    case("nine levels", "[trade share]", "[[[[[[[[[trade share]]]]]]]]]", "11 trade-share-2018 depth"),
]  # fmt: skip

# The vocabulary, and "line field code" of each problem.
BAD_VOCABULARIES = [
    case("a text", "- a\n", "1  margin"),
    case("an unknown section", "words: {a: [b]}\n", "1 vocabulary.words unknown-field"),
    case("names as a list", "names: [a, b]\n", "1 vocabulary.names type"),
    case("ignore as a mapping", "ignore: {a: b}\n", "1 vocabulary.ignore type"),
    case("a word without a list", "names: {eaeu: EEU}\n", "1 vocabulary.names.eaeu type"),
    case("an empty word", "ignore: [the, '']\n", "1 vocabulary.ignore.2 empty"),
    case("a word that is a list", "synonyms: {loan: [[credit]]}\n", "1 vocabulary.synonyms.loan.1 type"),
    case("a word too long", f"ignore: [{'x' * 81}]\n", "1 vocabulary.ignore.1 too-long"),
    case("an empty section", "ignore:\n", "1 vocabulary.ignore empty"),
    case("a colon that is missing", "names:\n  two words: [a]\n  eaeu [EEU]\n  loan: [credit]\n", "3  colon"),
    case("a word twice", "names:\n  eaeu: [EEU]\n  eaeu: [EAEC]\n", "3 names.eaeu duplicate"),
]  # fmt: skip

# What is replaced in SEED, what by, and "line field code" of each problem.
BAD_SEEDS = [
    case("an unknown field", "short:", "shrot:", "2 riac-2019.shrot unknown-field"),
    case("no language", "language: en\n", "", "1 riac-2019.language missing-field"),
    case("an unknown language", "language: en", "language: fr", "8 riac-2019.language choice"),
    case("an invalid address", "url: https://council.example/en/trade/", "url: council", "6 riac-2019.url address"),
    case("a bad date", "published: 2019", "published: last year", "7 riac-2019.published date"),
    case("inferred as text", "standpoint: An", "inferred: title\nstandpoint: An", "9 riac-2019.inferred type"),
    case("a short name too long", "short: RIAC 2019", f"short: {'x' * 41}", "2 riac-2019.short too-long"),
    case("empty", SEED, "", "1 riac-2019.language missing-field", "1 riac-2019.publisher missing-field", "1 riac-2019.publisher_url missing-field",
         "1 riac-2019.short missing-field", "1 riac-2019.standpoint missing-field", "1 riac-2019.title missing-field"),
]  # fmt: skip


@pytest.mark.parametrize("parts", BAD_FACTS)
def test_a_mistake_in_a_fact_is_reported_with_line_field_and_code(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    old, new, *expected = parts
    assert (HEAD + SHARE).count(old) == 1
    problems = found(tmp_path, (HEAD + SHARE).replace(old, new))
    assert {p.place.file for p in problems} == {"facts/trade.yaml"}
    assert [short(p) for p in problems] == expected


@pytest.mark.parametrize("parts", BAD_VOCABULARIES)
def test_a_mistake_in_the_vocabulary_is_reported(tmp_path: Path, parts: tuple[str, ...]) -> None:
    content, *expected = parts
    assert [short(p) for p in found(tmp_path, vocabulary=content)] == expected


@pytest.mark.parametrize("parts", BAD_SEEDS)
def test_a_mistake_in_a_source_is_reported(tmp_path: Path, parts: tuple[str, ...]) -> None:
    old, new, *expected = parts
    assert [short(p) for p in found(tmp_path, seed_riac_2019=SEED.replace(old, new))] == expected


# Frequent mistakes of people who do not know YAML, with a part of the advice that they get.
ADVICE = [
    case("a colon after an apostrophe", "title: Share of Russia in the trade", "title: Belarus's plan: a loan",
         "7  quotes-needed", '"Belarus\'s plan: a loan"'),
    case("a colon in a continued line", "Russia took 49.5% of the trade in 2018.", "Russia took this\n    share: 49.5% of the trade in 2018.",
         "9  quotes-needed", '`statement` has a colon in it; expected straight quotation marks around the whole text: "Russia took this'),
    case("a colon in an ask", "[trade share]", "\n    - trade: the share", "12 trade-share-2018.asks.1 quotes-needed", '"trade: the share"'),
    case("a colon in an ask in brackets", "[trade share]", "[trade: the share]", "11 trade-share-2018.asks.1 quotes-needed", '"trade: the share"'),
    case("a quoted name at the beginning", "title: Share of Russia in the trade", 'title: "Redki" post: closed',
         "7  quotes-needed", "'\"Redki\" post: closed'"),
    case("curly quotation marks around a colon", "title: Share of Russia in the trade", "title: “Trade: the share”",
         "7  quotes-needed", '"Trade: the share"'),
    case("a field at the margin", "  title: Share", "title: Share", "7  margin", "two spaces"),
    case("the last field at the margin", "  evidence:\n    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n",
         "note: None\n", "12  margin", "two spaces"),
    case("a list of evidence at the margin", "    - source:", "- source:", "13  margin", "four spaces before it"),
    case("no space after the dash", "    - source: riac-2019", "    -source: riac-2019", "13  dash-space", "`- source: …`"),
    case("no dash", "    - source: riac-2019", "      source: riac-2019", "12 trade-share-2018.evidence type", "`- a` on lines below"),
    case("an indent of one", "  value:", " value:", "9  indent", "2 spaces before it"),
    case("an indent of three", "  value:", "   value:", "9  indent", "2 spaces before it"),
    case("an indent of five in evidence", "      quote:", "     quote:", "15  indent", "6 spaces before it"),
    case("a colon that is missing", "  value: 49.5%", "  value 49.5%", "9  colon", "lacks its colon"),
    case("an equals sign", "  value: 49.5%", "  value = 49.5%", "9  colon", "lacks its colon"),
    case("an id without its colon", "trade-share-2018:", "trade-share-2018", "5  margin", "with a colon"),
    case("a list whose items are not in one column", "[trade share]", "\n    - trade share\n   - share", "13  syntax", "does not fit the lines above"),
    case("a list in brackets cut off at a #", "[trade share]", "[trade share, the #1 partner]", "11  text-cut", "straight quotation marks"),
    case("a kind in another word", "kind: figure", "kind: statistic", "6 trade-share-2018.kind kind", "`kind: figure`"),
    case("a misspelt field", "  value:", "  valeu:", "9 trade-share-2018.valeu unknown-field", "`value`"),
    case("a field with a capital", "  title: Share", "  Title: Share", "7 trade-share-2018.Title unknown-field", "`title`"),
    case("a field of another kind instead of its own", "  as_of: 2018", "  date: 2018",
         "10 trade-share-2018.date unknown-field", "`as_of`"),
    case("a field that only another kind has", "  value:", "  role: share\n  value:", "9 trade-share-2018.role unknown-field", "but of `kind: actor`"),
    case("a Cyrillic letter in a source", "source: riac-2019", "source: riaс-2019",
         "13 trade-share-2018.evidence.1.source id", "cyrillic small letter es"),
    case("a misspelt source", "source: riac-2019", "source: raic-2019", "13 trade-share-2018.evidence.1.source unknown-source", "`riac-2019`"),
]  # fmt: skip


@pytest.mark.parametrize("parts", ADVICE)
def test_a_frequent_mistake_is_reported_once_with_its_cause_and_the_fix(
    tmp_path: Path, parts: tuple[str, ...]
) -> None:
    old, new, expected, advice = parts
    assert (HEAD + SHARE).count(old) == 1
    (problem,) = found(tmp_path, (HEAD + SHARE).replace(old, new))
    assert short(problem) == expected
    assert advice in problem.advice


def test_a_wrong_kind_does_not_hide_the_other_mistakes_of_the_record(tmp_path: Path) -> None:
    text = (
        PLANT.replace("kind: date", "kind: event")
        .replace("2013-11", "November 2013", 1)
        .replace("quote: began", "quote: ")
    )
    problems = found(tmp_path, HEAD + text.replace("date: 2013-11", "date: 2013-13"))
    assert {p.code for p in problems} >= {"kind", "date"}


def test_a_hash_that_may_cut_a_text_is_a_warning(tmp_path: Path) -> None:
    base = load(tmp_path, (HEAD + SHARE).replace("title: Share of Russia", "title: Share of Russia # 1"))
    assert [short(w) for w in base.warnings] == ["7 trade-share-2018.title text-cut"]


def test_a_reference_to_nothing_offers_the_nearest_id(tmp_path: Path) -> None:
    share = SHARE.replace("  asks:", "  actors: [lendin-bank]\n  asks:")
    (problem,) = found(tmp_path, HEAD + share + BANK)
    assert (problem.code, problem.expected) == ("unknown-id", "`lending-bank`")


def test_a_renamed_fact_is_one_problem_at_its_record(tmp_path: Path) -> None:
    names = ("plant-begun", "share-two", "share-three")
    others = [
        SHARE.replace("trade-share-2018", n).replace("  asks:", "  see_also: [old]\n  asks:")
        for n in names[1:]
    ]
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
    facts = write(tmp_path, HEAD + SHARE)
    (facts / "questions").mkdir()
    for name in ("trade", "unanswered"):
        (facts / "questions" / f"{name}.yaml").write_text("trade-share-2017: [how much]\n", encoding="utf-8")
    (problem,) = problems_in(facts)
    assert problem.code == "unknown-id"
    assert (
        "`trade-share-2018`; if the fact was renamed, the line `former_ids: [trade-share-2017]`"
        in problem.expected
    )


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
    (fact,) = load(
        tmp_path,
        (HEAD + SHARE).replace("[trade share]", f"[x {text}]").replace("section: Trends", f"section: {text}"),
    ).facts
    assert fact.evidence[0].section == text


def test_a_file_over_a_megabyte_is_not_read(tmp_path: Path) -> None:
    assert [short(p) for p in found(tmp_path, b"# long\n" * 150_000)] == ["1  file"]


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
    facts = write(tmp_path)
    (facts / "questions").mkdir()
    file = facts / "questions" / "trade.yaml"
    file.write_text("trade-share-2018:\n  - how much trade is with Russia\n", encoding="utf-8")
    assert load_fact_base(facts).questions == {"trade-share-2018": ("how much trade is with Russia",)}
    unanswered = facts / "questions" / "unanswered.yaml"
    unanswered.write_text("trade-share-2018:\n  - why is it so high\n", encoding="utf-8")
    assert load_fact_base(facts).unanswered == {"trade-share-2018": ("why is it so high",)}
    unanswered.unlink()
    file.write_text("trade-share-2017: [a]\nplant:\n", encoding="utf-8")
    assert [(p.place.file, short(p)) for p in problems_in(facts)] == [
        ("facts/questions/trade.yaml", "1 trade-share-2017 unknown-id"),
        ("facts/questions/trade.yaml", "2 plant empty"),
        ("facts/questions/trade.yaml", "2 plant unknown-id"),
    ]


def test_a_fact_may_say_what_it_answers(tmp_path: Path) -> None:
    answers = "  answers:\n    types: [how_much]\n    giver: Russia\n    receiver: Belarus\n"
    (fact,) = load(tmp_path, HEAD + SHARE.replace("  evidence:", answers + "  evidence:")).facts
    assert fact.answers is not None
    assert (fact.answers.types, fact.answers.giver, fact.answers.receiver) == (
        ("how_much",),
        "Russia",
        "Belarus",
    )
    wrong = answers.replace("how_much", "how_come").replace("giver", "gvier")
    problems = found(tmp_path, HEAD + SHARE.replace("  evidence:", wrong + "  evidence:"))
    assert [short(p) for p in problems] == [
        "13 trade-share-2018.answers.types.1 choice", "14 trade-share-2018.answers.gvier unknown-field",
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
    def version(name: str, **files: str) -> str:
        (tmp_path / name).mkdir()
        return load(tmp_path / name, **files).version

    assert version("a") == version("b")
    assert (
        len({version("c"), version("d", vocabulary="ignore: [the]"), version("e", facts=HEAD + SHARE + "#")})
        == 3
    )


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
