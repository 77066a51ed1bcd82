"""The command `unionstate` as people and scripts run it: what it prints, where, and its exit codes.

Most commands run in processes of their own, all of them started at once when the first test asks
for one, and the tests look at what came of them.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import __version__
from bot.cli import main
from bot.core.card import provenance
from bot.core.examples import EXAMPLES
from bot.core.facts.base import FactBase
from bot.core.facts.loader import data_folder
from bot.slack import strings as wording
from tests.core.small import ALL, ARTICLE, HEAD, SHARE, write

Run = subprocess.CompletedProcess[bytes]

WEIRD = [
    "", " ", "\t", "?", "???", "-", "--", "--json", "-x", "...", "🇧🇾", "😀😀😀", "👩‍👩‍👧‍👦", "\u202eabc\u202c", "\u200b",
    "\ufeff", "\x00", "\x07\x1b[31m", "\u2028", "\x85", "\x0b\x0c", "é́́́́", "Ḷ̵̛u̷k̷a̶", "عربي", "עברית", "中文", "ქართული",
    "لوكاشنكو trade", "<script>alert(1)</script>", "<!channel> <@U123>", "'; DROP TABLE facts; --", "../../etc/passwd",
    "$(reboot)", "%s%n%d", "{0.__class__}", "\\", '"', "“”", "a" * 5_000, "trade " * 2_000, "1" * 3_000, "0", "-5%", "1e999",
    "NaN", "2018-13-45", "99999", "не", "ы", "\u0301", "the of and", "(((((", "[[[[", "*_~`", "trade\tshare", "ТРЕЙД",
]  # fmt: skip


def environment(**changes: str) -> dict[str, str]:
    """This process's own, without what would change the look or the facts of an answer."""
    ours = {
        k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "UNIONSTATE_FACTS", "COLUMNS", "LINES")
    }
    return {**ours, "TERM": "xterm", "PYTHONWARNINGS": "error", **changes}


def run(*arguments: str | bytes, stdin: bytes = b"", **changes: str) -> Run:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], input=stdin, capture_output=True, env=environment(**changes), timeout=60
    )  # fmt: skip


def shell(line: str) -> Run:
    """A line of a shell, with $U as the command."""
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, env=environment(U=f"{sys.executable} -m bot"), timeout=60
    )


