"""Headlines repeat nothing and name the holder of an opinion."""

from pathlib import Path

import pytest

from bot.core.facts.models import Fact
from bot.core.present.card import first_line, headline, lead
from tests.core import small


def drawn(tmp_path: Path, **fields: str) -> Fact:
    """The one fact with these fields; they say what kind it is."""
    kind = next(k for name, k in KINDS.items() if name in fields)
    record = {"kind": kind, "statement": "As the article says.", "as_of": "2019", **fields}
    if kind == "date":
        record.pop("as_of")
    lines = "\n".join(f"  {name}: '{text.replace(chr(39), chr(39) * 2)}'" for name, text in record.items())
    evidence = "  evidence:\n    - source: riac-2019\n      quote: words of it\n"
    return small.load(tmp_path, f"{small.HEAD}it:\n{lines}\n{evidence}").facts[0]


KINDS = {"value": "figure", "date": "date", "role": "actor", "attribution": "position"}


@pytest.mark.parametrize(
    ("fields", "bold", "rest"),
    [
        # figures
        ({"value": "49.5%", "title": "Share of Russia"}, "49.5%", " — Share of Russia (2019)"),
        ({"value": "ten years", "title": "Ten years to replace the chassis"}, "Ten years", " to replace the chassis (2019)"),
        ({"value": "about 60%", "title": "About 60%: loss of industry"}, "About 60%", ": loss of industry (2019)"),
        ({"value": "10", "title": "100 planes"}, "10", " — 100 planes (2019)"),
        # a time in the title is not repeated
        ({"value": "5%", "title": "Share of China, 2019"}, "5%", " — Share of China, 2019"),
        ({"value": "5%", "title": "Share of China in 2019", "as_of": "2019-04"}, "5%", " — Share of China in 2019"),
        ({"value": "5%", "title": "Share of China since 2017", "as_of": "2017/2026"}, "5%", " — Share of China since 2017 (2017–2026)"),
        # events
        ({"date": "2015-10", "title": "Election, October 2015"}, "October 2015", " — Election"),
        ({"date": "2015-12-14/2015-12-15", "title": "Visit to Russia, 14–15 December 2015"}, "14–15 December 2015", " — Visit to Russia"),
        ({"date": "2021-11-04", "title": "Package approved, November 2021"}, "4 November 2021", " — Package approved"),
        ({"date": "2018", "title": "Missiles in Poland in 2018"}, "2018", " — Missiles in Poland"),
        ({"date": "2015~", "title": "Sanctions suspended"}, "About 2015", " — Sanctions suspended"),
        ({"date": "2024", "title": "Plan until 2024"}, "2024", " — Plan until 2024"),
        # actors
        ({"title": "Court of the Union", "role": "Court of the EAEU"}, "Court of the Union", " — Court of the EAEU (2019)"),
        # positions
        ({"attribution": "Vera Petrova", "title": "The loan is dear"}, "Vera Petrova", ": The loan is dear (2019)"),
        ({"attribution": "Vera Petrova", "title": "Petrova's case for a loan"}, "Petrova", "'s case for a loan (2019)"),
        ({"attribution": "Vera Petrova", "title": "Vera Petrova on loans"}, "Vera Petrova", " on loans (2019)"),
        ({"attribution": "Minsk, as reported by Vera Petrova", "title": "Minsk warns of it"}, "Minsk", " warns of it (2019)"),
        ({"attribution": "Minsk, as reported by Vera Petrova", "title": "It is bad"}, "Minsk, as reported by Vera Petrova", ": It is bad (2019)"),
        ({"attribution": "the Head of State", "title": "Head of State: no loan"}, "Head of State", ": no loan (2019)"),
        ({"attribution": "Ann Ash and Bo Birch", "title": "Birch is against it"}, "Ann Ash and Bo Birch", ": Birch is against it (2019)"),
        ({"attribution": "the Club article's author (not named)", "title": "It is good"}, "The Club article", ": It is good (2019)"),
    ],
)  # fmt: skip
def test_a_line_says_each_thing_once(tmp_path: Path, fields: dict[str, str], bold: str, rest: str) -> None:
    fact = drawn(tmp_path, **fields)
    assert headline(fact) == bold + rest
    assert first_line(fact)[0] == bold
    assert headline(fact).startswith(lead(fact))
