"""*Report a problem* submitted: kept in the inbox and posted to the maintainers, without the person's name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.feedback.inbox import REASONS, Inbox
from bot.core.present.links import Repository
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.db.engine import DatabaseUnavailable
from bot.db.idempotency import Deduplicator
from bot.slack.blocks.elements import Message, input_value, read_value
from bot.slack.blocks.modals import (
    REASON,
    REMARK,
    REMARK_LENGTH,
    build_report,
    build_report_outcome,
    build_reported,
)
from bot.slack.caps import DailyCaps
from bot.slack.mrkdwn import shorten, visible
from bot.slack.responses import post

log = logging.getLogger(__name__)

# How long the acknowledgement, for which Slack waits 3 seconds, waits for the outcome.
OUTCOME_SECONDS = 1.5


def handle_report(
    ack: Ack,
    view: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
    inbox: Inbox,
    deduplicator: Deduplicator,
    repository: Repository | None,
    maintainers_channel: str | None,
    maintainers_client: Callable[[], WebClient | None] | None,
    caps: DailyCaps,
) -> None:
    """The outcome goes with the acknowledgement: an update of the view could arrive before that, and be lost."""
    fact_id, seen = read_value(view.get("private_metadata"), 2) or ("", "")
    base = engine.base
    fact = base.get(fact_id)
    if fact is None:
        ack(response_action="update", view=build_reported(text("report_gone")))
        return
    chosen = (input_value(view, REASON).get("selected_option") or {}).get("value")
    reason = chosen if chosen in REASONS else "other"
    remark = shorten(visible(str(input_value(view, REMARK).get("value") or "")), REMARK_LENGTH)
    place = base.places[fact.id]
    issue = repository.new_issue(fact, place, seen, reason, remark) if repository else None
    line = repository.line(place) if repository else None

    def pass_on() -> str | None:
        """The outcome; None where the same report was sent before."""
        if not deduplicator.acquire(f"report:{context.team_id}:{view.get('id')}"):
            return None
        if not caps.allows("report", context.team_id, context.user_id):
            log.warning("report not kept, too many today team=%s user=%s", context.team_id, context.user_id)
            return text("report_limit")
        number = inbox.report(fact.id, seen, reason, remark)
        report = build_report(fact, seen, number, reason, remark, line)
        sender = maintainers_client or (lambda: client)
        posted = _post_to_maintainers(maintainers_channel, sender, report)
        log.info("reported fact=%s reason=%s number=%s posted=%s", fact.id, reason, number or "-", posted)
        return _outcome(number, posted, bool(issue))

    with ThreadPoolExecutor(1, thread_name_prefix="report") as worker:
        passing = worker.submit(pass_on)
        if wait([passing], OUTCOME_SECONDS).done:
            outcome = passing.result() or text("report_again")
            ack(response_action="update", view=build_reported(outcome, issue))
            return
        ack(response_action="update", view=build_reported(text("report_slow"), issue))
        if late := passing.result():
            post(client, str(context.user_id), build_report_outcome(fact, late, issue))


def _outcome(number: int | None, posted: bool, issue: bool) -> str:
    """What became of a report: kept under a number, posted to the maintainers, or neither."""
    if number is not None:
        return text("report_kept", number=number)
    return text("report_posted" if posted else "report_issue" if issue else "report_nowhere")


def _post_to_maintainers(
    channel: str | None, client: Callable[[], WebClient | None], message: Message
) -> bool:
    """Whether the maintainers' channel has the report; the log says why not."""
    if not channel:
        return False
    try:
        sender = client()
        if sender is None:
            log.warning("report not posted channel=%s: not installed in its workspace", channel)
            return False
        post(sender, channel, message)
    except (SlackApiError, OSError, DatabaseUnavailable) as error:
        log.warning("report not posted channel=%s: %s", channel, error)
        return False
    return True
