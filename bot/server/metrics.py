"""Prometheus metrics: counts and times of what happened, without words and without ids of people.

Several processes share their counts through the files of PROMETHEUS_MULTIPROC_DIR, which must be set before this import.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from slack_sdk.errors import SlackApiError
from slack_sdk.web import WebClient
from slack_sdk.webhook import WebhookClient

from bot.server.log import error_code, named_arguments

QUESTIONS = Counter("unionstate_questions", "Questions by surface and outcome", ["surface", "outcome"])
ANSWER_SECONDS = Histogram(
    "unionstate_answer_seconds",
    "From a question to its answer, without sending it",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 3),
)
SLACK_CALLS = Counter("unionstate_slack_calls", "Calls to Slack by method and outcome", ["method", "outcome"])
ERRORS = Counter("unionstate_errors", "Log lines of level ERROR by code", ["code"])
INBOX_WAITING = Gauge("unionstate_inbox_waiting", "Inbox entries to be written", multiprocess_mode="livesum")
IN_WORK = Gauge("unionstate_requests_in_work", "Requests being handled", multiprocess_mode="livesum")
FACTS = Gauge("unionstate_facts", "Facts by version", ["version"], multiprocess_mode="livemostrecent")
FACTS_LIVE = Gauge("unionstate_facts_live", "1 if the last edit is live", multiprocess_mode="livemin")
DATABASE_UP = Gauge("unionstate_database_up", "1 if the database worked", multiprocess_mode="livemin")


class LogMetrics(logging.Handler):
    """Counts questions and errors when they are logged."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = named_arguments(record)
        if "outcome" in fields and "by" in fields:
            QUESTIONS.labels(fields["by"], fields["outcome"]).inc()
            ANSWER_SECONDS.observe(float(fields.get("ms") or 0) / 1000)
        if record.levelno >= logging.ERROR:
            ERRORS.labels(error_code(record)).inc()


def install() -> None:
    """Count what is logged, and each call to Slack."""
    logging.getLogger().addHandler(LogMetrics())
    WebClient.api_call = _counted(WebClient.api_call)  # type: ignore[method-assign]
    WebhookClient.send_dict = _counted(WebhookClient.send_dict, "response_url")  # type: ignore[method-assign]


def render() -> bytes:
    """The metrics of all processes, in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _counted(call: Callable[..., Any], method: str | None = None) -> Callable[..., Any]:
    def counted(self: Any, first: Any, *args: Any, **kwargs: Any) -> Any:
        outcome = "unreachable"
        try:
            answer = call(self, first, *args, **kwargs)
            status = getattr(answer, "status_code", 200)
            outcome = "ok" if status == 200 else str(status)
            return answer
        except SlackApiError as error:
            outcome = str(error.response.get("error") or "error")
            raise
        finally:
            SLACK_CALLS.labels(method or str(first), outcome).inc()

    return counted
