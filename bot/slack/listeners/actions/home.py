"""Home's search box and buttons, and the example questions wherever they stand."""

from slack_bolt import App, Args

from bot.core.present.strings import ENGLISH
from bot.slack.answering import answer
from bot.slack.blocks.card import TRY
from bot.slack.blocks.elements import notice
from bot.slack.blocks.home import BACK, CLEAR, SEARCH, TOP, question_on
from bot.slack.listeners.actions.press import Press


def register(app: App) -> None:
    app.action(SEARCH)(handle_search)
    app.action(BACK)(handle_back)
    app.action(CLEAR)(handle_clear)
    for name in TRY:
        app.action(name)(handle_example)


def handle_search(args: Args) -> None:
    press = Press(args)
    _answer_on_home(press, press.value)


def handle_example(args: Args) -> None:
    """An example question: answered on the Home that it stands on, or beside the message."""
    press = Press(args)
    (question,) = press.parts(1)
    if press.home:
        _answer_on_home(press, question)
    elif question:
        press.answer(answer("example", question, args.context, share=press.ephemeral))
    else:
        press.answer(notice(ENGLISH("out_of_date")))


def handle_back(args: Args) -> None:
    """From a card to the choices that it was one of."""
    press = Press(args)
    asked = question_on(args.body["view"])
    press.show(answer("home", asked, args.context, again=True) if asked else None, asked)


def handle_clear(args: Args) -> None:
    Press(args).show(None)


def _answer_on_home(press: Press, question: str) -> None:
    """The answer to a question; the plain Home for an empty box."""
    message = answer("home", question, press.context) if question.strip() else None
    press.show(message, question if message else "", at=TOP)
