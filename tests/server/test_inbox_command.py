"""`unionstate inbox` as text and JSON, with --done, and its errors."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.inbox import local_inbox
from bot.playground.server import DESK, Playground
from tests.conftest import Command
from tests.support.facts import FOLDER


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/inbox.sqlite3")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))


@pytest.fixture
def filled(empty: None) -> None:
    """Three wordings of one question, one other, and one that the facts answer by now."""
    with local_inbox() as inbox:
        for question in ("average salary minsk", "minsk average salary", "average salery minsk"):
            inbox.unanswered(question, "none", ("salary", "minsk"), "trade-share-2018")
        inbox.unanswered("volcano", "none", ("volcano",), None)
        inbox.unanswered("trade share", "none", (), None)
        inbox.thumb("trade-share-2018", False)
        inbox.thumb("trade-share-2018", True)
        inbox.report("trade-share-2018", "abc", "outdated", "A newer figure exists.")
        inbox.report("gone", "abc", "wrong", "")


def found(command: Command, options: str = "") -> Any:
    code, out, _ = command(f"inbox --json {options}")
    assert code == 0
    return json.loads(out)


@pytest.mark.usefixtures("filled")
def test_it_shows_what_is_missing(command: Command) -> None:
    lines = command("inbox")[1].splitlines()
    today, fact = datetime.now(UTC).date(), "trade-share-2018 (facts/trade.yaml:17)"
    assert lines[:2] == [
        "Reports: 2",
        f"  r1  {fact} · version: abc · reason: outdated · remark: A newer figure exists. · made: {today}",
    ]
    assert "(no such fact now)" in lines[2]
    assert lines[3:6] == ["Unhelpful: 1", f"  {fact}  unhelpful: 1 · helpful: 1", "Questions: 3"]
    days = f"first: {today} · last: {today} · outcome: none"
    salaries = re.escape(f" · asked: 3 · {days} · unknown: salary, minsk · nearest: {fact} · alike: ")
    assert re.match(rf"  q\d  (average|minsk) (average )?sal[ae]ry( minsk)?{salaries}", lines[6])
    assert any(
        line.endswith("trade share · asked: 1 · " + days + " · answered: trade-share-2018") for line in lines
    )
    assert lines[-1].startswith("Kept for 180 days in sqlite:///")


@pytest.mark.usefixtures("filled")
def test_a_question_is_added_to_a_fact_which_it_then_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    shutil.copytree(FOLDER, tmp_path / "base")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "base/facts"))
    (volcano,) = (q["id"] for q in found(command)["questions"] if q["words"] == "volcano")
    code, _, err = command(f"inbox --answer {volcano} no-such-fact")
    assert (code, "`unionstate new KIND --ask 'volcano'`" in err) == (1, True)
    code, out, _ = command(f"inbox --answer {volcano} airbase-opened")
    assert re.match(r".*/facts/questions/\w+\.yaml:2: “volcano” now gets \w+: airbase-opened", out)


@pytest.mark.usefixtures("empty")
def test_questions_of_edit_mode_are_kept(command: Command) -> None:
    with local_inbox() as inbox, Playground(FOLDER / "facts", watch=True, inbox=inbox) as playground:
        playground.actions.say(DESK, "/unionstate marsupial quota")
    assert [q["words"] for q in found(command)["questions"]] == ["marsupial quota"]


@pytest.mark.usefixtures("filled")
def test_json_has_the_same(command: Command) -> None:
    content = found(command)
    assert set(content) == {"reports", "unhelpful", "questions"}
    today = datetime.now(UTC).date().isoformat()
    assert content["reports"][0] == {
        "id": "r1", "fact": "trade-share-2018", "version": "abc", "reason": "outdated",
        "remark": "A newer figure exists.", "made": today,
    }  # fmt: skip
    assert content["unhelpful"] == [{"fact": "trade-share-2018", "unhelpful": 1, "helpful": 1}]
    first, *others = content["questions"]
    assert (first["asked"], first["first"], first["last"], first["outcome"]) == (3, today, today, "none")
    assert (first["unknown"], first["nearest"]) == (["salary", "minsk"], "trade-share-2018")
    assert len(first["alike"]) == 2
    answered = {other["words"]: other.get("answered") for other in others}
    assert answered == {"volcano": None, "trade share": "trade-share-2018"}


@pytest.mark.usefixtures("filled")
def test_done_closes_reports_groups_and_thumbs(command: Command) -> None:
    first = found(command)["questions"][0]["id"]
    closed = f"closed r1\nclosed {first}\nclosed trade-share-2018\n"
    assert command(f"inbox --done R1 {first} Trade-Share-2018") == (0, closed, "")
    left = found(command)
    assert [report["id"] for report in left["reports"]] == ["r2"]
    assert not left["unhelpful"]
    assert {question["words"] for question in left["questions"]} == {"volcano", "trade share"}
    missing = "r9, q99, no-such-fact, q, r99999999999999999999"
    error = f"unionstate: nothing in the inbox is called {missing}\n"
    assert command(f"inbox --done r2 {missing.replace(',', '')}") == (1, "closed r2\n", error)


def test_a_missing_database_is_reported_and_not_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/mistyped/x.db")
    code, _, err = command("inbox")
    assert (code, f"no database at {tmp_path}/mistyped/x.db" in err) == (1, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("filled")
def test_a_day_may_be_given(command: Command) -> None:
    assert len(found(command, "--since 7d")["questions"]) == 3
    later = found(command, "--since 2999-01-01")
    assert (later["questions"], later["unhelpful"], len(later["reports"])) == ([], [], 2)
    for wrong in ("yesterday", "7", "2026-13-01"):
        code, _, err = command(f"inbox --since {wrong}")
        assert (code, f"“{wrong}” is not a date: write 2026-11-23, or 7d" in err) == (2, True)


@pytest.mark.usefixtures("filled")
def test_facts_that_do_not_load_hide_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/trade.yaml").write_text("topic: [", encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "facts"))
    _, text, _ = command("inbox")
    assert "volcano" in text
    assert "r1  trade-share-2018" in text


def test_a_database_that_does_not_answer_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://anna:secretsecret@127.0.0.1:9/facts")
    code, _, error = command("inbox")
    name = "postgresql+psycopg://anna:…@127.0.0.1:9/facts"
    assert (code, error.partition(" (")[0]) == (1, f"unionstate: the database {name} does not answer")
    assert error.count("\n") == 1
    assert "secretsecret" not in error
    monkeypatch.setenv("DATABASE_URL", "secretsecret")
    code, _, error = command("inbox")
    assert (code, "DATABASE_URL cannot be used" in error) == (2, True)
