"""Faults of the database, the disk, the clock and the process, on a served bot; docs/faults.md lists them."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.db.engine import Database, open_engine
from bot.db.inbox import read
from bot.db.installations import Installations
from bot.server.dispatch import IN_WORK_LIMIT
from tests.support.distribution import KEY
from tests.support.facts import small_finder
from tests.support.fake_slack import FakeSlack
from tests.support.postgres import Postgres
from tests.support.process import ROOT, Served, environment, wait_until
from tests.support.requests import FORM, JSON, dm_event, event_body
from tests.support.socket_server import SocketServer

IN_FLIGHT = 50


def test_sigterm_with_fifty_questions_in_flight_over_http(slack: FakeSlack) -> None:
    with Served(slack, "--http", MAINTAINERS_CHANNEL="C1") as served:
        slack.fail("response_url", delay=1.5)
        slack.fail("chat.postMessage", delay=1.5)

        def send(number: int) -> int:
            return served.command("trade share") if number % 2 else served.mention()

        with ThreadPoolExecutor(IN_FLIGHT) as senders:
            assert list(senders.map(send, range(IN_FLIGHT))) == [200] * IN_FLIGHT
        assert len(slack.posts()) < IN_FLIGHT, "none is in flight any more"
        assert served.stop() == 0
    assert ["49.5%" in call.text for call in slack.posts()] == [True] * IN_FLIGHT


def test_sigterm_with_fifty_questions_in_flight_over_socket_mode(slack: FakeSlack) -> None:
    with SocketServer() as server:
        slack.socket_url = server.url
        with Served(slack, "--socket") as served:
            server.wait_for_connection()
            slack.fail("chat.postMessage", delay=1.5)
            sent = [server.send("events_api", event_body(dm_event("trade share"))) for _ in range(IN_FLIGHT)]
            for envelope in sent:
                server.wait_for_acknowledgement(envelope)
            assert len(slack.posts()) < IN_FLIGHT, "none is in flight any more"
            assert served.stop() == 0
    assert ["49.5%" in call.text for call in slack.posts()] == [True] * IN_FLIGHT


def workers(served: Served) -> set[int]:
    pid = served.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_a_killed_worker_is_replaced_and_the_other_continues(slack: FakeSlack) -> None:
    with Served(slack, "--http", WEB_CONCURRENCY="2") as served:
        wait_until(lambda: len(workers(served)) == 2)
        first, second = workers(served)
        os.kill(first, signal.SIGKILL)
        assert "49.5%" in served.ask()
        wait_until(lambda: len(workers(served)) == 2 and first not in workers(served))
        assert second in workers(served)
        assert "49.5%" in served.ask()
        assert served.stop() == 0
    assert served.log.count("code=process_ended") == 1


def test_too_many_requests_are_refused_at_once_while_slack_is_slow(slack: FakeSlack) -> None:
    """The limit is reached by answers that wait for Slack; every request gets a response."""
    with Served(slack, "--http") as served:
        slack.fail("chat.postMessage", delay=4)
        with ThreadPoolExecutor(30) as senders:
            statuses = list(senders.map(lambda _: served.mention(), range(150)))
        assert Counter(statuses) == {200: IN_WORK_LIMIT, 503: 150 - IN_WORK_LIMIT}
        assert served.command("trade share") == 200
        assert "I'm busy" in slack.wait_for(1)[0].text
        assert served.json("/healthz")["status"] == "ok"
        slack._failures.clear()
        slack.wait_for(1 + IN_WORK_LIMIT, 10)
        assert "49.5%" in served.ask()
        assert served.stop() == 0
    assert served.log.count("busy: refusing") == 1


@pytest.fixture
def stopped(postgres: Postgres) -> Iterator[str]:
    """The address of a stopped database; it is started by `postgres.start()`, at the latest after the test."""
    url = postgres.new_database()
    postgres.stop()
    yield url
    with contextlib.suppress(AssertionError):  # it is running
        postgres.start()


def wait_for_the_database(served: Served) -> None:
    wait_until(lambda: served.json("/readyz")["database"] == "ok")


def test_the_database_unavailable_at_the_start_back_and_unavailable_again(
    slack: FakeSlack, postgres: Postgres, stopped: str
) -> None:
    with (
        Served(slack, "--http", DATABASE_URL=stopped) as served,
        Served(slack, "--http", DATABASE_URL=stopped) as other,
    ):
        assert "49.5%" in served.ask()
        assert "Nothing on" in served.ask("kazakhstanitis")  # what goes into the inbox waits
        postgres.start()
        for each in (served, other):
            wait_for_the_database(each)
        event = event_body(dm_event("trade share"))
        assert [each.post(event, JSON) for each in (served, other)] == [200, 200]
        slack.wait_for(3)
        for each in (served, other):  # both have seen by then that it is one event
            wait_until(lambda each=each: "requests_in_work 0.0" in each.request("GET", "/metrics")[2])  # type: ignore[misc]
        postgres.stop()
        for _ in range(3):
            assert "49.5%" in served.ask()
        postgres.start()
        wait_for_the_database(served)
        assert [served.stop(), other.stop()] == [0, 0]
    assert len(slack.posts()) == 6, "one answer to each, and to the event that reached both"
    assert served.log.count("database unavailable") == 2
    assert served.log.count("database available again") == 2
    assert "Traceback" not in served.log


def test_answers_continue_on_a_full_disk_and_the_database_recovers(slack: FakeSlack, tmp_path: Path) -> None:
    """A limit on file sizes acts on SQLite like a full disk."""
    file = tmp_path / "unionstate.sqlite3"
    with Served(slack, "--http", DATABASE_URL=f"sqlite:///{file}") as served:
        assert "49.5%" in served.ask()
        worker = served.process.pid
        _, most = resource.prlimit(worker, resource.RLIMIT_FSIZE)
        # Smaller than any transaction in SQLite's write-ahead log, and larger than the bot's own log.
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (8192, most))
        for _ in range(3):
            assert "49.5%" in served.ask()
            served.ask("zebra stripes")  # which the inbox would keep
        wait_until(lambda: "unionstate_database_up 0.0" in served.request("GET", "/metrics")[2])
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (most, most))
        wait_for_the_database(served)
        assert "49.5%" in served.ask()
        assert served.stop() == 0
    assert served.log.count("database unavailable") == 1
    assert served.log.count("database available again") == 1
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_answers_continue_while_the_log_cannot_be_written(slack: FakeSlack) -> None:
    served = Served(slack, "--http")
    with open("/dev/full", "w") as full:
        served.launch(full)
        served.wait_until_healthy()
        for text in ("trade share", "kazakhstanitis"):
            assert served.command(text) == 200
        slack.wait_for(2)
        slack.fail("chat.postMessage", status=500, times=1)
        assert served.mention() == 200
        slack.wait_for(4)
        assert served.stop() == 0


@pytest.mark.parametrize(("age", "logged"), [(3300, "ahead=33"), (-3300, "ahead=-32|ahead=-33")])
def test_a_wrong_clock_refuses_all_requests_and_the_log_says_why_once(
    slack: FakeSlack, age: float, logged: str
) -> None:
    with Served(slack, "--http") as served:
        assert [served.command("trade share", age=age) for _ in range(3)] == [401] * 3
        served.stop()
    assert slack.posts() == []
    assert served.log.count("check the server clock") == 1
    assert re.search(logged, served.log)


def test_a_clock_four_minutes_off_is_accepted(slack: FakeSlack) -> None:
    with Served(slack, "--http") as served:
        assert [served.command("trade share", age=age) for age in (240, -240)] == [200] * 2
        assert ["49.5%" in call.text for call in slack.posts()] == [True] * 2
        served.stop()
    assert "clock" not in served.log


def test_another_apps_secret_is_named_in_the_log_once(slack: FakeSlack) -> None:
    with Served(slack, "--http") as served:
        assert [served.command("trade share", secret="of-another-app") for _ in range(3)] == [401] * 3
        strange = {"content-type": FORM, "x-slack-signature": "v0=1", "x-slack-request-timestamp": "1"}
        assert served.request("POST", "/slack/events", "x", strange)[0] == 401
        served.stop()
    assert served.log.count("is SLACK_SIGNING_SECRET this app's?") == 1


# kill -9

_REPORTING = """
import sys
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox
inbox = DatabaseInbox(Database(open_engine(sys.argv[1])))
while True:
    if number := inbox.report("trade-share-2018", "abc", "wrong", "x" * 500):
        print(number, flush=True)  # as the person is shown the number
