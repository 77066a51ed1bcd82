"""Several processes on one PostgreSQL answer each request once and share the installations."""

from __future__ import annotations

import contextlib
import shutil
import time

import pytest

from tests.support.distribution import (
    CLIENT_SECRET,
    KEY,
    OLD_KEY,
    WORKSPACE,
    Distribution,
    Visitor,
    installable,
    uninstalled,
)
from tests.support.fake_slack import FakeSlack
from tests.support.postgres import Postgres
from tests.support.process import Served
from tests.support.requests import FORM, JSON, dm_event, event_body

TOGETHER = 4


def test_install_by_one_process_answer_by_the_other_uninstall_and_an_old_key(
    distribution: Distribution, postgres: Postgres
) -> None:
    url = postgres.new_database()
    with Served(distribution, "--http", **installable(url, OLD_KEY)) as first:
        assert Visitor(first).install(distribution, WORKSPACE)[0] == 200
        (token,) = distribution.living
    newer = installable(url, f"{KEY},{OLD_KEY}")
    with Served(distribution, "--http", **newer) as second, Served(distribution, "--http", **newer) as third:
        assert second.post(WORKSPACE.command("trade share", distribution.new_response_url()), FORM) == 200
        assert "49.5%" in distribution.wait_for(1)[0].text

        event = WORKSPACE.mention("nuclear plant loan")
        assert [served.post(event, JSON) for served in (second, third, second, third)] == [200] * 4
        assert third.post(WORKSPACE.command("help", distribution.new_response_url()), FORM) == 200
        distribution.wait_for(3)
        time.sleep(0.3)
        assert len(distribution.posts()) == 3
        assert distribution.tokens("chat.postMessage") == [token]
        assert distribution.tokens("auth.test") == [token], "once, while it was installed"

        distribution.revoke(token)
        assert third.post(WORKSPACE.event(uninstalled()), JSON) == 200
        assert second.post(WORKSPACE.mention("trade share"), JSON) == 200
        time.sleep(0.3)
        assert distribution.tokens("chat.postMessage") == [token]
    logged = first.log + second.log + third.log
    assert "reencrypted=1" in second.log + third.log
    for secret in (token, CLIENT_SECRET, KEY, OLD_KEY, "unused@", "code-1", "trade share", "Traceback"):
        assert secret not in logged


@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="PgBouncer is not installed")
def test_two_processes_behind_a_pooler_of_transactions(
    distribution: Distribution, postgres: Postgres
) -> None:
    with postgres.pooled(postgres.new_database()) as url:
        first, second = (Served(distribution, "--http", **installable(url)) for _ in range(2))
        with first, second:
            assert Visitor(first).install(distribution, WORKSPACE)[0] == 200
            for number in range(12):
                served = (first, second)[number % 2]
                assert (
                    served.post(WORKSPACE.command("trade share", distribution.new_response_url()), FORM)
                    == 200
                )
                assert served.post(WORKSPACE.mention("zebra stripes"), JSON) == 200
            distribution.wait_for(12, 15)
    assert "database" not in (first.log + second.log).replace("database migrated", "")


def test_one_workspace_served_by_two_processes_is_answered_once(postgres: Postgres) -> None:
    url = postgres.new_database()
    with (
        FakeSlack() as slack,
        Served(slack, "--http", DATABASE_URL=url) as first,
        Served(slack, "--http", DATABASE_URL=url) as second,
    ):
        for number in range(10):
            event = event_body(dm_event("trade share"), f"Ev{number}SAME")
            assert (first.post(event, JSON), second.post(event, JSON)) == (200, 200)
        assert first.command("help") == 200
        slack.wait_for(11)
        time.sleep(0.3)
        assert len(slack.posts()) == 11


def test_processes_that_start_together_make_the_tables_once(
    distribution: Distribution, postgres: Postgres
) -> None:
    url = postgres.new_database()
    with contextlib.ExitStack() as stack:
        made = [Served(distribution, "--http", **installable(url)) for _ in range(TOGETHER)]
        for served in made:
            served.launch()
            stack.push(served.__exit__)
        for served in made:
            served.wait_until_healthy()
        assert [served.stop() for served in made] == [0] * TOGETHER
    for served in made:
        assert "installations=0" in served.log
        assert "ERROR" not in served.log
