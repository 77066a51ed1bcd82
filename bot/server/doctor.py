"""`unionstate doctor`: what is right and wrong with a deployment, a line each; it changes nothing and shows no secret."""

from __future__ import annotations

import errno
import http.client
import json
import os
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core.facts.issues import DataError
from bot.core.facts.loader import load_fact_base
from bot.db.engine import (
    HEAD_REVISION,
    Database,
    DatabaseUnavailable,
    current_revision,
    describe_error,
    open_engine,
    parse_database_url,
    state_folder,
)
from bot.db.installations import Installations
from bot.db.tables import METADATA
from bot.server.config import DEFAULT_PORT, Mode, Settings, SettingsError
from bot.server.log import redact
from bot.server.reload import LastGoodFacts
from bot.slack.manifest import SCOPES
from bot.slack.responses import new_client

Verdict: TypeAlias = Literal["ok", "note", "wrong"]

CLOCK_WRONG_SECONDS = 240  # Slack's signatures are good for 300
CLOCK_NOTED_SECONDS = 5
INSTALLATIONS_ASKED = 20
PROBLEMS_SHOWN = 5
_UNREACHABLE = (OSError, http.client.HTTPException, SlackClientError)


class Finding(NamedTuple):
    """One line: the verdict, the subject and what was found."""

    verdict: Verdict
    about: str
    found: str

    def __str__(self) -> str:
        return f"{self.verdict:<6} {self.about:<12} {redact(self.found)}"


def run(wanted: Mode = "auto", environ: Mapping[str, str] = os.environ) -> int:
    """Print what was found; the exit code: 1 where something is wrong."""
    wrong = 0
    for finding in examine(environ, wanted):
        print(finding, flush=True)
        wrong += finding.verdict == "wrong"
    if wrong:
        print(f"{wrong} wrong")
    return 1 if wrong else 0


def examine(environ: Mapping[str, str], wanted: Mode = "auto") -> Iterator[Finding]:
    """All that can be found out about serving in that mode, in the order in which it should be fixed."""
    try:
        settings = Settings.from_environment(environ)
        mode = settings.choose_mode(wanted)
    except SettingsError as error:
        yield from (Finding("wrong", "variables", problem) for problem in error.problems)
        return
    yield from _variables(settings, mode)
    slack = _Slack(settings)
    yield from slack.installations(environ) if settings.multi_workspace else slack.token()
    if mode == "http":
        yield from _port(settings)
    else:
        yield slack.socket_mode()
    yield _database(settings, environ)
    yield from _facts(settings, environ)
    yield slack.clock()


def _variables(settings: Settings, mode: str) -> Iterator[Finding]:
    workers, channel = settings.web_concurrency, settings.maintainers_channel[1]
    http_mode = f"HTTP on port {settings.port or DEFAULT_PORT}, {workers} process{'es' * (workers > 1)}"
    whom = "workspaces that install the app" if settings.multi_workspace else "one workspace"
    yield Finding("ok", "variables", f"{'Socket Mode' if mode == 'socket' else http_mode}, for {whom}")
    if settings.log_questions:
        yield Finding("note", "variables", "LOG_QUESTIONS=on: the log holds what people ask")
    if channel:  # to look would take another scope in every workspace
        invite = f"type /invite @UnionState in {channel} once: reports arrive only where the bot is a member"
        yield Finding("note", "variables", f"MAINTAINERS_CHANNEL: {invite}")


def _port(settings: Settings) -> Iterator[Finding]:
    """Whether the port is free, or held by this bot."""
    host, port = settings.host or "", settings.port or DEFAULT_PORT
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            yield Finding("wrong", "port", f"HOST and PORT {port} cannot be used: {error.strerror}")
            return
        at = f"[{host}]" if ":" in host else host or "127.0.0.1"
        try:
            with urllib.request.urlopen(f"http://{at}:{port}/healthz", timeout=2) as answer:
                version = json.load(answer)["version"]
        except (OSError, ValueError, LookupError, TypeError):
            yield Finding("wrong", "port", f"{port} is in use by another program: set PORT to another")
        else:
            yield Finding("ok", "port", f"{port} is in use by a bot, version {version}")


