"""Quotes and numbers are compared with the articles, ignoring typography."""

from pathlib import Path

import pytest

from bot.core.facts.evidence import Article, coverage, load_articles
from bot.core.facts.lint import check_base
from tests.core.small import ALL, ARTICLE, HEAD, PLANT, SHARE, load

TEXT = Article(
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


def test_the_nearest_passage_of_other_words_is_offered() -> None:
    assert TEXT.occurrences("a projec of two") == []
    assert TEXT.nearest("a projec of two") == "a project of two"
    assert TEXT.nearest("кредит на станцию") == ""


def test_a_phrase_that_occurs_twice_is_found_twice_also_where_it_overlaps() -> None:
    assert len(TEXT.occurrences("its budget")) == 1
    assert len(TEXT.occurrences("budget is")) == 1
    assert len(Article("more and more and more").occurrences("more and more")) == 2


def codes(folder: Path, facts: str, article: str = ARTICLE) -> list[str]:
    """ "line field code" of each problem, with the article."""
    problems = check_base(load(folder, facts), {"riac-2019": Article(article)}).problems
    return [f"{p.place.line} {p.field} {p.code}" for p in problems]


F = "trade-share-2018"
CASES = [
    ("quote: 49.5 percent of Belarus", "quote: 49.5 percent of Russia", f"15 {F}.evidence.1.quote quote-not-found"),
    ("quote: 49.5 percent of Belarus", "quote: 49.5 per", f"15 {F}.evidence.1.quote quote-not-found"),
    ("took 49.5% of the trade in 2018", "took 49.5% of Belarus and Belarus’s foreign trade in 2018, worth 1,880",
     f"8 {F}.statement copied"),
    ("section: Trends", "section: Prospects", f"14 {F}.evidence.1.section section-not-found"),
    ("took 49.5% of", "took 49.5%, 49.7%, or 49.7% of", f"8 {F}.statement number-not-in-article"),
    ("in 2018.", "in 2018, Petrova wrote in 2019."),  # the year of the article
    ("in 2018.\n", "in 2017.\n  note: 2017 is inferred.\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[1])
def test_quotes_sections_and_numbers_are_those_of_the_article(tmp_path: Path, case: tuple[str, ...]) -> None:
    old, new, *expected = case
    assert (HEAD + SHARE).count(old) == 1
    assert codes(tmp_path, (HEAD + SHARE).replace(old, new)) == expected


def test_a_quote_occurs_once(tmp_path: Path) -> None:
    assert codes(tmp_path, HEAD + SHARE, ARTICLE + ARTICLE) == [f"15 {F}.evidence.1.quote quote-not-unique"]


FIGURES = [
    ("value: About half", "quote: about half of trade", "half"),
    ("value: 1880 million", "quote: worth 1,880 million", "1,880 million"),
    ("value: 49.5%", "quote: is 49,5 of all", "49.5%"),
    ("value: $1,234,567.8", "quote: all of 1234567.8 dollars", "$1,234,567.8"),
    ("value: 45–50%", "quote: from 45 to 50 percent", "45–50%"),
]


@pytest.mark.parametrize(("value", "quote", "stated"), FIGURES)
def test_a_figure_may_be_in_words_and_with_other_separators(
    tmp_path: Path, value: str, quote: str, stated: str
) -> None:
    text = (HEAD + SHARE).replace("took 49.5%", f"took {stated}").replace("value: 49.5%", value)
    text = text.replace("quote: 49.5 percent of Belarus", quote)
    assert codes(tmp_path, text, f"Trends in 2018: {quote}.") == []


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
def test_a_quote_that_a_browser_does_not_find_is_refused(tmp_path: Path, quote: str, why: str) -> None:
    article = "November 2013\nAbout half of the state’s trade went east.\nMore is in the states’ plans, by pages of regtrends.com.\n"
    base = load(tmp_path, HEAD + PLANT.replace("began in November", quote))
    problems = check_base(base, {"riac-2019": Article(article)}).problems
    assert [problem.field for problem in problems] == ["plant-begun.evidence.1.quote"] * bool(why)
    assert all(why in problem.message for problem in problems)


def test_texts_are_read_from_a_folder_and_invalid_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeffOne — two", encoding="utf-8")
    assert load_articles(tmp_path)["a"].text == "One - two"
    (tmp_path / "b.txt").write_bytes("Тест".encode("cp1251"))
    with pytest.raises(OSError, match=r"b\.txt is not valid UTF-8: save it as UTF-8"):
        load_articles(tmp_path)


def test_coverage_counts_the_quotes_of_each_paragraph(tmp_path: Path) -> None:
    counted = coverage(load(tmp_path, ALL), {"riac-2019": Article(ARTICLE)})
    assert [count for _, count in counted["riac-2019"]] == [0, 1, 3]
