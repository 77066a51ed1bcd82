"""The weekly message to the maintainers: what people looked for and did not find."""

from __future__ import annotations

from bot.core.facts.base import FactBase
from bot.core.feedback.inbox import InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import QuestionGroup
from bot.core.present import phrases
from bot.slack import strings
from bot.slack.blocks.elements import Message, bold, bullets, context, paragraph, rich_text
from bot.slack.mrkdwn import entities, escape, shorten, visible

REPORTS_SHOWN = THUMBS_SHOWN = 8
QUESTIONS_SHOWN = 12
LINE_LENGTH, WORDS_LENGTH = 120, 60
TEXT_LENGTH = 4_000  # what Slack takes as the text of a message


def build_digest(found: InboxContents, base: FactBase) -> Message:
    """What is in the inbox: open reports, facts found unhelpful, the most frequent questions without an answer."""
    asked = sum(group.count for group in found.groups)
    reports = [_report(report, base) for report in found.reports[:REPORTS_SHOWN]]
    thumbs = [_thumbs(thumbs, base) for thumbs in found.unhelpful[:THUMBS_SHOWN]]
    questions = [_question(group, base) for group in found.groups[:QUESTIONS_SHOWN]]
    parts = (
        (strings.open_reports(len(found.reports)), reports, len(found.reports)),
        (strings.UNHELPFUL_FACTS, thumbs, len(found.unhelpful)),
        (strings.open_questions(len(found.groups), asked), questions, len(found.groups)),
    )
    body, said = [paragraph(bold(strings.INBOX_TITLE))], [strings.INBOX_TITLE]
    for title, shown, count in parts:
        if shown:
            lines = [shorten(line, LINE_LENGTH) for line in shown]
            if count > len(lines):
                lines.append(phrases.and_more(count - len(lines)))
            body += [paragraph(bold(title)), bullets(lines)]
            said.append(f"{title}: {'; '.join(lines)}")
    said.append(strings.INBOX_HOW)
    return Message(_text(". ".join(said)), (rich_text(*body), context(escape(strings.INBOX_HOW))))


def _text(text: str) -> str:
    """The message in words, within Slack's limit even where every character is escaped."""
    escaped = entities(text)
    return escaped if len(escaped) <= TEXT_LENGTH else entities(shorten(text, TEXT_LENGTH // len("&amp;")))


def _title(fact_id: str, base: FactBase) -> str:
    fact = base.get(fact_id)
    return fact.title if fact else fact_id


def _report(report: Report, base: FactBase) -> str:
    reason, remark = strings.REASONS[report.reason], visible(report.remark)
    return strings.report_line(report.id, _title(report.fact_id, base), reason, remark)


def _thumbs(thumbs: Thumbs, base: FactBase) -> str:
    return strings.thumbs_line(_title(thumbs.fact_id, base), thumbs.unhelpful, thumbs.helpful)


def _question(group: QuestionGroup, base: FactBase) -> str:
    nearest, answered = (_title(i, base) if i else "" for i in (group.nearest, group.answered))
    words = shorten(group.head.words, WORDS_LENGTH)
    return strings.question_line(words, group.count, group.unknown[:3], nearest, answered)
