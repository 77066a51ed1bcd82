"""Cards, choices and help: what they say, in which order, and that Slack takes every one."""

import json
import re
from typing import Any

import pytest

from bot.core.examples import EXAMPLES
from bot.core.facts.base import FactBase, Topic
from bot.core.facts.models import Fact, Figure
from bot.core.present import phrases
from bot.core.present.card import lead
from bot.core.search import SearchEngine
from bot.core.search.results import Answer, Choices, Hit, NoAnswer
from bot.playground.block_validation import message_problems
from bot.slack import strings as wording
from bot.slack.blocks import card
from bot.slack.blocks.card import build_card, build_help, build_outcome, build_related
from bot.slack.blocks.elements import Message, read_value


def drawn(message: Message) -> str:
    """All that is drawn, in order, as a reader sees it: entities undone, links as their label, styles dropped."""
    lines: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                visit(item)
        elif node.get("type") in ("rich_text_section",):
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


def first_line(message: Message) -> str:
    return drawn(message).splitlines()[0]


def bold_beginning(message: Message) -> str:
    part = message.blocks[0]["elements"][0]["elements"][0]
    assert part["style"] == {"bold": True}
    return str(part["text"])


def fact(base: FactBase, fact_id: str) -> Fact:
    found = base.get(fact_id)
    assert found
    return found


@pytest.mark.parametrize(
    ("fact_id", "bold", "line"),
    [
        ("trade-share-2018", "49.5%", "49.5% — Russia's share of Belarus's foreign trade"),
        ("airbase-opened", "4 November 2021", "4 November 2021 — Airbase opened"),
        ("douglas-envoy", "Douglas Envoy", "Douglas Envoy — Ambassador to the Alliance"),
        (
            "envoy-on-airbase",
            "Douglas Envoy",
            "Douglas Envoy: An airbase would not alter the balance of forces",
        ),
    ],
)
def test_a_card_leads_with_value_date_name_or_holder(
    small: FactBase, fact_id: str, bold: str, line: str
) -> None:
    message = build_card(fact(small, fact_id), small)
    assert bold_beginning(message) == bold
    assert first_line(message) == line
    assert message.text.startswith(line)


def test_a_figure_tells_statement_other_times_source_date_article_and_passage(small: FactBase) -> None:
    message = build_card(fact(small, "trade-share-2018"), small)
    assert drawn(message).splitlines() == [
        "49.5% — Russia's share of Belarus's foreign trade",
        "Russia took 49.5% of Belarus's foreign trade in 2018.",
        "At other times",
        "2015: 48% (Alpha 2019)",
        "Note: The year is inferred.",
        "As of 2018, according to Anna Author, Alpha Institute, 2019; according to an article that names no author,"
        " published by Beta Club, 25 August 2025.",
        "Article: Two Neighbours & Their Trade (2019; title and date inferred; “Trade & Customs”)",
        "Article: The Future as Seen in 2025 (25 August 2025; the link opens the publisher's site: the"
        " article's own address is unknown)",
        "More like this",
    ]
    assert message.text == (
        "49.5% — Russia's share of Belarus's foreign trade. Russia took 49.5% of Belarus's foreign trade in 2018."
        " At other times: 2015: 48% (Alpha 2019). Note: The year is inferred."
        " As of 2018, according to Anna Author, Alpha Institute, 2019; according to an article that names no author,"
        " published by Beta Club, 25 August 2025."
        " Article: Two Neighbours &amp; Their Trade (2019; title and date inferred; “Trade &amp; Customs”):"
        " https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade"
        " Article: The Future as Seen in 2025 (25 August 2025; the link opens the publisher's site: the"
        " article's own address is unknown): https://beta.example/"
    )


def test_the_article_is_linked_at_the_passage(small: FactBase) -> None:
    message = build_card(fact(small, "trade-share-2018"), small)
    assert (
        "<https://alpha.example/articles/trade#:~:text=49.5%20percent%20of%20trade|Two Neighbours &amp; Their Trade>"
        in json.dumps(message.blocks, ensure_ascii=False)
    )


