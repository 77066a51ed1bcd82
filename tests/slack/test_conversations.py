"""Questions by command, mention and direct message, through the real wiring: exactly one reply each."""

import logging
import re

import pytest

from bot.core.present.strings import ENGLISH, strings
from bot.core.search import SearchEngine
from bot.slack.blocks.card import MORE_LIKE_THIS, SHOW_HELP, TRY
from tests.support.fake_slack import BOT_ID, BOT_USER
from tests.support.harness import Bot, NewBot, converse, one_reply
from tests.support.requests import FORM, command_body, dm_event, mention_event

HELP, RUSSIAN_HELP = "Ask about two neighbours", strings("ru")("help_title", subject="two neighbours")
NONE = ENGLISH("none")
DIALOG = [
    ("trade share", "Figure\n49.5% — Russia's share"),
    ("nuclear plant loan", "$10 billion — Russian loan"),
    ("when did the airbase open?", "Event\n4 November 2021 — Airbase opened"),
    ("who is Douglas Envoy", "Person\nDouglas Envoy — Ambassador to the Alliance"),
    ("would an airbase alter the balance", "Opinion\nDouglas Envoy: An airbase would not alter"),
    ("kazakhstan", "Nothing on “kazakhstan” in these articles."),
    ("казахстан", "В этих статьях ничего нет о «казахстан»."),
    ("", HELP),
    ("help", HELP),
    ("hlep", HELP),
    ("помощь", RUSSIAN_HELP),
    ("что ты умеешь?", RUSSIAN_HELP),
    ("дапамога", strings("be")("help_title", subject="two neighbours")),
    (":tada: :+1:", HELP),
    ("?!", HELP),
    ("\x00\x01\u202e", HELP),
    (":flag-by: *trade*\n“share” :flag-ru:", "49.5%"),
    ("مرحبا بالعالم", "Nothing on "),
    ("x" * 3000, ENGLISH("too_long")),
    ("tell me the payload of the rocket", "Nothing on "),
    ("trade payload=share", "Russia's share"),
    ("&lt;!subteam^S1&gt;", "Nothing on “subteam"),
    ("`wombats`", "Nothing on “wombats”"),
    # List marks, links, quoted lines, addressees and the command itself are not the question.
    ("1. trade share", "49.5%"),
    ("trade share <https://example.com|wombats>", "49.5%"),
    ("<http://evil.example|wombats>", NONE),
    ("&gt; wombats of kazakhstan\n<@U2BORIS|boris> trade share", "49.5%"),
    ("/unionstate trade share", "49.5%"),
    ("unionstate help", HELP),
    # Talk
    ("hi", HELP),
    ("who are you?", HELP),
    ("help me", HELP),
    ("привет", RUSSIAN_HELP),
    ("thanks!", ENGLISH("thanks")),
    ("спасибо", "Пожалуйста."),
    ("дзякуй", "Калі ласка."),
    ("thanks, and the trade share?", "49.5%"),
    ("kazakhstan, thanks", "Nothing on “kazakhstan”"),
    ("<https://alpha.example/articles/trade>", "Two Neighbours &amp; Their Trade\n"),
]


@pytest.mark.parametrize("say", ["command", "mention", "dm"])
def test_every_message_gets_one_reply(bot: Bot, say: str) -> None:
    converse(getattr(bot, say), DIALOG[:-1] if say == "dm" else DIALOG)  # in a DM, the last is unfurled


def test_a_russian_question_gets_a_russian_frame_also_behind_its_buttons(bot: Bot) -> None:
    reply = one_reply(bot.dm("доля торговли"))
    assert reply.text.startswith("Показатель\n49.5%")
    assert reply.text.endswith(strings("ru")("language"))
    more = reply.button(MORE_LIKE_THIS)
    assert one_reply(bot.press(MORE_LIKE_THIS, more["value"])).text.startswith("Похожее на")


def test_an_example_question_is_answered_next_to_the_help(bot: Bot) -> None:
    button = one_reply(bot.command("help")).button(TRY[0])
    answer = one_reply(bot.press(TRY[0], button["value"], ephemeral=True))
    assert answer.arguments["response_type"] == "ephemeral"
    assert answer.arguments["replace_original"] is False
    assert "49.5%" in answer.text
    assert answer.button("share_fact")
    assert one_reply(bot.press(TRY[0], "v0:trade share", ephemeral=True)).text == ENGLISH("out_of_date")
    declined = one_reply(bot.command("kazakhstan"))
    helped = one_reply(bot.press(SHOW_HELP, declined.button(SHOW_HELP)["value"]))
    assert helped.text.startswith(HELP)


FOLLOW_UPS = [
    ("trade share", "Figure\n49.5%"),
    ("and in 2015?", "Figure\n48%"),
    ("2018?", "Figure\n49.5%"),
    ("who said that?", "Figure\n49.5%"),
    ("why?", "The articles don't say why. Closest entry:\nFigure\n49.5%"),
    ("when did the airbase open?", "Event\n4 November 2021"),  # a full question
    ("nuclear plant loan", "$10 billion"),
    ("what about the trade share in 2018, and of whom?", "49.5%"),
]


@pytest.mark.parametrize("say", ["mention", "dm"])
def test_a_follow_up_is_understood_from_the_question_before(bot: Bot, say: str) -> None:
    converse(lambda words: getattr(bot, say)(words, thread_ts="7.7"), FOLLOW_UPS)


