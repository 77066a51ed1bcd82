"""Cards, overviews, comparisons, choices, declines and help: what they say, in which order, and that Slack takes them."""

import json
import re
from typing import Any

import pytest

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import lead
from bot.core.present.comparison import table_of
from bot.core.present.entry import entry_of, kind_of
from bot.core.present.overview import news_of, overview_of
from bot.core.present.strings import ENGLISH, LANGUAGES, strings
from bot.core.search import SearchEngine
from bot.core.search.results import Answer, Choices, Hit, NoAnswer, Rejection
from bot.playground.block_validation import message_problems
from bot.slack.blocks import card
from bot.slack.blocks.answers import build_answer, build_closest, build_comparison, build_overview
from bot.slack.blocks.card import build_card, build_choices, build_help, build_none, build_related
from bot.slack.blocks.elements import Message, read_value, without_new_blocks


def drawn(message: Message) -> str:
    """All that is drawn, in order, as a reader sees it."""
    lines: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                visit(item)
        elif node.get("type") in ("rich_text_section", "rich_text_quote"):
            lines.append("".join(part["text"] for part in node["elements"]))
        elif node.get("type") in ("mrkdwn", "plain_text"):
            plain = re.sub(r"<[^|>]*\|([^>]*)>", r"\1", node["text"])
            plain = re.sub(r"(?<!\u200b)\*", "", plain).replace("\u200b", "")
            lines.append(plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        else:
            for name in ("text", "elements", "accessory"):
                if name in node:
                    visit(node[name])

    visit(list(message.blocks))
    return "\n".join(lines)


def fact(base: FactBase, fact_id: str) -> Fact:
    found = base.get(fact_id)
    assert found
    return found


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in objects(value))]
    if isinstance(node, list | tuple):
        return [found for item in node for found in objects(item)]
    return []


# A card


@pytest.mark.parametrize(
    ("fact_id", "label", "line"),
    [
        ("trade-share-2018", "Figure", "49.5% — Russia's share of Belarus's foreign trade"),
        ("airbase-opened", "Event", "4 November 2021 — Airbase opened"),
        ("douglas-envoy", "Person", "Douglas Envoy — Ambassador to the Alliance (2015)"),
        ("envoy-on-airbase", "Opinion", "Douglas Envoy: An airbase would not alter the balance of forces"),
    ],
)
def test_a_card_has_its_kind_and_leads_with_value_date_name_or_holder(
    small: FactBase, fact_id: str, label: str, line: str
) -> None:
    message = build_card(fact(small, fact_id), small)
    assert drawn(message).splitlines()[:2] == [label, line]
    assert message.text.startswith(f"{label}: {line}.")
    assert [part["style"] for part in message.blocks[0]["elements"][0]["elements"] if "style" in part] == [
        {"italic": True},
        {"bold": True},
    ]


def test_a_card_shows_statement_quote_other_years_byline_and_passages(small: FactBase) -> None:
    message = build_card(fact(small, "trade-share-2018"), small)
    lines = drawn(message).splitlines()
    assert lines[2:5] == [
        "Russia took 49.5% of Belarus's foreign trade in 2018.",
        "“49.5 percent of trade”",
        "Other years: 48% (2015)",
    ]
    assert lines[5].startswith("As of 2018, according to Anna Author, Alpha Institute")
    assert (
        lines[5].replace("\u00a0", " ").endswith("Alpha 2019 · Beta Club home page (exact address unknown)")
    )
    assert "https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade" in message.text
    for under_source in ("Note", "inferred", "Trade & Customs"):
        assert under_source not in drawn(message)


def test_what_another_article_says_stands_beside(small: FactBase) -> None:
    shown = drawn(build_card(fact(small, "nuclear-loan-2019"), small))
    assert "Compare: Olga Speaker: The loan will not be drawn in full (27 April 2024, Gamma 2024)" in shown


def test_a_who_question_is_answered_with_who(small: FactBase) -> None:
    message = build_card(fact(small, "nuclear-loan-2019"), small, who="Russia")
    assert "Russia — $10 billion: Russian loan" in drawn(message)
    assert message.text.startswith("Figure: Russia — $10 billion")


def test_a_shared_card_shows_the_question_and_credits_the_person(small: FactBase) -> None:
    message = build_card(
        fact(small, "airbase-opened"), small, shared_by="U1ANNA", question="the *airbase* <!here>"
    )
    assert drawn(message).startswith("“the *airbase* <!here>”\nEvent")
    assert "Shared by <@U1ANNA>" in json.dumps(message.blocks)
    assert message.text.endswith("Shared by <@U1ANNA>")
    assert "<!here>" not in message.text
    assert "<!channel>" not in json.dumps(
        build_card(fact(small, "airbase-opened"), small, shared_by="<!channel>").blocks
    )


