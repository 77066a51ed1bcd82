"""A message beside the facts: sentences, figures, and which facts a sentence is about."""

from __future__ import annotations

import pytest

from bot.core.feedback.message_check import MESSAGE_LENGTH, check_message, fact_figures, figures, sentences
from bot.core.search import SearchEngine
from tests.support.facts import small_finder


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("It was $1.5 billion in 2018. Then 49.5% more.", ["It was $1.5 billion in 2018.", "Then 49.5% more."]),
        ("Mr. Smith met Gen. Lute in St. Petersburg at 5 p.m. today.", ["Mr. Smith met Gen. Lute in St. Petersburg at 5 p.m. today."]),
        ("The U.S. Army left. It rained.", ["The U.S. Army left.", "It rained."]),
        ("В 2018 г. Россия взяла 49,5%. Это 35 млрд. долларов.", ["В 2018 г. Россия взяла 49,5%.", "Это 35 млрд. долларов."]),
        ("- one thing\n* two things\n1. three\n(2) four\n> five\n• six", ["one thing", "two things", "three", "four", "five", "six"]),
        ("See https://x.example/a.b?c=D. Next one", ["See.", "Next one"]),
        ("Twice\nTwice\n\n \n", ["Twice"]),
        ("12:30\n!!!\n🎉", []),
        ("“He left.” She stayed.", ["“He left.”", "She stayed."]),
        ("", []),
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
        ("12 млн долларов и 3,5 процента", ["12 млн долларов", "3,5 процента"]),
        ("$12bn, €5m and 35,4млрд долларов", ["$12bn", "€5m", "35,4млрд долларов"]),
        ("10 000 jobs in 2018 100 km away", ["10 000", "2018", "100"]),
        ("half of it, a third of that", ["half", "a third"]),
        ("5 million people, 5 million people", ["5 million"]),
        ("the S-400, COVID19 and v1x", ["400"]),
        ("no figure", []),
    ],
)
def test_figures_are_taken_as_they_are_written(text: str, found: list[str]) -> None:
    assert list(figures(text)) == found


def test_the_figures_of_each_kind_of_fact() -> None:
    base = small_finder().base
    assert fact_figures(base.by_id["trade-share-2018"]) == ("49.5%", "2018")
    assert fact_figures(base.by_id["airbase-opened"]) == ("4 November 2021",)
    assert fact_figures(base.by_id["envoy-on-airbase"]) == ("2015",)


def test_a_wrong_figure_does_not_hide_the_fact_that_the_sentence_is_about(finder: SearchEngine) -> None:
    (claim,) = check_message("Russia accounts for 60% of Belarusian foreign trade.", finder.ask).claims
    assert claim.figures == ("60%",)
    assert claim.facts[0].fact.series == "russia-share-of-foreign-trade"
    assert claim.facts[0].figures[0] == "49.5%"


def test_the_year_of_a_sentence_chooses_among_the_times_of_a_series(finder: SearchEngine) -> None:
    for year, fact_id in (
        ("2015", "russia-share-of-foreign-trade-2015"),
        ("2018", "russia-share-of-foreign-trade-2018"),
    ):
        (claim,) = check_message(
            f"In {year} Russia's share of Belarus's foreign trade was 70%.", finder.ask
        ).claims
        assert claim.facts[0].fact.id == fact_id


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Russia took 49.5% of Belarus's foreign trade in 2018, and 28 union programmes were approved in 2021.", [(("49.5%", "2018"), "russia-share-of-foreign-trade-2018"), (("28", "2021"), "union-programmes-28-2021")]),
        ("Trade with China grew by 94.7% in early 2019; trade with the EU fell by 10.4%.", [(("94.7%", "2019"), "china-trade-growth-2019"), (("10.4%",), "eu-trade-fall-2019")]),
        ("Доля Украины в торговле Беларуси 7,6%, но доля России 60%.", [(("7,6%",), "ukraine-share-of-foreign-trade-2018"), (("60%",), "russia-share-of-foreign-trade-2018")]),
        # A clause that says too little by itself stays with the others.
        ("In Russia 82% of those over 55 support integration, and 67% of those under 34 do.", [(("82%", "55", "67%", "34"), "russia-over-55-support-2017")]),
    ],
)  # fmt: skip
def test_each_of_a_sentences_claims_is_laid_beside_its_own_fact(
    finder: SearchEngine, text: str, claims: list[tuple[tuple[str, ...], str]]
) -> None:
    comparison = check_message(text, finder.ask)
    assert [(c.figures, c.facts[0].fact.id) for c in comparison.claims] == claims
    assert (comparison.touched, comparison.sentences) == (1, 1)


