"""`unionstate inbox` as text and JSON, with --done, and its errors."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli import main
from bot.db.engine import Database, open_engine
from bot.db.inbox import DatabaseInbox
from bot.playground.server import DESK, Playground
from bot.server.local_inbox import local_inbox
from tests.support.facts import FOLDER


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path}/inbox.sqlite3"
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))
    return address


@pytest.fixture
def filled(url: str) -> None:
    """Three wordings of one question, one other, and one that the facts answer by now."""
    database = Database(open_engine(url))
    inbox = DatabaseInbox(database)
    for question in ("average salary minsk", "minsk average salary", "average salery minsk"):
        inbox.unanswered(question, "none", ("salary", "minsk"), "trade-share-2018")
    inbox.unanswered("volcano", "none", ("volcano",), None)
    inbox.unanswered("trade share", "none", (), None)
    inbox.thumb("trade-share-2018", False)
    inbox.thumb("trade-share-2018", True)
    inbox.report("trade-share-2018", "abc", "outdated", "A newer figure exists.")
    inbox.report("gone", "abc", "wrong", "")
    inbox.start()
    inbox.close()
    database.close()


def run(*arguments: str) -> int:
    return main(["inbox", *arguments])


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(*arguments) == 0
    return capsys.readouterr().out


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[dict[str, object]]]:
    content = json.loads(printed(capsys, "--json", *arguments))
    assert isinstance(content, dict)
    return content


@pytest.mark.usefixtures("filled")
def test_it_shows_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys).splitlines()
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER, tmp_path / "base")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "base/facts"))
    (volcano,) = (q["id"] for q in found(capsys)["questions"] if q["words"] == "volcano")
    assert run("--answer", str(volcano), "no-such-fact") == 1
    assert "`unionstate new KIND --ask 'volcano'`" in capsys.readouterr().err
    output = printed(capsys, "--answer", str(volcano), "airbase-opened")
    assert re.match(r".*/facts/questions/\w+\.yaml:2: “volcano” now gets \w+: airbase-opened", output)


def test_questions_of_edit_mode_are_kept(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with local_inbox() as inbox, Playground(FOLDER / "facts", watch=True, inbox=inbox) as playground:
        playground.actions.say(DESK, "/unionstate marsupial quota")
    assert [q["words"] for q in found(capsys)["questions"]] == ["marsupial quota"]


@pytest.mark.usefixtures("filled")
def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    content = found(capsys)
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
    assert len(first["alike"]) == 2  # type: ignore[arg-type]
    answered = {other["words"]: other.get("answered") for other in others}
    assert answered == {"volcano": None, "trade share": "trade-share-2018"}


@pytest.mark.usefixtures("filled")
def test_done_closes_reports_groups_and_thumbs(capsys: pytest.CaptureFixture[str]) -> None:
    first = found(capsys)["questions"][0]["id"]
    closed = printed(capsys, "--done", "R1", str(first), "Trade-Share-2018")
    assert closed == f"closed r1\nclosed {first}\nclosed trade-share-2018\n"
    left = found(capsys)
    assert [report["id"] for report in left["reports"]] == ["r2"]
    assert not left["unhelpful"]
    assert {question["words"] for question in left["questions"]} == {"volcano", "trade share"}
    assert run("--done", "r2", "r9", "q99", "no-such-fact", "q", "r99999999999999999999") == 1
    output = capsys.readouterr()
    assert output.out == "closed r2\n"
    assert output.err.endswith(
        "nothing in the inbox is called r9, q99, no-such-fact, q, r99999999999999999999\n"
    )


def test_a_missing_database_is_reported_and_not_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/mistyped/x.db")
    assert run() == 1
    assert f"no database at {tmp_path}/mistyped/x.db" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("filled")
def test_a_day_may_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(found(capsys, "--since", "7d")["questions"]) == 3
    later = found(capsys, "--since", "2999-01-01")
    assert (later["questions"], later["unhelpful"], len(later["reports"])) == ([], [], 2)
    for wrong in ("yesterday", "7", "2026-13-01"):
        assert run("--since", wrong) == 2
        assert f"“{wrong}” is not a date: write 2026-11-23, or 7d" in capsys.readouterr().err


@pytest.mark.usefixtures("filled")
def test_facts_that_do_not_load_hide_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/trade.yaml").write_text("topic: [", encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "facts"))
    text = printed(capsys)
    assert "volcano" in text
    assert "r1  trade-share-2018" in text


def test_a_database_that_does_not_answer_is_one_line_without_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://anna:secretsecret@127.0.0.1:9/facts")
    assert run() == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith(
        "unionstate: the database postgresql+psycopg://anna:…@127.0.0.1:9/facts does not answer ("
    )
    assert "secretsecret" not in error
    monkeypatch.setenv("DATABASE_URL", "secretsecret")
    assert run() == 2
    assert "DATABASE_URL cannot be used" in capsys.readouterr().err
