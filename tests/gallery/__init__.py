"""A snapshot of each kind of message and view that the bot sends, drawn from fixed facts.

`tests/gallery/*.json` holds the payloads.  `python -m tests.gallery` writes them again after an intended
change; `tests/slack/test_gallery.py` compares them and checks the limits.

To add one, add a line to `PICTURES`.  Nothing here searches or reads a clock: a picture changes only when its drawing does.
"""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from bot.core.facts.base import FactBase
from bot.core.facts.issues import Place, Problem
from bot.core.facts.loader import load_fact_base
from bot.core.facts.models import Fact
from bot.core.feedback.message_check import Claim, MessageCheck, RelatedFact
from bot.core.pages.pages import Page, Status, open_page, page_of_words
from bot.core.pages.routes import Address
from bot.core.present.links import Repository
from bot.core.present.replies import overview_of
from bot.core.present.strings import ENGLISH as text
from bot.core.present.strings import Strings, strings
from bot.core.search.autocomplete import Groups
from bot.core.search.results import Choices, Hit, NoAnswer
from bot.playground.block_validation import message_problems, options_problems, view_problems
from bot.slack.blocks import card as cards
from bot.slack.blocks import home, message_check, modals, pages
from bot.slack.blocks.elements import Message, notice, without_tables

FOLDER = Path(__file__).parent
BASE = FOLDER / "base"

Payload: TypeAlias = dict[str, Any]

VERSION = "0123456789ab"  # of the facts; their own would change with the format of the files
DAY = datetime.date(2026, 1, 1)
REPOSITORY = Repository("https://code.example/owner/facts")
STATUS = Status("1.0.0", datetime.datetime(2026, 1, 1, 9, 30, tzinfo=datetime.UTC), REPOSITORY.url)
ARTICLE = "riac-2019"
SHARE, PLANT, EVENT, PERSON, POSITION = (
    "russia-share-of-foreign-trade-2018",
    "nuclear-plant-loan-2015",
    "supreme-state-council-2021-11-04",
    "douglas-lute",
    "lute-on-airbase",
)


@cache
def base() -> FactBase:
    return replace(load_fact_base(BASE / "facts", BASE / "seeds"), version=VERSION)


def fact(fact_id: str) -> Fact:
    return base().by_id[fact_id]


def card(fact_id: str, **options: Any) -> Message:
    return cards.build_card(fact(fact_id), base(), repository=REPOSITORY, **options)


def page(address: str, status: Status = STATUS) -> Page:
    parsed = Address.parse(address)
    assert parsed, address
    opened = open_page(parsed, base(), status)
    assert opened, address
    return replace(opened, fact=fact(SHARE)) if opened.fact else opened


def browsing(address: str, status: Status = STATUS) -> Message:
    return pages.build_page(page(address, status), base(), share=True, repository=REPOSITORY)


def no_such_topic() -> Message:
    found = page_of_words("topic wombats", base())
    assert found
    return pages.build_page(found, base())


def choices(*fact_ids: str, unknown: tuple[str, ...] = (), language: str = "en") -> Message:
    hits = tuple(Hit(fact(i), 0.5) for i in fact_ids)
    return cards.build_choices(Choices("a question", hits, unknown, ()), strings(language))


def none(*unknown: str, language: str = "en") -> Message:
    topics = tuple(base().topics.values())[:3]
    return cards.build_none(NoAnswer("a question", (), unknown, topics), strings(language))


def checked() -> MessageCheck:
    sentence = "Russia took almost 60% of Belarus's trade in 2018."
    facts = (
        RelatedFact(fact(SHARE), ("49.5%", "2018"), False),
        RelatedFact(fact("trade-with-russia-2018"), ("$35.4 billion",)),
    )
    other = Claim("And the airbase changes everything.", (), (RelatedFact(fact(POSITION), ()),))
    return MessageCheck((Claim(sentence, ("60%", "2018"), facts), other), 2, 4, False)


def closest() -> Choices:
    return Choices("why is the plant dear", (Hit(fact(PLANT), 0.5, (), ("dear",)),), form="closest")


