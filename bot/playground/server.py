"""The playground's local server: the page, its actions and its stream of changes, for this machine only."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import os
import re
import secrets
import signal
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot import __version__
from bot.core.feedback.inbox import Inbox
from bot.core.pages.pages import Status, page_of_words
from bot.core.pages.routes import PAGES
from bot.core.present.replies import explanation
from bot.playground.actions import Actions
from bot.playground.edit_mode import EditMode
from bot.playground.web_api import API_PATH, RESPONSE_PATH, FakeSlack, parse_arguments
from bot.playground.workspace import BOT_USER, PERSON, Channel, Json, SlackError, Workspace
from bot.server.reload import FactsReloader
from bot.slack.app import build_app
from bot.slack.manifest import manifest
from bot.slack.mrkdwn import clean
from bot.slack.responses import new_client

STATIC = Path(__file__).parent / "static"

DESK, MESSAGES, MAINTAINERS = "C1", "D1", "C2"
COLLEAGUE = "U2MAKSIM"
# Requests from another site have its name as their host (DNS rebinding) or as their origin.
_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}  # fmt: skip

mimetypes.add_type("text/javascript", ".js")  # some systems have another type for it, which browsers refuse


class Playground:
    """A running playground; use it as a context.  `address` is where the page is.

    `port` 0 takes any free one.  With `watch`, facts are reloaded as their files are saved, it starts even if they do
    not load, and questions without an answer are also kept in `inbox`.
    Raises DataError for facts that do not load, OSError for a port that is taken.
    """

    def __init__(
        self, facts: Path | None = None, *, port: int = 0, watch: bool = False, inbox: Inbox | None = None
    ) -> None:
        self.live = FactsReloader(facts, allow_broken=watch)
        self.watch = watch
        self._manifest = manifest("https://playground.example", base=self.live.engine().base)
        name = self._manifest["features"]["bot_user"]["display_name"]
        channels = (
            Channel(DESK, "research-desk", purpose="A quiet channel to try the bot in"),
            Channel(MAINTAINERS, "fact-maintainers", purpose="Reports about entries arrive here"),
            Channel(MESSAGES, name, "im"),
        )
        self.workspace = Workspace(channels, {BOT_USER: name, PERSON: "Anna", COLLEAGUE: "Maksim"})
        self._edit_mode = EditMode(self.live, self.workspace, facts, inbox or Inbox())
        app = Starlette(
            routes=[
                Route("/", lambda _: FileResponse(STATIC / "index.html")),
                Route("/do", self._do, methods=["POST"]),
                Route("/stream", self._stream),
                Route("/explain", self._explain),
                Route("/blob/HEAD/{file:path}", self._edit_mode.show_file),
                Route("/issues/new", lambda _: PlainTextResponse("Set REPOSITORY_URL to open issues there.")),
                Route(API_PATH + "{method}", self._slack, methods=["POST"]),
                Route(RESPONSE_PATH + "{place:path}", self._slack, methods=["POST"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=_same_machine_only)],
        )
        listening = socket.create_server(("127.0.0.1", port))
        self.port = listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        self.slack = FakeSlack(self.workspace, f"xoxb-{secrets.token_hex(12)}", self.address.rstrip("/"))
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)

    def __enter__(self) -> Playground:
        self._thread.start()
        # Without a repository, "Edit this fact" shows the local file while it is watched.
        local = self.slack.url if self.watch else None
        app = build_app(
            self.live.engine,
            client=new_client(self.slack.bot_token, self.slack.api_url),
            repository_url=os.environ.get("REPOSITORY_URL") or local,
            inbox=self._edit_mode if self.watch else None,
            maintainers_channel=MAINTAINERS,
            status=lambda: Status(__version__, self.live.changed_at, problems=self.live.problems),
        )
        self.actions = Actions(self.slack, self._manifest, app)
        self._greet()
        if self.watch:
            self.live.on_reload = lambda: self._edit_mode.reloaded(self.actions.repeat_last_question)
            self.live.watch()
            threading.Thread(target=self._edit_mode.check).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.close()
        self._server.should_exit = True
        self.workspace.announce("end")
        self._thread.join()

    async def _slack(self, request: Request) -> Response:
        """What the bot asks Slack for."""
        arguments = parse_arguments((await request.body()).decode(), request.headers["content-type"])
        status, answer = self.slack.answer(request.url.path, request.headers, arguments)
        return Response(answer, status)

    # What the page asks for

    async def _do(self, request: Request) -> Response:
        """An action.  Another site cannot send JSON without asking first, and no answer allows it to."""
        if request.headers.get("content-type") != "application/json":
            return JSONResponse({"error": "expected JSON"}, 400)
        try:
            return JSONResponse(await asyncio.to_thread(self.actions.do, await request.json()))
        except SlackError as error:
            return JSONResponse({"error": str(error)})

    async def _stream(self, request: Request) -> Response:
        """Server-sent events: everything there is, then each change."""
        loop, changes = asyncio.get_running_loop(), asyncio.Queue[Json]()

        def receive(change: Json) -> None:
            loop.call_soon_threadsafe(changes.put_nowait, change)

        async def events() -> AsyncIterator[str]:
            change = {"change": "all", **self._session(), **self.workspace.subscribe(receive)}
            try:
                yield "retry: 700\n"  # milliseconds, after which the page looks for a playground that has stopped
                while change["change"] != "end":
                    yield f"data: {json.dumps(change)}\n\n"
                    change = await changes.get()
            finally:
                self.workspace.unsubscribe(receive)

        return StreamingResponse(events(), media_type="text/event-stream")

    def _explain(self, request: Request) -> Response:
        """Why the current facts answer a question as they do."""
        engine = self.live.engine()
        words = clean(request.query_params["question"])
        if page_of_words(words, engine.base, engine.ask):
            return JSONResponse({"status": "page", "reason": "opens a page", "unknown": [], "hits": []})
        outcome = engine.ask(words)
        hits = [
            {
                "id": hit.fact.id, "title": hit.fact.title, "score": hit.score, "missing": hit.missing,
                "matches": [asdict(match) for match in hit.matches],
            }
            for hit in outcome.hits[:3]
        ]  # fmt: skip
        found = {"status": outcome.status, "reason": explanation(outcome), "unknown": outcome.unknown}
        return JSONResponse({**found, "hits": hits})

    def _session(self) -> Json:
        """What does not change while the playground runs, and the state of the facts."""
        return {
            "me": PERSON,
            "bot": BOT_USER,
            "users": self.workspace.users,
            "channels": [asdict(channel) for channel in self.workspace.channels.values()],
            "manifest": self._manifest,
            "words": ["help", *PAGES],
            "examples": self.live.engine().base.site.examples,
            "facts": self._edit_mode.state(),
            "watch": self.watch,
            "version": __version__,
        }

    def _greet(self) -> None:
        """A message on the page when it is first opened: a statement to check, and a link that unfurls."""
        engine = self.live.engine()
        examples = engine.base.site.examples
        statement = next((fact.statement for words in examples for fact in engine.ask(words).facts[:1]), "")
        link = next((source.url for source in engine.base.sources.values() if source.url), "")
        text = f"I'm drafting a note: {statement} Can someone check this? I began with {link}"
        self.actions.post_as(DESK, COLLEAGUE, text)


async def _same_machine_only(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Allow loopback hosts at any port (it may be forwarded) and the page's own origin; add security headers."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    response: Response
    if not _LOOPBACK.fullmatch(host):
        response = JSONResponse({"error": "open the playground as localhost or 127.0.0.1"}, 421)
    elif origin not in (None, f"http://{host}"):
        response = JSONResponse({"error": "only the playground's own page may ask"}, 403)
    else:
        response = await call_next(request)
    response.headers.update(_SECURITY_HEADERS)
    return response


def run(
    facts: Path | None, *, port: int | None, default_port: int, browser: bool, inbox: Inbox | None
) -> int:
    """Serve until SIGINT (Ctrl-C) or SIGTERM, in edit mode if there is an `inbox`; returns the exit code.

    Raises DataError for facts that do not load, OSError for a `port` that is taken.
    """
    # The playground must not use a real workspace or a proxy.
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        del os.environ[name]
    print("Reading the facts …", flush=True)
    stop: list[int] = []  # an Event could miss a signal that arrives just before the wait
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stop.append(number))
    watch = inbox is not None
    try:
        playground = Playground(facts, port=port or default_port, watch=watch, inbox=inbox)
    except OSError:
        if port is not None:
            raise
        playground = Playground(facts, watch=watch, inbox=inbox)
    with playground:
        print(f"Playground, {len(playground.live.engine().base.facts)} entries: {playground.address}")
        print("The whole bot, for this machine only; Ctrl-C ends it.", flush=True)
        for problem in playground.live.problems:
            print(problem, file=sys.stderr)
        # Without a desktop, a text browser would take over the terminal.
        display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if browser and (display or sys.platform in ("darwin", "win32")):
            webbrowser.open(playground.address)
        while not stop:
            time.sleep(0.1)
    return 0
