"""The weekly message is sent once a week by one process, and later if that fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox
from bot.server.bot import send_if_due
from tests.support.facts import small_finder

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Desk:
    """A process with a weekly message, on a database that others may share."""

    def __init__(self, url: str) -> None:
        self.now = MONDAY
        self.database = Database(open_engine(url), clock=self.seconds)
        self.sent: list[InboxContents] = []
        self.refuses = False

    def seconds(self) -> float:
        return self.now.timestamp()

    def _send(self, found: InboxContents, _: SearchEngine) -> None:
        if self.refuses:
            raise OSError("channel_not_found")
        self.sent.append(found)

    def ask(self, question: str = "volcano") -> None:
        inbox = DatabaseInbox(self.database, clock=self.seconds)
        inbox.unanswered(question, "none", (), None)
        inbox.start()
        inbox.close()

    def check(self, **later: float) -> bool:
        self.now += timedelta(**later)
        return send_if_due(self.database, small_finder(), self._send, self.now)

    def questions(self) -> list[set[str]]:
        return [{group.head.words for group in found.groups} for found in self.sent]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/inbox.sqlite3"


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    made = Desk(url)
    yield made
    made.database.close()


def test_it_is_sent_on_monday_once(desk: Desk) -> None:
    assert not desk.check(minutes=-1), "the week before had nothing"
    desk.ask()
    assert not desk.check()
    assert [desk.check(minutes=1), desk.check(hours=1), desk.check(days=5)] == [True, False, False]
    assert desk.questions() == [{"volcano"}]


def test_a_bot_that_was_down_on_monday_sends_it_later(desk: Desk) -> None:
    desk.ask()
    assert desk.check(days=3)
    desk.ask("geyser")
    assert desk.check(days=4)
    desk.ask("quota")
    assert desk.check(days=7)
    assert desk.questions() == [{"volcano"}, {"volcano", "geyser"}, {"quota"}], "of the past seven days"


def test_one_of_several_processes_sends_it(desk: Desk, url: str) -> None:
    desk.ask()
    others = [Desk(url) for _ in range(3)]
    assert sorted(each.check() for each in (desk, *others)) == [False, False, False, True]
    for other in others:
        other.database.close()


def test_after_a_refusal_by_slack_another_process_may_send_it(desk: Desk, url: str) -> None:
    desk.ask()
    desk.refuses = True
    assert not desk.check()
    other = Desk(url)
    assert other.check()
    assert not desk.check(hours=1)
    other.database.close()


def test_an_unavailable_database_delays_it(tmp_path: Path) -> None:
    desk = Desk(f"sqlite:///{tmp_path}/data/inbox.sqlite3")
    shutil.rmtree(tmp_path / "data")
    assert not desk.check()
    (tmp_path / "data").mkdir()
    desk.now += timedelta(minutes=1)
    desk.ask()
    assert desk.check()
    desk.database.close()
