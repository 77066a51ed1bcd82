"""The playground: the real bot behind its real route, and a page that a person can talk to it by.

Belongs here: what the page asks for and what Slack would do about it, the local server, its guards.
Does not belong here: the bodies of requests (`requests`), Slack's rules (`workspace`), the bot's side of
Slack (`stand_in`), how anything looks (`static/`).

For one machine: it listens on loopback, and takes requests only from its own page.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import queue
import secrets
import signal
import socket
import socketserver
import sys
import threading
import time
import webbrowser
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from bot import __version__
from bot.cli.render import HOW
from bot.core.check import check_base
from bot.core.examples import EXAMPLES
from bot.core.pages.pages import Status, page_of_words
from bot.core.pages.routes import HELP_WORDS, PAGES
from bot.core.problems import Problem
from bot.live import LiveFacts
from bot.playground import requests
from bot.playground.actions import Actions
from bot.playground.stand_in import StandIn
from bot.playground.workspace import (
    BOT_USER,
    PERSON,
    Channel,
    Json,
    Person,
    Refused,
    Workspace,
)
from bot.slack.app import build_app
from bot.slack.links import unfurl_domains
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.slack.mrkdwn import clean
from bot.slack.responses import new_client
from bot.slack.web import HEALTH_PATH, WebApp

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
HEARTBEAT_SECONDS = 10.0  # an idle stream says something, so that a page that has gone is noticed
RETRY_MS = 700  # after which a page whose playground has stopped looks for it again
IDLE_SECONDS = 15.0  # how long a connection may say nothing
BODY_LIMIT = 200_000
BOT_NAME = "UnionState"
HELP = "help"
PROBLEMS_SHOWN = 50

REPORTS_ARRIVE = (
    "What people report about facts arrives here. The playground has no database; with one, each report has a number and"
    " waits in the inbox (unionstate inbox) as well."
)

DESK, MESSAGES, MAINTAINERS = "C1", "D1", "C2"
CHANNELS = (
    Channel(DESK, "union-state-desk", purpose="A quiet channel to try the bot in"),
    Channel(MAINTAINERS, "fact-maintainers", purpose=REPORTS_ARRIVE),
    Channel(MESSAGES, BOT_NAME, "im", person=PERSON),
)
MAKSIM = "U2MAKSIM"
PEOPLE = (Person(PERSON, "Anna"), Person(MAKSIM, "Maksim"))
GREETING = (
    "I am drafting a note: Russia took 49.5% of Belarus's foreign trade in 2018, and 28 union programmes were"
    " approved in 2021. Could somebody check these?"
)

# What completion says of the words that open something.
_WORD_HINTS = {
    HELP: "how to ask, and questions that work",
    "topics": "what the facts are about",
    "topic": "and a name: the facts of one topic",
    "sources": "the articles",
    "source": "and a name: one article and its facts",
    "actors": "people, institutions, agreements, places",
    "timeline": "dated facts; with years, such as 2015-2019, those of that time",
    "random": "any fact",
    "about": "version, and when the facts last changed",
}
_TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}  # fmt: skip
_GUARDS = [
    # Nothing from elsewhere, nothing inline: words of facts and people cannot become script.
    ("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
     " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
]  # fmt: skip


class Playground:
    """A running playground; use it as a context.  `address` is where the page is.

    `port` 0 takes any free one.  With `watch`, facts are read anew as their files are saved, and bad ones do
    not keep it from starting.  Raises DataError for facts that do not load, OSError for a port that is taken.
    """

    def __init__(self, facts: Path | None = None, *, port: int = 0, watch: bool = False) -> None:
        self.watch = watch
        self.live = LiveFacts(facts, allow_broken=watch)
        self.workspace = Workspace(CHANNELS, PEOPLE)
        self._secret = secrets.token_hex(16)
        self.stand_in = StandIn(workspace=self.workspace, bot_token=f"xoxb-{secrets.token_hex(12)}")
        self._manifest = manifest(
            "https://playground.example", domains=unfurl_domains(self.live.finder().base)
        )
        self._version = self.live.finder().base.version
        try:
            self._server = _Server((HOST, port), _Handler)
        except OSError:
            self.live.close()
            raise
        self._server.set_app(self)
        self.port = self._server.server_port
        self.address = f"http://{HOST}:{self.port}/"
        self.actions = Actions(
            self.stand_in, self.workspace.people[PERSON], self._manifest, (HOST, self.port), self._secret
        )
        self._hosts = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="playground")
        self._executor = ThreadPoolExecutor(32, thread_name_prefix="listener")

    def __enter__(self) -> Playground:
        self.stand_in.__enter__()
        client = new_client(self.stand_in.bot_token, self.stand_in.api_url)
        client.proxy = None  # loopback, whatever proxy the environment names
        app = build_app(
            self.live.finder,
            client=client,
            signing_secret=self._secret,
            repository_url=os.environ.get("REPOSITORY_URL") or None,
            maintainers_channel=MAINTAINERS,
            status=lambda: Status(__version__, self.live.changed_at, problems=self.live.problems),
            executor=self._executor,
        )
        self._web = WebApp(app, self._secret, lambda: {"status": "ok", "version": __version__})
        self._thread.start()
        self._greet()
        self.live.subscribe(self._facts_read)
        if self.watch:
            self.live.watch()
        return self

    def __exit__(self, *_: object) -> None:
        self.live.close()
        self.workspace.end_feeds()
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join()
        self._executor.shutdown(wait=True)
        self.stand_in.__exit__()

    # The web application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if environ.get("HTTP_HOST") not in self._hosts:
            return _answer(start_response, HTTPStatus.MISDIRECTED_REQUEST, {"error": f"open {self.address}"})
        if path in (EVENTS_PATH, HEALTH_PATH):
            return self._web(environ, start_response)
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return _answer(
                start_response, HTTPStatus.FORBIDDEN, {"error": "only the playground's own page may ask"}
            )
        method = environ.get("REQUEST_METHOD", "")
        if method == "POST" and path == "/do":
            return self._do(environ, start_response)
        if method not in ("GET", "HEAD"):
            return _answer(start_response, HTTPStatus.METHOD_NOT_ALLOWED, {"error": "method not allowed"})
        if path == "/stream":
            headers = [("Content-Type", "text/event-stream; charset=utf-8"), *_GUARDS]
            start_response("200 OK", headers)
            return self._stream()
        if path == "/explain":
            asked = parse_qs(environ.get("QUERY_STRING", "")).get("question", [""])[0]
            return _answer(start_response, HTTPStatus.OK, self.explain(asked))
        return _static(path, start_response)

    def _do(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip()
        # Another site's page cannot send JSON without asking first, and asking is refused.
        if kind != requests.JSON or not length.isdigit() or int(length) > BODY_LIMIT:
            return _answer(
                start_response,
                HTTPStatus.BAD_REQUEST,
                {"error": f"wanted {requests.JSON} of at most {BODY_LIMIT} bytes"},
            )
        try:
            wish = json.loads(environ["wsgi.input"].read(int(length)))
            result = self.actions.do(wish)
        except Refused as refusal:
            return _answer(start_response, HTTPStatus.OK, {"error": str(refusal)})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.debug("the page asked for what makes no sense", exc_info=True)
            return _answer(start_response, HTTPStatus.BAD_REQUEST, {"error": f"not understood: {error!r}"})
        return _answer(start_response, HTTPStatus.OK, result)

    def _stream(self) -> Iterator[bytes]:
        """Server-sent events: all that there is, then every change."""
        snapshot, feed = self.workspace.subscribe()
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            yield _event({"change": "all", **self._surroundings(), **snapshot})
            while True:
                try:
                    change = feed.get(timeout=HEARTBEAT_SECONDS)
                except queue.Empty:
                    yield b": still here\n\n"
                    continue
                if change is None:
                    return
                yield _event(change)
        finally:
            self.workspace.unsubscribe(feed)

    def _surroundings(self) -> Json:
        """What does not change while the playground runs, and the state of the facts."""
        features, settings = self._manifest["features"], self._manifest["settings"]
        shortcuts = features.get("shortcuts", [])
        return {
            "me": PERSON,
            "bot": {"id": BOT_USER, "name": BOT_NAME},
            "people": [{"id": p.id, "name": p.name} for p in self.workspace.people.values()],
            "channels": [
                {"id": c.id, "name": c.name, "kind": c.kind, "purpose": c.purpose}
                for c in self.workspace.channels.values()
            ],
            "commands": features.get("slash_commands", []),
            "words": [{"word": word, "hint": _WORD_HINTS[word]} for word in (HELP, *PAGES)],
            "examples": list(EXAMPLES),
            "shortcuts": [s for s in shortcuts if s["type"] == "global"],
            "message_shortcuts": [s for s in shortcuts if s["type"] == "message"],
            "home": bool(features["app_home"].get("home_tab_enabled")),
            "steps": [
                {"callback_id": name, **step} for name, step in self._manifest.get("functions", {}).items()
            ],
            "events": settings["event_subscriptions"]["bot_events"],
            "facts": self._facts(),
            "version": __version__,
        }

    def _greet(self) -> None:
        """A message to find when the page is opened first: with numbers to check, and a link that unfurls."""
        base = self.live.finder().base
        address = next((source.url for source in base.sources.values() if source.url), "")
        reading = f" I began with {address}" if address else ""
        with contextlib.suppress(Refused):  # a bot that is slow with a link is no reason not to start
            self.actions.overhear(DESK, MAKSIM, f"{GREETING}{reading}")

    # Facts and explanations

    def explain(self, question: str) -> Json:
        """Why the facts of the moment answer a question as they do."""
        finder = self.live.finder()
        words = clean(question)
        if words.casefold() in HELP_WORDS or page_of_words(words, finder.base, finder.ask):
            return {
                "status": "page",
                "reason": "These words open a page; they are not looked up.",
                "unknown": [],
                "hits": [],
                "fact_base": finder.base.version,
            }
        outcome = finder.ask(words)
        return {
            "status": outcome.status,
            "reason": outcome.reason,
            "unknown": list(outcome.unknown),
            "fact_base": finder.base.version,
            "hits": [
                {
                    "id": hit.fact.id,
                    "title": hit.fact.title,
                    "score": hit.score,
                    "missing": list(hit.missing),
                    "matches": [
                        {
                            "word": m.word, "matched": m.matched, "how": HOW[m.how], "field": m.field,
                            "similarity": m.similarity, "weight": m.weight,
                        }
                        for m in hit.matches
                    ],
                }
                for hit in outcome.hits[:3]
            ],
        }  # fmt: skip

    def _facts_read(self) -> None:
        """The files have been read anew: the last question is asked again where facts have changed, and the page is told.

        In this order, since looking for problems takes longer than an answer.
        """
        version = self.live.finder().base.version
        if version != self._version:
            self._version = version
            with contextlib.suppress(Refused):
                self.actions.repeat_last_question()
        self.workspace.announce("facts", facts=self._facts())

    def _facts(self) -> Json:
        base = self.live.finder().base
        problems, warnings = list(self.live.problems), 0
        if self.watch and not problems and base.facts:
            warnings = len(check_base(base).warnings)
        return {
            "watch": self.watch,
            "count": len(base.facts),
            "version": base.version,
            "loaded": not self.live.problems,
            "read_at": time.strftime("%H:%M:%S"),
            "problems": [_shown(problem) for problem in problems[:PROBLEMS_SHOWN]],
            "more": max(0, len(problems) - PROBLEMS_SHOWN),
            "warnings": warnings,
        }


def _shown(problem: Problem) -> Json:
    return {"place": str(problem.place), "text": str(problem).removeprefix(f"{problem.place}: ")}


# The local server


def _answer(start_response: StartResponse, status: HTTPStatus, content: Any) -> list[bytes]:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", [*headers, *_GUARDS])
    return [body]


def _static(path: str, start_response: StartResponse) -> list[bytes]:
    """A file of the page; only names that are there, so that no path leads out."""
    name = (
        path.removeprefix("/static/")
        if path.startswith("/static/")
        else path.removeprefix("/") or "index.html"
    )
    folder = files("bot.playground") / "static"
    found = next((f for f in folder.iterdir() if f.name == name), None)
    suffix = Path(name).suffix
    if found is None or suffix not in _TYPES or (path != "/" and not path.startswith("/static/")):
        return _answer(start_response, HTTPStatus.NOT_FOUND, {"error": "not found"})
    body = found.read_bytes()
    headers = [("Content-Type", _TYPES[suffix]), ("Content-Length", str(len(body)))]
    start_response("200 OK", [*headers, *_GUARDS])
    return [body]


def _event(change: Json) -> bytes:
    return f"data: {json.dumps(change, ensure_ascii=False)}\n\n".encode()


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = False  # closing waits for them
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, handler)

    def server_bind(self) -> None:
        # Without the name look-up of http.server, which may wait for a name server.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]
        self.setup_environ()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._open_lock:
                self._open.discard(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception() if sys.version_info >= (3, 11) else None
        if not isinstance(error, OSError):  # the page has gone, or says nothing
            log.error("failed while serving the page", exc_info=error)

    def end_connections(self) -> None:
        """Wake the threads that wait for a browser to say something."""
        with self._open_lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


class _Handler(WSGIRequestHandler):
    timeout = IDLE_SECONDS
    server_version, sys_version = "playground", ""

    def log_message(self, *_: object) -> None:
        pass


def run(facts: Path | None, *, port: int | None, default_port: int, browser: bool, watch: bool) -> int:
    """Serve until SIGINT (Ctrl-C) or SIGTERM; returns the exit code.

    For the command line only: it takes the variables of a real workspace, and proxies for this machine, out
    of the environment.  Raises DataError for facts that do not load, OSError for a `port` that is taken.
    """
    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        del os.environ[name]
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), HOST, "localhost"]))
    try:
        playground = Playground(facts, port=port or default_port, watch=watch)
    except OSError as error:
        if port is not None or error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        playground = Playground(facts, port=0, watch=watch)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with playground:
        base = playground.live.finder().base
        print(f"UnionState playground, {len(base.facts)} facts: {playground.address}")
        print("The whole bot, for this machine only; Ctrl-C ends it.", flush=True)
        for problem in playground.live.problems:
            print(problem, file=sys.stderr)
        if browser and _has_window():
            webbrowser.open(playground.address)
        stop.wait()
    print()
    return 0


def _has_window() -> bool:
    """Whether a browser can show itself: text browsers would take over the terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