@pytest.mark.parametrize(
    ("fact_id", "said"),
    [
        ("nuclear-loan-2019", "As of 2019, according to the Belarusian government, cited by Anna Author, Alpha Institute."),
        ("nuclear-loan-doubt", "As of 27 April 2024, according to Olga Speaker, Gamma Centre."),
        ("nuclear-loan-doubt", "A Section at a Congress (on an event of 27 April 2024)"),
        ("airbase-opened", "According to an article that names no author, published by Beta Club, 25 August 2025."),
        ("envoy-on-airbase", "As of 2015, according to Douglas Envoy, cited by Gamma Centre, on an event of 27 April 2024."),
        ("nuclear-loan-2019", "Compare"),
        ("nuclear-loan-2019", "Olga Speaker: The loan will not be drawn in full (27 April 2024, Gamma 2024)"),
        ("nuclear-loan-doubt", "$10 billion — Russian loan for the nuclear plant (2019, Alpha 2019)"),
    ],
)  # fmt: skip
def test_a_card_says_who_says_so_when_and_what_disagrees(small: FactBase, fact_id: str, said: str) -> None:
    assert said in drawn(build_card(fact(small, fact_id), small))


def test_a_long_series_shows_the_nearest_times_in_order_and_how_many_more(small: FactBase) -> None:
    record = fact(small, "trade-share-2018").model_dump()
    series = []
    for year in range(2003, 2012):
        member = Figure(**{**record, "as_of": str(year), "value": f"{year - 1960}%"})
        member._id, member._topic = f"trade-share-{year}", "trade"
        series.append(member)
    base = FactBase(
        facts=tuple(series),
        topics={"trade": Topic("trade", "Trade", "Trade.", tuple(series))},
        sources=small.sources,
        vocabulary=small.vocabulary,
        places={},
        version="x",
    )
    shown = drawn(build_card(series[2], base)).splitlines()
    start = shown.index(phrases.OTHER_TIMES) + 1
    assert shown[start : start + 6] == [
        "2003: 43% (Alpha 2019)",
        "2004: 44% (Alpha 2019)",
        "2006: 46% (Alpha 2019)",
        "2007: 47% (Alpha 2019)",
        "2008: 48% (Alpha 2019)",
        "and 3 more",
    ]


def test_markup_in_facts_stays_text(small: FactBase) -> None:
    odd = fact(small, "odd-marks")
    for message in (
        build_card(odd, small, share=True, shared_by="U1ANNA"),
        build_outcome(
            Choices("", (Hit(odd, 0.5), Hit(fact(small, "airbase-opened"), 0.4)), (), (), ""), small
        ),
    ):
        mrkdwn = [message.text] + [t["text"] for t in _objects(message.blocks) if t.get("type") == "mrkdwn"]
        for text in mrkdwn:
            links = re.findall(r"<([^>]*)>", text)
            assert all(re.match(r"https://(alpha|beta|gamma)\.example/|@U1ANNA$", link) for link in links), (
                links
            )
        assert message_problems(message.payload()) == []
    rich = [t["text"] for t in _objects(build_card(odd, small).blocks) if t.get("type") == "text"]
    assert "7 *zebras* <@U999>" in rich  # drawn as it is: rich text has no markup


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _objects(value))]
    if isinstance(node, list | tuple):
        return [found for item in node for found in _objects(item)]
    return []


