"""The menu of a card: Cite, Report a problem, Edit this fact; thumbs; and older workspaces."""

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.facts.base import FactBase
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.playground.block_validation import view_problems
from bot.slack.blocks import card
from bot.slack.blocks.modals import (
    OPEN_ISSUE,
    OPEN_LINE,
    REASON,
    REMARK,
)
from tests.support.fake_slack import Call, FakeSlack
from tests.support.harness import Bot, one_reply
from tests.support.interactions import button_pressed, from_menu, submitted
from tests.support.requests import new_ts

FACT = "trade-share-2018"
REPOSITORY = "https://github.com/owner/name"
CHANNEL = "C1"
THUMBS = ("thumb_up", "thumb_down")


class Notebook:
    """An inbox that keeps what it gets."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, str, str, str]] = []
        self.thumbs: list[tuple[str, bool]] = []
        self.questions: list[tuple[str, str, tuple[str, ...], str | None]] = []

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        self.questions.append((question, outcome, unknown, nearest))
        return f"sign{len(self.questions)}"

    def thumb(self, fact_id: str, helpful: bool) -> None:
        self.thumbs.append((fact_id, helpful))

    def report(self, fact_id: str, version: str, reason: str, remark: str) -> int | None:
        self.reports.append((fact_id, version, reason, remark))
        return len(self.reports)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def kept(slack: FakeSlack, finder: SearchEngine, notebook: Notebook) -> Iterator[Bot]:
    """A bot with an inbox, a repository and a maintainers' channel."""
    made = Bot(slack, finder, inbox=notebook, repository_url=REPOSITORY, maintainers_channel=CHANNEL)
    yield made
    made.close()


def menu_of(message: Call) -> dict[str, dict[str, Any]]:
    """The entries of a card's menu by what they do."""
    (menu,) = [b for b in message.buttons() if b["action_id"] == card.CARD_MENU]
    return {option["value"].split(":")[1]: option for option in menu["options"]}


def choose(bot: Bot, tool: str, fact_id: str = FACT) -> list[Call]:
    value = f"v1:{tool}:{fact_id}"
    return bot.interact(from_menu(card.CARD_MENU, value, bot.slack.new_response_url()))


def open_view(bot: Bot) -> dict[str, Any]:
    view = bot.slack.workspace.modal
    assert view_problems({k: v for k, v in view.items() if k not in _ADDED}) == []
    return dict(view)


_ADDED = {"id", "hash", "state", "root_view_id", "team_id", "app_id", "bot_id", "previous_view_id"}


def words(view: dict[str, Any]) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


# The menu


def test_edit_leads_to_the_line_of_the_fact(kept: Bot, small: FactBase) -> None:
    option = menu_of(one_reply(kept.command("trade share")))["edit"]
    assert option["url"] == f"{REPOSITORY}/blob/HEAD/facts/trade.yaml#L{small.places[FACT].line}"
    assert choose(kept, "edit") == []  # Slack opens it; we acknowledge
    assert kept.response.status == 200


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("v1:cite:gone", text("fact_gone")),
        ("v1:report:gone", text("fact_gone")),
        ("v0:cite:trade-share-2018", text("out_of_date")),
        ("v1:cite", text("out_of_date")),
        ("", text("out_of_date")),
    ],
)
def test_an_old_menu_gets_a_notice(bot: Bot, value: str, expected: str) -> None:
    (opened,) = bot.interact(from_menu(card.CARD_MENU, value, bot.slack.new_response_url()))
    assert opened.method == "views.open"
    assert expected in words(open_view(bot))


# Report


def report(bot: Bot, reason: str = "wrong", remark: str = "", **more: Any) -> list[Call]:
    view = open_view(bot)
    typed = {
        REASON: {"type": "radio_buttons", "selected_option": {"value": reason}},
        REMARK: {"type": "plain_text_input", "value": remark or None},
    }
    return bot.interact(submitted(view, typed, **more))


def shown(bot: Bot) -> dict[str, Any]:
    """The view that the acknowledgement puts in the modal's place: the last that the person sees of it."""
    answered = json.loads(bot.response.body)
    assert answered["response_action"] == "update"
    assert view_problems(answered["view"]) == []
    assert not bot.slack.called("views.update")  # which could arrive before the acknowledgement, and be lost
    return dict(answered["view"])


def test_a_report_is_kept_posted_to_the_maintainers_and_thanked_for(
    kept: Bot, notebook: Notebook, small: FactBase
) -> None:
    choose(kept, "report")
    (posted,) = report(kept, "outdated", "Newer figures <!channel>\nare out")
    assert notebook.reports == [(FACT, small.version, "outdated", "Newer figures <!channel> are out")]
    assert posted.method == "chat.postMessage"
    assert posted.arguments["channel"] == CHANNEL
    assert "Report 1: It's outdated" in posted.text
    assert "Newer figures &lt;!channel&gt; are out" in posted.text
    assert f"Entry {FACT}, version {small.version}" in posted.text
    assert "U1ANNA" not in json.dumps(posted.arguments)  # who reported stays unknown
    assert posted.button(OPEN_LINE)["url"].startswith(REPOSITORY)
    assert text("report_kept", number=1) in words(shown(kept))


