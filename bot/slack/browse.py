"""The pages of the fact base as messages, and the buttons that lead from page to page."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.core.model import FactBase, Topic
from bot.core.pages.pages import PAGE_TITLES, Entry, Page, Section, open_page
from bot.core.pages.routes import Address, PageName
from bot.core.present.links import Repository
from bot.core.present.phrases import and_more, count_of
from bot.slack import wording as strings
from bot.slack.blocks import VALUE_VERSION, Message, build_card, build_notice, build_row, row_text
from bot.slack.markup import entities, escape, shorten, visible
from bot.slack.parts import Block, actions, bold, bullets, button, context, linked, plain, rich_text, select
from bot.slack.parts import mrkdwn_section as section
from bot.slack.parts import section as paragraph
from bot.slack.replies import Pressed, Reply
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)

OPEN_PAGE = "open_page"  # the button beside a topic or a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
OPENING = (OPEN_PAGE, ANOTHER_FACT, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

TITLE_LENGTH, LINE_LENGTH = 250, 250
LINES_SHOWN = 3  # of a section
_ABOVE = {"topics": strings.ALL_TOPICS, "sources": strings.ALL_SOURCES}


def page_value(address: Address) -> str:
    """What a button that opens a page carries: `v1:<page>:<argument>:<number>`."""
    return f"{VALUE_VERSION}:{address}"


def read_page_value(value: str) -> Address | None:
    """The address in a button's value; None where another version wrote it."""
    version, _, address = value.partition(":")
    return Address.parse(address) if version == VALUE_VERSION else None