class _Slack:
    """What Slack says of the tokens, and of the time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: WebClient = new_client(settings.slack_bot_token, settings.slack_api_url + "/")
        self._ahead: list[float] = []  # how many seconds our clock is ahead of Slack's, by each answer

    def token(self) -> Iterator[Finding]:
        refused = "Slack refused SLACK_BOT_TOKEN ({}): copy it again from the app's page, OAuth & Permissions"
        answer = self._ask("token", self._client.auth_test, refused)
        if isinstance(answer, Finding):
            yield answer
            return
        who = f"{answer.get('user')} ({answer.get('user_id')}) in {answer.get('team')} ({answer.get('team_id')})"
        yield Finding("ok", "token", who)
        yield _scopes(answer)

    def installations(self, environ: Mapping[str, str]) -> Iterator[Finding]:
        """The tokens of the workspaces that installed the app."""
        database = None
        try:
            url = self._settings.resolve_database_url(environ)
            database = None if _missing_file(url) else Database(open_engine(url), migrate=False)
            if database is None or not inspect(database.engine).has_table("slack_bots"):
                yield Finding(
                    "note", "installed", "no workspace yet: the bot creates the tables when it starts"
                )
                return
            keys = self._settings.token_encryption_key
            yield from self._check(Installations(self._settings.slack_client_id or "", database, keys))
        except (DatabaseUnavailable, SQLAlchemyError, OSError):
            yield Finding("wrong", "installed", "cannot be found out while the database is unavailable")
        finally:
            if database:
                database.close()

    def _check(self, store: Installations) -> Iterator[Finding]:
        (older, unreadable), keys, works = store.tokens(), store.keys(), True
        if unreadable:
            fix = "add their key to TOKEN_ENCRYPTION_KEY, after a comma, or have those workspaces install the app again"
            yield Finding(
                "wrong", "keys", f"{len(unreadable)} of {len(keys)} tokens cannot be decrypted: {fix}"
            )
        if older:
            later = "the next start of the bot encrypts them with the first"
            yield Finding("note", "keys", f"{len(older)} tokens are encrypted with an older key: {later}")
        asked = keys[-INSTALLATIONS_ASKED:]
        for enterprise, team in asked:
            if not (bot := store.find_bot(enterprise_id=enterprise, team_id=team)):
                works = False
                continue
            refused = (
                f"Slack refused the token of {team or enterprise} ({{}}): it has to install the app again"
            )
            answer = self._ask("installed", partial(self._client.auth_test, token=bot.bot_token), refused)
            found = answer if isinstance(answer, Finding) else _scopes(answer)
            works &= found.about == "scopes"
            if found.verdict != "ok":
                yield found._replace(found=f"{team or enterprise}: {found.found}")
        if works:
            count = f"{len(keys)} workspaces or organisations; the newest {len(asked)} work"
            yield Finding("ok", "installed", count)

    def socket_mode(self) -> Finding:
        # A connection is asked for, not opened: the running bot loses no event.
        ask = partial(self._client.apps_connections_open, app_token=self._settings.slack_app_token or "")
        fix = "turn Socket Mode on, and copy SLACK_APP_TOKEN (connections:write) from the app's page"
        answer = self._ask("socket mode", ask, f"Slack gives no connection ({{}}): {fix}")
        return (
            answer
            if isinstance(answer, Finding)
            else Finding("ok", "socket mode", "Slack gives a connection")
        )

    def clock(self) -> Finding:
        if not self._ahead:
            answer = self._ask(
                "clock", partial(self._client.api_call, "api.test"), "Slack refused a test ({})"
            )
            if isinstance(answer, Finding) and not self._ahead:
                return answer
        ahead = min(self._ahead, key=abs, default=0.0)
        direction = "ahead of" if ahead > 0 else "behind"
        found = "as Slack's" if abs(ahead) < 1 else f"{abs(ahead):.0f} s {direction} Slack's"
        if abs(ahead) >= CLOCK_WRONG_SECONDS:
            fix = "signatures will be refused, set it by the network (NTP)"
            return Finding("wrong", "clock", f"{found}: {fix}")
        return Finding("note" if abs(ahead) >= CLOCK_NOTED_SECONDS else "ok", "clock", found)

    def _ask(self, about: str, call: Callable[[], SlackResponse], refused: str) -> SlackResponse | Finding:
        """Slack's answer, or what is wrong: `refused`, with Slack's word for it."""
        try:
            answer = call()
        except SlackApiError as error:
            self._note_date(error.response)
            data = getattr(error.response, "data", None)
            reason = data.get("error") if isinstance(data, dict) else "no usable answer"
            return Finding("wrong", about, refused.format(reason))
        except _UNREACHABLE as error:
            return Finding("wrong", about, f"Slack at {self._client.base_url} cannot be reached: {error}")
        self._note_date(answer)
        return answer

    def _note_date(self, answer: Any) -> None:
        with suppress(ValueError):
            ahead = time.time() - parsedate_to_datetime(_header(answer, "date") or "").timestamp()
            self._ahead.append(0.0 if 0 <= ahead <= 1 else ahead)  # the date has no fractions of a second


def _scopes(answer: SlackResponse) -> Finding:
    """What was granted, compared with what the manifest asks for."""
    granted = set(filter(None, re.split(r"[,\s]+", _header(answer, "x-oauth-scopes") or "")))
    if not granted:
        return Finding("note", "scopes", "Slack did not say which are granted")
    if missing := sorted(set(SCOPES) - granted):
        features = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        fix = "Give the app the manifest of `unionstate manifest` and install it again"
        return Finding("wrong", "scopes", f"not granted: {features}. {fix}")
    if more := sorted(granted - set(SCOPES)):
        found = f"all {len(SCOPES)} granted, and more than are needed: {', '.join(more)}"
        return Finding("note", "scopes", found)
    return Finding("ok", "scopes", f"all {len(SCOPES)} granted, and no more")


def _header(answer: Any, name: str) -> str | None:
    for found, value in (getattr(answer, "headers", None) or {}).items():
        if found.lower() == name:
            return str(value[0] if isinstance(value, list) else value)
    return None


def _database(settings: Settings, environ: Mapping[str, str]) -> Finding:
    engine = None
    needed = settings.multi_workspace
    consequence = "" if needed else "; questions are answered without it"
    try:
        url = settings.resolve_database_url(environ)
        address = parse_database_url(url)
        if path := _missing_file(url):
            folder = next(parent for parent in path.absolute().parents if parent.exists())
            if os.access(folder, os.W_OK):
                return Finding("ok", "database", f"SQLite file {path}")
            verdict: Verdict = "wrong" if needed else "note"
            return Finding(verdict, "database", f"no file can be made in {folder}{consequence}")
        engine = open_engine(url)
        found = f"SQLite file {address.database}"
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
                found = f"PostgreSQL {version} on {address.host}, database {address.database}"
                connection.execute(text("CREATE TEMPORARY TABLE unionstate_doctor (id INTEGER)"))
            else:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails where it may not be written
            revision, missing = current_revision(connection), _missing_columns(connection)
            connection.rollback()
    except (SQLAlchemyError, OSError) as error:
        return Finding("wrong", "database", f"cannot be used: {describe_error(error)}{consequence}")
    finally:
        if engine:
            engine.dispose()
    if revision is None:
        return Finding("ok", "database", f"{found}, without a revision: the bot migrates it when it starts")
    found += f", revision {revision}"
    if missing:
        return Finding("wrong", "database", f"{found}, but {', '.join(missing)} missing: restore a backup")
    if revision > HEAD_REVISION:
        return Finding(
            "note", "database", f"{found}, newer than this release ({HEAD_REVISION}), which can use it"
        )
    if revision < HEAD_REVISION:
        return Finding("note", "database", f"{found}: the bot migrates it to {HEAD_REVISION} when it starts")
    return Finding("ok", "database", found)


def _missing_columns(connection: Connection) -> list[str]:
    """Tables and columns that the bot uses and the database lacks."""
    existing = inspect(connection).get_multi_columns()
    known = {(table, column["name"]) for (_, table), columns in existing.items() for column in columns}
    wanted = [(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns]
    return [".".join(place) for place in wanted if place not in known]


def _missing_file(url: str) -> Path | None:
    """The path of a SQLite file that does not exist yet."""
    address = parse_database_url(url)
    path = Path(address.database or "")
    return path if address.drivername == "sqlite" and not path.exists() else None


def _facts(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    try:
        base = load_fact_base(settings.unionstate_facts)
    except DataError as error:
        for problem in error.problems[:PROBLEMS_SHOWN]:
            yield Finding("wrong", "facts", str(problem))
        if (more := len(error.problems) - PROBLEMS_SHOWN) > 0:
            yield Finding("wrong", "facts", f"and {more} more: `unionstate check` lists them all")
    else:
        counts = f"{len(base.facts)} facts of {len(base.sources)} articles"
        yield Finding("ok", "facts", f"{counts}, version {base.version}")
    with suppress(OSError):
        kept = LastGoodFacts(state_folder(environ), settings.unionstate_facts)
        if version := kept.version():
            yield Finding("ok", "last good", f"facts of version {version} in {kept.path}")
