"""Unanswered questions are stored without personal data and grouped by similarity."""

from datetime import date

import pytest

from bot.core.feedback.inbox import LENGTH_KEPT, Question, QuestionGroup, cluster_questions, kept_words

DAY = date(2026, 11, 23)


def asked(number: int, words: str, count: int = 1, **more: object) -> Question:
    return Question(number, words, count, DAY, DAY, "none", **more)  # type: ignore[arg-type]


def groups(*questions: Question) -> list[list[str]]:
    return [[each.words for each in group.questions] for group in cluster_questions(questions)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What's the AVERAGE salary, in Minsk?", "what the average salary in minsk"),
        ("Сколько стоит Ё-мобиль?", "сколько стоит е мобиль"),
        ("loan of $10.5 billion in 2015", "loan of 10.5 billion in 2015"), ("", ""), ("?!", ""),
    ],
)  # fmt: skip
def test_words_are_folded(question: str, words: str) -> None:
    assert kept_words(question) == words


@pytest.mark.parametrize(
    "personal",
    [
        "<@U012AB3CD|anna>", "<#C012AB3CD|secret-plans>", "@anna.k", "anna.k@example.org",
        "<mailto:anna@example.org|anna@example.org>", "https://example.org/anna", "+375 29 123-45-67", "U012AB3CD",
    ],
)  # fmt: skip
def test_personal_data_is_removed(personal: str) -> None:
    assert kept_words(f"salary of {personal} please") == "salary of please"


@pytest.mark.parametrize("kept", ["2015-2019", "14.12.2015 15.12.2015", "1 000 000 000", "s-400"])
def test_numbers_that_a_question_is_about_stay(kept: str) -> None:
    assert "".join(kept_words(f"about {kept}").split()[1:]) == "".join(
        c for c in kept if c.isalnum() or c in ".,"
    )


def test_a_long_text_is_cut_between_words() -> None:
    words = kept_words(" ".join(["word"] * 500))
    assert len(words) <= LENGTH_KEPT
    assert set(words.split()) == {"word"}
    assert kept_words("x" * 400) == ""


def test_similar_questions_are_grouped_under_the_most_frequent() -> None:
    assert groups(
        asked(1, "average salary minsk"),
        asked(2, "minsk average salary", 4),
        asked(3, "average salray minsk"),
        asked(4, "average salaries minsk"),
        asked(5, "kazakhstan", 2),
    ) == [
        ["minsk average salary", "average salary minsk", "average salray minsk", "average salaries minsk"],
        ["kazakhstan"],
    ]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("trade in 2015", "trade in 2019"), ("trade 5 percent", "trade 50 percent"),
        ("trade poland", "trade holland"), ("salary", "salary minsk teacher"), ("salary", "зарплата"),
    ],
)  # fmt: skip
def test_different_questions_are_not_grouped(a: str, b: str) -> None:
    assert len(groups(asked(1, a), asked(2, b))) == 2


def test_words_of_conversation_do_not_count() -> None:
    assert len(groups(asked(1, "what is the inflation rate please"), asked(2, "inflation rate"))) == 1


def test_a_group_adds_up() -> None:
    group = QuestionGroup(
        (
            Question(1, "a b", 3, date(2026, 1, 2), date(2026, 3, 1), "none", ("a",), None),
            Question(2, "b a", 2, date(2026, 1, 1), date(2026, 2, 1), "choices", ("a", "b"), "near"),
        )
    )
    assert (group.count, group.first_seen, group.last_seen) == (5, date(2026, 1, 1), date(2026, 3, 1))
    assert group.head.id == 1
