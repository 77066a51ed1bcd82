"""The menu of a card: Cite, Report a problem, Edit this fact, thumbs; and Source."""

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.facts.base import FactBase
from bot.core.feedback.inbox import Inbox
from bot.core.present.strings import ENGLISH as text
from bot.playground.block_validation import view_problems
from bot.slack.blocks import card
from bot.slack.blocks.modals import OPEN_ISSUE, OPEN_LINE, REASON, REMARK
from tests.support.fake_slack import Call
from tests.support.harness import Bot, NewBot, one_reply
from tests.support.interactions import button_pressed, from_menu, submitted
from tests.support.requests import new_ts

FACT = "trade-share-2018"
REPOSITORY = "https://github.com/owner/name"
CHANNEL = "C1"


class Notebook(Inbox):
    """An inbox that keeps what it gets."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, ...]] = []
        self.thumbs: list[tuple[str, bool]] = []
        self.seconds = 0.0  # that a report takes

    def thumb(self, fact_id: str, helpful: bool) -> None:
        self.thumbs.append((fact_id, helpful))

    def report(self, *report: str) -> int | None:
        time.sleep(self.seconds)
        self.reports.append(report)
        return len(self.reports)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def kept(new_bot: NewBot, notebook: Notebook) -> Bot:
    """A bot with an inbox, a repository and a maintainers' channel."""
    return new_bot(inbox=notebook, repository_url=REPOSITORY, maintainers_channel=CHANNEL)


def choose(bot: Bot, value: str) -> list[Call]:
    return bot.interact(from_menu(card.CARD_MENU, value, bot.slack.new_response_url()))


def opened(bot: Bot) -> dict[str, Any]:
    return dict(bot.slack.workspace.modal)


def report(bot: Bot, reason: str = "wrong", remark: str | None = None, **view: Any) -> list[Call]:
    """Open the modal and send it; the calls after that."""
    choose(bot, f"v1:report:{FACT}")
    typed = {REASON: {"selected_option": {"value": reason}}, REMARK: {"value": remark}}
    return bot.interact(submitted({**opened(bot), **view}, typed))


def shown(bot: Bot) -> str:
    """The view that the acknowledgement puts in the modal's place: the last that the person sees of it."""
    answered = json.loads(bot.response.body)
    assert answered["response_action"] == "update"
    assert view_problems(answered["view"]) == []
    assert not bot.slack.called("views.update")  # which could arrive before the acknowledgement, and be lost
    return str(answered["view"])


def test_edit_leads_to_the_line_of_the_fact(kept: Bot, small: FactBase) -> None:
    menu = one_reply(kept.command("trade share")).button(card.CARD_MENU)
    (edit,) = [option for option in menu["options"] if option["value"] == f"v1:edit:{FACT}"]
    assert edit["url"] == f"{REPOSITORY}/blob/HEAD/facts/trade.yaml#L{small.places[FACT].line}"
    assert choose(kept, edit["value"]) == []  # Slack opens it; we acknowledge
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
    (call,) = choose(bot, value)
    assert call.method == "views.open"
    assert expected in str(opened(bot)["blocks"])


@pytest.mark.parametrize(
    ("pressed", "title"), [("cite", "cite_title"), ("report", "report_title"), ("", "source_title")]
)
def test_cite_report_and_source_open_their_modals(bot: Bot, pressed: str, title: str) -> None:
    source = button_pressed(card.SOURCE, f"v1:{FACT}")
    (call,) = choose(bot, f"v1:{pressed}:{FACT}") if pressed else bot.interact(source)
    assert call.method == "views.open"
    assert view_problems(call.view) == []
    assert opened(bot)["title"]["text"] == text(title)


