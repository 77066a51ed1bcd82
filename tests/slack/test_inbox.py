"""Questions that the surfaces put into the inbox, and the weekly message."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.core.facts.base import FactBase
from bot.core.feedback.inbox import InboxContents, Question, QuestionGroup, Report, Thumbs
from bot.core.present.strings import ENGLISH as text
from bot.db.engine import Database, open_engine
from bot.db.inbox import CHOICE_SECONDS, DatabaseInbox, read
from bot.db.tables import METADATA
from bot.playground.block_validation import message_problems
from bot.slack.blocks.card import SHOW_FACT
from bot.slack.blocks.digest import build_digest
from bot.slack.blocks.elements import Message, read_value
from bot.slack.blocks.home import BACK, build_home
from bot.slack.listeners.functions import LOOK_UP_STEP
from tests.support.harness import Bot, NewBot, one_reply
from tests.support.interactions import pressed_at_home, step_event

Counts: TypeAlias = Callable[[], dict[str, int]]

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
def bot(new_bot: NewBot, inbox: DatabaseInbox) -> Bot:
    return new_bot(inbox=inbox)


@pytest.fixture
def counts(inbox: DatabaseInbox, database: Database) -> Counts:
    """Gives the questions in the inbox an hour later."""

    def count() -> dict[str, int]:
        inbox.close()
        groups = read(database, now=time.time() + CHOICE_SECONDS + 60).groups
        return {group.head.words: group.count for group in groups}

    return count


def test_an_unanswered_question_is_in_the_inbox(bot: Bot, database: Database, counts: Counts) -> None:
    bot.command("Kazakhstan volcano?")
    bot.mention("kazakhstan volcano")
    bot.dm("kazakhstan, volcano!")
    assert counts() == {"kazakhstan volcano": 3}
    (group,) = read(database).groups
    assert group.head.unknown == ("kazakhstan", "volcano")


def test_answers_help_and_pages_do_not(bot: Bot, counts: Counts) -> None:
    for words in ("trade share", "help", "", "topics", "timeline 2015-2019", "trade-share-2018"):
        bot.command(words)
    assert counts() == {}


def test_going_back_to_the_choices_is_no_question(bot: Bot, small: FactBase, counts: Counts) -> None:
    home = build_home(small, Message("a card"), "2015", back=True)
    bot.interact(pressed_at_home({"id": "V1", "hash": "h", **home}, BACK, "v1"))
    assert text("fit") in str(bot.slack.called("views.publish")[-1].view)
    assert counts() == {}


def test_people_that_a_question_mentions_are_not_kept(bot: Bot, database: Database, counts: Counts) -> None:
    words = f"volcano of {ANNA} in <#C012ABCDE|plans> anna@example.org"
    bot.command(words, user="U9WHO", channel="C9WHERE")
    bot.event(step_event(LOOK_UP_STEP, {"query": words}))
    assert counts() == {"volcano of in": 2}
    with database.connection() as connection:
        rows = [str(row) for table in METADATA.sorted_tables for row in connection.execute(table.select())]
    for personal in ("anna", "U012", "plans", "U9WHO", "C9WHERE", "T0TEAM"):
        assert personal not in str(rows)


def test_choices_are_in_the_inbox_until_one_is_tapped(bot: Bot, counts: Counts) -> None:
    tapped, left = one_reply(bot.command("2015")), one_reply(bot.command("2015"))
    signs = {read_value(button["value"], 2)[1] for button in tapped.buttons()}
    assert len(signs) == 1
    assert signs != {read_value(button["value"], 2)[1] for button in left.buttons()}
    assert one_reply(bot.press(SHOW_FACT, tapped.button(SHOW_FACT)["value"])).text
    assert counts() == {"2015": 1}


DAY = date(2026, 11, 23)


def test_a_full_digest_keeps_to_the_limits_and_says_how_much_it_leaves_out(small: FactBase) -> None:
    words = "word " * 50
    questions = [Question(i, f"{words}{i}", 1, DAY, DAY, "none", ("word",) * 9) for i in range(400)]
    groups = tuple(QuestionGroup((question,)) for question in questions)
    thumbs = tuple(Thumbs(f"fact-{i}", 0, 1) for i in range(50))
    reports = (Report(i, f"fact-{i}", "abc", "wrong", ("x" if i else "&") * 3000, DAY) for i in range(60))
    message = build_digest(InboxContents(groups, thumbs, tuple(reports)), small)
    assert message_problems(message.payload()) == []
    for rest in ("and 388 more", "and 42 more", "and 52 more"):
        assert rest in message.text
