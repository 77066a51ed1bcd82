"""Signed requests with random, missing or huge parts never fail, hang, or show an exception."""

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.facts.loader import load_fact_base
from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine
from bot.server.protocol import BODY_LIMIT
from bot.slack.blocks import card, home
from bot.slack.blocks.elements import versioned
from bot.slack.blocks.modals import FIND_FACT, FIND_WHERE, REASON, build_find_modal, build_report_modal
from bot.slack.blocks.pages import OPEN_PAGE
from bot.slack.listeners.commands import CHECK_SHORTCUT, LOOK_UP_STEP
from bot.slack.listeners.views import FIND_SHORTCUT
from tests.support.browser import Browser
from tests.support.fake_slack import FakeSlack
from tests.support.harness import Bot
from tests.support.interactions import (  # fmt: skip
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
from tests.support.requests import FORM, JSON, dm_event, event_body

UNHEALTHY = ("Traceback", "Error(", "Exception", "object at 0x", "None\n")

# Replacements for any part of a request.
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30),
    st.sampled_from(["", " ", "\0", "\ud800", "x" * 20_000, "<!channel>", "<@U1>", "v1:", "v1::::", "v9:x", "1.1", "C1", "🙂" * 500]),
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
REMOVED = object()
changes = st.lists(
    st.tuples(st.integers(0, 10_000), st.one_of(anything, st.just(REMOVED))), min_size=1, max_size=4
)


FACT = "nuclear-plant-loan-2019"
MESSAGE = (
    "Russia accounts for 60% of Belarusian foreign trade. The nuclear plant was financed by a Russian loan of $12"
    " billion. Lunch at 12? Trade with the EU fell by 5% in 2019."
)


def send_each_request(bot: Bot) -> None:
    """Send a request for each surface."""
    slack, base = bot.slack, load_fact_base()
    fact, value = base.by_id[FACT], versioned(FACT)
    article = next(str(source.url) for source in base.sources.values() if source.url)
    posted = slack.workspace.add("C1", "U1ANNA", article)["ts"]
    report = {**build_report_modal(fact, base), "id": "V1", "hash": "1"}
    find = {**build_find_modal(fact, base), "id": "V2", "hash": "1"}
    chosen = {FIND_FACT: {"selected_option": {"value": value}}, FIND_WHERE: {"selected_conversation": "C1"}}
    bot.command("nuclear plant loan")
    bot.command("topic trade")
    bot.mention("nuclear plant loan")
    bot.dm("nuclear plant loan")
    bot.press(card.SHOW_FACT, value)
    bot.press(OPEN_PAGE, "v1:source:riac-2019:1")
    bot.event(opened_event())
    view = dict(slack.workspace.homes["U1ANNA"])
    bot.interact(pressed_at_home(view, home.SEARCH, "nuclear plant loan"))
    bot.interact(global_shortcut(FIND_SHORTCUT))
    bot.interact(suggestion(FIND_FACT, "nucl"))
    bot.interact(submitted(find, chosen, slack.new_response_url()))
    bot.interact(message_shortcut(CHECK_SHORTCUT, {"text": MESSAGE}, slack.new_response_url()))
    bot.event(links_event(article, ts=posted))
    bot.event(step_event(LOOK_UP_STEP, {"query": "nuclear plant loan"}))
    bot.interact(from_menu(card.CARD_MENU, versioned(card.CITE, FACT)))
    bot.interact(from_menu(card.CARD_MENU, versioned(card.REPORT, FACT)))
    bot.interact(submitted(report, {REASON: {"selected_option": {"value": "wrong"}}}))
    bot.press(card.CARD_MENU, versioned(card.THUMB_UP, FACT))


