"""The static site: working links, valid data and feeds, short pages."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.byline import byline
from bot.core.present.card import first_line
from bot.core.present.links import fact_path
from bot.site.build import ROWS, Site, build_site
from bot.site.feeds import change_times
from bot.slack.blocks.modals import build_source_modal
from tests.support.facts import FOLDER, small_finder

URL = "https://facts.example/site"
FORMER = "old-trade-share"
TODAY = datetime.date(2026, 11, 23)


@pytest.fixture(scope="module")
def small() -> FactBase:
    base = small_finder().base
    share = base.by_id["trade-share-2018"].model_copy(update={"former_ids": (FORMER,)})
    return replace(base, facts=tuple(share if fact.id == share.id else fact for fact in base.facts))


@pytest.fixture(scope="module")
def folder(small: FactBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert build_site(Site(small, URL, TODAY), folder) > len(small.facts)
    return folder


class Links(HTMLParser):
    """The links and the text of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.words = ""
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in ("href", "src", "action") and value]

    def handle_data(self, data: str) -> None:
        self.words += data


def test_every_link_inside_the_site_leads_to_a_file(folder: Path) -> None:
    pages = list(folder.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        for link in Links(page).found:
            target = (page.parent / link.partition("?")[0]).resolve()
            file = target / "index.html" if target.is_dir() else target
            assert re.match(r"https?:|#", link) or file.is_file(), link
    former = (folder / "facts" / FORMER / "index.html").read_text("utf-8")
    assert 'content="0; url=../../facts/trade-share-2018/"' in former


def test_a_fact_has_a_page_with_card_quote_byline_and_links(folder: Path, small: FactBase) -> None:
    for fact in small.facts:
        page = folder / fact_path(fact.id) / "index.html"
        links, evidence = Links(page), fact.evidence[0]
        words = " ".join(links.words.split())
        for part in (first_line(fact)[0], fact.statement, byline(fact, small), evidence.quote, fact.id):
            assert " ".join(part.split()) in words
        assert small.link(evidence) in links.found
        block = re.search(r'<script type="application/ld\+json">([^<]*)', page.read_text("utf-8"))
        assert block
        claim = json.loads(block[1])
        assert (claim["@type"], claim["text"], claim["identifier"]) == ("Claim", fact.statement, fact.id)
        assert claim["url"] == f"{URL}/facts/{fact.id}/"
        assert "claimReviewed" not in claim


def test_no_page_lists_more_than_a_hundred_facts(tmp_path: Path, base: FactBase) -> None:
    build_site(Site(base, "", TODAY), tmp_path)
    most = max(Links(page).words.count("Opinion") for page in tmp_path.rglob("*.html"))
    assert ROWS / 2 < most <= ROWS


def test_data_and_feeds_can_be_read(folder: Path, small: FactBase) -> None:
    facts = json.loads((folder / "facts.json").read_text("utf-8"))
    assert [fact["id"] for fact in facts] == [fact.id for fact in small.facts]
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    rows = list(csv.DictReader(io.StringIO((folder / "facts.csv").read_text("utf-8"))))
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == list(rows[0])
    assert len(rows) == len(small.facts)
    feed = ElementTree.parse(folder / "feed.xml")
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == len(small.facts)
    assert "[Trade](topics/trade/)" in (folder / "llms.txt").read_text("utf-8")


def test_the_feed_has_changes_first_and_reviews_are_no_changes(tmp_path: Path, small: FactBase) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    trade = tmp_path / "facts/trade.yaml"

    def commit(day: str) -> None:
        when = {"GIT_COMMITTER_DATE": f"{day}T10:00:00Z", "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        author = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", day]):
            subprocess.run(["git", "-C", tmp_path, *command], check=True, env=when)

    commit("2020-01-01")
    text = trade.read_text("utf-8")
    trade.write_text(text.replace("  as_of: 2015\n", "  as_of: 2015\n  checked: 2021-02-02\n"), "utf-8")
    commit("2021-01-01")
    assert {time.year for time in change_times(small, trade.parent).values()} == {2020}
    trade.write_text(text.replace("took 48%", "accounted for 48%"), "utf-8")
    commit("2022-01-01")
    changed = change_times(small, trade.parent)
    build_site(Site(small, URL, TODAY, changed=changed), tmp_path / "site")
    feed = ElementTree.parse(tmp_path / "site/feed.xml")
    dates = [updated.text for updated in feed.iter("{http://www.w3.org/2005/Atom}updated")]
    assert dates[:3] == ["2022-01-01T10:00:00Z", "2022-01-01T10:00:00Z", "2020-01-01T10:00:00Z"]
    assert change_times(small, tmp_path / "none" / "facts") == {}


def test_events_known_to_the_day_are_in_the_calendar(folder: Path) -> None:
    text = (folder / "events.ics").read_bytes().decode()
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    at = next(n for n, line in enumerate(lines) if line.startswith("UID:airbase-opened@"))
    assert lines[at + 2 : at + 4] == ["DTSTART;VALUE=DATE:20211104", "DTEND;VALUE=DATE:20211105"]


def test_what_slack_shows_under_source_links_to_the_page(small: FactBase) -> None:
    fact = small.facts[0]
    assert f"{URL}/facts/{fact.id}/" in json.dumps(build_source_modal(fact, small, TODAY, URL))
    assert "Copy link" not in json.dumps(build_source_modal(fact, small, TODAY))
