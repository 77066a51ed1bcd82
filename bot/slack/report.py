"""*Report a problem*: the modal, thanking, and telling the maintainers.

Belongs here: drawing these, and where a report goes.  Does not belong here: keeping it (`bot.store`), or
how the address of an issue is made (`bot.core.present.links`).  Who reported stays unknown on purpose.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.feedback.inbox import REASONS
from bot.core.model import Fact, FactBase
from bot.core.present.card import lead
from bot.slack import modals, wording
from bot.slack.blocks import VALUE_VERSION, Message, build_row
from bot.slack.markup import entities, escape, shorten, visible
from bot.slack.modals import input_block, modal, state_of
from bot.slack.parts import Block, actions, bold, button, context, plain, rich_text, section
from bot.slack.replies import post
from bot.slack.surroundings import Surroundings
from bot.store import DatabaseAway

log = logging.getLogger(__name__)

REPORT_MODAL = "report_modal"
REASON, REMARK = "report_reason", "report_remark"  # each the id of a block and of its element
OPEN_ISSUE, OPEN_LINE = "open_issue", "open_line"  # buttons that are links: Slack tells of them all the same
REMARK_LENGTH = 500
KNOWN_SECONDS = (
    1.5  # for keeping and posting: the acknowledgement waits no longer for these, and Slack 3 for it
)


def build_report_modal(fact: Fact, base: FactBase) -> Block:
    """The question: what is wrong with this fact."""
    options = [
        {"text": {"type": "plain_text", "text": wording.REASONS[reason], "emoji": False}, "value": reason}
        for reason in REASONS
    ]
    remark = {"type": "plain_text_input", "action_id": REMARK, "multiline": True, "max_length": REMARK_LENGTH}
    blocks = [
        rich_text([section(bold(fact.title)), section(plain(fact.statement))]),
        input_block(
            REASON, wording.REPORT_REASON, {"type": "radio_buttons", "action_id": REASON, "options": options}
        ),
        input_block(REMARK, wording.REPORT_REMARK, remark, hint=wording.REPORT_HINT, optional=True),
    ]
    return modal(
        REPORT_MODAL,
        wording.REPORT_TITLE,
        blocks,
        submit=wording.SEND,
        private_metadata=f"{VALUE_VERSION}:{fact.id}:{base.version}",
    )


def build_reported(sentence: str, issue: str | None = None) -> Block:
    """What the modal says afterwards, with the link to an issue where there is a repository."""
    return modals.notice(wording.REPORT_TITLE, sentence, _issue_link(issue))


def build_outcome(fact: Fact, sentence: str, issue: str | None = None) -> Message:
    """The same as a message, for a report of which the modal could not tell it."""
    said = wording.report_outcome(fact.title, sentence)
    return Message(entities(said), (rich_text([section(plain(said))]), *_issue_link(issue)))


def _issue_link(issue: str | None) -> list[Block]:
    if not issue:
        return []
    link = button(OPEN_ISSUE, wording.OPEN_ISSUE, VALUE_VERSION)
    link["url"] = issue
    return [rich_text([section(plain(wording.ISSUE_HOW))]), actions([link])]


def build_report(
    fact: Fact, version: str, number: int | None, reason: str, remark: str, line: str | None = None
) -> Message:
    """What the maintainers' channel is told; `line` is the address of the fact in the repository."""
    heading = wording.reported(number, wording.REASONS[reason])
    body = [section(bold(heading))]
    said = [heading, f"{lead(fact)}."]
    if remark:
        body.append({"type": "rich_text_quote", "elements": [plain(remark)]})
        said.append(f"“{remark}”")
    small = wording.report_about(fact.id, version)
    said.append(small)
    blocks = [rich_text(body), build_row(fact), context([escape(small)])]
    if line:
        edit = button(OPEN_LINE, wording.EDIT, VALUE_VERSION)
        edit["url"] = line
        blocks.append(actions([edit]))
    return Message(entities(" ".join(said)), tuple(blocks))


class Report:
    """The listener of the modal.  Exceptions are left to `on_error` of `register`."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def handle_report(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        """The modal's last word goes with the acknowledgement: an update of our own could overtake that, and be lost."""
        version, _, rest = str(view.get("private_metadata") or "").partition(":")
        fact_id, _, seen = rest.partition(":")
        base = self._surroundings.finder().base
        fact = base.get(fact_id) if version == VALUE_VERSION else None
        if fact is None:
            _show(ack, build_reported(wording.FACT_GONE_REPORT))
            return
        chosen = (state_of(view, REASON, REASON).get("selected_option") or {}).get("value")
        reason = chosen if chosen in REASONS else "other"
        typed = str(state_of(view, REMARK, REMARK).get("value") or "")
        remark = shorten(visible(typed), REMARK_LENGTH)
        repository, place = self._surroundings.repository, base.places[fact.id]
        issue = repository.new_issue(fact, place, seen, reason, remark) if repository else None
        line = repository.line(place) if repository else None

        def pass_on() -> str | None:
            """What became of the report; None where it was sent before."""
            if not self._surroundings.claims.claim(f"report:{view.get('id')}"):
                return None
            number = self._surroundings.inbox.report(fact.id, seen, reason, remark)
            told = self._tell_maintainers(client, build_report(fact, seen, number, reason, remark, line))
            log.info("reported fact=%s reason=%s number=%s told=%s", fact.id, reason, number or "-", told)
            return wording.report_done(number, told, bool(issue))

        with ThreadPoolExecutor(1, thread_name_prefix="report") as worker:
            passing = worker.submit(pass_on)
            if wait([passing], KNOWN_SECONDS).done:
                _show(ack, build_reported(passing.result() or wording.REPORT_AGAIN, issue))
                return
            _show(ack, build_reported(wording.REPORT_SLOW, issue))
            if outcome := passing.result():
                post(client, str(context.user_id), build_outcome(fact, outcome, issue))

    def _tell_maintainers(self, client: WebClient, message: Message) -> bool:
        """Whether the maintainers' channel has the report; what stands in the way goes to the log."""
        channel = self._surroundings.maintainers_channel
        if not channel:
            return False
        try:
            theirs = self._surroundings.maintainers_client
            sender = theirs() if theirs else client
            if sender is None:
                log.warning("report not posted channel=%s: not installed in its workspace", channel)
                return False
            post(sender, channel, message)
        except (SlackApiError, OSError, DatabaseAway) as error:
            log.warning("report not posted channel=%s: %s", channel, error)
            return False
        return True


def _show(ack: Ack, view: Block) -> None:
    """Acknowledge with another view in the modal's place."""
    ack(response_action="update", view=view)
