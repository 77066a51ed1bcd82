"""The pages of the fact base in Slack: drawn, opened and turned.

Belongs here: a page of `bot.core.browse` as a message, and the buttons that lead from page to page.  Does
not belong here: what a page holds (`bot.core.browse`), Home's own view (`home`).

Which page a button opens stands in its value, `v1:<page>:<argument>:<number>`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.core.browse import (
    AboutPage,
    ActorsPage,
    Address,
    Listing,
    Page,
    PageName,
    RandomPage,
    SourcePage,
    SourcesPage,
    TimelinePage,
    TopicPage,
    TopicsPage,
    open_page,
)
from bot.core.model import FactBase, Source, Topic
from bot.core.present import phrases
from bot.core.present.links import Repository
from bot.slack import wording
from bot.slack.blocks import VALUE_VERSION, Message, build_card, build_notice, build_row, row_text
from bot.slack.markup import entities, escape, shorten, visible
from bot.slack.parts import (
    Block,
    actions,
    bold,
    bullets,
    button,
    context,
    linked,
    mrkdwn_section,
    plain,
    rich_text,
    section,
    select,
)
from bot.slack.replies import Pressed, Reply
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)

OPEN_PAGE = "open_page"  # the button beside a topic, a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
# The buttons below a page stand in one block, where Slack wants an action id of each one's own.
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
NEAR_TOPICS = ("open_topic_1", "open_topic_2", "open_topic_3")
OPENING = (OPEN_PAGE, ANOTHER_FACT, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

ASKED_LENGTH = 60
PROBLEMS_SHOWN, PROBLEM_LENGTH = 3, 250
SOURCE_TITLE_LENGTH = 200


def page_value(address: Address) -> str:
    return f"{VALUE_VERSION}:{address}"


def read_page_value(value: str) -> Address | None:
    """The address that a button carries, or None for a value that this version did not write."""
    version, _, address = value.partition(":")
    return Address.parse(address) if version == VALUE_VERSION else None


# Drawing


def build_page(
    page: Page,
    base: FactBase,
    *,
    share: bool = False,
    thumbs: bool = False,
    repository: Repository | None = None,
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    if isinstance(page, TopicsPage):
        return _topics(page)
    if isinstance(page, SourcesPage):
        return _sources(page)
    if isinstance(page, TopicPage):
        return _topic(page)
    if isinstance(page, SourcePage):
        return _source(page, base)
    if isinstance(page, ActorsPage):
        return _listing(wording.PAGE_TITLES["actors"], [wording.ACTORS_ABOUT], page.listing)
    if isinstance(page, TimelinePage):
        return _timeline(page)
    if isinstance(page, RandomPage):
        card = build_card(page.fact, base, share=share, thumbs=thumbs, repository=repository)
        another = button(ANOTHER_FACT, wording.ANOTHER, page_value(Address("random")))
        return Message(card.text, (*card.blocks, actions([another])))
    return _about(page)


def build_menu(*without: PageName) -> Block:
    """A button for each page that stands alone."""
    return actions(
        [
            button(f"open_{name}", wording.PAGE_TITLES[name], page_value(Address(name)))
            for name in MENU
            if name not in without
        ]
    )


def add_topics(message: Message, topics: Sequence[Topic]) -> Message:
    """A decline with the nearest topics, a button each, above its small print."""
    buttons = [
        button(action_id, topic.title, page_value(Address("topic", topic.id)), _opened(topic.title))
        for action_id, topic in zip(NEAR_TOPICS, topics, strict=False)
    ]
    if not buttons:
        return message
    named = f"{wording.NEAREST_TOPICS}: {', '.join(topic.title for topic in topics[: len(buttons)])}."
    heading = rich_text([section(bold(wording.NEAREST_TOPICS))])
    blocks = (*message.blocks[:-1], heading, actions(buttons), message.blocks[-1])
    return Message(f"{message.text} {entities(named)}", blocks)


def build_topic_row(topic: Topic) -> Block:
    return mrkdwn_section(
        f"*{escape(topic.title)}* ({wording.facts(len(topic.facts))})\n{escape(topic.about)}",
        _open(Address("topic", topic.id), topic.title),
    )


def build_source_row(source: Source, count: int) -> Block:
    title = shorten(source.title, SOURCE_TITLE_LENGTH)
    return mrkdwn_section(
        f"*{escape(source.short)}* ({wording.facts(count)})\n{escape(title)}\n{escape(_source_line(source))}",
        _open(Address("source", source.id), source.short),
    )


def _topics(page: TopicsPage) -> Message:
    asked = shorten(visible(page.asked), ASKED_LENGTH)
    intro = wording.PAGE_TITLES["topics"]
    if asked:
        intro = wording.several_topics(asked) if page.fits else wording.no_topic(asked)
    said = [intro, *(f"{t.title} ({wording.facts(len(t.facts))}): {t.about}" for t in page.topics)]
    rows = [build_topic_row(topic) for topic in page.topics]
    return Message(entities("\n".join(said)), (_title(intro), *rows, build_menu("topics")))


def _sources(page: SourcesPage) -> Message:
    asked = shorten(visible(page.asked), ASKED_LENGTH)
    intro = wording.PAGE_TITLES["sources"]
    if asked:
        intro = wording.several_sources(asked) if page.fits else wording.no_source(asked)
    said = [intro]
    for source, count in page.sources:
        said.append(f"{source.short} ({wording.facts(count)}): {source.title}. {_source_line(source)}")
    rows = [build_source_row(source, count) for source, count in page.sources]
    return Message(entities("\n".join(said)), (_title(intro), *rows, build_menu("sources")))


def _topic(page: TopicPage) -> Message:
    back = button("open_topics", wording.ALL_TOPICS, page_value(Address("topics")))
    return _listing(page.topic.title, [page.topic.about], page.listing, back)


def _source(page: SourcePage, base: FactBase) -> Message:
    """The article in full on its first page; on the others its name is enough."""
    source, listing = page.source, page.listing
    back = button("open_sources", wording.ALL_SOURCES, page_value(Address("sources")))
    if listing.address.number > 1:
        return _listing(source.title, [], listing, back)
    lines = wording.source_lines(source)
    address = f"{wording.LINK}: "
    head = [
        section(bold(source.title)),
        section(plain("\n".join(lines))),
        section(plain(address), linked(source.address, source.address)),
    ]
    said = [f"{source.title}.", *(f"{line}." for line in lines), f"{address}{source.address}"]
    if source.url is None:
        remark = wording.capitalised_first(f"{phrases.LINK_TO_PUBLISHER}.")
        head.append(section(plain(remark)))
        said.append(remark)
    return _with_rows(rich_text(head), said, listing, back)


def _timeline(page: TimelinePage) -> Message:
    title = wording.timeline(page.years.first, page.years.last)
    if page.listing.total:
        return _listing(title, [], page.listing)
    nothing = wording.NO_FACTS_YET
    if page.span:
        nothing = wording.no_dated_facts(page.span[0].year, page.span[1].year)
    whole = button("open_timeline", wording.PAGE_TITLES["timeline"], page_value(Address("timeline")))
    head = rich_text([section(bold(title)), section(plain(nothing))])
    return Message(entities(f"{title}. {nothing}"), (head, actions([whole])))


def _about(page: AboutPage) -> Message:
    status = page.status
    kinds = [wording.of_kind(kind, count) for kind, count in page.kinds if count]
    lines = [
        wording.counted(wording.facts(page.facts), kinds, page.topics, page.sources),
        wording.last_changed(status.changed_at, page.checked, page.fact_base),
    ]
    if status.version:
        lines.append(wording.version(status.version))
    body = [section(bold(wording.ABOUT_TITLE)), bullets(lines)]
    said = [wording.ABOUT_TITLE, *lines]
    if status.repository_url:
        repository = f"{wording.REPOSITORY}: "
        body.append(section(plain(repository), linked(status.repository_url, status.repository_url)))
        said.append(f"{repository}{status.repository_url}")
    for sentence in (wording.HOW_TO_REPORT, wording.HELP_ELSEWHERE):
        body.append(section(plain(sentence)))
        said.append(sentence)
    if status.problems:
        shown = [shorten(str(problem), PROBLEM_LENGTH) for problem in status.problems[:PROBLEMS_SHOWN]]
        if (more := len(status.problems) - len(shown)) > 0:
            shown.append(phrases.and_more(more))
        intro = wording.edit_not_live(len(status.problems))
        body += [section(plain(intro)), bullets(shown)]
        said += [intro, *shown]
    return Message(entities("\n".join(said)), (rich_text(body), build_menu("about")))


def _listing(title: str, lines: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    head = rich_text([section(bold(title)), *(section(plain(line)) for line in lines)])
    return _with_rows(head, [f"{title}.", *lines], listing, back)


def _with_rows(head: Block, said: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    """The head, then the facts under their headings, each one tap from its card, then the way to other pages."""
    blocks, text = [head], list(said)
    number = listing.first
    for group in listing.groups:
        heading = wording.continued(group.heading) if group.begun else group.heading
        blocks.append(rich_text([section(bold(heading))]))
        text.append(f"{heading}:")
        for fact in group.facts:
            blocks.append(build_row(fact))
            text.append(f"{number}. {row_text(fact)}")
            number += 1
    place = wording.page_of(listing.address.number, listing.pages, listing.total)
    blocks.append(context([place]))
    text.append(place)
    buttons = []
    if listing.previous:
        buttons.append(button(PREVIOUS_PAGE, wording.PREVIOUS, page_value(listing.previous)))
    if listing.next:
        buttons.append(button(NEXT_PAGE, wording.NEXT, page_value(listing.next)))
    if listing.pages > 1 and len(listing.starts) > 1:
        options = [(heading, page_value(address)) for heading, address in listing.starts]
        buttons.append(select(GO_TO_PAGE, wording.GO_TO, options))
    if back:
        buttons.append(back)
    if buttons:
        blocks.append(actions(buttons))
    return Message(entities("\n".join(text)), tuple(blocks))


def _title(text: str) -> Block:
    return rich_text([section(bold(text))])


def _open(address: Address, title: str) -> Block:
    return button(OPEN_PAGE, wording.OPEN, page_value(address), _opened(title))


def _opened(title: str) -> str:
    return wording.OPENED_LABEL.format(title=title)


def _source_line(source: Source) -> str:
    """Whose it is, when, and what kind of text."""
    when = f", {phrases.published(str(source.dated), source.published is None)}" if source.dated else ""
    return f"{source.by}{when}. {source.standpoint}."


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
            reply.private(build_notice(wording.PAGE_GONE if address else wording.OUT_OF_DATE))
            return None
        return build_page(
            page,
            base,
            share=pressed.ephemeral,
            thumbs=not pressed.home,
            repository=self._surroundings.repository,
        )
