"""The playground's server answers only its own page on this machine, with the same bot as `serve`."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from bot.playground.actions import new_trigger
from bot.playground.server import DESK, MESSAGES, Playground
from bot.playground.web_api import API_PATH, RESPONSE_PATH
from bot.playground.workspace import BOT_USER
from tests.support.facts import FOLDER
from tests.support.fake_slack import FakeSlack
from tests.support.process import ROOT, START_SECONDS, Served, environment, free_port
from tests.support.requests import FORM, JSON

Answer = tuple[int, dict[str, str], str]
HELLO = json.dumps({"do": "say", "channel": DESK, "text": "hello"})


def ask(playground: Playground, method: str, path: str, body: str = "", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", playground.port, timeout=START_SECONDS)
    with closing(connection):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, sent)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()


def do(playground: Playground, **action: Any) -> dict[str, Any]:
    status, _, body = ask(playground, "POST", "/do", json.dumps(action), Content_Type=JSON)
    assert status == 200, body
    return dict(json.loads(body))


# For this machine only


def test_it_listens_on_loopback_only(playground: Playground) -> None:
    assert playground.address.startswith("http://127.0.0.1:")
    with socket.socket() as outside:
        outside.settimeout(1)
        # All of 127.0.0.0/8 is this machine: what listened on every address would take this one too.
        assert outside.connect_ex(("127.0.0.2", playground.port)) != 0


def test_a_foreign_host_or_origin_is_refused_everywhere(playground: Playground) -> None:
    before = len(playground.workspace.messages[DESK])
    hosts = ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:3000", "10.0.0.1", "")
    origins = ("http://evil.example", "https://127.0.0.1", "null", "http://127.0.0.1:1")
    foreign = [(421, {"Host": host}) for host in hosts] + [(403, {"Origin": origin}) for origin in origins]
    for status, headers in foreign:
        for path in ("/", "/stream", "/static/app.js", "/explain?question=x"):
            assert ask(playground, "GET", path, **headers)[0] == status, (path, headers)
        for path in ("/do", f"{API_PATH}auth.test", f"{RESPONSE_PATH}{DESK}//"):
            assert ask(playground, "POST", path, HELLO, Content_Type=JSON, **headers)[0] == status, (
                path,
                headers,
            )
    for kind in ("text/plain", FORM, "multipart/form-data", ""):  # what a page may send to another site
        assert ask(playground, "POST", "/do", HELLO, Content_Type=kind)[0] == 400
    assert len(playground.workspace.messages[DESK]) == before


@pytest.mark.parametrize("host", ["localhost:4000", "127.0.0.1:4000", "[::1]:4000", "localhost"])
def test_it_works_behind_a_forwarded_port(playground: Playground, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}", "Content_Type": JSON}
    assert ask(playground, "GET", "/", Host=host)[0] == 200
    assert ask(playground, "POST", "/do", HELLO, **headers)[0] == 200


def test_other_origins_read_nothing_and_scripts_come_from_here_only(playground: Playground) -> None:
    for path in ("/", "/static/app.js", "/explain?question=x", "/nothing"):
        headers = ask(playground, "GET", path)[1]
        assert "access-control-allow-origin" not in headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_only_the_pages_own_files_are_served(playground: Playground) -> None:
    paths = "/static/../server.py /static/%2e%2e/server.py /static//etc/passwd /static/ /server.py /static/server.py /app.js /static/.. //evil.example/ /blob/HEAD/../pyproject.toml"
    assert {ask(playground, "GET", path)[0] for path in paths.split()} == {404}


def test_the_page_loads_nothing_from_elsewhere() -> None:
    address = re.compile(
        r"""(?:src|href|url|import|from)\s*[=(]?\s*["'(](?:https?:)?//|innerHTML|insertAdjacentHTML|\son\w+=["']"""
    )
    for file in (ROOT / "bot/playground/static").iterdir():
        assert not address.search(file.read_text("utf-8")), file.name


# What a person does


def by_bot(playground: Playground, channel: str) -> list[dict[str, Any]]:
    return [m for m in playground.workspace.messages[channel] if m["user"] == BOT_USER]


def test_words_between_people_are_left_alone(playground: Playground) -> None:
    do(playground, do="say", channel=DESK, text="@Maksim trade share & <b>more</b>")
    message = playground.workspace.messages[DESK][-1]
    assert message["text"] == "<@U2MAKSIM> trade share &amp; &lt;b&gt;more&lt;/b&gt;"
    assert not by_bot(playground, DESK)


def test_what_slack_would_not_do_is_explained(playground: Playground) -> None:
    for text, thread, error in (
        ("/other x", None, "/other is not a command"),
        ("/unionstate x", "1.2", "does not run commands in threads"),
    ):
        assert error in do(playground, do="say", channel=DESK, text=text, thread_ts=thread)["error"]
    where = {"channel": DESK, "ts": "1.2"}
    answer = do(playground, do="press", where=where, action={}, state={})
    assert answer["error"] == "cannot_find_message"


def test_the_same_requests_get_the_same_payloads_from_the_served_bot(playground: Playground) -> None:
    """The page's requests are signed again and sent to a served bot."""
    messages = [
        (DESK, "/unionstate trade share"), (DESK, "/unionstate 2015"), (DESK, "/unionstate kazakhstan"),
        (DESK, "/unionstate help"), (DESK, "/unionstate topics"), (DESK, "/unionstate timeline"),
        (DESK, "@UnionState nuclear plant loan"), (MESSAGES, "who is Douglas Envoy?"), (MESSAGES, "zebra count"),
    ]  # fmt: skip
    here, there = [], []
    with FakeSlack() as slack, Served(slack, "--http", GAP_LOG="off") as served:
        for number, (channel, text) in enumerate(messages, 1):
            playground.actions.say(channel, text)
            here.append(by_bot(playground, channel)[-1]["sent"])
            asked = next(m for m in reversed(playground.workspace.messages[channel]) if "request" in m)
            request, command = asked["request"], "command" in asked["request"]
            if command:
                request = {**request, "response_url": slack.new_response_url(), "trigger_id": new_trigger()}
            kind, body = (FORM, urlencode(request)) if command else (JSON, json.dumps(request))
            assert served.post(body, kind) == 200
            there.append(slack.wait_for(number)[-1].arguments)
        assert not slack.problems
    for reply in (*here, *there):
        reply.pop("channel", None)
    assert here == there


# The command


class Run:
    """`unionstate playground` in a separate process."""

    def __init__(self, *arguments: str, facts: Path = FOLDER / "facts", **more: str) -> None:
        environ = environment(None, UNIONSTATE_FACTS=str(facts), **more)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "playground", "--no-browser", *arguments],
            env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def __enter__(self) -> Run:
        assert self.process.stdout
        assert self.process.stdout.readline() == "Reading the facts …\n", "it says at once what it does"
        lines = (line for line in self.process.stdout if "entries" in line or line.startswith("unionstate: "))
        self.first = next(lines, "")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.rest, _ = self.process.communicate(timeout=START_SECONDS)


def test_the_command_prints_its_address_and_ends_with_ctrl_c() -> None:
    """A default port that is taken is passed over; one that was asked for is refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Run(PORT=str(port), SLACK_SIGNING_SECRET="x", SLACK_CLIENT_ID="1.2") as run:
            address = run.first.split()[-1]
            with urlopen(address) as answer:
                assert answer.status == 200
            assert f":{port}/" not in address
        assert run.process.returncode == 0
        assert "Traceback" not in run.rest
        with Run("--port", str(port)) as refused:
            refused.process.wait(START_SECONDS)
    assert refused.process.returncode == 1
    assert refused.first.startswith("unionstate: ")


def test_facts_that_do_not_load_end_it_unless_they_are_watched(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("topic: [\n")
    with Run(facts=tmp_path) as run:
        run.process.wait(START_SECONDS)
    assert run.process.returncode == 1
    with Run("--watch", "--port", str(port := free_port()), facts=tmp_path) as watching:
        assert watching.first.endswith(f"0 entries: http://127.0.0.1:{port}/\n")
    assert watching.process.returncode == 0
