"""Small fact bases in a temporary folder, independent of the facts that curators change."""

from pathlib import Path

from bot.core.facts.base import FactBase
from bot.core.facts.issues import DataError
from bot.core.facts.loader import Loader, fact_folders

SEED = """\
title: Trade in transition
short: RIAC 2019
author: Vera Petrova
publisher: Council
publisher_url: https://council.example/en/
url: https://council.example/en/trade/
published: 2019
language: en
standpoint: An analysis
"""

HEAD = """\
topic:
  title: Trade
  about: Who trades with whom.

"""

# The record begins on line 5 and its quote is on line 15.
SHARE = """\
trade-share-2018:
  kind: figure
  title: Share of Russia in the trade
  statement: Russia took 49.5% of the trade in 2018.
  value: 49.5%
  as_of: 2018
  asks: [trade share]
  evidence:
    - source: riac-2019
      section: Trends
      quote: 49.5 percent of Belarus
"""

PLANT = """\
plant-begun:
  kind: date
  title: The plant is begun
  statement: Work on the plant began in November 2013.
  date: 2013-11
  evidence:
    - source: riac-2019
      quote: began in November
"""

BANK = """\
lending-bank:
  kind: actor
  title: Lending Bank
  role: a state bank
  statement: Lending Bank lends to the plant.
  as_of: 2019
  evidence:
    - source: riac-2019
      quote: the bank lends
"""

DOUBT = """\
petrova-doubts:
  kind: position
  title: The loan is too dear
  attribution: Vera Petrova
  statement: Petrova calls the loan too dear.
  as_of: 2019
  evidence:
    - source: riac-2019
      quote: loan is too dear
"""

ALL = HEAD + "\n".join((SHARE, PLANT, BANK, DOUBT))

ARTICLE = """\
Trends

Russia took 49.5 percent of Belarus and Belarus’s foreign trade in 2018, worth 1,880 million.
Work began in November 2013; the bank lends to it. Petrova says that the loan is too dear.
"""


def write(folder: Path, facts: str | bytes = HEAD + SHARE, **files: str | bytes) -> Path:
    """Writes facts/trade.yaml and seeds/riac-2019.yaml, and other files of facts/ by name; returns facts/.

    A file whose name begins with `seed_` goes to seeds/ instead, as in `seed_riac_2019="…"`.
    """
    contents = {"facts/trade.yaml": facts, "seeds/riac-2019.yaml": SEED}
    for name, content in files.items():
        if name.startswith("seed_"):
            contents[f"seeds/{name.removeprefix('seed_').replace('_', '-')}.yaml"] = content
        else:
            contents[f"facts/{name.replace('_', '-')}.yaml"] = content
    for path, content in contents.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / "facts"


def load(folder: Path, facts: str | bytes = HEAD + SHARE, **files: str | bytes) -> FactBase:
    """The small base, even if `check` finds problems in it; DataError if it cannot be loaded."""
    loader = Loader(*fact_folders(write(folder, facts, **files)))
    base = loader.load()
    if base is None:
        raise DataError(loader.problems)
    return base
