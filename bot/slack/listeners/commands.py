"""The slash command, *Check against the facts* (a message shortcut) and *Look up a fact* (a step of Workflow Builder)."""

import logging
import time
from typing import Any

from slack_bolt import Ack, App, Args, BoltContext
from slack_sdk import WebClient

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.feedback.message_check import check_message
from bot.core.present.byline import byline, credits_of, published
from bot.core.present.card import headline, lead, stands_for
from bot.core.present.replies import decline
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Answer, NoAnswer
from bot.slack.answering import QUESTION_LENGTH, Asked, answer, question_log, record_unanswered
from bot.slack.blocks.elements import without_tables
from bot.slack.blocks.message_check import build_check
from bot.slack.mrkdwn import clean, has_words, message_text
from bot.slack.responses import respond

log = logging.getLogger(__name__)

CHECK_SHORTCUT = "check_message"
LOOK_UP_STEP = "look_up_fact"
QUERY = "query"  # a published parameter is never renamed: saved workflows would break


def register(app: App, command: str) -> None:
    app.command(f"/{command}")(handle_command)
    app.message_shortcut(CHECK_SHORTCUT)(handle_check)
    app.function(LOOK_UP_STEP)(handle_step)


def handle_command(ack: Ack, command: dict[str, Any], context: BoltContext, client: WebClient) -> None:
    """The acknowledgement is the answer, except where Slack may refuse a block and plain ones have to follow."""
    message = answer(Asked("command", command.get("text") or "", share=True), context)
    if without_tables(message.blocks) is None:
        ack(**message.payload(), response_type="ephemeral")
    else:
        ack()
        respond(str(command["response_url"]), client, message)


def handle_check(args: Args) -> None:
    args.ack()
    started = time.monotonic()
    context, engine, message = args.context, args.context["engine"], args.body["message"]
    check = check_message(message_text(message), engine.ask)
    facts = [related.fact.id for claim in check.claims for related in claim.facts]
    milliseconds = (time.monotonic() - started) * 1000
    log.info("checked sentences=%d touched=%d facts=%s team=%s channel=%s user=%s ms=%.1f", check.sentences,
             len(check.claims), ",".join(facts) or "-", context.team_id, context.channel_id, context.user_id,
             milliseconds)  # fmt: skip
    thread, ts = message.get("thread_ts"), message.get("ts")
    for part in build_check(check, engine.base):
        respond(str(args.body["response_url"]), args.client, part, thread_ts=thread if thread != ts else None)


def handle_step(args: Args) -> None:
    context, execution = args.context, args.payload["function_execution_id"]
    if not context["deduplicator"].acquire(f"step:{context.team_id}:{execution}"):
        return
    typed = str(args.payload["inputs"].get(QUERY) or "")
    question = clean(typed)
    if not has_words(question) or len(question) > QUESTION_LENGTH:
        args.fail(error=text("too_long" if has_words(question) else "step_empty"))
        return
    outcome = context["engine"].ask(question)
    question_log.info("question=%s", question)
    log.info("looked up outcome=%s fact=%s", outcome.status, outcome.facts[0].id if outcome.facts else "-")
    record_unanswered(outcome, typed, context)
    if isinstance(outcome, Answer):
        args.complete(outputs=outputs_of(outcome.fact, context["engine"].base))
    elif isinstance(outcome, NoAnswer):
        args.fail(error=decline(outcome.unknown[:5], text))
    else:
        args.fail(error=text("step_choices", titles="; ".join(map(headline, outcome.facts[:3]))))


def outputs_of(fact: Fact, base: FactBase) -> dict[str, str]:
    """What the next steps of a workflow get."""
    credited = credits_of(fact, base)
    source = credited[0].source
    dated = f" ({published(source)})" if source.dated else ""
    return {
        "answer": f"{lead(fact)}. {fact.statement} ({byline(fact, base, credited)})",
        "value": stands_for(fact),
        "source": f"{credited[0].who}: {source.title}{dated}",
        "link": base.link(fact.evidence[0]),
        "fact_id": fact.id,
    }
