"""Running the bot: Socket Mode or HTTP under gunicorn, and ending without losing work.

Belongs here: start, signals, the server.  Does not belong here: what is said
(`bot.slack`), what the environment may hold (`settings`), how the log looks (`logs`).
"""

from __future__ import annotations

import contextlib
import gc
import http.client
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.app.base import BaseApplication
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web import WebClient

from bot import __version__
from bot.core.feedback.inbox import Inbox, InboxContents, NullInbox
from bot.core.pages.pages import Status
from bot.core.search import SearchEngine
from bot.door import PatientWorker, waited_seconds
from bot.inbox import KeptInbox
from bot.live import LiveFacts
from bot.logs import GunicornLog, set_up_log
from bot.settings import Mode, Settings, SettingsError
from bot.slack import strings as wording
from bot.slack.admission import Admission, CountedExecutor
from bot.slack.app import IN_WORK_LIMIT, LISTENER_THREADS, WEB_THREADS, build_app
from bot.slack.blocks.digest import build_digest
from bot.slack.install import Installing
from bot.slack.installations import Installations, States
from bot.slack.responses import new_client, post
from bot.slack.shared_claims import SharedClaims
from bot.slack.web import WebApp
from bot.store import Database, DatabaseAway, open_engine
from bot.weekly import WeeklyMessage

log = logging.getLogger(__name__)

GRACEFUL_SECONDS = 20  # hosts kill 30 s after SIGTERM
ENVELOPE_SECONDS = 5  # how long an envelope that is being handled may keep the socket open; Slack gives it 3
PROBLEMS_TOLD = 20

# Slack's answers that mean: this token, not this moment.
_BAD_TOKEN = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)


def serve(settings: Settings, mode: Mode = "auto") -> int:
    """Run until SIGTERM or SIGINT; returns the exit code (1 when Slack cannot be reached at the start).

    Raises SettingsError for what is missing or what Slack refuses, DataError for facts that do not load.
    """
    chosen = settings.choose_mode(mode)
    live = LiveFacts(settings.facts)
    background: Background | None = None
    set_up_log(settings.log_level, settings.log_format, questions=settings.log_questions)
    database = open_database(settings)
    executor = CountedExecutor(LISTENER_THREADS)
    client = new_client(settings.bot_token, settings.api_url)
    try:
        installing = (
            _offer_installation(settings, client, database)
            if settings.several_workspaces and database
            else None
        )
        maintainers_client = _maintainers_client(settings, client, installing)
        background = Background(
            live, database, questions=settings.gap_log, weekly=_weekly(settings, maintainers_client)
        )
        app = build_app(
            live.finder,
            client=client,
            signing_secret=settings.signing_secret,
            deduplicator=SharedClaims(database) if database else None,
            repository_url=settings.repository_url,
            status=lambda: Status(__version__, live.changed_at, problems=live.problems),
            inbox=background.inbox,
            maintainers_channel=settings.maintainers_channel,
            maintainers_client=maintainers_client,
            executor=executor,
            oauth=installing,
            installations=installing.installations if installing else None,
        )
        if database:
            with contextlib.suppress(DatabaseAway), database.asked():
                pass  # the tables are made now, not while somebody waits for an answer
        base = live.finder().base
        log.info(
            "starting mode=%s facts=%d fact_base=%s version=%s",
            chosen,
            len(base.facts),
            base.version,
            __version__,
        )
        if chosen == "socket":
            background.start()
            return run_socket_mode(app, client, settings.app_token or "", executor)
        return run_http(app, settings, background, executor, installing=installing)
    except (BoltError, SlackApiError) as error:
        reason = _reason(error)
        if reason in _BAD_TOKEN:
            name = "SLACK_APP_TOKEN" if isinstance(error, SlackApiError) else "SLACK_BOT_TOKEN"
            raise SettingsError(
                f"{name} was refused by Slack ({reason}): copy it again from the app's page"
            ) from None
        print(
            f"unionstate: Slack at {settings.api_url} did not let the bot in ({reason}): try again later",
            file=sys.stderr,
        )
        return 1
    except (OSError, http.client.HTTPException) as error:
        print(f"unionstate: Slack at {settings.api_url} cannot be reached: {error}", file=sys.stderr)
        return 1
    finally:
        executor.shutdown(wait=True)
        if background:
            background.close()
        live.close()
        if database:
            database.close()