def build_page(
    page: Page,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    if page.fact:
        card = build_card(page.fact, base, share=share, thumbs=thumbs, repository=repository)
        another = [button(ANOTHER_FACT, strings.ANOTHER, page_value(page.address))]
        return Message(card.text, (*card.blocks, actions(another)))
    title = shorten(visible(page.title), TITLE_LENGTH)
    lines = list(page.lines)
    if page.address.page == "about":
        lines += [strings.HOW_TO_REPORT, strings.HELP_ELSEWHERE]
    head = [paragraph(bold(title)), *(paragraph(plain(line)) for line in lines)]
    said = [title, *lines]
    for label, address in page.links:
        head.append(paragraph(plain(f"{label}: "), linked(address, address)))
        said.append(f"{label}: {address}")
    blocks, number = [rich_text(head)], page.first
    for part in page.sections:
        drawn, words = _section(part, number)
        blocks += drawn
        said += words
        number += len(part.facts)
    if page.total:
        place = strings.page_of(page.address.number, page.pages, page.total)
        blocks.append(context([place]))
        said.append(place)
    if buttons := _buttons(page):
        blocks.append(actions(buttons))
    if page.address.page in ("topics", "sources", "about"):
        blocks.append(build_menu(page.address.page))
    return Message(entities("\n".join(said)), tuple(blocks))


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    names = [name for name in MENU if name not in without]
    return actions([button(f"open_{n}", PAGE_TITLES[n], page_value(Address(n))) for n in names])


def add_topics(message: Message, topics: Sequence[Topic]) -> Message:
    """A decline with the nearest topics, a button each, above its small print."""
    buttons = [
        button(
            action_id,
            topic.title,
            page_value(Address("topic", topic.id)),
            strings.OPENED_LABEL.format(title=topic.title),
        )
        for action_id, topic in zip(NEAR_TOPICS, topics, strict=False)
    ]
    if not buttons:
        return message
    named = f"{strings.NEAREST_TOPICS}: {', '.join(topic.title for topic in topics[: len(buttons)])}."
    heading = rich_text([paragraph(bold(strings.NEAREST_TOPICS))])
    blocks = (*message.blocks[:-1], heading, actions(buttons), message.blocks[-1])
    return Message(f"{message.text} {entities(named)}", blocks)


def build_entry(entry: Entry) -> Block:
    """A topic or source with the button that opens it."""
    lines = [f"*{escape(entry.title)}* ({count_of('fact', entry.count)})", *map(escape, entry.lines)]
    label = strings.OPENED_LABEL.format(title=entry.title)
    return section("\n".join(lines), button(OPEN_PAGE, strings.OPEN, page_value(entry.address), label))


def _section(part: Section, number: int) -> tuple[list[Block], list[str]]:
    """The blocks of a section, and the same in words; its first fact has this number."""
    blocks: list[Block] = []
    said: list[str] = []
    if part.heading:
        title = strings.continued(part.heading) if part.continued else part.heading
        blocks.append(rich_text([paragraph(bold(title))]))
        said.append(title if title.endswith(":") else f"{title}:")
    if part.lines:
        lines = [shorten(line, LINE_LENGTH) for line in part.lines[:LINES_SHOWN]]
        lines += [and_more(len(part.lines) - LINES_SHOWN)] * (len(part.lines) > LINES_SHOWN)
        listed = [bullets(lines)]
        blocks.append(rich_text(listed))
        said += lines
    for entry in part.entries:
        blocks.append(build_entry(entry))
        said.append(f"{entry.title} ({count_of('fact', entry.count)}): {' '.join(entry.lines)}")
    for place, fact in enumerate(part.facts, number):
        blocks.append(build_row(fact))
        said.append(f"{place}. {row_text(fact)}")
    return blocks, said


def _buttons(page: Page) -> list[Block]:
    """To the pages before and after, to a heading, and to the list that the page is from."""
    buttons = []
    if page.previous:
        buttons.append(button(PREVIOUS_PAGE, strings.PREVIOUS, page_value(page.previous)))
    if page.next:
        buttons.append(button(NEXT_PAGE, strings.NEXT, page_value(page.next)))
    if page.pages > 1 and len(page.starts) > 1:
        options = [(title, page_value(address)) for title, address in page.starts]
        buttons.append(select(GO_TO_PAGE, strings.GO_TO, options))
    if page.above:
        name = page.above.page
        title = _ABOVE.get(name, PAGE_TITLES[name])
        buttons.append(button(f"open_{name}", title, page_value(page.above)))
    return buttons


# Listening


class Browsing:
    """The buttons that lead from page to page."""

    def __init__(
        self, surroundings: Surroundings, reply_to: Callable[[dict[str, Any], WebClient], Reply]
    ) -> None:
        """`reply_to` gives the way to answer the person who pressed."""
        self._surroundings = surroundings
        self._reply_to = reply_to

    def handle_open(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        """Another page: in the place of the one that only this person reads, else beside it."""
        ack()
        pressed, reply = Pressed.from_body(body), self._reply_to(body, client)
        if message := self._page(action, reply, pressed):
            if pressed.is_own:
                reply.replace(message)
            else:
                pressed.answer(reply, message)

    def handle_turn(self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        """The same list, further on: it turns where it stands, for all who read it, and turns back as well."""
        ack()
        pressed, reply = Pressed.from_body(body), self._reply_to(body, client)
        if message := self._page(action, reply, pressed):
            reply.replace(message)

    def _page(self, action: dict[str, Any], reply: Reply, pressed: Pressed) -> Message | None:
        """The page that an action names; where there is none any more, the person is told and None comes back."""
        chosen = action.get("selected_option") or {}
        address = read_page_value(str(chosen.get("value") or action.get("value") or ""))
        base = self._surroundings.finder().base
        page = open_page(address, base, self._surroundings.about()) if address else None
        log.info("pressed button=page page=%s", address if page else "none")
        if page is None:
            reply.private(build_notice(strings.PAGE_GONE if address else strings.OUT_OF_DATE))
            return None
        return build_page(
            page,
            base,
            share=pressed.ephemeral,
            thumbs=not pressed.home,
            repository=self._surroundings.repository,
        )
