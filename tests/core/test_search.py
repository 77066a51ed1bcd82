"""Questions find the right facts and nothing else, on a small base and as properties of a larger one."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts.base import FactBase, same_series
from bot.core.search import SearchEngine
from bot.core.search.normalise import own_words
from bot.core.search.results import Answer, Choices, NoAnswer, Outcome
from tests.core import small

FACTS = """\
topic:
  title: Trade and energy
  about: What the tests ask about.

russia-share-2015:
  kind: figure
  title: Russia's share of Belarus's foreign trade
  statement: Russia took about half of Belarus's foreign trade in 2015.
  value: about half
  as_of: 2015-12
  series: russia-share
  asks: [доля России в торговле]
  evidence: [{source: riac-2019, quote: about half of}]

russia-share-2018:
  kind: figure
  title: Russia's share of Belarus's foreign trade
  statement: Russia took 49.5% of Belarus's foreign trade in 2018.
  value: 49.5%
  as_of: 2018
  series: russia-share
  asks: [trade share]
  evidence: [{source: riac-2019, quote: 49.5 percent of}]

china-share-2018:
  kind: figure
  title: China's share of Belarus's foreign trade
  statement: China took 5.1% of Belarus's foreign trade in 2018.
  value: 5.1%
  as_of: 2018
  asks: [how much of the trade is with China]
  evidence: [{source: riac-2019, quote: 5.1 percent of}]

plant-loan:
  kind: figure
  title: Russian loan for the nuclear power plant
  statement: The nuclear power plant is financed by a Russian loan of $10 billion.
  value: $10 billion
  as_of: 2015
  asks: [who financed the reactor, кредит на АЭС]
  evidence: [{source: riac-2019, quote: loan of billions}]

programmes-approved:
  kind: date
  title: Union programmes approved
  statement: The Supreme State Council approved the union programmes on 4 November 2021.
  date: 2021-11-04
  asks: [approval of the programmes]
  evidence: [{source: riac-2019, quote: programmes were approved}]

programmes-number:
  kind: figure
  title: Number of union programmes
  statement: The Supreme State Council approved 28 union programmes.
  value: 28 programmes
  as_of: 2021
  asks: [approval of 28 programmes]
  evidence: [{source: riac-2019, quote: 28 programmes were}]

airbase:
  kind: position
  title: An airbase would not change the balance of forces
  attribution: Douglas E. Lute
  statement: Lute said in 2015 that an airbase would not change the balance of forces.
  as_of: 2015
  asks: [Lute on the airbase]
  evidence: [{source: riac-2019, quote: an airbase would}]

lute:
  kind: actor
  title: Douglas E. Lute
  role: United States Ambassador to NATO
  statement: Douglas E. Lute was the United States Ambassador to NATO in 2015.
  as_of: 2015
  asks: [ambassador to NATO]
  evidence: [{source: riac-2019, quote: Ambassador of the}]

drill:
  kind: date
  title: Exercise in Belarus
  statement: A military exercise was held in Belarus in September 2017, and Poland protested.
  date: 2017-09
  asks: [manoeuvres of 2017, popular in Belarus]
  evidence: [{source: riac-2019, quote: exercise was held}]
"""

VOCABULARY = """\
names:
  Belarus: [Belarusian, Беларусь, Белоруссия, белорусский]
  Russia: [Russian, Россия, российский]
  China: [Chinese, Китай, китайский]
  Poland: [Polish, Польша]
  Lute: [Люте, Lyut]
  nuclear power plant: [NPP, АЭС, BelNPP]
synonyms:
  loan: [credit, lending, кредит]
  share: [portion, доля]
  trade: [commerce, торговля]
  exercise: [drill, war games]
ignore: [the, of, a, is, in, on, to, for, was, were, with, how, who, when, what, much, many, at, and, one, would, be, it, hello,
  hi, please, can you tell me, i am writing a paper, thanks, с, в, на, какая, что, about, did, say]
