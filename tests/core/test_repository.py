"""Addresses in the repository: a line of a file, a new issue that is filled in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.repository import ADDRESS_LENGTH, Repository
from tests.support.facts import small_finder

GITHUB, GITLAB = Repository("https://github.com/owner/name"), Repository("https://gitlab.example/group/name")


def test_a_fact_leads_to_its_line() -> None:
    base = small_finder().base
    place = base.places["trade-share-2018"]
    assert GITHUB.line(place) == f"https://github.com/owner/name/blob/HEAD/facts/trade.yaml#L{place.line}"
    assert (
        GITLAB.line(place) == f"https://gitlab.example/group/name/-/blob/HEAD/facts/trade.yaml#L{place.line}"
    )
    assert place.line > 1


@pytest.mark.parametrize("remark", ["", "Off by one & <b>\nsecond line", "ж" * 500, "😀" * 500])
@pytest.mark.parametrize("repository", [GITHUB, GITLAB])
def test_an_issue_is_filled_in_and_its_address_fits_a_button(repository: Repository, remark: str) -> None:
    base = small_finder().base
    fact = base.by_id["trade-share-2018"]
    address = repository.new_issue(fact, base.places[fact.id], base.version, "wrong", remark)
    assert len(address) <= ADDRESS_LENGTH
    parts = urlsplit(address)
    assert parts.path.endswith("/issues/new")
    told = " ".join(value for values in parse_qs(parts.query).values() for value in values)
    for word in (fact.id, base.version, "wrong", remark[:20]):
        assert word in told
