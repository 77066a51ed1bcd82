"""How long Slack waits at each surface: signed requests through the real wiring, timed until the acknowledgement.

`python -m benchmarks.ack_latency [COUNT]` prints, for each surface, what came back and the time to the acknowledgement
(p50 and p99 of COUNT requests, 200 unless told).  The facts are the project's own; Slack is the stand-in.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from typing import Any

from bot.core.facts.loader import load_fact_base
from bot.core.search import SearchEngine
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
from tests.support.fake_slack import FakeSlack
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

COUNT = 200
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


def measure(bot: Bot, send: Callable[[], object], count: int) -> tuple[list[float], list[str]]:
    """The seconds until each acknowledgement, sorted, and the methods that the first send called."""
    before = len(bot.slack.calls)
    send()
    called = [call.method for call in bot.slack.calls[before:]]
    seconds = []
    for _ in range(count):
        send()
        assert bot.response.status == 200, bot.response.body
        seconds.append(bot.seconds)
    return sorted(seconds), called


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else COUNT
    print(f"{'surface':<24} {'p50 ms':>7} {'p99 ms':>7}  what came of it")
    with FakeSlack() as slack:
        bot = Bot(slack, SearchEngine(load_fact_base()), repository_url="https://github.com/owner/name")
        for name, send in requests_by_surface(bot).items():
            seconds, called = measure(bot, send, count)
            p99 = seconds[min(len(seconds) - 1, round(len(seconds) * 0.99))]
            print(
                f"{name:<24} {statistics.median(seconds) * 1000:>7.1f} {p99 * 1000:>7.1f}  {', '.join(called) or 'the answer itself'}"
            )
        bot.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
