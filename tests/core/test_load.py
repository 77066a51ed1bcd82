"""Every way in which a fact file can be wrong, and what its author is told; and what is right although it looks odd."""

from __future__ import annotations

import functools
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import yamlfile
from bot.core.load import load_fact_base
from bot.core.model import Actor, DatedEvent, Figure, Position
from bot.core.problems import DataError
from tests.core.small import ALL, HEAD, PLANT, SEED, SHARE, load, problems, write


def case(name: str, *parts: str) -> object:
    """A row of a table: its name is the test's id."""
    return pytest.param(parts, id=name)


# What is replaced in HEAD + SHARE, what by, and every complaint after "facts/trade.yaml:".
BAD_FACTS = [
    case(
        "a field twice",
        "  value: 49.5%\n",
        "  value: 49.5%\n  value: 50%\n",
        "10: trade-share-2018.value: found “value” a second time; wanted it once (the first is on line 9)",
    ),
    case(
        "a record twice",
        SHARE,
        SHARE + SHARE,
        "16: trade-share-2018: found “trade-share-2018” a second time; wanted it once (the first is on line 5)",
    ),
    case(
        "the topic twice",
        SHARE,
        SHARE + HEAD,
        "16: topic: found “topic” a second time; wanted it once (the first is on line 1)",
    ),
    case(
        "an unknown field",
        "  value: 49.5%",
        "  valeu: 49.5%",
        "9: trade-share-2018.valeu: found an unknown field; wanted `value`",
    ),
    case(
        "an unknown field of evidence",
        "      section: Trends",
        "      chapter: Trends",
        "14: trade-share-2018.evidence.1.chapter: found an unknown field; wanted one of source, section, quote",
    ),
    case(
        "a field of another kind",
        "  as_of: 2018",
        "  as_of: 2018\n  date: 2018",
        "11: trade-share-2018.date: found an unknown field; wanted one of title, statement, attribution, series, see_also, actors, asks, expected, note, evidence, checked, review_after, former_ids, as_of, kind, value",
    ),
    case(
        "a tab",
        "  value: 49.5%",
        "\tvalue: 49.5%",
        "9: found a tab; wanted spaces: YAML is indented with spaces only",
    ),
    case(
        "tabs for all margins",
        "  kind: figure\n  title",
        "\tkind: figure\n\ttitle",
        "6: found a tab; wanted spaces: YAML is indented with spaces only",
        "7: found a tab; wanted spaces: YAML is indented with spaces only",
    ),
    case(
        "a no-break space in the margin",
        "  value: 49.5%\n  as_of: 2018",
        "\u00a0 value: 49.5%\n \u200b as_of: 2018",
        "9: found a space of another kind (U+00A0); wanted spaces: YAML is indented with spaces only",
        "10: found a space of another kind (U+200B); wanted spaces: YAML is indented with spaces only",
    ),
    case(
        "no space after a colon",
        "  value: 49.5%",
        "  value:49.5%",
        "9: found “value:49.5%”; wanted a space after the colon: `value: …`",
    ),
    case(
        "a no-break space after a colon",
        "  value: 49.5%",
        "  value:\u00a049.5%",
        "9: found “value: 49.5%”; wanted a space after the colon: `value: …`",
    ),
    case(
        "no space after the colon of a source",
        "source: riac-2019",
        "source:riac-2019",
        "13: found “- source:riac-2019”; wanted a space after the colon: `source: …`",
    ),
    case(
        "no colon",
        "  value: 49.5%",
        "  value 49.5%",
        "9: found “value 49.5%”; wanted `field: text` on each line, indented like its neighbours (the parser says: could not find expected ':')",
    ),
    case(
        "two versions that a merge left",
        "  value: 49.5%\n",
        "<<<<<<< HEAD\n  value: 49.5%\n||||||| 1a2b3c4\n  value: 49%\n=======\n  value: 50%\nother:\n>>>>>>> main\n",
        "9: found a mark of a merge that left two versions (<<<<<<<); wanted one of them: delete the other, and the lines of <<<<<<<, ======= and >>>>>>>",
    ),
    case(
        "one mark that a merge left",
        "  value: 49.5%\n",
        "  value: 49.5%\n=======\n",
        "10: found a mark of a merge that left two versions (=======); wanted one of them: delete the other, and the lines of <<<<<<<, ======= and >>>>>>>",
    ),
    case(
        "a # that cuts a text off",
        "  title: Share of Russia in the trade",
        "  title: Russia is #1 in trade",
        "7: trade-share-2018.title: found “Russia is” and, as a comment, “#1 in trade”; wanted quotation marks around a text that has “ #” in it, or a space after the # of a comment",
    ),
    case(
        "a # that cuts off a text of two lines",
        "  statement: Russia took 49.5% of the trade in 2018.",
        "  statement: Russia, Belarus's #1 partner, took\n    49.5% of the trade in 2018.",
        "8: found “statement: Russia, Belarus's #1 partner, took”; wanted quotation marks around a text that has “ #” in it, or a space after the # of a comment",
    ),
    case(
        "a # that cuts off a list",
        "[trade share]",
        "[the #1 partner, trade share]",
        "11: found “asks: [the #1 partner, trade share]”; wanted quotation marks around a text that has “ #” in it, or a space after the # of a comment",
    ),
    case(
        "a day that no calendar has",
        "  as_of: 2018",
        "  as_of: 2015-02-30",
        "10: trade-share-2018.as_of: found “2015-02-30”; wanted a day that the calendar has: a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~",
    ),
    case(
        "a month that no year has",
        "  as_of: 2018",
        "  as_of: 2015-13",
        "10: trade-share-2018.as_of: found “2015-13”; wanted a day that the calendar has: a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~",
    ),
    case(
        "a date in words",
        "  as_of: 2018",
        "  as_of: December 2015",
        "10: trade-share-2018.as_of: found “December 2015”; wanted 2015-12: a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~",
    ),
    case(
        "no date at all",
        "  as_of: 2018",
        "  as_of: last year",
        "10: trade-share-2018.as_of: found “last year”; wanted a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~",
    ),
    case(
        "a value in quotation marks",
        "value: 49.5%",
        "value: “up to 49.5%”",
        "9: trade-share-2018.value: found ““up to 49.5%””; wanted no quotation marks around it: people would see them",
    ),
    case(
        "a value in two pairs of quotation marks",
        "value: 49.5%",
        "value: '\"49.5%\"'",
        '9: trade-share-2018.value: found “"49.5%"”; wanted no quotation marks around it: people would see them',
    ),
    case(
        "a reversed interval",
        "  as_of: 2018",
        "  as_of: 2016/2015",
        "10: trade-share-2018.as_of: found “2016/2015”; wanted an interval whose end comes after its beginning, such as 2015-12-14/2015-12-15",
    ),
    case(
        "an unknown source",
        "source: riac-2019",
        "source: riac-2018",
        "13: trade-share-2018.evidence.1.source: found “riac-2018”; wanted a source of seeds/: riac-2019",
    ),
    case(
        "a source that is no id",
        "source: riac-2019",
        "source: RIAC 2019",
        "13: trade-share-2018.evidence.1.source: found “RIAC 2019”; wanted an id of at most 80 small letters, digits and single hyphens, such as trade-share-2018",
    ),
    case(
        "an anchor",
        "  value: 49.5%",
        "  value: &share 49.5%",
        "9: trade-share-2018.value: found an anchor (&share); wanted quotation marks around a text that begins with &",
    ),
    case(
        "an alias",
        "  value: 49.5%",
        "  value: *share",
        "9: trade-share-2018.value: found a reference (*share); wanted the text itself, in quotation marks where it begins with a star",
    ),
    case(
        "a merge key",
        "  value: 49.5%",
        "  <<: *share",
        "5: trade-share-2018.value: found no such field; wanted a line `value: …`, which is required",
        "9: trade-share-2018.<<: found a reference (*share); wanted the text itself, in quotation marks where it begins with a star",
        "9: trade-share-2018.<<: found an unknown field; wanted one of title, statement, attribution, series, see_also, actors, asks, expected, note, evidence, checked, review_after, former_ids, as_of, kind, value",
    ),
    case(
        "a python tag",
        "  value: 49.5%",
        "  value: !!python/object/apply:os.system [ls]",
        "9: trade-share-2018.value: found a list; wanted text",
        "9: trade-share-2018.value: found the tag “!!python/object/apply:os.system”; wanted quotation marks around a text that begins with “!”",
    ),
    case(
        "a text that begins with a sign",
        "  value: 49.5%",
        "  value: %49",
        "9: found “value: %49”; wanted quotation marks around a text that begins with a sign, and closed ones",
    ),
    case(
        "a colon in a text",
        "  title: Share of Russia in the trade",
        "  title: Trade: the share of Russia",
        "7: found “title: Trade: the share of Russia”; wanted quotation marks around a text that has a colon in it",
    ),
    case(
        "a quotation mark that stays open",
        "  title: Share",
        '  title: "Share',
        '7: found “title: "Share of Russia in the trade”; wanted the quotation mark that closes it',
    ),
    case(
        "a bracket that stays open",
        "asks: [trade share]",
        "asks: [trade share",
        "11: found “asks: [trade share”; wanted the bracket that closes it, or a comma",
    ),
    case(
        "two documents",
        SHARE,
        "---\n" + SHARE,
        "5: found a second document; wanted one document: take out the line `---`",
    ),
    case(
        "a list for the file",
        HEAD + SHARE,
        "- kind: figure\n- kind: date\n",
        "1: found no records; wanted records such as `trade-share-2018:` with their fields indented under them",
    ),
    case(
        "a text for the file",
        HEAD + SHARE,
        "Russia took 49.5%\n",
        "1: found no records; wanted records such as `trade-share-2018:` with their fields indented under them",
    ),
    case(
        "an empty file",
        HEAD + SHARE,
        "",
        "1: topic: found no such record; wanted `topic:` with `title` and `about` on top of the file",
    ),
    case(
        "only comments",
        HEAD + SHARE,
        "# nothing yet\n",
        "1: topic: found no such record; wanted `topic:` with `title` and `about` on top of the file",
    ),
    case(
        "a list as a name",
        "  value: 49.5%",
        "  ? [a, b]\n  : 49.5%",
        "5: trade-share-2018.value: found no such field; wanted a line `value: …`, which is required",
        "9: trade-share-2018: found a list or group as a field's name; wanted a word",
    ),
    case(
        "no value for a field",
        "  value: 49.5%",
        "  value:",
        "9: trade-share-2018.value: found nothing; wanted some text",
    ),
    case(
        "null for a field",
        "  value: 49.5%",
        "  value: null",
        "9: trade-share-2018.value: found nothing; wanted some text",
    ),
    case(
        "a missing field",
        "  value: 49.5%\n",
        "",
        "5: trade-share-2018.value: found no such field; wanted a line `value: …`, which is required",
    ),
    case(
        "no title",
        "  title: Share of Russia in the trade\n",
        "",
        "5: trade-share-2018.title: found no such field; wanted a line `title: …`, which is required",
    ),
    case(
        "an optional field left empty",
        "  asks: [trade share]",
        "  series:",
        "11: trade-share-2018.series: found nothing; wanted an id of at most 80 small letters, digits and single hyphens, such as trade-share-2018 (leave the field out where there is nothing to say)",
    ),
    case(
        "an optional text left empty",
        "      section: Trends",
        "      section:",
        "14: trade-share-2018.evidence.1.section: found nothing; wanted some text (leave the field out where there is nothing to say)",
    ),
    case(
        "a list left empty",
        "  asks: [trade share]",
        "  asks:",
        "11: trade-share-2018.asks: found nothing; wanted a list: [a, b]",
    ),
    case(
        "a text for a list",
        "  asks: [trade share]",
        "  asks: trade share",
        "11: trade-share-2018.asks: found “trade share”; wanted a list: [a, b]",
    ),
    case(
        "a list for a text",
        "  value: 49.5%",
        "  value: [49.5%]",
        "9: trade-share-2018.value: found a list; wanted text",
    ),
    case(
        "a group for a text",
        "  value: 49.5%",
        "  value: {is: 49.5%}",
        "9: trade-share-2018.value: found a group of fields; wanted text",
    ),
    case(
        "a quote of one word",
        "49.5 percent of Belarus",
        "49.5",
        "15: trade-share-2018.evidence.1.quote: found “49.5”; wanted a quote of 2 to 8 words, not 1",
    ),
    case(
        "a quote of nine words",
        "49.5 percent of Belarus",
        "one two three four five six seven eight nine",
        "15: trade-share-2018.evidence.1.quote: found “one two three four five six seven eight nine”; wanted a quote of 2 to 8 words, not 9",
    ),
    case(
        "a quote over several lines that is empty",
        "quote: 49.5 percent of Belarus",
        'quote: "  "',
        "15: trade-share-2018.evidence.1.quote: found nothing; wanted some text",
    ),
    case(
        "a title too long",
        "Share of Russia in the trade",
        "Share " * 20,
        "7: trade-share-2018.title: found “Share Share Share Share Share Share Share Share Share Share Share Share Share S…”; wanted at most 100 characters, not 119",
    ),
    case(
        "a statement too long",
        "Russia took 49.5%",
        "Russia " * 60,
        "8: trade-share-2018.statement: found “Russia Russia Russia Russia Russia Russia Russia Russia Russia Russia Russia Ru…”; wanted at most 250 characters, not 441",
    ),
    case(
        "an ask too long",
        "[trade share]",
        f"[trade share, {'x' * 121}]",
        "11: trade-share-2018.asks.2: found “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…”; wanted at most 120 characters, not 121",
    ),
    case(
        "no kind",
        "  kind: figure\n",
        "",
        "5: trade-share-2018.kind: found no such field; wanted figure, date, actor or position",
    ),
    case(
        "a kind with a capital",
        "  kind: figure",
        "  Kind: figure",
        "6: trade-share-2018.Kind: found an unknown field; wanted `kind`",
    ),
    case(
        "a kind that is none",
        "kind: figure",
        "kind: number",
        "6: trade-share-2018.kind: found “number”; wanted figure, date, actor or position",
    ),
    case(
        "a list as kind",
        "kind: figure",
        "kind: [figure]",
        "6: trade-share-2018.kind: found a list; wanted figure, date, actor or position",
    ),
    case(
        "no topic",
        HEAD,
        "",
        "1: topic: found no such record; wanted `topic:` with `title` and `about` on top of the file",
    ),
    case(
        "a topic without a sentence",
        "  about: Who trades with whom.\n",
        "",
        "1: topic.about: found no such field; wanted a line `about: …`, which is required",
    ),
    case(
        "a topic that is a text",
        "topic:\n  title: Trade\n  about: Who trades with whom.",
        "topic: Trade",
        "1: topic: found “Trade”; wanted fields indented under it",
    ),
    case(
        "a topic with more",
        "  about:",
        "  colour: red\n  about:",
        "3: topic.colour: found an unknown field; wanted one of title, about, checked",
    ),
    case(
        "no evidence",
        "  evidence:\n    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n",
        "",
        "5: trade-share-2018.evidence: found no such field; wanted a line `evidence: …`, which is required",
    ),
    case(
        "evidence that is no list",
        "    - source: riac-2019\n",
        "    source: riac-2019\n",
        "14: found “section: Trends”; wanted `field: text` on each line, indented like its neighbours (the parser says: mapping values are not allowed in this context)",
    ),
    case(
        "evidence that is an empty list",
        "  evidence:\n    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n",
        "  evidence: []\n",
        "12: trade-share-2018.evidence: found an empty list; wanted at least one of them",
    ),
    case(
        "evidence that is a text",
        "    - source: riac-2019\n      section: Trends\n      quote: 49.5 percent of Belarus\n",
        "    - riac-2019\n",
        "13: trade-share-2018.evidence.1: found “riac-2019”; wanted `source: …` and `quote: …`",
    ),
    case(
        "a quote that is missing",
        "      quote: 49.5 percent of Belarus\n",
        "",
        "13: trade-share-2018.evidence.1.quote: found no such field; wanted a line `quote: …`, which is required",
    ),
    case(
        "an id with capitals",
        "trade-share-2018:",
        "Trade_Share:",
        "5: Trade_Share: found “Trade_Share”; wanted an id of at most 80 small letters, digits and single hyphens, such as trade-share-2018",
    ),
    case(
        "an id that is empty",
        "trade-share-2018:",
        '"":',
        "5: found nothing; wanted an id of at most 80 small letters, digits and single hyphens, such as trade-share-2018",
    ),
    case(
        "a record that is a text",
        SHARE,
        "trade-share-2018: Russia took 49.5%\n",
        "5: trade-share-2018: found “Russia took 49.5%”; wanted fields indented under the id",
    ),
    case(
        "a record without fields",
        SHARE,
        "trade-share-2018:\n",
        "5: trade-share-2018: found nothing; wanted fields indented under the id",
    ),
    case(
        "itself in see_also",
        "  asks:",
        "  see_also: [trade-share-2018]\n  asks:",
        "11: trade-share-2018.see_also: found the fact itself; wanted another fact's id",
    ),
    case(
        "nothing known in see_also",
        "  asks:",
        "  see_also: [trade-share-2017]\n  asks:",
        "11: trade-share-2018.see_also: found “trade-share-2017”; wanted the id of a fact",
    ),
    case(
        "a source in see_also",
        "  asks:",
        "  see_also: [riac-2019]\n  asks:",
        "11: trade-share-2018.see_also: found “riac-2019”; wanted the id of a fact",
    ),
    case(
        "a see_also that is not returned",
        SHARE,
        SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:") + PLANT,
        "11: trade-share-2018.see_also: found “plant-begun”, which does not name this fact; wanted `see_also: [trade-share-2018]` at facts/trade.yaml:17 too",
    ),
    case(
        "an actor that is none",
        SHARE,
        SHARE.replace("  asks:", "  actors: [plant-begun]\n  asks:") + PLANT,
        "11: trade-share-2018.actors: found “plant-begun”; wanted the id of a fact of kind actor",
    ),
    case(
        "an actor that nobody knows",
        "  asks:",
        "  actors: [lending-bank]\n  asks:",
        "11: trade-share-2018.actors: found “lending-bank”; wanted the id of a fact",
    ),
    case(
        "a former id in see_also",
        SHARE,
        SHARE.replace("  asks:", "  see_also: [plant]\n  asks:")
        + PLANT.replace("  date:", "  former_ids: [plant]\n  date:"),
        "11: trade-share-2018.see_also: found “plant”; wanted plant-begun, as it is called now",
    ),
    case(
        "a former id that is the fact's own",
        "  asks:",
        "  former_ids: [trade-share-2018]\n  asks:",
        "11: trade-share-2018.former_ids: found “trade-share-2018”, the fact's own id; wanted an id that no record has now",
    ),
    case(
        "a former id that is in use",
        SHARE,
        SHARE.replace("  asks:", "  former_ids: [plant-begun]\n  asks:") + PLANT,
        "11: trade-share-2018.former_ids: found “plant-begun”, in use at facts/trade.yaml:17; wanted an id that no record has now",
    ),
    case(
        "a former id that is a source's",
        "  asks:",
        "  former_ids: [riac-2019]\n  asks:",
        "11: trade-share-2018.former_ids: found “riac-2019”, in use at seeds/riac-2019.yaml:1; wanted an id that no record has now",
    ),
    case(
        "a former id that two facts claim",
        SHARE,
        SHARE.replace("  asks:", "  former_ids: [share]\n  asks:")
        + PLANT.replace("  date:", "  former_ids: [share]\n  date:"),
        "21: plant-begun.former_ids: found “share” a second time; wanted it once (the first is at facts/trade.yaml:11)",
    ),
    case(
        "a former id that is none",
        "  asks:",
        "  former_ids: [Trade share]\n  asks:",
        "11: trade-share-2018.former_ids.1: found “Trade share”; wanted an id of at most 80 small letters, digits and single hyphens, such as trade-share-2018",
    ),
    case(
        "a day of the last look that is none",
        "  asks:",
        "  checked: 2026-11\n  asks:",
        "11: trade-share-2018.checked: found “2026-11”; wanted a day such as 2026-11-23",
    ),
    case(
        "a day of the last look that no calendar has",
        "  about:",
        "  checked: 2026-11-31\n  about:",
        "3: topic.checked: found “2026-11-31”; wanted a day such as 2026-11-23",
    ),
    case(
        "a time until the next look that is none",
        "  asks:",
        "  review_after: soon\n  asks:",
        "11: trade-share-2018.review_after: found “soon”; wanted a time such as 6 months or 2 years",
    ),
    case(
        "a control character",
        "  value: 49.5%",
        "  value: 49.5\x07%",
        "9: found a control character (U+0007); wanted text without it: retype the line",
    ),
    case(
        "a control character by escape",
        "  value: 49.5%",
        '  value: "49.5\\a%"',
        "9: trade-share-2018.value: found “49.5U+0007%”; wanted text without control characters",
    ),
    case(
        "a wrong margin",
        "  value: 49.5%",
        "    value: 49.5%",
        "9: found “value: 49.5%”; wanted `field: text` on each line, indented like its neighbours (the parser says: mapping values are not allowed in this context)",
    ),
    case(
        "nine levels",
        "[trade share]",
        "[[[[[[[[[trade share]]]]]]]]]",
        "11: found more than 8 levels; wanted a record as CONTRIBUTING shows it",
    ),
    case(
        "brackets hidden behind quotation marks",
        "[trade share]",
        '["]",' * 50_000,
        "11: found more than 8 levels; wanted a record as CONTRIBUTING shows it",
    ),
]

