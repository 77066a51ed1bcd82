"""The fake Slack refuses what Slack refuses, with Slack's error codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground.workspace import PERSON, Json
from tests.support.fake_slack import BOT_TOKEN, FakeSlack, unescaped

BLOCKS = [{"type": "divider"}]
MODAL: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Title"}, "blocks": BLOCKS}
HOME: Json = {"type": "home", "blocks": BLOCKS}


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(BOT_TOKEN, base_url=slack.api_url)


def error_of(run: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        run(*arguments, **named)
    return str(caught.value.response["error"])


def test_the_bot_posts_only_in_its_channels(slack: FakeSlack, client: WebClient) -> None:
    assert error_of(client.chat_postMessage, channel="D2", text="x") == "not_in_channel"
    assert error_of(client.chat_postMessage, channel="C9", text="x") == "channel_not_found"
    assert not any(slack.workspace.messages.values())
    client.chat_postMessage(channel="C1", text="x")
    assert [call.method for call in slack.posts()] == ["chat.postMessage"] * 3
    assert [message["text"] for message in slack.workspace.messages["C1"]] == ["x"]


def test_a_response_is_private_unless_it_says_otherwise(slack: FakeSlack) -> None:
    url = WebhookClient(slack.new_response_url("D2"))  # it works where the bot is not a member
    assert url.send(text="private").status_code == 200
    assert url.send(text="public", response_type="in_channel").status_code == 200
    private, public = slack.workspace.messages["D2"]
    assert (private["is_ephemeral"], "is_ephemeral" in public) == (True, False)


def test_a_view_that_has_changed_is_not_updated(slack: FakeSlack, client: WebClient) -> None:
    client.views_open(trigger_id="1.2", view=MODAL)
    opened = slack.workspace.modal
    assert opened
    client.views_update(view_id=opened["id"], view=MODAL, hash=opened["hash"])
    stale = {"view_id": opened["id"], "view": MODAL, "hash": opened["hash"]}
    assert error_of(client.views_update, **stale) == "hash_conflict"
    assert error_of(client.views_update, view_id="V404", view=MODAL) == "not_found"


def test_a_home_keeps_its_id(slack: FakeSlack, client: WebClient) -> None:
    client.views_publish(user_id=PERSON, view=HOME)
    first = slack.workspace.homes[PERSON]
    client.views_publish(user_id=PERSON, view=HOME, hash=first["hash"])
    assert slack.workspace.homes[PERSON]["id"] == first["id"]
    assert error_of(client.views_publish, user_id=PERSON, view=HOME, hash=first["hash"]) == "hash_conflict"


def test_only_links_of_the_message_unfurl(slack: FakeSlack, client: WebClient) -> None:
    known = "https://a.example/x?a=1&amp;b=2"
    message = slack.workspace.add("C1", PERSON, f"see <{known}>")

    def error(url: str, block: Json) -> str:
        unfurls = {url: {"blocks": [block]}}
        return error_of(client.chat_unfurl, channel="C1", ts=message["ts"], unfurls=unfurls)

    assert error("https://b.example", BLOCKS[0]) == "cannot_unfurl_url"
    assert error(known, {"type": "nonsense"}) == "invalid_blocks"
    client.chat_unfurl(channel="C1", ts=message["ts"], unfurls={known: {"blocks": BLOCKS}})
    assert [attachment["from_url"] for attachment in message["attachments"]] == [known]


def test_unknown_methods_and_tokens_are_refused(slack: FakeSlack, client: WebClient) -> None:
    assert client.auth_test()["user_id"]
    assert error_of(client.api_call, "no.such") == "unknown_method"
    assert error_of(WebClient("xoxb-other", base_url=slack.api_url).auth_test) == "invalid_auth"


def test_unescaped_markup_is_a_problem(slack: FakeSlack) -> None:
    escaped = (
        "plain", "a &amp; b &lt;c&gt;", "<@U1ANNA> <#C1|general>", "<https://a.example/x?a=1&amp;b=2|label>",
        "> quoted", "<!date^1^{date}|1 January 1970>", "<mailto:a@b.example|a>",
    )  # fmt: skip
    assert [text for text in escaped if unescaped(text)] == []
    bad = ("<!channel>", "<!here|here>", "a < b", "a > b", "R&D", "&nbsp;", "<b>x</b>", "<a")
    for number, text in enumerate(bad, 1):
        WebhookClient(slack.new_response_url()).send(text=text)
        assert len(slack.problems) >= number, text