def test_markup_in_facts_stays_text(small: FactBase) -> None:
    odd = fact(small, "odd-marks")
    hits = (Hit(odd, 0.5), Hit(fact(small, "airbase-opened"), 0.4))
    for message in (
        build_card(odd, small, share=True, shared_by="U1ANNA"),
        build_choices(Choices("", hits, (), ())),
    ):
        mrkdwn = [message.text] + [t["text"] for t in objects(message.blocks) if t.get("type") == "mrkdwn"]
        for line in mrkdwn:
            links = re.findall(r"<([^>]*)>", line)
            assert all(re.match(r"https://(alpha|beta|gamma)\.example/|@U1ANNA$", link) for link in links), (
                links
            )
        assert message_problems(message.payload()) == []


def test_every_card_of_the_fact_base_keeps_within_the_limits_and_reads_whole(real: SearchEngine) -> None:
    base = real.base
    for each in base.facts:
        for language in LANGUAGES:
            shown = build_card(
                each, base, strings(language), share=True, shared_by="U0123456789", question="x" * 300
            )
            assert message_problems(shown.payload()) == [], each.id
        assert message_problems(build_related(each, base).payload()) == [], each.id
        said = shown.text.replace("&amp;", "&")
        assert each.statement in said
        assert base.link(each.evidence[0]) in said
        assert (
            entry_of(each, base, ENGLISH)
            .text.removeprefix(f"{ENGLISH(kind_of(each))}: ")
            .startswith(lead(each))
        )


# Lists


def test_choices_have_a_line_and_a_show_button_each(small: FactBase) -> None:
    chosen = [
        fact(small, i) for i in ("trade-share-2018", "envoy-on-airbase", "airbase-opened", "douglas-envoy")
    ]
    hits = tuple(Hit(f, 0.5) for f in chosen)
    message = build_choices(Choices("", hits, (), (), Rejection("tie")), offer_id="abc")
    assert drawn(message).splitlines() == [
        ENGLISH("fit"),
        "49.5% — Russia's share of Belarus's foreign trade (2018)", "Show",
        "Douglas Envoy: An airbase would not alter the balance of forces (2015)", "Show",
        "4 November 2021 — Airbase opened", "Show",
        "Douglas Envoy — Ambassador to the Alliance (2015)", "Show",
    ]  # fmt: skip
    buttons = [block["accessory"] for block in message.blocks[1:]]
    assert [b["value"] for b in buttons] == [f"v1:{f.id}:abc" for f in chosen]
    assert buttons[0]["accessibility_label"] == "Show: Russia's share of Belarus's foreign trade"


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
    choices = Choices("", hits, unknown, (), Rejection("tie" if fit else "coverage"))
    assert build_choices(choices).text.startswith(intro)


@pytest.mark.parametrize(
    "unknown",
    ["<!channel>", "<http://evil|x>", "`code`", "*bold*", "two\nlines", "\u202eesrever", "x" * 500],
)
def test_words_of_a_question_are_named_as_plain_text(unknown: str) -> None:
    message = build_none(NoAnswer("", (), (unknown, "other"), ()))
    assert message_problems(message.payload()) == []
    assert not re.search("[<\n\u202e]", message.text)
    assert len(message.text) < 200
    assert all(t["type"] != "mrkdwn" for t in objects(message.blocks) if "type" in t)


def test_a_decline_offers_topics_and_example_questions(small: FactBase) -> None:
    message = build_none(NoAnswer("", (), ("kazakhstan",), ()), topics=list(small.topics.values()))
    assert message.text == "Nothing on “kazakhstan” in these articles. Nearest topics: Defence, Trade."
    assert [b["action_id"] for b in message.blocks[-1]["elements"]] == [*card.NEAR_TOPICS[:2], card.SHOW_HELP]


# Overviews, comparisons, the closest entry


def test_an_overview_of_a_topic_has_the_total_facts_opinions_and_every_entry(small: FactBase) -> None:
    topic = small.topics["defence"]
    overview = overview_of("defence", topic.facts, [topic], small, ENGLISH)
    message = build_overview(overview, small, question="defence")
    lines = drawn(message).splitlines()
    assert lines[:2] == ["Defence", "4 entries, 1 of them an opinion."]
    assert "4 November 2021 — Airbase opened (Beta 2025)" in lines
    assert "Douglas Envoy: An airbase would not alter the balance of forces (2015) (Gamma 2024)" in lines
    menu, opens, share = message.blocks[-1]["elements"]
    assert [o["value"] for o in menu["options"]] == [f"v1:{f.id}" for f in topic.facts]
    assert (opens["value"], share["value"]) == ("v1:topic:defence:1", "v1:defence")
    assert message_problems(message.payload()) == []


