"""A request for each thing that Slack sends, over the project's own facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.facts.loader import load_fact_base
from bot.slack.blocks import card, home
from bot.slack.blocks.elements import versioned
from bot.slack.blocks.modals import (
    FIND_FACT,
    FIND_WHERE,
    REASON,
    REPORT_MODAL,
    build_find_modal,
    build_report_modal,
)
from bot.slack.blocks.pages import OPEN_PAGE
from bot.slack.listeners.functions import LOOK_UP_STEP
from bot.slack.listeners.shortcuts import CHECK_SHORTCUT, FIND_SHORTCUT
from tests.support.harness import Bot
from tests.support.interactions import (
    from_menu,
    global_shortcut,
    links_event,
    message_shortcut,
    opened_event,
    pressed_at_home,
    step_event,
    submitted,
    suggestion,
)

FACT = "nuclear-plant-loan-2019"
MESSAGE = (
    "Russia accounts for 60% of Belarusian foreign trade. The nuclear plant was financed by a Russian loan of $12"
    " billion. Lunch at 12? Trade with the EU fell by 5% in 2019."
)


def requests_by_surface(bot: Bot) -> dict[str, Callable[[], object]]:
    """A request for each surface, by name."""
    slack, base = bot.slack, load_fact_base()
    fact = base.by_id[FACT]
    article = next(source.url for source in base.sources.values() if source.url)
    posted = slack.workspace.post_by_person("C1", "U1ANNA", str(article))["ts"]
    report = {**build_report_modal(fact, base), "id": "V1", "hash": "1"}
    find = {**build_find_modal(fact, base), "id": "V2", "hash": "1"}
    value = versioned(fact.id)
    seen = home.build_home(base)

    def home_view() -> dict[str, Any]:
        return dict(slack.workspace.homes.get("U1ANNA") or {**seen, "id": "V9", "hash": "1"})

    return {
        "command, a question": lambda: bot.command("nuclear plant loan"),
        "command, a page": lambda: bot.command("topic trade"),
        "mention": lambda: bot.mention("nuclear plant loan"),
        "direct message": lambda: bot.dm("nuclear plant loan"),
        "button Show": lambda: bot.press(card.SHOW_FACT, value),
        "button of a page": lambda: bot.press(OPEN_PAGE, "v1:source:riac-2019:1"),
        "Home opened": lambda: bot.event(opened_event()),
        "Home, search": lambda: bot.interact(pressed_at_home(home_view(), home.SEARCH, "nuclear plant loan")),
        "Find a fact": lambda: bot.interact(global_shortcut(FIND_SHORTCUT)),
        "Find a fact, a key": lambda: bot.interact(suggestion(FIND_FACT, "nucl")),
        "Find a fact, post": lambda: bot.interact(
            submitted(
                find,
                {
                    FIND_FACT: {"selected_option": {"value": value}},
                    FIND_WHERE: {"selected_conversation": "C1"},
                },
                slack.new_response_url(),
            )
        ),
        "Check against the facts": lambda: bot.interact(
            message_shortcut(CHECK_SHORTCUT, {"text": MESSAGE}, slack.new_response_url())
        ),
        "link shared": lambda: bot.event(links_event(str(article), ts=posted)),
        "workflow step": lambda: bot.event(step_event(LOOK_UP_STEP, {"query": "nuclear plant loan"})),
        "Cite": lambda: bot.interact(from_menu(card.CARD_MENU, versioned(card.CITE, fact.id))),
        "Report a problem": lambda: bot.interact(from_menu(card.CARD_MENU, versioned(card.REPORT, fact.id))),
        "Report, sent": lambda: bot.interact(
            submitted(
                {**report, "callback_id": REPORT_MODAL}, {REASON: {"selected_option": {"value": "wrong"}}}
            )
        ),
        "thumb": lambda: bot.press("thumb", versioned(card.THUMB_UP, fact.id)),
    }