# The vocabulary, and every complaint after "facts/vocabulary.yaml:".
BAD_VOCABULARIES = [
    case(
        "a text",
        "- a\n",
        "1: found no records; wanted records such as `trade-share-2018:` with their fields indented under them",
    ),
    case(
        "an unknown section",
        "words: {a: [b]}\n",
        "1: words: found an unknown section; wanted names, synonyms, ignore, light, asked or loaded",
    ),
    case(
        "names as a list",
        "names: [a, b]\n",
        "1: names: found a list; wanted words, each with a list of others that mean the same",
    ),
    case(
        "ignore as a mapping",
        "ignore: {a: b}\n",
        "1: ignore: found a group of fields; wanted a list of words",
    ),
    case(
        "a word without a list",
        "names: {eaeu: EEU}\n",
        "1: names.eaeu: found “EEU”; wanted a list of words: [a, b]",
    ),
    case(
        "an empty word",
        "ignore: [the, '']\n",
        "1: ignore: found nothing; wanted a word or short phrase",
    ),
    case(
        "a word that is a list",
        "synonyms: {loan: [[credit]]}\n",
        "1: synonyms.loan: found a list; wanted a word or short phrase",
    ),
    case(
        "a word too long",
        f"ignore: [{'x' * 81}]\n",
        "1: ignore: found “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…”; wanted a word or short phrase",
    ),
    case(
        "an empty section",
        "ignore:\n",
        "1: ignore: found nothing; wanted a list of words",
    ),
    case(
        "a word twice",
        "names:\n  eaeu: [EEU]\n  eaeu: [EAEC]\n",
        "3: names.eaeu: found “eaeu” a second time; wanted it once (the first is on line 2)",
    ),
]

