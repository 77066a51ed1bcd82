"""*Find a fact*, its shortcut and its type-ahead; and *Report a problem*, which leaves out the person's name."""

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import Any

from slack_bolt import Ack, App, Args
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.core.facts.models import Fact
from bot.core.present.strings import ENGLISH as text
from bot.core.search import SearchEngine
from bot.core.search.autocomplete import Autocompleter
from bot.db.engine import DatabaseUnavailable
from bot.slack.blocks import modals
from bot.slack.blocks.card import build_card
from bot.slack.blocks.elements import Message, notice, read_value
from bot.slack.mrkdwn import clean, visible
from bot.slack.responses import HASH_CONFLICT, post, respond

log = logging.getLogger(__name__)

FIND_SHORTCUT = "find_fact"
TYPED_LENGTH = 150  # characters that are looked up; no entry has a longer title
# How long the acknowledgement, for which Slack waits 3 seconds, waits for the outcome of a report.
OUTCOME_SECONDS = 1.5


def register(app: App) -> None:
    app.global_shortcut(FIND_SHORTCUT)(handle_find)
    app.options(modals.FIND_FACT)(handle_typing)
    app.action(modals.FIND_FACT)(handle_fact_chosen)
    app.view(modals.FIND_MODAL)(handle_post)
    app.view(modals.REPORT_MODAL)(handle_report)


def handle_find(ack: Ack, shortcut: dict[str, str], client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=shortcut["trigger_id"], view=modals.build_find_modal())


def handle_typing(ack: Ack, body: dict[str, Any], engine: SearchEngine) -> None:
    """The options of the type-ahead: a request for each key, answered from memory."""
    typed = clean(str(body.get("value") or ""))[:TYPED_LENGTH]
    ack(**modals.build_options(_autocompleter(engine).suggest(typed)))


@lru_cache(maxsize=1)
def _autocompleter(engine: SearchEngine) -> Autocompleter:
    return Autocompleter(engine.base, engine.ask)


def handle_fact_chosen(args: Args) -> None:
    """The card of the chosen fact appears in the modal."""
    args.ack()
    base, view = args.context["engine"].base, args.body["view"]
    fact = base.get(read_value(args.payload["selected_option"]["value"])[0])
    gone = modals.build_notice_modal(text("find_title"), text("fact_gone"))
    shown = modals.build_find_modal(fact, base) if fact else gone
    try:
        args.client.views_update(view_id=view["id"], hash=view["hash"], view=shown)
    except SlackApiError as error:
        if error.response.get("error") != HASH_CONFLICT:  # a later choice has been drawn already
            raise


def handle_post(args: Args) -> None:
    """The card is posted to the chosen conversation."""
    base, context, client = args.context["engine"].base, args.context, args.client
    fact = base.get(read_value(_input(args.payload, modals.FIND_FACT)["selected_option"]["value"])[0])
    if fact is None:
        args.ack(response_action="errors", errors={modals.FIND_FACT: text("fact_gone")})
        return
    args.ack()
    channel = _input(args.payload, modals.FIND_WHERE)["selected_conversation"]
    card = build_card(fact, base, repository=context["repository"], shared_by=context.user_id)
    log.info("posted fact=%s channel=%s", fact.id, channel)
    try:
        # The conversation's response_url works where the bot isn't a member.
        if urls := args.body.get("response_urls"):
            respond(urls[0]["response_url"], client, card, public=True)
        else:
            post(client, channel, card)
    except Exception as error:
        log.warning("fact not posted fact=%s channel=%s: %s", fact.id, channel, error)
        # The modal is closed: only a direct message reaches the person.
        post(client, str(context.user_id), notice(text("not_posted", title=fact.title)))


def handle_report(args: Args) -> None:
    """The outcome goes with the acknowledgement: an update of the view could arrive before that, and be lost."""
    context, view, ack = args.context, args.payload, args.ack
    base, repository = context["engine"].base, context["repository"]
    fact_id, seen = read_value(view["private_metadata"], 2)
    fact = base.get(fact_id)
    if fact is None:
        gone = modals.build_notice_modal(text("report_title"), text("report_gone"))
        ack(response_action="update", view=gone)
        return
    if not context["deduplicator"].acquire(f"report:{context.team_id}:{view['id']}"):
        ack()
        return
    reason = _input(view, modals.REASON)["selected_option"]["value"]
    remark = visible(str(_input(view, modals.REMARK).get("value") or ""))[: modals.REMARK_LENGTH]
    issue = repository and repository.new_issue(fact, base.places[fact.id], seen, reason, remark)
    with ThreadPoolExecutor(1, thread_name_prefix="report") as worker:
        passing = worker.submit(_pass_on, args, fact, seen, reason, remark)
        in_time = wait([passing], OUTCOME_SECONDS).done
        outcome = passing.result() if in_time else text("report_slow")
        shown = modals.build_notice_modal(text("report_title"), outcome, issue)
        ack(response_action="update", view=shown)
        if not in_time:
            late = modals.build_report_outcome(fact, passing.result(), issue)
            post(args.client, str(context.user_id), late)


def _pass_on(args: Args, fact: Fact, seen: str, reason: str, remark: str) -> str:
    """Keep a report and post it to the maintainers; the outcome in words."""
    context, repository = args.context, args.context["repository"]
    if not context["caps"].allows("report", context.team_id, context.user_id):
        log.warning("report not kept, too many today team=%s user=%s", context.team_id, context.user_id)
        return text("report_limit")
    number = context["inbox"].report(fact.id, seen, reason, remark)
    line = repository and repository.line(context["engine"].base.places[fact.id])
    posted = _post_to_maintainers(args, modals.build_report(fact, seen, number, reason, remark, line))
    log.info("reported fact=%s reason=%s number=%s posted=%s", fact.id, reason, number or "-", posted)
    if number is not None:
        return text("report_kept", number=number)
    return text("report_posted" if posted else "report_issue" if repository else "report_nowhere")


def _post_to_maintainers(args: Args, message: Message) -> bool:
    """Whether the maintainers' channel has the report; the log says why not."""
    channel, client = args.context["maintainers_channel"], args.context["maintainers_client"]
    if not channel:
        return False
    try:
        if sender := client() if client else args.client:
            post(sender, channel, message)
            return True
        log.warning("report not posted channel=%s: not installed in its workspace", channel)
    except (SlackApiError, OSError, DatabaseUnavailable) as error:
        log.warning("report not posted channel=%s: %s", channel, error)
    return False


def _input(view: dict[str, Any], name: str) -> dict[str, Any]:
    """The state of the input whose block and element have this id."""
    found: dict[str, Any] = view["state"]["values"].get(name, {}).get(name, {})
    return found
