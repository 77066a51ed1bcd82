"""Checking a message: its sentences, its figures, and the facts they are about."""

import pytest

from bot.core.feedback.message_check import MESSAGE_LENGTH, check_message, fact_figures, figures, sentences
from bot.core.search import SearchEngine
from tests.support.facts import small_finder


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("It was $1.5 billion in 2018. Then 49.5% more.", ["It was $1.5 billion in 2018.", "Then 49.5% more."]),
        ("В 2018 г. Россия взяла 49,5%. Это 35 млрд. долларов.", ["В 2018 г. Россия взяла 49,5%.", "Это 35 млрд. долларов."]),
        ("- one thing\n* two things\n1. three\n(2) four\n> five\n• six", ["one thing", "two things", "three", "four", "five", "six"]),
        ("See https://x.example/a.b?c=D. Next one", ["See.", "Next one"]),
        ("12:30\n!!!\n🎉", []),
    ],
)  # fmt: skip
def test_sentences(text: str, parts: list[str]) -> None:
    assert list(sentences(text)) == parts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("about $35.4 billion, 9.4% more than in 2017", ["$35.4 billion", "9.4%", "2017"]),
        ("between 45–50 percent and 1,880 types", ["45–50 percent", "1,880"]),
        ("on 4 November 2021 and in May 2015", ["4 November 2021", "May 2015"]),
        ("$12bn, €5m and 35,4млрд долларов", ["$12bn", "€5m", "35,4млрд"]),
        ("10 000 jobs in 2018 100 km away", ["10 000", "2018", "100"]),
        ("the S-400, COVID19 and v1x", ["400"]),
    ],
)
def test_figures_are_taken_as_they_are_written(text: str, found: list[str]) -> None:
    assert list(figures(text)) == found


def test_the_figures_of_each_kind_of_fact() -> None:
    base = small_finder().base
    assert fact_figures(base.by_id["trade-share-2018"]) == ("49.5%", "2018")
    assert fact_figures(base.by_id["airbase-opened"]) == ("4 November 2021",)
    assert fact_figures(base.by_id["envoy-on-airbase"]) == ("2015",)


RUSSIA, RUSSIA_2015 = "russia-share-of-foreign-trade-2018", "russia-share-of-foreign-trade-2015"


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # a wrong figure does not hide the fact that the sentence is about
        ("Russia accounts for 60% of Belarus's foreign trade.", [(("60%",), RUSSIA)]),
        ("The nuclear power plant was financed by a Russian loan of $12 billion.", [(("$12 billion",), "nuclear-plant-loan-2015")]),
        ("The 30 union programmes were approved on 5 November 2021 by the Supreme State Council.", [(("30", "5 November 2021"), "supreme-state-council-2021-11-04")]),
        # the year of a sentence chooses among the times of a series
        ("In 2015 Russia's share of Belarus's foreign trade was 70%.", [(("2015", "70%"), RUSSIA_2015)]),
        ("In 2018 Russia's share of Belarus's foreign trade was 70%.", [(("2018", "70%"), RUSSIA)]),
        # among facts of like words, figures of the sort and equal numbers lead
        ("Trade with Russia was $35.4 billion in 2018", [(("$35.4 billion", "2018"), "trade-with-russia-2018")]),
        ("Trade with Russia grew by 9.4% in 2018", [(("9.4%", "2018"), "trade-with-russia-growth-2018")]),
        # each claim of a sentence leads to a different fact
        ("China's share of Belarus's foreign trade was 5.1%; Ukraine's share of the trade was 60%.",
         [(("5.1%",), "china-share-of-foreign-trade-2018"), (("60%",), "ukraine-share-of-foreign-trade-2018")]),
        ("Russia took 49.5% of Belarus's foreign trade in 2018, and Putin and Lukashenko approved 28 union programmes in 2021.",
         [(("49.5%", "2018"), RUSSIA), (("28", "2021"), "supreme-state-council")]),
    ],
)  # fmt: skip
def test_each_claim_leads_to_its_fact(
    finder: SearchEngine, text: str, claims: list[tuple[tuple[str, ...], str]]
) -> None:
    comparison = check_message(text, finder.ask)
    assert [(c.figures, c.facts[0].fact.id) for c in comparison.claims] == claims
    assert (comparison.touched, comparison.sentences) == (1, 1)


@pytest.mark.parametrize(
    "message",
    [
        "Lunch at 12?",
        "Can someone review my pull request? It changes 14 files.",
        "We trade stories about our children every Friday.",
        "The share of people who like the new logo is 49.5%.",
        "The loan for our office building was approved.",
        "Sales in Russia rose by 10%, and sales in China fell by 5%.",
        "NATO!",
        "",
    ],
)
def test_everyday_messages_match_no_fact(finder: SearchEngine, message: str) -> None:
    assert check_message(message, finder.ask).claims == ()


def test_a_long_message_is_read_to_its_limit_and_says_so(finder: SearchEngine) -> None:
    line = "Rosatom built the nuclear power plant, number {}.\n"
    text = "".join(line.format(n) for n in range(1000))
    comparison = check_message(text, finder.ask)
    assert comparison.cut
    assert 0 < comparison.sentences < MESSAGE_LENGTH / len(line)
    assert not check_message(text[: 10 * len(line)], finder.ask).cut
