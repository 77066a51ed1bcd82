"""*Find a fact*, the global shortcut: a modal with type-ahead, a preview, and a conversation to post to.

Belongs here: the modal, the answers while somebody types, posting.  Does not belong here: which facts fit
what is typed (`bot.core.search`), what a card looks like (`blocks`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.model import DatedEvent, Fact, FactBase
from bot.core.present.card import stands_for
from bot.core.present.phrases import capitalised
from bot.core.search.autocomplete import FactGroup
from bot.slack import modals, wording
from bot.slack.blocks import Message, build_card, build_notice, button_value, read_button_value
from bot.slack.markup import clean, shorten
from bot.slack.modals import input_block, modal, state_of
from bot.slack.parts import OPTION_LENGTH, Block, option
from bot.slack.replies import ResponseUrl, post
from bot.slack.surroundings import Surroundings

log = logging.getLogger(__name__)

FIND_SHORTCUT, FIND_MODAL = "find_fact", "find_fact_modal"
FIND_FACT, FIND_WHERE = "find_fact_choice", "find_fact_where"  # each the id of a block and of its element
YEAR_LENGTH = 30  # of an option's second line, kept for when it held


def build_find_modal(fact: Fact | None = None, base: FactBase | None = None) -> Block:
    """The modal; once a fact is chosen, with its card as it will be posted."""
    search: Block = {
        "type": "external_select",
        "action_id": FIND_FACT,
        "min_query_length": 1,
        "placeholder": {"type": "plain_text", "text": wording.FIND_PLACEHOLDER, "emoji": False},
    }
    blocks = [input_block(FIND_FACT, wording.FIND_LABEL, search, hint=wording.FIND_HINT, dispatch=True)]
    if fact and base:
        # Without the buttons: a modal has no answer to them.
        blocks += [b for b in build_card(fact, base).blocks if b["type"] != "actions"]
    where: Block = {
        "type": "conversations_select",
        "action_id": FIND_WHERE,
        "default_to_current_conversation": True,
        "response_url_enabled": True,
        "filter": {"include": ["public", "private", "mpim", "im"], "exclude_bot_users": True},
    }
    blocks.append(input_block(FIND_WHERE, wording.FIND_WHERE, where))
    return modal(FIND_MODAL, wording.FIND_TITLE, blocks, submit=wording.POST)


def build_options(groups: Sequence[FactGroup]) -> dict[str, Any]:
    """The answer to a type-ahead: facts by topic."""
    if not groups:
        return {"options": []}
    return {
        "option_groups": [
            {
                "label": {
                    "type": "plain_text",
                    "text": shorten(group.topic.title, OPTION_LENGTH),
                    "emoji": False,
                },
                "options": [
                    option(fact.title, button_value(fact), about=_about(fact)) for fact in group.facts
                ],
            }
            for group in groups
        ]
    }


def _about(fact: Fact) -> str:
    """What tells a title from others like it, and an opinion from a fact: the value or whose it is, and the time."""
    when = shorten(str(fact.when), YEAR_LENGTH)
    if isinstance(fact, DatedEvent):
        return capitalised(when)
    return f"{shorten(capitalised(stands_for(fact)), OPTION_LENGTH - len(when) - 2)}, {when}"


class Find:
    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings

    def handle_shortcut(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=str(body["trigger_id"]), view=build_find_modal())

    def handle_typing(self, ack: Ack, body: dict[str, Any]) -> None:
        """Each key brings a request: answered from memory."""
        typed = clean(str(body.get("value") or ""))
        ack(**build_options(self._surroundings.suggester().suggest(typed)))

    def handle_choice(
        self, ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient
    ) -> None:
        ack()
        base = self._surroundings.finder().base
        fact, view = _chosen(action, base), body.get("view") or {}
        if fact is None:
            shown = modals.notice(wording.FIND_TITLE, wording.FACT_GONE)
        else:
            shown = build_find_modal(fact, base)
        log.info("previewed fact=%s", fact.id if fact else "none")
        try:
            client.views_update(view_id=str(view.get("id")), hash=str(view.get("hash") or ""), view=shown)
        except SlackApiError as error:
            if error.response.get("error") != "hash_conflict":  # a later choice has been drawn already
                raise

    def handle_post(
        self, ack: Ack, body: dict[str, Any], view: dict[str, Any], context: BoltContext, client: WebClient
    ) -> None:
        base = self._surroundings.finder().base
        fact = _chosen(state_of(view, FIND_FACT, FIND_FACT), base)
        if fact is None:
            ack(response_action="errors", errors={FIND_FACT: wording.FACT_GONE})
            return
        ack()
        channel = str(state_of(view, FIND_WHERE, FIND_WHERE).get("selected_conversation") or "")
        card = build_card(
            fact, base, thumbs=True, repository=self._surroundings.repository, shared_by=context.user_id
        )
        log.info("posted fact=%s channel=%s", fact.id, channel)
        try:
            self._post(body, channel, card, client)
        except Exception as error:
            log.warning("fact not posted fact=%s channel=%s: %s", fact.id, channel, error)
            # The modal is closed, and nothing else of the person's is open: a direct message reaches them.
            post(client, str(context.user_id), build_notice(wording.not_posted(fact.title)))

    @staticmethod
    def _post(body: dict[str, Any], channel: str, card: Message, client: WebClient) -> None:
        """By the conversation's response_url, which works where the bot is no member."""
        urls = body.get("response_urls") or []
        if urls and urls[0].get("response_url"):
            ResponseUrl(str(urls[0]["response_url"]), client).public(card)
        else:
            post(client, channel, card)


def _chosen(element: dict[str, Any], base: FactBase) -> Fact | None:
    value = str((element.get("selected_option") or {}).get("value") or "")
    fact_id = read_button_value(value)
    return base.get(fact_id) if fact_id else None
