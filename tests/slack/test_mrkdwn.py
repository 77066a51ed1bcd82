"""Incoming text is cleaned, and outgoing text is escaped."""

import pytest

from bot.slack.mrkdwn import clean, escape, link, mention, shorten


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("trade share", "trade share"),
        ("<@U0BOT> trade share", "trade share"),
        ("trade <@U0BOT|unionstate> share", "trade share"),
        ("ask <@U1ANNA|anna> about trade", "ask about trade"),
        ("trade share, cc <@U1ANNA> <@U2BORIS|boris>", "trade share,"),
        ("<#C1|general> trade", "trade"),
        ("<!here> <!channel|@channel> <!subteam^S1|@team> trade", "trade"),
        ("since <!date^1767225600^{date}|1 January 2026>", "since 1 January 2026"),
        ("see <https://a.example/x|the page> now", "see now"),
        ("see https://a.example/x-2019 now", "see now"),
        ("<mailto:a@b.example|a@b.example> trade", "trade"),
        ("&gt; quoted line\n  &gt; another\ntrade", "trade"),
        ("trade cc <!subteam^S1|@team>", "trade"),
        ("R&amp;D &lt;5%&gt;", "R&D <5%>"),
        ("&amp;lt;@U1&amp;gt;", "&lt;@U1&gt;"),  # a typed "&lt;" stays as it is
        ("&lt;!channel&gt; trade", "<!channel> trade"),  # typed brackets are not a mention
        ("“trade” ‘share’ «x» 14–15 a—b", '"trade" \'share\' "x" 14-15 a-b'),
        (":wave: :+1::skin-tone-2: trade :flag-by:", "trade"),
        ("at 12:30:45 today", "at 12:30:45 today"),
        ("trade\n\tshare\x00\x07 now\r\n", "trade share now"),
        ("tra\u200bde \u202eerahs\u202c \u2066x\u2069 \ufeff", "trade erahs x"),
        ("доля\u00a0торговли", "доля торговли"),
        ("  ", ""),
        ("<@U0BOT>", ""),
        ("< > <> <|>", ""),
        ("a < b > c", "a c"),
    ],
)
def test_clean(sent: str, cleaned: str) -> None:
    assert clean(sent) == cleaned


@pytest.mark.parametrize(
    "forged", ["<!channel>", "<!here|x>", "<@U1>", "<#C1>", "<http://evil|x>", "<mailto:a@b|c>"]
)
def test_no_mention_or_link_comes_out_of_outside_words(forged: str) -> None:
    assert "<" not in escape(forged)
    assert ">" not in escape(forged)


@pytest.mark.parametrize("mark", "*_~`")
def test_formatting_characters_neither_open_nor_close_a_style(mark: str) -> None:
    assert escape(f"{mark}x{mark}") == f"\u200b{mark}x\u200b{mark}"


def test_a_link_ends_where_it_should() -> None:
    assert link("https://a.example/?q=a|b c&d=<e>", "Le <x> | y") == (
        "<https://a.example/?q=a%7Cb%20c&amp;d=%3Ce%3E|Le &lt;x&gt; ¦ y>"
    )


@pytest.mark.parametrize(
    ("user", "mentioned"),
    [("U1ANNA", "<@U1ANNA>"), ("W1", "<@W1>"), ("U1> <!here", None), ("", None), (None, None)],
)
def test_only_user_ids_are_mentioned(user: str | None, mentioned: str | None) -> None:
    assert mention(user) == mentioned


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("short", 5, "short"),
        ("one two three", 10, "one two…"),
        ("unbreakable", 5, "unbr…"),
        ("one two, three", 10, "one two…"),
    ],
)
def test_shorten(text: str, length: int, short: str) -> None:
    assert shorten(text, length) == short
    assert len(shorten(text, length)) <= length
