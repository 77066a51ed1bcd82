"""The maintainers' commands as they run them: a maintainer's hour from `new` to `diff`, and what is refused."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bot.cli import main
from bot.core.load import data_folder, load_fact_base
from bot.core.model import Figure
from bot.core.published import FILE
from bot.core.schema import SCHEMAS, schema_text
from tests.core.small import ALL, ARTICLE, BANK, DOUBT, HEAD, PLANT, SEED, SHARE, write
from tests.test_cli import Pty

LAID_OUT = HEAD + "\n".join(
    (PLANT, SHARE.replace("section: Trends\n      quote", "section: Trends\n      quote"), BANK, DOUBT)
)
GROWTH = [
    "--id=trade-worth-2018", "--source=riac-2019", "--topic=trade", "--field=title=Worth of the trade",
    "--field=statement=Russia's trade with Belarus was worth 1,880 million in 2018.", "--field=value=1,880 million",
    "--field=as_of=2018",
]  # fmt: skip


@pytest.fixture
def facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laid out fact base of four facts in a folder of its own, with its article in `articles`."""
    folder = write(tmp_path, ALL)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "riac-2019.txt").write_text(
        ARTICLE + "So prices went up, and prices went down.\n", encoding="utf-8"
    )
    monkeypatch.setenv("UNIONSTATE_FACTS", str(folder))
    assert main(["fmt"]) == 0
    return folder


@pytest.fixture
def articles(tmp_path: Path) -> str:
    return f"--articles={tmp_path / 'articles'}"


def git(folder: Path, *arguments: str) -> str:
    ours = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    name = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *name, *arguments], cwd=folder, capture_output=True, text=True, check=True, env={**ours, "GIT_CONFIG_GLOBAL": os.devnull}
    )  # fmt: skip
    return done.stdout.strip()


@pytest.fixture
def committed(facts: Path) -> Path:
    git(facts.parent, "init", "-q", "-b", "main")
    git(facts.parent, "add", "facts", "seeds")
    git(facts.parent, "commit", "-q", "-m", "facts")
    return facts


# -- fmt ------------------------------------------------------------------------------------------