class Background:
    """What goes on beside the answers, in each process that answers: following the facts, the inbox, the weekly message.

    Threads and connections do not outlive a fork: `start` is called in the process that answers.
    """

    def __init__(
        self,
        live: LiveFacts,
        database: Database | None,
        *,
        questions: bool = True,
        weekly: Callable[[InboxContents, SearchEngine], None] | None = None,
    ) -> None:
        self.live, self._database = live, database
        self._kept = KeptInbox(database, questions=questions) if database else None
        self._weekly = WeeklyMessage(database, live.finder, weekly) if database and weekly else None

    @property
    def inbox(self) -> Inbox:
        return self._kept or NullInbox()

    def disconnect(self) -> None:
        """Before a fork: connections are no more to be shared than threads are."""
        if self._database:
            self._database.close()

    def start(self) -> None:
        gc.freeze()  # what has been loaded stays: looking for garbage in it would only hold up answers
        self.live.watch()
        if self._kept:
            self._kept.start()
        if self._weekly:
            self._weekly.start()

    def close(self) -> None:
        """End it, the inbox written; after the last answer."""
        if self._weekly:
            self._weekly.close()
        if self._kept:
            self._kept.close()
        self.live.close()
        self.disconnect()


def _maintainers_client(
    settings: Settings, client: WebClient, installing: Installing | None
) -> Callable[[], WebClient | None]:
    """The client that posts to the maintainers' channel: the only one, or that of the workspace whose channel it is."""
    workspace = settings.maintainers_workspace
    if installing is None or workspace is None:
        return lambda: client

    def find() -> WebClient | None:
        whole = workspace.startswith("E")
        bot = installing.installations.find_bot(
            enterprise_id=workspace if whole else None,
            team_id=None if whole else workspace,
            is_enterprise_install=whole,
        )
        return new_client(bot.bot_token, settings.api_url) if bot else None

    return find


def _weekly(
    settings: Settings, client: Callable[[], WebClient | None]
) -> Callable[[InboxContents, SearchEngine], None] | None:
    """What posts the weekly message; None where there is no channel for it."""
    channel = settings.maintainers_channel
    if channel is None:
        return None

    def send(found: InboxContents, finder: SearchEngine) -> None:
        sender = client()
        if sender is None:
            raise LookupError("the app is not installed in the workspace of MAINTAINERS_CHANNEL")
        post(sender, channel, build_digest(found, finder.base))

    return send


def open_database(settings: Settings) -> Database | None:
    """The database with what is needed for several workspaces checked; None where answers go on without one.

    Raises SettingsError when workspaces are to install the app and there is nowhere to keep that.
    """
    try:
        return Database(open_engine(settings.database(os.environ)))
    except (OSError, RuntimeError) as error:  # a folder that cannot be made, no home directory
        if settings.several_workspaces:
            raise SettingsError(
                f"no file for the database can be made here ({error}): set DATABASE_URL"
            ) from None
        log.warning("no database: %s", error)
        return None


def _offer_installation(settings: Settings, client: WebClient, database: Database) -> Installing:
    installations = Installations(settings.client_id or "", database, settings.encryption_keys)
    installing = Installing(
        client,
        installations,
        States(database),
        client_id=settings.client_id or "",
        client_secret=settings.client_secret or "",
    )
    try:
        renewed = installations.reencrypt()
    except DatabaseAway:  # it has been logged; the older keys still read, and the next start comes
        return installing
    log.info("installations=%d encrypted_anew=%d", len(installations.keys()), renewed)
    return installing


def _admission(executor: ThreadPoolExecutor) -> Admission | None:
    """By what the listeners of this process have in work, where that is counted, and how long a request waited for a thread."""
    if not isinstance(executor, CountedExecutor):
        return None
    return Admission(lambda: executor.in_work, IN_WORK_LIMIT, waited=waited_seconds)


# Socket Mode


