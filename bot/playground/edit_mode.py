"""Facts that are edited while the playground runs: their state, the files, and the questions they do not answer."""

from __future__ import annotations

import contextlib
import html
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.core.facts.base import question_place
from bot.core.facts.issues import Problem
from bot.core.facts.lint import check_base
from bot.core.facts.loader import fact_folders
from bot.core.feedback.inbox import Inbox, NullInbox
from bot.core.search import Answer
from bot.playground.workspace import Json, SlackError, Workspace
from bot.server.reload import FactsReloader

QUESTIONS_KEPT = 20

_FILE_PAGE = """<!doctype html><html lang="en"><title>{path}</title><link rel="stylesheet" href="/static/style.css">
<main class="file"><p>Edit and save <code>{path}</code>. The playground reloads it at once.</p><ol>{lines}</ol></main></html>"""


class EditMode(NullInbox):
    """What the bar above the messages shows, and the inbox of this session; the page hides it without `watch`."""

    def __init__(
        self, live: FactsReloader, workspace: Workspace, facts: Path | None, watch: bool, inbox: Inbox
    ) -> None:
        self._inbox = inbox  # in which the questions are kept, too; `unionstate inbox` shows it
        self._questions: list[Json] = []  # without an answer, newest first
        self._live, self._workspace, self._facts, self._watch = live, workspace, facts, watch
        self._version, self._live_since = live.engine().base.version, time.strftime("%H:%M:%S")
        self._warnings: Sequence[Problem] = ()

    def state(self) -> Json:
        return {
            "watch": self._watch,
            "count": len(self._live.engine().base.facts),
            "live_since": self._live_since,
            "problems": [_as_json(problem) for problem in self._live.problems],
            "warnings": [_as_json(warning) for warning in self._warnings],
            "unanswered": [
                {**entry, "nearest": self._with_place(entry["nearest"])} for entry in self._questions
            ],
        }

    def _with_place(self, fact_id: str | None) -> str | None:
        """The id of a fact, and the line at which a question that it should answer is added."""
        place = question_place(self._live.engine().base, fact_id)
        return f"{fact_id} ({place})" if place else fact_id

    def reloaded(self, repeat_last_question: Callable[[], None]) -> None:
        """Update the page, and ask the last question again if facts have changed; the warnings take longest."""
        engine = self._live.engine()
        changed, self._version = engine.base.version != self._version, engine.base.version
        if changed:
            self._live_since = time.strftime("%H:%M:%S")
            self._questions = [
                entry for entry in self._questions if not isinstance(engine.ask(entry["question"]), Answer)
            ]
        self._announce()
        if changed:
            with contextlib.suppress(SlackError):
                repeat_last_question()
        self.check()

    def check(self) -> None:
        base = self._live.engine().base
        self._warnings = check_base(base).warnings if base.facts else ()
        self._announce()

    def _announce(self) -> None:
        self._workspace.announce("facts", facts=self.state())

    def show_file(self, request: Request) -> Response:
        """A file of facts with numbered lines, for "Edit this fact" where no repository is named."""
        name = request.path_params["file"]
        if name not in {place.file for place in self._live.engine().base.places.values()}:
            return JSONResponse({"error": "not found"}, 404)
        path = fact_folders(self._facts)[0].parent / name
        lines = enumerate(path.read_text("utf-8").splitlines(), 1)
        rows = "".join(f'<li id="L{number}">{html.escape(line)}</li>' for number, line in lines)
        return HTMLResponse(_FILE_PAGE.format(path=html.escape(str(path)), lines=rows))

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        others = [other for other in self._questions if other["question"] != question]
        offer_id = self._inbox.unanswered(question, outcome, unknown, nearest) or secrets.token_hex(4)
        entry = {"id": offer_id, "question": question, "unknown": list(unknown), "nearest": nearest}
        self._questions = [entry, *others][:QUESTIONS_KEPT]
        self._announce()
        return offer_id if outcome == "choices" else None

    def chosen(self, offer_id: str) -> None:
        self._inbox.chosen(offer_id)
        self._questions = [entry for entry in self._questions if entry["id"] != offer_id]
        self._announce()


def _as_json(problem: Problem) -> Json:
    return {"place": str(problem.place), "text": str(problem).removeprefix(f"{problem.place}: ")}
