"""The maintainers' commands check, new, fmt, diff, word and schema."""

import os
import subprocess
from pathlib import Path

import pytest

from bot.core.facts.json_schema import schema_text
from bot.core.facts.loader import load_fact_base
from bot.core.facts.template import add_question
from tests.conftest import Command
from tests.core.small import ALL, ARTICLE, DOUBT, PLANT, SEED, write


@pytest.fixture
def facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> Path:
    """A formatted base of four facts in a temporary folder, with its article in `articles`."""
    folder = write(tmp_path, ALL)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "riac-2019.txt").write_text(ARTICLE, encoding="utf-8")
    monkeypatch.setenv("UNIONSTATE_FACTS", str(folder))
    assert command("fmt")[0] == 0
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


def test_fmt_changes_what_fmt_check_names(facts: Path, command: Command) -> None:
    path = facts / "trade.yaml"
    good = path.read_bytes()
    assert command("fmt --check") == (0, "", "0 not formatted, 2 unchanged, 0 unreadable\n")
    edit(path, ("value: 49.5%", "value: '49.5%'"))
    unformatted = path.read_bytes()
    summary = "1 not formatted, 1 unchanged, 0 unreadable\n"
    assert command("fmt --check") == (1, f"{path}: not formatted\n", summary)
    assert path.read_bytes() == unformatted
    assert command(f"fmt {facts}")[0] == 0
    assert path.read_bytes() == good


def test_fmt_leaves_a_file_that_it_cannot_read_and_formats_the_others(facts: Path, command: Command) -> None:
    bad, seed = facts / "trade.yaml", facts.parent / "seeds" / "riac-2019.yaml"
    bad.write_text(bad.read_text() + "  value: [\n")
    broken = bad.read_bytes()
    edit(seed, ("language: en", "language: 'en'"))
    code, out, err = command("fmt")
    assert (code, out) == (1, f"{seed}: reformatted\n")
    assert "facts/trade.yaml:" in err
    assert bad.read_bytes() == broken
    assert command("fmt nowhere.yaml")[0] == 1


def test_fmt_names_the_schema_if_there_is_one(facts: Path, command: Command) -> None:
    assert command("schema --write")[0] == 0
    assert (facts / "schema.json").read_text("utf-8") == schema_text("facts")
    assert command("fmt")[0] == 0
    for path in (facts / "trade.yaml", facts.parent / "seeds" / "riac-2019.yaml"):
        assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\nt")