class SocketWorker(SocketModeHandler):
    """Bolt's handler, able to stop taking envelopes while those in work are still acknowledged.

    An envelope that is left alone is not acknowledged, so Slack hands it to another connection or sends it again.
    """

    def __init__(
        self, app: App, app_token: str, web_client: WebClient, admission: Admission | None = None
    ) -> None:
        super().__init__(app, app_token, web_client=web_client)
        self._admission = admission
        self._changed = threading.Condition()
        self._in_work = 0
        self._stopping = False

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        with self._changed:
            if self._stopping:
                return
            self._in_work += 1
        try:
            if self._admission and not self._admission.is_free():
                _refuse(client, req)
            else:
                super().handle(client, req)
        finally:
            with self._changed:
                self._in_work -= 1
                self._changed.notify_all()

    def stop(self, seconds: float = ENVELOPE_SECONDS) -> None:
        """Take nothing new, wait until what is in work has been acknowledged, and close the connection."""
        with self._changed:
            self._stopping = True
            self._changed.wait_for(lambda: self._in_work == 0, seconds)
        self.close()  # type: ignore[no-untyped-call]


def _refuse(client: SocketModeClient, req: SocketModeRequest) -> None:
    """Too much is in work.  A command is answered so; any other envelope is not acknowledged, and Slack sends it again."""
    if req.type == "slash_commands":
        busy = {"response_type": "ephemeral", "text": wording.BUSY}
        client.send_socket_mode_response(SocketModeResponse(req.envelope_id, busy))


def run_socket_mode(
    app: App,
    client: WebClient,
    app_token: str,
    executor: ThreadPoolExecutor,
    stop: threading.Event | None = None,
) -> int:
    """Run until SIGTERM, SIGINT or `stop`; work in flight is finished first.

    Raises SlackApiError when Slack refuses the app-level token, OSError when it cannot be reached.
    """
    if stop is None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    worker = SocketWorker(app, app_token, client, _admission(executor))
    try:
        worker.connect()  # type: ignore[no-untyped-call]
        # slack_sdk logs a connection that failed and tries again about every ten seconds.
        log.info("connected mode=socket" if worker.client.is_connected() else "not connected yet mode=socket")
        stop.wait()
        log.info("stopping")
    finally:
        worker.stop()
        executor.shutdown(wait=True)
    log.info("stopped")
    return 0


# HTTP


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our settings rather than those of a command line."""

    def __init__(self, web: WebApp, options: dict[str, Any]) -> None:
        self._web, self._options = web, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WebApp:
        return self._web


def run_http(
    app: App,
    settings: Settings,
    background: Background,
    executor: ThreadPoolExecutor,
    *,
    installing: Installing | None = None,
) -> int:
    """Serve on PORT until SIGTERM; ends the process by itself, with exit code 0 (gunicorn does)."""
    web = WebApp(
        app,
        settings.signing_secret or "",
        lambda: health(background.live),
        installing,
        _admission(executor),
    )
    background.disconnect()
    options = {
        **http_options(settings),
        "post_worker_init": lambda worker: background.start(),
        "worker_exit": lambda server, worker: _finish(background, executor),
    }
    _Server(web, options).run()
    return 0


def http_options(settings: Settings) -> dict[str, Any]:
    """gunicorn's settings, whatever it serves."""
    return {
        "bind": f"0.0.0.0:{settings.port}",
        "workers": settings.workers,
        "worker_class": PatientWorker,
        "threads": WEB_THREADS,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 5,
        "accesslog": None,
        "logger_class": GunicornLog,
        "loglevel": settings.log_level.lower(),
        "control_socket_disable": True,  # it would open a socket in the home directory, which may be read-only
    }


def _finish(background: Background, executor: ThreadPoolExecutor) -> None:
    """Answers go on after the request has been acknowledged: a worker ends when they are out."""
    executor.shutdown(wait=True)
    background.close()


def health(live: LiveFacts) -> dict[str, Any]:
    """What /healthz tells: it answers only where facts are loaded, since nothing is served without them.

    `problems` says why the last edit of the facts is not live; empty where it is.
    """
    base = live.finder().base
    return {
        "status": "ok",
        "facts": len(base.facts),
        "fact_base": base.version,
        "changed": live.changed_at.isoformat(timespec="seconds") if live.changed_at else None,
        "problems": [str(problem) for problem in live.problems[:PROBLEMS_TOLD]],
        "version": __version__,
    }


def _reason(error: BoltError | SlackApiError) -> str:
    """Slack's word for what is wrong."""
    cause = error if isinstance(error, SlackApiError) else error.__context__
    response = getattr(cause, "response", None)
    data = getattr(response, "data", response)
    return str(data.get("error")) if isinstance(data, dict) else "no usable answer"
