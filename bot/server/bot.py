"""Everything that one process needs to answer, and what it says of itself."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from slack_bolt import App
from slack_sdk.web import WebClient
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import __version__
from bot.core.feedback.inbox import InboxContents, NullInbox
from bot.core.pages.pages import Status
from bot.core.present.links import Repository
from bot.core.search import SearchEngine
from bot.db.conversations import DatabaseConversations
from bot.db.engine import Database, DatabaseUnavailable, open_engine, state_folder
from bot.db.idempotency import DatabaseDeduplicator
from bot.db.inbox import DatabaseInbox
from bot.db.installations import Installations
from bot.server.config import DEFAULT_PORT, Settings, SettingsError, secret
from bot.server.dispatch import Dispatcher
from bot.server.log import redact
from bot.server.probes import TICK_SECONDS, create_application, notify
from bot.server.protocol import BoundedProtocol
from bot.server.reload import FactsReloader
from bot.server.replays import SeenSignatures
from bot.server.supervisor import Stop
from bot.server.weekly_digest import WeeklyDigest
from bot.slack.app import build_app
from bot.slack.blocks.digest import build_digest
from bot.slack.oauth import InstallFlow, SignedStates
from bot.slack.responses import new_client, post

if TYPE_CHECKING:
    from bot.server.socket_mode import SocketModeWorker

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 20  # hosts kill 30 s after SIGTERM
KEEP_ALIVE_SECONDS = 5
PROBLEMS_SHOWN = 20
SYSTEMD_FIRST_FD = 3


class Bot:
    """Everything that one process needs to answer."""

    def __init__(self, settings: Settings, mode: str) -> None:
        from bot.server import metrics

        metrics.install()
        self.settings = settings
        self.worker: SocketModeWorker | None = None
        self._reported = ""  # the version of the facts in the metrics
        folder = None
        with suppress(OSError):
            folder = state_folder()
        self.facts = FactsReloader(settings.unionstate_facts, last_good_folder=folder)
        self.database = open_database(settings)
        self.client = new_client(secret(settings.slack_bot_token), settings.slack_api_url + "/")
        self.installations: Installations | None = None
        self.oauth: InstallFlow | None = None
        if settings.multi_workspace and self.database:
            self._offer_installation(self.database)
        self.inbox = (
            DatabaseInbox(self.database, questions=settings.gap_log == "ON") if self.database else None
        )
        self.digest: WeeklyDigest | None = None
        if self.database and settings.channel:
            self.digest = WeeklyDigest(self.database, self.facts.engine, self._send_digest)
        self.app: App = build_app(
            self.facts.engine,
            client=self.client,
            signing_secret=secret(settings.slack_signing_secret),
            deduplicator=DatabaseDeduplicator(self.database) if self.database else None,
            conversations=DatabaseConversations(self.database) if self.database else None,
            repository_url=settings.repository_url,
            site_url=settings.site_url,
            status=self.status,
            inbox=self.inbox or NullInbox(),
            maintainers_channel=settings.channel,
            maintainers_client=self.maintainers_client,
            oauth=self.oauth,
            installations=self.installations,
        )
        self.dispatcher = Dispatcher(self.app)
        self.seen = SeenSignatures()
        if self.database:
            with suppress(DatabaseUnavailable), self.database.connection():
                pass  # migrations run now, not while somebody waits for an answer
        base = self.facts.engine().base
        log.info(
            "starting mode=%s facts=%d fact_base=%s version=%s",
            mode,
            len(base.facts),
            base.version,
            __version__,
        )

    def start(self) -> None:
        """Begin what goes on beside the answers; threads do not outlive a fork."""
        gc.freeze()  # what is loaded stays: collections would only hold up answers
        self.facts.refresh()  # a process that replaces another starts from the facts of now
        self.facts.watch()
        if self.inbox:
            self.inbox.start()
        if self.digest:
            self.digest.start()

    def close(self) -> None:
        """Finish the requests in work, write the inbox and end."""
        self.dispatcher.close()
        if self.digest:
            self.digest.close()
        if self.inbox:
            self.inbox.close()
        self.facts.close()
        if self.database:
            self.database.close()

    def serve_http(self, listening: socket.socket, stop: Stop) -> int:
        """Serve on a listening socket until SIGTERM."""
        from bot.server.http import slack_routes

        self.start()
        signing_secret = secret(self.settings.slack_signing_secret) or ""
        routes: list[BaseRoute] = [*slack_routes(self.dispatcher, signing_secret, self.seen, self.oauth)]
        if self.settings.mcp == "ON":
            from bot.mcp_server import create_mcp_server, http_app

            assistants = create_mcp_server(self.facts.engine)
            routes += http_app(assistants).routes
            application = create_application(self, routes, self.tick, assistants.session_manager.run)
        else:
            application = create_application(self, routes, self.tick)
        server = http_server(application)
        stop.serving = True
        if not stop.event.is_set():
            server.run(sockets=[listening])
        log.info("stopped")
        return 0

    def serve_socket_mode(self, stop: Stop) -> int:
        """Serve over a connection to Slack until SIGTERM, with the probes on PORT where that is set.

        Raises SlackApiError where Slack refuses the app-level token, OSError where it cannot be reached.
        """
        from bot.server.socket_mode import SocketModeWorker

        self.start()
        self.worker = SocketModeWorker(
            self.dispatcher, secret(self.settings.slack_app_token) or "", self.client
        )
        probes = http_server(create_application(self)) if self.settings.port else None
        if probes:
            sockets = [open_socket(self.settings)]
            threading.Thread(target=probes.run, args=(sockets,), name="probes", daemon=True).start()
        try:
            self.worker.connect()
            # slack_sdk logs a connection that failed and tries again about every ten seconds.
            log.info(
                "connected mode=socket" if self.worker.is_connected() else "not connected yet mode=socket"
            )
            stop.serving = True
            notify("READY=1")
            while not stop.event.wait(TICK_SECONDS):
                self.tick()
            log.info("stopping")
        finally:
            self.worker.stop()
            if probes:
                probes.should_exit = True
        log.info("stopped")
        return 0

    def tick(self) -> None:
        """Every few seconds: feed systemd's watchdog, and set the metrics that are states."""
        from bot.server import metrics

        notify("WATCHDOG=1")
        base = self.facts.engine().base
        if self._reported not in ("", base.version):
            metrics.FACTS.labels(self._reported).set(0)
        self._reported = base.version
        metrics.FACTS.labels(base.version).set(len(base.facts))
        metrics.FACTS_LIVE.set(not self.facts.problems)
        metrics.DATABASE_UP.set(self.database is not None and self.database.error is None)
        metrics.INBOX_WAITING.set(self.inbox.waiting if self.inbox else 0)
        metrics.IN_WORK.set(self.dispatcher.in_work)

    def metrics(self) -> bytes:
        """What /metrics answers."""
        from bot.server import metrics

        self.tick()
        return metrics.render()

    def readiness(self) -> dict[str, str]:
        """What /readyz answers: each part "ok", a note where answers go on without it, or why it is not."""
        parts = {"facts": "ok"}
        if problems := self.facts.problems:
            parts["facts"] = (
                f"note: answering from the last good facts, {len(problems)} problems in the files"
            )
        if self.database:
            try:
                with self.database.connection():
                    parts["database"] = "ok"
            except DatabaseUnavailable as error:
                parts["database"] = f"{'' if self.oauth else 'note: '}{redact(str(error))}"
        if self.worker:
            parts["socket_mode"] = "ok" if self.worker.is_connected() else "not connected"
        return parts

    def health(self) -> dict[str, Any]:
        """What /healthz answers.  `problems` says where the last edit of the facts is wrong; empty where it is live."""
        facts, base = self.facts, self.facts.engine().base
        shown = facts.problems[:PROBLEMS_SHOWN]
        return {
            "status": "ok",
            "facts": len(base.facts),
            "fact_base": base.version,
            "changed": facts.changed_at.isoformat(timespec="seconds") if facts.changed_at else None,
            "problems": [f"{problem.place}: {problem.field or problem.code}" for problem in shown],
            "version": __version__,
        }

    def status(self) -> Status:
        """What the page `about` shows of the running program."""
        return Status(__version__, self.facts.changed_at, problems=self.facts.problems)

    def maintainers_client(self) -> WebClient | None:
        """The client that posts to the maintainers' channel; None while the app is not installed in its workspace."""
        workspace = self.settings.maintainers_workspace
        if self.installations is None or workspace is None:
            return self.client
        bot = self.installations.find_place(workspace)
        return new_client(bot.bot_token, self.settings.slack_api_url + "/") if bot else None

    def _send_digest(self, found: InboxContents, engine: SearchEngine) -> None:
        client = self.maintainers_client()
        if client is None:
            raise LookupError("the app is not installed in the workspace of MAINTAINERS_CHANNEL")
        url = self.settings.repository_url
        repository = Repository(url) if url else None
        post(client, self.settings.channel or "", build_digest(found, engine.base, repository))

    def _offer_installation(self, database: Database) -> None:
        client_id, keys = secret(self.settings.slack_client_id) or "", self.settings.token_encryption_key
        self.installations = Installations(client_id, database, keys)
        self.oauth = InstallFlow(
            self.client,
            self.installations,
            SignedStates(database, keys),
            client_id=client_id,
            client_secret=secret(self.settings.slack_client_secret) or "",
        )
        with suppress(DatabaseUnavailable):  # which is logged; the older keys still decrypt
            changed = self.installations.reencrypt()
            log.info("installations=%d reencrypted=%d", len(self.installations.keys()), changed)


