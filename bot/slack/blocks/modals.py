"""The modals: a notice, Source, Cite, Report a problem, Find a fact; and the report that maintainers receive."""

import datetime
from collections.abc import Sequence
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.facts.models import DatedEvent, Fact
from bot.core.feedback.inbox import REASONS
from bot.core.present.card import details_of, stands_for
from bot.core.present.citations import STYLE_NAMES, TO_READ, cite
from bot.core.present.links import fact_path
from bot.core.present.strings import ENGLISH as text
from bot.core.present.strings import capitalised
from bot.core.search.autocomplete import Groups
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import build_card, build_row
from bot.slack.blocks.elements import Block, Message, versioned
from bot.slack.mrkdwn import escape, shorten

REPORT_MODAL, FIND_MODAL = "report_modal", "find_fact_modal"
REASON, REMARK = "report_reason", "report_remark"  # each the id of a block and of its element
FIND_FACT, FIND_WHERE = "find_fact_choice", "find_fact_where"  # the same
OPEN_ISSUE, OPEN_LINE = "open_issue", "open_line"  # buttons that are links
REFERENCE_LENGTH = 2900
REMARK_LENGTH = 500
ABOUT_LENGTH = 50  # of a value or holder, which leaves room for the time in the second line of an option


def build_notice_modal(title: str, words: str, issue: str | None = None) -> Block:
    """A modal with one sentence, and the link to an issue where there is one."""
    return _modal(title, [ui.sentence(words), *_issue_link(issue)])


def build_cite_modal(fact: Fact, base: FactBase, accessed: datetime.date) -> Block:
    """The references of a fact in each style, ready to be copied."""
    blocks = [ui.sentence(text("cite_intro", title=fact.title))]
    for style in TO_READ:
        reference = shorten(cite(fact, base, style, accessed), REFERENCE_LENGTH)
        copied = {"type": "rich_text_preformatted", "elements": [ui.plain(reference)]}
        blocks.append(ui.rich_text(ui.paragraph(ui.bold(STYLE_NAMES[style])), copied))
    return _modal(text("cite_title"), blocks)


def build_source_modal(
    fact: Fact, base: FactBase, today: datetime.date, site_url: str | None = None
) -> Block:
    """Where an entry comes from: each article with author, section and quote; what is inferred, checked and due."""
    body = [ui.paragraph(ui.bold(fact.title))]
    for title, remarks, address in details_of(fact, base, text, today):
        named = [ui.paragraph(ui.linked(address, title))] if address else []
        body += [*named, ui.bullets(remarks)]
    if site_url:
        page = f"{site_url}/{fact_path(fact.id)}"
        body.append(ui.paragraph(f"{text('copy_link')}: ", ui.linked(page, page)))
    return _modal(text("source_title"), [ui.rich_text(*body)])


def reason_text(reason: str) -> str:
    """One of `REASONS` in words."""
    return text(f"reason_{reason.replace(' ', '_')}")


def build_report_modal(fact: Fact, base: FactBase) -> Block:
    options = [{"text": ui.plain_text(reason_text(reason)), "value": reason} for reason in REASONS]
    reason = {"type": "radio_buttons", "action_id": REASON, "options": options}
    remark = {"type": "plain_text_input", "action_id": REMARK, "multiline": True, "max_length": REMARK_LENGTH}
    blocks = [
        ui.rich_text(ui.paragraph(ui.bold(fact.title)), ui.paragraph(fact.statement)),
        ui.input_block(REASON, text("report_reason"), reason),
        ui.input_block(REMARK, text("report_remark"), remark, hint=text("report_hint"), optional=True),
    ]
    return _modal(text("report_title"), blocks, callback_id=REPORT_MODAL, submit=ui.plain_text(text("send")),
                  private_metadata=versioned(fact.id, base.version))  # fmt: skip


def build_report_outcome(fact: Fact, outcome: str, issue: str | None = None) -> Message:
    """What became of a report, where the modal was acknowledged before that was known."""
    said = text("report_outcome", title=fact.title, outcome=outcome)
    return Message.of(ui.sentence(said), *_issue_link(issue))


def build_report(
    fact: Fact, version: str, number: int | None, reason: str, remark: str, line: str | None = None
) -> Message:
    """The report in the maintainers' channel; `line` is the address of the fact in the repository."""
    title = text("reported" if number else "reported_unkept", number=number, reason=reason_text(reason))
    quoted = [ui.quote(f"“{remark}”")] if remark else []
    return Message.of(
        ui.rich_text(ui.paragraph(ui.bold(title)), *quoted),
        build_row(fact),
        ui.context(escape(text("report_about", id=fact.id, version=version))),
        ui.actions(*([ui.button(OPEN_LINE, text("edit"), url=line)] if line else [])),
    )


def _issue_link(issue: str | None) -> list[Block]:
    if not issue:
        return []
    return [ui.sentence(text("issue_how")), ui.actions(ui.button(OPEN_ISSUE, text("open_issue"), url=issue))]


def build_find_modal(fact: Fact | None = None, base: FactBase | None = None) -> Block:
    """The modal *Find a fact*; once a fact is chosen, with its card as it will be posted."""
    placeholder = ui.plain_text(text("find_placeholder"))
    search = ui.element("external_select", action_id=FIND_FACT, min_query_length=1, placeholder=placeholder)
    people = {"include": ["public", "private", "mpim", "im"], "exclude_bot_users": True}
    where = ui.element("conversations_select", action_id=FIND_WHERE, default_to_current_conversation=True,
                       response_url_enabled=True, filter=people)  # fmt: skip
    blocks = [
        ui.input_block(FIND_FACT, text("find_label"), search, hint=text("find_hint"), dispatch_action=True),
        *(build_card(fact, base, menu=False).blocks if fact and base else ()),
        ui.input_block(FIND_WHERE, text("find_where"), where),
    ]
    post = ui.plain_text(text("post"))
    return _modal(text("find_title"), blocks, callback_id=FIND_MODAL, submit=post)


def build_options(groups: Groups) -> dict[str, Any]:
    """The answer to a type-ahead: facts by topic."""
    found = []
    for topic, facts in groups:
        options = [ui.option(each.title, versioned(each.id), description=_about(each)) for each in facts]
        found.append({"label": ui.plain_text(shorten(topic.title, ui.LENGTH)), "options": options})
    return {"option_groups": found} if found else {"options": []}


def _about(fact: Fact) -> str:
    """What distinguishes similar titles: the value or the holder, and the time."""
    if isinstance(fact, DatedEvent):
        return capitalised(str(fact.when))
    return f"{shorten(capitalised(stands_for(fact)), ABOUT_LENGTH)}, {fact.when}"


def _modal(title: str, blocks: Sequence[Block], **more: object) -> Block:
    """`more` are further fields of the view."""
    close = ui.plain_text(text("close"))
    return {"type": "modal", "title": ui.plain_text(title), "close": close, "blocks": list(blocks), **more}