def test_findings_are_annotations_beside_their_lines_on_github(
    facts: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = facts / "trade.yaml"
    good = path.read_text()
    twin = DOUBT.replace("petrova-doubts", "petrova-doubts-too").replace("dear\n  attr", "dear%\n  attr")
    path.write_text(good.replace("with whom.", "with whom.\n  checked: 2001-01-01") + "\n" + twin)
    monkeypatch.chdir(facts)  # paths are relative to where the workflow runs
    code, out, _ = command("check --format github")
    *lines, summary = out.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::warning", "::warning", *["::notice"] * 5]
    assert lines[0].startswith("::warning file=../facts/trade.yaml,line=")
    assert "dear%25" in lines[0]
    assert (code, summary.endswith("; 5 due for review")) == (0, True)

    path.write_text(good.replace("date: 2013-11", "date: 2013-13"))
    monkeypatch.chdir(facts.parent)
    code, out, _ = command("check --format github")
    assert out.startswith(
        "::error file=facts/trade.yaml,line=9,title=plant-begun.date::“2013-13” is not in the"
    )
    assert out.endswith("\n1 problems, 0 warnings; checked files that do not load yet\n")
    assert code == 1


def test_check_shows_the_first_notes_and_all_when_asked(facts: Path, command: Command) -> None:
    plants = (PLANT.replace("plant-begun", f"{w}-plant").replace("The plant", f"{w}'s plant") for w in
              "avon brest crete delhi emden fulda genoa haifa".split())  # fmt: skip
    text = (facts / "trade.yaml").read_text().replace("with whom.", "with whom.\n  checked: 2001-01-01")
    (facts / "trade.yaml").write_text("\n".join([text, *plants]))
    for line, shown in (("check", 10), ("check --notes", 12)):
        code, out, _ = command(line)
        assert (code, out.count("(notice)")) == (0, shown)
        assert out.endswith("; 12 due for review\n")


def test_texts_are_compared_and_no_pipe_is_waited_for(facts: Path, tmp_path: Path, command: Command) -> None:
    (facts.parent / "seeds" / "riac-2015.yaml").write_text(SEED, encoding="utf-8")
    os.mkfifo(tmp_path / "articles" / "riac-2015.txt")
    code, out, _ = command(f"check --articles {tmp_path}/articles")
    assert code == 0
    assert "4 quotes (but those of riac-2015, of which there is no text)" in out


def test_a_word_is_explained(facts: Path, command: Command) -> None:
    (facts / "vocabulary.yaml").write_text("names:\n  Russia: [RF]\n")
    shown = "names: Russia, RF\n  trade-share-2018 (facts/trade.yaml:14)\nrf: groups of the vocabulary: 1, facts: 1\n"
    assert command("word rf") == (0, shown, "")
    assert command("word zebra")[0] == 1


@pytest.mark.parametrize("kind", ["figure", "date", "actor", "position"])
def test_a_template_passes_check_once_it_is_filled_in(facts: Path, command: Command, kind: str) -> None:
    _, text, _ = command(f"new {kind} --id plant-owner --source riac-2019")
    filled = {
        "title": "Owner of the plant", "statement": "Vera Petrova says that the bank owns 1/2 of the plant.", "value": "1/2",
        "date": "2019", "as_of": "2019", "role": "an owner", "attribution": "Vera Petrova", "quote": "owns 1/2 of it",
    }  # fmt: skip
    for name, value in filled.items():
        text = text.replace(f" {name}:\n", f" {name}: {value}\n")
    path = facts / "trade.yaml"
    path.write_text(path.read_text() + "\n" + text, encoding="utf-8")
    assert [command(line)[0] for line in ("check", "fmt", "check")] == [0, 0, 0]
    assert "#" not in path.read_text()


def test_a_template_is_appended_and_offers_passages(facts: Path, tmp_path: Path, command: Command) -> None:
    options = f"--source riac-2019 --articles {tmp_path}/articles --about 'loan dear'"
    code, out, _ = command(f"new figure {options} --topic trade --write")
    assert (code, out.partition(".yaml:")[0]) == (0, f"{facts}/trade")
    assert "#: quote: loan is too dear\n" in (facts / "trade.yaml").read_text()
    assert command("new figure --topic nowhere --write")[0] == 2


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


def test_a_diff_shows_fields_and_cards(committed: Path, command: Command) -> None:
    edit(
        committed / "trade.yaml",
        ("plant-begun:", "plant-started:"),
        ("  date: 2013-11", "  former_ids: [plant-begun]\n  date: 2013-11~"),
        ("asks: [trade share]", "asks: [share of trade, russian share]"),
    )
    code, out, _ = command("diff")
    for part in (
        "~ plant-started (facts/trade.yaml:5)\n    id: plant-begun → plant-started\n",
        "    former_ids: nothing → plant-begun\n    date: 2013-11 → 2013-11~\n",
        "About November 2013 — The plant is begun\n",
        "    asks: trade share → share of trade, russian share\n",
    ):
        assert part in out
    assert (code, out.splitlines()[-1]) == (0, "0 added, 2 changed, 0 removed")
    assert "The plant is begun" in command("ask plant-begun")[1]


def test_a_strict_diff_refuses_that_an_id_ends(
    committed: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = committed / "trade.yaml"
    good = path.read_text()
    edit(path, ("plant-begun:", "plant-started:"))
    assert command("diff")[0] == 0
    code, _, line = command("diff --strict")
    assert (code, line.partition(" “")[0]) == (1, "facts/trade.yaml:5: former_ids:")
    assert "`former_ids: [plant-begun]`" in line
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert command("diff --strict")[2].startswith("::error file=facts/trade.yaml,line=5,")
    path.write_text(good.split("petrova-doubts:")[0])
    assert "petrova-doubts" in command("diff --strict")[2]
    path.write_text(good.replace("petrova-doubts:", "petrova-on-the-loan:\n  former_ids: [petrova-doubts]"))
    assert command("diff --strict")[0] == 0


def test_the_same_as_a_summary_for_a_pull_request(committed: Path, command: Command) -> None:
    loan = ("The loan is too dear", "The *loan* ````| is <b>too</b> dear @all")
    edit(committed / "trade.yaml", loan, ("trades with whom", "sells to whom"))
    edit(committed.parent / "seeds" / "riac-2019.yaml", ("An analysis", "A commentary"))
    (committed / "vocabulary.yaml").write_text("names:\n  loan: [credit, кредит]\n")
    _, out, _ = command("diff HEAD --format markdown")
    assert out.startswith("## Facts since `HEAD`\n\n````text\n~ facts/trade\n")
    for part in (
        "\n~ petrova-doubts (facts/trade.yaml:",
        "    title: The loan is too dear → The *loan* | is <b>too</b> dear @all\n",  # without the end of the block
        "The *loan* | is <b>too</b> dear @all\n  Petrova calls the loan too dear.\n",
        "    topic.about: Who trades with whom. → Who sells to whom.\n",
        "    standpoint: An analysis → A commentary\n",
        "    names.loan: nothing → credit, кредит\n",
    ):
        assert part in out
    assert out.endswith("\n1 added, 3 changed, 0 removed\n````\n")


def test_a_revision_is_read_as_it_was_committed(
    committed: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staged and unstaged changes do not belong to it, whether its facts load does not matter, nor what a hook sets."""
    path = committed / "trade.yaml"
    edit(path, ("49.5%", "50%"), ("49.5 percent", "50 percent"), ("as_of: 2018", "as_of: soon"))
    git(committed.parent, "commit", "-qam", "half")
    edit(path, ("50%", "51%"), ("as_of: soon", "as_of: 2018"))
    git(committed.parent, "add", "facts")
    monkeypatch.setenv("GIT_DIR", str(committed.parent / "elsewhere" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    assert "    value: 49.5% → 51%\n" in command("diff HEAD~1")[1]
    assert "    value: 50% → 51%\n    as_of: soon → 2018\n" in command("diff HEAD")[1]


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD~7", ""])
def test_an_unknown_revision_is_named(committed: Path, command: Command, revision: str) -> None:
    code, _, error = command(f"diff -- '{revision}'")
    assert (code, error.partition(" (")[0]) == (2, "unionstate: fatal: Needed a single revision")
    assert f" {revision}^" in error


def test_git_gives_its_own_reason(facts: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(facts.parent.parent))
    code, _, error = command("diff")
    assert (code, "not a git repository" in error) == (2, True)
    monkeypatch.setenv("PATH", "")
    code, _, error = command("diff HEAD")
    assert (code, "No such file or directory: 'git'" in error) == (1, True)
