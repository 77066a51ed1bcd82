"""Type-ahead in *Find a fact*: a request for each key, answered from memory."""

from functools import lru_cache
from typing import Any

from slack_bolt import Ack, App

from bot.core.search import SearchEngine
from bot.core.search.autocomplete import Autocompleter
from bot.slack.blocks.modals import FIND_FACT, build_options
from bot.slack.mrkdwn import clean

TYPED_LENGTH = 150  # characters that are looked up; no entry has a longer title


def register(app: App) -> None:
    app.options(FIND_FACT)(handle_typing)


def handle_typing(ack: Ack, body: dict[str, Any], engine: SearchEngine) -> None:
    typed = clean(str(body.get("value") or ""))[:TYPED_LENGTH]
    ack(**build_options(_autocompleter(engine).suggest(typed)))


@lru_cache(maxsize=1)
def _autocompleter(engine: SearchEngine) -> Autocompleter:
    return Autocompleter(engine.base, engine.ask)