# What is replaced in SEED, what by, and every complaint after "seeds/riac-2019.yaml:".
BAD_SEEDS = [
    case(
        "an unknown field",
        "short:",
        "shrot:",
        "2: riac-2019.shrot: found an unknown field; wanted `short`",
    ),
    case(
        "no language",
        "language: en\n",
        "",
        "1: riac-2019.language: found no such field; wanted a line `language: …`, which is required",
    ),
    case(
        "a language that is none",
        "language: en",
        "language: fr",
        "8: riac-2019.language: found “fr”; wanted en, ru or be",
    ),
    case(
        "an address that is none",
        "url: https://council.example/en/trade/",
        "url: council",
        "6: riac-2019.url: found “council”; wanted a web address such as https://example.org/article",
    ),
    case(
        "an address with a space",
        "url: https://council.example/en/trade/",
        "url: https://council.example/en trade",
        "6: riac-2019.url: found “https://council.example/en trade”; wanted a web address such as https://example.org/article",
    ),
    case(
        "a script for an address",
        "url: https://council.example/en/trade/",
        "url: javascript:alert(1)",
        "6: riac-2019.url: found “javascript:alert(1)”; wanted a web address such as https://example.org/article",
    ),
    case(
        "a bad date",
        "published: 2019",
        "published: last year",
        "7: riac-2019.published: found “last year”; wanted a date such as 2015, 2015-12, 2015-12-14, 2015-12-14/2015-12-15, 199X or 2015~",
    ),
    case(
        "inferred of no field",
        "standpoint: An",
        "inferred:\n  colour: from the cover\nstandpoint: An",
        "10: riac-2019.inferred: found “colour”; wanted a field of the source",
    ),
    case(
        "inferred as text",
        "standpoint: An",
        "inferred: title\nstandpoint: An",
        "9: riac-2019.inferred: found “title”; wanted fields indented under it",
    ),
    case(
        "a short name too long",
        "short: RIAC 2019",
        f"short: {'x' * 41}",
        "2: riac-2019.short: found “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx”; wanted at most 40 characters, not 41",
    ),
    case(
        "empty",
        SEED,
        "",
        "1: riac-2019.language: found no such field; wanted a line `language: …`, which is required",
        "1: riac-2019.publisher: found no such field; wanted a line `publisher: …`, which is required",
        "1: riac-2019.publisher_url: found no such field; wanted a line `publisher_url: …`, which is required",
        "1: riac-2019.short: found no such field; wanted a line `short: …`, which is required",
        "1: riac-2019.standpoint: found no such field; wanted a line `standpoint: …`, which is required",
        "1: riac-2019.title: found no such field; wanted a line `title: …`, which is required",
    ),
    case(
        "a list",
        SEED,
        "- a\n",
        "1: found no records; wanted records such as `trade-share-2018:` with their fields indented under them",
    ),
]


