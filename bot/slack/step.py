"""*Look up a fact*, the step for Workflow Builder: a query in; answer, value, source, link and id out.

Belongs here: inputs, outputs, and what a workflow's owner reads when there is no answer.  Does not belong
here: finding (`bot.core`).  A parameter that is published is never renamed: saved workflows would break.
"""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import BoltContext, Complete, Fail

from bot.core.model import Fact, FactBase
from bot.core.present.byline import byline, credits_of
from bot.core.present.card import headline, lead, stands_for
from bot.core.search.results import Answer, Choices
from bot.slack import wording
from bot.slack.markup import clean, has_words, without_people
from bot.slack.surroundings import Surroundings, question_log

log = logging.getLogger(__name__)

LOOK_UP_STEP = "look_up_fact"
QUERY = "query"
QUESTION_LENGTH = 1000
OUTPUTS = {
    "answer": ("Answer", "The fact in one or two sentences, with when it was true and who says so"),
    "value": ("Value", "The figure, the date, the role or the holder alone"),
    "source": ("Source", "Author, publisher, title and date of the article"),
    "link": ("Link", "The address that opens the article at the passage"),
    "fact_id": ("Fact ID", "The fact's id, which never changes"),
}


def step_definition() -> dict[str, Any]:
    """The step's entry in the manifest."""

    def parameter(title: str, description: str) -> dict[str, Any]:
        return {"type": "string", "title": title, "description": description, "is_required": True}

    return {
        "title": wording.STEP_TITLE,
        "description": wording.STEP_ABOUT,
        "input_parameters": {QUERY: {**parameter("Question", "A question or a few words"), "name": QUERY}},
        "output_parameters": {name: {**parameter(*told), "name": name} for name, told in OUTPUTS.items()},
    }


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


class Step:
    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def handle_step(
        self,
        event: dict[str, Any],
        body: dict[str, Any],
        context: BoltContext,
        complete: Complete,
        fail: Fail,
    ) -> None:
        execution, inputs = event.get("function_execution_id"), event.get("inputs") or {}
        if not self._surroundings.claims.claim(f"step:{body.get('team_id')}:{execution}"):
            return
        finder = self._surroundings.finder()
        typed = str(inputs.get(QUERY) or "")
        question = clean(typed, context.bot_user_id)
        if not has_words(question):
            fail(error=wording.STEP_EMPTY)
            return
        if len(question) > QUESTION_LENGTH:
            fail(error=wording.TOO_LONG)
            return
        outcome = finder.ask(question)
        question_log.info("question=%s", question)
        log.info(
            "looked up outcome=%s fact=%s", outcome.status, outcome.facts[0].id if outcome.facts else "-"
        )
        if isinstance(outcome, Answer):
            complete(outputs=outputs_of(outcome.fact, finder.base))
            return
        nearest = outcome.hits[0].fact.id if outcome.hits else None
        kept = clean(without_people(typed), context.bot_user_id)
        self._surroundings.inbox.unanswered(kept, outcome.status, outcome.unknown, nearest)
        if isinstance(outcome, Choices):
            fail(error=wording.step_choices([headline(fact) for fact in outcome.facts[:3]]))
        else:
            fail(error=wording.step_none(outcome.unknown))
