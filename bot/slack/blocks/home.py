"""The app's Home: a search box, the answer to what was asked, and ways to browse.

Slack keeps a Home for each person and doesn't refresh it, so nothing on it depends on the clock.  Its
`private_metadata` says what it was drawn from: a Home that would be drawn the same now is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.core.facts.base import FactBase
from bot.core.pages.pages import PAGE_TITLES, newest, source_entries, topic_entry
from bot.core.pages.routes import PageName
from bot.slack import strings
from bot.slack.blocks.card import build_examples, build_row
from bot.slack.blocks.elements import (
    DIVIDER,
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
)
from bot.slack.blocks.pages import build_entry, build_menu
from bot.slack.mrkdwn import entities

SEARCH, CLEAR, BACK = "home_search", "home_clear", "home_back"

LATEST_SHOWN = 5
TOPICS_SHOWN, SOURCES_SHOWN = 25, 15  # a Home holds 100 blocks; the pages have the rest
QUESTION_LENGTH = 1000  # of a question in private_metadata, which holds 3000 characters
MESSAGE_ONLY = frozenset({"context_actions", "markdown"})


def build_home(
    base: FactBase, result: Message | None = None, asked: str = "", *, beyond: bool = False
) -> Block:
    """Home with the answer to `asked` or a page, if any; `beyond` where a button leads back to the answer."""
    blocks = _start(base)
    memory = {"facts": base.version, "drawn": _digest(blocks)}
    if asked:
        memory["asked"] = asked[:QUESTION_LENGTH]
    return _view([blocks[0], _search(asked), *_result(result, beyond and bool(asked)), *blocks[1:]], memory)


def build_home_notice(text: str) -> Block:
    """Home with one sentence and the way back; it is replaced at the next visit."""
    again = button(CLEAR, strings.HOME_START, VALUE_VERSION)
    return _view([header(strings.HELP_TITLE), section(entities(text)), actions(again)], {})


def is_current(view: Mapping[str, Any] | None, base: FactBase) -> bool:
    """Whether a person's Home would be drawn the same now, except for the answer that it shows."""
    memory = _memory(view or {})
    return memory.get("facts") == base.version and memory.get("drawn") == _digest(_start(base))


def question_on(view: Mapping[str, Any]) -> str:
    """The question that a Home shows the answer to, or ""."""
    return str(_memory(view).get("asked") or "")


def _start(base: FactBase) -> list[Block]:
    """Home without the search box and an answer."""
    # No button for a page that is shown below in full.
    in_full: list[PageName] = ["topics"] if len(base.topics) <= TOPICS_SHOWN else []
    in_full += ["sources"] if len(base.sources) <= SOURCES_SHOWN else []
    topics = list(base.topics.values())[:TOPICS_SHOWN]
    sources = source_entries(base)[:SOURCES_SHOWN]
    return [
        header(strings.HELP_TITLE),
        heading(strings.HOME_TRY),
        build_examples(),
        heading(strings.HOME_BROWSE),
        build_menu(*in_full),
        DIVIDER,
        heading(PAGE_TITLES["topics"]),
        *(build_entry(topic_entry(topic)) for topic in topics),
        DIVIDER,
        heading(PAGE_TITLES["sources"]),
        *(build_entry(entry) for entry in sources),
        DIVIDER,
        heading(strings.HOME_LATEST),
        *(build_row(fact) for fact in newest(base, LATEST_SHOWN)),
        context(entities(strings.about(len(base.facts), len(base.sources)))),
    ]


def _search(asked: str) -> Block:
    """The box.  Its id depends on the question: Slack keeps what was typed in a box with the same id."""
    box: Block = {
        "type": "plain_text_input",
        "action_id": SEARCH,
        "placeholder": plain_text(strings.HOME_PLACEHOLDER),
        "max_length": QUESTION_LENGTH,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    if asked:
        box["initial_value"] = asked[:QUESTION_LENGTH]
    block_id = f"search-{hashlib.sha256(asked.encode()).hexdigest()[:12]}"
    return input_block(block_id, strings.HOME_SEARCH, box, hint=strings.HOME_HINT, dispatch=True)


def _result(result: Message | None, back: bool) -> list[Block]:
    if result is None:
        return []
    blocks = [block for block in result.blocks if block["type"] not in MESSAGE_ONLY]
    buttons = [button(BACK, strings.HOME_BACK, VALUE_VERSION)] if back else []
    buttons.append(button(CLEAR, strings.HOME_CLEAR, VALUE_VERSION))
    # A message without blocks is one sentence, already escaped.
    return [*(blocks or [section(result.text)]), actions(*buttons), DIVIDER]


def _view(blocks: list[Block], memory: Mapping[str, str]) -> Block:
    return {"type": "home", "private_metadata": json.dumps(memory, ensure_ascii=False), "blocks": blocks}


def _digest(blocks: list[Block]) -> str:
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()[:16]


def _memory(view: Mapping[str, Any]) -> dict[str, Any]:
    """What `private_metadata` holds; empty where another version wrote something else."""
    try:
        memory = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return memory if isinstance(memory, dict) else {}
