"""`unionstate ask` in a terminal: colour, width and the prompt."""

import json
import re
from pathlib import Path

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.card import entry_of
from bot.core.present.strings import ENGLISH
from tests.cli.terminal import Pty, run
from tests.core.small import ALL, write

COLOUR = re.compile("\033\\[[0-9;]*m")


@pytest.mark.parametrize(
    ("changes", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)], ids=str
)
def test_a_terminal_gets_lines_that_fit_it_and_colour_unless_it_wants_none(
    base: FactBase, changes: dict[str, str], coloured: bool
) -> None:
    fact = next(f for f in base.facts if len(f.statement) > 150)
    with Pty("ask", fact.id, columns=60, **changes) as terminal:
        assert terminal.end() == 0
        text = terminal.text.replace("\r\n", "\n")
    assert ("\033[1m" in text) is coloured
    lines = COLOUR.sub("", text).splitlines()
    assert all(len(line) <= 60 for line in lines if "https://" not in line)
    assert fact.statement in " ".join(" ".join(lines).split())
    links = [line.rpartition(": ")[2] for line in lines if "https://" in line]
    assert links == [address for _, address in entry_of(fact, base, ENGLISH).passages]  # never broken


def test_the_prompt_takes_questions_and_keeps_those_without_an_answer(tmp_path: Path) -> None:
    facts, home = str(write(tmp_path, ALL)), str(tmp_path)
    changes = {"HOME": home, "XDG_DATA_HOME": home, "UNIONSTATE_FACTS": facts, "NO_COLOR": "1"}
    dialog = [
        ("plant-begun", "November 2013 — The plant is begun"),
        ("topic trade", "Trade (4 entries)"),
        ("zebra crossing", "Nothing on"),
        ("help", "topics, topic NAME"),
        ("2013", "1. November 2013"),
        ("1", "Work on the plant began in November 2013."),
        ("unionstate ask lending-bank", "Lending Bank lends to the plant."),  # as pages print it
    ]
    with Pty("ask", **changes) as terminal:
        terminal.expect("Ctrl-D ends.")
        for question, answer in dialog:
            terminal.expect("? ")
            terminal.send(f"{question}\n")
            terminal.expect(answer)
        terminal.expect("? ")
        terminal.send("exit\n")
        assert terminal.end() == 0
    kept = json.loads(run("inbox", "--json", **changes).stdout)["questions"]
    assert [question["words"] for question in kept] == ["zebra crossing"]


def test_ctrl_d_ends_the_prompt_of_a_user_without_a_home(tmp_path: Path) -> None:
    with Pty("ask", HOME=str(tmp_path / "nowhere")) as terminal:
        terminal.expect("? ")
        terminal.send("\x04")
        assert terminal.end() == 0
