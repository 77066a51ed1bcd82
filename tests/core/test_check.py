"""What `check` says of a base that loads: series, wording, look-alikes, and how much it looked at."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bot.core.check import check, check_base, unit_of
from tests.core.small import ALL, ARTICLE, DOUBT, HEAD, PLANT, SHARE, load, write

LATER = (
    SHARE.replace("trade-share-2018", "trade-share-2019").replace("2018", "2019").replace("[trade share]", "[share 2019]")
    .replace("Share of Russia in the trade", "Russian part of commerce")
    .replace("  value: 49.5%", "  series: trade-share\n  value: 49.5%")
)  # fmt: skip
SERIES = HEAD + SHARE.replace("  value: 49.5%", "  series: trade-share\n  value: 49.5%") + "\n" + LATER


def told(folder: Path, facts: str, **files: str) -> tuple[list[str], list[str]]:
    report = check_base(load(folder, facts, **files))
    return [str(p) for p in report.problems], [str(w) for w in report.warnings]


def test_a_series_of_one_quantity_at_different_times_is_right(tmp_path: Path) -> None:
    assert told(tmp_path, SERIES) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  series: trade-share\n  value: 49.5%\n  as_of: 2018", "  value: 49.5%\n  as_of: 2018",
         "facts/trade.yaml:21: trade-share-2019.series: found “trade-share” with one member; "
         "wanted two members or no series"),
        ("  as_of: 2019", "  as_of: 2018",
         "facts/trade.yaml:22: trade-share-2019.series: found the same time as trade-share-2018 (2018); "
         "wanted different times within the series trade-share"),
    ],
    ids=["one member", "the same time"],
)  # fmt: skip
def test_a_series_that_is_none_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert SERIES.count(old) == 1
    problems, _ = told(tmp_path, SERIES.replace(old, new))
    assert len(problems) == 1
    assert problems[0].endswith(message)


def test_a_series_of_two_units_is_told_at_the_member_that_differs_or_at_both(tmp_path: Path) -> None:
    two = SERIES.replace("  value: 49.5%\n  as_of: 2019", "  value: $49.5 billion\n  as_of: 2019")
    wanted = "wanted one unit throughout the series trade-share, not '$ billion' or '%'"
    odd = f"facts/trade.yaml:23: trade-share-2019.value: found “$49.5 billion”; {wanted}"
    assert told(tmp_path, two)[0] == [
        f"facts/trade.yaml:10: trade-share-2018.value: found “49.5%”; {wanted}",
        odd,
    ]
    third = (
        LATER.replace("2019", "2017").replace("Russian part", "The part").replace("riac-2017", "riac-2019")
    )
    assert told(tmp_path, f"{two}\n{third}")[0] == [odd]


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("49.5%", "%"),
        ("about 45–50%", "%"),
        ("over $10 billion", "$ billion"),
        ("$1,880.5 billion", "$ billion"),
        ("28 programmes", "programmes"),
        ("about a third", ""),
    ],
)
def test_a_unit_is_what_a_value_counts(value: str, unit: str) -> None:
    assert unit_of(value) == unit


@pytest.mark.parametrize("word", ["It", "They", "He", "This", "Its", "We"])
def test_a_statement_that_begins_with_a_pronoun_is_told(tmp_path: Path, word: str) -> None:
    problems, _ = told(tmp_path, HEAD + SHARE.replace("Russia took", f"{word} took"))
    assert problems == [
        f"facts/trade.yaml:8: trade-share-2018.statement: found “{word}” at the beginning; "
        "wanted a noun: the statement stands alone"
    ]


@pytest.mark.parametrize("word", ["Itself", "Italy", "Hertz", "Weapons", "Thistle", "Ours"])
def test_a_noun_that_only_begins_like_a_pronoun_is_none(tmp_path: Path, word: str) -> None:
    assert told(tmp_path, HEAD + SHARE.replace("Russia took", f"{word} took")) == ([], [])


@pytest.mark.parametrize(
    "end", ["in 2018.", "in 2018!", "in 2018?", "in 2018 (an estimate.)", "in 2018, a “half.”", "in a “half”"]
)
def test_a_statement_ends_as_a_sentence_does(tmp_path: Path, end: str) -> None:
    assert told(tmp_path, HEAD + SHARE.replace("in 2018.", end)) == ([], [])


def test_a_statement_that_breaks_off_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, HEAD + SHARE.replace("in 2018.", "with Belarus's"))[0] == [
        "facts/trade.yaml:8: trade-share-2018.statement: found “trade with Belarus's” at the end; "
        "wanted a whole sentence, with its full stop"
    ]


@pytest.mark.parametrize("holder", ["experts", "Many experts", "the bot", "some unnamed officials"])
def test_an_attribution_to_nobody_in_particular_is_told(tmp_path: Path, holder: str) -> None:
    assert told(tmp_path, HEAD + DOUBT.replace("Vera Petrova", holder))[0] == [
        f"facts/trade.yaml:8: petrova-doubts.attribution: found “{holder}”; "
        "wanted a person or body by name, or by whose report: “many experts, as reported by …”"
    ]


def test_unnamed_experts_whom_somebody_reports_are_an_attribution(tmp_path: Path) -> None:
    reported = DOUBT.replace("Vera Petrova", "many experts, as reported by Vera Petrova")
    assert told(tmp_path, HEAD + reported) == ([], [])


def test_a_look_that_is_still_to_come_is_told_of_a_fact_and_of_a_topic(tmp_path: Path) -> None:
    head = HEAD.replace("with whom.", "with whom.\n  checked: 2026-11-25")
    base = load(tmp_path, head + SHARE.replace("  asks:", "  checked: 2062-11-23\n  asks:"))
    fact = (
        "facts/trade.yaml:12: trade-share-2018.checked: found “2062-11-23”; "
        "wanted a day that has been: the day of the last look"
    )
    topic = "facts/trade.yaml:4: topic.checked: found “2026-11-25”; wanted a day that has been: the day of the last look"
    for today, expected in ((23, [topic, fact]), (24, [fact])):  # it may be tomorrow already where they write
        report = check_base(base, today=datetime.date(2026, 11, today))
        assert [str(p) for p in report.problems] == expected


@pytest.mark.parametrize(
    ("record", "time", "later"),
    [
        (SHARE, "as_of: 2018", ("2081", "2020", "2018/2020-01")),
        (PLANT, "date: 2013-11", ("2081", "2020-01-01", "2013/2020")),
    ],
    ids=["as_of", "date"],
)
def test_a_time_that_no_article_could_know_was_expected_or_is_a_problem(
    tmp_path: Path, record: str, time: str, later: tuple[str, ...]
) -> None:
    field = time.split(":")[0]
    for when in later:
        facts = HEAD + record.replace(time, f"{field}: {when}").replace("November 2013", "November")
        (problem,), warnings = told(tmp_path, facts)
        assert f".{field}: found “{when}”, later than what it rests on; " in problem
        assert warnings == []
        assert told(tmp_path, facts.replace("  evidence:", "  expected: true\n  evidence:")) == ([], [])
    for when in ("2019-12", "2019", "2015/2019"):
        facts = HEAD + record.replace(time, f"{field}: {when}").replace("November 2013", "November")
        assert told(tmp_path, facts) == ([], [])


LOADED = "loaded: [regime, so-called]\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("The regime took 49.5%", "statement"),
        ("The Regime’s friends took 49.5%", "statement"),
        ("The so–called regime", "title"),
    ],
)
def test_a_loaded_term_in_our_own_voice_is_told(tmp_path: Path, text: str, field: str) -> None:
    old = "Russia took 49.5%" if field == "statement" else "Share of Russia in the trade"
    problems, _ = told(tmp_path, HEAD + SHARE.replace(old, text), vocabulary=LOADED)
    assert problems
    for problem in problems:
        assert f"trade-share-2018.{field}: found “" in problem
        assert problem.endswith("wanted the loaded term in quotation marks, or a neutral word")


@pytest.mark.parametrize(
    "text",
    [
        "The “regime” took 49.5%",
        'A "so-called regime" took',
        "The ‘regime’ took",
        "«regime» took",
        "Regimes took",
    ],
)
def test_a_loaded_term_in_quotation_marks_is_somebody_elses(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, HEAD + SHARE.replace("Russia took", text), vocabulary=LOADED) == ([], [])


def test_titles_that_are_much_alike_are_a_warning_with_both_places(tmp_path: Path) -> None:
    alike = PLANT.replace("The plant is begun", "Share of the Russia in trade")
    problems, warnings = told(tmp_path, HEAD + SHARE + "\n" + alike)
    assert problems == []
    assert warnings == [
        "facts/trade.yaml:19: plant-begun.title: found “Share of the Russia in trade”, much like trade-share-2018 at "
        "facts/trade.yaml:7; wanted titles that tell the two apart, or one record"
    ]


def test_an_ask_that_two_facts_have_is_a_warning_with_both_places(tmp_path: Path) -> None:
    same = PLANT.replace("  date:", "  asks: [begun, Shares trade]\n  date:")
    shared = SHARE.replace("[trade share]", "[russia, trade share]")
    _, warnings = told(tmp_path, HEAD + shared + "\n" + same)
    assert warnings == [
        "facts/trade.yaml:21: plant-begun.asks: found “Shares trade”, which trade-share-2018 at facts/trade.yaml:11 has too "
        "(“trade share”); wanted an ask that leads to one fact"
    ]


def test_members_of_a_series_may_share_titles_and_asks(tmp_path: Path) -> None:
    alike = SERIES.replace("Russian part of commerce", "Share of Russia in the trade").replace(
        "share 2019", "trade share"
    )
    assert told(tmp_path, alike) == ([], [])


def test_a_check_counts_what_it_looked_at(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "riac-2019.txt").write_text(ARTICLE)
    report = check(facts, texts)
    assert report.problems == report.warnings == ()
    assert report.counts == {
        "kind": {"figure": 1, "date": 1, "actor": 1, "position": 1},
        "topic": {"trade": 4},
        "article": {"riac-2019": 4},
    }
    assert (report.quotes, report.figures) == (4, 1)
    assert check(facts).quotes is None


def test_a_check_of_what_does_not_load_reports_instead_of_raising(tmp_path: Path) -> None:
    report = check(write(tmp_path, HEAD + DOUBT.replace("  attribution: Vera Petrova\n", "")))
    assert [str(p) for p in report.problems] == [
        "facts/trade.yaml:5: petrova-doubts.attribution: found no such field; "
        "wanted a line `attribution: …`, which is required"
    ]
    assert report.counts == {}


def test_what_lies_beside_the_files_and_is_not_read_is_told(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    for name in ("transport.yml", "energy.yaml.txt", "China.YAML", "notes.txt", ".draft.yml", "trade.yaml~"):
        (facts / name).write_text("x", encoding="utf-8")
    (facts / "more").mkdir()
    (tmp_path / "seeds" / "bisr-2024.yml").write_text("x", encoding="utf-8")
    told_ = [
        "facts/China.YAML:1: found a file that is not read: its name ends in .YAML; wanted China.yaml as its name",
        "facts/energy.yaml.txt:1: found a file that is not read: its name ends in .yaml.txt; wanted energy.yaml as its name",
        "facts/more:1: found a folder, in which nothing is read; wanted its files in facts/ itself",
        "facts/transport.yml:1: found a file that is not read: its name ends in .yml; wanted transport.yaml as its name",
        "seeds/bisr-2024.yml:1: found a file that is not read: its name ends in .yml; wanted bisr-2024.yaml as its name",
    ]
    assert [str(p) for p in check(facts).problems] == told_
    (facts / "trade.yaml").write_text(
        "- x", encoding="utf-8"
    )  # nor are they forgotten where the facts do not load
    assert set(told_) < {str(p) for p in check(facts).problems}