class Pty:
    """A command in a terminal of its own, of a given width; what it has written so far is in `text`."""

    def __init__(self, *arguments: str, columns: int = 80, **changes: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.fd, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        # Opening the terminal by name makes it the new session's own, so that Ctrl-C reaches the process.
        start = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); from bot.cli import main; sys.exit(main())"
        self.process = subprocess.Popen(
            [sys.executable, "-c", start, *arguments],
            stdin=inner, stdout=inner, stderr=inner, env=environment(**changes), start_new_session=True,
        )  # fmt: skip
        os.close(inner)
        self.text = ""

    def __enter__(self) -> Pty:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def send(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def expect(self, text: str) -> str:
        """Waits until `text` has come; returns what came up to it and forgets it."""
        while text not in self.text:
            if not self._more():
                raise AssertionError(f"no {text!r} in {self.text!r}")
        before, _, self.text = self.text.partition(text)
        return before

    def end(self) -> int:
        """Waits for the end; returns the exit code."""
        while self._more():
            pass
        return self.process.wait(10)

    def _more(self) -> bool:
        import select

        if not select.select([self.fd], [], [], 20)[0]:
            raise AssertionError(f"silence after {self.text!r}")
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # Linux ends a terminal whose process has gone with EIO
            return False
        self.text += piece.decode(errors="replace")
        return bool(piece)


def in_terminal(*arguments: str, columns: int = 80, **changes: str) -> tuple[int, str]:
    with Pty(*arguments, columns=columns, **changes) as terminal:
        return terminal.end(), terminal.text.replace("\r\n", "\n")


@pytest.fixture(scope="session")
def first_id(base: FactBase) -> str:
    """A fact with a statement that does not fit in 60 columns."""
    return next(f.id for f in base.facts if len(f.statement) > 150)


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A facts/ folder with two mistakes."""
    facts = HEAD + SHARE.replace("as_of: 2018", "as_of: 2015-13").replace("title:", "titel:")
    return write(tmp_path_factory.mktemp("broken"), facts)


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A copy of the real fact base with six different mistakes in one file; what is told of each, by where."""
    folder = tmp_path_factory.mktemp("six")
    for name in ("facts", "seeds"):
        shutil.copytree(data_folder() / name, folder / name)
    file = max(
        (p for p in (folder / "facts").glob("*.yaml") if p.stem != "vocabulary"),
        key=lambda p: p.stat().st_size,
    )
    lines = file.read_text(encoding="utf-8").split("\n")

    def find(pattern: str, after: int) -> int:
        return next(i for i in range(after, len(lines)) if re.match(pattern, lines[i]))

    expected: dict[str, str] = {}
    at = 0

    def next_record() -> int:
        nonlocal at
        at = find(r"[a-z0-9-]+:$", at + 4)
        return at

    def told(line: int, message: str) -> None:
        expected[f"facts/{file.name}:{line + 1}: "] = message

    record = next_record()
    line = find(r"  kind:", record)
    lines.insert(line, lines[line])
    told(line + 1, "found “kind” a second time")
    record = next_record()
    lines.insert(record + 1, "  colour: red")
    told(record + 1, ".colour: found an unknown field")
    record = next_record()
    line = find(r"  (as_of|date):", record)
    lines[line] = lines[line].split(":")[0] + ": 2015-02-30"
    told(line, "found “2015-02-30”")
    record = next_record()
    line = find(r"    - source:", record)
    lines[line] = "    - source: nowhere-1999"
    told(line, "found “nowhere-1999”")
    record = next_record()
    line = find(r"  kind:", record)
    lines[line] = lines[line].replace("  ", "\t", 1)
    told(line, "found a tab")
    record = next_record()
    line = find(r"      quote:", record)
    lines[line] = "      quote: alone"
    told(line, "a quote of 2 to 8 words, not 1")
    file.write_text("\n".join(lines), encoding="utf-8")
    return folder / "facts", expected


@pytest.fixture(scope="session")
def runs(
    broken: Path, six: tuple[Path, dict[str, str]], first_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Run]]]:
    weird = "\n".join(WEIRD).encode() + b"\n\xff\xfe broken bytes\n"
    with ThreadPoolExecutor(4) as pool:
        start = pool.submit
        yield {
            "weird": start(run, "ask", "--json", "-", stdin=weird),
            "pipe": start(run, "ask", "-", stdin=f"{first_id}\r\nqwrtpsd vbnmgh\n".encode()),
            "id": start(run, "ask", "--explain", *EXAMPLES[0].split()),
            "none": start(run, "ask", "--json", "qwrtpsd in vbnmgh"),
            "bytes": start(run, "ask", "--json", b"qwrtpsd \xff\xfe"),
            "ascii": start(run, "ask", "--json", EXAMPLES[4], PYTHONIOENCODING="ascii"),
            "nothing": start(run, "ask"),
            "examples": start(run, "ask", "--examples"),
            "six": start(run, "check", UNIONSTATE_FACTS=str(six[0])),
            "broken": start(run, "ask", "trade", UNIONSTATE_FACTS=str(broken)),
            "head": start(shell, "($U export; echo $? >&2) | head -c 100"),
            "closed output": start(shell, f"$U ask {first_id} >&-"),
            "closed input": start(shell, f"$U ask {first_id} <&-"),
            "full disk": start(shell, "$U export >/dev/full"),
        }


# -- questions ------------------------------------------------------------------------------------


def test_a_question_is_answered_with_its_source_and_explained(runs: dict[str, Future[Run]]) -> None:
    done = runs["id"].result()
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert "\033" not in text
    assert "Outcome: " in text
    words = "|".join(re.escape(word) for word in EXAMPLES[0].split())
    assert re.search(rf"^    ({words}) .*weight \d", text, re.MULTILINE)


def test_weird_questions_each_get_one_line_of_json_in_order(runs: dict[str, Future[Run]]) -> None:
    done = runs["weird"].result()
    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line) for line in done.stdout.decode().rstrip("\n").split("\n")]
    assert len(WEIRD) >= 50
    assert [a["query"] for a in answers] == [*WEIRD, "\ufffd\ufffd broken bytes"]
    for answer in answers:
        assert list(answer) == ["query", "status", "facts", "unknown", "topics"]
        assert answer["status"] in ("answer", "choices", "none")
        assert bool(answer["facts"]) == (answer["status"] != "none")
        assert all(0 < fact["score"] <= 1 for fact in answer["facts"])


def test_questions_from_a_pipe_are_answered_in_order_in_plain_text_and_end_with_0(
    runs: dict[str, Future[Run]], base: FactBase, first_id: str
) -> None:
    done = runs["pipe"].result()
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert "\033" not in text
    fact = base.by_id[first_id]
    assert f"\n  {fact.statement}\n" in text  # not wrapped
    assert text.index(fact.statement) < text.index(wording.NO_FACT)
    assert "I know nothing about “qwrtpsd” or “vbnmgh”." in text