def test_the_person_gets_an_issue_that_is_filled_in(kept: Bot, small: FactBase) -> None:
    choose(kept, "report")
    report(kept, "wrong", "It was 48%")
    (issue,) = [e for b in shown(kept)["blocks"] if b["type"] == "actions" for e in b["elements"]]
    assert issue["action_id"] == OPEN_ISSUE
    query = parse_qs(urlsplit(issue["url"]).query)
    assert FACT in query["fact"][0]
    assert small.version in query["fact"][0]
    assert query["should"] == ["It was 48%"]


def test_a_report_sent_twice_counts_once(kept: Bot, notebook: Notebook) -> None:
    choose(kept, "report")
    view = open_view(kept)
    values = {REASON: {"selected_option": {"value": "wrong"}}}
    kept.interact(submitted(view, values))
    assert kept.interact(submitted(view, values)) == []
    assert len(notebook.reports) == 1
    assert kept.response.status == 200


def test_when_the_channel_cannot_be_reached_the_report_is_still_kept(
    kept: Bot, notebook: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    kept.slack.fail("chat.postMessage", error="not_in_channel")
    choose(kept, "report")
    report(kept)
    assert text("report_kept", number=1) in words(shown(kept))
    assert notebook.reports
    assert "not_in_channel" in caplog.text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "Reporting isn't set up in this workspace."),
        ({"repository_url": REPOSITORY}, "Please open the issue below"),
        ({"maintainers_channel": CHANNEL}, "Sent to the maintainers."),
    ],
)
def test_without_an_inbox_the_reply_says_what_became_of_the_report(
    slack: FakeSlack, finder: SearchEngine, options: dict[str, str], sentence: str
) -> None:
    bot = Bot(slack, finder, **options)
    choose(bot, "report")
    report(bot)
    bot.close()
    assert sentence in words(shown(bot))


def test_a_slow_report_is_confirmed_in_a_message(
    kept: Bot, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = notebook.report

    def keep_slowly(*expected: str) -> int | None:
        time.sleep(0.2)
        return keep(*expected)

    monkeypatch.setattr(notebook, "report", keep_slowly)
    monkeypatch.setattr("bot.slack.listeners.views.OUTCOME_SECONDS", 0.05)
    choose(kept, "report")
    kept.slack.fail("chat.postMessage", error="not_in_channel", times=1)
    to_channel, to_person = report(kept)
    assert text("report_slow") in words(shown(kept))
    assert to_channel.arguments["channel"] == CHANNEL
    assert to_person.arguments["channel"] == "U1ANNA"
    assert text("report_kept", number=1) in to_person.text
    assert to_person.button(OPEN_ISSUE)["url"].startswith(REPOSITORY)


@pytest.mark.parametrize("metadata", ["v1:gone:0", "v0:trade-share-2018:0", "", "v1"])
def test_a_report_on_a_removed_fact_gets_a_notice(kept: Bot, notebook: Notebook, metadata: str) -> None:
    choose(kept, "report")
    view = {**open_view(kept), "private_metadata": metadata}
    assert kept.interact(submitted(view, {})) == []
    assert text("report_gone") in kept.response.body
    assert notebook.reports == []


# Thumbs


@pytest.mark.parametrize(("tool", "helpful"), [("thumb_up", True), ("thumb_down", False)])
def test_a_thumb_counts_for_its_fact_and_is_thanked_for_in_private(
    kept: Bot, notebook: Notebook, tool: str, helpful: bool
) -> None:
    reply = one_reply(choose(kept, tool))
    assert reply.arguments["response_type"] == "ephemeral"
    assert reply.text.startswith("Thanks.")
    assert notebook.thumbs == [(FACT, helpful)]
    if not helpful:
        button = reply.button(card.REPORT_BUTTON)
        (opened,) = kept.interact(button_pressed(card.REPORT_BUTTON, button["value"]))
        assert opened.method == "views.open"


def test_one_person_counts_once_for_one_card(kept: Bot, notebook: Notebook) -> None:
    ts = new_ts()
    for user in ("U1ANNA", "U1ANNA", "U2BORIS"):
        where = {"message_ts": ts, "ephemeral": False, "user": user}
        kept.press(card.CARD_MENU, f"v1:thumb_up:{FACT}", **where)
    assert len(notebook.thumbs) == 2


@pytest.mark.parametrize(
    ("pressed", "title"), [("cite", "cite_title"), ("report", "report_title"), ("", "source_title")]
)
def test_cite_report_and_source_open_their_modals(bot: Bot, pressed: str, title: str) -> None:
    (opened,) = choose(bot, pressed) if pressed else bot.interact(button_pressed(card.SOURCE, f"v1:{FACT}"))
    assert opened.method == "views.open"
    assert open_view(bot)["title"]["text"] == text(title)
