"""Replies to questions in each form: a card, a comparison, an overview, the closest entry, choices."""

from collections.abc import Sequence

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import headline
from bot.core.present.comparison import table_of
from bot.core.present.links import Repository
from bot.core.present.overview import Overview, is_overview, overview_of
from bot.core.present.replies import closest_intro
from bot.core.present.strings import ENGLISH, Strings
from bot.core.search.results import Answer, Choices
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import build_card, build_choices, fact_value
from bot.slack.blocks.elements import Block, Message, versioned
from bot.slack.blocks.pages import OPEN_TOPIC

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

    `offer_id` is the inbox's id of the question, so that it learns which entry was opened.
    """
    shared = question if share else ""
    if outcome.form == "comparison":
        return build_comparison(outcome.facts, base, text, question=shared, intro=intro)
    if is_overview(outcome):
        return build_overview(overview_of(outcome, base, text), base, text, question=shared, intro=intro)
    if isinstance(outcome, Answer):
        return build_card(outcome.fact, base, text, share=share, repository=repository, question=question,
                          unknown=outcome.unknown, intro=intro)  # fmt: skip
    if outcome.form == "closest":
        intro = f"{intro}\n{closest_intro(outcome, text)}".strip()
        return build_card(outcome.facts[0], base, text, repository=repository, intro=intro)
    return build_choices(outcome, text, offer_id)


def build_comparison(
    facts: Sequence[Fact], base: FactBase, text: Strings = ENGLISH, *, question: str = "", intro: str = ""
) -> Message:
    """A table of facts; with a `question`, a button that posts it for everybody."""
    table = table_of(facts, base, text)
    names = ["when", "value", "source"] if table.over_time else ["what", "value", "when", "source"]
    rows = [[ui.heading(text(f"column_{name}")) for name in names]]
    for row in table.rows:
        source = ui.rich_text(ui.paragraph(ui.linked(row["address"], row["source"])))
        rows.append([*(ui.sentence(row[name]) for name in names[:-1]), source])
    drawn = {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}] * len(names)}
    buttons = [*_share(question, text), _entries(table.facts, text)]
    small = ui.context(table.change, text("language"))
    return Message.of(ui.heading(intro or table.title), drawn, small, ui.actions(*buttons))


def build_overview(
    overview: Overview, base: FactBase, text: Strings = ENGLISH, *, question: str = "", intro: str = ""
) -> Message:
    """How much there is about a word or a name, dated facts, opinions by holder, and a menu of every entry."""
    body = [ui.paragraph(intro and f"{intro}\n", ui.bold(overview.title)), ui.paragraph(overview.intro)]
    for key, lines in (("key_facts", overview.facts), ("opinions", overview.opinions)):
        if lines:
            items = [_with_source(line, fact, base) for line, fact in lines]
            body += [ui.paragraph(ui.bold(f"\n{text(key)}")), ui.bullets(items)]
    buttons = [_entries(overview.entries, text)] if overview.entries else []
    if topic := overview.topic:
        opens = text("open_topic", title=topic.title)
        buttons.append(ui.button(OPEN_TOPIC, opens, versioned("topic", topic.id, "1")))
    buttons += _share(question, text)
    return Message.of(ui.rich_text(*body), ui.actions(*buttons), ui.context(text("language")))


def _share(question: str, text: Strings) -> list[Block]:
    return [ui.button(SHARE_ANSWER, text("share"), versioned(question))] if question else []


def _entries(facts: Sequence[Fact], text: Strings) -> Block:
    """A menu of entries: choosing one shows its card."""
    options = [(headline(fact), fact_value(fact, text)) for fact in facts]
    return ui.select(OPEN_ENTRY, text("all_entries"), options)


def _with_source(line: str, fact: Fact, base: FactBase) -> Block:
    """A line with a link to its passage; a time that is the source's own is not repeated."""
    evidence = fact.evidence[0]
    source = base.sources[evidence.source]
    for dated in (source.short[-4:], str(source.dated)):
        line = line.removesuffix(f" ({dated})")
    return ui.paragraph(f"{line} (", ui.linked(base.link(evidence), source.short), ")")
