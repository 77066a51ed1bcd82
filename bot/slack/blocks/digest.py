"""The weekly message to the maintainers: what people looked for and did not find."""

from bot.core.facts.base import FactBase
from bot.core.feedback.inbox import InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import QuestionGroup
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Message
from bot.slack.blocks.modals import reason_text
from bot.slack.mrkdwn import entities, escape, shorten, visible

REPORTS_SHOWN = THUMBS_SHOWN = 8
QUESTIONS_SHOWN = 12
LINE_LENGTH, WORDS_LENGTH = 120, 60
TEXT_LENGTH = 4_000  # what Slack takes as the text of a message


def build_digest(found: InboxContents, base: FactBase) -> Message:
    """What is in the inbox: open reports, facts found unhelpful, the most frequent questions without an answer."""
    asked = _times(sum(group.count for group in found.groups))
    reports = [_report(report, base) for report in found.reports[:REPORTS_SHOWN]]
    thumbs = [_thumbs(thumbs, base) for thumbs in found.unhelpful[:THUMBS_SHOWN]]
    questions = [_question(group, base) for group in found.groups[:QUESTIONS_SHOWN]]
    body, said = [ui.paragraph(ui.bold(text("inbox_title")))], [text("inbox_title")]
    for title, shown, count in (
        (text("open_reports", count=len(found.reports)), reports, len(found.reports)),
        (text("unhelpful_facts"), thumbs, len(found.unhelpful)),
        (text("open_questions", count=len(found.groups), times=asked), questions, len(found.groups)),
    ):
        if shown:
            lines = [shorten(line, LINE_LENGTH) for line in shown]
            lines += [text("and_more", count=count - len(shown))] * (count > len(shown))
            body += [ui.paragraph(ui.bold(title)), ui.lines(lines)]
            said.append(f"{title}: {'; '.join(lines)}")
    words = entities(". ".join([*said, text("inbox_how")]))
    if len(words) > TEXT_LENGTH:
        words = entities(shorten(". ".join(said), TEXT_LENGTH // len("&amp;")))
    return Message(words, (ui.rich_text(*body), ui.context(escape(text("inbox_how")))))


def _title(fact_id: str, base: FactBase) -> str:
    fact = base.get(fact_id)
    return fact.title if fact else fact_id


def _times(count: int) -> str:
    return text("times", count=count)


def _report(report: Report, base: FactBase) -> str:
    reason, remark = reason_text(report.reason), visible(report.remark)
    line = text("report_line", number=report.id, title=_title(report.fact_id, base), reason=reason)
    return text("with_remark", line=line, remark=remark) if remark else line


def _thumbs(thumbs: Thumbs, base: FactBase) -> str:
    key = "thumbs_both" if thumbs.helpful else "thumbs_line"
    values = {"unhelpful": _times(thumbs.unhelpful), "helpful": _times(thumbs.helpful)}
    return text(key, title=_title(thumbs.fact_id, base), **values)


def _question(group: QuestionGroup, base: FactBase) -> str:
    remarks = [text("asked_times", times=_times(group.count))] if group.count > 1 else []
    if group.unknown:
        remarks.append(text("question_unknown", words=", ".join(group.unknown[:3])))
    if group.answered:
        remarks.append(text("question_answered", title=_title(group.answered, base)))
    elif group.nearest:
        remarks.append(text("question_nearest", title=_title(group.nearest, base)))
    line = f"“{shorten(group.head.words, WORDS_LENGTH)}”"
    return f"{line} ({'; '.join(remarks)})" if remarks else line