def open_database(settings: Settings) -> Database | None:
    """The database; None where there is no place for one and answers go on without.

    Raises SettingsError where workspaces install the app and there is nowhere to keep that.
    """
    try:
        return Database(open_engine(settings.resolve_database_url()))
    except OSError as error:
        if settings.multi_workspace:
            raise SettingsError(f"DATABASE_URL is not set, and no file can be made here ({error})") from None
        log.warning("no database code=no_database: %s", error)
        return None


def open_socket(settings: Settings) -> socket.socket:
    """The listening socket: systemd's, where it passes one, else one of ours.  Raises SettingsError."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS"):
        return socket.socket(fileno=SYSTEMD_FIRST_FD)
    host, port = settings.host or "", settings.port or DEFAULT_PORT
    both = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both or ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=both)
    except OSError as error:
        if error.errno in (97, 99) and both:  # IPv6 is turned off
            return socket.create_server((host, port), backlog=2048)
        name = "HOST" if settings.host and error.errno not in (13, 98) else "PORT"
        raise SettingsError(
            f"{name} cannot be used: {host or 'all addresses'} port {port}: {error.strerror}"
        ) from None


def http_server(application: Starlette) -> uvicorn.Server:
    """uvicorn with our limits, which ends when what it has accepted is answered."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,
        )
    )
