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

CASES = [
    ("author", SHARE, "", {}, "As of 2018, according to Vera Petrova, Council, 2019."),
    ("author of the same date", BANK, "", {}, "As of 2019, according to Vera Petrova, Council."),
    ("event", PLANT, "", {}, "According to Vera Petrova, Council, 2019."),
    ("what the publisher says of the author", BANK, "riac-2019 own", {},
     "As of 2019, according to the publisher, Council."),
    ("holder who is the author", DOUBT, "", {}, "As of 2019, according to Vera Petrova, Council."),
    ("holder cited by the author", DOUBT, "riac-2019", {"attribution": "Minsk"},
     "As of 2019, according to Minsk, cited by Vera Petrova, Council."),
    ("holder reported by the author", DOUBT, "riac-2019",
     {"attribution": "Minsk, as reported by Vera Petrova"},
     "As of 2019, according to Minsk, as reported by Vera Petrova, Council."),
    ("institute", BANK, "bisr-2024", {"as_of": "2024-04-27"},
     "As of 27 April 2024, according to the publisher, Institute."),
    ("event of the institute", PLANT, "bisr-2024", {},
     "According to the publisher, Institute, on an event of 27 April 2024."),
    ("institute and speaker in her section", BANK, "bisr-2024, bisr-2024 spoken", {"as_of": "2024-04-27"},
     "As of 27 April 2024, according to the publisher, Institute; according to Olga Speaker, Institute."),
    ("speaker's position", DOUBT, "bisr-2024", {"attribution": "Olga Speaker", "as_of": "2024"},
     "As of 2024, according to Olga Speaker, Institute, on an event of 27 April 2024."),
    ("club that disowns", BANK, "club-2025", {}, f"As of 2019, according to {UNNAMED}, 25 August 2025."),
    ("its unnamed author", DOUBT, "club-2025", {"attribution": "the Club article's author (not named)"},
     f"As of 2019, according to {UNNAMED}, 25 August 2025."),
    ("holder in its article", DOUBT, "club-2025",
     {"attribution": "the West, as reported by the Club article"},
     f"As of 2019, according to the West, as reported by {UNNAMED}, 25 August 2025."),
    ("publisher without an author", BANK, "house-2025", {},
     "As of 2019, according to the publisher, House, 25 August 2025."),
    ("articles of different times", BANK, "club-2025, riac-2019, bisr-2024", {"as_of": "2025-08-25"},
     f"According to {UNNAMED}, 25 August 2025; according to Vera Petrova, Council, 2019; "
     "according to the publisher, Institute, on an event of 27 April 2024."),
    ("articles that know of the time", SHARE, "riac-2019, house-2025", {},
     "As of 2018, according to Vera Petrova, Council, 2019; "
     "according to the publisher, House, 25 August 2025."),
    ("holder who wrote one of the articles", DOUBT, "riac-2019, house-2025", {"as_of": "2025"},
     "According to Vera Petrova, Council, 2019; according to the publisher, House, 25 August 2025."),
]  # fmt: skip
MORE = {"own": "      publishers_own: true\n", "spoken": "      section: Olga Speaker\n"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_the_byline_credits_the_holder_with_the_date_of_the_article(
    tmp_path: Path, case: tuple[str, str, str, dict[str, str], str]
) -> None:
    _, record, sources, fields, expected = case
    for name, value in fields.items():
        record = re.sub(rf"(?m)^  {name}: .*", f"  {name}: {value}", record)
    if sources:
        record = record.partition("  evidence:")[0] + "  evidence:\n"
        for source, _, more in (entry.partition(" ") for entry in sources.split(", ")):
            record += f"    - source: {source}\n{MORE.get(more, '')}      quote: a few words\n"
    base = load(tmp_path, HEAD + record, **SOURCES)
    fact = base.facts[0]
    assert byline(fact, base) == expected
    assert entry_of(fact, base, ENGLISH).byline == fact_as_json(base, fact)["byline"] == expected


def test_every_name_in_a_byline_belongs_to_an_article_whose_passage_the_card_links(base: FactBase) -> None:
    people = {p for source in base.sources.values() for p in (source.author, source.speaker) if p}
    for fact in base.facts:
        card, credited = entry_of(fact, base, ENGLISH), credits_of(fact, base)
        assert {credit.source.id for credit in credited} == set(fact.sources), fact.id
        assert [address for _, address in card.passages] == [base.link(c.evidence) for c in credited]
        for credit in credited:
            source, who = credit.source, credit.who
            assert {person for person in people if person in who} <= {source.author, source.speaker}, fact.id
            assert who.endswith(source.publisher), fact.id
            assert who in card.byline, fact.id
            assert str(source.dated) in card.byline, fact.id
