"""Home's search box and buttons, and the questions to try wherever they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.slack.answering import answer
from bot.slack.blocks.elements import notice, read_value
from bot.slack.blocks.home import TOP, question_on
from bot.slack.responses import ActionSource, HomeReply, ResponseUrl, is_home


def handle_search(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
) -> None:
    ack()
    _answer_on_home(str(action.get("value") or ""), body, context, client, engine)


def handle_example(
    ack: Ack,
    body: dict[str, Any],
    action: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    engine: SearchEngine,
) -> None:
    """A question to try: answered on the Home that it stands on, or beside the message."""
    ack()
    (question,) = read_value(action.get("value")) or ("",)
    if is_home(body):
        _answer_on_home(question, body, context, client, engine)
        return
    source = ActionSource.from_body(body)
    message = notice(text("out_of_date"))
    if question:
        message = answer("example", question, context, share=source.ephemeral)
    source.answer(ResponseUrl(str(body["response_url"]), client), message)


def handle_back(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, engine: SearchEngine
) -> None:
    """From a card to the choices that it was one of."""
    ack()
    asked = question_on(body["view"])
    message = answer("home", asked, context, again=True) if asked else None
    HomeReply.from_body(body, client, engine.base).show(message, asked)


def handle_clear(ack: Ack, body: dict[str, Any], client: WebClient, engine: SearchEngine) -> None:
    ack()
    HomeReply.from_body(body, client, engine.base).show(None)


def _answer_on_home(
    question: str, body: dict[str, Any], context: BoltContext, client: WebClient, engine: SearchEngine
) -> None:
    """The answer to a question; the plain Home for an empty box."""
    reply = replace(HomeReply.from_body(body, client, engine.base), at=TOP)
    if question.strip():
        reply.show(answer("home", question, context), question)
    else:
        reply.show(None)
