"""Facts that are edited while the playground runs: their state, the files, and the questions they do not answer."""

from __future__ import annotations

import contextlib
import html
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.core.facts.base import question_place
from bot.core.facts.issues import Problem
from bot.core.facts.lint import check_base
from bot.core.facts.loader import fact_folders
from bot.core.feedback.inbox import Inbox
from bot.core.search import Answer
from bot.playground.workspace import Json, SlackError, Workspace
from bot.server.reload import FactsReloader

_FILE_PAGE = """<!doctype html><html lang="en"><title>{path}</title><link rel="stylesheet" href="/static/style.css">
<main class="file"><p>Edit and save <code>{path}</code>. The playground reloads it at once.</p><ol>{lines}</ol></main></html>"""


class EditMode(Inbox):
    """What the bar above the messages shows, and the inbox of this session, which passes questions on to `inbox`."""

    def __init__(self, live: FactsReloader, workspace: Workspace, facts: Path | None, inbox: Inbox) -> None:
        self._live, self._workspace, self._facts, self._inbox = live, workspace, facts, inbox
        self._questions: list[Json] = []  # without an answer, newest first
        self._version = live.engine().base.version
        self._warnings: Sequence[Problem] = ()

    def state(self) -> Json:
        base = self._live.engine().base
        questions = []
        for entry in self._questions:
            place = question_place(base, entry["nearest"])  # where the question is added to the fact
            questions.append({**entry, "nearest": f"{entry['nearest']} ({place})" if place else None})
        return {
            "count": len(base.facts),
            "changed_at": self._live.changed_at.timestamp() if self._live.changed_at else None,
            "problems": [str(problem) for problem in self._live.problems],
            "warnings": [str(warning) for warning in self._warnings],
            "unanswered": questions,
        }

    def reloaded(self, repeat_last_question: Callable[[], None]) -> None:
        """Update the page, and ask the last question again if facts have changed; the warnings take longest."""
        engine = self._live.engine()
        is_new, self._version = engine.base.version != self._version, engine.base.version
        if is_new:
            unanswered = [q for q in self._questions if not isinstance(engine.ask(q["question"]), Answer)]
            self._questions = unanswered
        self._announce()
        if is_new:
            with contextlib.suppress(SlackError):
                repeat_last_question()
            self.check()

    def check(self) -> None:
        base = self._live.engine().base
        self._warnings = check_base(base).warnings if base.facts else ()
        self._announce()

    def _announce(self) -> None:
        self._workspace.announce("facts", facts=self.state())

    def show_file(self, request: Request) -> HTMLResponse:
        """A file of facts with numbered lines, for "Edit this fact" where no repository is named."""
        name = request.path_params["file"]
        if name not in {place.file for place in self._live.engine().base.places.values()}:
            raise HTTPException(404)
        path = fact_folders(self._facts)[0].parent / name
        lines = enumerate(path.read_text("utf-8").splitlines(), 1)
        rows = "".join(f'<li id="L{number}">{html.escape(line)}</li>' for number, line in lines)
        return HTMLResponse(_FILE_PAGE.format(path=html.escape(str(path)), lines=rows))

    def unanswered(
        self, question: str, outcome: str, unknown: tuple[str, ...], nearest: str | None
    ) -> str | None:
        offer_id = self._inbox.unanswered(question, outcome, unknown, nearest) or secrets.token_hex(4)
        entry: Json = {"id": offer_id, "question": question, "unknown": unknown, "nearest": nearest}
        self._questions = [entry, *(q for q in self._questions if q["question"] != question)]
        self._announce()
        return offer_id if outcome == "choices" else None

    def chosen(self, offer_id: str) -> None:
        self._inbox.chosen(offer_id)
        self._questions = [entry for entry in self._questions if entry["id"] != offer_id]
        self._announce()