def overview(topic: str = "", actor: str = "", text: Strings = text) -> Message:
    topics = (base().topics[topic],) if topic else ()
    found = topics[0].facts if topics else (fact(actor), *base().topics[fact(actor).topic].facts)
    hits = tuple(Hit(each, 0.5) for each in found)
    outcome = Choices(topic or actor, hits, (), topics, form="overview")
    return cards.build_overview(overview_of(outcome, base(), text), base(), text)


def comparison(*more: Fact, question: str = "") -> Message:
    return cards.build_comparison([fact(SHARE), *more], base(), question=question)


def partners() -> list[Fact]:
    return [each for each in base().topics["trade"].facts if each.kind == "figure" and each.id != SHARE][:2]


def bad_edit() -> Status:
    place = Place("facts/trade.yaml", 12)
    problem = Problem(place, f"{SHARE}.as_of", "“soon”", "a date such as 2015 or 2015-12")
    return replace(STATUS, problems=(problem,))


def without_newer_blocks(message: Message) -> Message:
    return Message(message.text, tuple(without_tables(message.blocks) or ()))


def typed_groups() -> Groups:
    topics = base().topics
    return (
        (topics["trade"], (fact(SHARE), fact("trade-with-russia-2018"))),
        (topics["energy"], (fact(PLANT),)),
    )


# Each picture: a message, a view, the answer to a type-ahead, or the unfurl of a link.
PICTURES: Mapping[str, Callable[[], Message | Payload]] = {
    # Cards and answers
    "card-figure": lambda: card(SHARE, share=True),
    "card-figure-public": lambda: card(PLANT),
    "card-figure-shared": lambda: card(SHARE, shared_by="U1ANNA", question="trade share"),
    "card-who": lambda: card(PLANT, share=True, question="who financed the nuclear plant?"),
    "card-organisation": lambda: card("rosatom", share=True),
    "card-of-several-articles": lambda: card("supreme-state-council", share=True),
    "card-russian": lambda: card(SHARE, share=True, text=strings("ru"), question="доля торговли"),
    "card-belarusian": lambda: card(SHARE, share=True, text=strings("be")),
    "closest": lambda: cards.build_answer(closest(), base(), repository=REPOSITORY),
    "overview-topic": lambda: overview("trade"),
    "overview-organisation": lambda: overview(actor="belarusian-nuclear-plant"),
    "overview-russian": lambda: overview("trade", text=strings("ru")),
    "comparison-things": lambda: comparison(*partners(), question="trade"),
    "comparison-time": lambda: comparison(*base().series_of(fact(SHARE)), question="trade share over time"),
    "comparison-without-new-blocks": lambda: without_newer_blocks(comparison(*base().series_of(fact(SHARE)))),
    "card-date": lambda: card(EVENT, share=True),
    "card-actor": lambda: card(PERSON, share=True),
    "card-position": lambda: card(POSITION, share=True),
    "card-with-unknown-words": lambda: card(SHARE, share=True, unknown=("wombats",)),
    "choices": lambda: choices(SHARE, "trade-with-russia-2018", EVENT, PERSON, POSITION),
    "choices-with-unknown-words": lambda: choices(SHARE, PLANT, unknown=("kazakhstan",)),
    "more-like-this": lambda: cards.build_related(fact(SHARE), base()),
    "choices-russian": lambda: choices(SHARE, PLANT, language="ru"),
    "none": lambda: none("kazakhstan"),
    "none-russian": lambda: none("казахстан", language="ru"),
    "help": lambda: cards.build_help(base()),
    "help-russian": lambda: cards.build_help(base(), strings("ru")),
    "thanks-not-helpful": lambda: cards.build_thanks_down(fact(SHARE)),
    "notice-error": lambda: notice(text("broke", reference="0a1b2c3d")),
    # Pages
    "page-topics": lambda: browsing("topics::1"),
    "page-topics-no-such": lambda: no_such_topic(),
    "page-topic": lambda: browsing("topic:trade:1"),
    "page-topic-second": lambda: browsing("topic:trade:2"),
    "page-sources": lambda: browsing("sources::1"),
    "page-source": lambda: browsing(f"source:{ARTICLE}:1"),
    "page-source-without-address": lambda: browsing("source:valdai-2025:1"),
    "page-actors": lambda: browsing("actors::1"),
    "page-timeline": lambda: browsing("timeline::1"),
    "page-timeline-years": lambda: browsing("timeline:2015-2019:1"),
    "page-timeline-empty": lambda: browsing("timeline:2090:1"),
    "page-random": lambda: browsing("random::1"),
    "page-about": lambda: browsing("about::1"),
    "page-about-bad-edit": lambda: browsing("about::1", bad_edit()),
    # Home
    "home": lambda: home.build_home(base()),
    "home-answer": lambda: home.build_home(base(), card(SHARE), "trade share"),
    "home-choices": lambda: home.build_home(base(), choices(SHARE, PLANT), "share"),
    "home-card-of-choices": lambda: home.build_home(base(), card(SHARE), "share", back=True),
    "home-page": lambda: home.build_home(base(), browsing("topic:trade:1")),
    "home-none": lambda: home.build_home(base(), none("kazakhstan"), "kazakhstan"),
    "home-error": lambda: home.build_home_notice(text("broke", reference="0a1b2c3d")),
    # Modals
    "modal-source": lambda: modals.build_source_modal(fact("supreme-state-council"), base(), DAY),
    "modal-cite": lambda: modals.build_cite_modal(fact(SHARE), base(), DAY),
    "modal-report": lambda: modals.build_report_modal(fact(SHARE), base()),
    "modal-reported": lambda: modals.build_notice_modal(
        text("report_title"),
        text("report_kept", number=3),
        REPOSITORY.new_issue(
            fact(SHARE), base().places[SHARE], VERSION, "outdated", "The figure is of 2018."
        ),
    ),
    "modal-find": lambda: modals.build_find_modal(),
    "modal-find-preview": lambda: modals.build_find_modal(fact(SHARE), base()),
    "options-find": lambda: modals.build_options(typed_groups()),
    # Around messages
    "check-message": lambda: message_check.build_check(checked(), base())[0],
    "check-message-untouched": lambda: message_check.build_check(MessageCheck((), 0, 3, False), base())[0],
    "report-to-maintainers": lambda: modals.build_report(
        fact(SHARE), VERSION, 3, "outdated", "The figure is of 2018.", REPOSITORY.line(base().places[SHARE])
    ),
    "unfurl": lambda: {"blocks": pages.build_article(base().sources[ARTICLE], base())},
}


