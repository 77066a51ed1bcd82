"""The Slack CLI's hooks, run as the CLI runs them but without the CLI itself, which needs a login."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.fake_slack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.support.process import ROOT, environment
from tests.support.requests import command_body
from tests.support.socket_server import SocketServer

HOOKS: dict[str, Any] = json.loads((ROOT / ".slack" / "hooks.json").read_text(encoding="utf-8"))
installed = pytest.mark.skipif(
    importlib.util.find_spec("slack_cli_hooks") is None, reason="slack-cli-hooks is not installed"
)


def command(hook: str, *arguments: str) -> str:
    """The shell's line as the CLI puts it together, with the Python of these tests."""
    return " ".join([HOOKS["hooks"][hook].replace(".venv/bin/python", sys.executable), *arguments])


@installed
def test_the_cli_finds_the_hooks_and_the_manifest() -> None:
    def run(line: str) -> str:
        return subprocess.check_output(["sh", "-c", line], cwd=ROOT, env=environment(None), text=True)

    found = json.loads(run(command("get-hooks")))
    assert set(HOOKS["hooks"]) <= {*found["hooks"], "get-hooks"}
    manifest = run(f"{found['hooks']['get-manifest']} --protocol=message-boundaries --boundary=b0undary")
    expected = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    assert json.loads(manifest.replace("b0undary", "")) == expected


@pytest.mark.parametrize("arguments", [(), ("--protocol=message-boundaries", "--boundary=b0undary")])
def test_slack_run_starts_the_bot_with_the_tokens_of_the_cli(arguments: tuple[str, ...]) -> None:
    with SocketServer() as server, FakeSlack() as slack:
        slack.socket_url = server.url
        env = {**environment(slack), "SLACK_CLI_XAPP": APP_TOKEN, "SLACK_CLI_XOXB": BOT_TOKEN}
        del env["SLACK_BOT_TOKEN"]
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command('start', *arguments)}"],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            server.wait_for_connection()
            envelope = server.send("slash_commands", command_body("trade share", slack.new_response_url()))
            assert "49.5%" in server.wait_for_acknowledgement(envelope)["payload"]["text"]
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "Warning" not in output, "python -X dev shows deprecations"