@pytest.mark.parametrize(
    ("sentence", "fact_id"),
    [
        ("China took 5.1% of Belarus trade", "china-share-of-foreign-trade-2018"),
        ("China took 6.2% of Belarus trade", "china-share-of-foreign-trade-2019"),
        ("The EU's share fell to 23%", "eu-share-of-foreign-trade-2019"),
        ("Only 50% of Belarusians over 55 support integration.", "belarus-over-55-support-2017"),
        ("In Belarus 48% of people under 34 support integration.", "belarus-under-34-support-2017"),
        ("4,500 US soldiers are already in Poland.", "us-troops-poland-existing-2019"),
        ("Belarus and Russia signed 28 union programmes on November 4, 2021", "union-programmes-28-2021"),
        ("Россия занимает 60% торговли Беларуси", "russia-share-of-foreign-trade-2018"),
        ("В 2018 году товарооборот Беларуси с Россией составил 40 млрд долларов.", "trade-with-russia-2018"),
        ("The nuclear plant was built with a Russian loan of $12bn.", "nuclear-plant-loan-2019"),
    ],
)  # fmt: skip
def test_among_facts_of_like_words_figures_of_the_sort_and_equal_numbers_lead(
    finder: SearchEngine, sentence: str, fact_id: str
) -> None:
    (claim,) = check_message(sentence, finder.ask).claims
    assert claim.facts[0].fact.id == fact_id


@pytest.mark.parametrize("share", ["5.1%", "6.2%", "80%"])
def test_an_equal_number_hides_no_other_time_of_the_series(finder: SearchEngine, share: str) -> None:
    (claim,) = check_message(f"China took {share} of Belarus trade", finder.ask).claims
    assert {touched.figures[0] for touched in claim.facts} == {"5.1%", "6.2%"}


@pytest.mark.parametrize(
    "sentence",
    [
        "The nuclear plant was financed by a Russian loan of $12 billion.",
        "The 30 union programmes were approved on 5 November 2021 by the Supreme State Council.",
        "Gazprom owns Beltransgaz.",
        "Trade with the EU fell by 5% in 2019.",
        "The referendum on the constitution took place in February 2023.",
    ],
)
def test_sentences_about_the_subject_touch_facts(finder: SearchEngine, sentence: str) -> None:
    (claim,) = check_message(sentence, finder.ask).claims
    assert 1 <= len(claim.facts) <= 2


@pytest.mark.parametrize(
    "message",
    [
        "Lunch at 12?",
        "Can someone review my pull request? It changes 14 files.",
        "Has anyone seen the new coffee machine on the 3rd floor?",
        "We moved the meeting to Thursday because of the holiday in Belarus.",
        "The weather in Minsk was awful today. My flight to Moscow was delayed by three hours.",
        "Please find attached the invoice for October.",
        "We trade stories about our children every Friday.",
        "The share of people who like the new logo is 49.5%.",
        "The loan for our office building was approved.",
        "Thanks Olga, see you tomorrow. Happy birthday!",
        "Our energy costs rose 12% this year.",
        "Sales in Russia rose by 10%, and sales in China fell by 5%.",
        "Our Polish office has 4,500 employees, but only 1,000 desks.",
        "NATO!",
        "",
    ],
)
def test_what_people_say_at_work_touches_none(finder: SearchEngine, message: str) -> None:
    assert check_message(message, finder.ask).claims == ()


def test_a_long_message_is_read_to_its_limit_and_says_so(finder: SearchEngine) -> None:
    line = "Gazprom owns Beltransgaz, number {}.\n"
    text = "".join(line.format(n) for n in range(1000))
    comparison = check_message(text, finder.ask)
    assert comparison.cut
    assert 0 < comparison.sentences < MESSAGE_LENGTH / len(line)
    assert not check_message(text[:MESSAGE_LENGTH], finder.ask).cut
