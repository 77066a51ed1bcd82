"""Everything that one process needs to answer, and its probes."""

from __future__ import annotations

import gc
import logging
import random
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_sdk.web import WebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot import __version__
from bot.core.feedback.inbox import InboxContents
from bot.core.pages.pages import Status
from bot.core.present.links import Repository
from bot.core.search import SearchEngine
from bot.db.conversations import Conversations
from bot.db.engine import Database, DatabaseUnavailable, open_engine, state_folder
from bot.db.idempotency import Deduplicator
from bot.db.inbox import DatabaseInbox
from bot.server import metrics
from bot.server.config import Settings
from bot.server.dispatch import Dispatcher
from bot.server.http import slack_routes
from bot.server.log import redact
from bot.server.reload import FactsReloader
from bot.server.socket_mode import SocketModeWorker
from bot.server.web import TICK_SECONDS, create_application, http_server, notify, open_socket
from bot.server.weekly_digest import send_if_due
from bot.slack.app import build_app
from bot.slack.blocks.digest import build_digest
from bot.slack.connections import keep_connections
from bot.slack.responses import new_client, post

if TYPE_CHECKING:
    from bot.db.installations import Installations
    from bot.server.run import Stop
    from bot.slack.oauth import InstallFlow

log = logging.getLogger(__name__)

PROBLEMS_SHOWN = 20
DIGEST_SECONDS = 900.0  # between looks whether the weekly digest is due


