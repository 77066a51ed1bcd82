"""Links to the articles unfurl once each; other links do not."""

import logging
from typing import Any

import pytest

from bot.slack.blocks.pages import OPEN_PAGE
from tests.support.fake_slack import Call
from tests.support.harness import Bot, one_reply
from tests.support.interactions import links_event, unfurl_button

ARTICLE = "https://alpha.example/articles/trade"
CONGRESS = "https://gamma.example/congress"


def share(bot: Bot, *urls: str, composer: bool = False, event_id: str | None = None) -> list[Call]:
    """Post (or type) a message with these links."""
    ts = bot.slack.workspace.add("C1", "U1ANNA", " ".join(urls))["ts"]
    before = len(bot.slack.called("chat.unfurl"))
    assert bot.event(links_event(*urls, composer=composer, ts=ts), event_id) == []
    assert bot.response.status == 200
    return bot.slack.called("chat.unfurl")[before:]


def unfurls(calls: list[Call]) -> dict[str, Any]:
    (call,) = calls
    return dict(call.arguments["unfurls"])


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE,
        f"{ARTICLE}/",
        f"{ARTICLE}#:~:text=49.5%20percent",
        f"{ARTICLE}/#section",
        f"{ARTICLE}?utm_source=slack&amp;utm_medium=x",
        "http://www.alpha.example/articles/trade",
        "https://ALPHA.example/articles/trade",
        "https://alpha.example/articles/tr%61de",
    ],
)
def test_the_same_article_unfurls_under_the_link_as_it_was_sent(bot: Bot, url: str) -> None:
    """And once, though the message links it in another way too."""
    assert list(unfurls(share(bot, url, f"{ARTICLE}/"))) == [url]


@pytest.mark.parametrize(
    "url",
    [
        "https://alpha.example/",
        "https://alpha.example/articles",
        "https://alpha.example/articles/trade/2",
        "https://alpha.example/articles/trade?page=2",
        "https://alpha.example:8443/articles/trade",
        "https://beta.example/",  # the publisher's site, where the article's own address is unknown
        "https://evil.example/alpha.example/articles/trade",
        "https://alpha.example@evil.example/articles/trade",
        "ftp://alpha.example/articles/trade",
        "https://[bad",
        "https://alpha.example:bad/articles/trade",
        "",
    ],
)
def test_any_other_link_is_left_alone(bot: Bot, url: str) -> None:
    assert share(bot, url) == []


def test_a_repeated_delivery_unfurls_nothing(bot: Bot) -> None:
    event = links_event(ARTICLE, ts=bot.slack.workspace.add("C1", "U1ANNA", ARTICLE)["ts"])
    for event_id in ("Ev1", "Ev1", "Ev2"):
        bot.event(event, event_id)
    assert len(bot.slack.called("chat.unfurl")) == 1


def test_in_the_composer_and_posted_the_link_unfurls_where_it_is(bot: Bot) -> None:
    (typed,) = share(bot, ARTICLE, composer=True)
    assert typed.arguments["source"] == "composer"
    assert typed.arguments["unfurl_id"]
    assert "ts" not in typed.arguments
    (posted,) = share(bot, ARTICLE)
    assert posted.arguments["channel"] == "C1"
    assert posted.arguments["ts"]
    assert "unfurl_id" not in posted.arguments


def test_a_refused_unfurl_is_only_logged(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.slack.fail("chat.unfurl", error="cannot_unfurl_url")
    assert len(share(bot, ARTICLE)) == 1
    assert "cannot_unfurl_url" in caplog.text


def test_a_message_deleted_before_its_link_unfurled_is_only_a_warning(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.event(links_event(ARTICLE, ts="1.1"))
    assert len(bot.slack.called("chat.unfurl")) == 1
    (record,) = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert record.levelname == "WARNING"
    assert "cannot_find_message" in record.getMessage()


@pytest.mark.parametrize(("channel", "thread"), [("C1", None), ("C1", "7.7"), ("D2", None)])
def test_show_facts_opens_the_page_for_who_pressed(bot: Bot, channel: str, thread: str | None) -> None:
    blocks = unfurls(share(bot, ARTICLE))[ARTICLE]["blocks"]
    button = blocks[-1]["elements"][0]
    assert button["action_id"] == OPEN_PAGE
    pressed = unfurl_button(
        OPEN_PAGE, button["value"], bot.slack.new_response_url(channel), channel=channel, thread_ts=thread
    )
    page = one_reply(bot.interact(pressed))
    assert page.arguments["response_type"] == "ephemeral"
    assert page.arguments["replace_original"] is False
    assert "Two Neighbours &amp; Their Trade" in page.text