@pytest.mark.parametrize(
    "unknown",
    ["<!channel>", "<http://evil|x>", "`code`", "*bold*", "two\nlines", "\u202eesrever", "x" * 500],
)
def test_words_of_a_question_are_named_as_plain_text(small: FactBase, unknown: str) -> None:
    outcome = NoAnswer("", (), (unknown, "other"), (), "")
    message = build_outcome(outcome, small)
    assert message_problems(message.payload()) == []
    assert "<" not in message.text
    assert "\n" not in message.text
    assert "\u202e" not in message.text
    assert len(message.text) < 200
    first = message.blocks[0]["elements"][0]["elements"][0]["text"]
    assert first.startswith("I have no such fact. I know nothing about “")
    assert all(
        t["type"] != "mrkdwn" or t["text"] == wording.try_help(wording.HELP_COMMAND)
        for t in _objects(message.blocks)
        if "type" in t
    )


def test_an_answer_names_the_words_that_it_left_aside(small: FactBase) -> None:
    answer = Answer("", (Hit(fact(small, "airbase-opened"), 0.8),), ("<!here>",), (), "")
    message = build_outcome(answer, small, share=True)
    assert "I know nothing about “<!here>”." in drawn(message)
    assert message.text.endswith("I know nothing about “&lt;!here&gt;”.")
    assert "<!here>" not in json.dumps(message.blocks)


def test_unknown_words_that_cannot_be_seen_are_not_named(small: FactBase) -> None:
    assert build_outcome(NoAnswer("", (), ("\u200b", " "), (), ""), small).text == (
        f"{wording.NO_FACT} {wording.try_help(wording.HELP_COMMAND)}"
    )


def test_choices_have_a_line_and_a_show_button_each(small: FactBase) -> None:
    chosen = [
        fact(small, i) for i in ("trade-share-2018", "envoy-on-airbase", "airbase-opened", "douglas-envoy")
    ]
    message = build_outcome(Choices("", tuple(Hit(f, 0.5) for f in chosen), (), (), "", fit=True), small)
    assert drawn(message).splitlines() == [
        wording.SEVERAL,
        "49.5% — Russia's share of Belarus's foreign trade (2018)", "Show",
        "Douglas Envoy: An airbase would not alter the balance of forces (2015)", "Show",
        "4 November 2021 — Airbase opened", "Show",
        "Douglas Envoy — Ambassador to the Alliance (2015)", "Show",
    ]  # fmt: skip
    buttons = [block["accessory"] for block in message.blocks[1:]]
    assert [b["value"] for b in buttons] == [f"v1:{f.id}" for f in chosen]
    assert buttons[0]["accessibility_label"] == "Show: Russia's share of Belarus's foreign trade"
    assert message.text.splitlines()[1] == "1. 49.5% — Russia's share of Belarus's foreign trade (2018)"


@pytest.mark.parametrize(
    ("fit", "missing", "unknown", "count", "intro"),
    [
        (True, (), (), 2, wording.SEVERAL),
        (True, (), (), 1, wording.PERHAPS),
        (False, (), (), 2, "No fact fits all of that. These come nearest:"),
        (False, (), (), 1, "No fact fits all of that. This comes nearest:"),
        (
            False,
            ("2021", "length"),
            (),
            2,
            "I have no fact that fits “2021” or “length” here. These come nearest:",
        ),
        (False, ("length",), ("kazakhstan",), 2, "I know nothing about “kazakhstan”. These come nearest:"),
        (True, (), ("kazakhstan",), 1, "I know nothing about “kazakhstan”. This comes nearest:"),
        (False, (), ("a", "b", "c"), 2, "I know nothing about “a”, “b” or “c”. These come nearest:"),
    ],
)
def test_choices_say_whether_they_fit_or_only_come_nearest(
    small: FactBase, fit: bool, missing: tuple[str, ...], unknown: tuple[str, ...], count: int, intro: str
) -> None:
    hits = tuple(Hit(f, 0.5, (), missing) for f in small.facts[:count])
    choices = Choices("", hits, unknown, (), "", fit=fit)
    assert first_line(build_outcome(choices, small)) == intro
    assert build_outcome(choices, small).text.startswith(intro)


