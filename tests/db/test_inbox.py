"""The inbox in the database: what is kept and what never is, counting, tapping, forgetting, and a database that is away."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.feedback.inbox import InboxContents
from bot.db.engine import Database, open_engine
from bot.db.inbox import (
    CHOICE_SECONDS,
    KEPT_DAYS,
    METADATA,
    QUEUED,
    DatabaseInbox,
    claim_week,
    close_report,
    delete_thumbs,
    read,
    release_week,
)
from tests.support.facts import small_finder

DAY = date(2026, 11, 23)
NOW = 1_795_392_000.0  # that day


class Clock:
    """A day and a time that a test moves."""

    def __init__(self) -> None:
        self.days = 0.0

    def today(self) -> date:
        return DAY + timedelta(days=int(self.days))

    def now(self) -> float:
        return NOW + self.days * 86_400


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(open_engine(url))
    yield opened
    opened.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Database]:
    """On SQLite, for what has nothing to do with the kind of database."""
    opened = Database(open_engine(f"sqlite:///{tmp_path}/inbox.sqlite3"))
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(database: Database, clock: Clock) -> Iterator[DatabaseInbox]:
    kept = DatabaseInbox(database, today=clock.today, clock=clock.now)
    yield kept
    kept.close()


def written(inbox: DatabaseInbox) -> None:
    """Write all that waits."""
    inbox.start()
    inbox.close()


def found(database: Database, clock: Clock, since: date | None = None) -> InboxContents:
    return read(database, small_finder(), since, today=clock.today(), now=clock.now())


def counts(database: Database, clock: Clock) -> dict[str, int]:
    return {group.head.words: group.count for group in found(database, clock).groups}


def everything_in(database: Database) -> str:
    with database.connection() as connection:
        return "\n".join(
            str(row) for table in METADATA.sorted_tables for row in connection.execute(table.select())
        )


# Questions


def test_a_question_without_an_answer_is_counted(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    inbox.unanswered("Average SALARY in Minsk?", "none", ("salary", "minsk"), "trade-share-2018")
    clock.days = 3
    inbox.unanswered("average salary in Minsk", "none", ("salary", "minsk"), "trade-share-2018")
    written(inbox)
    (group,) = found(database, clock).groups
    gap = group.head
    assert (gap.words, gap.count, gap.outcome) == ("average salary in minsk", 2, "none")
    assert (gap.first_seen, gap.last_seen) == (DAY, DAY + timedelta(days=3))
    assert (gap.unknown, gap.nearest) == (("salary", "minsk"), "trade-share-2018")


def test_nothing_says_who_asked_or_where_or_at_what_hour(
    inbox: DatabaseInbox, database: Database, tmp_path: Path
) -> None:
    inbox.unanswered(
        "salary of <@U012AB3CD> anna@example.org in <#C012AB3CD|plans>", "none", ("anna", "salary"), None
    )
    inbox.thumb("trade-share-2018", False)
    inbox.report("trade-share-2018", "abc", "wrong", "It is 50%.")
    written(inbox)
    dump = everything_in(database)
    assert "salary of in" in dump
    assert "It is 50%." in dump
    for personal in ("U012", "C012", "anna", "plans", str(int(NOW)), "12:", ":00"):
        assert personal not in dump


def test_choices_that_nobody_taps_are_a_gap_after_an_hour(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    assert inbox.unanswered("trade", "choices", (), "trade-share-2018")
    written(inbox)
    assert not counts(database, clock)
    clock.days = (CHOICE_SECONDS - 1) / 86_400
    assert not counts(database, clock)
    clock.days = CHOICE_SECONDS / 86_400
    assert counts(database, clock) == {"trade": 1}
    assert found(database, clock).groups[0].head.outcome == "choices"


def test_choices_of_which_one_is_tapped_are_none(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    first, second = (inbox.unanswered("trade", "choices", (), None) or "" for _ in range(2))
    inbox.chosen(first)
    inbox.chosen(first)  # a second of the same choices: the other person's stay untapped
    written(inbox)
    clock.days = 1
    assert counts(database, clock) == {"trade": 1}
    inbox.chosen(second)  # too late to matter
    inbox.chosen("forged")
    written(inbox)
    assert counts(database, clock) == {"trade": 1}


def test_questions_are_not_kept_where_that_is_off(database: Database, clock: Clock) -> None:
    """GAP_LOG=off: thumbs and reports, which hold no question, still are."""
    inbox = DatabaseInbox(database, questions=False, today=clock.today, clock=clock.now)
    assert inbox.unanswered("trade", "choices", (), None) is None
    inbox.unanswered("volcano", "none", ("volcano",), None)
    inbox.thumb("trade-share-2018", False)
    inbox.report("trade-share-2018", "abc", "wrong", "")
    written(inbox)
    clock.days = 1
    lies = found(database, clock)
    assert (lies.groups, len(lies.unhelpful), len(lies.reports)) == ((), 1, 1)


# Thumbs and reports


def test_facts_found_unhelpful_come_with_the_most_first(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    for fact, helpful in (("a", False), ("b", False), ("b", True), ("c", True)):
        inbox.thumb(fact, helpful)
    clock.days = 1
    inbox.thumb("b", False)
    written(inbox)
    assert [(t.fact_id, t.helpful, t.unhelpful) for t in found(database, clock).unhelpful] == [
        ("b", 1, 2),
        ("a", 0, 1),
    ]
    assert delete_thumbs(database, "b")
    assert not delete_thumbs(database, "b")
    assert [t.fact_id for t in found(database, clock).unhelpful] == ["a"]


def test_reports_have_numbers_and_are_open_until_closed(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    assert inbox.report("trade-share-2018", "abc", "outdated", "A newer figure exists.") == 1
    assert inbox.report("loan", "abc", "no such reason", "\0\ud800 x") == 2
    first, second = found(database, clock).reports
    assert (first.id, first.fact_id, first.version, first.reason) == (
        1,
        "trade-share-2018",
        "abc",
        "outdated",
    )
    assert (first.remark, first.made) == ("A newer figure exists.", DAY)
    assert (second.reason, second.remark) == ("other", "? x")
    assert close_report(database, 1)
    assert not close_report(database, 1)
    assert not close_report(database, 99)
    assert [report.id for report in found(database, clock).reports] == [2]


# Forgetting


def test_everything_is_forgotten_after_180_days(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    inbox.unanswered("volcano", "none", (), None)
    inbox.unanswered("geyser", "none", (), None)
    inbox.thumb("trade-share-2018", False)
    inbox.report("trade-share-2018", "abc", "wrong", "")
    claim_week(database, "2026-W48", clock.today())
    clock.days = 1
    inbox.unanswered("geyser", "none", (), None)
    written(inbox)
    clock.days = KEPT_DAYS
    assert counts(database, clock) == {"volcano": 1, "geyser": 2}
    clock.days = KEPT_DAYS + 1
    lies = found(database, clock)
    assert ([g.head.words for g in lies.groups], lies.unhelpful, lies.reports) == (["geyser"], (), ())
    clock.days = KEPT_DAYS + 2
    assert found(database, clock).is_empty
    with database.connection() as connection:
        for table in ("gaps", "offers", "thumbs", "reports", "weeks"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_a_day_may_be_given_from_which_on_things_are_shown(
    inbox: DatabaseInbox, database: Database, clock: Clock
) -> None:
    inbox.unanswered("volcano", "none", (), None)
    inbox.thumb("a", False)
    inbox.report("trade-share-2018", "abc", "wrong", "")
    clock.days = 5
    inbox.unanswered("geyser", "none", (), None)
    written(inbox)
    lies = found(database, clock, since=DAY + timedelta(days=1))
    assert [g.head.words for g in lies.groups] == ["geyser"]
    assert not lies.unhelpful
    assert len(lies.reports) == 1  # open is open


# Writing, and a database that is away


def test_several_processes_count_together(url: str, clock: Clock) -> None:
    """Each with an engine of its own, as processes have."""
    databases = [Database(open_engine(url)) for _ in range(3)]
    inboxes = [DatabaseInbox(each, today=clock.today, clock=clock.now) for each in databases]
    for each in inboxes:
        each.start()
    for _ in range(20):
        for each in inboxes:
            each.unanswered("volcano", "none", (), None)
            each.thumb("trade-share-2018", False)
    for each in inboxes:
        each.close()
    lies = found(databases[0], clock)
    assert lies.groups[0].count == 60
    assert lies.unhelpful[0].unhelpful == 60
    for database in databases:
        database.close()


def test_calls_do_not_wait_and_what_waits_is_written_at_the_end(
    local: Database, tmp_path: Path, clock: Clock
) -> None:
    inbox = DatabaseInbox(local, today=clock.today, clock=clock.now)
    inbox.start()
    inbox.unanswered("volcano", "none", (), None)
    other = sqlite3.connect(tmp_path / "inbox.sqlite3")
    other.execute("BEGIN IMMEDIATE")  # somebody else is writing
    for _ in range(100):
        inbox.unanswered("volcano", "none", (), None)
    other.rollback()
    other.close()
    inbox.close()
    assert counts(local, clock) == {"volcano": 101}


def test_a_report_waits_for_a_database_that_is_unavailable_and_counts_do_not(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    seconds, folder = [0.0], tmp_path / "data"
    database = Database(open_engine(f"sqlite:///{folder}/inbox.sqlite3"), clock=lambda: seconds[0])
    folder.rmdir()
    inbox = DatabaseInbox(database, today=clock.today, clock=clock.now)
    for _ in range(QUEUED + 50):
        inbox.unanswered("volcano", "none", (), None)
    assert inbox.waiting == QUEUED
    assert inbox.report("trade-share-2018", "abc", "wrong", "later") is None
    written(inbox)
    assert inbox.waiting == 1
    folder.mkdir()
    seconds[0] += 10
    inbox.unanswered("geyser", "none", (), None)
    written(inbox)
    assert counts(database, clock) == {"geyser": 1}
    assert [report.remark for report in found(database, clock).reports] == ["later"]
    assert re.findall(r"code=(\w+)", caplog.text) == ["inbox_dropped", "database_unavailable", "inbox_lost"]
    assert "volcano" not in caplog.text
    database.close()


def test_the_least_asked_of_too_many_questions_are_forgotten(
    local: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.inbox.QUESTIONS_KEPT", 2)
    inbox = DatabaseInbox(local, today=clock.today, clock=clock.now)
    for words, times in (("volcano", 2), ("geyser", 1), ("glacier", 3)):
        for _ in range(times):
            inbox.unanswered(words, "none", (), None)
    written(inbox)
    assert counts(local, clock) == {"glacier": 3, "volcano": 2}


# The week


def test_one_of_several_claims_a_week(url: str) -> None:
    databases = [Database(open_engine(url)) for _ in range(4)]
    assert not claim_week(databases[0], "2026-W47", DAY)  # just set up: nothing to tell yet
    won: list[bool] = []
    threads = [
        threading.Thread(target=lambda each=each: won.append(claim_week(each, "2026-W48", DAY)))  # type: ignore[misc]
        for each in databases
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]
    release_week(databases[0], "2026-W48")
    assert claim_week(databases[1], "2026-W48", DAY)
    for database in databases:
        database.close()
