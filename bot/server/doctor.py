"""`unionstate doctor`: what is right and wrong with a deployment, a line each; it changes nothing and shows no secret."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import Connection, inspect, text

from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.db import engine
from bot.db.engine import HEAD_REVISION, Database, DatabaseUnavailable
from bot.db.installations import Installations
from bot.db.tables import METADATA
from bot.server.config import DEFAULT_PORT, Mode, Settings, SettingsError
from bot.server.log import redact
from bot.server.reload import LastGoodFacts
from bot.server.run import slack_error
from bot.server.web import open_socket
from bot.slack.manifest import SCOPES
from bot.slack.responses import new_client

CLOCK_WRONG_SECONDS = 240  # Slack's signatures are good for 300
CLOCK_NOTED_SECONDS = 5
INSTALLATIONS_ASKED = 20
PROBLEMS_SHOWN = 5
_UNREACHABLE = (OSError, http.client.HTTPException, SlackClientError)
# What to do where Slack refuses; {} is its word for why.
_REFUSED = {
    "token": "Slack refused SLACK_BOT_TOKEN ({}): copy it again from the app's page, OAuth & Permissions",
    "socket mode": "Slack gives no connection ({}): turn Socket Mode on, and copy SLACK_APP_TOKEN (connections:write)",
}


class Wrong(Exception):
    """What a check found wrong, a line for each argument."""


class Note(Exception):
    """What a check found that is worth knowing."""


def run(wanted: Mode = "auto", environ: Mapping[str, str] = os.environ) -> int:
    """Print what was found; the exit code: 1 where something is wrong."""
    logging.getLogger().addHandler(logging.NullHandler())  # what is logged is printed here
    wrong = 0
    for line in examine(environ, wanted):
        print(line, flush=True)
        wrong += line.startswith("wrong")
    if wrong:
        print(f"{wrong} wrong")
    return 1 if wrong else 0


def examine(environ: Mapping[str, str], wanted: Mode = "auto") -> Iterator[str]:
    """All that can be found out about serving in that mode, a line each, in the order in which it should be fixed."""
    try:
        settings = Settings.from_environment(environ)
        mode = settings.choose_mode(wanted)
    except SettingsError as error:
        yield from (_line("wrong", "variables", problem) for problem in error.problems)
        with suppress(SettingsError):
            settings = Settings.from_environment({"UNIONSTATE_FACTS": environ.get("UNIONSTATE_FACTS", "")})
            yield from _outcome("facts", _Checks(settings, environ).facts)
        return
    checks = _Checks(settings, environ)
    yield from _outcome("variables", lambda: checks.variables(mode))
    yield from _outcome("variables", checks.questions)
    yield from _outcome("variables", checks.channel)
    if settings.multi_workspace:
        yield from _outcome("installed", checks.installed)
    else:
        yield from _outcome("token", checks.token)
        yield from _outcome("scopes", checks.scopes)
    if mode == "socket":
        yield from _outcome("socket mode", checks.socket_mode)
    else:
        yield from _outcome("port", checks.port)
    yield from _outcome("database", checks.database)
    yield from _outcome("facts", checks.facts)
    yield from _outcome("last good", checks.last_good_facts)
    yield from _outcome("clock", checks.clock)
    if checks.opened:
        checks.opened.close()


def _line(verdict: str, about: str, found: object) -> str:
    return f"{verdict:<6} {about:<12} {redact(str(found))}"


def _outcome(about: str, check: Callable[[], str | None]) -> Iterator[str]:
    try:
        if found := check():
            yield _line("ok", about, found)
    except Note as note:
        yield _line("note", about, note)
    except Wrong as wrong:
        yield from (_line("wrong", about, line) for line in wrong.args)
    except DatabaseUnavailable as error:
        yield _line("wrong", about, f"the database cannot be used: {error}")
    except SlackApiError as error:
        yield _line("wrong", about, _REFUSED.get(about, "Slack refused it ({})").format(slack_error(error)))
    except _UNREACHABLE as error:
        yield _line("wrong", about, f"Slack cannot be reached: {error}")


class _Checks:
    """Each check returns what is right, if anything is worth saying, and raises Note, Wrong, or what Slack's client does."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings, self._environ = settings, environ
        self._client = new_client(settings.slack_bot_token, settings.slack_api_url + "/")
        self._granted: str | None = None  # the scopes of the last token that worked
        self._ahead: list[float] = []  # how many seconds our clock is ahead of Slack's, by each answer
        self.opened: Database | None = None

    def variables(self, mode: str) -> str:
        workers, port = self._settings.web_concurrency, self._settings.port or DEFAULT_PORT
        http_mode = f"HTTP on port {port}, {workers} process{'es' * (workers > 1)}"
        whom = "workspaces that install the app" if self._settings.multi_workspace else "one workspace"
        return f"{'Socket Mode' if mode == 'socket' else http_mode}, for {whom}"

    def questions(self) -> None:
        if self._settings.log_questions:
            raise Note("LOG_QUESTIONS=on: the log holds what people ask")

    def channel(self) -> None:
        if channel := self._settings.maintainers_channel[1]:  # to look would take another scope
            raise Note(f"MAINTAINERS_CHANNEL: type /invite @UnionState in {channel}; reports need that")

    def token(self) -> str:
        return "{user} ({user_id}) in {team} ({team_id})".format_map(self._call("auth.test").data)

    def scopes(self) -> str | None:
        """What was granted, compared with what the manifest asks for."""
        if self._granted is None:  # no token works
            return None
        granted = set(filter(None, re.split(r"[,\s]+", self._granted)))
        if missing := sorted(set(SCOPES) - granted):
            features = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
            fix = "Give the app the manifest of `unionstate manifest` and install it again"
            raise Wrong(f"not granted: {features}. {fix}")
        if more := sorted(granted - set(SCOPES)):
            raise Note(f"all {len(SCOPES)} granted, and more than are needed: {', '.join(more)}")
        return f"all {len(SCOPES)} granted, and no more"

    def installed(self) -> str:
        database, settings = self._open_database(), self._settings
        if database:
            with database.connection() as connection:
                database = database if inspect(connection).has_table("slack_bots") else None
        if not database:
            raise Note("no workspace yet: the bot makes the tables when it starts")
        store = Installations(settings.slack_client_id or "", database, settings.token_encryption_key)
        keys, (older, unreadable), problems = store.keys(), store.tokens(), []
        if unreadable:
            fix = "add their key to TOKEN_ENCRYPTION_KEY, or have those workspaces install the app again"
            problems.append(f"{len(unreadable)} of {len(keys)} tokens cannot be decrypted: {fix}")
        for enterprise, team in keys[-INSTALLATIONS_ASKED:]:
            if bot := store.find_bot(enterprise_id=enterprise, team_id=team):
                try:
                    self._call("auth.test", bot.bot_token)
                    with suppress(Note):
                        self.scopes()
                except SlackApiError as error:
                    refused = f"Slack refused the token of {team or enterprise} ({slack_error(error)})"
                    problems.append(f"{refused}: it has to install the app again")
                except Wrong as error:
                    problems.append(f"{team or enterprise}: {error}")
        if problems:
            raise Wrong(*problems)
        found = (
            f"{len(keys)} workspaces or organisations; the newest {min(len(keys), INSTALLATIONS_ASKED)} work"
        )
        if older:
            later = "the next start of the bot encrypts them with the first"
            raise Note(f"{found}; {len(older)} tokens are encrypted with an older key: {later}")
        return found

    def port(self) -> str | None:
        """Whether the port is free, or held by this bot."""
        settings = self._settings
        try:
            open_socket(settings).close()
        except SettingsError as error:
            host = settings.host or "127.0.0.1"
            at = f"[{host}]" if ":" in host else host
            with suppress(OSError, ValueError, LookupError, TypeError):
                url = f"http://{at}:{settings.port or DEFAULT_PORT}/healthz"
                with urllib.request.urlopen(url, timeout=2) as answer:
                    return f"in use by a bot, version {json.load(answer)['version']}"
            raise Wrong(f"{error}: stop what uses it, or set another") from None
        return None

    def socket_mode(self) -> str:
        # A connection is asked for, not opened: the running bot loses no event.
        self._call("apps.connections.open", self._settings.slack_app_token)
        return "Slack gives a connection"

    def database(self) -> str:
        database = self._open_database()
        address = engine.parse_database_url(self._settings.resolve_database_url(self._environ))
        found = f"SQLite file {address.database}"
        if database is None:
            return found
        with database.connection() as connection:
            if address.drivername == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails where it may not be written
            else:
                version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
                found = f"PostgreSQL {version} on {address.host}, database {address.database}"
                connection.execute(text("CREATE TEMPORARY TABLE unionstate_doctor (id INTEGER)"))
            revision, missing = engine.current_revision(connection), _missing_columns(connection)
            connection.rollback()
        if revision is None:
            return f"{found}, without a revision: the bot migrates it when it starts"
        found += f", revision {revision}"
        if missing:
            raise Wrong(f"{found}, but {', '.join(missing)} missing: restore a backup")
        if revision > HEAD_REVISION:
            raise Note(f"{found}, newer than this release ({HEAD_REVISION}), which can use it")
        if revision < HEAD_REVISION:
            raise Note(f"{found}: the bot migrates it to {HEAD_REVISION} when it starts")
        return found

    def facts(self) -> str:
        try:
            base = load_fact_base(self._settings.unionstate_facts)
        except DataError as error:
            shown = [str(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
            if (more := len(error.problems) - len(shown)) > 0:
                shown.append(f"and {more} more: `unionstate check` lists them all")
            raise Wrong(*shown) from None
        return f"{len(base.facts)} facts of {len(base.sources)} articles, version {base.version}"

    def last_good_facts(self) -> str | None:
        with suppress(OSError):
            kept = LastGoodFacts(engine.state_folder(self._environ), self._settings.unionstate_facts)
            if version := kept.version():
                return f"facts of version {version} in {kept.path}"
        return None

    def clock(self) -> str:
        if not self._ahead:
            with suppress(SlackApiError):
                self._call("api.test")
        ahead = min(self._ahead, key=abs, default=0.0)
        found = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Slack's"
        if abs(ahead) >= CLOCK_WRONG_SECONDS:
            raise Wrong(f"{found}: signatures will be refused, set it by the network (NTP)")
        if abs(ahead) >= CLOCK_NOTED_SECONDS:
            raise Note(found)
        return "as Slack's" if abs(ahead) < 1 else found

    def _call(self, method: str, token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer: Any = None
        try:
            answer = self._client.api_call(method, headers=headers)
            self._granted = _header(answer, "x-oauth-scopes")
            return answer
        except SlackApiError as error:
            answer = error.response
            raise
        finally:
            with suppress(ValueError):
                ahead = time.time() - parsedate_to_datetime(_header(answer, "date") or "").timestamp()
                self._ahead.append(0.0 if 0 <= ahead <= 1 else ahead)  # the date has no fractions of a second

    def _open_database(self) -> Database | None:
        """None where it is a SQLite file that does not exist yet."""
        try:
            url = self._settings.resolve_database_url(self._environ)
        except OSError as error:
            raise Note(f"there is no place for a file: {error}") from None
        path = Path(engine.parse_database_url(url).database or "")
        if url.startswith("sqlite") and not path.exists():
            folder = next(parent for parent in path.absolute().parents if parent.exists())
            if not os.access(folder, os.W_OK):
                raise Note(f"no file can be made in {folder}")
            return None
        self.opened = self.opened or Database(engine.open_engine(url), migrate=False)
        return self.opened


def _header(answer: Any, name: str) -> str | None:
    headers = {key.lower(): value for key, value in (getattr(answer, "headers", None) or {}).items()}
    value = headers.get(name)
    return value[0] if isinstance(value, list) else value


def _missing_columns(connection: Connection) -> list[str]:
    """Tables and columns that the bot uses and the database lacks."""
    existing = inspect(connection).get_multi_columns()
    known = {(table, column["name"]) for (_, table), columns in existing.items() for column in columns}
    wanted = [(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns]
    return [".".join(place) for place in wanted if place not in known]
