"""The playground's local server: the page, its actions and its stream of changes, for this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
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
from concurrent.futures import ThreadPoolExecutor
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
from bot.core.feedback.inbox import Inbox, NullInbox
from bot.core.pages.pages import Status, page_of_words
from bot.core.pages.routes import PAGES
from bot.core.present.replies import explanation
from bot.playground.actions import Actions
from bot.playground.edit_mode import EditMode
from bot.playground.web_api import FakeSlack
from bot.playground.workspace import BOT_USER, PERSON, Channel, Json, Person, SlackError, Workspace
from bot.server.local_inbox import local_inbox
from bot.server.reload import FactsReloader
from bot.slack.app import build_app
from bot.slack.manifest import manifest
from bot.slack.mrkdwn import clean
from bot.slack.responses import new_client

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
RETRY_MS = 700  # after which a page looks for a playground that has stopped
BODY_LIMIT = 200_000
STATIC = Path(__file__).parent / "static"

DESK, MESSAGES, MAINTAINERS = "C1", "D1", "C2"
REPORTS_ARRIVE = "Reports about entries arrive here. The playground keeps none; with a database, `unionstate inbox` lists them."
MAKSIM = "U2MAKSIM"
PEOPLE = (Person(PERSON, "Anna"), Person(MAKSIM, "Maksim"))
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

    `port` 0 takes any free one.  With `watch`, facts are reloaded as their files are saved, and it starts even
    if they do not load; questions without an answer are also kept in `inbox`.  Raises DataError for facts that do not load, OSError for a port that is taken.
    """

    def __init__(
        self, facts: Path | None = None, *, port: int = 0, watch: bool = False, inbox: Inbox | None = None
    ) -> None:
        self._socket = socket.create_server((HOST, port))
        try:
            self.live = FactsReloader(facts, allow_broken=watch)
        except BaseException:
            self._socket.close()
            raise
        self.watch = watch
        self.port = self._socket.getsockname()[1]
        self.address = f"http://{HOST}:{self.port}/"
        self._manifest = manifest("https://playground.example", base=self.live.engine().base)
        self._name = self._manifest["features"]["bot_user"]["display_name"]
        channels = (
            Channel(DESK, "research-desk", purpose="A quiet channel to try the bot in"),
            Channel(MAINTAINERS, "fact-maintainers", purpose=REPORTS_ARRIVE),
            Channel(MESSAGES, self._name, "im", person=PERSON),
        )
        self.workspace = Workspace(channels, PEOPLE)
        self.slack = FakeSlack(self.workspace, f"xoxb-{secrets.token_hex(12)}")
        self._edit_mode = EditMode(self.live, self.workspace, facts, watch, inbox or NullInbox())
        app = Starlette(
            routes=[
                Route("/", lambda _: FileResponse(STATIC / "index.html")),
                Route("/do", self._do, methods=["POST"]),
                Route("/stream", self._stream),
                Route("/explain", self.explain),
                Route("/blob/HEAD/{file:path}", self._edit_mode.show_file),
                Route("/issues/new", lambda _: PlainTextResponse("Set REPOSITORY_URL to open issues there.")),
                Mount("/static", StaticFiles(directory=STATIC)),
            ],
            middleware=[Middleware(BaseHTTPMiddleware, dispatch=_same_machine_only)],
        )
        config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, proxy_headers=False,
            access_log=False, server_header=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="playground")
        self._executor = ThreadPoolExecutor(32, thread_name_prefix="listener")

    def __enter__(self) -> Playground:
        self.slack.__enter__()
        # Without a repository, "Edit this fact" shows the local file while it is watched.
        local = self.address.rstrip("/") if self.watch else None
        app = build_app(
            self.live.engine,
            client=new_client(self.slack.bot_token, self.slack.api_url),
            repository_url=os.environ.get("REPOSITORY_URL") or local,
            inbox=self._edit_mode if self.watch else None,
            maintainers_channel=MAINTAINERS,
            status=lambda: Status(__version__, self.live.changed_at, problems=self.live.problems),
        )
        self.actions = Actions(self.slack, self.workspace.people[PERSON], self._manifest, app)
        self._thread.start()
        self._greet()
        self.live.on_reload = lambda: self._edit_mode.reloaded(self.actions.repeat_last_question)
        if self.watch:
            self.live.watch()
            self._executor.submit(self._edit_mode.check)
        return self

    def __exit__(self, *_: object) -> None:
        self.live.close()
        self._server.should_exit = True
        self.workspace.end()
        self._thread.join()
        self._executor.shutdown(wait=True)
        self.slack.__exit__()

    # What the page asks for

    async def _do(self, request: Request) -> Response:
        """An action.  Another site cannot send JSON without asking first, and no answer allows it to."""
        kind, length = request.headers.get("content-type", ""), request.headers.get("content-length", "")
        if kind.partition(";")[0] != "application/json" or not length.isdigit() or int(length) > BODY_LIMIT:
            return JSONResponse({"error": f"expected JSON of at most {BODY_LIMIT} bytes"}, 400)
        try:
            result = await asyncio.to_thread(self.actions.do, await request.json())
        except SlackError as error:
            return JSONResponse({"error": str(error)})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.debug("a request of the page was not understood", exc_info=True)
            return JSONResponse({"error": f"not understood: {error!r}"}, 400)
        return JSONResponse(result)

    async def _stream(self, request: Request) -> Response:
        """Server-sent events: everything there is, then each change."""
        loop, changes = asyncio.get_running_loop(), asyncio.Queue[Json | None]()

        def receive(change: Json | None) -> None:
            loop.call_soon_threadsafe(changes.put_nowait, change)

        async def events() -> AsyncIterator[str]:
            change: Json | None = {"change": "all", **self._session(), **self.workspace.subscribe(receive)}
            try:
                yield f"retry: {RETRY_MS}\n"
                while change is not None:
                    yield f"data: {json.dumps(change)}\n\n"
                    change = await changes.get()
            finally:
                self.workspace.unsubscribe(receive)

        return StreamingResponse(events(), media_type="text/event-stream")

    def explain(self, request: Request) -> Response:
        """Why the current facts answer a question as they do."""
        engine = self.live.engine()
        words = clean(request.query_params.get("question", ""))
        if page_of_words(words, engine.base, engine.ask):
            return JSONResponse({"status": "page", "reason": "opens a page", "unknown": [], "hits": []})
        outcome = engine.ask(words)
        found = {"status": outcome.status, "reason": explanation(outcome), "unknown": list(outcome.unknown)}
        hits = [
            {
                "id": hit.fact.id, "title": hit.fact.title, "score": hit.score, "missing": hit.missing,
                "matches": [asdict(match) for match in hit.matches],
            }
            for hit in outcome.hits[:3]
        ]  # fmt: skip
        return JSONResponse({**found, "hits": hits})

    def _session(self) -> Json:
        """What does not change while the playground runs, and the state of the facts."""
        features = self._manifest["features"]
        shortcuts = features["shortcuts"]
        return {
            "me": PERSON,
            "bot": {"id": BOT_USER, "name": self._name},
            "people": [asdict(person) for person in self.workspace.people.values()],
            "channels": [asdict(channel) for channel in self.workspace.channels.values()],
            "commands": features["slash_commands"],
            "words": ["help", *PAGES],
            "examples": list(self.live.engine().base.site.examples),
            "shortcuts": [s for s in shortcuts if s["type"] == "global"],
            "message_shortcuts": [s for s in shortcuts if s["type"] == "message"],
            "steps": [{"callback_id": name, **step} for name, step in self._manifest["functions"].items()],
            "facts": self._edit_mode.state(),
            "version": __version__,
        }

    def _greet(self) -> None:
        """A message on the page when it is first opened: a statement to check, and a link that unfurls."""
        engine = self.live.engine()
        base = engine.base
        answers = [fact for example in base.site.examples for fact in engine.ask(example).facts[:1]]
        statement = answers[0].statement if answers else ""
        link = next((source.url for source in base.sources.values() if source.url), "")
        with contextlib.suppress(SlackError):
            self.actions.post_as(
                DESK, MAKSIM, f"I'm drafting a note: {statement} Can someone check this? I began with {link}"
            )


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