def test_no_such_fact_is_exit_code_1_and_still_json(runs: dict[str, Future[Run]]) -> None:
    done = runs["none"].result()
    assert (done.returncode, done.stderr) == (1, b"")
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["facts"]) == ("none", [])
    assert {"qwrtpsd", "vbnmgh"} <= set(answer["unknown"])


def test_an_argument_that_is_no_text_is_a_question_all_the_same(runs: dict[str, Future[Run]]) -> None:
    done = runs["bytes"].result()
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout)["query"].startswith("qwrtpsd ")


def test_an_output_that_knows_no_cyrillic_gets_question_marks(runs: dict[str, Future[Run]]) -> None:
    done = runs["ascii"].result()
    assert done.returncode == 0
    assert done.stderr == b""
    assert json.loads(done.stdout)["facts"]


def test_no_question_is_wrong_usage(runs: dict[str, Future[Run]]) -> None:
    done = runs["nothing"].result()
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "unionstate: no question: give one, or `-` to read a question a line from standard input\n"
    )


def test_the_examples_are_shown_with_what_they_get(runs: dict[str, Future[Run]]) -> None:
    done = runs["examples"].result()
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert [line[2:] for line in text.splitlines() if line.startswith("? ")] == list(EXAMPLES)


# -- what goes wrong ------------------------------------------------------------------------------


def test_one_run_names_six_different_mistakes_with_their_lines(
    runs: dict[str, Future[Run]], six: tuple[Path, dict[str, str]]
) -> None:
    done = runs["six"].result()
    assert (done.returncode, done.stderr) == (1, b"")
    lines = done.stdout.decode().splitlines()
    for place, message in six[1].items():
        assert [line for line in lines if line.startswith(place) and message in line], (place, message, lines)
    assert lines[-1].startswith("6 problems, 0 warnings; checked the files, which do not load yet")
    assert len(lines) == 7


def test_a_broken_fact_base_answers_nothing_and_tells_its_mistakes(runs: dict[str, Future[Run]]) -> None:
    done = runs["broken"].result()
    assert (done.returncode, done.stdout) == (1, b"")
    lines = done.stderr.decode().splitlines()
    assert lines[0].startswith(
        "facts/trade.yaml:7: trade-share-2018.titel: found an unknown field; wanted `title`"
    )
    assert lines[1].startswith("facts/trade.yaml:10: trade-share-2018.as_of: found “2015-13”")
    assert lines[2:] == ["unionstate: 2 problems in the fact base; `unionstate check` lists the same"]


