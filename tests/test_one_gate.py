"""Facts that `check` rejects are not served by any command: a figure that contradicts its quote."""

import shutil
from pathlib import Path

import pytest

from bot.core.facts.issues import DataError
from bot.core.facts.lint import check
from bot.playground.server import Playground
from bot.server.doctor import examine
from bot.server.reload import FactsReloader
from tests.conftest import Command
from tests.support.facts import FOLDER

REFUSED = "trade-share-2018.value: 52.5 is in no quote of the fact"


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Facts that load, with 52.5% over a quote that says 49.5 percent."""
    shutil.copytree(FOLDER, tmp_path / "base")
    path = tmp_path / "base/facts/trade.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("49.5%", "52.5%"), encoding="utf-8")
    assert [REFUSED in str(problem) for problem in check(path.parent).problems] == [True]
    return path.parent


LINES = ["ask trade share", "ask --json trade share", "ask trade-share-2018", "browse topic trade",
         "cite trade-share-2018", "export", "manifest"]  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_no_command_answers_from_it(
    facts: Path, line: str, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("UNIONSTATE_FACTS", str(facts))
    code, out, err = command(line)
    assert (code, out) == (1, "")
    assert REFUSED in err
    assert err.endswith("\nunionstate: 1 problem in the fact base; `unionstate check` lists the same\n")


def test_neither_the_bot_nor_the_playground_starts_with_it(facts: Path) -> None:
    for start in (FactsReloader, Playground):
        with pytest.raises(DataError) as refused:
            start(facts)
        assert [REFUSED in str(problem) for problem in refused.value.problems] == [True]
    with Playground(facts, watch=True) as playground:
        assert [REFUSED in str(problem) for problem in playground.live.problems] == [True]
        assert playground.live.engine().ask("trade share").status == "none"


def test_the_doctor_says_it(facts: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://127.0.0.1:9"}
    (found,) = (line for line in examine({**tokens, "UNIONSTATE_FACTS": str(facts)}) if " facts " in line)
    assert found.startswith("wrong")
    assert REFUSED in found