@pytest.mark.parametrize("parts", BAD_FACTS)
def test_a_bad_fact_is_told_by_line_field_found_and_wanted(tmp_path: Path, parts: tuple[str, ...]) -> None:
    old, new, *told = parts
    assert (HEAD + SHARE).count(old) == 1
    assert problems(tmp_path, (HEAD + SHARE).replace(old, new)) == [f"facts/trade.yaml:{t}" for t in told]


@pytest.mark.parametrize("parts", BAD_VOCABULARIES)
def test_a_bad_vocabulary_is_told(tmp_path: Path, parts: tuple[str, ...]) -> None:
    content, *told = parts
    assert problems(tmp_path, vocabulary=content) == [f"facts/vocabulary.yaml:{t}" for t in told]


@pytest.mark.parametrize("parts", BAD_SEEDS)
def test_a_bad_source_is_told(tmp_path: Path, parts: tuple[str, ...]) -> None:
    old, new, *told = parts
    assert problems(tmp_path, seed_riac_2019=SEED.replace(old, new)) == [
        f"seeds/riac-2019.yaml:{t}" for t in told
    ]


def test_an_id_in_two_files_names_both_places(tmp_path: Path) -> None:
    assert problems(tmp_path, energy=HEAD + PLANT + SHARE) == [
        "facts/trade.yaml:5: trade-share-2018: found the id “trade-share-2018” a second time; "
        "wanted another id (the first is at facts/energy.yaml:13)"
    ]