"""
_INSTALLING = """
import itertools, sys
from slack_sdk.oauth.installation_store import Installation
from bot.db.engine import Database, open_engine
from bot.db.installations import Installations
installations = Installations("111.222", Database(open_engine(sys.argv[1])), (sys.argv[2],))
for number in itertools.count(1):
    installations.save(Installation(
        app_id="A1", team_id=f"T{number}", bot_token=f"xoxb-{number}", bot_id="B1", bot_user_id="U1",
        bot_scopes="commands", user_id="", is_enterprise_install=False, token_type="bot",
    ))
    print(number, flush=True)
"""


def killed(script: str, *arguments: str, after: int) -> list[int]:
    """The numbers that the script printed until SIGKILL, sent after the first `after` of them."""
    command = [sys.executable, "-c", script, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(None), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout as output:
        first = [output.readline() for _ in range(after)]
        process.kill()
        rest = output.readlines()
    process.wait()
    return [int(line) for line in [*first, *rest] if line.endswith("\n")]


def test_what_was_acknowledged_survives_a_kill(url: str) -> None:
    """A report's number that the person was shown, and an installation, are on disk by then."""
    reports, teams = [], []
    for round_ in range(4):
        reports += killed(_REPORTING, url, after=5 + 7 * round_)
        teams = killed(_INSTALLING, url, KEY, after=3 + 4 * round_)
    with contextlib.closing(Database(open_engine(url))) as database:
        kept = {report.id for report in read(database, small_finder()).reports}
        assert set(reports) <= kept
        assert len(reports) == len(set(reports))
        found = Installations("111.222", database, (KEY,))
        bots = [found.find_bot(enterprise_id=None, team_id=f"T{team}") for team in teams]
        assert [bot and bot.bot_token for bot in bots] == [f"xoxb-{team}" for team in teams]


def test_a_bot_that_was_killed_starts_again_on_the_same_database(slack: FakeSlack, tmp_path: Path) -> None:
    more = {"DATABASE_URL": f"sqlite:///{tmp_path}/unionstate.sqlite3"}
    event = event_body(dm_event("trade share"))
    with Served(slack, "--http", **more) as served:
        assert served.post(event, JSON) == 200
        slack.wait_for(1)
        served.kill()
    with Served(slack, "--http", **more) as again:
        assert again.post(event, JSON) == 200  # Slack's retry of what was answered before the kill
        assert "49.5%" in again.ask()
        assert len(slack.posts()) == 2
        assert again.stop() == 0
