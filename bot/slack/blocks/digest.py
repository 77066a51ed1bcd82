"""The weekly message to the maintainers: what people looked for and did not find."""

from bot.core.facts.base import FactBase, question_place
from bot.core.feedback.inbox import InboxContents, Report, Thumbs
from bot.core.feedback.unanswered import QuestionGroup
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.elements import Block, Message
from bot.slack.blocks.modals import reason_text
from bot.slack.mrkdwn import entities, escape, shorten, visible

SHOWN, QUESTIONS_SHOWN = 8, 12
LINE_LENGTH, WORDS_LENGTH = 120, 60
_NO_LINK: list[Block] = []
TEXT_LENGTH = 4_000  # what Slack takes as the text of a message


def build_digest(found: InboxContents, base: FactBase, repository: Repository | None = None) -> Message:
    """What is in the inbox: open reports, facts found unhelpful, the most frequent questions without an answer.

    With a `repository`, each question links to the line where it would be added.
    """
    asked = _times(sum(group.count for group in found.groups))
    reports = [(_report(report, base), _NO_LINK) for report in found.reports]
    thumbs = [(_thumbs(thumbs, base), _NO_LINK) for thumbs in found.unhelpful]
    questions = [(_question(group, base), _link_to_add(group, base, repository)) for group in found.groups]
    body, said = [ui.paragraph(ui.bold(text("inbox_title")))], [text("inbox_title")]
    for title, lines, limit in (
        (text("open_reports", count=len(reports)), reports, SHOWN),
        (text("unhelpful_facts"), thumbs, SHOWN),
        (text("open_questions", count=len(questions), times=asked), questions, QUESTIONS_SHOWN),
    ):
        if lines:
            shown = [(shorten(line, LINE_LENGTH), link) for line, link in lines[:limit]]
            shown += [(text("and_more", count=len(lines) - limit), _NO_LINK)] * (len(lines) > limit)
            items = (ui.paragraph(ui.plain(line), *link) for line, link in shown)
            body += [ui.paragraph(ui.bold(title)), ui.bullets(*items)]
            said.append(f"{title}: {'; '.join(line for line, _ in shown)}")
    words = entities(". ".join([*said, text("inbox_how")]))
    if len(words) > TEXT_LENGTH:
        words = entities(shorten(". ".join(said), TEXT_LENGTH // len("&amp;")))
    return Message(words, (ui.rich_text(*body), ui.context(escape(text("inbox_how")))))


def _link_to_add(group: QuestionGroup, base: FactBase, repository: Repository | None) -> list[Block]:
    """To the questions of the closest fact, in the repository's editor."""
    place = question_place(base, group.nearest)
    if place is None or repository is None or group.answered:
        return _NO_LINK
    return [ui.plain(" "), ui.linked(repository.edit(place), text("question_add"))]


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
