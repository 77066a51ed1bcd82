"""The weekly message to the maintainers: what people looked for and did not find.

Belongs here: drawing the inbox as a message.  Does not belong here: what lies in it (`bot.core.feedback.unanswered`,
`bot.inbox`), or when it is sent (`bot.weekly`).
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.feedback.inbox import InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import QuestionGroup
from bot.core.model import FactBase
from bot.core.present import phrases
from bot.slack import wording
from bot.slack.blocks import Message
from bot.slack.markup import entities, escape, shorten, visible
from bot.slack.parts import Block, bold, bullets, context, rich_text, section

REPORTS_SHOWN = 8
THUMBS_SHOWN = 8
QUESTIONS_SHOWN = 12
LINE_LENGTH = 120
WORDS_LENGTH = 60  # of a question: enough to know it by
TEXT_LENGTH = 4_000  # what Slack takes as the text of a message


def build_digest(found: InboxContents, base: FactBase) -> Message:
    """What lies in the inbox: open reports, facts found unhelpful, questions that were asked most."""
    parts = (
        (
            wording.open_reports(len(found.reports)),
            [_report(report, base) for report in found.reports[:REPORTS_SHOWN]],
            len(found.reports),
        ),
        (
            wording.UNHELPFUL_FACTS,
            [_thumbs(thumbs, base) for thumbs in found.unhelpful[:THUMBS_SHOWN]],
            len(found.unhelpful),
        ),
        (
            wording.open_questions(len(found.groups), sum(group.count for group in found.groups)),
            [_question(group, base) for group in found.groups[:QUESTIONS_SHOWN]],
            len(found.groups),
        ),
    )
    body: list[Block] = [section(bold(wording.INBOX_TITLE))]
    said = [wording.INBOX_TITLE]
    for heading, shown, count in parts:
        if not shown:
            continue
        lines = _with_rest(shown, count)
        body += [section(bold(heading)), bullets(lines)]
        said.append(f"{heading}: {'; '.join(lines)}")
    said.append(wording.INBOX_HOW)
    return Message(_read_out(". ".join(said)), (rich_text(body), context([escape(wording.INBOX_HOW)])))


def _read_out(text: str) -> str:
    """The message in words; where what people typed is all brackets, so much of it as fits for certain."""
    told = entities(text)
    return told if len(told) <= TEXT_LENGTH else entities(shorten(text, TEXT_LENGTH // len("&amp;")))


def _with_rest(lines: Sequence[str], count: int) -> list[str]:
    hidden = count - len(lines)
    return [*lines, phrases.and_more(hidden)] if hidden > 0 else list(lines)


def _title(fact_id: str, base: FactBase) -> str:
    fact = base.get(fact_id)
    return fact.title if fact else fact_id


def _report(report: Report, base: FactBase) -> str:
    remark = visible(report.remark)
    return shorten(
        wording.report_line(report.id, _title(report.fact_id, base), wording.REASONS[report.reason], remark),
        LINE_LENGTH,
    )


def _thumbs(thumbs: Thumbs, base: FactBase) -> str:
    return shorten(
        wording.thumbs_line(_title(thumbs.fact_id, base), thumbs.unhelpful, thumbs.helpful), LINE_LENGTH
    )


def _question(group: QuestionGroup, base: FactBase) -> str:
    line = wording.question_line(
        shorten(group.head.words, WORDS_LENGTH),
        group.count,
        group.unknown[:3],
        _title(group.nearest, base) if group.nearest else "",
        _title(group.answered, base) if group.answered else "",
    )
    return shorten(line, LINE_LENGTH)
