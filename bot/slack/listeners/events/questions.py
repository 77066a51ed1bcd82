"""Questions in mentions and direct messages, each answered once; an edit that changes a question is answered again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.core.search import SearchEngine
from bot.db.idempotency import Deduplicator
from bot.slack.answering import answer
from bot.slack.links import source_of, unfurl_domains
from bot.slack.mrkdwn import clean, has_words, links_in
from bot.slack.responses import post

# The other subtypes are joins, bots, deletions …
HUMAN_SUBTYPES = frozenset({None, "file_share", "me_message", "thread_broadcast"})
SLACKBOT = "USLACKBOT"
_UNFORMATTED = str.maketrans("", "", "*_~`")


def handle_mention(
    event: dict[str, Any],
    body: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    deduplicator: Deduplicator,
) -> None:
    """A mention, also one that an edit added or changed, or that a workflow posted outside a thread."""
    if not (is_from_person(event) or is_from_workflow(event)) or not is_new(event, body, deduplicator):
        return
    thread = event.get("thread_ts") or event["ts"]
    conversation = f"{context.team_id}:{event['channel']}:{thread}"
    typed, begins = event.get("text") or "", not event.get("thread_ts")
    message = answer("mention", typed, context, conversation=conversation, begins=begins)
    post(client, event["channel"], message, thread)


def handle_message(
    event: dict[str, Any],
    body: dict[str, Any],
    context: BoltContext,
    client: WebClient,
    deduplicator: Deduplicator,
    engine: SearchEngine,
) -> None:
    """A direct message, or an edit of one that changes the question."""
    channel = event.get("channel")
    if event.get("channel_type") != "im":
        return
    if event.get("subtype") == "message_changed":
        message, before = event.get("message") or {}, event.get("previous_message") or {}
        if "edited" not in message or _words(message) == _words(before):
            return
        event = {**message, "channel": channel}
    if not is_from_person(event) or not is_new(event, body, deduplicator):
        return
    typed = event.get("text") or ""
    if _unfurls(typed, engine):
        return
    thread = event.get("thread_ts")
    conversation = f"{context.team_id}:{channel}:{thread or ''}"
    post(client, str(channel), answer("direct message", typed, context, conversation=conversation), thread)


def is_from_person(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this: not a bot (two bots could talk for ever) and not a notice of Slack's."""
    return bool(
        all(isinstance(event.get(name), str) and event[name] for name in ("user", "channel", "ts"))
        and event["user"] != SLACKBOT
        and not event.get("bot_id")
        and not event.get("bot_profile")
        and not event.get("hidden")
        and event.get("subtype") in HUMAN_SUBTYPES
    )


def is_from_workflow(event: Mapping[str, Any]) -> bool:
    """Whether a workflow posted this outside a thread: an answer in the thread can't start the workflow again."""
    profile = event.get("bot_profile")
    marked = isinstance(profile, Mapping) and profile.get("is_workflow_bot") is True
    return bool(
        marked
        and all(isinstance(event.get(name), str) for name in ("channel", "ts"))
        and not event.get("thread_ts")
    )


def is_new(event: Mapping[str, Any], body: Mapping[str, Any], deduplicator: Deduplicator) -> bool:
    """Whether neither the event nor this text of the message has been seen (a mention may arrive as a message too)."""
    team, event_id = body.get("team_id"), body.get("event_id")
    message = f"message:{team}:{event.get('channel')}:{event.get('ts')}"
    keys = [f"event:{team}:{event_id}"] if event_id else []
    keys += [] if event.get("edited") else [message]
    return deduplicator.acquire(*keys, f"{message}:{_words(event)}")


def _words(message: Mapping[str, Any]) -> str:
    """What a message asks, without formatting."""
    return clean(str(message.get("text") or "")).translate(_UNFORMATTED)


def _unfurls(typed: str, engine: SearchEngine) -> bool:
    """Whether a message is only a link to one of the articles, which Slack unfurls as its card."""
    links = links_in(typed)
    domains = unfurl_domains(engine.base)
    known = [source_of(link, engine.base) for link in links]
    return (
        bool(links)
        and all(source and _host(source.url) in domains for source in known)
        and not has_words(clean(typed))
    )


def _host(url: str | None) -> str:
    return (url or "").partition("://")[2].partition("/")[0]
