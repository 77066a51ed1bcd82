"""*Look up a fact*, a step of Workflow Builder: a query in; answer, value, source, link and id out."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import BoltContext, Complete, Fail

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.byline import byline, credits_of
from bot.core.present.card import headline, lead, stands_for
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.core.search.results import Answer, Choices
from bot.db.idempotency import Deduplicator
from bot.slack.answering import QUESTION_LENGTH, question_log, record_unanswered
from bot.slack.mrkdwn import clean, has_words

log = logging.getLogger(__name__)

LOOK_UP_STEP = "look_up_fact"
QUERY = "query"  # a published parameter is never renamed: saved workflows would break


def handle_step(
    event: dict[str, Any],
    body: dict[str, Any],
    context: BoltContext,
    complete: Complete,
    fail: Fail,
    engine: SearchEngine,
    deduplicator: Deduplicator,
) -> None:
    execution, inputs = event.get("function_execution_id"), event.get("inputs") or {}
    if not deduplicator.acquire(f"step:{body.get('team_id')}:{execution}"):
        return
    typed = str(inputs.get(QUERY) or "")
    question = clean(typed)
    if not has_words(question):
        fail(error=text("step_empty"))
        return
    if len(question) > QUESTION_LENGTH:
        fail(error=text("too_long"))
        return
    outcome = engine.ask(question)
    question_log.info("question=%s", question)
    log.info("looked up outcome=%s fact=%s", outcome.status, outcome.facts[0].id if outcome.facts else "-")
    record_unanswered(outcome, typed, context)
    if isinstance(outcome, Answer):
        complete(outputs=outputs_of(outcome.fact, engine.base))
    elif isinstance(outcome, Choices):
        fail(error=text("step_choices", titles="; ".join(headline(fact) for fact in outcome.facts[:3])))
    else:
        fail(
            error=text("none_unknown", words=text.quoted(outcome.unknown[:5]))
            if outcome.unknown
            else text("step_none")
        )


def outputs_of(fact: Fact, base: FactBase) -> dict[str, str]:
    """What the next steps of a workflow get."""
    evidence = fact.evidence[0]
    credit = credits_of(fact, base)[0]
    dated = f" ({credit.dated})" if credit.dated else ""
    return {
        "answer": f"{lead(fact)}. {fact.statement} ({byline(fact, base)})",
        "value": stands_for(fact),
        "source": f"{credit.who}: {credit.source.title}{dated}",
        "link": base.link(evidence),
        "fact_id": fact.id,
    }