def test_an_overview_of_a_person_begins_with_the_role_and_its_year(small: FactBase) -> None:
    person = fact(small, "douglas-envoy")
    overview = overview_of("envoy", [person, fact(small, "envoy-on-airbase")], [], small, ENGLISH)
    assert overview.title == "Douglas Envoy"
    assert overview.intro.startswith("Ambassador to the Alliance (2015). 2 entries")
    assert person not in overview.entries


def test_a_comparison_is_a_table_with_a_plain_form(small: FactBase) -> None:
    facts = [fact(small, "trade-share-2018"), fact(small, "trade-share-2015")]
    message = build_comparison(facts, small, question="trade share over time")
    table = next(block for block in message.blocks if block["type"] == "table")
    cells = [[c["elements"][0]["elements"][0]["text"] for c in row] for row in table["rows"]]
    assert cells == [
        ["When", "Value", "Source"],
        ["2015", "48%", "Alpha 2019"],
        ["2018", "49.5%", "Alpha 2019"],
    ]
    assert "Change 2015 to 2018: +1.5 percentage points (computed)" in message.text
    assert message_problems(message.payload()) == []
    plain = without_new_blocks(message.blocks)
    assert plain
    assert "2015, 48%, Alpha 2019" in "".join(
        "".join(part["text"] for part in item["elements"]) + "\n"
        for item in plain[1]["elements"][0]["elements"]
    )
    assert message_problems({**message.payload(), "blocks": plain}) == []


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
        fact(small, i).model_copy(update={"value": value})
        for i, value in zip(("trade-share-2015", "trade-share-2018"), values, strict=True)
    ]
    assert change in table_of(found, small, ENGLISH).change
    assert bool(table_of(found, small, ENGLISH).change) is bool(change)


def test_the_closest_entry_comes_under_a_line_that_says_what_is_missing(small: FactBase) -> None:
    choices = Choices("", (Hit(fact(small, "nuclear-loan-2019"), 0.5, (), ("dear",)),), (), ())
    message = build_closest(choices, small)
    assert message.text.startswith(
        "The articles don't say that about “dear”. Closest entry: Figure: $10 billion"
    )


def test_every_topic_and_name_has_an_overview_within_the_limits(real: SearchEngine) -> None:
    base = real.base
    for topic in base.topics.values():
        for language in LANGUAGES:
            text = strings(language)
            overview = overview_of(topic.title, topic.facts, [topic], base, text)
            assert message_problems(build_overview(overview, base, text, question="x").payload()) == []
    figures = [f for f in base.facts if f.kind == "figure"]
    assert message_problems(build_comparison(figures, base, question="x").payload()) == []


def test_latest_facts_are_events_and_figures_that_had_happened(real: SearchEngine) -> None:
    latest = news_of(real.base, 3)
    assert {f.kind for f in latest} <= {"date", "figure"}
    assert not any(f.expected for f in latest)
    assert list(latest) == sorted(latest, key=lambda f: f.when.first, reverse=True)


# Buttons and help


def test_share_is_offered_on_private_cards_only(small: FactBase) -> None:
    answer = Answer("", (Hit(fact(small, "airbase-opened"), 1.0),), (), ())
    private = build_answer(answer, small, question="airbase", share=True)
    actions = [b["action_id"] for b in private.blocks[-1]["elements"]]
    assert actions == [card.SHARE_FACT, card.MORE_LIKE_THIS, card.SOURCE, card.CARD_MENU]
    assert private.blocks[-1]["elements"][0]["value"] == "v1:airbase-opened::airbase"
    public = build_answer(answer, small, question="airbase")
    assert [b["action_id"] for b in public.blocks[-1]["elements"]] == actions[1:]


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("v1:trade-share", ("trade-share", "")),
        ("v1:trade-share:abc", ("trade-share", "abc")),
        ("v1:a:b:c", ("a", "b:c")),
        ("v1:", None),
        ("v0:x", None),
        ("", None),
        (None, None),
    ],
)
def test_button_values_are_versioned(value: str | None, parts: tuple[str, ...] | None) -> None:
    assert read_value(value, 2) == parts


def test_the_help_counts_facts_and_opinions_and_shows_examples(small: FactBase) -> None:
    message = build_help(small)
    assert drawn(message).startswith(
        "Ask about two neighbours\n6 facts and 2 attributed opinions from 3 articles."
    )
    for part in (*small.site.examples, "topic defence", "/unionstate"):
        assert part in message.text
    assert [b["value"] for b in message.blocks[1]["elements"]] == [f"v1:{e}" for e in small.site.examples]


def test_messages_do_not_unfurl_their_links(small: FactBase) -> None:
    payload = build_card(fact(small, "airbase-opened"), small).payload()
    assert (payload["unfurl_links"], payload["unfurl_media"]) == (False, False)
