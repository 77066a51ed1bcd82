"""The command `unionstate` as people and scripts run it: what it prints, where, and its exit codes."""

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__
from bot.core.facts.base import FactBase
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from tests.cli.terminal import environment, run, shell
from tests.conftest import Command
from tests.core.small import ALL, ARTICLE, write
from tests.support.facts import FOLDER, small_finder

WEIRD = [
    "", " ", "\t", "?", "-", "--json", "...", "🇧🇾", "👩‍👩‍👧‍👦", "\u202eabc\u202c", "\u200b", "\ufeff", "\x00", "\x07\x1b[31m",
    "\u2028", "\x85", "é́́́́", "عربي", "ქართული", "<!channel> <@U123>", "'; DROP TABLE facts; --", "../../etc/passwd", "$(reboot)", "%s%n%d",
    "{0.__class__}", "\\", "“”", "a" * 5_000, "trade " * 2_000, "1" * 3_000, "-5%", "1e999", "2018-13-45", "не", "(((((", "*_~`",
]  # fmt: skip


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small base as the facts of the commands."""
    facts = write(tmp_path, ALL)
    monkeypatch.setenv("UNIONSTATE_FACTS", str(facts))
    return facts


def test_questions_from_a_pipe_each_get_one_line_of_json_in_order() -> None:
    done = run("ask", "--json", "-", stdin="\n".join(WEIRD).encode() + b"\n\xff\xfe broken bytes\r\n")
    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line) for line in done.stdout.decode().rstrip("\n").split("\n")]
    assert [a["query"] for a in answers] == [*WEIRD, "\ufffd\ufffd broken bytes"]
    for answer in answers:
        assert {"query", "status", "facts", "unknown", "topics"} <= set(answer)
        assert bool(answer["facts"]) == (answer["status"] != "none")
        assert all(fact["score"] >= 0 for fact in answer["facts"])


def test_a_pipe_gets_plain_text_that_is_not_wrapped(base: FactBase) -> None:
    fact = next(f for f in base.facts if len(f.statement) > 150)
    done = run("ask", "--explain", "-", stdin=f"{fact.id}\nqwrtpsd vbnmgh\n".encode())
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert "\033" not in text
    assert f"\n  {fact.statement}\n" in text
    assert "qwrtpsd" in text.partition(fact.statement)[2]
    assert text.count("Outcome: ") == 2


@pytest.mark.parametrize(
    ("encoding", "arguments", "part"),
    [
        ("ascii", ["ask", "--json", "доля Китая в торговле"], "доля"),
        ("cp1252", ["export"], "доля"),
        ("utf-16", ["export", "--format", "csv"], "доля"),
        ("cp1252", ["schema"], '"$schema"'),
        ("utf-16", ["new", "figure", "--ask", "доля"], "доля"),
        ("ascii", ["ask", "--examples"], "? ???? ?????"),  # text for people
    ],
    ids=str,
)
def test_data_is_utf8_in_every_console_encoding(encoding: str, arguments: list[str], part: str) -> None:
    done = run(*arguments, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert part in done.stdout.decode("utf-8")


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_questions_in_a_file_are_utf8_with_or_without_a_byte_order_mark(encoding: str) -> None:
    done = run("ask", "--json", "-", stdin="\ufeffдоля\nдоля\n".encode(), PYTHONIOENCODING=encoding)
    assert [json.loads(line)["query"] for line in done.stdout.splitlines()] == ["доля", "доля"]


def test_an_argument_with_invalid_bytes_is_still_a_question() -> None:
    done = run("ask", "--json", b"qwrtpsd \xff\xfe")
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout)["query"].startswith("qwrtpsd ")


CODES = {
    0: ["ask plant-begun", "ask PLANT-BEGUN", "ask the plant is begun", "ask --json lending bank", "browse random",
        "cite plant-begun", "export", "export --format csv"],
    1: ["ask zebra", "ask --json zebra", "ask -- -5%", "browse topic wombats"],
    2: ["ask", "ask ' ' ''", "browse wombats"],
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_exit_codes(small: Path, command: Command, code: int) -> None:
    for line in CODES[code]:
        found, out, err = command(line)
        assert (found, bool(out), bool(err)) == (code, code < 2, code == 2), line


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("", ["Topics", "  Trade (4 entries)", "    Who trades with whom.", "    unionstate browse topic trade"]),
        ("topic trade", ["Trade (4 entries)", "  Who trades with whom.", "", "Figures", "  49.5% — Share of Russia in the trade (2018)"]),
        ("sources", ["Sources", "  RIAC 2019 (4 entries)", "    Trade in transition", "    Vera Petrova, Council, 2019. An analysis."]),
        ("source riac", ["Trade in transition (4 entries)", "  Author: Vera Petrova", "  Publisher: Council", "  Published: 2019"]),
        ("timeline", ["Timeline (1 entry)", "", "2013", "  November 2013 — The plant is begun", "    unionstate ask plant-begun"]),
        ("about", ["About this bot", "  3 facts and 1 attributed opinion in 1 topic, from 1 article"]),
    ],
)  # fmt: skip
def test_browse_prints_pages(small: Path, command: Command, page: str, lines: list[str]) -> None:
    code, out, _ = command(f"browse {page}")
    assert (code, out.splitlines()[: len(lines)]) == (0, lines)


def test_cite_prints_every_style_or_one(monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))
    base, today = small_finder().base, datetime.date.today()
    _, printed, _ = command("cite Trade-Share-2018")
    for style in STYLES:
        reference = cite(base.by_id["trade-share-2018"], base, style, today)
        assert f"{STYLE_NAMES[style]}:\n{reference}\n" in printed
        assert command(f"cite --style {style} trade-share-2018") == (0, f"{reference}\n", "")
    hints = {"airbase-open": "did you mean airbase-opened?", "x": "`unionstate export` prints the ids"}
    for unknown, hint in hints.items():
        assert command(f"cite {unknown}") == (1, "", f"unionstate: no fact has the id {unknown}: {hint}\n")


def test_export_prints_the_contract(small: Path, command: Command) -> None:
    facts = json.loads(command("export")[1])
    assert [f["id"] for f in facts] == ["trade-share-2018", "plant-begun", "lending-bank", "petrova-doubts"]
    assert all("score" not in f for f in facts)
    assert command("export --format csv")[1].startswith("id,kind,topic,title,statement,value,date,as_of,")


def test_the_manifest_unfurls_the_served_articles(monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))
    domains = json.loads(command("manifest")[1])["features"]["unfurl_domains"]
    assert domains == ["alpha.example", "gamma.example"]


@pytest.mark.parametrize(
    "line",
    ["ask trade", "browse", "check", "cite x", "coverage --articles {texts}", "diff HEAD", "export", "inbox", "manifest",
     "playground", "schema --write", "serve"],
)  # fmt: skip
def test_every_command_reports_a_missing_folder_of_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command, line: str
) -> None:
    (tmp_path / "riac-2019.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    code, out, err = command(line.format(texts=tmp_path))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("unionstate: UNIONSTATE_FACTS ")


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("($U export; echo $? >&2) | head -c 100", 0, "0\n"),  # the reader closes the pipe early
        ("$U ask --examples >&-", 0, ""),
        ("$U ask trade share <&-", 0, ""),
        ("$U export >/dev/full", 1, "unionstate: [Errno 28] No space left on device\n"),
        ("$U ask", 2, "unionstate: no question: give one, or `-` to read a question a line from standard input\n"),
    ],
)  # fmt: skip
def test_streams_that_end_early_leave_no_traceback(line: str, code: int, error: str) -> None:
    done = shell(line)
    assert (done.returncode, done.stderr.decode()) == (code, error)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("nope", "invalid choice: 'nope'"),
        ("ask --nope", "unrecognized arguments: --nope"),
        ("export --format xml", "invalid choice: 'xml'"),
        ("coverage", "the following arguments are required: --articles"),
        ("serve --http --socket", "not allowed with argument"),
        ("playground --port 0", "is not a port"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_the_usage(command: Command, line: str, message: str) -> None:
    code, out, err = command(line)
    assert (code, out) == (2, "")
    assert err.startswith("usage: unionstate")
    assert message in err


COMMANDS = "ask browse check cite coverage diff doctor export fmt inbox manifest mcp new playground schema serve site word"


def test_every_command_has_help_and_there_is_a_version(command: Command) -> None:
    for name in ("", *COMMANDS.split()):
        code, out, _ = command(f"{name} --help")
        assert (code, out.startswith(f"usage: unionstate {name}".rstrip())) == (0, True)
    assert command("--version") == (0, f"unionstate {__version__}\n", "")


def test_a_user_without_a_home_directory_or_password_entry() -> None:
    program = (
        "import os, pwd\ndel os.environ['HOME']\ndef unknown(uid): raise KeyError(uid)\npwd.getpwuid = unknown\n"
        "import bot.server.doctor, bot.server.run\nfrom bot.cli import main\nmain(['inbox'])"
    )
    environ = {**environment(HOME="/"), "PYTHONWARNINGS": ""}
    for name in ("XDG_DATA_HOME", "STATE_DIRECTORY", "DATABASE_URL"):
        environ.pop(name, None)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environ, timeout=60)
    assert b"Traceback" not in done.stderr
    assert b"set DATABASE_URL" in done.stderr