def test_a_copy_of_a_file_is_told_once(tmp_path: Path) -> None:
    facts = write(tmp_path, ALL)
    (facts / "trade (copy).yaml").write_text(ALL, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_fact_base(facts)
    assert [str(p) for p in caught.value.problems] == [
        "facts/trade.yaml:5: found 4 ids that facts/trade (copy).yaml has too, the first of them “trade-share-2018”; "
        "wanted each record in one file: delete the copy"
    ]


def test_a_file_that_cannot_be_read_blames_nobody_who_names_its_records(tmp_path: Path) -> None:
    share = SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:")
    assert problems(tmp_path, HEAD + share, energy=(HEAD + PLANT).encode("utf-16")) == [
        "facts/energy.yaml:1: found bytes that are no UTF-8; wanted the file saved as UTF-8"
    ]


def test_a_fact_may_not_take_the_id_of_a_source(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + SHARE.replace("trade-share-2018:", "riac-2019:")) == [
        "facts/trade.yaml:5: riac-2019: found the id “riac-2019” a second time; "
        "wanted another id (the first is at seeds/riac-2019.yaml:1)"
    ]


def test_a_file_over_a_megabyte_is_not_read(tmp_path: Path) -> None:
    big = (HEAD + SHARE).encode() + b"#" * 1_000_000
    assert problems(tmp_path, big) == [
        f"facts/trade.yaml:1: found {len(big):,} bytes; wanted a file of at most 1 MB; split it by topic"
    ]


def test_a_file_of_exactly_a_megabyte_is_read(tmp_path: Path) -> None:
    text = (HEAD + SHARE).encode()
    assert load(tmp_path, text + b"#" * (1_000_000 - len(text))).facts


@pytest.mark.parametrize(("encoding", "line"), [("utf-16", 1), ("cp1251", 8)])
def test_a_file_that_is_no_utf_8_is_told_with_the_line(tmp_path: Path, encoding: str, line: int) -> None:
    text = (HEAD + SHARE).replace("Russia took", "Россия: took")
    assert problems(tmp_path, text.encode(encoding)) == [
        f"facts/trade.yaml:{line}: found bytes that are no UTF-8; wanted the file saved as UTF-8"
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + (HEAD + SHARE).replace("\n", "\r\n").encode()
    base = load(tmp_path, windows)
    assert base.facts[0].title == "Share of Russia in the trade"
    assert str(base.places["trade-share-2018"]) == "facts/trade.yaml:5"


def test_lines_are_counted_alike_with_windows_line_ends(tmp_path: Path) -> None:
    text = (HEAD + SHARE).replace("2018\n  asks", "2015-13\n  asks").replace("\n", "\r\n")
    assert [p.split(": ")[0] for p in problems(tmp_path, text)] == ["facts/trade.yaml:10"]


@pytest.mark.parametrize(
    "text", ["no", "12:30", "49.50", "1e3", "0x1F", "2018", "true", "1_000", "=", "<<", ".inf"]
)
def test_a_value_stays_the_text_that_was_written(tmp_path: Path, text: str) -> None:
    (fact,) = load(tmp_path, (HEAD + SHARE).replace("value: 49.5%", f"value: {text}")).facts
    assert isinstance(fact, Figure)
    assert fact.value == text


def test_a_hash_that_cuts_nothing_off_is_right(tmp_path: Path) -> None:
    """Within quotation marks, within a word, and as a comment with a space behind it."""
    (fact,) = load(
        tmp_path,
        (HEAD + SHARE)
        .replace("Share of Russia in the trade", "'Belarus''s #1 partner'  # as it says")
        .replace("[trade share]", '["#1 in trade", C#] #not after a text')
        .replace("took 49.5%", "took 49.5%#1"),
    ).facts
    assert fact.title == "Belarus's #1 partner"
    assert fact.asks == ("#1 in trade", "C#")
    assert fact.statement == "Russia took 49.5%#1 of the trade in 2018."


def test_a_quoted_null_is_text(tmp_path: Path) -> None:
    (fact,) = load(tmp_path, (HEAD + SHARE).replace("value: 49.5%", "value: 'null'")).facts
    assert isinstance(fact, Figure)
    assert fact.value == "null"


def test_names_that_are_no_words_are_text_too(tmp_path: Path) -> None:
    base = load(
        tmp_path,
        HEAD + SHARE.replace("trade-share-2018:", "2018:"),
        vocabulary="names: {1: [one], no: [nay]}",
    )
    assert base.facts[0].id == "2018"
    assert base.vocabulary.names == {"1": ("one",), "no": ("nay",)}


BOMBS = {
    "brackets": "[" * 999_000,
    "braces": "{" * 999_000,
    "brackets in a field": "a: " + "[" * 900_000,
    "mappings in brackets": "a: " + "[a: " * 200_000,
    "brackets hidden behind quotation marks": "a: " + '["]",' * 190_000,
    "brackets hidden in comments": "a:\n" + " [ # ]\n" * 100_000,
    "dashes": "- " * 400_000,
    "dashes in a field": "a:\n " + "- " * 400_000,
    "question marks": "? " * 400_000,
    "a dash a line": "a:\n" + "\n".join(" " * i + "-" for i in range(1_000)),
    "a name a line": "\n".join(" " * i + "a:" for i in range(1_000)),
    "anchors and aliases": "a0: &a0 [x, x]\n"
    + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60)),
    "an alias to itself": "a: &a [*a, *a]\n",
    "aliases": "a: &a b\nc: [" + "*a, " * 200_000 + "]\n",
    "the same name": "a: b\n" * 150_000,
    "mistakes on each line": "a: b: c\n" * 100_000,
    "tabs": "\ta: b\n" * 100_000,
    "zeros": "\0" * 900_000,
    "quotation marks": '"' * 900_000,
    "many documents": "---\na: b\n" * 100_000,
    "many records": "".join(f"k{i}: {{}}\n" for i in range(60_000)),
    "a long name": "a" * 900_000 + ": b\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(BOMBS[name])
    began = time.perf_counter()
    file = yamlfile.read_yaml(path, "facts/bomb.yaml")
    assert time.perf_counter() - began < 3
    assert file.problems or name in ("many records", "a long name")
    assert len(file.problems) <= 2 * yamlfile.MAX_PROBLEMS + yamlfile.MAX_UNREADABLE + 1


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    facts = write(tmp_path)
    (facts / "folder.yaml").mkdir()
    (facts / "gone.yaml").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError) as caught:
        load_fact_base(facts)
    assert [str(p) for p in caught.value.problems] == [
        "facts/folder.yaml:1: found what is no file; wanted a file of records",
        "facts/gone.yaml:1: found No such file or directory; wanted a file that can be read",
    ]


