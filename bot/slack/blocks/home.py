"""The app's Home: a search box, example questions, topics and news; an answer appears where it was asked for.

Slack keeps a Home for each person and doesn't refresh it, so nothing on it depends on the clock.  Its
`private_metadata` says what it was drawn from: a Home that would be drawn the same now is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.pages.routes import Address
from bot.core.present.overview import news_of
from bot.core.present.replies import help_intro
from bot.core.present.strings import ENGLISH as text
from bot.slack.blocks.card import build_examples, build_row
from bot.slack.blocks.elements import (
    DIVIDER,
    OPTIONS,
    VALUE_VERSION,
    Block,
    Message,
    actions,
    button,
    context,
    header,
    heading,
    input_block,
    plain_text,
    section,
    select,
)
from bot.slack.blocks.pages import GO_TO_TOPIC, build_menu, page_value
from bot.slack.mrkdwn import entities

SEARCH, CLEAR, BACK = "home_search", "home_clear", "home_back"
# Where an answer can appear: below the search box, below the ways to browse, below the news.
TOP, BROWSE, LATEST = "top", "browse", "latest"

LATEST_SHOWN = 3
QUESTION_LENGTH = 1000  # of a question in private_metadata, which holds 3000 characters
MESSAGE_ONLY = frozenset({"markdown"})


def build_home(
    base: FactBase, result: Message | None = None, asked: str = "", *, beyond: bool = False, at: str = TOP
) -> Block:
    """Home with the answer to `asked` or a page, if any; `beyond` where a button leads back to the answer."""
    parts = _parts(base)
    memory = {"facts": base.version, "drawn": _digest(parts), "at": at}
    if asked:
        memory["asked"] = asked[:QUESTION_LENGTH]
    shown = _result(result, beyond and bool(asked))
    blocks = [header(text("help_title", subject=base.site.subject)), _search(asked, base)]
    for place, part in parts.items():
        blocks += part + (shown if place == at else [])
    return _view([*blocks, context(entities(help_intro(base, text)))], memory)


def build_home_notice(words: str) -> Block:
    """Home with one sentence and the way back; it is replaced at the next visit."""
    again = button(CLEAR, text("home_start"), VALUE_VERSION)
    return _view([section(entities(words)), actions(again)], {})


def is_current(view: Mapping[str, Any] | None, base: FactBase) -> bool:
    """Whether a person's Home would be drawn the same now, except for the answer that it shows."""
    memory = _memory(view or {})
    return memory.get("facts") == base.version and memory.get("drawn") == _digest(_parts(base))


def question_on(view: Mapping[str, Any]) -> str:
    """The question that a Home shows the answer to, or ""."""
    return str(_memory(view).get("asked") or "")


def place_of(view: Mapping[str, Any], block_id: str) -> str:
    """Where the answer to a press appears: below what was pressed, or where the answer with the button stands."""
    for place in (BROWSE, LATEST):
        if block_id.startswith(place):
            return place
    return TOP if block_id.startswith((TOP, "search")) else str(_memory(view).get("at") or TOP)


def _parts(base: FactBase) -> dict[str, list[Block]]:
    """Home without the search box and an answer, by place; the ids of the blocks begin with the place."""
    topics = [(topic.title, page_value(Address("topic", topic.id))) for topic in base.topics.values()]
    menu = build_menu("topics")
    if topics:
        menu["elements"].insert(0, select(GO_TO_TOPIC, text("home_topic"), topics[:OPTIONS]))
    rows = [build_row(fact) for fact in news_of(base, LATEST_SHOWN)]
    browse = [heading(text("home_browse")), {**menu, "block_id": BROWSE}]
    if base.site.examples:
        examples = [heading(text("try_asking")), {**build_examples(base), "block_id": "top-examples"}]
        browse = [*examples, *browse]
    latest = [heading(text("home_latest"))] if rows else []
    latest += [{**row, "block_id": f"{LATEST}-{number}"} for number, row in enumerate(rows)]
    return {TOP: [], BROWSE: browse, LATEST: latest}


def _search(asked: str, base: FactBase) -> Block:
    """The box.  Its id depends on the question: Slack keeps what was typed in a box with the same id."""
    example = next(iter(base.site.examples), "")
    box: Block = {
        "type": "plain_text_input",
        "action_id": SEARCH,
        "placeholder": plain_text(text("home_placeholder", example=example)),
        "max_length": QUESTION_LENGTH,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if asked:
        box["initial_value"] = asked[:QUESTION_LENGTH]
    block_id = f"search-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    return input_block(block_id, text("home_search"), box, hint=text("home_hint"), dispatch=True)


def _result(result: Message | None, back: bool) -> list[Block]:
    if result is None:
        return []
    blocks = [block for block in result.blocks if block["type"] not in MESSAGE_ONLY]
    buttons = [button(BACK, text("home_back"), VALUE_VERSION)] if back else []
    buttons.append(button(CLEAR, text("home_clear"), VALUE_VERSION))
    # A message without blocks is one sentence, already escaped.
    return [DIVIDER, *(blocks or [section(result.text)]), actions(*buttons), DIVIDER]


def _view(blocks: list[Block], memory: Mapping[str, str]) -> Block:
    return {"type": "home", "private_metadata": json.dumps(memory, ensure_ascii=False), "blocks": blocks}


def _digest(parts: Mapping[str, list[Block]]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def _memory(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `private_metadata` holds; empty where another version wrote something else."""
    try:
        memory = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return memory if isinstance(memory, dict) else {}