@pytest.mark.parametrize(
    "command",
    ["ask trade", "browse", "check", "cite x", "coverage --articles {texts}", "diff HEAD", "export", "fmt", "inbox", "manifest",
     "new date", "playground", "publish", "schema --write", "serve"],
)  # fmt: skip
def test_a_folder_of_facts_that_is_not_there_is_told_alike_by_every_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (tmp_path / "riac-2019.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(tmp_path / "nowhere"))
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    try:
        code = main(command.format(texts=tmp_path).split())
    except SystemExit as stop:
        code = int(str(stop.code))
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err == (
        "unionstate: UNIONSTATE_FACTS is no folder: give it the path of a folder with fact files, or leave it out\n"
    )


def test_a_reader_that_has_seen_enough_is_no_error(runs: dict[str, Future[Run]]) -> None:
    done = runs["head"].result()
    assert len(done.stdout) == 100
    assert done.stderr == b"0\n"


def test_closed_streams_end_without_a_traceback(runs: dict[str, Future[Run]]) -> None:
    for name in ("closed output", "closed input"):
        done = runs[name].result()
        assert (done.returncode, done.stderr) == (0, b""), name


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_told_in_one_line(runs: dict[str, Future[Run]]) -> None:
    done = runs["full disk"].result()
    assert done.returncode == 1
    assert done.stderr == b"unionstate: the output could not be written: the disk is full\n"


# -- in a terminal --------------------------------------------------------------------------------

COLOUR = re.compile("\033\\[[0-9;]*m")


def test_a_terminal_gets_colour_and_lines_that_fit_it(base: FactBase, first_id: str) -> None:
    code, text = in_terminal("ask", first_id, columns=60)
    assert code == 0
    assert "\033[1m" in text
    lines = COLOUR.sub("", text).splitlines()
    assert all(len(line) <= 60 for line in lines if "https://" not in line)
    assert " ".join(base.by_id[first_id].statement.split()) in " ".join(" ".join(lines).split())
    links = [line.strip() for line in lines if "https://" in line]
    articles = provenance(base.by_id[first_id], base).articles
    assert links == [article.address for article in articles]  # a link is never broken


@pytest.mark.parametrize("changes", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_wants_no_colour_gets_none(first_id: str, changes: dict[str, str]) -> None:
    code, text = in_terminal("ask", first_id, columns=60, **changes)
    assert code == 0
    assert "\033" not in text
    assert all(len(line) <= 60 for line in text.splitlines() if "https://" not in line)


def test_the_prompt_takes_questions_and_ends_at_ctrl_d(tmp_path: Path, base: FactBase) -> None:
    facts = write(tmp_path, ALL)
    home = tmp_path / "home"
    home.mkdir()
    changes = {"HOME": str(home), "UNIONSTATE_FACTS": str(facts), "NO_COLOR": "1"}
    with Pty("ask", **changes) as terminal:
        assert EXAMPLES[0] in terminal.expect("Ctrl-D ends.")
        terminal.expect("? ")
        terminal.send("plant-begun\n")
        terminal.expect("November 2013 — The plant is begun")
        terminal.expect("? ")
        terminal.send("\n")
        terminal.expect("? ")  # an empty line asks nothing
        terminal.send("topic trade\n")
        terminal.expect("Trade (4 facts)")
        terminal.expect("? ")
        terminal.send("zebra crossing\n")
        terminal.expect("no such fact")
        terminal.expect("? ")
        terminal.send("help\n")
        terminal.expect(EXAMPLES[4])
        terminal.expect("? ")
        terminal.send("2013\n")
        terminal.expect("A number shows its card.")
        terminal.expect("? ")
        terminal.send("1\n")
        terminal.expect("Work on the plant began in November 2013.")
        terminal.expect("? ")
        terminal.send("unionstate ask lending-bank\n")  # as the lists of pages print it
        terminal.expect("Lending Bank lends to the plant.")
        terminal.expect("? ")
        terminal.send("exit\n")
        assert terminal.end() == 0
        assert "Traceback" not in terminal.text
    history = home / ".unionstate_history"
    assert [line for line in history.read_text().splitlines() if not line.startswith("_")] == [
        "plant-begun",
        "topic trade",
        "zebra crossing",
        "help",
        "2013",
        "1",
        "unionstate ask lending-bank",
        "exit",
    ]
    with Pty("ask", **changes) as terminal:
        terminal.expect("? ")
        terminal.send("\033[A" * 8 + "\n")  # up to the first question of last time
        terminal.expect("November 2013 — The plant is begun")
        terminal.expect("? ")
        terminal.send("\x04")
        assert terminal.end() == 0


# -- in this process: quick ones ------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small base as the facts of the commands."""
    facts = write(tmp_path, ALL)
    monkeypatch.setenv("UNIONSTATE_FACTS", str(facts))
    return facts


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask", "plant-begun"], 0),
        (["ask", "PLANT-BEGUN"], 0),
        (["ask", "the", "plant", "is", "begun"], 0),
        (["ask", "--json", "lending bank"], 0),
        (["ask", "zebra"], 1),
        (["ask", "--", "-5%"], 1),
        (["ask", ""], 2),
        (["ask", "  ", " "], 2),
        (["check"], 0),
        (["export"], 0),
        (["export", "--format", "csv"], 0),
    ],
    ids=str,
)
def test_exit_codes(
    small: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
) -> None:
    assert main(arguments) == code
    out, err = capsys.readouterr()
    assert bool(out) == (code != 2)
    assert bool(err) == (code == 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["nope"], "invalid choice: 'nope'"),
        (["ask", "--nope"], "unrecognized arguments: --nope"),
        (["export", "--format", "xml"], "invalid choice: 'xml'"),
        (["coverage"], "the following arguments are required: --articles"),
        (["serve", "--http", "--socket"], "not allowed with argument"),
    ],
    ids=str,
)
def test_wrong_usage_is_exit_code_2_with_the_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("usage: unionstate")
    assert message in err