def test_a_folder_that_is_missing_or_empty_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path / "facts", tmp_path):
        with pytest.raises(DataError) as caught:
            load_fact_base(folder)
        assert [str(p) for p in caught.value.problems] == [
            f"{folder.name}:1: found no fact files in {folder}; wanted a folder with <topic>.yaml files"
        ]


def test_a_base_without_a_fact_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD) == ["facts:1: found files without a fact; wanted at least one fact"]


def test_a_folder_without_sources_is_told(tmp_path: Path) -> None:
    facts = write(tmp_path)
    (tmp_path / "seeds" / "riac-2019.yaml").unlink()
    with pytest.raises(DataError) as caught:
        load_fact_base(facts)
    assert (
        f"seeds:1: found no sources in {tmp_path / 'seeds'}; wanted a folder with <source>.yaml files"
        in map(str, caught.value.problems)
    )


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        (HEAD + SHARE).replace("as_of: 2018", "as_of: 2018-13"),
        energy=HEAD + PLANT.replace("date:", "dat:"),
        vocabulary="ignore: word\n",
        seed_riac_2015=SEED.replace("language: en", "language: eng"),
    )
    assert [t.split(": ")[0] for t in told] == [
        "facts/energy.yaml:9",
        "facts/trade.yaml:10",
        "facts/vocabulary.yaml:1",
        "seeds/riac-2015.yaml:8",
    ]


