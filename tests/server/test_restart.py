"""Starting, stopping and restarting: socket activation, SIGTERM during the start, probes and sd_notify."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.db.engine import Database, open_engine
from bot.db.inbox import CHOICE_SECONDS, read
from tests.support.facts import FOLDER
from tests.support.fake_slack import SIGNING_SECRET, FakeSlack
from tests.support.process import Served, environment, wait_until
from tests.support.socket_server import SocketServer

SERVE = f"LISTEN_PID=$$ exec {sys.executable} -m bot serve --http"


def test_no_command_is_lost_in_a_restart(slack: FakeSlack) -> None:
    """On a listening socket that is passed on as systemd does."""
    served, statuses = Served(slack, "--http"), list[int]()
    environ = {**environment(slack, SLACK_SIGNING_SECRET=SIGNING_SECRET), "LISTEN_FDS": "1"}
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        served.port = int(listening.getsockname()[1])

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                ["sh", "-c", SERVE], env=environ, pass_fds=[3], stderr=subprocess.DEVNULL,
                preexec_fn=lambda: os.dup2(listening.fileno(), 3),
            )  # fmt: skip

        running, asking = start(), list[threading.Thread]()
        for number in range(40):
            asking.append(threading.Thread(target=lambda: statuses.append(served.command("trade share"))))
            asking[-1].start()
            time.sleep(0.1)
            if number == 20:
                running.terminate()
                assert running.wait(20) == 0
                running = start()
        for thread in asking:
            thread.join()
        running.kill()
        running.wait()
    assert statuses == [200] * 40


@pytest.mark.parametrize("seconds", [0.05, 0.5, 1.0])
def test_sigterm_during_the_start_ends_it(slack: FakeSlack, seconds: float) -> None:
    served = Served(slack, "--http")
    served.launch()
    time.sleep(seconds)
    assert served.stop(20) in (0, -signal.SIGTERM)  # the latter before Python has read a line of ours
    assert "Traceback" not in served.log


def test_a_restart_after_a_bad_edit_answers_from_the_last_good_facts(
    slack: FakeSlack, tmp_path: Path
) -> None:
    """Good version 1, good version 2, bad version 3, and a restart: version 2 answers until the files are good again."""
    shutil.copytree(FOLDER, tmp_path / "base")
    path = tmp_path / "base/facts/trade.yaml"
    good = path.read_text(encoding="utf-8").replace("49.5", "51.5")
    more = {"UNIONSTATE_FACTS": str(path.parent), "STATE_DIRECTORY": str(tmp_path / "state")}
    with Served(slack, "--http", **more) as served:
        first = served.json("/healthz")["fact_base"]
        path.write_text(good, encoding="utf-8")
        wait_until(lambda: served.json("/healthz")["fact_base"] != first)
        second = served.json("/healthz")["fact_base"]
        path.write_text(good.replace("value: 51.5%", "valeu: 51.5%"), encoding="utf-8")
        assert served.stop() == 0
    with Served(slack, "--http", **more) as served:
        assert "51.5%" in served.ask()
        health = served.json("/healthz")
        assert (health["fact_base"], "valeu" in health["problems"][0]) == (second, True)
        status, _, ready = served.request("GET", "/readyz")
        assert (status, "last good facts" in json.loads(ready)["facts"]) == (200, True)
        assert served.request("GET", "/livez")[0] == 200
        assert "unionstate_facts_live 0.0" in served.request("GET", "/metrics")[2]
        path.write_text(good, encoding="utf-8")
        wait_until(lambda: not served.json("/healthz")["problems"])
        assert served.json("/healthz")["fact_base"] == second
        assert served.stop() == 0
    assert "code=facts_not_live" in served.log


@pytest.mark.parametrize(("gap_log", "kept"), [("on", {"kazakhstan volcano": 3}), ("off", {})])
def test_questions_are_counted_and_the_unanswered_kept_unless_gap_log_is_off(
    slack: FakeSlack, tmp_path: Path, gap_log: str, kept: dict[str, int]
) -> None:
    url = f"sqlite:///{tmp_path}/inbox.sqlite3"
    with Served(slack, "--http", GAP_LOG=gap_log, DATABASE_URL=url, WEB_CONCURRENCY="2") as served:
        for number in range(1, 4):
            assert served.command("kazakhstan volcano") == 200
            slack.wait_for(number)
        metrics = served.request("GET", "/metrics")[2]
        assert served.stop() == 0
    assert 'unionstate_questions_total{outcome="none",surface="command"} 3.0' in metrics
    for word in ("kazakhstan", "volcano", "U1ANNA", "T0TEAM", "C1"):
        assert word not in metrics
    with closing(Database(open_engine(url))) as database:
        groups = read(database, now=time.time() + CHOICE_SECONDS + 60).groups
    assert {group.head.words: group.count for group in groups} == kept
    assert "volcano" not in served.log


def test_socket_mode_has_probes_on_its_port_and_notifies_systemd(slack: FakeSlack, tmp_path: Path) -> None:
    with SocketServer() as server, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        slack.socket_url = server.url
        with Served(slack, "--socket", NOTIFY_SOCKET=str(tmp_path / "notify")) as served:
            server.wait_for_connection()
            notified = [systemd.recv(100).decode() for _ in range(2)]
            assert {"READY=1", "WATCHDOG=1"} >= set(notified)
            status, _, ready = served.request("GET", "/readyz")
            assert (status, json.loads(ready)["socket_mode"]) == (200, "ok")
            assert served.stop() == 0