light: [happen, people]
asked: [price, length, population, cost, old, цена]
"""


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    return SearchEngine(small.load(tmp_path_factory.mktemp("base"), FACTS, vocabulary=VOCABULARY))


def led_by(outcome: Outcome) -> str:
    return outcome.fact.id if isinstance(outcome, Answer) else outcome.status


FOUND = {
    # words in any order, case, accents, punctuation, possessives
    "trade share": "russia-share-2018",
    "SHARE, trade!": "russia-share-2018",
    "nuclear-power plant’s loan": "plant-loan",
    # synonyms, names, transliterations, two alphabets
    "credit for the BelNPP": "plant-loan",
    "Russian loan for the nuclear power plant": "plant-loan",
    "кредит на АЭС": "plant-loan",
    "Chinese portion of Belarusian commerce": "china-share-2018",
    "Lyut on the airbase": "airbase",
    # typing errors, joined and split words
    "nuclaer plant laon": "plant-loan",
    "air base balance of forces": "airbase",
    "ambasador to nato": "lute",
    # the latest of a series, unless a time is named
    "Russia's share of Belarus's foreign trade": "russia-share-2018",
    "russia share of trade 2015": "russia-share-2015",
    # the kind that the question word asks for
    "when were the union programmes approved": "programmes-approved",
    "how many union programmes": "programmes-number",
    # dates: years, months and seasons
    "exercise september 2017": "drill",
    "belarus exercise autumn 2017": "drill",
    # a month or a day that one event has to itself
    "september 2017": "drill",
    "4 November 2021": "programmes-approved",
    # a word with two letters exchanged
    "nuclear laon": "plant-loan",
    # a question among pleasantries
    "hello, can you tell me please, i am writing a paper: who financed the reactor? thanks": "plant-loan",
}


@pytest.mark.parametrize("question", FOUND)
def test_it_is_found(little: SearchEngine, question: str) -> None:
    outcome = little.ask(question)
    assert led_by(outcome) == FOUND[question], outcome.reason


NOT_ANSWERED = {
    "kazakhstan trade share": "",
    "population of belarus": "unknown",  # an attribute, which is not guessed to be another word (popular)
    "price of the nuclear power plant loan": "doubt",
    "length of the exercise in belarus in 2017": "",
    "airbase programmes": "doubt",
    "how old is Lute the ambassador to nato": "doubt",
    "how many nuclear power plants": "doubt",
    "how many loans for the power plant": "doubt",
    "how many exercises with a loan for the plant": "doubt",
    "year of the loan for the nuclear power plant": "doubt",
    "november": "",
    "russia share of foreign trade 1998": "",
    "49.7% foreign trade share": "",
    "china loan for the nuclear power plant": "doubt",
    "who was ambassador to poland": "",
    "2018": "",
    "when was the loan for the nuclear power plant": "doubt",
    "how many airbase balance of forces": "doubt",
    "chocolate cake recipe": "",
    "!!! *** ~~~": "no_words",
    "": "no_words",
    "the of a": "no_words",
}


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_it_is_not_answered(little: SearchEngine, question: str) -> None:
    outcome = little.ask(question)
    assert not isinstance(outcome, Answer), outcome.fact.id
    assert outcome.rejection is not None
    assert outcome.rejection.code == (NOT_ANSWERED[question] or outcome.rejection.code)


def test_a_base_about_something_else_has_its_own_subject(tmp_path: Path) -> None:
    facts = small.HEAD + small.SHARE.replace("Russia", "Lutetia").replace("trade", "honey")
    site = "name: Apiary\nsubject: bees\nexamples: [honey share]\n"
    engine = SearchEngine(small.load(tmp_path, facts, site=site))
    assert engine.base.site.subject == "bees"
    assert all(led_by(engine.ask(example)).endswith("-share-2018") for example in engine.base.site.examples)
    assert engine.ask("nuclear plant").status == "none"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("04.11.2021", "programmes-approved"),
        ("2021-11-04", "programmes-approved"),
        ("ljkz hjccbb d njhujdkt", "russia-share-2015"),  # the other keyboard layout
        ("dolya rossii v torgovle", "russia-share-2015"),  # Russian in Latin letters
        ("расійскія", "russia-share-2018"),  # Belarusian: «российский»
    ],
)
def test_dates_layouts_and_other_spellings_are_read(little: SearchEngine, typed: str, meant: str) -> None:
    assert little.ask(typed).hits[0].fact.id == meant


@pytest.mark.parametrize(
    "typed", ["help!", "halp", "помощь", "памагите", "что ты умеешь?", "what can you do"]
)
def test_help_is_recognised(little: SearchEngine, typed: str) -> None:
    outcome = little.ask(typed)
    assert isinstance(outcome, NoAnswer)
    assert outcome.talk == "talk"


def test_a_question_that_is_listed_as_unanswered_gets_no_answer(little: SearchEngine) -> None:
    question = "credit for the BelNPP"
    base = dataclasses.replace(little.base, unanswered={"plant-loan": (question,)})
    outcome = SearchEngine(base).ask(f"{question.upper()}?")
    assert led_by(outcome) == "choices"
    assert outcome.rejection is not None
    assert outcome.rejection.code == "unanswered"


def test_words_that_say_nothing_are_listed(little: SearchEngine) -> None:
    assert little.ask("please, the trade share").dropped == ("please", "the")


def test_unknown_words_and_the_nearest_topics_are_named(little: SearchEngine) -> None:
    outcome = little.ask("kazakhstan trade share")
    assert outcome.unknown == ("kazakhstan",)
    assert [t.id for t in outcome.topics] == ["trade"]
    outcome = little.ask("zebra giraffe elephant trade")  # too much is unknown to offer anything
    assert (outcome.status, outcome.facts, len(outcome.unknown)) == ("none", (), 3)


@pytest.mark.parametrize(
    "typed",
    [
        "1. {}", "5) {}", "#1 {}", "№ 3: {}", "(1) {}", "[1] {}", "1/ {}", "1 - {}", "1.2. {}", "1){}", "1️⃣ {}", "① {}", "(b) {}", "a. {}", "ii. {}",
        "IV) {}", "- {}", "- [x] {}", "- 1. {}", "Q: {}", "Q.1 {}", "question 1: {}", "вопрос 2. {}", "Re: {}", "{} https://example.com/a-2021-11-04/",
        "{} <https://example.com|some link>", "{} example.com/nuclear-plant", "{} [nuclear plant](https://example.com)", "{} tg://nuclear",
        "{} nuclear@example.com", "> {}", "> an earlier line about the nuclear power plant\n{}", "{} cc @anna", "cc: @anna, @boris {}", "@bot {}",
    ],
)  # fmt: skip
def test_marks_links_quotes_and_addressees_are_not_the_question(little: SearchEngine, typed: str) -> None:
    assert led_by(little.ask(typed.format("trade share"))) == "russia-share-2018"


@pytest.mark.parametrize(
    "typed", ["V. Putin", "1/2 of trade", "49.5% of trade", "Q1 2019 trade", "4.11.2021", "2018", "10-15 planes", "U.S./UK", "3 - 5 jets"]
)  # fmt: skip
def test_what_only_looks_like_a_mark_is_part_of_the_question(typed: str) -> None:
    assert own_words(typed) == typed


def test_choices_are_at_most_five_and_best_first(little: SearchEngine) -> None:
    outcome = little.ask("2018")
    scores = [hit.score for hit in outcome.hits]
    assert {f.id for f in outcome.facts[:2]} == {"russia-share-2018", "china-share-2018"}
    assert scores == sorted(scores, reverse=True)[:5]


def test_the_outcome_says_which_word_was_taken_for_which(little: SearchEngine) -> None:
    outcome = little.ask("nuclaer credit АЭС")
    ways = {m.word: (m.matched, m.how) for m in outcome.hits[0].matches}
    assert ways["nuclaer"] == ("nuclear", "typo")
    assert ways["credit"] == ("loan", "synonym")
    assert ways["аэс"][1] in ("name", "same")


# -- properties of a larger base --------------------------------------------------------------------


def test_each_title_and_ask_finds_its_fact(finder: SearchEngine) -> None:
    """As the answer or among the first choices; a whole title or ask that two facts share may lead to either."""
    lost = []
    for fact in finder.base.facts:
        for text in (fact.title, *fact.asks):
            found = finder.ask(text).hits[:3]
            if not any(h.fact.id == fact.id or same_series(h.fact, fact) for h in found):
                lost.append((fact.id, text))
    assert lost == []


@given(st.data())
def test_case_accents_and_spaces_do_not_matter(finder: SearchEngine, data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from(finder.base.facts))
    text = data.draw(st.sampled_from((fact.title, *fact.asks)))
    loud = "  ".join(text.upper().split()) + " \u00a0"
    accented = text.replace("e", "é").replace("a", "à")
    ids = [h.fact.id for h in finder.ask(text).hits]
    assert [h.fact.id for h in finder.ask(loud).hits] == ids
    assert [h.fact.id for h in finder.ask(accented).hits] == ids


@given(st.text(max_size=400) | st.text(alphabet="aбé \n.,:;?!@#<>&*_`\u202e\u200b0123456789", max_size=4000))
def test_any_text_ends_in_one_of_three_outcomes(finder: SearchEngine, text: str) -> None:
    assert finder.ask(text).status in ("answer", "choices", "none")


def test_the_same_question_gets_the_same_outcome(finder: SearchEngine, base: FactBase) -> None:
    again = SearchEngine(base)
    for fact in base.facts[::20]:
        assert finder.ask(fact.statement) == again.ask(fact.statement)


def test_a_base_without_vocabulary_works(tmp_path: Path) -> None:
    finder = SearchEngine(small.load(tmp_path))
    assert led_by(finder.ask("trade share")) == "trade-share-2018"


@pytest.mark.parametrize(
    ("question", "fit"),
    [("2018", True), ("council", True), ("lute price airbase", False), ("trade share 2021", False)],
)
def test_choices_know_whether_they_fit_or_are_only_the_nearest(
    little: SearchEngine, question: str, fit: bool
) -> None:
    outcome = little.ask(question)
    assert isinstance(outcome, Choices), outcome.reason
    assert outcome.fit is fit, outcome.reason
