"""The app's Home: a search box, example questions, topics and news; an answer appears where it was asked for.

Slack keeps a Home for each person, so nothing on it depends on the clock.  Its `private_metadata` has a hash of what it
was drawn from: a Home that would look the same now is not published again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.pages.routes import Address
from bot.core.present.replies import help_intro, news_of
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks import elements as ui
from bot.slack.blocks.card import build_examples, build_row
from bot.slack.blocks.elements import Block, Message
from bot.slack.blocks.pages import GO_TO_TOPIC, build_menu, page_value
from bot.slack.mrkdwn import entities

SEARCH, CLEAR, BACK = "home_search", "home_clear", "home_back"
# Where an answer can appear: below the search box, below the ways to browse, below the news.
TOP, BROWSE, LATEST = "top", "browse", "latest"

LATEST_SHOWN = 3
QUESTION_LENGTH = 1000  # of a question in private_metadata, which holds 3000 characters
_DIVIDER: Block = {"type": "divider"}


def build_home(
    base: FactBase, result: Message | None = None, asked: str = "", *, back: bool = False, at: str = TOP
) -> Block:
    """Home with the answer to `asked` or a page, if any; `back` adds a button that leads back to the answer."""
    parts, asked = _parts(base), asked[:QUESTION_LENGTH]
    header = {"type": "header", "text": ui.plain_text(text("help_title", subject=base.site.subject))}
    blocks = [header, _search(asked, base)]
    for place, part in parts.items():
        blocks += part
        if result and place == at:
            buttons = [ui.button(BACK, text("home_back"))] if back and asked else []
            buttons.append(ui.button(CLEAR, text("home_clear")))
            # A message without blocks is one sentence, already escaped.
            shown = result.blocks or [ui.section(result.text)]
            blocks += [_DIVIDER, *shown, ui.actions(*buttons), _DIVIDER]
    memory = {"drawn": _digest(parts, base), "at": at, "asked": asked}
    return _view([*blocks, ui.context(entities(help_intro(base, text)))], memory)


def build_home_notice(words: str) -> Block:
    """Home with one sentence and the way back; it is replaced at the next visit."""
    return _view([ui.sentence(words), ui.actions(ui.button(CLEAR, text("home_start")))], {})


def is_current(view: Mapping[str, Any], base: FactBase) -> bool:
    """Whether a person's Home would be drawn the same now, except for the answer that it shows."""
    return _memory(view).get("drawn") == _digest(_parts(base), base)


def question_on(view: Mapping[str, Any]) -> str:
    """The question that a Home shows the answer to, or ""."""
    return str(_memory(view).get("asked") or "")


def place_of(view: Mapping[str, Any], block_id: str) -> str:
    """Where the answer to a press appears: below what was pressed, or where the answer with the button stands."""
    place = block_id.partition("-")[0]
    return place if place in (TOP, BROWSE, LATEST) else str(_memory(view).get("at") or TOP)


def _parts(base: FactBase) -> dict[str, list[Block]]:
    """Home without the search box and an answer, by place; the ids of the blocks begin with the place."""
    examples = {**build_examples(base), "block_id": f"{TOP}-examples"}
    topics = [(topic.title, page_value(Address("topic", topic.id))) for topic in base.topics.values()]
    menu = [ui.select(GO_TO_TOPIC, text("home_topic"), topics)] if topics else []
    browse = {**ui.actions(*menu, *build_menu("topics")["elements"]), "block_id": BROWSE}
    questions = [ui.heading(text("try_asking")), examples] if base.site.examples else []
    news = enumerate(news_of(base, LATEST_SHOWN))
    rows = [{**build_row(fact), "block_id": f"{LATEST}-{number}"} for number, fact in news]
    latest = [ui.heading(text("home_latest")), *rows] if rows else []
    return {TOP: [], BROWSE: [*questions, ui.heading(text("home_browse")), browse], LATEST: latest}


def _search(asked: str, base: FactBase) -> Block:
    """The box.  Its id depends on the question: Slack keeps what was typed in a box with the same id."""
    example = next(iter(base.site.examples), "")
    placeholder = ui.plain_text(text("home_placeholder", example=example))
    box = ui.element("plain_text_input", action_id=SEARCH, placeholder=placeholder, max_length=QUESTION_LENGTH,
                     dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]}, initial_value=asked)  # fmt: skip
    block_id = f"{TOP}-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    return ui.input_block(block_id, text("home_search"), box, hint=text("home_hint"), dispatch_action=True)


def _view(blocks: list[Block], memory: Mapping[str, str]) -> Block:
    return {"type": "home", "private_metadata": json.dumps(memory, ensure_ascii=False), "blocks": blocks}


def _digest(parts: Mapping[str, list[Block]], base: FactBase) -> str:
    drawn = json.dumps([base.version, parts], sort_keys=True)
    return hashlib.sha256(drawn.encode()).hexdigest()[:16]


def _memory(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `private_metadata` holds."""
    memory: dict[str, Any] = json.loads(view.get("private_metadata") or "{}")
    return memory
