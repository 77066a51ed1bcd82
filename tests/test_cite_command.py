"""`unionstate cite` and the domains in `unionstate manifest`, which both read the facts."""

from __future__ import annotations

import datetime
import json

import pytest

from bot.cli import main
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from tests.support.facts import FOLDER, small_finder


@pytest.fixture(autouse=True)
def small_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIONSTATE_FACTS", str(FOLDER / "facts"))


def test_cite_prints_every_style_under_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite", "trade-share-2018"]) == 0
    printed = capsys.readouterr().out
    base = small_finder().base
    for style in STYLES:
        reference = cite(base.by_id["trade-share-2018"], base, style, datetime.date.today())
        assert f"{STYLE_NAMES[style]}:\n{reference}\n" in printed


@pytest.mark.parametrize("style", STYLES)
def test_cite_in_one_style_prints_that_alone(capsys: pytest.CaptureFixture[str], style: str) -> None:
    assert main(["cite", "--style", style, "AIRBASE-OPENED"]) == 0
    base = small_finder().base
    wanted = cite(base.by_id["airbase-opened"], base, style, datetime.date.today())  # type: ignore[arg-type]
    assert capsys.readouterr().out == f"{wanted}\n"


@pytest.mark.parametrize(
    ("fact_id", "hint"),
    [
        ("airbase-open", "did you mean airbase-opened or envoy-on-airbase?"),
        ("Trade-Shares-2018", "did you mean trade-share-2018 or trade-share-2015?"),
        ("xyz", "`unionstate export` prints the ids"),
        ("are", "`unionstate export` prints the ids"),  # letters of trade-share-2018 by chance
    ],
)
def test_an_unknown_id_is_named_with_what_may_be_meant(
    capsys: pytest.CaptureFixture[str], fact_id: str, hint: str
) -> None:
    assert main(["cite", fact_id]) == 1
    assert capsys.readouterr().err == f"unionstate: no fact has the id {fact_id}: {hint}\n"


def test_the_manifest_unfurls_the_articles_of_the_facts_that_are_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["manifest"]) == 0
    domains = json.loads(capsys.readouterr().out)["features"]["unfurl_domains"]
    assert domains == ["alpha.example", "gamma.example"]