def test_a_report_is_kept_posted_and_made_an_issue(kept: Bot, notebook: Notebook, small: FactBase) -> None:
    (posted,) = report(kept, "outdated", "Newer figures <!channel>\nare out")
    assert notebook.reports == [(FACT, small.version, "outdated", "Newer figures <!channel> are out")]
    assert (posted.method, posted.arguments["channel"]) == ("chat.postMessage", CHANNEL)
    assert "Report 1: It's outdated" in posted.text
    assert "Newer figures &lt;!channel&gt; are out" in posted.text
    assert f"Entry {FACT}, version {small.version}" in posted.text
    assert "U1ANNA" not in json.dumps(posted.arguments)  # who reported stays unknown
    assert posted.button(OPEN_LINE)["url"].startswith(REPOSITORY)
    assert text("report_kept", number=1) in shown(kept)
    blocks = json.loads(kept.response.body)["view"]["blocks"]
    (issue,) = [e for b in blocks if b["type"] == "actions" for e in b["elements"]]
    assert issue["action_id"] == OPEN_ISSUE
    query = parse_qs(urlsplit(issue["url"]).query)
    assert FACT in query["fact"][0]
    assert small.version in query["fact"][0]
    assert query["should"] == ["Newer figures <!channel> are out"]


def test_a_report_sent_twice_counts_once(kept: Bot, notebook: Notebook) -> None:
    report(kept)
    assert kept.interact(submitted(opened(kept), {REASON: {"selected_option": {"value": "wrong"}}})) == []
    assert kept.response.status == 200
    assert len(notebook.reports) == 1


def test_when_the_channel_cannot_be_reached_the_report_is_still_kept(
    kept: Bot, notebook: Notebook, caplog: pytest.LogCaptureFixture
) -> None:
    kept.slack.fail("chat.postMessage", error="not_in_channel")
    report(kept)
    assert text("report_kept", number=1) in shown(kept)
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
def test_a_report_where_there_is_no_inbox(new_bot: NewBot, options: dict[str, str], sentence: str) -> None:
    bot = new_bot(**options)
    report(bot)
    assert sentence in shown(bot)


def test_a_slow_report_is_confirmed_in_a_message(
    kept: Bot, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.listeners.views.OUTCOME_SECONDS", 0.05)
    notebook.seconds = 0.2
    kept.slack.fail("chat.postMessage", error="not_in_channel", times=1)
    to_channel, to_person = report(kept)
    assert text("report_slow") in shown(kept)
    assert [to_channel.arguments["channel"], to_person.arguments["channel"]] == [CHANNEL, "U1ANNA"]
    assert text("report_kept", number=1) in to_person.text
    assert to_person.button(OPEN_ISSUE)["url"].startswith(REPOSITORY)


@pytest.mark.parametrize("metadata", ["v1:gone:0", "v0:trade-share-2018:0", "", "v1"])
def test_a_report_on_a_removed_fact_gets_a_notice(kept: Bot, notebook: Notebook, metadata: str) -> None:
    assert report(kept, private_metadata=metadata) == []
    assert text("report_gone") in shown(kept)
    assert notebook.reports == []


@pytest.mark.parametrize(("tool", "helpful"), [("thumb_up", True), ("thumb_down", False)])
def test_a_thumb_is_counted_and_thanked_for(kept: Bot, notebook: Notebook, tool: str, helpful: bool) -> None:
    reply = one_reply(choose(kept, f"v1:{tool}:{FACT}"))
    assert reply.arguments["response_type"] == "ephemeral"
    assert reply.text.startswith("Thanks.")
    assert notebook.thumbs == [(FACT, helpful)]
    if not helpful:
        button = reply.button(card.REPORT_BUTTON)
        (call,) = kept.interact(button_pressed(card.REPORT_BUTTON, button["value"]))
        assert call.method == "views.open"


def test_one_person_counts_once_for_one_card(kept: Bot, notebook: Notebook) -> None:
    where = {"message_ts": new_ts(), "ephemeral": False}
    for user in ("U1ANNA", "U1ANNA", "U2BORIS"):
        kept.press(card.CARD_MENU, f"v1:thumb_up:{FACT}", user=user, **where)
    assert len(notebook.thumbs) == 2
