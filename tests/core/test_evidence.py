"""Quotes and numbers held against the articles: typography does not matter, words do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.check import check_base
from bot.core.evidence import Article, check_evidence, coverage, fold, load_articles, numbers
from tests.core.small import ALL, ARTICLE, HEAD, PLANT, SHARE, load

TEXT = Article.of(
    "The “Union State” – a project\nof two states – began in 1999.\n\nIts budget isn’t large; its budget is\u00a0shared.\n"
)


@pytest.mark.parametrize(
    "quote",
    [
        'The "Union State" - a project',
        "«Union State» — a",
        "project of two  states",  # over a line break, with two spaces
        "Its budget isn't large",
        "budget is shared",  # a no-break space in the article
        "began in 1999. Its",  # over a paragraph
        "sta\u00adtes - began",  # a soft hyphen
    ],
)
def test_quotation_marks_dashes_spaces_and_line_breaks_are_folded(quote: str) -> None:
    assert len(TEXT.occurrences(quote)) == 1


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (
            "the “union state”",
            '“The "Union State"” as the nearest, which differs at the quote\'s word 1, “the”',
        ),
        (
            "a projects of",
            "“a project of two” as the nearest, which differs at the quote's word 2, “projects”",
        ),
        (
            "a projec of two",
            "“a project of two” as the nearest, which differs at the quote's word 2, “projec”",
        ),
        ("a project of three states", "“two” where the quote's word 4 says “three”"),
        ("project of tw state", "“two” where the quote's word 3 says “tw”"),
        ("of two state", "“of two states”: a word of the quote is cut"),
        ("wo states – began in", "“two states - began in”: a word of the quote is cut"),
        ("project of tw", "“project of two”: a word of the quote is cut"),
        ("in 1999. Its budgets", "“budget” where the quote's word 4 says “budgets”"),
        ("is shared. For ever", "no more text where the quote's word 3 says “For”"),
        ("кредит на станцию", "nothing like it"),
    ],
)
def test_other_words_are_no_quote_and_the_first_that_differs_is_named(quote: str, told: str) -> None:
    assert TEXT.occurrences(quote) == []
    assert TEXT.divergence(quote) == told


def test_a_phrase_that_occurs_twice_is_found_twice_also_where_it_overlaps() -> None:
    assert len(TEXT.occurrences("its budget")) == 1
    assert len(TEXT.occurrences("budget is")) == 1
    assert len(Article.of("more and more and more").occurrences("more and more")) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("49.5%", ["49.5"]),
        ("49,5 процента", ["49.5"]),
        ("1,880 types", ["1880"]),
        ("$1,234,567.8", ["1234567.8"]),
        ("45–50%", ["45", "50"]),
        ("in 2018, 2019", ["2018", "2019"]),
        ("14-15 December 2015.", ["14", "15", "2015"]),
        ("no number", []),
    ],
)
def test_numbers_are_read_without_thousands_separators_and_with_either_decimal_sign(
    text: str, found: list[str]
) -> None:
    assert numbers(text) == found


def told(folder: Path, facts: str, article: str | None = ARTICLE) -> list[str]:
    """What `check` says, with the article or (None) without."""
    articles = None if article is None else {"riac-2019": Article.of(article)}
    return [str(p) for p in check_base(load(folder, facts), articles).problems]


def test_the_good_base_stands_and_the_report_counts_what_it_looked_at(tmp_path: Path) -> None:
    report = check_evidence(load(tmp_path, ALL), {"riac-2019": Article.of(ARTICLE)})
    assert report.problems == ()
    assert (report.quotes, report.figures) == (4, 1)


F = HEAD + SHARE
CASES = [
    ("quote: 49.5 percent of Belarus", "quote: 49.5 percent of Russia",
     "15: trade-share-2018.evidence.1.quote: found “49.5 percent of Russia”; wanted words of the article; "
     "it has “Belarus” where the quote's word 4 says “Russia”"),
    ("quote: 49.5 percent of Belarus", "quote: 49.5 per",
     "15: trade-share-2018.evidence.1.quote: found “49.5 per”; wanted words of the article; "
     "it has “49.5 percent”: a word of the quote is cut"),
    ("section: Trends", "section: Prospects",
     "14: trade-share-2018.evidence.1.section: found “Prospects”; wanted a heading of the article, as it stands there"),
    ("took 49.5% of", "took 49.5%, 49.7%, or 49.7% of",
     "8: trade-share-2018.statement: found the number 49.7, which the article does not have; "
     "wanted numbers of the article, or a `note` that says how it was inferred"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CASES, ids=[c[1] for c in CASES])
def test_what_does_not_stand_in_the_article_is_told_with_the_fields_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert F.count(old) == 1
    assert told(tmp_path, F.replace(old, new)) == [f"facts/trade.yaml:{message}"]


# What contradicts its own quote, which takes no article to see.
CONTRADICTIONS = [
    ("value: 49.5%", "value: 49.6%",
     "9: trade-share-2018.value: found 49.6, which is in no quote; wanted a quote that has the figure's digits"),
    ("value: 49.5%", "value: 1,880 million",
     "9: trade-share-2018.value: found 1880, which is in no quote; wanted a quote that has the figure's digits"),
    ("value: 49.5%", "value: about half",
     "9: trade-share-2018.value: found “about half”; wanted digits or a number word that stands in a quote"),
    ("took 49.5% of", "took 49.6% of",
     "8: trade-share-2018.statement: found no 49.5, which is the value; "
     "wanted a statement that gives the value in the same digits"),
    ("49.5 percent of Belarus", "49.6 percent of Belarus",
     "9: trade-share-2018.value: found 49.5, which is in no quote; wanted a quote that has the figure's digits"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), CONTRADICTIONS, ids=[c[1] for c in CONTRADICTIONS])
def test_a_figure_that_contradicts_its_quote_or_its_statement_is_told_without_the_article(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert F.count(old) == 1
    assert told(tmp_path, F.replace(old, new), article=None) == [f"facts/trade.yaml:{message}"]


def test_without_the_article_too_a_figure_in_words_stands_by_its_word(tmp_path: Path) -> None:
    half = F.replace("value: 49.5%", "value: About half").replace("49.5 percent of", "roughly Half of")
    assert told(tmp_path, half, article=None) == []


EVENT = PLANT.replace("quote: began in November", "quote: began on November 12")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("Work on the plant began on 12 November 2013.", ""),
        ("Work on the plant began in November 2013.", ""),  # a quote may say more
        ("Work on the plant began on 12 November 2013, after 2 years.", ""),  # and so may a statement
        (
            "Work on the plant began on 21 November 2013.",
            "the number 21, where a quote of the fact has 12",
        ),
    ],
)
def test_a_statement_of_another_number_than_its_quote_is_told_without_the_article(
    tmp_path: Path, statement: str, found: str
) -> None:
    event = EVENT.replace("Work on the plant began in November 2013.", statement)
    assert told(tmp_path, HEAD + event, article=None) == (
        [f"facts/trade.yaml:8: plant-begun.statement: found {found}; wanted the numbers of the quotes"]
        if found
        else []
    )


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("half of the state", "begins or ends inside a word"),
        ("s trade went east", "begins or ends inside a word"),
        ("of the state’s trade", ""),
        ("trade went east", ""),
        ("went east. More", "runs over the end of a paragraph"),
        ("in the states’ plans", ""),
        ("in the states", ""),
        ("pages of regtrends", "begins or ends inside a word"),
    ],
)
def test_a_quote_that_the_browser_would_not_find_is_told(tmp_path: Path, quote: str, why: str) -> None:
    article = "2013\nAbout half of the state’s trade went east.\nMore is in the states’ plans, by pages of regtrends.com.\n"
    problems = check_evidence(
        load(tmp_path, HEAD + PLANT.replace("began in November", quote)),
        {"riac-2019": Article.of(article)},
    ).problems
    assert [problem.field for problem in problems] == ["plant-begun.evidence.1.quote"] * bool(why)
    assert all(why in problem.found for problem in problems)


def test_a_quote_that_stands_twice_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, F, ARTICLE + ARTICLE) == [
        "facts/trade.yaml:15: trade-share-2018.evidence.1.quote: found “49.5 percent of Belarus” 2 times in the article; "
        "wanted a quote that occurs once: add a word before or after"
    ]


def test_digits_fit_whatever_their_separators(tmp_path: Path) -> None:
    facts = (
        F.replace("value: 49.5%", "value: $1880 million")
        .replace("49.5 percent of Belarus", "worth 1,880 million")
        .replace("49.5% of the trade", "1,880 million")
    )
    assert told(tmp_path, facts) == []
    (tmp_path / "b").mkdir()
    assert told(tmp_path / "b", F.replace("value: 49.5%", "value: 49,5%")) == []


def test_a_figure_in_words_needs_its_word_in_a_quote(tmp_path: Path) -> None:
    facts = F.replace("value: 49.5%", "value: Half").replace("49.5 percent of Belarus", "about half of trade")
    assert told(tmp_path, facts, ARTICLE + "It is about half of trade.") == []


def test_a_year_of_the_article_itself_and_a_number_of_the_note_may_stand_in_a_statement(
    tmp_path: Path,
) -> None:
    facts = F.replace("in 2018.", "in 2018, Petrova wrote in 2019.")
    assert told(tmp_path, facts) == []
    (tmp_path / "b").mkdir()
    noted = F.replace("in 2018.", "in 2017.").replace("  asks:", "  note: 2017 is inferred.\n  asks:")
    assert told(tmp_path / "b", noted) == []


def test_a_text_that_is_missing_is_told_once_and_its_numbers_are_not_blamed(tmp_path: Path) -> None:
    problems = check_evidence(load(tmp_path), {}).problems
    assert [str(p) for p in problems] == [
        "facts/trade.yaml:13: trade-share-2018.evidence.1.source: found no text for “riac-2019”; "
        "wanted riac-2019.txt in the folder of articles"
    ]


def test_texts_are_read_from_a_folder_and_one_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeffOne — two", encoding="utf-8")
    assert load_articles(tmp_path)["a"].text == "One - two"
    (tmp_path / "b.txt").write_bytes("Тест".encode("cp1251"))
    with pytest.raises(OSError, match=r"b\.txt is no UTF-8: save it as UTF-8"):
        load_articles(tmp_path)


def test_coverage_counts_the_quotes_of_each_paragraph(tmp_path: Path) -> None:
    counted = coverage(load(tmp_path, ALL), {"riac-2019": Article.of(ARTICLE)})
    assert [count for _, count in counted["riac-2019"]] == [0, 1, 3]


def test_folding_leaves_words_alone() -> None:
    assert fold(" Ёлка  isn’t\n “здесь” ") == 'Ёлка isn\'t "здесь"'
