"""The weekly message is sent once a week by one process, and later if that fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.feedback.inbox import InboxContents
from bot.core.search import SearchEngine
from bot.server.weekly_digest import send_if_due
from tests.support.desk import Desk
from tests.support.facts import small_finder
from tests.support.harness import at_once

HOUR, MINUTE = 1 / 24, 1 / 1440  # of a day


class Sender(Desk):
    """A process with a weekly message, on a database that others may share."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.sent: list[set[str]] = []
        self.refuses = False

    def _send(self, found: InboxContents, _: SearchEngine) -> None:
        if self.refuses:
            raise OSError("channel_not_found")
        self.sent.append({group.head.words for group in found.groups})

    def check(self, later: float = 0) -> bool:
        """Whether it was sent, so many days later."""
        self.write()
        self.days += later
        return send_if_due(self.database, small_finder(), self._send, datetime.fromtimestamp(self.now(), UTC))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Sender]:
    with closing(Sender(f"sqlite:///{tmp_path}/data/inbox.sqlite3")) as made:
        yield made


def test_it_is_sent_on_monday_once(desk: Sender) -> None:
    assert not desk.check(-MINUTE), "the week before had nothing"
    desk.ask("volcano")
    assert not desk.check()
    assert [desk.check(MINUTE), desk.check(HOUR), desk.check(5)] == [True, False, False]
    assert desk.sent == [{"volcano"}]


def test_a_bot_that_was_down_on_monday_sends_it_later(desk: Sender) -> None:
    desk.ask("volcano")
    assert desk.check(3)
    desk.ask("geyser")
    assert desk.check(4)
    desk.ask("quota")
    assert desk.check(7)
    assert desk.sent == [{"volcano"}, {"volcano", "geyser"}, {"quota"}], "of the past seven days"


def test_one_of_several_processes_sends_it_and_after_a_refusal_by_slack_another(url: str) -> None:
    with ExitStack() as stack:
        desks = [stack.enter_context(closing(Sender(url))) for _ in range(4)]
        desks[0].ask("volcano")
        desks[0].refuses = True
        assert not desks[0].check()
        for desk in desks:
            desk.refuses = False
        assert sorted(at_once(4, lambda number: desks[number].check())) == [False, False, False, True]
        assert not any(desk.check(HOUR) for desk in desks)


def test_an_unavailable_database_delays_it(desk: Sender, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "data")
    assert not desk.check()
    (tmp_path / "data").mkdir()
    desk.days += MINUTE
    desk.ask("volcano")
    assert desk.check()
