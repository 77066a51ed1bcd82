"""The weekly message to the maintainers: what people looked for and did not find."""

from bot.core.facts.base import FactBase, question_place
from bot.core.feedback.inbox import InboxContents, QuestionGroup, Report
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Block, Message
from bot.slack.blocks.modals import reason_text
from bot.slack.mrkdwn import escape, shorten, visible

SHOWN, QUESTIONS_SHOWN = 8, 12
LINE_LENGTH, WORDS_LENGTH = 120, 60


def build_digest(found: InboxContents, base: FactBase, repository: Repository | None = None) -> Message:
    """What is in the inbox; with a `repository`, each question links to the line where it would be added."""
    asked = text("times", count=sum(group.count for group in found.groups))
    reports = [_line(_report(report, base)) for report in found.reports]
    thumbs = [f"{_title(t.fact_id, base)}: {text('times', count=t.unhelpful)}" for t in found.unhelpful]
    questions = [_line(_question(group, base), *_add_link(group, base, repository)) for group in found.groups]
    body = [ui.paragraph(ui.bold(text("inbox_title")))]
    for title, lines, limit in (
        (text("open_reports", count=len(reports)), reports, SHOWN),
        (text("unhelpful_facts"), [*map(_line, thumbs)], SHOWN),
        (text("open_questions", count=len(questions), times=asked), questions, QUESTIONS_SHOWN),
    ):
        if lines:
            rest = [_line(text("and_more", count=len(lines) - limit))] if len(lines) > limit else []
            body += [ui.paragraph(ui.bold(title)), ui.bullets([*lines[:limit], *rest])]
    return Message.of(ui.rich_text(*body), ui.context(escape(text("inbox_how"))))


def _line(words: str, *link: Block | str) -> Block:
    return ui.paragraph(shorten(words, LINE_LENGTH), *link)


def _add_link(group: QuestionGroup, base: FactBase, repository: Repository | None) -> list[Block | str]:
    """A link to the questions of the closest fact, in the repository's editor."""
    place = question_place(base, group.head.nearest)
    if place is None or repository is None or group.answered:
        return []
    return [" ", ui.linked(repository.edit(place), text("question_add"))]


def _title(fact_id: str, base: FactBase) -> str:
    fact = base.get(fact_id)
    return fact.title if fact else fact_id


def _report(report: Report, base: FactBase) -> str:
    title, reason = _title(report.fact_id, base), reason_text(report.reason)
    line, remark = text("report_line", number=report.id, title=title, reason=reason), visible(report.remark)
    return f"{line}, “{remark}”" if remark else line


def _question(group: QuestionGroup, base: FactBase) -> str:
    remarks = [text("asked_times", times=text("times", count=group.count))] if group.count > 1 else []
    if group.head.unknown:
        remarks.append(text("question_unknown", words=", ".join(group.head.unknown[:3])))
    if found := group.answered or group.head.nearest:
        key = "question_answered" if group.answered else "question_nearest"
        remarks.append(text(key, title=_title(found, base)))
    line = f"“{shorten(group.head.words, WORDS_LENGTH)}”"
    return f"{line} ({'; '.join(remarks)})" if remarks else line
