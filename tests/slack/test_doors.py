"""Every door answers, and Slack does not wait: the table that `python -m tests.doors` prints."""

from __future__ import annotations

import pytest

from bot.core.search import SearchEngine
from tests import doors
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot

SLACK_WAITS = 3.0


@pytest.mark.parametrize("door", range(18))
def test_each_door_is_acknowledged_at_once_and_something_comes_of_it(
    slack: FakeSlack, door: int, real: SearchEngine
) -> None:
    real_bot = Bot(slack, real)
    knock = list(doors.doors(real_bot).values())[door]
    seconds, called = doors.measure(real_bot, knock, 1)
    real_bot.close()
    assert seconds[-1] < SLACK_WAITS / 3
    assert (
        called or real_bot.response.body
    )  # type-ahead and a report are answered by the acknowledgement itself


def test_the_table_has_a_line_for_each_door(capsys: pytest.CaptureFixture[str]) -> None:
    assert doors.main(["1"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 18
