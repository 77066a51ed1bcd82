"""Mentions and direct messages, each answered once unless an edit changes it; visits to Home; links to articles."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_bolt import App, Args

from bot.core.facts.base import FactBase
from bot.slack.answering import Asked, answer
from bot.slack.blocks.home import build_home, is_current
from bot.slack.blocks.pages import build_article
from bot.slack.links import source_of, unfurl_domains
from bot.slack.mrkdwn import clean, has_words, links_in
from bot.slack.responses import post, publish

# The other subtypes are joins, bots, deletions …
HUMAN_SUBTYPES = (None, "file_share", "me_message", "thread_broadcast")
SLACKBOT = "USLACKBOT"
_UNFORMATTED = str.maketrans("", "", "*_~`")


def register(app: App) -> None:
    app.event("app_mention")(handle_mention)
    app.event("message")(handle_message)
    app.event("app_home_opened")(handle_home_opened)
    app.event("link_shared")(handle_links)


def handle_mention(args: Args) -> None:
    """A mention, also one that an edit added or changed, or that a workflow posted outside a thread."""
    event = args.payload
    if _is_from_person(event) or _is_from_workflow(event):
        _answer("mention", event, event.get("thread_ts") or event["ts"], args)


def handle_message(args: Args) -> None:
    """A direct message, or an edit of one that changes the question."""
    event = args.payload
    if event.get("channel_type") != "im":
        return
    if event.get("subtype") == "message_changed":
        message, before = event["message"], event.get("previous_message") or {}
        if "edited" not in message or _words(message) == _words(before):
            return
        event = {**message, "channel": event["channel"]}
    if _is_from_person(event) and not _unfurls(event.get("text") or "", args.context["engine"].base):
        _answer("direct message", event, event.get("thread_ts"), args)


def _answer(surface: str, event: Mapping[str, Any], thread: str | None, args: Args) -> None:
    """Answer a question in its thread, if it has one; once, though a mention may arrive as a message too."""
    team, channel = args.context.team_id, event["channel"]
    if args.context["deduplicator"].acquire(f"message:{team}:{channel}:{event['ts']}:{_words(event)}"):
        conversation = f"{team}:{channel}:{thread or ''}"
        asked = Asked(surface, event.get("text") or "", conversation=conversation,
                      begins=thread == event["ts"])  # fmt: skip
        post(args.client, channel, answer(asked, args.context), thread)


def _is_from_person(event: Mapping[str, Any]) -> bool:
    """Whether a person wrote this: not a bot (two bots could talk for ever) and not a notice of Slack's."""
    by_machine = any(event.get(name) for name in ("bot_id", "bot_profile", "hidden"))
    human = event.get("user") not in (None, SLACKBOT) and event.get("subtype") in HUMAN_SUBTYPES
    return human and not by_machine


def _is_from_workflow(event: Mapping[str, Any]) -> bool:
    """Whether a workflow posted this outside a thread: an answer in the thread can't start the workflow again."""
    profile = event.get("bot_profile") or {}
    return profile.get("is_workflow_bot") is True and not event.get("thread_ts")


def _words(message: Mapping[str, Any]) -> str:
    """What a message asks, without formatting."""
    return clean(str(message.get("text") or "")).translate(_UNFORMATTED)


def _unfurls(typed: str, base: FactBase) -> bool:
    """Whether a message is only a link to one of the articles, which Slack unfurls as its card."""
    if not (links := links_in(typed)) or has_words(clean(typed)):
        return False
    domains, known = unfurl_domains(base), [source_of(link, base) for link in links]
    return all(source and urlsplit(source.url or "").hostname in domains for source in known)


def handle_home_opened(args: Args) -> None:
    """Publish Home for a person who has none, or one of other facts or of an older version."""
    event, base = args.payload, args.context["engine"].base
    view = event.get("view") or {}
    if event.get("tab") == "home" and not is_current(view, base):
        # If another has been published meanwhile, that is newer and stays.
        publish(args.client, event["user"], build_home(base), view.get("hash"))


def handle_links(args: Args) -> None:
    """Links to the source articles: each is unfurled as the article's card, other links are left alone."""
    event, base, found = args.payload, args.context["engine"].base, dict[str, str]()
    for link in event["links"]:
        if source := source_of(link["url"], base):
            found.setdefault(source.id, link["url"])  # exactly as Slack wrote it
    unfurls = {url: {"blocks": build_article(base.sources[i], base)} for i, url in found.items()}
    # To Slack, a link being typed and the same link posted are two unfurls.
    if event.get("source") == "composer":
        where = {"unfurl_id": event["unfurl_id"], "source": "composer"}
    else:
        where = {"channel": event["channel"], "ts": event["message_ts"]}
    key = f"unfurl:{args.context.team_id}:{':'.join(where.values())}"
    if unfurls and args.context["deduplicator"].acquire(key):
        args.client.chat_unfurl(**where, unfurls=unfurls)
