"""The pages of the fact base: topics, sources, actors, the timeline, a random fact, about."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core import phrasing
from bot.core.dates import parse_date
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
)
from bot.core.model import FactBase, Source, Topic
from bot.core.repository import Repository
from bot.core.present.strings import strings
from bot.slack.blocks.card import NEAR_TOPICS, build_card, build_row, row_text
from bot.slack.blocks.elements import (
    VALUE_VERSION,
    Block,
    Message,
    actions,
    bold,
    bullets,
    button,
    context,
    heading,
    linked,
    paragraph,
    plain,
    rich_text,
    section,
    select,
    versioned,
)
from bot.slack.mrkdwn import entities, escape, shorten, visible

OPEN_PAGE = "open_page"  # the button beside a topic or a source
PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE = "previous_page", "next_page", "go_to_page"
ANOTHER_FACT = "another_fact"
GO_TO_TOPIC = "go_to_topic"  # a menu of topics
OPEN_TOPIC = "open_overview_topic"
MENU: tuple[PageName, ...] = ("topics", "sources", "actors", "timeline", "random", "about")
OPENING = (OPEN_PAGE, ANOTHER_FACT, GO_TO_TOPIC, OPEN_TOPIC, *(f"open_{name}" for name in MENU), *NEAR_TOPICS)
TURNING = (PREVIOUS_PAGE, NEXT_PAGE, GO_TO_PAGE)

text = strings()

ASKED_LENGTH, SOURCE_TITLE_LENGTH = 60, 200
PROBLEMS_SHOWN, PROBLEM_LENGTH = 3, 250


def page_value(address: Address) -> str:
    """What a button that opens a page carries: `v1:<page>:<argument>:<number>`."""
    return versioned(str(address))


def read_page_value(value: str) -> Address | None:
    """The address in a button's value; None where another version wrote it."""
    version, _, address = value.partition(":")
    return Address.parse(address) if version == VALUE_VERSION else None


def build_page(
    page: Page,
    base: FactBase,
    *,
    share: bool = False,
    repository: Repository | None = None,
) -> Message:
    """A page as a message.  The options are those of `build_card`, for a page that is one card."""
    match page:
        case TopicsPage():
            said = [f"{t.title} ({text("entries", count=len(t.facts))}): {t.about}" for t in page.topics]
            rows = [build_topic_row(topic) for topic in page.topics]
            return _names(page, "topics", said, rows)
        case SourcesPage():
            said = [
                f"{s.short} ({text("entries", count=count)}): {s.title}. {_source_line(s)}"
                for s, count in page.sources
            ]
            rows = [build_source_row(source, count) for source, count in page.sources]
            return _names(page, "sources", said, rows)
        case TopicPage():
            back = button("open_topics", text("all_topics"), page_value(Address("topics")))
            return _listing(page.topic.title, [page.topic.about], page.listing, back)
        case SourcePage():
            return _source(page)
        case ActorsPage():
            return _listing(text("actors"), [text("actors_about")], page.listing)
        case TimelinePage():
            return _timeline(page)
        case RandomPage():
            card = build_card(page.fact, base, share=share, repository=repository)
            another = button(ANOTHER_FACT, text("another"), page_value(Address("random")))
            return Message(card.text, (*card.blocks, actions(another)))
        case AboutPage():
            return _about(page, base)


def build_menu(*without: PageName) -> Block:
    """A button for each page that needs no name."""
    return actions(
        *(
            button(f"open_{name}", text(name), page_value(Address(name)))
            for name in MENU
            if name not in without
        )
    )


def build_topic_row(topic: Topic) -> Block:
    line = f"*{escape(topic.title)}* ({text("entries", count=len(topic.facts))})\n{escape(topic.about)}"
    return section(line, _open(Address("topic", topic.id), topic.title))


def build_source_row(source: Source, count: int) -> Block:
    title = escape(shorten(source.title, SOURCE_TITLE_LENGTH))
    line = f"*{escape(source.short)}* ({text("entries", count=count)})\n{title}\n{escape(_source_line(source))}"
    return section(line, _open(Address("source", source.id), source.short))


def _open(address: Address, title: str) -> Block:
    return button(OPEN_PAGE, text("open"), page_value(address), label=text("open_label", title=title))


def _names(
    page: TopicsPage | SourcesPage,
    name: PageName,
    said: Sequence[str],
    rows: Sequence[Block],
) -> Message:
    """All topics or sources, or those that fit a typed name."""
    asked = shorten(visible(page.asked), ASKED_LENGTH)
    intro = text(name) if not asked else text(f"{'several' if page.fits else 'no'}_{name if page.fits else name[:-1]}", name=asked)
    return Message(entities("\n".join([intro, *said])), (heading(intro), *rows, build_menu(name)))


def _source(page: SourcePage) -> Message:
    """The article in full on its first page, only its title on the others."""
    source, listing = page.source, page.listing
    back = button("open_sources", text("all_sources"), page_value(Address("sources")))
    if listing.address.number > 1:
        return _listing(source.title, [], listing, back)
    lines, address = _source_lines(source), f"{text('link')}: "
    head = [
        paragraph(bold(source.title)),
        paragraph(plain("\n".join(lines))),
        paragraph(plain(address), linked(source.address, source.address)),
    ]
    said = [f"{source.title}.", *(f"{line}." for line in lines), f"{address}{source.address}"]
    if source.url is None:
        remark = f"{text('publisher_page', publisher=source.publisher)}."
        head.append(paragraph(plain(remark)))
        said.append(remark)
    return _with_rows(rich_text(*head), said, listing, back)