class Bot:
    """Everything that one process needs to answer."""

    installations: Installations | None = None
    oauth: InstallFlow | None = None
    worker: SocketModeWorker | None = None

    def __init__(self, settings: Settings, mode: str) -> None:
        metrics.install()
        keep_connections()
        self.settings = settings
        self._workspace, _, self._channel = (settings.maintainers_channel or "").rpartition("/")
        self._closing = threading.Event()
        self._reported = ""  # the version of the facts that the metrics name
        self.facts = FactsReloader(settings.unionstate_facts, last_good_folder=state_folder())
        self.client = new_client(settings.slack_bot_token, settings.slack_api_url + "/")
        self.database = Database(open_engine(settings.resolve_database_url()))
        self.inbox = DatabaseInbox(self.database, questions=settings.gap_log)
        self._prepare_database()
        self.app = build_app(
            self.facts.engine,
            client=self.client,
            signing_secret=settings.slack_signing_secret,
            deduplicator=Deduplicator(self.database),
            conversations=Conversations(self.database, self.inbox.put),
            repository_url=settings.repository_url,
            site_url=settings.site_url,
            status=lambda: Status(__version__, self.facts.changed_at, problems=self.facts.problems),
            inbox=self.inbox,
            maintainers_channel=self._channel or None,
            maintainers_client=self.maintainers_client,
            oauth=self.oauth,
            installations=self.installations,
        )
        self.dispatcher = Dispatcher(self.app)
        self.signatures = Deduplicator()
        base = self.facts.engine().base
        starting = "starting mode=%s facts=%d fact_base=%s version=%s"
        log.info(starting, mode, len(base.facts), base.version, __version__)

    def _prepare_database(self) -> None:
        settings, database, keys = self.settings, self.database, self.settings.token_encryption_key
        if settings.multi_workspace:  # which most bots are not, and these take a while to load
            from bot.db.installations import Installations
            from bot.slack.oauth import InstallFlow, SignedStates

            self.installations = Installations(settings.slack_client_id or "", database, keys)
            states, secret = SignedStates(database, keys), settings.slack_client_secret or ""
            self.oauth = InstallFlow(self.client, self.installations, states, secret)
        with suppress(DatabaseUnavailable):  # which is logged
            with database.connection():
                pass  # migrations run now, not while a person waits for an answer
            if self.installations:
                changed = self.installations.reencrypt()
                log.info("installations=%d reencrypted=%d", len(self.installations.keys()), changed)

    def start(self) -> None:
        """Starts background work; threads do not survive a fork."""
        gc.freeze()  # loaded objects stay: collections would only delay answers
        self.facts.refresh()  # a process that replaces another starts from the facts of now
        self.facts.watch()
        self.inbox.start()
        if self._channel:
            threading.Thread(target=self._send_digests, name="weekly-digest").start()

    def close(self) -> None:
        """Finish the requests in work, write the inbox and end."""
        self._closing.set()
        for part in (self.dispatcher, self.inbox, self.facts, self.database):
            part.close()

    def serve_http(self, listening: socket.socket, stop: Stop) -> None:
        """Serve on a listening socket until SIGTERM."""
        self.start()
        secret = self.settings.slack_signing_secret or ""
        routes = [*self._probes(), *slack_routes(self.dispatcher, secret, self.signatures, self.oauth)]
        around: list[Any] = []
        if self.settings.mcp:
            from bot.mcp_server import create_mcp_server, http_app  # an optional dependency

            assistants = create_mcp_server(self.facts.engine)
            routes += http_app(assistants).routes
            around = [assistants.session_manager.run]
        server = http_server(create_application(routes, self.tick, *around))
        stop.end_serving = partial(setattr, server, "should_exit", True)
        server.run(sockets=[listening])
        log.info("stopped")

    def serve_socket_mode(self, stop: Stop) -> None:
        """Serve over a connection to Slack until SIGTERM; raises SlackApiError or OSError if that fails."""
        self.start()
        app_token = self.settings.slack_app_token or ""
        worker = self.worker = SocketModeWorker(self.dispatcher, app_token, self.client)
        probes = http_server(create_application(self._probes()))
        if self.settings.port:
            sockets = [open_socket(self.settings)]
            threading.Thread(target=probes.run, args=(sockets,), name="probes", daemon=True).start()
        try:
            worker.connect()
            # slack_sdk logs a connection that failed and tries again about every ten seconds.
            log.info("connected=%s mode=socket", worker.client.is_connected())
            stop.end_serving = stop.event.set
            notify("READY=1")
            while not stop.event.wait(TICK_SECONDS):
                self.tick()
        finally:
            worker.stop()
            probes.should_exit = True
        log.info("stopped")

    def tick(self) -> None:
        """Every few seconds: feed systemd's watchdog, and set the metrics that are states."""
        notify("WATCHDOG=1")
        base = self.facts.engine().base
        if self._reported not in ("", base.version):
            metrics.FACTS.labels(self._reported).set(0)
        self._reported = base.version
        metrics.FACTS.labels(base.version).set(len(base.facts))
        metrics.FACTS_LIVE.set(not self.facts.problems)
        metrics.DATABASE_UP.set(self.database.error is None)
        metrics.INBOX_WAITING.set(self.inbox.waiting)
        metrics.IN_WORK.set(self.dispatcher.in_work)

    def _probes(self) -> list[BaseRoute]:
        """The routes for health checks and metrics."""
        probes = {"healthz": self._health, "readyz": self._readiness, "metrics": self._metrics}
        return [Route("/livez", _live), *(Route(f"/{name}", handle) for name, handle in probes.items())]

    async def _health(self, request: Request) -> Response:
        """`problems` says where the last edit of the facts is wrong; it is empty where that is live."""
        facts, base = self.facts, self.facts.engine().base
        shown = facts.problems[:PROBLEMS_SHOWN]
        changed = facts.changed_at.isoformat(timespec="seconds") if facts.changed_at else None
        problems = [f"{problem.place}: {problem.field or problem.code}" for problem in shown]
        live = {"facts": len(base.facts), "fact_base": base.version, "changed": changed}
        return JSONResponse({"status": "ok", **live, "problems": problems, "version": __version__})

    def _readiness(self, request: Request) -> Response:
        """Each part "ok", a note where answers continue without it, or why it is not."""
        parts, problems = {"facts": "ok"}, len(self.facts.problems)
        if problems:
            parts["facts"] = f"note: answering from the last good facts, {problems} problems in the files"
        try:
            with self.database.connection():
                parts["database"] = "ok"
        except DatabaseUnavailable as error:
            parts["database"] = f"{'' if self.oauth else 'note: '}{redact(str(error))}"
        if self.worker:
            parts["socket_mode"] = "ok" if self.worker.client.is_connected() else "not connected"
        ready = all(state == "ok" or state.startswith("note: ") for state in parts.values())
        return JSONResponse({"status": "ok" if ready else "unavailable", **parts}, 200 if ready else 503)

    def _metrics(self, request: Request) -> Response:
        self.tick()
        return Response(metrics.render(), media_type="text/plain; version=0.0.4")

    def maintainers_client(self) -> WebClient | None:
        """The client that posts to the maintainers' channel; None while the app is not installed in its workspace."""
        if not self.installations:
            return self.client
        bot = self.installations.find_place(self._workspace)
        return new_client(bot.bot_token, self.settings.slack_api_url + "/") if bot else None

    def _send_digests(self) -> None:
        wait = random.uniform(5, 60)  # not all processes at once, and not while the bot is still starting
        while not self._closing.wait(wait):
            send_if_due(self.database, self.facts.engine(), self._send_digest, datetime.now(UTC))
            wait = DIGEST_SECONDS

    def _send_digest(self, found: InboxContents, engine: SearchEngine) -> None:
        client = self.maintainers_client()
        if client is None:
            raise LookupError("the app is not installed in the workspace of MAINTAINERS_CHANNEL")
        url = self.settings.repository_url
        repository = Repository(url) if url else None
        post(client, self._channel, build_digest(found, engine.base, repository))


async def _live(request: Request) -> Response:
    return JSONResponse({"status": "ok"})
