"""The weekly message: when it is due, that one process sends it, and what happens when it cannot be sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox
from bot.server.weekly_digest import WeeklyDigest
from tests.support.facts import small_finder
from tests.support.harness import threads_left

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Desk:
    """A process with a weekly message, on a database that others may share."""

    def __init__(self, url: str) -> None:
        self.database = Database(open_engine(url))
        self.now = MONDAY
        self.sent: list[InboxContents] = []
        self.refuses = False
        self.weekly = WeeklyDigest(self.database, small_finder, self._send, lambda: self.now)

    def _send(self, found: InboxContents, _: SearchEngine) -> None:
        if self.refuses:
            raise OSError("channel_not_found")
        self.sent.append(found)

    def ask(self, question: str = "volcano") -> None:
        inbox = DatabaseInbox(self.database, today=lambda: self.now.date(), clock=self.now.timestamp)
        inbox.unanswered(question, "none", (), None)
        inbox.start()
        inbox.close()

    def look(self, **later: float) -> bool:
        self.now += timedelta(**later)
        return self.weekly.check()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/inbox.sqlite3"


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    """A desk that has been there for a week."""
    before = set(threading.enumerate())
    made = Desk(url)
    made.now = MONDAY - timedelta(days=7)
    assert not made.look()
    made.now = MONDAY
    yield made
    made.database.close()
    assert not threads_left(before)


def test_it_is_sent_on_monday_once(desk: Desk) -> None:
    desk.ask()
    assert not desk.look(minutes=-1)
    assert desk.look(minutes=1)
    assert not desk.look(hours=1)
    assert not desk.look(days=5)
    assert [[group.head.words for group in found.groups] for found in desk.sent] == [["volcano"]]


def test_a_bot_that_was_away_on_monday_sends_it_later(desk: Desk) -> None:
    desk.ask()
    assert desk.look(days=3)
    desk.ask("geyser")
    assert desk.look(days=4)
    assert [{group.head.words for group in found.groups} for found in desk.sent] == [
        {"volcano"},
        {"volcano", "geyser"},  # of the past seven days
    ]


def test_it_tells_of_the_past_week(desk: Desk) -> None:
    desk.now -= timedelta(days=30)
    desk.ask("old")
    desk.now += timedelta(days=30)
    desk.ask("new")
    assert desk.look()
    assert [group.head.words for group in desk.sent[0].groups] == ["new"]


def test_an_empty_inbox_is_no_message(desk: Desk) -> None:
    assert not desk.look()
    desk.ask()
    assert not desk.look(hours=1)
    assert desk.look(days=7)


def test_a_new_database_has_nothing_to_tell_until_the_next_monday(url: str) -> None:
    desk = Desk(url)
    desk.now = MONDAY + timedelta(days=2)
    desk.ask()
    assert not desk.look()
    assert desk.look(days=5)
    desk.database.close()


def test_one_of_several_processes_sends_it(desk: Desk, url: str) -> None:
    desk.ask()
    others = [Desk(url) for _ in range(3)]
    assert sorted([desk.look(), *(other.look() for other in others)]) == [False, False, False, True]
    assert sum(len(each.sent) for each in (desk, *others)) == 1
    for other in others:
        other.database.close()


def test_what_slack_refuses_another_process_may_send(
    desk: Desk, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.ask()
    desk.refuses = True
    assert not desk.look()
    assert "channel_not_found" in caplog.text
    other = Desk(url)
    assert other.look()
    assert not desk.look(hours=1)
    other.database.close()


def test_a_database_that_is_away_puts_it_off(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path}/data/inbox.sqlite3")
    (tmp_path / "data").rmdir()
    assert not desk.look()
    (tmp_path / "data").mkdir()
    desk.database._retry_at = 0
    assert not desk.look()  # new
    desk.ask()
    assert desk.look(days=7)
    desk.database.close()


def test_the_thread_ends_when_it_is_told_to(desk: Desk) -> None:
    desk.weekly.start()
    desk.weekly.start()
    desk.weekly.close()
    assert not desk.sent
