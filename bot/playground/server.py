"""The playground: the real bot behind its real route, and a page that a person can talk to it by.

Belongs here: what the page asks for and what Slack would do about it, the local server, its guards.
Does not belong here: the bodies of requests (`requests`), Slack's rules (`workspace`), the bot's side of
Slack (`stand_in`), how anything looks (`static/`).

For one machine: it listens on loopback, and takes requests only from its own page.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import json
import logging
import os
import queue
import secrets
import socket
import socketserver
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from bot import __version__
from bot.core.check import check_base
from bot.core.examples import EXAMPLES
from bot.core.problems import Problem
from bot.live import LiveFacts
from bot.playground import requests
from bot.playground.requests import Request
from bot.playground.stand_in import StandIn
from bot.playground.workspace import (
    APP,
    BOT_ID,
    BOT_USER,
    PERSON,
    TEAM,
    Channel,
    Json,
    Person,
    Refused,
    Workspace,
    new_trigger,
)
from bot.slack import wording
from bot.slack.app import build_app
from bot.slack.manifest import EVENTS_PATH, manifest
from bot.slack.markup import clean
from bot.slack.replies import new_client
from bot.slack.web import HEALTH_PATH, WebApp
from bot.terminal import HOW

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
ACK_SECONDS = 3.0  # what Slack waits
HEARTBEAT_SECONDS = 10.0  # an idle stream says something, so that a page that has gone is noticed
IDLE_SECONDS = 15.0  # how long a connection may say nothing
BODY_LIMIT = 200_000
BOT_NAME = "UnionState"
SLACKBOT = "USLACKBOT"
PROBLEMS_SHOWN = 50

DESK, MESSAGES, MAINTAINERS = "C1", "D1", "C2"
CHANNELS = (
    Channel(DESK, "union-state-desk", purpose="A quiet channel to try the bot in"),
    Channel(MAINTAINERS, "fact-maintainers", purpose="What people report about facts arrives here"),
    Channel(MESSAGES, BOT_NAME, "im", person=PERSON),
)
PEOPLE = (Person(PERSON, "Anna"), Person("U2MAKSIM", "Maksim"))

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
        self.person = self.workspace.people[PERSON]
        self._secret = secrets.token_hex(16)
        self.stand_in = StandIn(workspace=self.workspace, bot_token=f"xoxb-{secrets.token_hex(12)}")
        self._manifest = manifest("https://playground.example")
        self._last: Callable[[], Any] | None = None  # asks the last question again
        self._version = self.live.finder().base.version
        self._opened: set[str] = set()
        try:
            self._server = _Server((HOST, port), _Handler)
        except OSError:
            self.live.close()
            raise
        self._server.set_app(self)
        self.port = self._server.server_port
        self.address = f"http://{HOST}:{self.port}/"
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
            run = self._DOING[wish["do"]]
            result = run(self, wish)
        except Refused as refusal:
            return _answer(start_response, HTTPStatus.OK, {"error": str(refusal)})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            log.debug("the page asked for what makes no sense", exc_info=True)
            return _answer(start_response, HTTPStatus.BAD_REQUEST, {"error": f"not understood: {error!r}"})
        return _answer(start_response, HTTPStatus.OK, result or {})

    def _stream(self) -> Iterator[bytes]:
        """Server-sent events: all that there is, then every change."""
        snapshot, feed = self.workspace.subscribe()
        try:
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
            "words": reserved_words(),
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

    # What a person does

    def say(self, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        """A message in a conversation, or a command.  Raises Refused."""
        channel = self.workspace.channel(channel_id)
        text = text.strip()
        if not text:
            return
        if text.startswith("/"):
            self._command(channel, text, thread_ts)
            return
        self._last = lambda: self.say(channel_id, text)
        names = {p.name.lower(): p.id for p in self.workspace.people.values()} | {BOT_NAME.lower(): BOT_USER}
        typed = requests.read_typed(text, names)
        message = self.workspace.post_by_person(
            channel.id, PERSON, typed.text, thread_ts, blocks=typed.blocks, question=typed.text
        )
        inner = {key: message[key] for key in ("user", "text", "ts", "team", "blocks")}
        inner |= {"channel": channel.id, "client_msg_id": secrets.token_hex(8)}
        if thread_ts:
            inner["thread_ts"] = thread_ts
        if channel.kind == "im":
            self._event({"type": "message", "channel_type": "im", **inner}, message)
        elif BOT_USER in typed.mentions:
            self._event({"type": "app_mention", **inner}, message)
        self._share_links(channel, message, typed.links)

    def _command(self, channel: Channel, text: str, thread_ts: str | None) -> None:
        name, _, rest = text.partition(" ")
        if thread_ts:
            raise Refused("Slack does not run commands in threads: mention the bot instead")
        if name not in {c["command"] for c in self._manifest["features"]["slash_commands"]}:
            raise Refused(f"{name} is not a command of this app: try {wording.COMMAND}")
        self._last = lambda: self.say(channel.id, text)
        request = requests.command(
            name, rest.strip(), channel, self.person, self.stand_in.new_response_url(channel.id)
        )
        # Slack shows no such line; here it says what the answer belongs to.
        self.workspace.post_by_person(
            channel.id, PERSON, requests.entities(text), private=True, request=request.content, question=rest
        )
        answer = self._ask_bot(request)
        if answer:
            told = {"text": answer} if isinstance(answer, str) else answer
            private = told.get("response_type") != "in_channel"
            self.workspace.post_by_bot({**told, "channel": channel.id}, only_for=PERSON if private else None)

    def press(
        self,
        where: Mapping[str, Any],
        block_id: str,
        action_id: str,
        picked: Mapping[str, Any],
        state: Mapping[str, Any],
    ) -> None:
        """Use a button or another element, in a message, an unfurled link or a view.  Raises Refused."""
        content, about = self._component(where, state)
        element = find_element(content, block_id, action_id)
        if element is None:
            raise Refused("this is no longer there")
        said = requests.action(element, block_id, picked)
        request = requests.interaction(
            "block_actions", self.person, trigger_id=new_trigger(), actions=[said], **about
        )
        self._ask_bot(request)

    def suggest(
        self, where: Mapping[str, Any], block_id: str, action_id: str, value: str, state: Mapping[str, Any]
    ) -> Json:
        """The options for what was typed so far.  Raises Refused."""
        content, about = self._component(where, state)
        if find_element(content, block_id, action_id) is None:
            raise Refused("this is no longer there")
        about.pop("response_url", None)
        request = requests.interaction(
            "block_suggestion", self.person, action_id=action_id, block_id=block_id, value=value, **about
        )
        answer = self._ask_bot(request)
        if not isinstance(answer, dict) or not ({"options", "option_groups"} & answer.keys()):
            raise Refused("the bot gave no options")
        offered = answer.get("options") or answer.get("option_groups") or []
        if len(offered) > 100:
            raise Refused(f"{len(offered)} options: Slack takes 100")
        return answer

    def submit(self, view_id: str, state: Mapping[str, Any]) -> Json:
        """Submit a modal; the result may hold `errors` by block.  Raises Refused."""
        view = self._view(view_id)
        addresses = []
        for block in view["blocks"]:
            element = block.get("element") or {}
            picked = (state.get(block["block_id"]) or {}).get(element.get("action_id")) or {}
            chosen = picked.get("selected_conversation") or picked.get("selected_channel")
            if element.get("response_url_enabled") and chosen:
                self.workspace.channel(chosen)
                addresses.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": chosen,
                        "response_url": self.stand_in.new_response_url(chosen),
                    }
                )
        request = requests.interaction(
            "view_submission",
            self.person,
            trigger_id=new_trigger(),
            view=_told(view, state),
            response_urls=addresses,
        )
        answer = self._ask_bot(request)
        told = answer if isinstance(answer, dict) else {}
        match told.get("response_action"):
            case "errors":
                inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
                if unknown := told["errors"].keys() - inputs:
                    raise Refused(f"errors for blocks that are no inputs: {', '.join(unknown)}")
                return {"errors": told["errors"]}
            case "update":
                self.workspace.update_view(view_id, "", "", told["view"])
            case "push":
                self.workspace.put_on_stack(told["view"], keep=True)
            case "clear":
                self.workspace.close_views(len(self.workspace.stack))
            case _:
                if self.workspace.view(view_id):
                    self.workspace.close_views(1)
        return {}

    def close(self, view_id: str) -> None:
        """Close a modal without submitting it.  Raises Refused."""
        view = self._view(view_id)
        everything = bool(view.get("clear_on_close"))
        self.workspace.close_views(len(self.workspace.stack) if everything else 1)
        if view.get("notify_on_close"):
            request = requests.interaction(
                "view_closed", self.person, view=_told(view, {}), is_cleared=everything
            )
            self._ask_bot(request)

    def shortcut(self, callback_id: str) -> None:
        """A global shortcut.  Raises Refused."""
        request = requests.interaction(
            "shortcut",
            self.person,
            callback_id=callback_id,
            trigger_id=new_trigger(),
            action_ts=self.workspace.new_ts(),
        )
        self._ask_bot(request)

    def message_shortcut(self, callback_id: str, channel_id: str, ts: str) -> None:
        """A shortcut from a message's menu.  Raises Refused."""
        channel, message = self.workspace.channel(channel_id), self.workspace.find(channel_id, ts)
        if message is None or message.get("is_ephemeral"):
            raise Refused("Slack offers no shortcuts on messages that only you see")
        request = requests.interaction(
            "message_action",
            self.person,
            callback_id=callback_id,
            trigger_id=new_trigger(),
            action_ts=self.workspace.new_ts(),
            channel={"id": channel.id, "name": channel.name},
            message_ts=ts,
            message=_plain(message),
            response_url=self.stand_in.new_response_url(channel.id, None, message.get("thread_ts")),
        )
        self._ask_bot(request)

    def open_app(self, tab: str) -> None:
        """A look at the app's Home or its messages."""
        if "app_home_opened" not in self._manifest["settings"]["event_subscriptions"]["bot_events"]:
            return
        inner: Json = {
            "type": "app_home_opened", "user": PERSON, "channel": MESSAGES, "tab": tab,
            "event_ts": self.workspace.new_ts(),
        }  # fmt: skip
        if tab == "home" and (home := self.workspace.homes.get(PERSON)):
            inner["view"] = _plain(home)
        self._event(inner)

    def run_step(self, callback_id: str, inputs: Mapping[str, Any]) -> str:
        """A workflow's step, as Workflow Builder would run it; returns its execution's id.  The outcome is announced."""
        execution = f"Fx{secrets.token_hex(6)}"
        step = self._manifest["functions"][callback_id]
        self._event(
            {
                "type": "function_executed",
                "function": {
                    "id": "Fn1", "callback_id": callback_id, "title": step["title"], "type": "app",
                    "input_parameters": [
                        {"name": name, **about} for name, about in step.get("input_parameters", {}).items()
                    ],
                    "output_parameters": [
                        {"name": name, **about} for name, about in step.get("output_parameters", {}).items()
                    ],
                    "app_id": APP,
                },
                "function_execution_id": execution,
                "workflow_execution_id": f"Wx{secrets.token_hex(6)}",
                "inputs": dict(inputs),
                "bot_access_token": self.stand_in.bot_token,
                "event_ts": self.workspace.new_ts(),
            }
        )  # fmt: skip
        return execution

    _DOING: Mapping[str, Callable[[Playground, Json], Any]] = {
        "say": lambda self, wish: self.say(wish["channel"], str(wish["text"]), wish.get("thread_ts")),
        "press": lambda self, wish: self.press(
            wish["where"], wish["block_id"], wish["action_id"], wish.get("picked", {}), wish.get("state", {})
        ),
        "suggest": lambda self, wish: self.suggest(
            wish["where"], wish["block_id"], wish["action_id"], str(wish["value"]), wish.get("state", {})
        ),
        "submit": lambda self, wish: self.submit(wish["view"], wish.get("state", {})),
        "close": lambda self, wish: self.close(wish["view"]),
        "shortcut": lambda self, wish: self.shortcut(wish["callback_id"]),
        "message_shortcut": lambda self, wish: self.message_shortcut(
            wish["callback_id"], wish["channel"], wish["ts"]
        ),
        "open_app": lambda self, wish: self.open_app(wish["tab"]),
        "run_step": lambda self, wish: {"id": self.run_step(wish["callback_id"], wish["inputs"])},
    }

    # Parts of what a person does

    def _view(self, view_id: str) -> Json:
        view = self.workspace.view(view_id)
        if view is None:
            raise Refused("this view has been closed")
        return view

    def _component(self, where: Mapping[str, Any], state: Mapping[str, Any]) -> tuple[Any, Json]:
        """The blocks that an element stands among, and what Slack says of the place."""
        if "view" in where:
            view = self._view(where["view"])
            return view["blocks"], {
                "container": {"type": "view", "view_id": view["id"]},
                "view": _told(view, state),
            }
        channel, ts = self.workspace.channel(where["channel"]), str(where["ts"])
        message = self.workspace.find(channel.id, ts)
        if message is None:
            raise Refused("this message has gone")
        thread, private = message.get("thread_ts"), bool(message.get("is_ephemeral"))
        container: Json = {
            "type": "message", "message_ts": ts, "channel_id": channel.id, "is_ephemeral": private,
        }  # fmt: skip
        content = message.get("blocks", [])
        if url := where.get("unfurl"):
            content = next((a["blocks"] for a in message.get("attachments", ()) if a["from_url"] == url), [])
            container |= {"type": "message_attachment", "attachment_id": 1, "is_app_unfurl": True, "app_unfurl_url": url}  # fmt: skip
        if thread:
            container["thread_ts"] = thread
        about: Json = {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name},
            "state": {"values": dict(state)},
            "response_url": self.stand_in.new_response_url(channel.id, ts, thread),
        }
        if not private:
            about["message"] = _plain(message)  # Slack sends none for private messages
        return content, about

    def _share_links(self, channel: Channel, message: Json, links: Iterable[str]) -> None:
        domains = self._manifest["features"].get("unfurl_domains", [])
        shared = [
            {"url": requests.entities(url), "domain": host}
            for url in links
            if any((host := urlsplit(url).hostname or "") == d or host.endswith(f".{d}") for d in domains)
        ]
        if shared:
            inner = {
                "type": "link_shared", "user": PERSON, "channel": channel.id, "message_ts": message["ts"], "links": shared,
                "source": "conversations_history", "unfurl_id": f"{channel.id}-{message['ts']}", "is_bot_user_member": True,
                "event_ts": self.workspace.new_ts(),
            }  # fmt: skip
            if "thread_ts" in message:
                inner["thread_ts"] = message["thread_ts"]
            self._event(inner)

    def _event(self, inner: Json, message: Json | None = None) -> None:
        """Send an event; the message that caused it keeps the request, to be shown with it."""
        request = requests.event(inner, f"Ev{secrets.token_hex(6)}")
        if message is not None:
            self.workspace.add_to(message, request=request.content)
        self._ask_bot(request)

    def _ask_bot(self, request: Request) -> Any:
        """Send a signed request to the bot's own route; returns what it answered, parsed where that is JSON.

        Raises Refused where it does not answer as Slack wants it to.
        """
        headers = requests.signed_headers(request.body, request.kind, self._secret)
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ACK_SECONDS)
        try:
            with contextlib.closing(connection):
                connection.request("POST", EVENTS_PATH, request.body.encode(), headers)
                response = connection.getresponse()
                body = response.read().decode()
        except TimeoutError:
            raise Refused(f"the bot did not acknowledge within {ACK_SECONDS:.0f} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"the bot cannot be reached: {error}") from None
        if response.status != HTTPStatus.OK:
            raise Refused(f"the bot answered {response.status}: {body[:200]}")
        try:
            return json.loads(body) if body else None
        except ValueError:
            return body

    def _greet(self) -> None:
        """A few lines to find when the page is opened first."""
        self.workspace.post_by_person(
            DESK,
            "U2MAKSIM",
            "I am drafting a note on Belarus's economy. I have written that Russia took 49.5% of its foreign trade in 2018,"
            " and that 28 union programmes were approved in 2021. Could somebody check?",
        )

    # Facts and explanations

    def explain(self, question: str) -> Json:
        """Why the facts of the moment answer a question as they do."""
        finder = self.live.finder()
        outcome = finder.ask(clean(question, BOT_USER))
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
        """The files have been read anew: the page is told, and the last question asked again where facts have changed."""
        self.workspace.announce("facts", facts=self._facts())
        version = self.live.finder().base.version
        if version != self._version:
            self._version = version
            if self._last:
                with contextlib.suppress(Refused):
                    self._last()

    def _facts(self) -> Json:
        base = self.live.finder().base
        problems, warnings = list(self.live.problems), 0
        if self.watch and not problems and base.facts:
            report = check_base(base)
            problems, warnings = list(report.problems), len(report.warnings)
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


def reserved_words() -> list[str]:
    """What `/unionstate` understands besides questions, for the composer to complete."""
    return ["help"]


def find_element(node: Any, block_id: str, action_id: str) -> Json | None:
    """The element with that action in the block with that id, however deep either stands."""
    if isinstance(node, list):
        return next((f for item in node if (f := find_element(item, block_id, action_id))), None)
    if not isinstance(node, dict):
        return None
    if node.get("block_id") == block_id:
        return _element(node, action_id)
    return next((f for value in node.values() if (f := find_element(value, block_id, action_id))), None)


def _element(node: Any, action_id: str) -> Json | None:
    if isinstance(node, list):
        return next((f for item in node if (f := _element(item, action_id))), None)
    if not isinstance(node, dict):
        return None
    if node.get("action_id") == action_id:
        return node
    return next((f for value in node.values() if (f := _element(value, action_id))), None)


def _told(view: Json, state: Mapping[str, Any]) -> Json:
    """A view as Slack sends it to the bot."""
    return {**_plain(view), "state": {"values": dict(state)}}


def _plain(thing: Json) -> Json:
    """A message or view without what only the playground keeps with it."""
    ours = ("sent", "only_for", "request", "question")
    return {key: value for key, value in thing.items() if key not in ours}


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
    """Serve until Ctrl-C; returns the exit code.  Raises DataError for facts that do not load, OSError for a `port` taken."""
    try:
        playground = Playground(facts, port=port or default_port, watch=watch)
    except OSError as error:
        if port is not None or error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        playground = Playground(facts, port=0, watch=watch)
    with playground:
        base = playground.live.finder().base
        print(f"UnionState playground, {len(base.facts)} facts: {playground.address}")
        print("The whole bot, for this machine only; Ctrl-C ends it.", flush=True)
        for problem in playground.live.problems:
            print(problem, file=sys.stderr)
        if browser and _has_window():
            webbrowser.open(playground.address)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    print()
    return 0


def _has_window() -> bool:
    """Whether a browser can show itself: text browsers would take over the terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