def test_a_record_that_cannot_be_parsed_hides_no_other_mistake_and_blames_nobody(tmp_path: Path) -> None:
    broken = PLANT.replace("title: The plant", "title: The plant: it")
    share = SHARE.replace("  asks:", "  see_also: [plant-begun]\n  asks:").replace(
        "as_of: 2018", "as_of: 2018-02-30"
    )
    told = problems(tmp_path, HEAD + broken + "\n" + share)
    assert [t.split("; ")[0] for t in told] == [
        "facts/trade.yaml:7: found “title: The plant: it is begun”",
        "facts/trade.yaml:19: trade-share-2018.as_of: found “2018-02-30”",
    ]


def test_no_message_steers_the_terminal(tmp_path: Path) -> None:
    told = problems(tmp_path, HEAD + '"\\e[31m\\nred": x\n')
    assert told
    assert all(message.isprintable() for message in told)


def test_the_good_base_loads_with_its_places_and_types(tmp_path: Path) -> None:
    base = load(tmp_path, ALL)
    assert [type(f) for f in base.facts] == [Figure, DatedEvent, Actor, Position]
    assert {f.topic for f in base.facts} == {"trade"}
    assert base.topics["trade"].facts == base.facts
    share = base.facts[0]
    assert str(base.place(share)) == "facts/trade.yaml:5"
    assert str(base.place(share, "asks", 0)) == "facts/trade.yaml:11"
    assert str(base.place(share, "evidence", 0, "quote")) == "facts/trade.yaml:15"
    assert str(base.place(share, "note")) == "facts/trade.yaml:5"


