"""*Look up a fact*, a step of Workflow Builder: a query in; answer, value, source, link and id out."""

import logging

from slack_bolt import App, Args

from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.byline import byline, credits_of, published
from bot.core.present.card import headline, lead, stands_for
from bot.core.present.replies import decline
from bot.core.present.strings import ENGLISH as text
from bot.core.search.results import Answer, NoAnswer
from bot.slack.answering import QUESTION_LENGTH, question_log, record_unanswered
from bot.slack.mrkdwn import clean, has_words

log = logging.getLogger(__name__)

LOOK_UP_STEP = "look_up_fact"
QUERY = "query"  # a published parameter is never renamed: saved workflows would break


def register(app: App) -> None:
    app.function(LOOK_UP_STEP)(handle_step)


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