class World:
    """A bot, and a request of each kind as it arrived there."""

    def __init__(self, slack: FakeSlack, finder: SearchEngine) -> None:
        self.slack = slack
        self.bot = Bot(slack, finder, repository_url="https://github.com/owner/name")
        self.requests: list[tuple[dict[str, Any], bool, str]] = []  # payload, wrapped, kind
        send = self.bot.send

        def record(body: str, kind: str, headers: dict[str, str] | None = None) -> Any:
            form = dict(parse_qsl(body, keep_blank_values=True)) if kind == FORM else {}
            wrapped = kind == JSON or "payload" in form
            payload = json.loads(form.get("payload", body)) if wrapped else form
            self.requests.append((payload, wrapped, kind))
            return send(body, kind, headers)

        self.bot.send = record  # type: ignore[method-assign]
        send_each_request(self.bot)
        self.bot.send = send  # type: ignore[method-assign]
        self.web = Browser(self.bot.app)

    def post(self, payload: dict[str, Any], wrapped: bool, kind: str) -> int:
        """The status; everything that the request set off is done."""
        if kind == JSON:
            body = json.dumps(payload)
        elif wrapped:
            body = urlencode({"payload": json.dumps(payload)})
        else:
            body = urlencode(
                {k: v if isinstance(v, str) else json.dumps(v) for k, v in payload.items()}, errors="replace"
            )
        status, _, _ = self.web.post(body, kind)
        self.web.settle(60)
        return status


@pytest.fixture(scope="module")
def world(real: SearchEngine) -> Iterator[World]:
    with FakeSlack() as slack:
        made = World(slack, real)
        yield made
        made.web.close()
        made.bot.close()
        assert not slack.problems


@pytest.fixture(autouse=True)
def clean_surroundings() -> None:
    """Overrides the check for threads: those of `world` live as long as the module."""


@pytest.fixture(autouse=True)
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """No retries for unreachable addresses."""
    monkeypatch.setattr("bot.slack.responses.retry_handlers", list)


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Each part of a payload, as what holds it and its key there."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield node, key
        yield from places(value)


def changed(payload: dict[str, Any], what: list[tuple[int, Any]]) -> dict[str, Any]:
    made = copy.deepcopy(payload)
    for number, value in what:
        if found := list(places(made)):
            node, key = found[number % len(found)]
            if value is REMOVED:
                del node[key]
            else:
                node[key] = value
    return made


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(number=st.integers(0, 17), what=changes)
def test_any_change_to_any_request_is_answered_or_refused_and_nothing_fails(
    world: World, caplog: pytest.LogCaptureFixture, number: int, what: list[tuple[int, Any]]
) -> None:
    payload, wrapped, kind = world.requests[number]
    caplog.clear()
    before = len(world.slack.posts())
    assert world.post(changed(payload, what), wrapped, kind) in (200, 400)
    for reply in world.slack.posts()[before:]:
        assert not [word for word in UNHEALTHY if word in reply.text], reply.text
    ours = [r for r in caplog.records if r.exc_info and r.levelno >= logging.ERROR]
    assert not [r.getMessage() for r in ours if "failed outside" in r.getMessage()]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(max_size=1200), surface=st.sampled_from(["command", "dm", "mention"]))
def test_any_words_get_exactly_one_reply_that_slack_takes(world: World, text: str, surface: str) -> None:
    (reply,) = getattr(world.bot, surface)(text.replace("\ud800", ""))
    assert world.bot.response.status == 200
    assert reply.text
    assert "Something broke" not in reply.text
    assert not [word for word in UNHEALTHY if word in reply.text]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 900_000,
        "trade share " * 70_000,
        "<@U1> " * 150_000,
        "<" * 900_000,
        "<https://x|" * 80_000,
        "\u0301" * 200_000,
    ],
    ids=["a", "words", "mentions", "brackets", "links", "accents"],
)  # fmt: skip
def test_a_megabyte_of_anything_is_acknowledged_at_once(world: World, text: str) -> None:
    body = event_body(dm_event(text))
    if len(body) > BODY_LIMIT:  # not ASCII: JSON writes it longer
        body = event_body(dm_event(text[: len(text) * BODY_LIMIT // len(body) - 1000]))
    before = len(world.slack.posts())
    assert world.post(json.loads(body), True, JSON) == 200
    (reply,) = world.slack.posts()[before:]
    assert reply.text == ENGLISH("too_long") or reply.text.startswith("Ask about")


def test_a_text_of_the_greatest_length_in_every_field(world: World) -> None:
    """Every listener finishes in time."""
    for payload, wrapped, kind in world.requests:
        big = copy.deepcopy(payload)
        for node, key in list(places(big)):
            if isinstance(node[key], str) and key in ("text", "value", "query", "url"):
                node[key] = ("Trade fell by 5% in 2019. " * 2_000)[:40_000]
        assert world.post(big, wrapped, kind) in (200, 400, 413)
