"""Questions that the surfaces put into the inbox, and the weekly message."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.core.facts.base import FactBase
from bot.core.feedback.inbox import InboxContents, Question, QuestionGroup, Report, Thumbs
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.db.engine import Database, open_engine
from bot.db.inbox import CHOICE_SECONDS, DatabaseInbox, read
from bot.db.tables import METADATA
from bot.playground.block_validation import message_problems
from bot.slack.blocks.card import SHOW_FACT
from bot.slack.blocks.digest import build_digest
from bot.slack.blocks.elements import Message, read_value
from bot.slack.blocks.home import BACK, build_home
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot, one_reply
from tests.support.interactions import pressed_at_home

ANNA = "<@U012ABCDE|anna>"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(open_engine(f"sqlite:///{tmp_path}/inbox.sqlite3"))
    yield opened
    opened.close()


@pytest.fixture
def inbox(database: Database) -> Iterator[DatabaseInbox]:
    kept = DatabaseInbox(database)
    kept.start()
    yield kept
    kept.close()


@pytest.fixture
def bot(slack: FakeSlack, finder: SearchEngine, inbox: DatabaseInbox) -> Iterator[Bot]:
    made = Bot(slack, finder, inbox=inbox)
    yield made
    made.close()


def counts(inbox: DatabaseInbox, database: Database) -> dict[str, int]:
    """The questions in the inbox an hour later."""
    inbox.close()
    groups = read(database, now=time.time() + CHOICE_SECONDS + 60).groups
    return {group.head.words: group.count for group in groups}


def test_an_unanswered_question_is_in_the_inbox(bot: Bot, inbox: DatabaseInbox, database: Database) -> None:
    bot.command("Kazakhstan volcano?")
    bot.mention("kazakhstan volcano")
    bot.dm("kazakhstan, volcano!")
    assert counts(inbox, database) == {"kazakhstan volcano": 3}
    (group,) = read(database).groups
    assert group.head.unknown == ("kazakhstan", "volcano")


def test_answers_help_and_pages_do_not(bot: Bot, inbox: DatabaseInbox, database: Database) -> None:
    for words in ("trade share", "help", "", "topics", "timeline 2015-2019", "trade-share-2018"):
        bot.command(words)
    assert counts(inbox, database) == {}


def test_going_back_to_the_choices_is_no_question(
    bot: Bot, finder: SearchEngine, inbox: DatabaseInbox, database: Database
) -> None:
    home = build_home(finder.base, Message("a card"), "2015", back=True)
    bot.interact(pressed_at_home({"id": "V1", "hash": "h", **home}, BACK, "v1"))
    assert text("fit") in str(bot.slack.called("views.publish")[-1].view)
    assert counts(inbox, database) == {}


def test_people_that_a_question_mentions_are_not_kept(
    bot: Bot, inbox: DatabaseInbox, database: Database
) -> None:
    bot.command(f"volcano of {ANNA} in <#C012ABCDE|plans> anna@example.org", user="U9WHO", channel="C9WHERE")
    assert counts(inbox, database) == {"volcano of in": 1}
    with database.connection() as connection:
        rows = [str(row) for table in METADATA.sorted_tables for row in connection.execute(table.select())]
    for personal in ("anna", "U012", "plans", "U9WHO", "C9WHERE", "T0TEAM"):
        assert personal not in str(rows)


def test_choices_are_in_the_inbox_until_one_is_tapped(
    bot: Bot, inbox: DatabaseInbox, database: Database
) -> None:
    tapped, left = one_reply(bot.command("2015")), one_reply(bot.command("2015"))
    signs = {read_value(button["value"], 2)[1] for button in tapped.buttons()}
    assert len(signs) == 1
    assert signs != {read_value(button["value"], 2)[1] for button in left.buttons()}
    assert one_reply(bot.press(SHOW_FACT, tapped.button(SHOW_FACT)["value"])).text
    assert counts(inbox, database) == {"2015": 1}


# The weekly message


DAY = date(2026, 11, 23)


def asked(number: int, words: str, count: int = 1, **more: object) -> QuestionGroup:
    return QuestionGroup((Question(number, words, count, DAY, DAY, "none", **more),))  # type: ignore[arg-type]


def test_the_digest_lists_reports_thumbs_and_questions(small: FactBase) -> None:
    found = InboxContents(
        groups=(
            asked(1, "average salary", 3, unknown=("salary",), nearest="trade-share-2018"),
            QuestionGroup((Question(2, "volcano", 1, DAY, DAY, "none"),), answered="trade-share-2018"),
        ),
        unhelpful=(Thumbs("trade-share-2018", 1, 2), Thumbs("gone", 0, 1)),
        reports=(Report(7, "trade-share-2018", "abc", "outdated", "A newer\nfigure <exists>", DAY),),
    )
    message = build_digest(found, small, Repository("https://github.com/owner/name"))
    assert message_problems(message.payload()) == []
    link = (
        f"https://github.com/owner/name/edit/main/facts/trade.yaml#L{small.places['trade-share-2018'].line}"
    )
    assert str(message.blocks).count(link.partition("#")[0]) == 1  # of the question that is not answered yet
    title = small.by_id["trade-share-2018"].title
    for part in (
        "1 open report",
        f"r7, {title}: ",
        "“A newer figure &lt;exists&gt;”",
        f"{title}: twice",
        "gone: once",
        "2 questions without an answer, asked 4 times",
        f"“average salary” (asked 3 times; unknown: salary; closest: {title})",
        f"“volcano” (answered now: {title})",
        "unionstate inbox",
    ):
        assert part in message.text


def test_a_full_digest_keeps_to_the_limits_and_says_how_much_it_leaves_out(small: FactBase) -> None:
    found = InboxContents(
        groups=tuple(asked(i, f"question {'word ' * 50}{i}", unknown=("word",) * 9) for i in range(400)),
        unhelpful=tuple(Thumbs(f"fact-{i}", 0, 1) for i in range(50)),
        reports=tuple(
            Report(i, f"fact-{i}", "abc", "wrong", ("x" if i else "&") * 3000, DAY) for i in range(60)
        ),
    )
    message = build_digest(found, small)
    assert message_problems(message.payload()) == []
    for rest in ("and 388 more", "and 42 more", "and 52 more"):
        assert rest in message.text
