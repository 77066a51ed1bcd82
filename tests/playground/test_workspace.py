"""The stand-in refuses what Slack refuses, by Slack's words for it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground.stand_in import BOT_TOKEN, StandIn, new_trigger
from bot.playground.workspace import (
    PERSON,
    RESPONSE_URL_SECONDS,
    RESPONSE_URL_USES,
    Channel,
    Refused,
    Workspace,
    unescaped,
)

MODAL: dict[str, Any] = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Title"},
    "blocks": [{"type": "divider"}],
}
HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(clock: Clock) -> Workspace:
    channels = (
        Channel("C1", "general"),
        Channel("C2", "elsewhere", bot_is_member=False),
        Channel("C3", "old", archived=True),
    )
    return Workspace(channels, clock=clock)


def refused(run: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        run(*arguments, **named)
    return caught.value.error


@pytest.mark.parametrize(
    ("channel", "error"), [("C2", "not_in_channel"), ("C3", "is_archived"), ("C9", "channel_not_found")]
)
def test_the_bot_posts_only_where_it_may(workspace: Workspace, channel: str, error: str) -> None:
    assert refused(workspace.post_by_bot, {"channel": channel, "text": "x"}) == error
    assert workspace.snapshot()["messages"] == []


def test_a_response_url_takes_five_posts_in_thirty_minutes(workspace: Workspace, clock: Clock) -> None:
    token = workspace.new_response_url("C2")  # works where the bot is no member
    for _ in range(RESPONSE_URL_USES):
        workspace.respond(token, {"text": "x"})
    assert refused(workspace.respond, token, {"text": "x"}) == "used_url"
    assert len(workspace.messages["C2"]) == RESPONSE_URL_USES
    late = workspace.new_response_url("C1")
    clock.now += RESPONSE_URL_SECONDS + 1
    assert refused(workspace.respond, late, {"text": "x"}) == "expired_url"
    assert refused(workspace.respond, "unknown", {"text": "x"}) == "no_service"


def test_a_response_is_private_unless_it_says_otherwise(workspace: Workspace) -> None:
    token = workspace.new_response_url("C1")
    workspace.respond(token, {"text": "private"})
    workspace.respond(token, {"text": "public", "response_type": "in_channel"})
    private, public = workspace.messages["C1"]
    assert private["is_ephemeral"]
    assert private["only_for"] == PERSON
    assert "is_ephemeral" not in public


def test_a_response_replaces_or_deletes_the_message_of_its_component(workspace: Workspace) -> None:
    message = workspace.post_by_bot({"channel": "C1", "text": "before"})
    token = workspace.new_response_url("C1", message["ts"])
    workspace.respond(token, {"text": "after", "replace_original": True})
    assert [m["text"] for m in workspace.messages["C1"]] == ["after"]
    workspace.respond(token, {"delete_original": True})
    assert workspace.messages["C1"] == []


def test_a_trigger_opens_one_view_within_three_seconds(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = new_trigger()
    workspace.open_view(trigger, MODAL)
    assert refused(workspace.open_view, trigger, MODAL) == "exchanged_trigger_id"
    assert refused(workspace.open_view, "1.2", MODAL) == "invalid_trigger_id"
    late = new_trigger()
    seconds = int(late.split(".")[1]) / 1000
    monkeypatch.setattr("bot.playground.workspace.time.time", lambda: seconds + 3.1)
    assert refused(workspace.open_view, late, MODAL) == "expired_trigger_id"


def test_views_stack_three_high_and_come_off_one_by_one(workspace: Workspace) -> None:
    assert refused(workspace.open_view, new_trigger(), MODAL, push=True) == "view_not_found"
    root = workspace.open_view(new_trigger(), MODAL)
    for _ in range(2):
        assert workspace.open_view(new_trigger(), MODAL, push=True)["root_view_id"] == root["id"]
    assert refused(workspace.open_view, new_trigger(), MODAL, push=True) == "push_limit_reached"
    top = workspace.stack[-1]
    assert workspace.close_views(2)[0]["id"] == top["id"]
    assert len(workspace.stack) == 1
    assert workspace.stack[0]["id"] == root["id"]


def test_a_view_that_changed_meanwhile_is_not_updated(workspace: Workspace) -> None:
    view = workspace.open_view(new_trigger(), MODAL)
    changed = workspace.update_view(view["id"], "", view["hash"], MODAL)
    assert refused(workspace.update_view, view["id"], "", view["hash"], MODAL) == "hash_conflict"
    assert workspace.update_view(view["id"], "", changed["hash"], MODAL)["id"] == view["id"]
    assert refused(workspace.update_view, "V404", "", "", MODAL) == "not_found"


def test_a_home_belongs_to_a_known_person_and_keeps_its_id(workspace: Workspace) -> None:
    assert refused(workspace.publish_home, "U404", HOME) == "user_not_found"
    first = workspace.publish_home(PERSON, HOME)
    second = workspace.publish_home(PERSON, HOME, first["hash"])
    assert second["id"] == first["id"]
    assert refused(workspace.publish_home, PERSON, HOME, first["hash"]) == "hash_conflict"
    assert refused(workspace.publish_home, PERSON, MODAL) == "invalid_arguments"


def test_only_links_of_the_message_unfurl(workspace: Workspace) -> None:
    message = workspace.post_by_person("C1", PERSON, "see <https://a.example/x?a=1&amp;b=2>")
    known, blocks = "https://a.example/x?a=1&amp;b=2", [{"type": "divider"}]
    address = {"channel": "C1", "ts": message["ts"]}
    assert refused(workspace.unfurl, {**address, "unfurls": {}}) == "missing_unfurls"
    unknown = {"https://b.example": {"blocks": blocks}}
    assert refused(workspace.unfurl, {**address, "unfurls": unknown}) == "cannot_unfurl_url"
    bad = {known: {"blocks": [{"type": "nonsense"}]}}
    assert refused(workspace.unfurl, {**address, "unfurls": bad}) == "invalid_blocks"
    workspace.unfurl({**address, "unfurls": {known: {"blocks": blocks}}})
    assert [a["from_url"] for a in message["attachments"]] == [known]


def test_private_and_other_peoples_messages_cannot_be_changed(workspace: Workspace) -> None:
    private = workspace.post_by_bot({"channel": "C1", "text": "x"}, only_for=PERSON)
    theirs = workspace.post_by_person("C1", PERSON, "x")
    assert refused(workspace.change_by_bot, {"channel": "C1", "ts": private["ts"], "text": "y"}) == (
        "message_not_found"
    )
    assert refused(workspace.delete_by_bot, {"channel": "C1", "ts": theirs["ts"]}) == "cant_update_message"


@pytest.mark.parametrize(
    "text",
    [
        "plain", "a &amp; b &lt;c&gt;", "<@U1ANNA> <#C1|general>", "<https://a.example/x?a=1&amp;b=2|label>",
        "> quoted", "<!date^1^{date}|1 January 1970>", "<mailto:a@b.example|a>",
    ],
)  # fmt: skip
def test_escaped_text_passes(text: str) -> None:
    assert unescaped(text) == []


@pytest.mark.parametrize(
    "text", ["<!channel>", "<!here|here>", "a < b", "a > b", "R&D", "&nbsp;", "<b>x</b>", "<a"]
)
def test_markup_that_nobody_meant_is_refused(workspace: Workspace, text: str) -> None:
    assert unescaped(text)
    assert refused(workspace.post_by_bot, {"channel": "C1", "text": text}) == "invalid_blocks"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    assert (
        refused(workspace.post_by_bot, {"channel": "C1", "text": "x", "blocks": [block]}) == "invalid_blocks"
    )


def test_whoever_subscribes_misses_nothing_and_hears_the_end(workspace: Workspace) -> None:
    workspace.post_by_person("C1", PERSON, "one")
    snapshot, feed = workspace.subscribe()
    workspace.post_by_person("C1", PERSON, "two")
    workspace.end_feeds()
    assert [m["text"] for m in snapshot["messages"]] == ["one"]
    change = feed.get_nowait()
    assert change is not None
    assert (change["change"], change["message"]["text"]) == ("message", "two")
    assert feed.get_nowait() is None


# Over HTTP


def test_the_sdk_gets_slacks_errors_and_everything_is_recorded() -> None:
    with StandIn() as slack:
        client = WebClient(BOT_TOKEN, base_url=slack.api_url)
        assert client.auth_test()["user_id"]
        with pytest.raises(SlackApiError, match="channel_not_found"):
            client.chat_postMessage(channel="C404", text="x")
        with pytest.raises(SlackApiError, match="unknown_method"):
            client.api_call("no.such")
        with pytest.raises(SlackApiError, match="invalid_auth"):
            WebClient("xoxb-other", base_url=slack.api_url).auth_test()
        posted = client.chat_postMessage(channel="C1", text="x")
        client.chat_update(channel="C1", ts=posted["ts"], text="y")
        assert client.conversations_open(users=PERSON)["channel"]["id"] == "D1"
        opened = client.views_open(trigger_id=new_trigger(), view=MODAL)["view"]
        assert client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)["ok"]
        assert client.views_publish(user_id=PERSON, view=HOME)["ok"]
        assert WebhookClient(slack.new_response_url()).send(text="x").status_code == 200
        assert [m["text"] for m in slack.workspace.messages["C1"]] == ["y", "x"]
        assert [c.method for c in slack.said()] == ["chat.postMessage", "chat.postMessage", "response_url"]
        assert slack.problems == []


def test_a_page_in_a_browser_cannot_talk_to_it() -> None:
    with StandIn() as slack:
        post = WebhookClient(slack.new_response_url(), default_headers={"Origin": "https://evil.example"})
        assert post.send(text="x").status_code == 403
        post = WebhookClient(slack.new_response_url(), default_headers={"Host": "evil.example"})
        assert post.send(text="x").status_code == 403
        assert slack.calls == []
