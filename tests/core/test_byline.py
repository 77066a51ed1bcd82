"""Bylines credit the right person and date for each kind of article and holder."""

import re
from pathlib import Path

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.byline import byline, credits_of
from bot.core.present.card import entry_of
from bot.core.present.export import fact_as_json
from bot.core.present.strings import ENGLISH
from tests.core.small import BANK, DOUBT, HEAD, PLANT, SEED, SHARE, load

INSTITUTE = (
    SEED.replace("author: Vera Petrova", "speaker: Olga Speaker")
    .replace("Council", "Institute")
    .replace("published: 2019", "reports_on: 2024-04-27")
)
CLUB = (
    SEED.replace("author: Vera Petrova\n", "disowns_views: true\n")
    .replace("Council", "Club")
    .replace("published: 2019", "published: 2025-08-25")
)
HOUSE = CLUB.replace("disowns_views: true\n", "").replace("Club", "House")
SOURCES = {
    "seed_riac_2019": SEED,
    "seed_bisr_2024": INSTITUTE,
    "seed_club_2025": CLUB,
    "seed_house_2025": HOUSE,
}
UNNAMED = "an article that names no author, published by Club"


def cited(record: str, *sources: str, section: str = "", **fields: str) -> str:
    """The record with evidence of these sources, and other values of some fields."""
    for name, value in fields.items():
        record = re.sub(rf"(?m)^  {name}: .*", f"  {name}: {value}", record)
    record = record.split("  evidence:")[0] + "  evidence:\n"
    for source in sources:
        name, _, section = source.partition(":")
        record += f"    - source: {name}\n" + f"      section: {section}\n" * bool(section)
        record += "      quote: a few words\n"
    return record


CASES = {
    "author": (SHARE, "As of 2018, according to Vera Petrova, Council, 2019."),
    "author of the same date": (BANK, "As of 2019, according to Vera Petrova, Council."),
    "event": (PLANT, "According to Vera Petrova, Council, 2019."),
    "what the publisher says of the author": (
        BANK.replace("quote: the bank lends", "quote: senior fellow\n      publishers_own: true"),
        "As of 2019, according to the publisher, Council.",
    ),
    "holder who is the author": (DOUBT, "As of 2019, according to Vera Petrova, Council."),
    "holder cited by the author": (
        cited(DOUBT, "riac-2019", attribution="Minsk"),
        "As of 2019, according to Minsk, cited by Vera Petrova, Council.",
    ),
    "holder reported by the author": (
        cited(DOUBT, "riac-2019", attribution="Minsk, as reported by Vera Petrova"),
        "As of 2019, according to Minsk, as reported by Vera Petrova, Council.",
    ),
    "institute": (
        cited(BANK, "bisr-2024", as_of="2024-04-27"),
        "As of 27 April 2024, according to the publisher, Institute.",
    ),
    "event of the institute": (
        cited(PLANT, "bisr-2024"),
        "According to the publisher, Institute, on an event of 27 April 2024.",
    ),
    "speaker's section": (
        cited(BANK, "bisr-2024:Olga Speaker", as_of="2024-04-27"),
        "As of 27 April 2024, according to Olga Speaker, Institute.",
    ),
    "institute and speaker": (
        cited(BANK, "bisr-2024", "bisr-2024:Olga Speaker", as_of="2024-04-27"),
        "As of 27 April 2024, according to the publisher, Institute; according to Olga Speaker, Institute.",
    ),
    "speaker's position": (
        cited(DOUBT, "bisr-2024", attribution="Olga Speaker", as_of="2024"),
        "As of 2024, according to Olga Speaker, Institute, on an event of 27 April 2024.",
    ),
    "club that disowns": (cited(BANK, "club-2025"), f"As of 2019, according to {UNNAMED}, 25 August 2025."),
    "its unnamed author": (
        cited(DOUBT, "club-2025", attribution="the Club article's author (not named)", as_of="2025-08-25"),
        f"As of 25 August 2025, according to {UNNAMED}.",
    ),
    "holder in its article": (
        cited(
            DOUBT, "club-2025", attribution="the West, as reported by the Club article", as_of="2025-08-25"
        ),
        f"As of 25 August 2025, according to the West, as reported by {UNNAMED}.",
    ),
    "publisher without an author": (
        cited(BANK, "house-2025"),
        "As of 2019, according to the publisher, House, 25 August 2025.",
    ),
    "articles of different times": (
        cited(BANK, "club-2025", "riac-2019", "bisr-2024", as_of="2025-08-25"),
        f"According to {UNNAMED}, 25 August 2025; according to Vera Petrova, Council, 2019; "
        "according to the publisher, Institute, on an event of 27 April 2024.",
    ),
    "articles that all know of the time": (
        cited(SHARE, "riac-2019", "house-2025"),
        "As of 2018, according to Vera Petrova, Council, 2019; according to the publisher, House, 25 August 2025.",
    ),
    "holder who wrote one of the articles": (
        cited(DOUBT, "riac-2019", "house-2025", as_of="2025"),
        "According to Vera Petrova, Council, 2019; according to the publisher, House, 25 August 2025.",
    ),
}


@pytest.mark.parametrize(("record", "expected"), CASES.values(), ids=CASES.keys())
def test_the_byline_credits_the_holder_with_the_date_of_the_article(
    tmp_path: Path, record: str, expected: str
) -> None:
    base = load(tmp_path, HEAD + record, **SOURCES)
    fact = base.facts[0]
    assert byline(fact, base) == expected
    assert entry_of(fact, base, ENGLISH).byline == fact_as_json(base, fact)["byline"] == expected


def test_every_name_in_a_byline_belongs_to_an_article_whose_passage_the_card_links(base: FactBase) -> None:
    for fact in base.facts:
        line, card = byline(fact, base), entry_of(fact, base, ENGLISH)
        credited = credits_of(fact, base)
        assert card.byline == line
        assert {credit.source.id for credit in credited} == set(fact.sources), fact.id
        assert [address for _, address in card.passages] == [base.link(c.evidence) for c in credited]
        for credit in credited:
            source, who = credit.source, credit.who
            own = {source.author, source.speaker, source.publisher}
            people = {p for s in base.sources.values() for p in (s.author, s.speaker) if p}
            assert {p for p in people if p in who} <= own, fact.id
            holder, *_ = (fact.attribution or "").partition(", as reported")
            assert who.endswith(source.publisher), fact.id
            assert who.startswith(
                (source.author or "the", source.speaker or "the", "an article", "the publisher", holder)
            )
            assert who in line, fact.id
            assert str(source.dated) in line, fact.id