def test_fmt_check_changes_nothing_and_fmt_what_check_names(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    path = facts / "trade.yaml"
    good = path.read_bytes()
    assert main(["fmt", "--check"]) == 0
    assert capsys.readouterr() == ("", "0 changed, 2 as they should be, 0 unreadable\n")
    path.write_bytes(good.replace(b"value: 49.5%", b"value: '49.5%'"))
    assert main(["fmt", "--check"]) == 1
    out, err = capsys.readouterr()
    assert out == "facts/trade.yaml: to be laid out\n"
    assert err == "1 changed, 1 as it should be, 0 unreadable\n`unionstate fmt` lays them out\n"
    assert path.read_bytes() != good
    assert main(["fmt", str(path)]) == 0
    assert capsys.readouterr().out == "facts/trade.yaml: laid out anew\n"
    assert path.read_bytes() == good


def test_fmt_leaves_a_file_that_it_cannot_read_and_lays_out_the_others(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, seed = facts / "trade.yaml", facts.parent / "seeds" / "riac-2019.yaml"
    bad.write_text(bad.read_text() + "  value: [\n")
    broken = bad.read_bytes()
    seed.write_text("standpoint: An analysis\n" + seed.read_text().replace("standpoint: An analysis\n", ""))
    capsys.readouterr()
    assert main(["fmt"]) == 1
    out, err = capsys.readouterr()
    assert out == "seeds/riac-2019.yaml: laid out anew\n"
    assert "facts/trade.yaml:" in err
    assert "indented like its neighbours" in err
    assert bad.read_bytes() == broken


def test_fmt_takes_a_folder(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = facts / "trade.yaml"
    path.write_text(path.read_text().replace("value: 49.5%", "value: '49.5%'"))
    capsys.readouterr()
    assert main(["fmt", str(facts)]) == 0
    assert capsys.readouterr() == (
        "facts/trade.yaml: laid out anew\n", "1 changed, 0 as they should be, 0 unreadable\n"
    )  # fmt: skip


def test_fmt_names_a_file_that_is_not_there(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fmt", "nowhere.yaml"]) == 2
    assert capsys.readouterr().err == "unionstate: nowhere.yaml: No such file or directory\n"


def test_fmt_names_the_schema_where_there_is_one(facts: Path) -> None:
    assert (facts / "trade.yaml").read_text().startswith("topic:")
    assert main(["schema", "--write"]) == 0
    assert main(["fmt"]) == 0
    assert (
        (facts / "trade.yaml").read_text().startswith("# yaml-language-server: $schema=schema.json\ntopic:")
    )
    assert (
        (facts.parent / "seeds" / "riac-2019.yaml")
        .read_text()
        .startswith("# yaml-language-server: $schema=schema.json\ntitle:")
    )


def test_fmt_keeps_a_files_mode_and_follows_links(facts: Path, tmp_path: Path) -> None:
    path = facts / "trade.yaml"
    real = tmp_path / "elsewhere.yaml"
    path.rename(real)
    path.symlink_to(real)
    real.write_text(real.read_text().replace("value: 49.5%", "value: '49.5%'"))
    real.chmod(0o640)
    assert main(["fmt"]) == 0
    assert path.is_symlink()
    assert "value: 49.5%\n" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


# -- schema and publish ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["schema", name]) == 0
    assert capsys.readouterr().out == schema_text(name)


def test_publish_lists_new_ids_once(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["publish", "--check"]) == 1
    assert not (facts / FILE).exists()
    assert main(["publish"]) == 0
    ids = ["lending-bank", "petrova-doubts", "plant-begun", "trade-share-2018"]
    out, err = capsys.readouterr()
    assert out.split() == ids * 2
    assert err.splitlines() == ["4 of 4 ids not in the list yet", "4 of 4 ids added to the list"]
    assert [line for line in (facts / FILE).read_text().splitlines() if not line.startswith("#")] == ids
    assert main(["publish", "--check"]) == 0


def test_a_broken_fact_base_publishes_nothing(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = facts / "trade.yaml"
    path.write_text(path.read_text().replace("as_of: 2018", "as_of: soon"))
    for command in (["publish"], ["diff", "HEAD"], ["new", "figure"]):
        capsys.readouterr()
        assert main(command) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "trade-share-2018.as_of: found “soon”" in err
    assert not (facts / FILE).exists()


# -- check for a workflow -------------------------------------------------------------------------


def test_problems_stand_beside_their_lines_on_github(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = facts / "trade.yaml"
    text = (
        path.read_text()
        .replace("value: 49.5%", "value: '49,5%: a\\nb'")
        .replace("date: 2013-11", "date: 2013-13")
    )
    path.write_text(text.replace("checked", "x"))
    monkeypatch.chdir(facts.parent)
    capsys.readouterr()
    assert main(["check", "--format", "github"]) == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == (
        "::error file=facts/trade.yaml,line=9,title=plant-begun.date::found “2013-13”; wanted a day that the calendar has: "
        "a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~"
    )
    assert rest == ["1 problem, 0 warnings; checked the files, which do not load yet"]


def test_warnings_and_notes_are_annotations_too_and_all_is_escaped(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = facts / "trade.yaml"
    twin = DOUBT.replace("petrova-doubts", "petrova-doubts-too").replace(
        "too dear\n  attr", "too dear%\n  attr"
    )
    path.write_text(path.read_text().replace("with whom.", "with whom.\n  checked: 2001-01-01") + "\n" + twin)
    monkeypatch.chdir(facts)  # paths are told from where the workflow runs
    capsys.readouterr()
    assert main(["check", "--format", "github"]) == 0
    lines = capsys.readouterr().out.splitlines()
    kinds = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert kinds == ["::warning", *["::notice"] * 5]
    assert lines[0].startswith("::warning file=../facts/trade.yaml,line=")
    assert "dear%25" in lines[0]
    assert lines[-1].endswith("; 5 due for review")


def test_check_shows_the_first_notes_and_all_when_asked(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = facts / "trade.yaml"
    more = "\n".join(
        PLANT.replace("plant-begun", f"plant-{i}").replace("The plant is begun", f"Plant of {w}") for i, w in enumerate(
            "Avon Brest Crete Delhi Emden Fulda Genoa Haifa Izmir Jaffa Kyoto Lagos".split())
    )  # fmt: skip
    path.write_text(path.read_text().replace("with whom.", "with whom.\n  checked: 2001-01-01") + "\n" + more)
    capsys.readouterr()
    assert main(["check"]) == 0
    out = capsys.readouterr().out
    assert out.count("(note)") == 10
    assert "… and 6 more that are due; --notes lists them all" in out
    assert out.splitlines()[-1].endswith("; 16 due for review")
    assert main(["check", "--notes"]) == 0
    assert capsys.readouterr().out.count("(note)") == 16


# -- new ------------------------------------------------------------------------------------------


def test_a_record_is_written_in_its_place_with_what_else_it_may_have(
    facts: Path, articles: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (facts / "trade.yaml").read_text()
    capsys.readouterr()
    assert (
        main(
            [
                "new",
                "figure",
                *GROWTH,
                articles,
                "--field=quote=worth 1,880 million",
                "--field=asks=worth of trade, trade in money",
            ]
        )
        == 0
    )
    text = (facts / "trade.yaml").read_text()
    fact = load_fact_base(facts).by_id["trade-worth-2018"]
    assert isinstance(fact, Figure)
    assert (fact.value, fact.asks) == ("1,880 million", ("worth of trade", "trade in money"))
    assert fact.evidence[0].quote == "worth 1,880 million"
    start, end = text.index("# Fill in"), text.index("lending-bank:")
    assert text[:start] + text[end:] == before  # nothing else moved
    assert text.index("trade-share-2018:") < start
    line = text[:start].count("\n") + 1
    assert capsys.readouterr().out.strip().startswith(f"facts/trade.yaml:{line}: trade-worth-2018 is written")
    record = text[start:end]
    assert (
        "  # series: russia-share-of-foreign-trade   (Shared by facts that give the same quantity or state at different times.)\n"
        in record
    )
    assert "  # see_also: [trade-share-2015]   (" in record
    assert (
        "    quote: worth 1,880 million\n      # section: Trends in Trade and Economic Cooperation   ("
        in record
    )
    assert main(["fmt"]) == 0
    assert "  # series: " in (facts / "trade.yaml").read_text()  # the comments stay with their record
    assert main(["check", articles]) == 0


def test_the_latest_record_comes_last_and_the_earliest_first(facts: Path) -> None:
    for year, name in (("2030", "late"), ("1990", "early")):
        assert main(["new", "actor", f"--id={name}", "--source=riac-2019", "--topic=trade", f"--field=title=The {name} one",
                     f"--field=statement=The {name} one is one.", "--field=role=one", f"--field=as_of={year}", "--field=expected=true", "--field=quote=the bank lends"]) == 0  # fmt: skip
    assert [f.id for f in load_fact_base(facts).facts] == [
        "early",
        "plant-begun",
        "trade-share-2018",
        "lending-bank",
        "petrova-doubts",
        "late",
    ]
    assert main(["fmt", "--check"]) in (0, 1)


def test_a_quote_is_written_as_the_article_prints_it(facts: Path, articles: str) -> None:
    """A keyboard has no ’, and the link to the passage needs it."""
    assert (
        main(
            [
                "new",
                "figure",
                *GROWTH,
                articles,
                "--field=quote=Belarus's foreign trade in 2018, worth 1,880 million",
            ]
        )
        == 0
    )
    fact = load_fact_base(facts).by_id["trade-worth-2018"]
    assert fact.evidence[0].quote == "Belarus’s foreign trade in 2018, worth 1,880 million"


WRONG = {
    "a quote that is not there": (["--field=quote=worth 1,990 million"], "“worth 1,990 million” is not in the article; it has “worth 1,880 million.” as the nearest, which differs at the quote's word 2, “1,990”; passages that fit:\n  "),
    "a quote that is there twice": (["--field=quote=prices went"], "“prices went” stands 2 times in the article: add a word before or after"),
    "no quote at all": ([], "give also --field quote=…; passages that fit:\n  "),
    "a quote of one word": (["--field=quote=1,880"], "found “1,880”; wanted a quote of 2 to 8 words, not 1"),
    "a quote without the value's digits": (["--field=quote=took 49.5 percent"], "found 1880, which is in no quote; wanted a quote that has the figure's digits"),
    "a heading that is none": (["--field=quote=worth 1,880 million", "--field=section=Trade"], "wanted a heading of the article, as it stands there"),
    "an id that is taken": (["--field=quote=worth 1,880 million", "--id=plant-begun"], "--id: found the id “plant-begun”, which is taken at facts/trade.yaml:5; wanted another"),
    "an id of a source": (["--field=quote=worth 1,880 million", "--id=riac-2019"], "which is taken at seeds/riac-2019.yaml:1"),
    "an id that is none": (["--field=quote=worth 1,880 million", "--id=Worth"], "--id: found “Worth”; wanted an id of at most 80 small letters"),
    "a date that is none": (["--field=as_of=soon"], "--field as_of: found “soon”; wanted a date such as 2015"),
    "a field of another kind": (["--field=date=2018"], "--field wants NAME=TEXT with a name of title, statement, value, as_of, attribution"),
    "a field without a text": (["--field=note"], "--field wants NAME=TEXT"),
    "a topic that is none": (["--topic=weather"], "--topic wants one of trade, not weather"),
    "a source that is none": (["--source=riac-2018"], "--source wants one of riac-2019, not riac-2018"),
    "see_also that points one way": (["--field=quote=worth 1,880 million", "--field=see_also=plant-begun"], "found “plant-begun”, which does not name this fact"),
    "a pronoun first": (["--field=quote=worth 1,880 million", "--field=statement=It was worth 1,880 million in 2018."], "found “It” at the beginning; wanted a noun: the statement stands alone"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_and_the_file_is_as_it_was(
    facts: Path, articles: str, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    arguments, message = WRONG[name]
    before = (facts / "trade.yaml").read_bytes()
    capsys.readouterr()
    assert main(["new", "figure", *GROWTH, articles, *arguments]) in (1, 2)
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert (facts / "trade.yaml").read_bytes() == before
    assert sorted(p.name for p in facts.iterdir()) == ["trade.yaml"]


def test_without_a_terminal_all_that_is_missing_is_named_at_once(
    facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["new", "position", "--source=riac-2019", "--topic=trade"]) == 2
    err = capsys.readouterr().err
    assert [line.split("=")[0].strip() for line in err.splitlines()[1:-1]] == [
        "--field title", "--field statement", "--field as_of", "--field attribution", "--field quote",
    ]  # fmt: skip
    assert err.splitlines()[-1].startswith("  --id …")


@pytest.mark.parametrize(
    ("kind", "title"), [("figure", "Russia's share"), ("date", "Supreme State Council approves"), ("actor", "Douglas E. Lute")]
)  # fmt: skip
def test_each_kind_has_examples_of_its_own(facts: Path, kind: str, title: str) -> None:
    with Pty("new", kind, "--source=riac-2019", "--topic=trade", UNIONSTATE_FACTS=str(facts)) as terminal:
        assert f"For instance: {title}" in terminal.expect("title: ")
        terminal.send("\x04")
        assert terminal.end() == 1


def test_articles_without_the_source_are_named(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "figure", *GROWTH, f"--articles={tmp_path}"]) == 2
    assert "riac-2019.txt cannot be read" in capsys.readouterr().err


def test_on_a_terminal_it_asks_for_what_is_missing_and_offers_passages(facts: Path, articles: str) -> None:
    with Pty(
        "new", "figure", "--source=riac-2019", articles, UNIONSTATE_FACTS=str(facts), columns=200
    ) as terminal:
        terminal.expect("topic (trade): ")
        terminal.send("weather\n")
        terminal.expect("wanted one of trade")
        terminal.send("trade\n")
        assert "The name a person would look the fact up by." in terminal.expect("title: ")
        terminal.send("Worth of the trade\n")
        terminal.expect("statement: ")
        terminal.send("Russia's trade with Belarus was worth 1,880 million in 2018.\n")
        terminal.expect("value: ")
        terminal.send("1,880 million\n")
        terminal.expect("as_of: ")
        terminal.send("in 2018\n")
        terminal.expect("found “in 2018”; wanted a date such as 2015")
        terminal.send("2018\n")
        terminal.expect("id (Enter: worth-trade-2018): ")
        terminal.send("plant-begun\n")
        terminal.expect("which is taken at facts/trade.yaml:5")
        terminal.send("\n")
        offered = terminal.expect("quote, or a number: ")
        assert "1. " in offered
        assert "worth 1,880 million" in offered
        terminal.send("worth 1,990 million\n")
        terminal.expect("is not in the article")
        terminal.send("1\n")
        terminal.expect("section (Enter: none): ")
        terminal.send("Tends\n")
        terminal.expect("“Tends” is not in the article; wanted a heading as it stands there")
        terminal.send("Trends\n")
        terminal.expect("asks, with commas (Enter: none): ")
        terminal.send("worth of trade, сколько стоит торговля\n")
        terminal.expect("worth-trade-2018 is written")
        assert terminal.end() == 0
    fact = load_fact_base(facts).by_id["worth-trade-2018"]
    assert fact.asks == ("worth of trade", "сколько стоит торговля")
    assert "1,880 million" in fact.evidence[0].quote
    assert fact.evidence[0].section == "Trends"
    assert main(["check", articles]) == 0


def test_giving_up_on_a_terminal_writes_nothing(facts: Path, articles: str) -> None:
    before = (facts / "trade.yaml").read_bytes()
    with Pty("new", "date", "--source=riac-2019", "--topic=trade", UNIONSTATE_FACTS=str(facts)) as terminal:
        terminal.expect("title: ")
        terminal.send("\x04")
        terminal.expect("nothing was written")
        assert terminal.end() == 1
    assert (facts / "trade.yaml").read_bytes() == before


# -- diff -----------------------------------------------------------------------------------------


def test_a_maintainers_hour(
    committed: Path, articles: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record with a wrong quote is refused, mended, laid out, checked, seen in the diff, renamed and asked for."""
    quote = ["--field=quote=worth 1,990 million"]
    assert main(["new", "figure", *GROWTH, articles, *quote]) == 1
    assert main(["new", "figure", *GROWTH, articles, "--field=quote=worth 1,880 million"]) == 0
    path = committed / "trade.yaml"
    path.write_text(
        "\n".join(line for line in path.read_text().split("\n") if "#" not in line)
        .replace("plant-begun:", "plant-started:").replace("  date: 2013-11", "  former_ids: [plant-begun]\n  date: 2013-11~")
        .replace("asks: [trade share]", "asks: [share of trade, russian share]")
        .split("petrova-doubts:")[0]
    )  # fmt: skip
    assert main(["fmt"]) == 0
    assert main(["check", articles]) == 0
    capsys.readouterr()
    assert main(["diff", "HEAD"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("+ trade-worth-2018 (facts/trade.yaml:")
    assert "1,880 million — Worth of the trade\n" in out
    changed = out.split("~ plant-started (facts/trade.yaml:5)\n")[1]
    assert changed.startswith(
        "    id: plant-begun → plant-started\n    date: 2013-11 → 2013-11~\n    former_ids: nothing → plant-begun\n"
        "About November 2013 — The plant is begun\n"
    )
    assert "    asks: trade share → share of trade, russian share\n" in out
    assert (
        "- petrova-doubts: The loan is too dear\n    Nothing answers to this id any more: links to it end.\n"
        in out
    )
    assert out.endswith("Facts: 1 added, 2 changed, 1 removed, since HEAD\n")
    assert main(["ask", "plant-begun"]) == 0
    assert "The plant is begun" in capsys.readouterr().out


def test_the_same_as_a_summary_for_a_pull_request(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, seed = committed / "trade.yaml", committed.parent / "seeds" / "riac-2019.yaml"
    path.write_text(
        path.read_text()
        .replace("The loan is too dear", "The *loan* | is <b>too</b> dear @all")
        .replace("trades with whom", "sells to whom")
    )
    seed.write_text(SEED.replace("An analysis", "A commentary"))
    (committed / "vocabulary.yaml").write_text("names:\n  loan: [credit, кредит]\n")
    capsys.readouterr()
    assert main(["diff", "HEAD", "--format", "markdown"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "## Facts since `HEAD`\n\nFacts: 0 added, 1 changed, 0 removed; topics, sources and words: 3 changed.\n\n### Changed\n"
    )
    safe = r"The \*loan\* \| is \<b\>too\</b\> dear @" + "\u200ball"
    assert f"**`petrova-doubts`** · {safe}\n" in out
    assert f"| `title` | The loan is too dear | {safe} |\n" in out
    assert (
        "\n```text\nVera Petrova: The *loan* | is <b>too</b> dear @all\n  Petrova calls the loan too dear.\n"
        in out
    )
    assert "| `facts/trade.topic.about` | Who trades with whom. | Who sells to whom. |\n" in out
    assert "| `seeds/riac-2019.standpoint` | An analysis | A commentary |\n" in out
    assert "| `vocabulary.names.loan` | nothing | credit, кредит |\n" in out


def test_nothing_changed_is_said(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (committed / "trade.yaml").write_text(
        (committed / "trade.yaml").read_text().replace("value: 49.5%", "value: '49.5%'")
    )
    capsys.readouterr()
    assert main(["diff", "main"]) == 0
    assert capsys.readouterr().out == "Facts: 0 added, 0 changed, 0 removed, since main\n"


def test_a_revision_is_read_as_it_was_committed(committed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither what is staged nor what lies about in the folder belongs to it."""
    path = committed / "trade.yaml"
    path.write_text(path.read_text().replace("49.5%", "50%"))
    git(committed.parent, "commit", "-qam", "half")
    path.write_text(path.read_text().replace("50%", "51%"))
    git(committed.parent, "add", "facts")
    capsys.readouterr()
    assert main(["diff", "HEAD~1"]) == 0
    assert "    value: 49.5% → 51%\n" in capsys.readouterr().out
    assert main(["diff", "HEAD"]) == 0
    assert "    value: 50% → 51%\n" in capsys.readouterr().out


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "HEAD~7", ""])
def test_a_revision_that_is_not_there_is_named(
    committed: Path, capsys: pytest.CaptureFixture[str], revision: str
) -> None:
    capsys.readouterr()
    assert main(["diff", "--", revision]) == 2
    assert capsys.readouterr().err == f"unionstate: the repository has no revision {revision}\n"
    assert not (committed / "x").exists()


def test_a_folder_that_is_in_no_repository_is_named(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(facts.parent.parent))
    capsys.readouterr()
    assert main(["diff", "HEAD"]) == 2
    assert (
        capsys.readouterr().err
        == f"unionstate: {facts} is in no git repository, so there is no other version of it\n"
    )


def test_without_git_it_is_said_so(
    facts: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    capsys.readouterr()
    assert main(["diff", "HEAD"]) == 2
    assert (
        capsys.readouterr().err
        == "unionstate: git is not installed, and the other version comes from its history\n"
    )


def test_a_revision_whose_facts_do_not_load_is_told_with_why(
    committed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = committed / "trade.yaml"
    good = path.read_text()
    path.write_text(good.replace("as_of: 2018", "as_of: soon"))
    git(committed.parent, "commit", "-qam", "broken")
    path.write_text(good)
    capsys.readouterr()
    assert main(["diff", "HEAD"]) == 1
    err = capsys.readouterr().err
    assert "trade-share-2018.as_of: found “soon”" in err
    assert "the facts of HEAD do not load with this version of the program" in err


def test_the_projects_own_facts_are_laid_out_and_published(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UNIONSTATE_FACTS", raising=False)
    assert main(["fmt", "--check"]) == 0
    assert (data_folder() / "facts" / FILE).exists()


@pytest.mark.parametrize("command", ["new", "fmt", "diff", "schema", "publish"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: unionstate {command}")
    if command in ("new", "diff"):
        assert "examples:\n  unionstate " in text