def test_equal_files_give_equal_versions_and_any_change_another(tmp_path: Path) -> None:
    def version(name: str, **files: str) -> str:
        (tmp_path / name).mkdir()
        return load(tmp_path / name, **files).version

    assert version("a") == version("b")
    assert (
        len({version("c"), version("d", vocabulary="ignore: [the]"), version("e", facts=HEAD + SHARE + "#")})
        == 3
    )


def test_hidden_files_and_other_files_are_no_facts(tmp_path: Path) -> None:
    facts = write(tmp_path)
    (facts / ".trade.yaml").write_text("- draft")
    (facts / "notes.txt").write_text("- draft")
    assert len(load_fact_base(facts).facts) == 1


@functools.cache
def _scratch() -> Path:
    import atexit
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_PIECES = st.lists(
    st.sampled_from(
        [*ALL.splitlines(keepends=True), "  - ", "\t", "? ", "&a ", "*a", "!!python/none ", "[", "]", "{", '"', "'", "|\n",
         "#", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "\0", "\x85", "\u2028", "\ufeff", ": ", "\r", "null", "\\x00"]
    )
).map("".join)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), _PIECES.map(str.encode)))
@example(b"")
@example(b"\xff\xfe")
@example(b"topic: {title: a, about: b}\n")
def test_any_bytes_give_a_base_or_a_data_error(content: bytes) -> None:
    folder = _scratch()
    told = problems(folder, content, energy=HEAD + PLANT)
    assert all(message.startswith(("facts/trade.yaml:", "facts/energy.yaml:")) for message in told)
    assert all(message.isprintable() for message in told)
    assert not any(m.startswith("facts/energy.yaml:") for m in told)


def test_a_record_that_is_broken_elsewhere_still_has_its_source_checked(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        HEAD + SHARE.replace("as_of: 2018", "as_of: last year").replace("riac-2019", "riac-2109"),
    )
    assert len(told) == 2
    assert "trade-share-2018.as_of: found “last year”" in told[0]
    assert "trade-share-2018.evidence.1.source: found “riac-2109”" in told[1]
