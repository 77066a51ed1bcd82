"""The reply to a question, whatever form it takes: a card, a comparison, an overview, the closest entry, choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import headline
from bot.core.present.comparison import Table, table_of
from bot.core.present.entry import who_asked
from bot.core.present.links import Repository
from bot.core.present.overview import Overview, is_overview, overview_of
from bot.core.present.replies import closest_intro
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Answer, Choices
from bot.slack.blocks.card import build_card, build_choices, fact_value
from bot.slack.blocks.elements import (
    LABEL_LENGTH,
    OPTIONS,
    Block,
    Message,
    actions,
    bold,
    button,
    context,
    linked,
    paragraph,
    plain,
    rich_text,
    select,
    versioned,
)
from bot.slack.blocks.pages import OPEN_TOPIC
from bot.slack.mrkdwn import entities, shorten

OPEN_ENTRY, SHARE_ANSWER = "open_entry", "share_answer"


def build_answer(
    outcome: Answer | Choices,
    base: FactBase,
    text: Strings = ENGLISH,
    *,
    question: str = "",
    share: bool = False,
    repository: Repository | None = None,
    offer_id: str = "",
    intro: str = "",
) -> Message:
    """The reply to a question; `intro` is a line above, such as what a follow-up was understood as.

    `offer_id` is the inbox's id of the question, so that it learns which entry was opened."""
    match outcome:
        case Answer(form="comparison"):
            shared = question if share else ""
            return build_comparison(outcome.facts, base, text, question=shared, intro=intro)
        case _ if is_overview(outcome):
            found = overview_of(outcome.query, outcome.facts, outcome.topics, base, text)
            return build_overview(found, base, text, question=question if share else "", intro=intro)
        case Answer():
            return build_card(
                outcome.fact,
                base,
                text,
                share=share,
                repository=repository,
                question=question,
                unknown=outcome.unknown,
                who=who_asked(question, outcome.fact),
                intro=intro,
            )
        case Choices(form="closest"):
            return build_closest(outcome, base, text, repository, asked=intro)
        case Choices():
            return build_choices(outcome, text, offer_id)


def build_closest(
    outcome: Choices,
    base: FactBase,
    text: Strings = ENGLISH,
    repository: Repository | None = None,
    asked: str = "",
) -> Message:
    """The card of an entry about the right thing, under one line on what it doesn't say."""
    intro = closest_intro(outcome, text)
    intro = f"{asked}\n{intro}" if asked else intro
    return build_card(outcome.facts[0], base, text, repository=repository, intro=intro)


def build_comparison(
    facts: Sequence[Fact], base: FactBase, text: Strings = ENGLISH, *, question: str = "", intro: str = ""
) -> Message:
    """A table of facts; with a `question`, a button that posts it for everybody."""
    table = table_of(facts, base, text)
    title = intro or text("over_time" if table.over_time else "compared")
    small = [line for line in (table.change, text("language")) if line]
    blocks = [rich_text(paragraph(bold(title))), _table(table, text)]
    if small:
        blocks.append(context(*map(entities, small)))
    blocks.append(actions(*_share(question, text), _entries([row.fact for row in table.rows], text)))
    return Message(entities("\n".join([title, *table.lines(), *small])), tuple(blocks))


def build_overview(
    overview: Overview, base: FactBase, text: Strings = ENGLISH, *, question: str = "", intro: str = ""
) -> Message:
    """How much there is about a word or a name, dated facts, opinions by holder, and a menu of every entry."""
    said = [*([intro] if intro else []), overview.title, overview.intro]
    body = [
        paragraph(*([plain(f"{intro}\n")] if intro else []), bold(overview.title)),
        paragraph(plain(overview.intro)),
    ]
    for key, lines in (("key_facts", overview.facts), ("opinions", overview.opinions)):
        if lines:
            body += [paragraph(bold(f"\n{text(key)}")), _bullets(lines, base)]
            said += [f"{text(key)}:", *(line for line, _ in lines)]
    buttons = [_entries(overview.entries, text)] if overview.entries else []
    if overview.topic:
        opens = shorten(text("open_topic", title=overview.topic.title), LABEL_LENGTH)
        buttons.append(button(OPEN_TOPIC, opens, versioned("topic", overview.topic.id, "1")))
    buttons += _share(question, text)
    blocks = [rich_text(*body), *([actions(*buttons)] if buttons else [])]
    if text("language"):
        blocks.append(context(text("language")))
        said.append(text("language"))
    return Message(entities("\n".join(said)), tuple(blocks))


def _share(question: str, text: Strings) -> list[Block]:
    return [button(SHARE_ANSWER, text("share"), versioned(question))] if question else []


def _entries(facts: Sequence[Fact], text: Strings) -> Block:
    """A menu of entries: choosing one shows its card."""
    options = [(headline(fact), fact_value(fact, text)) for fact in facts[:OPTIONS]]
    return select(OPEN_ENTRY, text("all_entries"), options)


def _bullets(lines: Sequence[tuple[str, Fact]], base: FactBase) -> Block:
    """Lines, each with a link to its passage."""
    items = []
    for line, fact in lines:
        evidence = fact.evidence[0]
        source = base.sources[evidence.source].short
        year = f" ({source[-4:]})"  # which the source's name has already
        items.append(
            paragraph(plain(f"{line.removesuffix(year)} ("), linked(base.link(evidence), source), plain(")"))
        )
    return {"type": "rich_text_list", "style": "bullet", "elements": items}


def _table(table: Table, text: Strings) -> Block:
    """Slack's table block; `without_new_blocks` has the plain form."""
    names = (
        ("column_when", "column_value") if table.over_time else ("column_what", "column_value", "column_when")
    )
    header = [_cell(bold(text(name))) for name in (*names, "column_source")]
    rows: list[list[dict[str, Any]]] = [header]
    for row in table.rows:
        cells = [row.when, row.value] if table.over_time else [row.what, row.value, row.when]
        rows.append([*(_cell(plain(cell)) for cell in cells), _cell(linked(row.address, row.source))])
    settings: list[dict[str, Any]] = [{"is_wrapped": True} for _ in header]
    return {"type": "table", "rows": rows, "column_settings": settings}


def _cell(element: Block) -> Block:
    return rich_text(paragraph(element))
