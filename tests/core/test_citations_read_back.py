"""References for programs are read back by reference libraries."""

import datetime
import json

import pytest

from bot.core.facts.models import Source
from bot.core.present.citations import cite
from tests.support.facts import small_finder

BASE = small_finder().base
DAY = datetime.date(2026, 11, 23)
CITED = [(fact, [BASE.sources[i] for i in fact.sources]) for fact in BASE.facts]


def names(source: Source) -> str:
    return source.author or source.publisher


def test_ris_is_read_by_rispy() -> None:
    rispy = pytest.importorskip("rispy")
    for fact, sources in CITED:
        entries = rispy.loads(cite(fact, BASE, "ris", DAY))
        for entry, source in zip(entries, sources, strict=True):
            assert (entry["type_of_reference"], entry["id"]) == ("ELEC", source.id)
            assert source.title[:10] in entry["title"]
            assert names(source) in entry["authors"][0]
            assert entry["urls"] == [source.address]


def test_csl_json_is_read_by_citeproc() -> None:
    json_source = pytest.importorskip("citeproc.source.json")
    for fact, sources in CITED:
        items = json.loads(cite(fact, BASE, "csl", DAY))
        read = json_source.CiteProcJSON(items)
        for source in sources:
            assert source.title[:10] in str(read[source.id].title)
            assert str(read[source.id].URL) == source.address


def test_bibtex_is_read_by_pybtex() -> None:
    pybtex = pytest.importorskip("pybtex.database")
    for fact, sources in CITED:
        found = pybtex.parse_string(cite(fact, BASE, "bibtex", DAY), "bibtex").entries
        assert list(found) == [source.id for source in sources]
        for source in sources:
            assert found[source.id].fields["url"] == source.address
