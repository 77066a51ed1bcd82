"""The inbox in the database: counting, privacy, retention, and an unavailable database."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.db.inbox import (
    CHOICE_SECONDS,
    KEPT_DAYS,
    QUEUED,
    DatabaseInbox,
    claim_week,
    close_report,
    delete_thumbs,
)
from tests.support.desk import Desk

DAY = date(2026, 11, 23)
FACT = "trade-share-2018"


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    with closing(Desk(url)) as made:
        yield made


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Desk]:
    """On SQLite, for tests that do not depend on the database."""
    with closing(Desk(f"sqlite:///{tmp_path}/inbox.sqlite3")) as made:
        yield made


# Questions


def test_a_question_without_an_answer_is_counted(desk: Desk) -> None:
    desk.inbox.unanswered("Average SALARY in Minsk?", "none", ("salary", "minsk"), FACT)
    desk.days = 3
    desk.inbox.unanswered("average salary in Minsk", "none", ("salary", "minsk"), FACT)
    (group,) = desk.contents().groups
    question = group.head
    assert (question.words, question.count, question.outcome) == ("average salary in minsk", 2, "none")
    assert (question.first_seen, question.last_seen) == (DAY, DAY + timedelta(days=3))
    assert (question.unknown, question.nearest) == (("salary", "minsk"), FACT)


def test_nothing_says_who_asked_or_where_or_at_what_hour(desk: Desk) -> None:
    desk.ask("salary of <@U012AB3CD> anna@example.org in <#C012AB3CD|plans>")
    desk.inbox.thumb(FACT, False)
    desk.inbox.report(FACT, "abc", "wrong", "It is 50%.")
    desk.contents()
    kept = "\n".join(desk.rows())
    assert "salary of in" in kept
    assert "It is 50%." in kept
    for personal in ("U012", "C012", "anna", "plans", str(int(desk.now())), "08:", ":00"):
        assert personal not in kept


def test_choices_of_which_none_is_chosen_count_after_an_hour(desk: Desk) -> None:
    desk.ask("trade", outcome="choices")
    desk.days = (CHOICE_SECONDS - 1) / 86_400
    assert not desk.counts()
    desk.days = CHOICE_SECONDS / 86_400
    assert desk.counts() == {"trade": 1}
    assert desk.contents().groups[0].head.outcome == "choices"


def test_choices_of_which_one_is_chosen_do_not_count(desk: Desk) -> None:
    first, second = desk.ask("trade", "trade", outcome="choices")
    desk.inbox.chosen(first)
    desk.inbox.chosen(first)  # another of the same choices: the other person's stay open
    desk.contents()
    desk.days = 1
    assert desk.counts() == {"trade": 1}
    desk.inbox.chosen(second)  # too late to matter
    desk.inbox.chosen("forged")
    assert desk.counts() == {"trade": 1}


def test_with_gap_log_off_only_thumbs_and_reports_are_kept(local: Desk) -> None:
    local.inbox = DatabaseInbox(local.database, questions=False)
    assert local.ask("trade", outcome="choices") == [""]
    local.ask("volcano")
    local.inbox.thumb(FACT, False)
    local.inbox.report(FACT, "abc", "wrong", "")
    found = local.contents()
    assert (found.groups, len(found.unhelpful), len(found.reports)) == ((), 1, 1)


# Thumbs and reports


def test_facts_found_unhelpful_come_with_the_most_first(desk: Desk) -> None:
    for fact, helpful in (("a", False), ("b", False), ("b", True), ("c", True)):
        desk.inbox.thumb(fact, helpful)
    desk.days = 1
    desk.inbox.thumb("b", False)
    found = [(t.fact_id, t.helpful, t.unhelpful) for t in desk.contents().unhelpful]
    assert found == [("b", 1, 2), ("a", 0, 1)]
    assert [delete_thumbs(desk.database, "b") for _ in range(2)] == [True, False]
    assert [t.fact_id for t in desk.contents().unhelpful] == ["a"]


def test_reports_have_numbers_and_are_open_until_closed(desk: Desk) -> None:
    assert desk.inbox.report(FACT, "abc", "outdated", "A newer figure exists.") == 1
    assert desk.inbox.report("loan", "abc", "no such reason", "\0\ud800 x") == 2
    first, second = desk.contents().reports
    assert (first.id, first.fact_id, first.version, first.reason) == (1, FACT, "abc", "outdated")
    assert (first.remark, first.made) == ("A newer figure exists.", DAY)
    assert (second.reason, second.remark) == ("other", "? x")
    assert [close_report(desk.database, number) for number in (1, 1, 99)] == [True, False, False]
    assert [report.id for report in desk.contents().reports] == [2]


# Forgetting


def test_everything_is_forgotten_after_180_days(desk: Desk) -> None:
    desk.ask("volcano", "geyser")
    desk.inbox.thumb(FACT, False)
    desk.inbox.report(FACT, "abc", "wrong", "")
    claim_week(desk.database, "2026-W48", DAY)
    desk.days = 1
    desk.ask("geyser")
    desk.contents()
    desk.days = KEPT_DAYS
    assert desk.counts() == {"volcano": 1, "geyser": 2}
    desk.days = KEPT_DAYS + 1
    found = desk.contents()
    assert ([g.head.words for g in found.groups], found.unhelpful, found.reports) == (["geyser"], (), ())
    desk.days = KEPT_DAYS + 2
    assert desk.contents().is_empty
    assert desk.rows() == []


def test_what_came_since_a_day(desk: Desk) -> None:
    desk.ask("volcano")
    desk.inbox.thumb("a", False)
    desk.inbox.report(FACT, "abc", "wrong", "")
    desk.days = 5
    desk.ask("geyser")
    found = desk.contents(since=DAY + timedelta(days=1))
    assert [g.head.words for g in found.groups] == ["geyser"]
    assert (len(found.unhelpful), len(found.reports)) == (0, 1), "open reports are always shown"


def test_the_least_asked_of_too_many_questions_are_forgotten(
    local: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.inbox.QUESTIONS_KEPT", 2)
    local.ask("volcano", "volcano", "geyser", "glacier", "glacier", "glacier")
    assert local.counts() == {"glacier": 3, "volcano": 2}


# Writing, and a database that is unavailable


def test_several_processes_count_together(url: str) -> None:
    """Each has its own engine, as separate processes do."""
    with ExitStack() as stack:
        desks = [stack.enter_context(closing(Desk(url))) for _ in range(3)]
        for desk in desks:
            desk.inbox.start()
        for desk in desks * 20:
            desk.ask("volcano")
            desk.inbox.thumb(FACT, False)
        for desk in desks:
            desk.inbox.close()
        found = desks[0].contents()
    assert (found.groups[0].count, found.unhelpful[0].unhelpful) == (60, 60)


def test_calls_do_not_wait_and_the_queue_is_written_at_the_end(local: Desk, tmp_path: Path) -> None:
    assert not local.counts()
    local.inbox.start()
    other = sqlite3.connect(tmp_path / "inbox.sqlite3")
    other.execute("BEGIN IMMEDIATE")  # another process is writing
    local.ask(*["volcano"] * 101)
    other.rollback()
    other.close()
    assert local.counts() == {"volcano": 101}


def test_reports_wait_for_an_unavailable_database_and_counts_are_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    desk = Desk(f"sqlite:///{folder}/inbox.sqlite3")
    shutil.rmtree(folder)
    desk.ask(*["volcano"] * (QUEUED + 50))
    assert desk.inbox.waiting == QUEUED
    assert desk.inbox.report(FACT, "abc", "wrong", "later") is None
    desk.inbox.start()
    desk.inbox.close()
    assert desk.inbox.waiting == 1
    folder.mkdir()
    desk.days = 1
    desk.ask("geyser")
    assert [report.remark for report in desk.contents().reports] == ["later"]
    assert desk.counts() == {"geyser": 1}
    assert re.findall(r"code=(\w+)", caplog.text) == ["inbox_dropped", "database_unavailable", "inbox_lost"]
    assert "volcano" not in caplog.text
    desk.close()
