"""The reply to a question, whatever form it takes: a card, a comparison, an overview, the closest entry, choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.model import Fact, FactBase
from bot.core.present.card import headline
from bot.core.present.comparison import Table, table_of
from bot.core.present.links import Repository
from bot.core.present.overview import overview_of
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Answer, Choices
from bot.slack.blocks.card import build_card, build_choices, build_list, fact_value
from bot.slack.blocks.elements import (
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
from bot.slack.mrkdwn import entities

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
            return build_comparison(outcome.facts, base, text, question=question if share else "")
        case Answer():
            return build_card(
                outcome.fact,
                base,
                text,
                share=share,
                repository=repository,
                question=question,
                unknown=outcome.unknown,
                who=getattr(outcome, "who", ""),
                intro=intro,
            )
        case Choices(form="overview"):
            return build_overview(outcome, base, text, question=question, share=share)
        case Choices(form="closest"):
            return build_closest(outcome, base, text, repository=repository)
        case _:
            return build_choices(outcome, text, offer_id)


def build_closest(
    outcome: Choices, base: FactBase, text: Strings = ENGLISH, repository: Repository | None = None
) -> Message:
    """The card of an entry about the right thing, under one line on what it doesn't say."""
    asked = getattr(outcome, "asked", "")
    words = text.quoted([word for word in outcome.missing if word.isprintable()][:2])
    if asked:
        intro = text(f"closest_{asked}")
    else:
        intro = text("closest_about", words=words) if words else text("closest")
    return build_card(outcome.facts[0], base, text, repository=repository, intro=intro)


def build_comparison(
    facts: Sequence[Fact], base: FactBase, text: Strings = ENGLISH, *, question: str = ""
) -> Message:
    """A table of facts; with a `question`, a button that posts it for everybody."""
    table = table_of(facts, base, text)
    intro = text("over_time" if table.over_time else "compared")
    small = [line for line in (table.change, text("language")) if line]
    blocks = [rich_text(paragraph(bold(intro))), _table(table, text)]
    if small:
        blocks.append(context(*map(entities, small)))
    buttons = [button(SHARE_ANSWER, text("share"), versioned(question))] if question else []
    buttons.append(_entries([row.fact for row in table.rows], text))
    said = [intro, *table.lines(), *small]
    return Message(entities("\n".join(said)), (*blocks, actions(*buttons)))


def build_overview(
    outcome: Choices, base: FactBase, text: Strings = ENGLISH, *, question: str = "", share: bool = False
) -> Message:
    """How much there is about a word or a name, dated facts, opinions by holder, and a menu of every entry."""
    about = getattr(outcome, "about", None)
    total = getattr(outcome, "total", 0) or len(outcome.facts)
    overview = overview_of(outcome.query, about, outcome.facts, total, base, text)
    if not overview.entries:
        return build_list(overview.intro, outcome.facts, text)
    body, said = (
        [paragraph(bold(overview.title)), paragraph(plain(overview.intro))],
        [overview.title, overview.intro],
    )
    for key, lines in (("key_facts", overview.facts), ("opinions", overview.opinions)):
        if lines:
            body += [paragraph(bold(f"\n{text(key)}")), _bullets(lines, base)]
            said += [f"{text(key)}:", *(line for line, _ in lines)]
    buttons: list[Block] = []
    if share and question:
        buttons.append(button(SHARE_ANSWER, text("share"), versioned(question)))
    if overview.topic:
        opens = text("open_topic", title=overview.topic.title)
        buttons.append(button(OPEN_TOPIC, opens, versioned("topic", overview.topic.id, "1")))
    buttons.insert(0, _entries(overview.entries, text))
    blocks = [rich_text(*body), actions(*buttons)]
    if text("language"):
        blocks.append(context(text("language")))
        said.append(text("language"))
    return Message(entities("\n".join(said)), tuple(blocks))


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
        items.append(paragraph(plain(f"{line} ("), linked(base.link(evidence), source), plain(")")))
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