@pytest.mark.parametrize("command", ["", "ask", "browse", "check", "coverage", "export", "serve", "manifest"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"] if command else ["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: unionstate {command}".rstrip())
    if command in ("", "ask"):
        assert "examples:\n" in text


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"unionstate {__version__}\n"


@given(st.text(max_size=80))
@example("-")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_any_question_ends_with_a_proper_exit_code(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """`-` is one: it reads standard input, here an empty one of no file."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    code = main(["ask", "--json", "--", text.replace("\0", "")])
    out, err = capsys.readouterr()
    if out:
        assert code == (1 if json.loads(out)["status"] == "none" else 0)
    else:
        assert code == (0 if text.strip() == "-" else 2)
    assert bool(err) == (code == 2)


def test_export_prints_the_contract(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [f["id"] for f in facts] == ["trade-share-2018", "plant-begun", "lending-bank", "petrova-doubts"]
    assert all("score" not in f for f in facts)
    assert main(["export", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("id,kind,topic,title,statement,value,date,as_of,")


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ([], ["Topics", "  Trade (4 facts): Who trades with whom.", "    unionstate browse topic trade"]),
        (["topic", "trade"], ["Trade (4 facts)", "  Who trades with whom.", "", "Figures", "  49.5% — Share of Russia in the trade (2018)"]),
        (["Topic trade"], ["Trade (4 facts)"]),
        (["sources"], ["Sources", "  RIAC 2019 (4 facts): Trade in transition", "    Vera Petrova, Council. An analysis."]),
        (["source", "riac"], ["Trade in transition", "  Author: Vera Petrova", "  Publisher: Council", "  Published: 2019"]),
        (["actors"], ["Actors (1)"]),
        (["timeline"], ["Timeline", "", "2013", "  November 2013 — The plant is begun", "    unionstate ask plant-begun"]),
        (["timeline", "2020-"], ["Timeline from 2020", "  I have no dated facts of that time; mine run from 2013 to 2013."]),
        (["about"], [f"UnionState {__version__}", "  4 facts (1 figure, 1 date, 1 actor and 1 position) in 1 topic, from 1 article"]),
    ],
    ids=" ".join,
)  # fmt: skip
def test_browse_prints_pages(
    small: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], lines: list[str]
) -> None:
    assert main(["browse", *arguments]) == 0
    assert capsys.readouterr().out.splitlines()[: len(lines)] == lines


def test_browse_prints_a_list_whole_and_a_random_card(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["browse", "topic", "trade"]) == 0
    out = capsys.readouterr().out
    assert [line.strip() for line in out.splitlines() if "unionstate ask" in line] == [
        f"unionstate ask {key}"
        for key in ("trade-share-2018", "plant-begun", "lending-bank", "petrova-doubts")
    ]
    assert main(["browse", "random"]) == 0
    assert "https://council.example/en/trade/" in capsys.readouterr().out


def test_browse_tells_what_is_not_there(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["browse", "topic", "wombats"]) == 1
    assert capsys.readouterr().out.startswith("I have no topic “wombats”. These are there:\n  Trade")
    assert main(["browse", "wombats"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("unionstate: no such page: wombats; the pages are topics, topic NAME,")


def test_a_clean_check_says_how_much_it_looked_at(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "by kind: actor 1, date 1, figure 1, position 1",
        "by topic: trade 4",
        "by article: riac-2019 4",
        "0 problems, 0 warnings; checked 4 facts",
    ]
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "riac-2019.txt").write_text(ARTICLE, encoding="utf-8")
    assert main(["check", "--articles", str(texts)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "0 problems, 0 warnings; checked 4 facts, 4 quotes and 1 figures against the articles"
    )
    assert main(["coverage", "--articles", str(texts)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "riac-2019: 4 quotes in 2 of 3 paragraphs"
    assert main(["coverage", "--bare", "--articles", str(texts)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["   1    0  Trends"]


@pytest.mark.parametrize("command", ["check", "coverage"])
def test_articles_that_are_missing_or_no_text_are_wrong_usage(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    texts = tmp_path / "texts"
    wanted = f"unionstate: no texts in {texts}: --articles wants a folder with <source>.txt files\n"
    assert main([command, "--articles", str(texts)]) == 2
    assert capsys.readouterr().err == wanted
    texts.mkdir()
    assert main([command, "--articles", str(texts)]) == 2
    assert capsys.readouterr().err == wanted
    (texts / "riac-2019.txt").write_bytes(b"\xff\xfe")
    assert main([command, "--articles", str(texts)]) == 2
    assert capsys.readouterr().err == (
        f"unionstate: --articles: {texts / 'riac-2019.txt'} is no UTF-8: save it as UTF-8\n"
    )


def test_the_projects_own_facts_are_without_problems(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNIONSTATE_FACTS", raising=False)
    assert main(["check"]) == 0, capsys.readouterr().out
