"""A Bolt app that looks nothing up, for comparison: it answers one sentence, or with EMPTY set nothing."""

import os
from typing import Any

from slack_bolt import Ack, App, Respond, Say
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

ANSWER = "49.5% of Belarus's foreign trade in 2018."
EMPTY = bool(os.environ.get("EMPTY"))

app = App(
    client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
)


@app.command("/unionstate")
@app.action("show_fact")
def respond_to_request(ack: Ack, respond: Respond) -> None:
    ack()
    if not EMPTY:
        respond(ANSWER)


@app.event("app_mention")
def reply(event: dict[str, Any], say: Say) -> None:
    if not EMPTY:
        say(text=ANSWER, thread_ts=event["ts"])


web = SlackRequestHandler(app, path="/slack/events")
