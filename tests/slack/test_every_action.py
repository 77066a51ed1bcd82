"""Whatever can be pressed is heard: every action_id that is drawn anywhere has a listener, and the reverse."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.pages.pages import open_page
from bot.core.pages.routes import Address
from bot.core.present.links import Repository
from bot.core.present.overview import overview_of
from bot.core.present.strings import ENGLISH
from bot.core.search.results import NoAnswer
from bot.slack.blocks import card, home, modals, pages
from bot.slack.blocks.answers import build_answer, build_comparison, build_overview
from bot.slack.blocks.elements import Message, without_new_blocks
from bot.slack.blocks.message_check import build_check
from bot.slack.blocks.modals import build_cite_modal, build_find_modal
from bot.slack.blocks.unfurl import build_article
from bot.slack.listeners.actions import OLD_THUMBS
from tests.slack.test_manifest import heard
from tests.support.facts import small_finder

REPOSITORY = Repository("https://github.com/owner/name")


def action_ids(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "action_id" in node:
            yield node["action_id"]
        for value in node.values():
            yield from action_ids(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from action_ids(item)


def everything(base: FactBase) -> Iterator[Any]:
    """Every kind of message and view that the bot draws, for every fact of the base."""
    from bot.core.feedback.message_check import check_message

    finder = small_finder()
    for fact in base.facts:
        shown = card.build_card(fact, base, share=True, repository=REPOSITORY)
        yield shown.blocks
        yield card.build_thanks_down(fact).blocks
        yield modals.build_source_modal(fact, base, datetime.date(2026, 11, 23))
        yield card.build_related(fact, base).blocks
        yield build_cite_modal(fact, base, datetime.date(2026, 11, 23))
        yield modals.build_report_modal(fact, base)
        yield modals.build_reported("…", "https://x.example")
        yield modals.build_report(fact, base.version, 1, "wrong", "…", "https://x.example").blocks
        yield build_find_modal(fact, base)
        comparison = check_message(fact.statement, finder.ask)
        yield [message.blocks for message in build_check(comparison, base)]
    for source in base.sources.values():
        yield build_article(source, base)
    for question in ("2015", "trade share"):
        outcome = finder.ask(question)
        if not isinstance(outcome, NoAnswer):
            yield build_answer(outcome, base, question=question, share=True).blocks
    for topic in base.topics.values():
        overview = overview_of(topic.title, topic.facts, [topic], base, ENGLISH)
        yield build_overview(overview, base, question="x").blocks
    for fallback in (
        message := build_comparison(base.facts, base, question="x"),
        without_new_blocks(message.blocks),
    ):
        yield fallback.blocks if isinstance(fallback, Message) else fallback
    yield card.build_help(base).blocks
    yield card.build_none(NoAnswer("", ()), topics=[*base.topics.values()] * 2).blocks
    yield home.build_home(base)
    yield home.build_home(base, card.build_help(base), "question", beyond=True)
    arguments = {"topic": "trade", "source": "alpha-2019"}
    for name in ("topics", "topic", "sources", "source", "actors", "timeline", "random", "about"):
        for number in (1, 2):
            address = Address(name, arguments.get(name, ""), number)  # type: ignore[arg-type]
            page = open_page(address, base, rows=1)
            assert page
            yield pages.build_page(page, base, share=True, repository=REPOSITORY).blocks


def test_every_action_that_is_drawn_is_heard_and_the_reverse() -> None:
    """What is put into inputs comes with their modal, and has no listener of its own."""
    drawn = set(action_ids(list(everything(small_finder().base))))
    listeners = heard()
    inputs = {modals.REASON, modals.REMARK, "find_fact_where"}
    assert drawn - inputs == set(listeners["action"]) - set(OLD_THUMBS)
    assert set(listeners["options"]) <= drawn
