"""The fake Slack refuses what Slack refuses, with Slack's error codes."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground.workspace import PERSON, Channel, Json, SlackError, Workspace, new_trigger
from tests.support.fake_slack import BOT_TOKEN, FakeSlack, unescaped

BLOCKS = [{"type": "divider"}]
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Title"}, "blocks": BLOCKS}
HOME: Json = {"type": "home", "blocks": BLOCKS}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace((Channel("C1", "general"), Channel("C2", "elsewhere", bot_is_member=False)))


def error_of(run: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(SlackError) as caught:
        run(*arguments, **named)
    return caught.value.error


def test_the_bot_posts_only_in_its_channels(workspace: Workspace) -> None:
    assert error_of(workspace.post_by_bot, {"channel": "C2", "text": "x"}) == "not_in_channel"
    assert error_of(workspace.post_by_bot, {"channel": "C9", "text": "x"}) == "channel_not_found"
    assert workspace.messages == {"C1": [], "C2": []}


def test_a_response_is_private_unless_it_says_otherwise(workspace: Workspace) -> None:
    # It works where the bot is not a member.
    workspace.respond("C2", "", None, {"text": "private"})
    workspace.respond("C2", "", None, {"text": "public", "response_type": "in_channel"})
    private, public = workspace.messages["C2"]
    assert (private["is_ephemeral"], private["only_for"]) == (True, PERSON)
    assert "is_ephemeral" not in public


def test_a_view_that_has_changed_is_not_updated(workspace: Workspace) -> None:
    view = workspace.open_view(MODAL)
    changed = workspace.update_view(view["id"], MODAL, view["hash"])
    assert error_of(workspace.update_view, view["id"], MODAL, view["hash"]) == "hash_conflict"
    assert workspace.update_view(view["id"], MODAL, changed["hash"])["id"] == view["id"]
    assert error_of(workspace.update_view, "V404", MODAL) == "not_found"


def test_a_home_belongs_to_a_known_person_and_keeps_its_id(workspace: Workspace) -> None:
    assert error_of(workspace.publish_home, "U404", HOME) == "user_not_found"
    first = workspace.publish_home(PERSON, HOME)
    second = workspace.publish_home(PERSON, HOME, first["hash"])
    assert second["id"] == first["id"]
    assert error_of(workspace.publish_home, PERSON, HOME, first["hash"]) == "hash_conflict"
    assert error_of(workspace.publish_home, PERSON, MODAL) == "invalid_arguments"


def test_only_links_of_the_message_unfurl(workspace: Workspace) -> None:
    message = workspace.post_by_person("C1", PERSON, "see <https://a.example/x?a=1&amp;b=2>")
    known = "https://a.example/x?a=1&amp;b=2"

    def unfurl(unfurls: Json) -> None:
        workspace.unfurl("C1", message["ts"], unfurls)

    assert error_of(unfurl, {"https://b.example": {"blocks": BLOCKS}}) == "cannot_unfurl_url"
    assert error_of(unfurl, {known: {"blocks": [{"type": "nonsense"}]}}) == "invalid_blocks"
    unfurl({known: {"blocks": BLOCKS}})
    assert [attachment["from_url"] for attachment in message["attachments"]] == [known]


def test_unescaped_markup_is_a_problem() -> None:
    escaped = (
        "plain", "a &amp; b &lt;c&gt;", "<@U1ANNA> <#C1|general>", "<https://a.example/x?a=1&amp;b=2|label>",
        "> quoted", "<!date^1^{date}|1 January 1970>", "<mailto:a@b.example|a>",
    )  # fmt: skip
    assert [text for text in escaped if unescaped(text)] == []
    with FakeSlack() as slack:
        for number, text in enumerate(
            ("<!channel>", "<!here|here>", "a < b", "a > b", "R&D", "&nbsp;", "<b>x</b>", "<a"), 1
        ):
            WebhookClient(slack.new_response_url()).send(text=text)
            assert len(slack.problems) >= number, text


# Over HTTP


def test_the_sdk_gets_slacks_errors_and_everything_is_recorded() -> None:
    with FakeSlack() as slack:
        client = WebClient(BOT_TOKEN, base_url=slack.api_url)
        assert client.auth_test()["user_id"]
        for call, error in (
            (lambda: client.chat_postMessage(channel="C404", text="x"), "channel_not_found"),
            (lambda: client.api_call("no.such"), "unknown_method"),
            (lambda: WebClient("xoxb-other", base_url=slack.api_url).auth_test(), "invalid_auth"),
        ):
            with pytest.raises(SlackApiError, match=error):
                call()
        posted = client.chat_postMessage(channel="C1", text="x")
        assert posted["ts"]
        opened = client.views_open(trigger_id=new_trigger(), view=MODAL)["view"]
        assert client.views_update(view_id=opened["id"], hash=opened["hash"], view=MODAL)["ok"]
        assert client.views_publish(user_id=PERSON, view=HOME)["ok"]
        assert WebhookClient(slack.new_response_url()).send(text="x").status_code == 200
        assert [m["text"] for m in slack.workspace.messages["C1"]] == ["x", "x"]
        assert [c.method for c in slack.posts()] == ["chat.postMessage", "chat.postMessage", "response_url"]
        assert slack.problems == []


def test_a_page_in_a_browser_cannot_call_it() -> None:
    with FakeSlack() as slack:
        for header in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            webhook = WebhookClient(slack.new_response_url(), default_headers=header)
            assert webhook.send(text="x").status_code == 403
        assert slack.calls == []