@dataclass(frozen=True)
class Picture:
    """What Slack would be sent, and where it would appear: message, modal, home, options or unfurl."""

    name: str
    payload: Payload

    @property
    def surface(self) -> str:
        if "type" in self.payload:
            return str(self.payload["type"])
        if "option_groups" in self.payload:
            return "options"
        return "message" if "text" in self.payload else "unfurl"

    @property
    def blocks(self) -> list[Payload]:
        return list(self.payload.get("blocks", ()))

    @property
    def json(self) -> str:
        return json.dumps(self.payload, ensure_ascii=False, indent=1) + "\n"

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.json"

    def problems(self) -> list[str]:
        """What Slack would not take."""
        if self.surface == "options":
            return options_problems(self.payload)
        if self.surface == "message":
            return message_problems(self.payload)
        if self.surface == "unfurl":
            return message_problems({"text": "Unfurls have no text.", **self.payload})
        return view_problems(self.payload)

    def pressed(self) -> set[str]:
        """The action ids of what sends an action when it is used, and those of type-aheads."""
        elements: list[Payload] = []
        for block in self.blocks:
            elements += block.get("elements", ()) if block["type"] in ("actions", "context_actions") else ()
            elements += [block["accessory"]] if "accessory" in block else []
            if block["type"] == "input" and block.get("dispatch_action"):
                elements.append(block["element"])
        return {element["action_id"] for element in elements}


def pictures() -> list[Picture]:
    """All of them, drawn now."""
    return [Picture(name, _payload(draw())) for name, draw in PICTURES.items()]


def _payload(drawn: Message | Payload) -> Payload:
    return drawn.payload() if isinstance(drawn, Message) else drawn