def _timeline(page: TimelinePage) -> Message:
    title = _timeline_title(page.years.first, page.years.last)
    if page.listing.total:
        return _listing(title, [], page.listing)
    nothing = text("no_entries_yet")
    if page.span:
        nothing = text("no_dated_facts", first=page.span[0].year, last=page.span[1].year)
    whole = button("open_timeline", text("timeline"), page_value(Address("timeline")))
    head = rich_text(paragraph(bold(title)), paragraph(plain(nothing)))
    return Message(entities(f"{title}. {nothing}"), (head, actions(whole)))


def _about(page: AboutPage, base: FactBase) -> Message:
    status, kinds = page.status, dict(page.kinds)
    opinions = kinds.get("position", 0)
    counts = text(
        "about_counts",
        facts=text("facts", count=page.facts - opinions),
        opinions=text("attributed_opinions", count=opinions),
        topics=text("topic_count", count=page.topics),
        sources=text("articles", count=page.sources),
    )
    changed = text("facts_version", version=page.fact_base)
    if status.changed_at:
        changed = text("last_changed", when=phrasing.moment(status.changed_at), version=page.fact_base)
    elif page.checked:
        changed = text("last_checked", when=parse_date(page.checked.isoformat()), version=page.fact_base)
    lines = [counts, changed]
    if status.version:
        lines.append(text("app_version", name=base.site.name, version=status.version))
    body, said = [paragraph(bold(text("about_title"))), bullets(lines)], [text("about_title"), *lines]
    if url := status.repository_url:
        body.append(paragraph(plain(f"{text('repository')}: "), linked(url, url)))
        said.append(f"{text('repository')}: {url}")
    for line in (text("how_to_report"), text("elsewhere")):
        body.append(paragraph(plain(line)))
        said.append(line)
    if problems := status.problems:
        shown = [shorten(str(problem), PROBLEM_LENGTH) for problem in problems[:PROBLEMS_SHOWN]]
        if (more := len(problems) - len(shown)) > 0:
            shown.append(text("and_more", count=more))
        intro = text("edit_not_live", count=len(problems))
        body += [paragraph(plain(intro)), bullets(shown)]
        said += [intro, *shown]
    return Message(entities("\n".join(said)), (rich_text(*body), build_menu("about")))


def _listing(title: str, lines: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    head = rich_text(paragraph(bold(title)), *(paragraph(plain(line)) for line in lines))
    return _with_rows(head, [f"{title}.", *lines], listing, back)


def _with_rows(head: Block, said: Sequence[str], listing: Listing, back: Block | None = None) -> Message:
    """The head, the facts under their headings, and the buttons that lead to other pages."""
    blocks, text = [head], list(said)
    number = listing.first
    for group in listing.groups:
        title = text("continued", heading=group.heading) if group.begun else group.heading
        blocks.append(heading(title))
        text.append(f"{title}:")
        for fact in group.facts:
            blocks.append(build_row(fact))
            text.append(f"{number}. {row_text(fact)}")
            number += 1
    place = text(
        "page_of",
        page=listing.address.number,
        pages=listing.pages,
        entries=text("entries", count=listing.total),
    )
    blocks.append(context(place))
    text.append(place)
    buttons = []
    if listing.previous:
        buttons.append(button(PREVIOUS_PAGE, text("previous"), page_value(listing.previous)))
    if listing.next:
        buttons.append(button(NEXT_PAGE, text("next"), page_value(listing.next)))
    if listing.pages > 1 and len(listing.starts) > 1:
        options = [(title, page_value(address)) for title, address in listing.starts]
        buttons.append(select(GO_TO_PAGE, text("go_to"), options))
    if back:
        buttons.append(back)
    if buttons:
        blocks.append(actions(*buttons))
    return Message(entities("\n".join(text)), tuple(blocks))


def _timeline_title(first: int | None, last: int | None) -> str:
    """For some years, both included; an end may be open."""
    if first is None and last is None:
        return text("timeline")
    if first == last:
        return text("timeline_of", first=first)
    if last is None:
        return text("timeline_from", first=first)
    return text("timeline_until", last=last) if first is None else text("timeline_range", first=first, last=last)


def _source_line(source: Source) -> str:
    """Whose it is, when, and what kind of text."""
    when = f", {phrasing.published(str(source.dated), source.published is None)}" if source.dated else ""
    return f"{source.by}{when}. {source.standpoint}."


def _source_lines(source: Source) -> list[str]:
    """All that is known of an article, a line each."""
    role = f", {source.author_role}" if source.author_role else ""
    known = (
        ("author", f"{source.author}{role}" if source.author else None),
        ("speaker", source.speaker),
        ("publisher", source.publisher),
        ("published" if source.published else "reports_on", str(source.dated) if source.dated else None),
        ("source_language", text(f"language_{source.language}")),
        ("standpoint", source.standpoint),
        *(("inferred", f"{phrasing.field_name(name)} ({reason})") for name, reason in source.inferred.items()),
    )
    return [f"{text(key)}: {value}" for key, value in known if value]