def test_a_word_that_one_of_the_facts_has_is_not_said_to_be_missing(small: FactBase) -> None:
    one, other = Hit(small.facts[0], 0.5, (), ("2021", "length")), Hit(small.facts[1], 0.4, (), ("length",))
    assert Choices("", (one, other), (), (), "").missing == ("length",)


def test_share_is_offered_on_private_cards_only(small: FactBase) -> None:
    shown = fact(small, "airbase-opened")
    answer = Answer("", (Hit(shown, 1.0),), (), (), "")
    private, public = build_outcome(answer, small, share=True), build_outcome(answer, small)
    assert [b["action_id"] for b in private.blocks[-1]["elements"]] == [
        card.SHARE_FACT,
        card.MORE_LIKE_THIS,
        card.CARD_MENU,
    ]
    assert [b["action_id"] for b in public.blocks[-1]["elements"]] == [
        card.MORE_LIKE_THIS,
        card.CARD_MENU,
    ]


@pytest.mark.parametrize(("user", "credited"), [("U1ANNA", True), ("<!channel>", False), (None, False)])
def test_a_shared_card_credits_the_person(small: FactBase, user: str | None, credited: bool) -> None:
    message = build_card(fact(small, "airbase-opened"), small, shared_by=user)
    assert ("Shared by <@U1ANNA>" in json.dumps(message.blocks)) is credited
    assert message.text.endswith("Shared by <@U1ANNA>") is credited
    assert "<!channel>" not in json.dumps(message.blocks)


def test_messages_do_not_unfurl_their_links(small: FactBase) -> None:
    payload = build_card(fact(small, "airbase-opened"), small).payload()
    assert payload["unfurl_links"] is False
    assert payload["unfurl_media"] is False


@pytest.mark.parametrize(
    ("value", "fact_id"),
    [
        ("v1:trade-share", "trade-share"),
        ("v1:", None),
        ("v0:x", None),
        ("", None),
        ("trade-share", None),
        ("v1", None),
    ],
)
def test_button_values_are_versioned(value: str, fact_id: str | None) -> None:
    assert (read_value(value) or (None,))[0] == fact_id


def test_the_help_says_what_how_and_the_examples(small: FactBase) -> None:
    message = build_help(small)
    assert first_line(message) == wording.HELP_TITLE
    for part in (*EXAMPLES, "topic defence", "source alpha-2019", wording.COMMAND, str(len(small.facts))):
        assert part in drawn(message)
        assert part in message.text
    assert [b["value"] for b in message.blocks[1]["elements"]] == [f"v1:{example}" for example in EXAMPLES]


def test_every_card_of_the_fact_base_keeps_within_the_limits_and_reads_whole(real: SearchEngine) -> None:
    base = real.base
    checked = 0
    for each in base.facts:
        card = build_card(each, base, share=True, shared_by="U0123456789")
        for message in (card, build_related(each, base)):
            assert message_problems(message.payload()) == [], each.id
            checked += 1
        said = card.text.replace("&amp;", "&")
        assert each.statement in said, each.id
        for evidence in each.evidence[:1]:
            assert base.link(evidence) in said, each.id
            assert base.sources[evidence.source].title in said, each.id
        assert drawn(card).startswith(lead(each)), each.id
    assert checked == 2 * len(base.facts) >= 180


def test_help_and_choices_of_the_fact_base_keep_within_the_limits(real: SearchEngine) -> None:
    base = real.base
    assert message_problems(build_help(base).payload()) == []
    longest = sorted(base.facts, key=lambda f: -len(lead(f)))[:5]
    choices = Choices("", tuple(Hit(f, 0.5) for f in longest), ("y" * 300,) * 20, (), "")
    assert message_problems(build_outcome(choices, base).payload()) == []
    none = NoAnswer("", (), ("y" * 300,) * 20, tuple(base.topics.values())[:3], "")
    assert message_problems(build_outcome(none, base).payload()) == []
