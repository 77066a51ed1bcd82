"""The maintainers' commands check, new, fmt, diff, word and schema."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.facts.json_schema import schema_text
from bot.core.facts.loader import load_fact_base
from bot.core.facts.template import add_question
from tests.core.small import ALL, ARTICLE, DOUBT, PLANT, SEED, write


@pytest.fixture
def facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A formatted base of four facts in a temporary folder, with its article in `articles`."""
    folder = write(tmp_path, ALL)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "riac-2019.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(folder))
    assert main(["fmt"]) == 0
    capsys.readouterr()
    return folder


def edit(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    environment = {**ours, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *name, *arguments], cwd=folder, capture_output=True, check=True, env=environment)


@pytest.fixture
def committed(facts: Path) -> Path:
    git(facts.parent, "init", "-q", "-b", "main")
    git(facts.parent, "add", "facts", "seeds")
    git(facts.parent, "commit", "-q", "-m", "facts")
    return facts


# -- fmt and schema -------------------------------------------------------------------------------


def test_fmt_changes_what_fmt_check_names(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = facts / "trade.yaml"
    good = path.read_bytes()
    assert main(["fmt", "--check"]) == 0
    edit(path, ("value: 49.5%", "value: '49.5%'"))
    capsys.readouterr()
    assert main(["fmt", "--check"]) == 1
    out, err = capsys.readouterr()
    assert out == f"{path}: not formatted\n"
    assert err.startswith("1 not formatted")
    assert path.read_bytes() != good
    assert main(["fmt", str(facts)]) == 0
    assert path.read_bytes() == good


def test_fmt_leaves_a_file_that_it_cannot_read_and_formats_the_others(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, seed = facts / "trade.yaml", facts.parent / "seeds" / "riac-2019.yaml"
    bad.write_text(bad.read_text() + "  value: [\n")
    broken = bad.read_bytes()
    edit(seed, ("language: en", "language: 'en'"))
    assert main(["fmt"]) == 1
    out, err = capsys.readouterr()
    assert out == f"{seed}: reformatted\n"
    assert "facts/trade.yaml:" in err
    assert bad.read_bytes() == broken
    assert main(["fmt", "nowhere.yaml"]) == 1


def test_fmt_names_the_schema_if_there_is_one(facts: Path) -> None:
    assert main(["schema", "--write"]) == 0
    assert (facts / "schema.json").read_text("utf-8") == schema_text("facts")
    assert main(["fmt"]) == 0
    for path in (facts / "trade.yaml", facts.parent / "seeds" / "riac-2019.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\nt")


# -- check ----------------------------------------------------------------------------------------


def test_findings_are_annotations_beside_their_lines_on_github(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = facts / "trade.yaml"
    good = path.read_text()
    twin = DOUBT.replace("petrova-doubts", "petrova-doubts-too").replace("dear\n  attr", "dear%\n  attr")
    path.write_text(good.replace("with whom.", "with whom.\n  checked: 2001-01-01") + "\n" + twin)
    monkeypatch.chdir(facts)  # paths are relative to where the workflow runs
    assert main(["check", "--format", "github"]) == 0
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert kinds == ["::warning", "::warning", *["::notice"] * 5]
    assert lines[0].startswith("::warning file=../facts/trade.yaml,line=")
    assert "dear%25" in lines[0]
    assert lines[-1].endswith("; 5 due for review")

    path.write_text(good.replace("date: 2013-11", "date: 2013-13"))
    monkeypatch.chdir(facts.parent)
    assert main(["check", "--format", "github"]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    place = "::error file=facts/trade.yaml,line=9,title=plant-begun.date"
    assert first.startswith(f"{place}::“2013-13” is not in the calendar")
    assert rest == ["1 problems, 0 warnings; checked files that do not load yet"]


def test_check_shows_the_first_notes_and_all_when_asked(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plants = (PLANT.replace("plant-begun", f"{w}-plant").replace("The plant", f"{w}'s plant") for w in
              "avon brest crete delhi emden fulda genoa haifa".split())  # fmt: skip
    text = (facts / "trade.yaml").read_text().replace("with whom.", "with whom.\n  checked: 2001-01-01")
    (facts / "trade.yaml").write_text("\n".join([text, *plants]))
    for options, shown in (([], 10), (["--notes"], 12)):
        assert main(["check", *options]) == 0
        out = capsys.readouterr().out
        assert out.count("(notice)") == shown
        assert out.endswith("; 12 due for review\n")


def test_texts_that_are_there_are_compared_and_a_pipe_is_not_waited_for(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (facts.parent / "seeds" / "riac-2015.yaml").write_text(SEED, encoding="utf-8")
    os.mkfifo(tmp_path / "articles" / "riac-2015.txt")
    assert main(["check", "--articles", str(tmp_path / "articles")]) == 0
    out = capsys.readouterr().out
    assert "4 quotes (but those of riac-2015, of which there is no text)" in out


def test_a_word_is_explained(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (facts / "vocabulary.yaml").write_text("names:\n  Russia: [RF]\n")
    assert main(["word", "rf"]) == 0
    assert capsys.readouterr().out == (
        "names: Russia, RF\n  trade-share-2018 (facts/trade.yaml:14)\nrf: groups of the vocabulary: 1, facts: 1\n"
    )
    assert main(["word", "zebra"]) == 1


# -- new ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["figure", "date", "actor", "position"])
def test_a_template_passes_check_once_it_is_filled_in(
    facts: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    assert main(["new", kind, "--id", "plant-owner", "--source", "riac-2019"]) == 0
    text = capsys.readouterr().out
    filled = {
        "title": "Owner of the plant", "statement": "Vera Petrova says that the bank owns 1/2 of the plant.", "value": "1/2",
        "date": "2019", "as_of": "2019", "role": "an owner", "attribution": "Vera Petrova", "quote": "owns 1/2 of it",
    }  # fmt: skip
    for name, value in filled.items():
        text = text.replace(f" {name}:\n", f" {name}: {value}\n")
    path = facts / "trade.yaml"
    path.write_text(path.read_text() + "\n" + text, encoding="utf-8")
    assert main(["check"]) == 0
    assert main(["fmt"]) == 0
    assert "#" not in path.read_text()
    assert main(["check"]) == 0


def test_a_template_is_appended_and_offers_passages(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--source", "riac-2019", "--articles", str(tmp_path / "articles"), "--about", "loan dear"]
    assert main(["new", "figure", *options, "--topic", "trade", "--write"]) == 0
    assert capsys.readouterr().out.startswith(f"{facts / 'trade.yaml'}:")
    text = (facts / "trade.yaml").read_text()
    assert "#: quote: loan is too dear\n" in text
    assert main(["new", "figure", "--topic", "nowhere", "--write"]) == 2


def test_a_question_is_added_to_a_fact(facts: Path) -> None:
    base = load_fact_base(facts)
    for question in ("what's the share: of trade?", "trade share today"):
        path, line = add_question(facts, base.by_id["trade-share-2018"], question)
        assert question in path.read_text("utf-8").splitlines()[line - 1]
    add_question(facts, base.by_id["plant-begun"], "when was it begun")
    assert load_fact_base(facts).questions == {
        "trade-share-2018": ("trade share today", "what's the share: of trade?"),
        "plant-begun": ("when was it begun",),
    }


# -- diff -----------------------------------------------------------------------------------------


def test_a_diff_shows_fields_and_cards(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        committed / "trade.yaml",
        ("plant-begun:", "plant-started:"),
        ("  date: 2013-11", "  former_ids: [plant-begun]\n  date: 2013-11~"),
        ("asks: [trade share]", "asks: [share of trade, russian share]"),
    )
    assert main(["diff"]) == 0
    out = capsys.readouterr().out
    assert (
        "~ plant-started (facts/trade.yaml:5)\n    id: plant-begun → plant-started\n"
        "    former_ids: nothing → plant-begun\n    date: 2013-11 → 2013-11~\n" in out
    )
    assert "About November 2013 — The plant is begun\n" in out
    assert "    asks: trade share → share of trade, russian share\n" in out
    assert out.endswith("\n0 added, 2 changed, 0 removed\n")
    assert main(["ask", "plant-begun"]) == 0
    assert "The plant is begun" in capsys.readouterr().out


def test_a_strict_diff_refuses_that_an_id_ends(
    committed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = committed / "trade.yaml"
    good = path.read_text()
    edit(path, ("plant-begun:", "plant-started:"))
    assert main(["diff"]) == 0
    capsys.readouterr()
    assert main(["diff", "--strict"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("facts/trade.yaml:5: former_ids: ")
    assert "`former_ids: [plant-begun]`" in line
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["diff", "--strict"]) == 1
    assert capsys.readouterr().err.startswith("::error file=facts/trade.yaml,line=5,")
    path.write_text(good.split("petrova-doubts:")[0])
    assert main(["diff", "--strict"]) == 1
    assert "petrova-doubts" in capsys.readouterr().err
    path.write_text(good.replace("petrova-doubts:", "petrova-on-the-loan:\n  former_ids: [petrova-doubts]"))
    assert main(["diff", "--strict"]) == 0


def test_the_same_as_a_summary_for_a_pull_request(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loan = ("The loan is too dear", "The *loan* ````| is <b>too</b> dear @all")
    edit(committed / "trade.yaml", loan, ("trades with whom", "sells to whom"))
    edit(committed.parent / "seeds" / "riac-2019.yaml", ("An analysis", "A commentary"))
    (committed / "vocabulary.yaml").write_text("names:\n  loan: [credit, кредит]\n")
    assert main(["diff", "HEAD", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("## Facts since `HEAD`\n\n````text\n~ facts/trade\n")
    assert "\n~ petrova-doubts (facts/trade.yaml:" in out
    assert "    title: The loan is too dear → The *loan* ````| is <b>too</b> dear @all\n" not in out
    assert "    title: The loan is too dear → The *loan* | is <b>too</b> dear @all\n" in out
    assert "The *loan* | is <b>too</b> dear @all\n  Petrova calls the loan too dear.\n" in out
    assert "    topic.about: Who trades with whom. → Who sells to whom.\n" in out
    assert "    standpoint: An analysis → A commentary\n" in out
    assert "    names.loan: nothing → credit, кредит\n" in out
    assert out.endswith("\n1 added, 3 changed, 0 removed\n````\n")


def test_a_revision_is_read_as_it_was_committed(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Staged and unstaged changes do not belong to it; whether its facts load does not matter."""
    path = committed / "trade.yaml"
    edit(path, ("49.5%", "50%"), ("49.5 percent", "50 percent"), ("as_of: 2018", "as_of: soon"))
    git(committed.parent, "commit", "-qam", "half")
    edit(path, ("50%", "51%"), ("as_of: soon", "as_of: 2018"))
    git(committed.parent, "add", "facts")
    for revision, old, other in (("HEAD~1", "49.5%", ""), ("HEAD", "50%", "    as_of: soon → 2018\n")):
        assert main(["diff", revision]) == 0
        out = capsys.readouterr().out
        assert f"    value: {old} → 51%\n" in out
        assert other in out


def test_a_diff_works_in_a_hook(
    committed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(committed.parent / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    assert main(["diff", "HEAD"]) == 0
    assert capsys.readouterr().out == "0 added, 0 changed, 0 removed\n"


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD~7", ""])
def test_an_unknown_revision_is_named(
    committed: Path, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    assert main(["diff", "--", revision]) == 2
    error = capsys.readouterr().err
    assert error.startswith("unionstate: fatal: Needed a single revision")
    assert f" {revision}^" in error


def test_git_gives_its_own_reason(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(facts.parent.parent))
    assert main(["diff"]) == 2
    assert "not a git repository" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    assert main(["diff", "HEAD"]) == 1
    assert "No such file or directory: 'git'" in capsys.readouterr().err