def test_a_follow_up_belongs_to_its_thread(bot: Bot) -> None:
    bot.mention("trade share", thread_ts="7.7")
    assert "“" not in one_reply(bot.mention("and in 2015?", thread_ts="8.8")).text
    assert "“" not in one_reply(bot.mention("and in 2015?", channel="C2", thread_ts="7.7")).text
    assert "48%" in one_reply(bot.mention("and in 2015?", thread_ts="7.7")).text


def test_a_mention_is_answered_in_its_thread(bot: Bot) -> None:
    event = mention_event(f"<@{BOT_USER}> trade share")
    reply = one_reply(bot.event(event))
    assert reply.method == "chat.postMessage"
    assert reply.arguments["channel"] == "C1"
    assert reply.arguments["thread_ts"] == event["ts"]
    assert reply.arguments["unfurl_links"] is False
    assert [b["action_id"] for b in reply.buttons()] == ["more_like_this", "fact_source", "card_menu"]


def test_one_message_that_arrives_as_two_events_gets_one_reply(bot: Bot) -> None:
    event = dm_event("trade share", ts="5.5")
    assert len(bot.event(event, "Ev1")) == 1
    assert bot.event(mention_event(f"<@{BOT_USER}> trade share", channel="D1", ts="5.5"), "Ev2") == []


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1OTHER"},
        {"bot_id": BOT_ID, "user": BOT_USER},
        {"user": BOT_USER},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message", "bot_id": "B1OTHER"},
        {"subtype": "message_changed", "hidden": True, "message": {"user": "U1ANNA", "text": "trade share"}},
        {"subtype": "message_deleted", "hidden": True},
        {"subtype": "channel_join"},
        {"user": "USLACKBOT"},
        {"user": None},
    ],
)
def test_bots_and_notices_are_left_alone(bot: Bot, more: dict[str, object]) -> None:
    assert bot.dm("trade share", **more) == []
    assert bot.mention("trade share", **more) == []
    assert bot.response.status == 200


EDITED = {"edited": {"user": "U1ANNA", "ts": "1.1"}}


def test_an_edit_that_adds_a_mention_or_changes_the_question_is_answered(bot: Bot) -> None:
    assert "49.5%" in one_reply(bot.mention("trade share", ts="5.5", **EDITED)).text
    assert bot.mention("trade share", ts="5.5", **EDITED) == []
    assert "$10 billion" in one_reply(bot.mention("nuclear plant loan", ts="5.5", **EDITED)).text


@pytest.mark.parametrize(
    ("before", "after", "answered"),
    [
        ("trade shrae of zebras", "trade share", "49.5%"),
        ("trade share", "trade share", ""),
        ("trade share", "*trade share*", ""),
    ],
)
def test_an_edited_direct_message_is_answered_where_the_question_changed(
    bot: Bot, before: str, after: str, answered: str
) -> None:
    bot.dm(before, ts="5.5")
    changed = {"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed"}
    changed["previous_message"] = {"text": before}
    message = {"user": "U1ANNA", "ts": "5.5", "text": after}
    # Without `edited`, the change is the preview of a link.
    assert bot.event({**changed, "hidden": True, "message": message}) == []
    replies = bot.event({**changed, "hidden": True, "message": {**message, **EDITED}})
    assert [answered in reply.text for reply in replies] == ([True] if answered else [])


def test_a_workflows_mention_is_answered_outside_threads(bot: Bot) -> None:
    profile = {"id": "B7", "is_workflow_bot": True}
    posted = {"subtype": "bot_message", "bot_id": "B7", "bot_profile": profile, "user": None}
    assert "49.5%" in one_reply(bot.mention("trade share", **posted)).text
    assert bot.mention("trade share", thread_ts="7.7", **posted) == []


def test_events_without_a_listener_are_acknowledged(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    assert bot.event({"type": "reaction_added", "user": "U1ANNA", "item": {}}) == []
    assert bot.response.status == 200
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


def test_a_foreign_command_gets_a_notice(bot: Bot) -> None:
    body = command_body("x", bot.slack.new_response_url()).replace("%2Funionstate", "%2Fother")
    assert bot.send(body, FORM) == []
    assert bot.response.status == 200
    assert ENGLISH("unknown_command", command="/unionstate") in (bot.response.body or "")


def test_a_request_asks_for_the_engine_once(new_bot: NewBot, finder: SearchEngine) -> None:
    """Facts that change meanwhile cannot make half an answer."""
    given: list[SearchEngine] = []

    def engine() -> SearchEngine:
        given.append(SearchEngine(finder.base))
        return given[-1]

    bot = new_bot(engine)
    started = len(given)
    bot.command("trade share")
    bot.dm("2015")
    bot.press("show_fact", "v1:x")
    assert len(given) == started + 3


def test_the_log_holds_ids_and_outcomes_and_no_words(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "bot"):
        bot.command("trade share")
        bot.dm("kazakhstanitis")
        bot.mention("2015")
    logged = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("bot."))
    assert "by=command outcome=answer facts=trade-share-2018 team=T0TEAM channel=C1 user=U1ANNA" in logged
    assert "by=direct message outcome=none facts=- " in logged
    assert re.search(r"by=mention outcome=choices facts=\S*trade-share-2015", logged)
    for secret in ("trade share", "kazakhstanitis", "xoxb", "test-signing-secret", "/response/"):
        assert secret not in logged
