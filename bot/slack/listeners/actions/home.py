"""Home's search box and buttons, and the questions to try wherever they stand."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt import Args

from bot.core.present.strings import ENGLISH
from bot.slack.answering import answer
from bot.slack.blocks.elements import notice
from bot.slack.blocks.home import TOP, question_on
from bot.slack.listeners.actions.press import Press
from bot.slack.responses import HomeReply


def handle_search(args: Args) -> None:
    press = Press(args)
    _answer_on_home(press, press.value)


def handle_example(args: Args) -> None:
    """A question to try: answered on the Home that it stands on, or beside the message."""
    press = Press(args)
    (question,) = press.parts(1)
    if press.source.home:
        _answer_on_home(press, question)
    elif question:
        press.answer(answer("example", question, args.context, share=press.source.ephemeral))
    else:
        press.answer(notice(ENGLISH("out_of_date")))


def handle_back(args: Args) -> None:
    """From a card to the choices that it was one of."""
    press = Press(args)
    asked = question_on(args.body["view"])
    message = answer("home", asked, args.context, again=True) if asked else None
    _home(press).show(message, asked)


def handle_clear(args: Args) -> None:
    _home(Press(args)).show(None)


def _home(press: Press) -> HomeReply:
    return HomeReply.from_body(press.body, press.client, press.base)


def _answer_on_home(press: Press, question: str) -> None:
    """The answer to a question; the plain Home for an empty box."""
    reply = replace(_home(press), at=TOP)
    if question.strip():
        reply.show(answer("home", question, press.context), question)
    else:
        reply.show(None)