def run(facts: Path | None, *, port: int | None, default_port: int, browser: bool, watch: bool) -> int:
    """Serve until SIGINT (Ctrl-C) or SIGTERM; returns the exit code.

    For the command line only: it removes the variables of a real workspace and of proxies from the environment.
    Raises DataError for facts that do not load, OSError for a `port` that is taken.
    """
    for name in [name for name in os.environ if name.startswith("SLACK_") or name.lower().endswith("_proxy")]:
        del os.environ[name]
    print("Reading the facts …", flush=True)
    with local_inbox() if watch else contextlib.nullcontext() as inbox:
        try:
            playground = Playground(facts, port=port or default_port, watch=watch, inbox=inbox)
        except OSError as error:
            if port is not None or error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            playground = Playground(facts, port=0, watch=watch, inbox=inbox)
        _serve(playground, browser)
    print()
    return 0


def _serve(playground: Playground, browser: bool) -> None:
    stop: list[int] = []  # an Event could miss a signal that arrives just before the wait
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stop.append(number))
    with playground:
        count = len(playground.live.engine().base.facts)
        print(f"Playground, {count} entries: {playground.address}")
        print("The whole bot, for this machine only; Ctrl-C ends it.", flush=True)
        for problem in playground.live.problems:
            print(problem, file=sys.stderr)
        # Without a window, a text browser would take over the terminal.
        has_window = sys.platform in ("darwin", "win32") or {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys()
        if browser and has_window:
            webbrowser.open(playground.address)
        while not stop:
            time.sleep(0.1)
