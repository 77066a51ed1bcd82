"""Cards, overviews, comparisons, choices and declines: content, escaping and Slack's limits."""

import re
from typing import Any

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.comparison import table_of
from bot.core.present.replies import overview_of
from bot.core.present.strings import ENGLISH, LANGUAGES, strings
from bot.core.search import SearchEngine
from bot.core.search.results import Choices, Hit, NoAnswer, Rejection
from bot.playground.block_validation import message_problems
from bot.slack.blocks import card
from tests.support.harness import home_problems


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in objects(value))]
    if isinstance(node, list | tuple):
        return [found for item in node for found in objects(item)]
    return []


def test_markup_in_facts_questions_and_names_stays_text(small: FactBase) -> None:
    odd = small.by_id["odd-marks"]
    shared = card.build_card(odd, small, share=True, shared_by="U1ANNA", question="the *zebras* <!here>")
    assert shared.text.startswith("“the zebras &lt;!here&gt;”\n")
    assert shared.text.endswith("Shared by <@U1ANNA>")
    assert "<!everyone>" not in str(card.build_card(odd, small, shared_by="<!everyone>"))
    hits = (Hit(odd, 0.5), Hit(small.by_id["airbase-opened"], 0.4))
    for message in (shared, card.build_choices(Choices("", hits, (), ()))):
        mrkdwn = [message.text] + [t["text"] for t in objects(message.blocks) if t.get("type") == "mrkdwn"]
        for line in mrkdwn:
            links = re.findall(r"<([^>]*)>", line)
            assert all(re.match(r"https://(alpha|beta|gamma)\.example/|@U1ANNA$", found) for found in links)
        assert message_problems(message.payload()) == []


def test_every_card_of_the_fact_base_keeps_within_the_limits_and_reads_whole(real: SearchEngine) -> None:
    base = real.base
    for each in base.facts:
        for language in LANGUAGES:
            shown = card.build_card(
                each, base, strings(language), share=True, shared_by="U01", question="x" * 300
            )
            assert message_problems(shown.payload()) == [], each.id
        assert home_problems(base, shown) == [], each.id
        assert message_problems(card.build_related(each, base).payload()) == [], each.id
        plain = shown.text.replace("&amp;", "&")
        assert f"\n{each.statement}\n" in plain
        assert base.link(each.evidence[0]) in plain


@pytest.mark.parametrize(
    ("fit", "missing", "unknown", "count", "intro"),
    [
        (True, (), (), 2, ENGLISH("fit")),
        (True, (), (), 1, ENGLISH("perhaps")),
        (False, (), (), 2, ENGLISH("nearest")),
        (False, ("2021", "length"), (), 2, "Nothing here about “2021” or “length”. Closest:"),
        (False, ("length",), ("kazakhstan",), 2, "Nothing on “kazakhstan” in these articles. Closest:"),
        (False, (), ("a", "b", "c"), 2, "Nothing on “a”, “b” or “c” in these articles. Closest:"),
    ],
)
def test_choices_say_whether_they_match_or_are_only_the_closest(
    small: FactBase, fit: bool, missing: tuple[str, ...], unknown: tuple[str, ...], count: int, intro: str
) -> None:
    hits = tuple(Hit(f, 0.5, (), missing) for f in small.facts[:count])
    choices = Choices("", hits, unknown, (), Rejection("broad" if fit else "coverage"))
    assert card.build_choices(choices).text.startswith(intro)


@pytest.mark.parametrize(
    "unknown", ["<!channel>", "<http://evil|x>", "`code`", "*bold*", "two\nlines", "\u202eesrever", "x" * 500]
)
def test_words_of_a_question_are_named_as_plain_text(unknown: str) -> None:
    message = card.build_none(NoAnswer("", (), (unknown, "other"), ()))
    assert message_problems(message.payload()) == []
    assert not re.search("[<\n\u202e]", message.text)
    assert len(message.text) < 200
    assert all(t["type"] != "mrkdwn" for t in objects(message.blocks) if "type" in t)


@pytest.mark.parametrize(
    ("values", "change"),
    [
        (("40%", "49.5%"), "+9.5 percentage points"),
        (("$10 billion", "$8 billion"), "−$2 billion"),
        (("around 40%", "49.5%"), ""),
        (("$10 billion", "49.5%"), ""),
        (("over $10 billion", "$12 billion"), ""),
    ],
)
def test_change_is_computed_between_exact_values_of_one_measure_only(
    small: FactBase, values: tuple[str, str], change: str
) -> None:
    found = [
        small.by_id[i].model_copy(update={"value": value})
        for i, value in zip(("trade-share-2015", "trade-share-2018"), values, strict=True)
    ]
    assert change in table_of(found, small, ENGLISH).change
    assert bool(table_of(found, small, ENGLISH).change) is bool(change)


def test_every_topic_and_name_has_an_overview_within_the_limits(real: SearchEngine) -> None:
    base = real.base
    for topic in base.topics.values():
        for language in LANGUAGES:
            text = strings(language)
            hits = tuple(Hit(fact, 1.0) for fact in topic.facts)
            overview = overview_of(Choices(topic.title, hits, (), (topic,)), base, text)
            assert message_problems(card.build_overview(overview, base, text, question="x").payload()) == []
    figures = [f for f in base.facts if f.kind == "figure"]
    assert message_problems(card.build_comparison(figures, base, question="x").payload()) == []
